//! The parts of the window, one file each.

pub mod devices;
pub mod errors;
pub mod filter_bar;
mod filter_field;
pub mod left;
pub mod live;
pub mod start;
pub mod status_bar;
pub mod toolbar;
pub mod view;

pub mod panes;

pub mod connections;
pub mod conversation;
pub mod find_bar;
pub mod row_menu;
pub mod rows;
pub mod statistics;
pub mod strip;

pub mod bytes;
mod decoded;
pub mod detail;
pub mod payload;

use egui::{Align2, Ui};

use super::fonts;
use super::theme::Theme;

/// A word in the middle of a pane that has nothing else to show.
pub fn quiet(ui: &mut Ui, text: &str) {
    let rect = ui.available_rect_before_wrap();
    let color = Theme::of(ui).dim;
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, fonts::body(), color);
    ui.advance_cursor_after_rect(rect);
}
