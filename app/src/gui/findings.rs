//! Findings as rows, and the marks that other rows have of them.
//!
//! Knows how a severity looks: its shape, its word. What a rule says stands with the rule.

use std::sync::Arc;

use egui::pos2;
use session::Snapshot;
use session::dissector::ids::{PacketId, Side};
use session::dissector::rules::{Accused, Severity};
use session::model::Message;
use session::verdicts::Found;

use super::columns::{self, Column, Key, Listed, View, column, left, more, right, time};
use super::state::{Selection, Tab};
use super::table::{self, Cells};
use super::theme::{CELL, Level};
use super::{fonts, icon, words};

/// A finding as a row.
pub struct FindingRow {
    row: u32,
    found: Arc<Found>,
    about: Option<Selection>,
}

impl Listed for FindingRow {
    fn of(snapshot: &Snapshot, row: u32) -> Option<Self> {
        let found = Arc::clone(snapshot.findings().row(row)?);
        Some(Self { row, found, about: Tab::Findings.selection(snapshot, row) })
    }
    fn number(&self) -> u64 {
        u64::from(self.row) + 1
    }
    fn time(&self) -> i64 {
        self.found.time
    }
    fn packet(&self) -> PacketId {
        self.found.packet
    }
    fn selection(&self) -> Option<Selection> {
        self.about
    }
}

/// The columns of findings.
pub(super) const COLUMNS: &[Column<FindingRow>] = &[
    column(
        right("number", "#", 48.0, "Its number, in the order in which they were found"),
        columns::number,
        Key::Number(|_, it| Some(it.number())),
    ),
    column(
        right("time", "Time", 104.0, "When it was found; Ctrl+T changes how times are told"),
        time,
        Key::Number(|_, it| Some(columns::rising(it.found.time))),
    ),
    column(
        left("severity", "Severity", 80.0, "How bad it is"),
        severity,
        Key::Number(|_, it| Some(level(it.found.finding.severity) as u64)),
    ),
    column(
        left("code", "Code", 210.0, "The name of the rule, as `wscope explain` knows it"),
        |cells, _, it| cells.text(it.found.finding.rule().code, fonts::mono(), cells.theme.text),
        Key::Words(|_, it, words| words.push_str(it.found.finding.rule().code)),
    ),
    column(
        left("side", "Side", 76.0, "Whom it is against; the observer's own are what a capture cannot tell"),
        |cells, _, it| accused(cells, it.found.finding.accused),
        Key::Words(|_, it, words| words.push_str(it.found.finding.accused.name())),
    ),
    column(
        right("connection", "Conn.", 60.0, "The number of its connection"),
        |cells, _, it| other(cells, it.found.finding.connection.map(|id| id.number())),
        Key::Number(|_, it| it.found.finding.connection.map(|id| id.number())),
    ),
    column(
        right("frame", "Frame", 60.0, "The number of the frame that it is about"),
        |cells, _, it| other(cells, it.found.finding.frame.map(|id| id.number())),
        Key::Number(|_, it| it.found.finding.frame.map(|id| id.number())),
    ),
    column(
        more(right("packet", "Packet", 72.0, "The packet at which it was found")),
        |cells, _, it| other(cells, Some(it.found.packet.number())),
        Key::Number(|_, it| Some(it.found.packet.number())),
    ),
    column(
        more(left("comment", "Comment", 200.0, "What you wrote beside what it is about: Ctrl+Alt+C")),
        columns::comment,
        Key::None,
    ),
    column(
        left("says", "What is the matter", 400.0, "What was expected and what was seen"),
        |cells, _, it| cells.text(&it.found.finding.sentence(), fonts::body(), cells.theme.text),
        Key::None,
    ),
];

/// How a severity looks.
pub const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warn => Level::Warn,
        Severity::Note => Level::Note,
    }
}

/// A severity in a word.
pub const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "Error",
        Severity::Warn => "Warning",
        Severity::Note => "Note",
    }
}

/// Frames of a message that are looked at for findings, the last ones first.
const FRAMES: usize = 64;

/// The worst finding about a message's frames, and how many there are.
pub fn about(snapshot: &Snapshot, message: &Message) -> (Option<Severity>, usize) {
    if snapshot.broken.is_empty() {
        return (None, 0);
    }
    let before = |id: &_| {
        let previous = snapshot.frame(*id)?.previous;
        previous.filter(|_| *id != message.first)
    };
    let frames = std::iter::successors(Some(message.last), before).take(FRAMES);
    let first = [message.first]
        .into_iter()
        .filter(|first| *first != message.last && message.frames as usize > FRAMES);
    frames.chain(first).fold((None, 0), |(worst, count), frame| {
        (worst.max(snapshot.worst_of(frame)), count + snapshot.finding_places(frame).len())
    })
}

fn severity(cells: &mut Cells<'_>, _: &mut View<'_>, it: &FindingRow) {
    let (theme, severity) = (cells.theme, it.found.finding.severity);
    let cell = cells.cell();
    let center = pos2(cell.min.x + CELL + 5.0, cell.center().y);
    icon::level(cells.row.painter, theme, level(severity), center, 5.0);
    cells.say(word(severity));
    let beside = cell.with_min_x(center.x + 1.0);
    table::text(
        cells.row.painter,
        beside,
        word(severity),
        fonts::small(),
        theme.level(level(severity)),
        false,
    );
}

fn other(cells: &mut Cells<'_>, number: Option<u64>) {
    let words = number.map(words::count).unwrap_or_default();
    cells.text(&words, fonts::body(), cells.theme.dim);
}

fn accused(cells: &mut Cells<'_>, accused: Accused) {
    let theme = cells.theme;
    let cell = cells.cell();
    cells.say(accused.name());
    let (color, room) = match accused {
        Accused::Side(side) => {
            let center = pos2(cell.min.x + CELL + 6.0, cell.center().y);
            icon::side(cells.row.painter, theme, side, center);
            (theme.side(side), cell.with_min_x(cell.min.x + 16.0))
        }
        Accused::Observer => (theme.dim, cell),
    };
    table::text(cells.row.painter, room, accused.name(), fonts::small(), color, false);
}

/// The name of a side at the beginning of a sentence.
pub const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Client => "Client",
        Side::Server => "Server",
    }
}
