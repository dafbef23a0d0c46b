//! Findings as rows, and the marks that other rows have of them.
//!
//! Knows how a severity looks: its shape, its word. What a rule says stands with the rule.

use egui::pos2;
use session::Snapshot;
use session::dissector::ids::Side;
use session::dissector::rules::{Accused, Severity};
use session::model::Message;

use super::columns::{Around, front};
use super::opened::Opened;
use super::table::{self, Cells, Column};
use super::theme::{CELL, Level};
use super::{fonts, icon, words};

/// Columns of findings.
pub const COLUMNS: &[Column] = &[
    Column { title: "#", width: 56.0, right: true },
    Column { title: "Time", width: 92.0, right: true },
    Column { title: "Severity", width: 80.0, right: false },
    Column { title: "Code", width: 210.0, right: false },
    Column { title: "Side", width: 76.0, right: false },
    Column { title: "Conn.", width: 52.0, right: true },
    Column { title: "Frame", width: 60.0, right: true },
    Column { title: "What is the matter", width: 400.0, right: false },
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

/// The worst finding about a message's frames.
pub fn worst_of(snapshot: &Snapshot, message: &Message) -> Option<Severity> {
    if snapshot.broken.is_empty() {
        return None;
    }
    let before = |id: &_| {
        let previous = snapshot.frame(*id)?.previous;
        previous.filter(|_| *id != message.first)
    };
    let frames = std::iter::successors(Some(message.last), before).take(FRAMES);
    frames.chain([message.first]).filter_map(|frame| snapshot.worst_of(frame)).max()
}

/// Draws the cells of finding `row` of all.
pub fn row(cells: &mut Cells<'_>, opened: &Opened, row: u32, around: &Around<'_>) {
    let snapshot = &opened.snapshot;
    let Some(found) = snapshot.findings().row(row) else { return };
    let (theme, finding) = (cells.theme, &found.finding);
    front(cells, u64::from(row) + 1, &around.words(snapshot, found.time));
    let color = theme.level(level(finding.severity));
    let cell = cells.cell(2);
    let center = pos2(cell.min.x + CELL + 5.0, cell.center().y);
    icon::level(cells.row.painter, theme, level(finding.severity), center, 5.0);
    cells.say(word(finding.severity));
    let beside = cell.with_min_x(center.x + 1.0);
    table::text(cells.row.painter, beside, word(finding.severity), fonts::small(), color, false);
    cells.text(3, finding.rule().code, fonts::mono(), theme.text);
    accused(cells, finding.accused);
    let number = |id: Option<u64>| id.map(words::count).unwrap_or_default();
    cells.text(5, &number(finding.connection.map(|id| id.number())), fonts::body(), theme.dim);
    cells.text(6, &number(finding.frame.map(|id| id.number())), fonts::body(), theme.dim);
    cells.text(7, &finding.sentence(), fonts::body(), theme.text);
}

fn accused(cells: &mut Cells<'_>, accused: Accused) {
    let theme = cells.theme;
    let cell = cells.cell(4);
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
