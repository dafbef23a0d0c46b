//! A bar of tabs as all panes that look into something have it: words, the active one underlined.

use egui::{Align2, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::theme::{CELL, HEADER, Theme};
use super::{fonts, icon, menu};

/// One tab.
#[derive(Clone, Debug)]
pub struct TabLabel {
    /// Its word.
    pub text: String,
    /// Whether what is chosen or pointed at is in it, though it may not be the active one.
    pub marked: bool,
    /// Whether it can be chosen.
    pub enabled: bool,
}

impl TabLabel {
    /// A tab that can be chosen.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), marked: false, enabled: true }
    }
}

/// Draws the bar at the top of what room there is; says which tab was chosen, and what room is left in it.
pub fn bar(ui: &mut Ui, name: &str, tabs: &[TabLabel], active: usize) -> (Option<usize>, Rect) {
    let theme = Theme::of(ui);
    let all = ui.available_rect_before_wrap();
    let rect = Rect::from_min_size(all.min, vec2(all.width(), HEADER));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    painter.rect_filled(rect, 0.0, theme.header);
    painter.hline(rect.x_range(), rect.bottom() - 0.5, (1.0, theme.line));
    let id = ui.scope_id().with(("tabs", name));
    let mut chosen = None;
    let mut x = rect.left();
    let galley = |tab: &TabLabel| painter.layout_no_wrap(tab.text.clone(), fonts::small(), theme.text);
    let widths: Vec<f32> = tabs.iter().map(|tab| galley(tab).size().x + CELL * 2.0).collect();
    let all_fit = widths.iter().sum::<f32>() <= rect.width();
    let edge = if all_fit { rect.right() } else { rect.right() - MORE };
    let mut shown = 0;
    for (index, tab) in tabs.iter().enumerate() {
        let galley = galley(tab);
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(widths[index], HEADER));
        if place.right() > edge {
            break;
        }
        shown = index + 1;
        let response = ui.interact(place.intersect(rect), id.with(index), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, tab.enabled, index == active, &tab.text));
        let color = match (index == active, tab.enabled, response.hovered()) {
            (true, _, _) => theme.strong,
            (_, false, _) => theme.faint,
            (_, _, true) => theme.text,
            _ => theme.dim,
        };
        if index == active {
            let line = place.with_min_y(place.bottom() - 2.0).shrink2(vec2(CELL, 0.0));
            painter.rect_filled(line, 1.0, theme.accent);
        }
        painter.galley_with_override_text_color(
            pos2(place.left() + CELL, place.center().y - galley.size().y / 2.0),
            galley,
            color,
        );
        if tab.marked && index != active {
            painter.circle_filled(pos2(place.right() - 4.0, place.center().y - 4.0), 2.0, theme.accent);
        }
        if response.clicked() && tab.enabled {
            chosen = Some(index);
        }
        x = place.right();
    }
    if shown < tabs.len() {
        let place = Rect::from_min_size(pos2(x, rect.top()), vec2(MORE, HEADER));
        chosen = more(ui, place.intersect(rect), id, &tabs[shown..], active.checked_sub(shown))
            .map(|more| shown + more)
            .or(chosen);
        x = place.right();
    }
    ui.advance_cursor_after_rect(rect);
    (chosen, Rect::from_min_max(pos2(x.min(rect.right()), rect.top()), rect.max))
}

/// Room for the button of the menu with the tabs that have no room.
const MORE: f32 = 28.0;

/// That menu; says which of its tabs was chosen.
fn more(ui: &Ui, place: Rect, id: egui::Id, tabs: &[TabLabel], active: Option<usize>) -> Option<usize> {
    let theme = Theme::of(ui);
    let button = ui.interact(place, id.with("more"), Sense::click());
    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, "More tabs…"));
    let color = if button.hovered() || active.is_some() { theme.strong } else { theme.dim };
    let sign = Rect::from_center_size(place.center(), vec2(14.0, 14.0));
    icon::paint(ui.painter(), icon::Icon::More, sign, color);
    let mut chosen = None;
    menu::show(&button, 200.0, |ui| {
        for (index, tab) in tabs.iter().enumerate() {
            let ticked = Some(active == Some(index));
            if menu::line(ui, &menu::Line { ticked, enabled: tab.enabled, ..menu::Line::new(&tab.text) }) {
                chosen = Some(index);
            }
        }
    });
    chosen
}

/// A small button of one word at the right end of `room`; takes its place from it.
pub fn word(ui: &Ui, room: &mut Rect, text: &str, enabled: bool) -> bool {
    button(ui, room, text, enabled).is_some_and(|response| response.clicked() && enabled)
}

fn button(ui: &Ui, room: &mut Rect, text: &str, enabled: bool) -> Option<Response> {
    let theme = Theme::of(ui);
    let width = ui.painter().layout_no_wrap(text.into(), fonts::small(), theme.text).size().x + CELL * 1.5;
    if width > room.width() {
        return None;
    }
    let place = Rect::from_min_max(pos2(room.right() - width, room.top()), room.max);
    room.max.x -= width;
    let response = ui.interact(place, ui.scope_id().with(("word", text)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, text));
    let color = match (enabled, response.hovered()) {
        (false, _) => theme.faint,
        (true, true) => theme.strong,
        (true, false) => theme.dim,
    };
    if response.hovered() && enabled {
        ui.painter().rect_filled(place.shrink(2.0), 4.0, theme.hover);
    }
    ui.painter().text(place.center(), Align2::CENTER_CENTER, text, fonts::small(), color);
    Some(response)
}

/// The same, opening a menu; what was chosen there.
pub fn menu<T>(ui: &Ui, room: &mut Rect, text: &str, show: impl FnOnce(&mut Ui) -> T) -> Option<T> {
    let response = button(ui, room, text, true)?;
    egui::Popup::menu(&response).show(show).map(|shown| shown.inner)
}

/// A quiet word at the right end of `room`.
pub fn remark(ui: &Ui, room: &mut Rect, text: &str) {
    let theme = Theme::of(ui);
    let galley = ui.painter().layout_no_wrap(text.into(), fonts::small(), theme.faint);
    if galley.size().x + CELL < room.width() {
        let at = pos2(room.right() - CELL - galley.size().x, room.center().y - galley.size().y / 2.0);
        room.max.x = at.x;
        ui.painter().galley(at, galley, theme.faint);
    }
}
