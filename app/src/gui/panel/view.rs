//! The menu of panes and layouts: what is shown, how it is arranged, what was saved of that.

use egui::Ui;

use super::toolbar::Toolbar;
use crate::gui::command::{Command, Entry};
use crate::gui::icon::Icon;
use crate::gui::layout::arrangements::ARRANGEMENTS;
use crate::gui::layout::{self, Pane};
use crate::gui::menu::{self, Line};
use crate::gui::widget;

/// The button that it hangs from.
pub fn button(ui: &mut Ui, bar: &Toolbar<'_>, out: &mut Vec<Command>) {
    let button = widget::icon_button(ui, Icon::Panes, "View", "panes and layouts", true);
    menu::show(&button, 340.0, |ui| {
        let can = |command: &Command| command.entry().is_some_and(|entry| (bar.can)(entry.when));
        menu::heading(ui, "Panes", true);
        for pane in Pane::ALL {
            let ticked = Some(layout::shows(bar.layout, pane));
            // The rows stay: without them there is nothing to choose from.
            let enabled = can(&Command::TogglePane(pane));
            if menu::line(ui, &Line { ticked, enabled, ..Line::new(pane.title()) }) {
                out.push(Command::TogglePane(pane));
            }
        }
        menu::heading(ui, "Layouts", false);
        for arrangement in ARRANGEMENTS {
            let ticked = Some(layout::same(bar.layout, &arrangement.layout()));
            if menu::line(ui, &Line { ticked, note: arrangement.says, ..Line::new(arrangement.name) }) {
                out.push(Command::UseLayout(arrangement.name.to_owned()));
            }
        }
        for (name, saved) in bar.layouts {
            let ticked = Some(layout::same(bar.layout, saved));
            if menu::line(ui, &Line { ticked, note: "saved", ..Line::new(name) }) {
                out.push(Command::UseLayout(name.clone()));
            }
        }
        menu::heading(ui, "Arrange", false);
        for command in [Command::SaveLayout, Command::DropLayouts, Command::ResetLayout] {
            let Some(Entry { text, .. }) = command.entry() else { continue };
            if menu::line(ui, &Line { enabled: can(&command), ..Line::new(text) }) {
                out.push(command);
            }
        }
    });
}
