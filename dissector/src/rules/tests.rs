//! The table of rules as a whole: every rule that there is to be, each with what a rule must have.

use std::collections::BTreeSet;

use super::*;

/// All codes with their severity, group by group. What only HTTP/3 shows, which nobody reads along, is not among
/// them.
#[rustfmt::skip]
const CODES: &[(Severity, &str)] = &[
    // A: opening handshake, request (client)
    (Severity::Error, "\
        hs-request-method hs-request-http-version hs-request-target-invalid \
        hs-request-target-fragment hs-host-missing hs-request-upgrade-missing \
        hs-request-connection-missing hs-key-missing hs-key-duplicate hs-key-invalid \
        hs-version-missing hs-version-unsupported hs-version-duplicate hs-version-syntax \
        hs-subprotocol-invalid-token hs-subprotocol-duplicate hs-extensions-malformed \
        hs-request-early-data hs-host-duplicate"),
    (Severity::Warn, "\
        hs-key-reused hs-request-body hs-header-malformed hs-cleartext-credentials \
        hs-credential-in-url hs-sni-missing"),
    (Severity::Note, "\
        hs-key-noncanonical hs-extension-unregistered hs-origin-missing hs-parallel-connecting \
        hs-token-expired hs-draft-protocol"),
    // B: opening handshake, response (server)
    (Severity::Error, "\
        hs-response-http-version hs-response-upgrade-missing hs-response-upgrade-invalid \
        hs-response-connection-missing hs-accept-missing hs-accept-mismatch hs-accept-duplicate \
        hs-response-extension-unsolicited hs-response-subprotocol-unsolicited \
        hs-response-subprotocol-multiple hs-response-subprotocol-empty hs-version-not-advertised \
        hs-invalid-request-accepted"),
    (Severity::Warn, "\
        hs-no-response hs-response-body-headers hs-cross-origin-accepted hs-101-unrequested"),
    (Severity::Note, "\
        hs-rejected hs-response-extensions-repeated-header hs-response-subprotocol-none"),
    // C: permessage-deflate negotiation (RFC 7692)
    (Severity::Error, "\
        pmd-bad-offer-accepted pmd-response-param-unknown pmd-response-param-duplicate \
        pmd-response-param-invalid pmd-response-client-bits-not-offered \
        pmd-response-client-bits-larger pmd-response-server-bits-larger \
        pmd-response-server-bits-ignored pmd-response-server-nct-ignored pmd-accepted-twice"),
    (Severity::Warn, "\
        pmd-offer-param-unknown pmd-offer-param-duplicate pmd-offer-param-invalid"),
    (Severity::Note, "\
        pmd-window-bits-8"),
    // D: frame header and masking
    (Severity::Error, "\
        frame-client-unmasked frame-server-masked frame-rsv1-unnegotiated frame-rsv2-set \
        frame-rsv3-set frame-opcode-reserved-data frame-opcode-reserved-control \
        frame-length-not-minimal frame-length-msb-set mask-key-reused frame-truncated"),
    (Severity::Warn, "\
        frame-length-implausible mask-key-zero mask-key-predictable frame-desync"),
    // E: control frames, ping/pong
    (Severity::Error, "\
        control-fragmented control-too-long control-rsv1-set"),
    (Severity::Warn, "\
        ping-unanswered pong-mismatch"),
    (Severity::Note, "\
        pong-unsolicited pong-slow pong-superseded"),
    // F: fragmentation
    (Severity::Error, "\
        frag-orphan-continuation frag-nested-message frag-unfinished frag-rsv1-on-continuation"),
    (Severity::Warn, "\
        frag-excessive"),
    (Severity::Note, "\
        frag-empty-fragment frag-control-interleaved"),
    // G: text and UTF-8
    (Severity::Error, "\
        text-invalid-utf8 text-incomplete-utf8 close-reason-invalid-utf8"),
    (Severity::Note, "\
        text-binary-mismatch"),
    // H: close handshake and TCP end
    (Severity::Error, "\
        close-payload-one-byte close-code-forbidden close-code-reserved close-code-out-of-range \
        close-data-after-close close-not-answered"),
    (Severity::Warn, "\
        close-code-wrong-role close-duplicate close-tcp-left-open close-missing \
        peer-tolerated-violation"),
    (Severity::Note, "\
        close-code-registered-later close-control-after-close close-code-not-echoed \
        close-client-closed-tcp-first close-tcp-reset fail-code-mismatch fail-without-close"),
    // I: compressed payloads and size
    (Severity::Error, "\
        pmd-inflate-error pmd-context-not-reset pmd-distance-exceeds-window pmd-tail-incomplete"),
    (Severity::Warn, "\
        pmd-tail-not-removed pmd-ratio-limit"),
    (Severity::Note, "\
        pmd-empty-message pmd-final-block pmd-expansion message-size-limit \
        reserved-bits-fragment-change"),
    // J: WebSocket over HTTP/2
    (Severity::Error, "\
        h2-setting-invalid h2-setting-withdrawn h2-connect-unannounced h2-protocol-pseudo-missing \
        h2-connection-headers h2-version-missing h2-status-101 h2-fields-malformed"),
    (Severity::Warn, "h2-scheme-mismatch h2-close-mapping"),
    (Severity::Note, "h2-protocol-not-websocket h2-key-accept-present"),
    // K: what the observer itself must admit (no RFC says it)
    (Severity::Warn, "\
        obs-gap obs-snaplen obs-overlap-conflict obs-record-refused obs-h2-limit"),
    (Severity::Note, "\
        obs-midstream obs-context-unknown obs-encrypted obs-one-sided"),
    // L: the health of connections
    (Severity::Warn, "health-reconnect-storm health-no-backoff health-idle-cut"),
    (Severity::Note, "health-no-heartbeat health-tcp-stall"),
];

/// Every code that is listed is a rule, and nothing else is.
#[test]
fn every_code_is_a_rule() {
    let table: BTreeSet<_> = rules().map(|rule| (rule.code, rule.severity)).collect();
    assert_eq!(table.len(), rules().count(), "codes are unique");
    let codes =
        CODES.iter().flat_map(|(severity, codes)| codes.split_whitespace().map(|code| (code, *severity)));
    let listed: BTreeSet<_> = codes.collect();
    let missing: Vec<_> = listed.difference(&table).collect();
    let unlisted: Vec<_> = table.difference(&listed).collect();
    assert!(missing.is_empty() && unlisted.is_empty(), "missing {missing:?}, unlisted {unlisted:?}");
}

/// What each entry must have to be shown: a code that can be typed, a section that can be looked up, one sentence.
#[test]
fn every_rule_can_be_shown() {
    for rule in rules() {
        let code = rule.code;
        let words: Vec<_> = code.split('-').collect();
        let typed = |word: &&str| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        assert!(words.len() > 1 && words.iter().all(typed), "{code}");
        assert_eq!(by_code(code).map(|found| found.code), Some(code));

        let section = |(number, section): (&str, &str)| {
            let numbers = section
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
            number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit()) && numbers
        };
        let unsaid = rule.rfc.is_empty() && rule.level == Level::Practice;
        assert!(unsaid || rule.rfc.split_once(' ').is_some_and(section), "{code}: {:?}", rule.rfc);

        let starts = rule.says.starts_with(|first: char| !first.is_lowercase());
        assert!(
            starts && !rule.says.ends_with('.') && rule.says.trim() == rule.says,
            "{code}: {}",
            rule.says
        );
        assert!(!rule.says.contains("MUST"), "{code}");
    }
}

/// A finding reads as one sentence, with or without what was expected.
#[test]
fn findings_are_sentences() {
    let mut found = Vec::new();
    let subject = Subject { connection: None, flow: FlowId::new(0), frame: None };
    for (expected, seen) in [("", ""), ("", "b"), ("a", ""), ("a", "b")] {
        let mut report = Report { rule: 0, subject, found: &mut found };
        report.against(
            Side::Client,
            Point { expected: expected.into(), seen: seen.into(), ..Point::default() },
        );
    }
    let says = rule(0).says;
    let sentences: Vec<_> = found.iter().map(|finding| finding.sentence().replace(says, "S")).collect();
    assert_eq!(sentences, ["S", "S: b", "S: expected a", "S: expected a, saw b"]);
}
