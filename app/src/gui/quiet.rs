//! What a pane says that has nothing else to show.

use egui::{Align2, Ui};

use super::fonts;
use super::theme::Theme;

/// A word in the middle of the pane.
pub fn quiet(ui: &mut Ui, text: &str) {
    let rect = ui.available_rect_before_wrap();
    let color = Theme::of(ui).dim;
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, fonts::body(), color);
    ui.advance_cursor_after_rect(rect);
}
