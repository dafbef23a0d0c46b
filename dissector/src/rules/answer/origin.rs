//! Pages of other sites whose requests carry the user's cookies (RFC 6455 10.2).

use crate::ids::Side;
use crate::rules::facts::{Answered, Attempt};
use crate::rules::heads::{Place, expected, quoted, seen};
use crate::rules::{Point, Report, Severity};

/// Earlier attempts that are looked at for other origins.
const LOOK_BACK: usize = 1_000;

/// Headers that only a proxy adds: behind one the Host header may be the proxy's own word for the server.
const PROXIED: [&str; 6] =
    ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-real-ip", "x-forwarded-by"];

pub(super) fn accepted(facts: &Answered<'_>, report: &mut Report<'_>) {
    let Some(request) = facts.ledger.request.as_deref().filter(|_| facts.ledger.accepted) else { return };
    let place = Place::request(facts.ledger, request);
    let (Some(origin), Some(_)) = (place.line("origin"), place.line("cookie")) else { return };
    let value = request.bytes(&origin.value);
    let named = request.values("x-forwarded-host").next();
    if named.is_none() && PROXIED.iter().any(|name| place.line(name).is_some()) {
        return;
    }
    let Some(host) = named.or_else(|| request.values("host").next()).map(host_of) else { return };
    let Some(page) = page(value).filter(|page| !same_site(page, &host)) else { return };
    let others = other_origins(facts, value, &host);
    // A server that is called by its address or a bare name may be called so by a proxy that says nothing.
    let unsure = host.parse::<core::net::IpAddr>().is_ok() || !host.contains('.');
    let milder = (unsure && others == 0).then_some(Severity::Note);
    let mut told = quoted(page.as_bytes());
    if others > 0 {
        told.push_str(&format!(
            ", and {others} other foreign {}",
            if others == 1 { "origin" } else { "origins" }
        ));
    }
    let point = expected(seen(place.at(&origin.value), told), quoted(host.as_bytes()));
    report.against(Side::Server, Point { severity: milder, ..point });
}

/// How many other pages of other sites the same server accepted before.
fn other_origins(facts: &Answered<'_>, origin: &[u8], host: &str) -> usize {
    let attempts = &facts.register.attempts;
    let Some(this) = facts.register.attempt(facts.ledger.id) else { return 0 };
    let of_another = |attempt: &&Attempt| {
        attempt.accepted && attempt.server == this.server && attempt.origin.as_deref() != Some(origin)
    };
    let foreign = attempts
        .iter()
        .rev()
        .take(LOOK_BACK)
        .filter(of_another)
        .filter_map(|attempt| page(attempt.origin.as_deref()?).filter(|page| !same_site(page, host)));
    foreign.collect::<std::collections::BTreeSet<_>>().len()
}

/// The host of a web page's origin; `null` where the page hides it (RFC 6454 7.1). Nothing for programs that call
/// themselves an origin of their own kind.
fn page(origin: &[u8]) -> Option<String> {
    let text = core::str::from_utf8(origin).ok()?;
    if text == "null" {
        return Some(text.to_owned());
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    Some(host_of(rest.as_bytes()))
}

/// A host without its port, in lower case.
fn host_of(authority: &[u8]) -> String {
    let text = String::from_utf8_lossy(authority).to_ascii_lowercase();
    if let Some((address, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address.to_owned();
    }
    text.split(':').next().unwrap_or_default().trim_end_matches('.').to_owned()
}

/// Whether two hosts may be one site. Cookies know no ports (RFC 6265 8.5); where sites end is not known
/// without a list of public suffixes, so two names that share their last two labels count as one.
fn same_site(page: &str, host: &str) -> bool {
    let address = |name: &str| name.parse::<core::net::IpAddr>().ok();
    let local = |name: &str| {
        name == "localhost"
            || name.ends_with(".localhost")
            || address(name).is_some_and(|ip| ip.is_loopback())
    };
    if page == host || local(page) && local(host) {
        return true;
    }
    if address(page).is_some() || address(host).is_some() {
        return false;
    }
    let site = |name: &str| name.rsplitn(3, '.').take(2).map(str::to_owned).collect::<Vec<_>>();
    let (page, host) = (site(page), site(host));
    page.len() == 2 && page == host
}
