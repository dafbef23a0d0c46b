//! The table of rules as a whole: every rule that there is to be, each with what a rule must have.

use std::collections::BTreeSet;

use super::*;

/// All codes with their severity, by group. WebSocket over HTTP/2 and what TLS tells have tables of their own.
#[rustfmt::skip]
const CODES: &[(&str, Severity, &str)] = &[
    // A: opening handshake, request (client)
    ("A", Severity::Error, "\
        hs-request-method hs-request-http-version hs-request-target-invalid \
        hs-request-target-fragment hs-host-missing hs-request-upgrade-missing \
        hs-request-connection-missing hs-key-missing hs-key-duplicate hs-key-invalid \
        hs-version-missing hs-version-unsupported hs-version-duplicate hs-version-syntax \
        hs-subprotocol-invalid-token hs-subprotocol-duplicate hs-extensions-malformed \
        hs-request-early-data hs-host-duplicate"),
    ("A", Severity::Warn, "\
        hs-key-reused hs-request-body hs-header-malformed hs-cleartext-credentials \
        hs-credential-in-url"),
    ("A", Severity::Note, "\
        hs-key-noncanonical hs-extension-unregistered hs-origin-missing hs-parallel-connecting \
        hs-token-expired hs-draft-protocol"),
    // B: opening handshake, response (server)
    ("B", Severity::Error, "\
        hs-response-http-version hs-response-upgrade-missing hs-response-upgrade-invalid \
        hs-response-connection-missing hs-accept-missing hs-accept-mismatch hs-accept-duplicate \
        hs-response-extension-unsolicited hs-response-subprotocol-unsolicited \
        hs-response-subprotocol-multiple hs-response-subprotocol-empty hs-version-not-advertised \
        hs-invalid-request-accepted"),
    ("B", Severity::Warn, "\
        hs-no-response hs-response-body-headers hs-cross-origin-accepted hs-101-unrequested"),
    ("B", Severity::Note, "\
        hs-rejected hs-response-extensions-repeated-header hs-response-subprotocol-none"),
    // C: permessage-deflate negotiation (RFC 7692)
    ("C", Severity::Error, "\
        pmd-bad-offer-accepted pmd-response-param-unknown pmd-response-param-duplicate \
        pmd-response-param-invalid pmd-response-client-bits-not-offered \
        pmd-response-client-bits-larger pmd-response-server-bits-larger \
        pmd-response-server-bits-ignored pmd-response-server-nct-ignored pmd-accepted-twice"),
    ("C", Severity::Warn, "\
        pmd-offer-param-unknown pmd-offer-param-duplicate pmd-offer-param-invalid"),
    ("C", Severity::Note, "\
        pmd-window-bits-8"),
    // D: frame header and masking
    ("D", Severity::Error, "\
        frame-client-unmasked frame-server-masked frame-rsv1-unnegotiated frame-rsv2-set \
        frame-rsv3-set frame-opcode-reserved-data frame-opcode-reserved-control \
        frame-length-not-minimal frame-length-msb-set mask-key-reused frame-truncated"),
    ("D", Severity::Warn, "\
        frame-length-implausible mask-key-zero mask-key-predictable frame-desync"),
    // E: control frames, ping/pong
    ("E", Severity::Error, "\
        control-fragmented control-too-long control-rsv1-set"),
    ("E", Severity::Warn, "\
        ping-unanswered pong-mismatch"),
    ("E", Severity::Note, "\
        pong-unsolicited pong-slow pong-superseded"),
    // F: fragmentation
    ("F", Severity::Error, "\
        frag-orphan-continuation frag-nested-message frag-unfinished frag-rsv1-on-continuation"),
    ("F", Severity::Warn, "\
        frag-excessive"),
    ("F", Severity::Note, "\
        frag-empty-fragment frag-control-interleaved"),
    // G: text and UTF-8
    ("G", Severity::Error, "\
        text-invalid-utf8 text-incomplete-utf8 close-reason-invalid-utf8"),
    ("G", Severity::Note, "\
        text-binary-mismatch"),
    // H: close handshake and TCP end
    ("H", Severity::Error, "\
        close-payload-one-byte close-code-forbidden close-code-reserved close-code-out-of-range \
        close-data-after-close close-not-answered"),
    ("H", Severity::Warn, "\
        close-code-wrong-role close-duplicate close-tcp-left-open close-missing \
        peer-tolerated-violation"),
    ("H", Severity::Note, "\
        close-code-registered-later close-control-after-close close-code-not-echoed \
        close-client-closed-tcp-first close-tcp-reset fail-code-mismatch fail-without-close"),
    // I: compressed payloads and size
    ("I", Severity::Error, "\
        pmd-inflate-error pmd-context-not-reset pmd-distance-exceeds-window pmd-tail-incomplete"),
    ("I", Severity::Warn, "\
        pmd-tail-not-removed pmd-ratio-limit"),
    ("I", Severity::Note, "\
        pmd-empty-message pmd-final-block pmd-expansion message-size-limit \
        reserved-bits-fragment-change"),
    // K: what the observer itself must admit (no rfc; honesty codes)
    ("K", Severity::Warn, "\
        obs-gap obs-snaplen obs-overlap-conflict"),
    ("K", Severity::Note, "\
        obs-midstream obs-context-unknown obs-encrypted obs-one-sided"),
    // L: the health of connections
    ("L", Severity::Warn, "health-reconnect-storm health-no-backoff health-idle-cut"),
    ("L", Severity::Note, "health-no-heartbeat health-tcp-stall"),
];

/// A group's codes are in the table as they are listed here, or not at all; and nothing else is there.
#[test]
fn every_code_is_a_rule() {
    let table: BTreeSet<_> = rules().map(|rule| (rule.code, rule.severity)).collect();
    assert_eq!(table.len(), rules().count(), "codes are unique");
    let listed = |wanted: &str| -> BTreeSet<_> {
        let of_group = CODES.iter().filter(|(group, ..)| *group == wanted);
        let codes = of_group.flat_map(|(_, severity, codes)| codes.split(' ').map(|code| (code, *severity)));
        codes.collect()
    };
    let mut rest = table.clone();
    for group in CODES.iter().map(|(group, ..)| *group).collect::<BTreeSet<_>>() {
        let listed = listed(group);
        let there: BTreeSet<_> = listed.intersection(&table).copied().collect();
        if !there.is_empty() {
            assert_eq!(there, listed, "group {group}");
        }
        rest.retain(|rule| !listed.contains(rule));
    }
    assert_eq!(rest, BTreeSet::new(), "in no list");
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

        let starts = rule.says.starts_with(|first: char| first.is_uppercase());
        assert!(
            starts && !rule.says.ends_with('.') && rule.says.trim() == rule.says,
            "{code}: {}",
            rule.says
        );
        assert!(!rule.says.contains("MUST") && !rule.likely.ends_with('.'), "{code}");
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
