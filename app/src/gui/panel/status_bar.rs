//! The bar at the bottom: what is open, how much there is, what is selected, how far reading has come.

use egui::{Align, Layout, Rect, Sense, Stroke, Ui, UiBuilder, vec2};
use session::State;
use session::capture::NoteKind;

use super::live;
use crate::gui::command::Command;
use crate::gui::opened::Opened;
use crate::gui::state::Selection;
use crate::gui::theme::{GRID, STATUS, Theme};
use crate::gui::{fonts, widget, words};

/// Draws the status bar.
pub fn show(ui: &mut Ui, opened: Option<&Opened>, opening: Option<&str>, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let rect = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), STATUS));
    ui.painter().rect_filled(rect, 0.0, theme.base);
    ui.painter().hline(rect.x_range(), rect.min.y + 0.5, Stroke::new(1.0, theme.line));
    let inner = rect.shrink2(vec2(GRID * 3.0, 0.0));
    let builder = || UiBuilder::new().max_rect(inner);
    let mut left = ui.new_child(builder().layout(Layout::left_to_right(Align::Center)));
    left.spacing_mut().item_spacing.x = GRID * 4.0;
    match opened {
        Some(opened) => {
            let mut right = ui.new_child(builder().layout(Layout::right_to_left(Align::Center)));
            right.spacing_mut().item_spacing.x = GRID * 3.0;
            progress(&mut right, theme, opened, out);
            left.set_max_width(right.min_rect().min.x - inner.min.x - GRID * 4.0);
            counts(&mut left, theme, opened);
        }
        None => {
            let words = opening.map_or_else(|| "No file open".to_owned(), |name| format!("Opening {name}…"));
            widget::label(&mut left, &words, fonts::small(), theme.dim);
        }
    }
    ui.advance_cursor_after_rect(rect);
}

fn counts(ui: &mut Ui, theme: &Theme, opened: &Opened) {
    let snapshot = &opened.snapshot;
    widget::label(ui, &opened.name(), fonts::small_strong(), theme.text).on_hover_text(about(opened));
    let counted = |number: u32, one: &str, many: &str| words::counted(u64::from(number), one, many);
    for words in [
        counted(snapshot.packet_count(), "packet", "packets"),
        counted(snapshot.frame_count(), "frame", "frames"),
        counted(snapshot.message_count(), "message", "messages"),
    ] {
        widget::label(ui, &words, fonts::small(), theme.dim);
    }
    if let Some((first, last)) = snapshot.totals.times {
        let words = words::span(last.saturating_sub(first));
        let from = words::day(first, &opened.zone);
        widget::label(ui, &words, fonts::small(), theme.dim)
            .on_hover_text(format!("From {from}, for {words}"));
    }
    match (opened.keys_came(), keys(opened)) {
        (Some((words, good)), more) => {
            let said = widget::label(ui, &words, fonts::small(), if good { theme.good } else { theme.warn });
            said.on_hover_text(more.map(|(_, more)| more).unwrap_or_default());
        }
        (None, Some((words, more))) => {
            widget::label(ui, &words, fonts::small(), theme.dim).on_hover_text(more);
        }
        (None, None) => {}
    }
    if let Some(selection) = opened.selection {
        let (name, number) = match selection {
            Selection::Packet(id) => ("Packet", id.number()),
            Selection::Frame(id) => ("Frame", id.number()),
            Selection::Message(id) => ("Message", id.number()),
            Selection::Connection(id) => ("Connection", id.number()),
        };
        let words = format!("{name} {} selected", words::count(number));
        widget::label(ui, &words, fonts::small(), theme.text);
    }
}

/// How much of what TLS carries can be read, and with whose keys.
fn keys(opened: &Opened) -> Option<(String, String)> {
    let snapshot = &opened.snapshot;
    let sealing = &snapshot.totals.sealing;
    if sealing.all == 0 {
        return None;
    }
    let words = match (sealing.known, sealing.all) {
        (0, 1) => "TLS, no keys".to_owned(),
        (0, all) => format!("{} TLS, no keys", words::count(all.into())),
        (known, all) if known == all => format!("{} TLS decrypted", words::count(all.into())),
        (known, all) => {
            format!("{} of {} TLS decrypted", words::count(known.into()), words::count(all.into()))
        }
    };
    let of_source = |(source, name): (usize, &std::sync::Arc<str>)| {
        let count = sealing.from(source);
        let own_and_empty = source == 0 && count == 0;
        let words = match count {
            0 => "no keys for this capture".to_owned(),
            count => words::counted(count.into(), "connection", "connections"),
        };
        (!own_and_empty).then(|| format!("{name}: {words}"))
    };
    let sources: Vec<String> = snapshot.key_logs.iter().enumerate().filter_map(of_source).collect();
    let more = if sources.is_empty() {
        "No key log was given: Ctrl+K adds one".to_owned()
    } else {
        sources.join("\n")
    };
    Some((words, more))
}

/// Where the file is, and what somebody wrote into it.
fn about(opened: &Opened) -> String {
    let comments = opened.snapshot.notes.iter().filter(|note| note.kind == NoteKind::Comment);
    let mut words = opened.path.display().to_string();
    for comment in comments.take(3) {
        words.push_str("\n“");
        words.push_str(&comment.says);
        words.push('”');
    }
    words
}

/// From the right: how reading goes, or how it went.
fn progress(ui: &mut Ui, theme: &Theme, opened: &Opened, out: &mut Vec<Command>) {
    let snapshot = &opened.snapshot;
    if let Some(capture) = &opened.capture {
        live::show(ui, theme, opened, capture, out);
    }
    let format = snapshot.format.as_ref().map(ToString::to_string).unwrap_or_default();
    let short = format.split(',').next().unwrap_or_default().to_owned();
    match &snapshot.state {
        _ if opened.capture.is_some() => {}
        State::Reading => {
            if widget::quiet_button(ui, "Stop", "Stop reading").clicked() {
                out.push(Command::Stop);
            }
            let progress = &snapshot.progress;
            match progress.total.filter(|total| *total > 0) {
                Some(total) => {
                    let share = (progress.done as f64 / total as f64).clamp(0.0, 1.0) as f32;
                    let (track, _) = ui.allocate_exact_size(vec2(120.0, 4.0), Sense::hover());
                    ui.painter().rect_filled(track, 2.0, theme.line);
                    let done = track.with_max_x(track.min.x + track.width() * share);
                    ui.painter().rect_filled(done, 2.0, theme.accent);
                    widget::label(ui, &format!("Reading {:.0} %", share * 100.0), fonts::small(), theme.dim);
                }
                None => drop(widget::label(ui, "Reading…", fonts::small(), theme.dim)),
            }
        }
        State::Done => {}
        State::Stopped => drop(widget::label(ui, "Stopped", fonts::small(), theme.warn)),
        State::Failed(_) | State::Crashed(..) => {
            drop(widget::label(ui, "Reading ended early", fonts::small(), theme.error))
        }
    }
    widget::label(ui, &short, fonts::small(), theme.dim).on_hover_text(format);
    let size = words::size(snapshot.progress.done);
    widget::label(ui, &size, fonts::small(), theme.dim);
}
