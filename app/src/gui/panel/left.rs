//! On the start page: a capture that was not saved when the program or the machine died.

use egui::accesskit::Role;
use egui::{Align, Layout, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use jiff::tz::TimeZone;

use crate::gui::command::Command;
use crate::gui::icon;
use crate::gui::live::Live;
use crate::gui::opened::name_of;
use crate::gui::table::text;
use crate::gui::theme::{GRID, Level, ROUND_LARGE, Theme};
use crate::gui::{fonts, widget, words};

const LINE: f32 = 44.0;
const MOST: usize = 2;

/// How high the part is; nothing where none was left.
pub fn height(live: &Live) -> f32 {
    let lines = live.left.len().min(MOST) as f32;
    if lines > 0.0 { lines * LINE + 16.0 } else { 0.0 }
}

/// Draws the newest of them.
pub fn show(ui: &mut Ui, rect: Rect, live: &Live, out: &mut Vec<Command>) {
    let theme = Theme::of(ui);
    for (place, left) in live.left.iter().take(MOST).enumerate() {
        let line =
            Rect::from_min_size(rect.min + vec2(0.0, place as f32 * LINE), vec2(rect.width(), LINE - 4.0));
        ui.painter().rect(
            line,
            ROUND_LARGE,
            theme.warn_weak,
            Stroke::new(1.0, theme.line),
            StrokeKind::Outside,
        );
        icon::level(ui.painter(), theme, Level::Warn, pos2(line.min.x + 16.0, line.center().y), 5.5);
        let bar = line.shrink2(vec2(8.0, 0.0));
        let builder = UiBuilder::new()
            .max_rect(bar)
            .id_salt(("left", place))
            .layout(Layout::right_to_left(Align::Center));
        let mut right = ui.new_child(builder);
        right.spacing_mut().item_spacing.x = GRID * 2.0;
        if widget::button(&mut right, None, "Discard", false).clicked() {
            out.push(Command::DiscardLeft(left.path.clone()));
        }
        if widget::button(&mut right, None, "Recover", true).clicked() {
            out.push(Command::OpenLeft(left.path.clone()));
        }
        let name = name_of(&left.path);
        let when = words::day(left.written.saturating_mul(1_000_000_000), &TimeZone::system());
        let says = format!("A capture was not saved: {name}, {}, until {when}", words::size(left.bytes));
        let room = bar.with_min_x(line.min.x + 22.0).with_max_x(right.min_rect().min.x - GRID * 2.0);
        text(ui.painter(), room, &says, fonts::body(), theme.text, false);
        let response = ui.interact(room, ui.scope_id().with(("left", place)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &says));
    }
}
