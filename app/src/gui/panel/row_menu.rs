//! The menu of a row: what can be done with it. Right click selects the row first, so every line is a command about
//! the selection.
//!
//! To add a line, add it to `lines`; how lines look is said once, below.

use std::borrow::Cow;

use egui::{Button, RichText, TextWrapMode, Ui};
use session::dissector::ids::{ConnectionId, Side};
use session::filter::tree::Join;

use crate::gui::command::Command;
use crate::gui::copying::Form;
use crate::gui::menu;
use crate::gui::opened::Opened;
use crate::gui::state::{Selection, Tab};
use crate::gui::theme::Theme;
use crate::gui::wireshark::Wireshark;
use crate::gui::words;

/// A line of the menu.
pub enum Line {
    /// Does this.
    Do(Cow<'static, str>, Command),
    /// Cannot be done, and why.
    Cannot(Cow<'static, str>, &'static str),
    /// Leads to more lines.
    More(&'static str, Vec<Line>),
    /// A thin line between two parts.
    Part,
}

/// The lines for what is selected.
pub fn lines(opened: &Opened, wireshark: &Wireshark) -> Vec<Line> {
    let Some(selection) = opened.selection else { return Vec::new() };
    let mut lines = Vec::new();
    if !matches!(selection, Selection::Connection(_)) {
        lines.push(Line::More("Copy as", copies(selection)));
        lines.push(Line::Do("Save payload…".into(), Command::SavePayload));
        lines.push(Line::Part);
    }
    lines.extend(ways(opened, selection));
    if let Some(id) = opened.speaker() {
        lines.push(if opened.lists.only() == Some(id) {
            Line::Do("Show all connections".into(), Command::Only(None))
        } else {
            let words = format!("Show only connection {}", words::count(id.number()));
            Line::Do(words.into(), Command::Only(Some(id)))
        });
        lines.extend(named(Command::DecodeAs));
    }
    if opened.noted().is_some() {
        lines.push(Line::Part);
        lines.extend([Command::Mark, Command::Comment, Command::Reference].into_iter().filter_map(named));
    }
    lines.push(Line::Part);
    lines.extend(filters(opened, selection));
    if let Some(packet) = opened.packet() {
        lines.push(Line::Part);
        let words = format!("Open packet {} in Wireshark", words::count(packet.number())).into();
        lines.push(match wireshark.why_not(&opened.path) {
            None => Line::Do(words, Command::Wireshark),
            Some(why) => Line::Cannot(words, why),
        });
    }
    lines
}

/// A line with the name that the command has everywhere.
fn named(command: Command) -> Option<Line> {
    Some(Line::Do(command.entry()?.text.into(), command))
}

/// Filters that let through what is like the selection, applied or put to the one that is there.
fn filters(opened: &Opened, selection: Selection) -> Vec<Line> {
    let conditions = conditions(opened, selection);
    if conditions.is_empty() {
        return Vec::new();
    }
    let joined = |join: Join| {
        let line = |condition: &String| {
            Line::Do(condition.clone().into(), Command::AddFilter(join, condition.clone()))
        };
        conditions.iter().map(line).collect()
    };
    Join::ALL.into_iter().map(|(join, words)| Line::More(words, joined(join))).collect()
}

/// What can be said of the selection in a filter.
fn conditions(opened: &Opened, selection: Selection) -> Vec<String> {
    let snapshot = &opened.snapshot;
    let mut conditions = Vec::new();
    let mut side = |side: Side, connection: ConnectionId| {
        conditions.push(format!("ws.connection == {}", connection.number()));
        conditions.push(format!("ws.direction == {}", side.name()));
    };
    match selection {
        Selection::Message(id) => {
            let Some(message) = snapshot.message(id) else { return Vec::new() };
            side(message.side, message.connection);
            conditions.push(format!("ws.type == {}", message.kind.name()));
            conditions.push(format!("ws.length >= {}", message.len.unwrap_or(message.wire_len)));
        }
        Selection::Frame(id) => {
            let Some(frame) = snapshot.frame(id) else { return Vec::new() };
            side(frame.side, frame.connection);
            conditions.push(format!("websocket.opcode == {}", frame.header.opcode.0));
            conditions.push(format!("ws.payload_length >= {}", frame.header.payload_len));
        }
        Selection::Packet(id) => {
            let Some(packet) = snapshot.packet(id) else { return Vec::new() };
            conditions.extend(packet.flow.map(|(flow, _)| format!("tcp.stream == {}", flow.index())));
            conditions.push(format!("frame.number >= {}", id.number()));
        }
        Selection::Delivery(id) => {
            let Some(delivery) = snapshot.delivery(id) else { return Vec::new() };
            conditions.push(format!("ws.session == {}", delivery.session.number()));
            conditions.push(format!("ws.transport == \"{}\"", delivery.transport.name()));
            conditions.push(format!("ws.direction == {}", delivery.side.name()));
        }
        Selection::Connection(id) => conditions.push(format!("ws.connection == {}", id.number())),
    }
    conditions
}

/// The forms in which it can be copied.
fn copies(selection: Selection) -> Vec<Line> {
    let says_again = matches!(selection, Selection::Message(_) | Selection::Frame(_));
    let mut lines = Vec::new();
    for form in Form::ALL.into_iter().filter(|form| says_again || !form.talks()) {
        if form == Form::Websocat {
            lines.push(Line::Part);
        }
        lines.push(Line::Do(form.name().into(), Command::CopyAs(form)));
    }
    lines
}

/// The ways to the same thing in other tables.
fn ways(opened: &Opened, selection: Selection) -> Vec<Line> {
    let snapshot = &opened.snapshot;
    let way = |tab: Tab| {
        let there = tab.selection(snapshot, tab.row_of(snapshot, selection)?)?;
        let (what, number) = match there {
            Selection::Message(id) => ("message", id.number()),
            Selection::Frame(id) => ("frame", id.number()),
            Selection::Packet(id) => ("packet", id.number()),
            Selection::Delivery(_) | Selection::Connection(_) => return None,
        };
        let words = format!("Go to {what} {}", words::count(number));
        (opened.tab != tab).then(|| Line::Do(words.into(), Command::Follow(there)))
    };
    [Tab::Messages, Tab::Frames, Tab::Packets].into_iter().filter_map(way).collect()
}

/// Draws the lines, and says what was chosen.
pub fn show(ui: &mut Ui, lines: &[Line], out: &mut Vec<Command>) {
    ui.style_mut().wrap_mode = Some(TextWrapMode::Extend);
    ui.set_min_width(190.0);
    menu::roomy(ui);
    let theme = Theme::of(ui);
    for line in lines {
        match line {
            Line::Do(words, command) => {
                let key = command.entry().map(super::super::command::Entry::key_words).unwrap_or_default();
                let mut button = Button::new(words.as_ref());
                if !key.is_empty() {
                    button = button.shortcut_text(RichText::new(key).color(theme.dim));
                }
                if ui.add(button).clicked() {
                    out.push(command.clone());
                    ui.close();
                }
            }
            Line::Cannot(words, why) => {
                ui.add_enabled(false, Button::new(format!("{words}: {why}")));
            }
            Line::More(words, more) => {
                ui.menu_button(*words, |ui| show(ui, more, out));
            }
            Line::Part => drop(ui.separator()),
        }
    }
}
