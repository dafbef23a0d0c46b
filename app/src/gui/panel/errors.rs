//! What went wrong, as lines above the panes that can be taken away. Never in the way.

use egui::{Rect, Sense, Stroke, Ui, Vec2, pos2, vec2};

use crate::gui::icon::{self, Icon};
use crate::gui::theme::{CONTROL, GRID, Level, Theme};
use crate::gui::{fonts, table, widget};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// How bad it is.
    pub level: Level,
    /// One sentence.
    pub words: String,
}

/// Draws the messages.
pub fn show(ui: &mut Ui, errors: &mut Vec<Said>) {
    let theme = Theme::of(ui);
    let mut dismissed = None;
    for (place, Said { level, words }) in errors.iter().enumerate() {
        let (rect, response) =
            ui.allocate_exact_size(vec2(ui.available_width(), CONTROL + GRID), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Alert, true, words));
        let ground = match level {
            Level::Error => theme.error_weak,
            Level::Warn => theme.warn_weak,
            Level::Note => theme.header,
        };
        ui.painter().rect_filled(rect, 0.0, ground);
        ui.painter().hline(rect.x_range(), rect.max.y - 0.5, Stroke::new(1.0, theme.line));
        let y = rect.center().y;
        icon::level(ui.painter(), theme, *level, pos2(rect.min.x + 20.0, y), 5.5);
        let room =
            Rect::from_min_max(pos2(rect.min.x + 24.0, rect.min.y), pos2(rect.max.x - 44.0, rect.max.y));
        table::text(ui.painter(), room, words, fonts::body(), theme.text, false);
        let close = Rect::from_center_size(pos2(rect.max.x - 22.0, y), Vec2::splat(CONTROL));
        let mut corner = ui.new_child(egui::UiBuilder::new().max_rect(close).id_salt(("error", place)));
        if widget::icon_button(&mut corner, Icon::Close, "Dismiss", "", true).clicked() {
            dismissed = Some(place);
        }
    }
    if let Some(place) = dismissed {
        errors.remove(place);
    }
}
