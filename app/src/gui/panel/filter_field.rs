//! The field of the display filter: colored as it is understood, its mistake under the very characters, and below it what
//! may follow.

use egui::text::{CCursor, CCursorRange, LayoutJob, TextFormat};
use egui::{
    Align2, Area, EventFilter, Id, Key, Margin, Modifiers, Order, Rect, Role, Sense, Stroke, TextEdit, Ui,
    WidgetInfo, pos2, vec2,
};
use session::filter::{Mistake, field};

use crate::gui::command::Command;
use crate::gui::dialog::quick::sheet;
use crate::gui::filtering::Filtering;
use crate::gui::opened::Opened;
use crate::gui::table::text;
use crate::gui::theme::{GRID, ROUND, ROW, Theme};
use crate::gui::{fonts, icon};

/// Draws the field into `room`.
pub(super) fn show(
    ui: &mut Ui,
    theme: &'static Theme,
    room: Rect,
    id: Id,
    opened: &mut Opened,
    out: &mut Vec<Command>,
) {
    let focused = ui.memory(|memory| memory.has_focus(id));
    if focused {
        keys(ui, opened, out);
    }
    let mistake = opened.filtering.mistake().cloned();
    let mut layouter = |ui: &Ui, buffer: &dyn egui::TextBuffer, _width: f32| {
        ui.fonts_mut(|fonts| fonts.layout_job(colored(theme, buffer.as_str(), mistake.as_ref())))
    };
    let hint =
        egui::RichText::new("Filter, as in websocket.opcode == close && ip.addr == 10.0.0.0/8   Ctrl+/");
    let edit = TextEdit::singleline(&mut opened.filtering.text)
        .id(id)
        .hint_text(hint.color(theme.dim).font(fonts::body()))
        .font(fonts::mono())
        .frame(egui::Frame::NONE)
        .margin(Margin::ZERO)
        .align(Align2::LEFT_CENTER)
        .min_size(room.size())
        .desired_width(room.width())
        .layouter(&mut layouter);
    let mut child = ui.new_child(egui::UiBuilder::new().max_rect(room));
    child.set_clip_rect(room.intersect(ui.clip_rect()));
    let output = edit.show(&mut child);
    if focused {
        // Escape closes the offers first, and Tab takes one where there is one.
        let tab = !opened.filtering.offers.is_empty();
        let filter = EventFilter { tab, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    let response = output.response.response.clone().accessible_name("Display filter");
    if std::mem::take(&mut opened.filtering.take_focus) {
        response.request_focus();
    }
    let cursor =
        output.cursor_range.map_or(opened.filtering.text.chars().count(), |range| range.primary.index.into());
    if std::mem::take(&mut opened.filtering.to_end) {
        let mut state = output.state;
        let end = CCursor::new(opened.filtering.text.chars().count());
        state.cursor.set_char_range(Some(CCursorRange::one(end)));
        state.store(ui.ctx(), id);
    } else if response.changed() || response.gained_focus() {
        let text = &opened.filtering.text;
        let byte = text.char_indices().nth(cursor).map_or(text.len(), |(at, _)| at);
        opened.filtering.typed(byte, &opened.snapshot);
    }
    if focused && (mistake.is_some() || !opened.filtering.offers.is_empty()) {
        offers(ui, theme, room, opened);
    }
}

fn keys(ui: &Ui, opened: &mut Opened, out: &mut Vec<Command>) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let filtering = &mut opened.filtering;
    let last = filtering.offers.len().checked_sub(1);
    if pressed(Key::ArrowDown) {
        filtering.chosen = last.map(|last| filtering.chosen.map_or(0, |chosen| (chosen + 1).min(last)));
    }
    if pressed(Key::ArrowUp) {
        filtering.chosen = filtering.chosen.and_then(|chosen| chosen.checked_sub(1));
    }
    if !filtering.offers.is_empty() && pressed(Key::Tab) {
        let place = filtering.chosen.unwrap_or(0);
        filtering.take(place, &opened.snapshot);
    } else if pressed(Key::Enter) {
        match filtering.chosen {
            Some(place) => filtering.take(place, &opened.snapshot),
            None => out.push(Command::Filter(filtering.text.clone())),
        }
    } else if pressed(Key::Escape) {
        if filtering.offers.is_empty() {
            let applied = filtering.applied().text().to_owned();
            filtering.write(&applied);
            opened.take_focus = true;
        } else {
            filtering.offers.clear();
            filtering.chosen = None;
        }
    }
}

/// The text with its fields, texts and numbers told apart, and a line under the mistake.
fn colored(theme: &Theme, text: &str, mistake: Option<&Mistake>) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = f32::INFINITY;
    let mut at = 0;
    for (piece, color) in pieces(theme, text) {
        // A piece is cut where the mistake begins and ends.
        let bounds = mistake.map_or([at, at], |mistake| [mistake.at.start, mistake.at.end]);
        let end = at + piece.len();
        let mut from = at;
        for to in bounds.into_iter().filter(|bound| *bound > at && *bound < end).chain([end]) {
            let wrong = mistake.is_some_and(|mistake| mistake.at.start <= from && to <= mistake.at.end);
            let mut format = TextFormat::simple(fonts::mono(), if wrong { theme.error } else { color });
            if wrong {
                format.underline = Stroke::new(1.5, theme.error);
            }
            job.append(text.get(from..to).unwrap_or_default(), 0.0, format);
            from = to;
        }
        at = end;
    }
    job
}

/// Words, texts in quotes and what is between them, each with its color.
fn pieces<'t>(theme: &Theme, text: &'t str) -> Vec<(&'t str, egui::Color32)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let wordy = |letter: char| letter.is_alphanumeric() || "._-:/".contains(letter);
        let len = if first == '"' {
            closing(rest)
        } else if wordy(first) {
            rest.find(|letter| !wordy(letter)).unwrap_or(rest.len())
        } else {
            rest.find(|letter| wordy(letter) || letter == '"').unwrap_or(rest.len())
        };
        let (piece, behind) = rest.split_at(len.max(first.len_utf8()));
        let color = match first {
            '"' => theme.values.string,
            _ if field(piece).is_some() || piece.starts_with("ws.json") => theme.values.key,
            '0'..='9' => theme.values.number,
            _ if ["and", "or", "not", "xor", "in", "contains", "matches"].contains(&piece) => {
                theme.values.word
            }
            _ if wordy(first) => theme.text,
            _ => theme.values.mark,
        };
        pieces.push((piece, color));
        rest = behind;
    }
    pieces
}

/// The bytes of a text in quotes, up to its end.
fn closing(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Lines of the list.
const LINES: usize = 10;
const WIDTH: f32 = 640.0;

/// What may follow, or what is wrong, below the field.
fn offers(ui: &Ui, theme: &'static Theme, room: Rect, opened: &mut Opened) {
    let width = WIDTH.min(room.width()).max(240.0);
    let mut taken = None;
    let area = Area::new(Id::unique("filter offers")).order(Order::Foreground).constrain(true);
    area.fixed_pos(pos2(room.min.x - GRID, room.max.y + GRID)).show(ui.ctx(), |ui| {
        sheet(theme).show(ui, |ui| {
            ui.set_width(width);
            ui.spacing_mut().item_spacing.y = 0.0;
            if let Some(mistake) = opened.filtering.mistake() {
                let (row, _) = ui.allocate_exact_size(vec2(width, ROW + GRID), Sense::hover());
                icon::level(
                    ui.painter(),
                    theme,
                    crate::gui::theme::Level::Error,
                    pos2(row.min.x + 12.0, row.center().y),
                    5.0,
                );
                text(
                    ui.painter(),
                    row.with_min_x(row.min.x + 16.0),
                    &mistake.says,
                    fonts::body(),
                    theme.text,
                    false,
                );
            }
            let filtering = &opened.filtering;
            let first = filtering.chosen.map_or(0, |chosen| (chosen + 1).saturating_sub(LINES));
            // What they mean stands in one column, behind the longest of them.
            let shown = filtering.offers.iter().enumerate().skip(first).take(LINES);
            let wide =
                |text: &str| ui.painter().layout_no_wrap(text.to_owned(), fonts::mono(), theme.text).size().x;
            let longest = shown.clone().map(|(_, offer)| wide(&offer.text)).fold(0.0, f32::max);
            let column = (longest + GRID * 6.0).clamp(width.min(200.0), width * 0.6);
            for (place, _) in shown {
                if line(ui, theme, vec2(width, column), place, filtering) {
                    taken = Some(place);
                }
            }
            let more = filtering.offers.len().saturating_sub(first + LINES);
            if more > 0 {
                let (row, _) = ui.allocate_exact_size(vec2(width, ROW), Sense::hover());
                let words = format!("{more} more: type on, or go down");
                ui.painter().text(
                    row.left_center() + vec2(8.0, 0.0),
                    Align2::LEFT_CENTER,
                    words,
                    fonts::small(),
                    theme.dim,
                );
            }
        });
    });
    if let Some(place) = taken {
        opened.filtering.take(place, &opened.snapshot);
        opened.filtering.take_focus = true;
    }
}

/// One offer: what it puts there, and from `widths.y` on what that means. Whether it was clicked.
fn line(ui: &mut Ui, theme: &Theme, widths: egui::Vec2, place: usize, filtering: &Filtering) -> bool {
    let Some(offer) = filtering.offers.get(place) else { return false };
    let (row, response) = ui.allocate_exact_size(vec2(widths.x, ROW + GRID), Sense::click());
    let chosen = filtering.chosen == Some(place);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &offer.text));
    if chosen || response.hovered() {
        ui.painter().rect_filled(row, ROUND, if chosen { theme.selected } else { theme.hover });
    }
    let name = ui.painter().layout_no_wrap(offer.text.clone(), fonts::mono(), theme.text).size().x;
    text(ui.painter(), row, &offer.text, fonts::mono(), theme.text, false);
    let note = row.with_min_x((row.min.x + (name + GRID * 5.0).max(widths.y)).min(row.max.x));
    text(ui.painter(), note, &offer.says, fonts::small(), theme.dim, false);
    response.clicked()
}
