//! What can be done with a line of the tree: copied, put to the display filter, followed.

use egui::Ui;
use session::detail::Detail;
use session::filter::tree::{Join, of_line};

use super::Asked;
use super::line::Line;
use crate::gui::widget;

/// The menu of a line; what was asked of it.
pub(super) fn menu(ui: &mut Ui, line: &Line<'_>, detail: &Detail) -> Option<Asked> {
    crate::gui::menu::roomy(ui);
    let path = || line.path.clone();
    let (mut asked, mut joined) = (None, None);
    let mut item = |ui: &mut Ui, text: &str, enabled: bool, ask: fn(Vec<usize>) -> Asked| {
        if ui.add_enabled(enabled, egui::Button::new(text)).clicked() {
            asked = Some(ask(path()));
            ui.close();
        }
    };
    item(ui, "Copy value", !line.node.value.is_empty(), Asked::CopyValue);
    item(ui, "Copy field name", !line.node.name.is_empty(), Asked::CopyName);
    item(ui, "Copy bytes", line.node.place.is_some(), Asked::CopyBytes);
    if line.node.place.is_some() {
        ui.menu_button("Copy bytes as", |ui| {
            if let Some(form) = widget::forms(ui, false) {
                asked = Some(Asked::CopyAs(path(), form));
            }
        });
    }
    let mut item = |ui: &mut Ui, text: &str, enabled: bool, ask: fn(Vec<usize>) -> Asked| {
        if ui.add_enabled(enabled, egui::Button::new(text)).clicked() {
            asked = Some(ask(path()));
            ui.close();
        }
    };
    ui.separator();
    if let Some(condition) = of_line(detail, &line.path) {
        for (join, words) in Join::ALL {
            if ui.button(words).on_hover_text(&condition).clicked() {
                joined = Some(Asked::Filter(join, path()));
                ui.close();
            }
        }
        item(ui, "Copy as filter", true, Asked::CopyFilter);
        ui.separator();
    }
    if line.node.leads.is_some() {
        item(ui, "Go there", true, Asked::Follow);
    }
    asked.or(joined)
}
