//! What is offered: subprotocols (RFC 6455 4.1 item 10) and extensions (RFC 6455 9.1).

use std::collections::HashSet;

use crate::ids::Side;
use crate::rules::facts::{Headed, Requested};
use crate::rules::heads::{Place, quoted, seen, whole};
use crate::rules::{Point, Report, Severity};
use crate::websocket::registry;
use crate::websocket::upgrade::{Fault, extensions, is_token};

const PROTOCOL: &str = "sec-websocket-protocol";
const EXTENSIONS: &str = "sec-websocket-extensions";

/// Names that one request is told of.
const MOST_NAMES: usize = 8;

pub(super) fn subprotocol_token(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    for line in place.lines(PROTOCOL) {
        let value = facts.head.bytes(&line.value);
        if value.is_empty() {
            report.against(Side::Client, seen(place.at(&whole(line)), "no subprotocol at all"));
        } else if let Some(bad) = elements(value).find(|element| !element.is_empty() && !is_token(element)) {
            let text = String::from_utf8_lossy(bad);
            let range = place.within(PROTOCOL, None, &text).unwrap_or_else(|| line.value.clone());
            report.against(Side::Client, seen(place.at(&range), quoted(bad)));
        } else if elements(value).any(<[u8]>::is_empty) {
            // RFC 9110 5.6.1.1: nobody is to send empty elements; 5.6.1.2: whoever gets them ignores them.
            let point = seen(place.at(&line.value), format!("an empty element in {}", quoted(value)));
            report.against(Side::Client, Point { severity: Some(Severity::Warn), ..point });
        }
    }
}

pub(super) fn subprotocol_duplicate(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let mut all = HashSet::new();
    let elements = place
        .lines(PROTOCOL)
        .flat_map(|line| elements(facts.head.bytes(&line.value)).map(move |element| (line, element)));
    let mut twice = elements.filter(|(_, element)| !element.is_empty() && !all.insert(*element));
    if let Some((line, element)) = twice.next() {
        report.against(Side::Client, seen(place.at(&line.value), format!("{} twice", quoted(element))));
    }
}

/// The elements of a list of tokens, empty ones too.
fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii)
}

/// RFC 6455 9.1: whoever gets what does not fit the grammar fails the connection, be it client or server.
pub(super) fn extensions_malformed(facts: &Headed<'_>, report: &mut Report<'_>) {
    let Headed { head, side, ledger, .. } = *facts;
    let place = Place { ledger, side, head };
    for (line, header) in place.lines(EXTENSIONS).enumerate() {
        let value = head.bytes(&header.value);
        let read = extensions([value]);
        if read.is_empty() {
            report.against(side, seen(place.at(&whole(header)), "no extension at all"));
            continue;
        }
        let first = read.iter().find_map(|extension| Some((extension, extension.faults.first()?)));
        let Some((extension, fault)) = first else { continue };
        let (what, text) = match fault {
            Fault::Name => ("a name that is not a token", &extension.name),
            Fault::Param(name) => ("a parameter that is not a token", name),
            Fault::Value(name) => ("a value that is not a token", name),
            Fault::Quoting(name) => ("a quoted string without its end", name),
        };
        let range = place.within(EXTENSIONS, Some(line), text).unwrap_or_else(|| header.value.clone());
        report.against(side, seen(place.at(&range), format!("{what}: {}", quoted(value))));
    }
}

pub(super) fn extension_unregistered(facts: &Requested<'_>, report: &mut Report<'_>) {
    let place = Place::request(facts.ledger, facts.head);
    let mut told = HashSet::new();
    for extension in &facts.ledger.agreement.offered_extensions {
        let name = extension.name.as_str();
        let entry = registry::extension(name);
        if entry.is_some_and(|entry| entry.registered) || !is_token(name.as_bytes()) || !told.insert(name) {
            continue;
        }
        if told.len() > MOST_NAMES {
            break;
        }
        let range = place.within(EXTENSIONS, Some(extension.line), name);
        let point = range.map_or_else(|| place.start(), |range| place.at(&range));
        let name = quoted(name.as_bytes());
        let what = entry.map(|entry| format!("{name}, {}", entry.name));
        report.against(Side::Client, seen(point, what.unwrap_or(name)));
    }
}
