//! What the status bar says of a capture of this window: what is captured against what is indexed, what was dropped, how
//! it ended.

use egui::Ui;

use crate::gui::command::Command;
use crate::gui::live::capture::{Capture, why};
use crate::gui::opened::Opened;
use crate::gui::theme::Theme;
use crate::gui::{fonts, widget, words};

/// Draws it from the right.
pub fn show(ui: &mut Ui, theme: &Theme, opened: &Opened, capture: &Capture, out: &mut Vec<Command>) {
    let (captured, dropped) = capture.counts();
    let indexed = u64::from(opened.snapshot.packet_count());
    if capture.running() {
        if widget::quiet_button(ui, "Stop", "Stop capturing").clicked() {
            out.push(Command::Capture);
        }
        if !opened.follows_tail() && widget::quiet_button(ui, "Follow", "Follow the newest rows").clicked() {
            out.push(Command::Tail);
        }
    } else {
        if capture.unsaved().is_some() && widget::quiet_button(ui, "Save…", "Save capture as…").clicked()
        {
            out.push(Command::Save);
        }
        let why = capture.end.as_ref().and_then(why);
        let ended = if capture.wanted.is_some() { "Stopped" } else { "Recovered" };
        let words = why.as_ref().map_or_else(|| ended.to_owned(), |why| format!("Ended: {why}"));
        let short: String = words.chars().take(48).collect();
        widget::label(ui, &short, fonts::small(), theme.text).on_hover_text(words);
    }
    if dropped > 0 {
        let says = format!("{} dropped", words::count(dropped));
        widget::label(ui, &says, fonts::small_strong(), theme.warn).on_hover_text(
            "The system's buffer was full: a narrower capture filter or a larger buffer helps",
        );
    }
    // The capturing program tells once a second, and may be behind what was read.
    let says = format!("{} captured, {} indexed", words::count(captured.max(indexed)), words::count(indexed));
    widget::label(ui, &says, fonts::small(), theme.dim);
    if capture.running() {
        let says = format!("Capturing from {}", capture.devices());
        widget::label(ui, &says, fonts::small(), theme.good);
    }
}
