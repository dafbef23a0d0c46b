//! The find bar above the rows: what is looked for, as what, where; and under it how the search goes, or what is wrong
//! with what was typed.

use egui::accesskit::Role;
use egui::{
    Align, Key, Layout, Margin, Modifiers, Rect, Response, RichText, Sense, Stroke, StrokeKind, TextEdit, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};
use session::find::{Kind, Mistake, Within};

use crate::gui::command::Command;
use crate::gui::find::Said;
use crate::gui::icon::Icon;
use crate::gui::opened::Opened;
use crate::gui::theme::{CELL, CONTROL, GRID, ROUND, Theme};
use crate::gui::{fonts, table, widget, words};

const CONTROLS: f32 = CONTROL + GRID * 2.0;
const BELOW: f32 = 20.0;
/// A narrower pane has the switches in a line of their own.
const NARROW: f32 = 640.0;

/// Draws the bar.
pub fn show(ui: &mut Ui, opened: &mut Opened, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    let all = ui.available_rect_before_wrap();
    let narrow = all.width() < NARROW;
    let height = CONTROLS + BELOW + if narrow { CONTROL + GRID } else { 0.0 };
    let rect = all.with_max_y(all.min.y + height);
    ui.advance_cursor_after_rect(rect);
    ui.painter().rect_filled(rect, 0.0, theme.header);
    ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
    let first = Rect::from_min_size(rect.min, vec2(rect.width(), CONTROLS)).shrink2(vec2(CELL, GRID));
    let line = |ui: &mut Ui, rect: Rect, salt: &str| {
        let layout = Layout::right_to_left(Align::Center);
        let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout).id_salt(salt));
        child.spacing_mut().item_spacing.x = 2.0;
        child
    };
    let mut right = line(ui, first, "find buttons");
    buttons(&mut right, opened, out);
    if !narrow {
        right.add_space(GRID * 2.0);
        switches(&mut right, opened);
    }
    let field = first.with_max_x(right.min_rect().min.x - GRID * 2.0);
    if narrow {
        let second = first.translate(vec2(0.0, CONTROL + GRID));
        switches(&mut line(ui, second, "find switches"), opened);
    }
    type_in(ui, theme, field, opened, out);
    let below =
        Rect::from_min_max(pos2(first.min.x, rect.max.y - BELOW - 2.0), pos2(first.max.x, rect.max.y - 2.0));
    say(ui, theme, below, opened);
}

/// From the right: away with it, the next one, the one before.
fn buttons(ui: &mut Ui, opened: &Opened, out: &mut Vec<Command>) {
    if widget::icon_button(ui, Icon::Close, "Close find bar", "Esc", true).clicked() {
        out.push(Command::CloseFind);
    }
    let any = !opened.find.typed.text.is_empty();
    for (icon, command) in [(Icon::Down, Command::FindNext), (Icon::Up, Command::FindPrevious)] {
        if let Some(entry) = command.entry() {
            widget::command_button(ui, icon, entry, any, out);
        }
    }
}

/// From the right: where, whether case counts, as what.
fn switches(ui: &mut Ui, opened: &mut Opened) {
    let find = &mut opened.find;
    let mut changed = false;
    let bytes = find.typed.kind == Kind::Hex;
    let within = find.within();
    for (value, word, name) in
        [(Within::Names, "Fields", "Find in fields"), (Within::Content, "Content", "Find in content")]
    {
        let enabled = value == Within::Content || !bytes;
        if switch(ui, word, name, within == value, enabled).clicked() && enabled {
            changed |= find.within != value;
            find.within = value;
        }
    }
    ui.add_space(GRID * 2.0);
    if switch(ui, "Aa", "Match case", find.typed.case && !bytes, !bytes).clicked() && !bytes {
        find.typed.case = !find.typed.case;
        changed = true;
    }
    ui.add_space(GRID * 2.0);
    let kinds = [
        (Kind::Hex, "Hex", "Find bytes in hex"),
        (Kind::Regex, "Regex", "Find by regular expression"),
        (Kind::Text, "Text", "Find text"),
    ];
    for (kind, word, name) in kinds {
        if switch(ui, word, name, find.typed.kind == kind, true).clicked() {
            changed |= find.typed.kind != kind;
            find.typed.kind = kind;
        }
    }
    if changed {
        find.changed();
    }
}

/// A word that holds or does not.
fn switch(ui: &mut Ui, word: &str, name: &str, on: bool, enabled: bool) -> Response {
    let theme = Theme::of(ui);
    let (font, color) = match (on, enabled) {
        (_, false) => (fonts::small(), theme.faint),
        (true, _) => (fonts::small_strong(), theme.strong),
        (false, _) => (fonts::small(), theme.dim),
    };
    let galley = ui.painter().layout_no_wrap(word.to_owned(), font, color);
    let size = vec2(galley.size().x + CELL * 2.0, CONTROL - GRID);
    let (rect, response) =
        ui.allocate_exact_size(size, if enabled { Sense::click() } else { Sense::hover() });
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, on, name));
    let (fill, edge) = match (on && enabled, response.hovered() && enabled) {
        (true, _) => (theme.accent_weak, theme.accent),
        (false, true) => (theme.hover, theme.edge),
        (false, false) => (theme.header, theme.line),
    };
    ui.painter().rect(rect, ROUND, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect.expand(1.0),
            ROUND,
            Stroke::new(1.0, theme.accent),
            StrokeKind::Outside,
        );
    }
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    response.on_hover_text(name)
}

fn type_in(ui: &mut Ui, theme: &Theme, rect: Rect, opened: &mut Opened, out: &mut Vec<Command>) {
    let id = egui::Id::unique("find");
    let find = &mut opened.find;
    let entered = ui.memory(|memory| memory.has_focus(id)).then(|| {
        ui.input_mut(|input| {
            let mut pressed = |modifiers| input.consume_key(modifiers, Key::Enter);
            if pressed(Modifiers::SHIFT) {
                Some(Command::FindPrevious)
            } else {
                pressed(Modifiers::NONE).then_some(Command::FindNext)
            }
        })
    });
    out.extend(entered.flatten());
    let hint = match find.typed.kind {
        Kind::Text => "Find",
        Kind::Regex => "Find by regular expression",
        Kind::Hex => "Find bytes, as in 81 85",
    };
    let font = if find.typed.kind == Kind::Text { fonts::body() } else { fonts::mono() };
    let mut child =
        ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
    let edit = TextEdit::singleline(&mut find.typed.text)
        .id(id)
        .font(font)
        .hint_text(RichText::new(hint).color(theme.faint))
        .desired_width(rect.width() - 16.0)
        .margin(Margin::symmetric(8, 5))
        .min_size(vec2(0.0, CONTROL))
        .show(&mut child);
    let response = edit.response.response.clone().accessible_name("Find");
    if std::mem::take(&mut find.take_focus) {
        response.request_focus();
        let mut state = edit.state.clone();
        let all = egui::text::CCursorRange::two(
            egui::text::CCursor::new(0),
            egui::text::CCursor::new(find.typed.text.chars().count()),
        );
        state.cursor.set_char_range(Some(all));
        state.store(ui.ctx(), id);
    }
    if let Said::Mistake(Mistake { at, .. }) = &find.said {
        // A line under the very characters that are wrong.
        let chars = |bytes: usize| find.typed.text.get(..bytes).map_or(0, |text| text.chars().count());
        let x = |place: usize| edit.galley.pos_from_cursor(egui::text::CCursor::new(place)).min.x;
        let (from, to) = (x(chars(at.start)), x(chars(at.end)));
        let left = edit.galley_pos.x + from;
        let y = edit.galley_pos.y + edit.galley.size().y;
        let painter = child.painter().with_clip_rect(edit.text_clip_rect.expand(2.0));
        painter.hline(left..=(left + (to - from).max(6.0)), y, Stroke::new(2.0, theme.error));
    }
    if response.changed() {
        find.changed();
    }
}

/// How it goes, in a line.
fn say(ui: &mut Ui, theme: &Theme, rect: Rect, opened: &mut Opened) {
    let (words, color) = match &opened.find.said {
        Said::Ready => (opened.looks_into().to_owned(), theme.dim),
        Said::Searching(part) => (format!("Searching… {:.0} %", part * 100.0), theme.text),
        Said::Mistake(mistake) => (wrong(mistake, &opened.find.typed.text), theme.error),
        Said::Nothing(left_out) => (nothing(*left_out), theme.warn),
        Said::Found { wrapped: false, .. } => (found(opened), theme.text),
        Said::Found { up, .. } => {
            let way = if *up { "went on from the last row" } else { "went on from the first row" };
            (format!("{}  ·  {way}", found(opened)), theme.text)
        }
        Said::Stopped => ("Stopped".to_owned(), theme.dim),
    };
    let mut room = rect;
    if opened.find.searching() {
        let layout = Layout::right_to_left(Align::Center);
        let mut right = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout).id_salt("find stop"));
        if widget::quiet_button(&mut right, "Stop", "Stop finding").clicked() {
            opened.find.stop();
        }
        room.max.x = right.min_rect().min.x;
    }
    let response = ui.interact(room, egui::Id::unique("find said"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, &words));
    table::text(ui.painter(), room, &words, fonts::small(), color, false);
}

/// What is wrong, and where.
fn wrong(mistake: &Mistake, typed: &str) -> String {
    let before = typed.get(..mistake.at.start).map_or(0, |text| text.chars().count());
    let whole = mistake.at == (0..typed.len());
    if whole {
        mistake.says.clone()
    } else {
        format!("{}, at character {}", mistake.says, words::count(before as u64 + 1))
    }
}

fn nothing(left_out: u32) -> String {
    match left_out {
        0 => "Nothing found".to_owned(),
        1 => "Nothing found; one row could not be looked into".to_owned(),
        many => format!("Nothing found; {} rows could not be looked into", words::count(many.into())),
    }
}

/// Where the hit stands.
fn found(opened: &Opened) -> String {
    use session::find::Spot;
    let Some(hit) = &opened.find.hit else { return "Found".to_owned() };
    let row = format!("{} {}", one(hit.tab), words::count(u64::from(hit.row) + 1));
    match &hit.spot {
        &Spot::Content(from, to) if to == from + 1 => format!("{row}, byte {}", words::count(from as u64)),
        &Spot::Content(from, to) => {
            format!("{row}, bytes {} to {}", words::count(from as u64), words::count(to as u64 - 1))
        }
        Spot::Line(path) => {
            let line = opened.selection.and_then(|selection| opened.inspector.line(selection, path));
            line.map_or_else(|| row.clone(), |line| format!("{row}, {line}"))
        }
        Spot::Row => row,
    }
}

const fn one(tab: crate::gui::state::Tab) -> &'static str {
    use crate::gui::state::Tab;
    match tab {
        Tab::Messages => "Message",
        Tab::Frames => "Frame",
        Tab::Packets => "Packet",
        Tab::Findings => "Finding",
        Tab::Deliveries => "HTTP message",
    }
}
