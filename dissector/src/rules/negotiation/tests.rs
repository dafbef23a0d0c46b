//! For each rule of the negotiation: what raises it and where it points, and what comes close and does not.

use crate::rules::bench::Bench;

/// A handshake with this offer and this answer.
fn agreed(offer: &str, answer: &str) -> Bench {
    let line = |value: &str| format!("Sec-WebSocket-Extensions: {value}");
    Bench::new().request(&[&line(offer)]).response(&[&line(answer)])
}

/// Holds that a handshake raises a rule at some bytes, and that others do not raise it at all.
fn pair(code: &str, (offer, answer): (&str, &str), pointed: &str, good: &[(&str, &str)]) {
    let (_, bytes, sentence) = agreed(&long(offer), &long(answer)).only(code);
    assert_eq!(String::from_utf8_lossy(&bytes), long(pointed), "{code}: {sentence}");
    for (offer, answer) in good.iter().chain([&("P", "P")]) {
        assert!(!agreed(&long(offer), &long(answer)).raises(code), "{code}: {offer} {answer}");
    }
}

/// `P` for the extension, `s` and `c` for what begins its parameters.
fn long(short: &str) -> String {
    let short = short.replace('P', "permessage-deflate").replace("_nct", "_no_context_takeover");
    let short = short.replace("_bits", "_max_window_bits");
    short
        .replace("; s_", "; server_")
        .replace("; c_", "; client_")
        .replace("^s_", "server_")
        .replace("^c_", "client_")
}

#[test]
fn rfc7692_7_offers() {
    let good = &[("P; c_bits; s_bits=10; s_nct; c_nct", "P; s_nct; s_bits=9"), ("P; c_bits=\"10\"", "P")][..];
    pair("pmd-offer-param-unknown", ("P; x=1", "P"), "x", good);
    pair("pmd-offer-param-duplicate", ("P; c_bits; c_bits=9", "P"), "^c_bits", good);
    for bad in ["P; s_bits", "P; s_bits=7", "P; s_bits=010", "P; s_bits=16"] {
        pair("pmd-offer-param-invalid", (bad, "P; s_bits=8"), "^s_bits", good);
    }
    pair("pmd-offer-param-invalid", ("P; c_nct=1", "P"), "^c_nct", good);
    let code = "pmd-bad-offer-accepted";
    pair(code, ("P; x=1", "P"), "P", &[("P; x=1, P", "P"), ("P; x=1", "y"), good[0]]);
}

#[test]
fn rfc7692_7_answers() {
    let good = &[("P; c_bits", "P; c_bits=10; c_nct"), ("P", "P; s_bits=10; s_nct")][..];
    pair("pmd-response-param-unknown", ("P", "P; x"), "x", good);
    pair("pmd-response-param-duplicate", ("P", "P; s_nct; s_nct"), "^s_nct", good);
    let code = "pmd-response-param-invalid";
    pair(code, ("P; c_bits", "P; c_bits"), "^c_bits", good);
    pair(code, ("P; s_bits=10", "P; s_bits"), "^s_bits", good);
    pair(code, ("P", "P; s_bits=08"), "^s_bits", good);
}

#[test]
fn rfc7692_7_1_answers_fit_offers() {
    let code = "pmd-response-client-bits-not-offered";
    pair(
        code,
        ("P", "P; c_bits=10"),
        "^c_bits",
        &[("P; c_bits", "P; c_bits=10"), ("P, P; c_bits", "P; c_bits=10")],
    );
    let code = "pmd-response-client-bits-larger";
    pair(
        code,
        ("P; c_bits=10", "P; c_bits=11"),
        "^c_bits",
        &[("P; c_bits=10", "P; c_bits=10"), ("P; c_bits=10", "P")],
    );
    let code = "pmd-response-server-bits-larger";
    pair(code, ("P; s_bits=10", "P; s_bits=11"), "^s_bits", &[("P; s_bits=10", "P; s_bits=9")]);
    let code = "pmd-response-server-bits-ignored";
    pair(code, ("P; s_bits=10", "P"), "P", &[("P; s_bits=10, P", "P"), ("P; s_bits=10", "P; s_bits=10")]);
    let code = "pmd-response-server-nct-ignored";
    pair(code, ("P; s_nct", "P"), "P", &[("P; c_nct", "P"), ("P; s_nct", "P; s_nct")]);
}

#[test]
fn rfc7692_6_one_owner_of_rsv1() {
    let code = "pmd-accepted-twice";
    pair(code, ("P", "P, P"), "P", &[("P, x", "P, x")]);
    pair(code, ("P, permessage-bzip2", "P, permessage-bzip2"), "permessage-bzip2", &[]);
}

/// Either side may ask for it, and is told of it by itself.
#[test]
fn rfc7692_7_1_2_window_of_8() {
    let code = "pmd-window-bits-8";
    pair(
        code,
        ("P; s_bits=8", "P; s_bits=9"),
        "^s_bits",
        &[("P; s_bits=9; c_bits", "P; c_bits=9; s_bits=9")],
    );
    let (finding, ..) = agreed(&long("P; c_bits"), &long("P; c_bits=8")).only(code);
    assert_eq!(finding.accused.name(), "server");
    agreed(&long("P; s_bits=8"), &long("P; s_bits=8")).legal();
}
