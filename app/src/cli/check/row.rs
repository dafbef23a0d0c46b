//! A finding as a row: the keys of the contract, and what a table shows.

use std::sync::Arc;

use serde_json::json;
use session::Snapshot;
use session::dissector::ids::{PacketId, Side};
use session::dissector::rules::{Accused, Check};
use session::verdicts::Found;

use crate::cli::column::{Cell, Column, Row, Tone};
use crate::cli::mark;

/// A finding with the two ends that it is about.
pub(super) struct FindingRow {
    pub(super) found: Arc<Found>,
    /// Client and server, or the two ends of a connection that has no such roles.
    ends: Option<[String; 2]>,
    packet: PacketId,
    time: i64,
}

impl FindingRow {
    pub(super) fn new(snapshot: &Snapshot, found: Arc<Found>) -> Self {
        let finding = &found.finding;
        let connection = finding.connection.and_then(|id| snapshot.connection(id));
        // What only many connections together show is about none of them.
        let flow =
            || snapshot.flow(finding.flow).filter(|_| !matches!(finding.rule().check, Check::Capture(_)));
        let ends = match connection {
            Some(connection) => Some([connection.client.to_string(), connection.server.to_string()]),
            // Not twice, where that is what was seen.
            None => flow()
                .map(|flow| [flow.a.to_string(), flow.b.to_string()])
                .filter(|ends| !ends.iter().all(|end| finding.seen.contains(end))),
        };
        let (packet, time) = snapshot.packet_of_finding(&found);
        Self { found, ends, packet, time }
    }

    fn end(&self, place: usize) -> Cell<'_> {
        Cell::or_null(self.ends.as_ref(), |ends| Cell::word(&ends[place]))
    }

    /// From whoever is accused to the other one.
    fn arrow(&self) -> Cell<'_> {
        Cell::word(match (self.found.finding.accused, &self.ends) {
            (_, None) => "",
            (Accused::Side(Side::Client), _) => "→",
            (Accused::Side(Side::Server), _) => "←",
            (Accused::Observer, _) => "–",
        })
    }

    fn span(&self) -> Cell<'_> {
        Cell::or_null(self.found.finding.span, |span| {
            Cell::Nested(json!({ "stream_offset": span.at, "length": span.len }))
        })
    }

    /// What was expected and what was seen, without the rule's own sentence.
    pub(super) fn detail(&self) -> String {
        let finding = &self.found.finding;
        match (finding.expected.as_str(), finding.seen.as_str()) {
            ("", seen) => seen.to_owned(),
            (expected, "") => format!("expected {expected}"),
            (expected, seen) => format!("expected {expected}, saw {seen}"),
        }
    }

    fn tone_of_side(&self) -> Tone {
        match self.found.finding.accused {
            Accused::Side(Side::Client) => Tone::Client,
            Accused::Side(Side::Server) => Tone::Server,
            Accused::Observer => Tone::Dim,
        }
    }
}

impl Row for FindingRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("code", "Code", |row| Cell::word(row.found.finding.rule().code)).tone(|row| mark::tone(row.found.finding.severity)),
        Column::<Self>::key("severity", "Severity", |row| Cell::word(row.found.finding.severity.name())).tone(|row| mark::tone(row.found.finding.severity)),
        Column::<Self>::key("rfc", "RFC", |row| Cell::word(row.found.finding.rule().rfc)),
        Column::<Self>::key("side", "Side", |row| Cell::word(row.found.finding.accused.name())).tone(Self::tone_of_side),
        Column::<Self>::key("connection", "Conn", |row| Cell::or_null(row.found.finding.connection, |id| Cell::Number(id.number()))).right(),
        Column::<Self>::key("frame", "Frame", |row| Cell::or_null(row.found.finding.frame, |id| Cell::Number(id.number()))).right(),
        Column::<Self>::key("packet", "Packet", |row| Cell::Number(row.packet.number())).right(),
        Column::<Self>::key("time", "Time", |row| Cell::Time(row.time)).right(),
        Column::<Self>::key("span", "Span", Self::span).nested(),
        Column::<Self>::view("span.stream_offset", "Offset", |row| Cell::or_null(row.found.finding.span, |span| Cell::Number(span.at))).csv().right(),
        Column::<Self>::view("span.length", "Length", |row| Cell::or_null(row.found.finding.span, |span| Cell::Number(span.len))).csv().right(),
        Column::<Self>::key("says", "Says", |row| Cell::text(row.found.finding.sentence())).elastic(),
    ];
}

/// The line that says where a finding is, in the report.
#[rustfmt::skip]
pub(super) const PLACE: &[Column<FindingRow>] = &[
    Column::<FindingRow>::view("connection", "", |row| Cell::text(row.found.finding.connection.map_or(String::new(), |id| format!("connection {}", id.number())))),
    Column::<FindingRow>::view("client", "", |row| row.end(0)).tone(|_| Tone::Client).elastic().spare(1),
    Column::<FindingRow>::view("arrow", "", FindingRow::arrow).tone(FindingRow::tone_of_side).spare(1),
    Column::<FindingRow>::view("server", "", |row| row.end(1)).tone(|_| Tone::Server).elastic().spare(1),
    Column::<FindingRow>::view("frame", "", |row| Cell::text(row.found.finding.frame.map_or(String::new(), |id| format!("frame {}", id.number())))),
    Column::<FindingRow>::view("packet", "", |row| Cell::text(format!("packet {}", row.packet.number()))),
    Column::<FindingRow>::view("time", "", |row| Cell::Time(row.time)).right().tone(|_| Tone::Dim),
];
