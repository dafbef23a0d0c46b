//! The bar at the bottom: what is open, how much there is, what is selected, how far reading has come.

use egui::{Align, Color32, FontId, Layout, Rect, RichText, Sense, Stroke, Ui, UiBuilder, vec2};
use session::State;
use session::capture::NoteKind;

use super::live;
use crate::gui::command::Command;
use crate::gui::opened::Opened;
use crate::gui::state::Selection;
use crate::gui::theme::{GRID, STATUS, Theme};
use crate::gui::{fonts, widget, words};

/// Draws the status bar.
pub fn show(
    ui: &mut Ui,
    opened: Option<&Opened>,
    opening: Option<&str>,
    profile: &str,
    out: &mut Vec<Command>,
) {
    let theme = Theme::of(ui);
    let rect = Rect::from_min_size(ui.max_rect().min, vec2(ui.max_rect().width(), STATUS));
    ui.painter().rect_filled(rect, 0.0, theme.base);
    ui.painter().hline(rect.x_range(), rect.min.y + 0.5, Stroke::new(1.0, theme.line));
    let inner = rect.shrink2(vec2(GRID * 3.0, 0.0));
    let builder = || UiBuilder::new().max_rect(inner);
    let mut left = ui.new_child(builder().layout(Layout::left_to_right(Align::Center)));
    left.spacing_mut().item_spacing.x = GRID * 4.0;
    let mut right = ui.new_child(builder().layout(Layout::right_to_left(Align::Center)));
    right.spacing_mut().item_spacing.x = GRID * 3.0;
    if widget::quiet_button(&mut right, profile, &format!("Profile {profile}: switch, make, rename…"))
        .clicked()
    {
        out.push(Command::Profiles);
    }
    match opened {
        Some(opened) => {
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

/// Something that the bar says.
struct Part {
    words: String,
    font: FontId,
    color: Color32,
    hint: String,
    /// Where there is no room, the highest goes first.
    rank: u8,
}

fn counts(ui: &mut Ui, theme: &Theme, opened: &Opened) {
    let mut parts = parts(theme, opened);
    let gap = ui.spacing().item_spacing.x;
    let width = |ui: &Ui, part: &Part| {
        ui.painter().layout_no_wrap(part.words.clone(), part.font.clone(), part.color).size().x + gap
    };
    let room = ui.available_width();
    while parts.len() > 1 && parts.iter().map(|part| width(ui, part)).sum::<f32>() > room + gap {
        let least = parts.iter().map(|part| part.rank).max();
        parts.retain(|part| Some(part.rank) != least);
    }
    for Part { words, font, color, hint, .. } in parts {
        let label = egui::Label::new(RichText::new(words).font(font).color(color)).truncate();
        let said = ui.add(label);
        if !hint.is_empty() {
            said.on_hover_text(hint);
        }
    }
}

fn parts(theme: &Theme, opened: &Opened) -> Vec<Part> {
    let snapshot = &opened.snapshot;
    let part = |words: String, color: Color32, hint: String, rank: u8| Part {
        words,
        font: fonts::small(),
        color,
        hint,
        rank,
    };
    let mut parts = vec![part(opened.name(), theme.text, about(opened), 0)];
    parts[0].font = fonts::small_strong();
    let counted = |number: u32, one: &str, many: &str| words::counted(u64::from(number), one, many);
    for (words, rank) in [
        (counted(snapshot.packet_count(), "packet", "packets"), 5),
        (counted(snapshot.frame_count(), "frame", "frames"), 4),
        (counted(snapshot.message_count(), "message", "messages"), 3),
    ] {
        parts.push(part(words, theme.dim, String::new(), rank));
    }
    if let Some((first, last)) = snapshot.totals.times {
        let words = words::span(last.saturating_sub(first));
        let hint = format!("From {}, for {words}", words::day(first, &opened.zone));
        parts.push(part(words, theme.dim, hint, 6));
    }
    match (opened.keys_came(), keys(opened)) {
        (Some((words, good)), more) => {
            let color = if good { theme.good } else { theme.warn };
            parts.push(part(words, color, more.map(|(_, more)| more).unwrap_or_default(), 2));
        }
        (None, Some((words, more))) => parts.push(part(words, theme.dim, more, 2)),
        (None, None) => {}
    }
    if let Some(selection) = opened.selection {
        let (name, number) = match selection {
            Selection::Packet(id) => ("Packet", id.number()),
            Selection::Frame(id) => ("Frame", id.number()),
            Selection::Message(id) => ("Message", id.number()),
            Selection::Delivery(id) => ("HTTP message", id.number()),
            Selection::Connection(id) => ("Connection", id.number()),
        };
        let words = format!("{name} {} selected", words::count(number));
        parts.push(part(words, theme.text, String::new(), 1));
    }
    parts
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
    // What the file is steps back where the bar is narrow.
    if ui.max_rect().width() < 900.0 {
        return;
    }
    widget::label(ui, &short, fonts::small(), theme.dim).on_hover_text(format);
    let size = words::size(snapshot.progress.done);
    widget::label(ui, &size, fonts::small(), theme.dim);
}
