//! Credentials in a request: where everybody can read them, and where they are of no use any more.
//!
//! None is quoted: what is found is told to people and to logs.

use core::ops::Range;

use crate::head::{Head, Start};
use crate::ids::Side;
use crate::jwt;
use crate::rules::facts::Requested;
use crate::rules::heads::{Place, quoted, seen};
use crate::rules::{Point, Report, Severity};

pub(super) fn cleartext(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some(flow) = facts.ledger.ends.filter(|_| facts.ledger.carrier.tls.is_none()) else { return };
    if [flow.a, flow.b].iter().any(|end| end.ip().to_canonical().is_loopback()) {
        return;
    }
    let Some(line) = place.line("authorization").or(place.line("cookie")) else { return };
    // Behind a proxy that ended TLS the network may be the server's own.
    let behind = facts
        .head
        .values("x-forwarded-proto")
        .any(|proto| [&b"https"[..], b"wss"].iter().any(|secure| proto.eq_ignore_ascii_case(secure)));
    let name = quoted(facts.head.bytes(&line.name));
    let point = seen(place.at(&line.name), name);
    report.against(Side::Client, Point { severity: behind.then_some(Severity::Note), ..point });
}

pub(super) fn in_url(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let Some(query) = query(facts.head) else { return };
    for pair in pairs(facts.head, &query) {
        let text = facts.head.bytes(&pair);
        let mut halves = text.splitn(2, |&byte| byte == b'=');
        let (name, value) = (halves.next().unwrap_or_default(), halves.next().unwrap_or_default());
        let what = if jwt::tokens(value).next().is_some() {
            "a JSON Web Token"
        } else if is_secret(name, value) {
            "a secret by its name"
        } else {
            continue;
        };
        let name = pair.start..pair.start + name.len();
        let told = format!("{}, {what} of {} characters", quoted(facts.head.bytes(&name)), value.len());
        report.against(Side::Client, seen(place.at(&name), told));
        return;
    }
}

/// The query of the target, without its question mark.
fn query(head: &Head) -> Option<Range<usize>> {
    let Start::Request { target, .. } = &head.start else { return None };
    let mark = head.bytes(target).iter().position(|&byte| byte == b'?')?;
    Some(target.start + mark + 1..target.end)
}

/// The parameters of a query.
fn pairs<'a>(head: &'a Head, query: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'a> {
    let mut at = query.start;
    head.bytes(query).split(|&byte| byte == b'&' || byte == b';').map(move |pair| {
        let range = at..at + pair.len();
        at = range.end + 1;
        range
    })
}

/// Names of parameters that hold secrets, without case, `-` and `_`; and how long a value is at least, so that
/// `token=1` is none.
#[rustfmt::skip]
const SECRETS: &[(&str, usize)] = &[
    ("token",                  8),
    ("accesstoken",            8),
    ("authtoken",              8),
    ("authenticationtoken",    8),
    ("authorizationtoken",     8),
    ("apitoken",               8),
    ("bearertoken",            8),
    ("idtoken",                8),
    ("refreshtoken",           8),
    ("sessiontoken",           8),
    ("securitytoken",          8),
    ("usertoken",              8),
    ("xamzsecuritytoken",      8),
    ("jwt",                    8),
    ("bearer",                 8),
    ("authorization",          8),
    ("apikey",                 8),
    ("accesskey",              8),
    ("authkey",                8),
    ("secretkey",              8),
    ("subscriptionkey",        8),
    ("ocpapimsubscriptionkey", 8),
    ("secret",                 4),
    ("clientsecret",           4),
    ("password",               1),
    ("passwd",                 1),
    ("pwd",                    1),
];

fn is_secret(name: &[u8], value: &[u8]) -> bool {
    let plain = name.iter().filter(|byte| !b"-_".contains(byte)).map(u8::to_ascii_lowercase);
    let plain: Vec<u8> = plain.take(32).collect();
    SECRETS.iter().any(|(secret, least)| secret.as_bytes() == plain && value.len() >= *least)
}

pub(super) fn expired(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let now = facts.at.time.div_euclid(1_000_000_000);
    let target = match &facts.head.start {
        Start::Request { target, .. } => Some((target.clone(), "the target")),
        Start::Response { .. } => None,
    };
    let headers = [
        ("authorization", "Authorization"),
        ("cookie", "a cookie"),
        ("sec-websocket-protocol", "the subprotocols"),
    ];
    let lines =
        headers.iter().flat_map(|(name, called)| place.lines(name).map(|line| (line.value.clone(), *called)));
    for (range, called) in target.into_iter().chain(lines) {
        let text = facts.head.bytes(&range);
        for token in jwt::tokens(text) {
            let Some(exp) = text.get(token.clone()).and_then(jwt::expires) else { continue };
            let late = now.saturating_sub(exp);
            if late > 0 {
                let token = range.start + token.start..range.start + token.end;
                let told = format!("in {called}, {} too late", duration(late));
                report.against(Side::Client, seen(place.at(&token), told));
                return;
            }
        }
    }
}

fn duration(seconds: i64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}
