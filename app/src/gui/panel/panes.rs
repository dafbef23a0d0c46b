//! The panes as tiles: what each shows, and how their tabs look.

use egui::accesskit::Role;
use egui::{Color32, Id, Response, Sense, Stroke, Style, Ui, Visuals, WidgetInfo, WidgetText, pos2, vec2};
use egui_tiles::{
    Behavior, ResizeState, SimplificationOptions, TabState, Tabs, Tile, TileId, Tiles, UiResponse,
};

use super::{connections, conversation, rows, statistics};
use crate::gui::command::Command;
use crate::gui::layout::Pane;
use crate::gui::opened::Opened;
use crate::gui::state::Times;
use crate::gui::theme::{GRID, HEADER, Theme};
use crate::gui::wireshark::Wireshark;
use crate::gui::{fonts, widget, words};

/// What the panes are drawn from.
pub struct Panes<'a> {
    /// The open capture.
    pub opened: &'a mut Opened,
    /// How times are shown.
    pub times: Times,
    /// Whether Wireshark is there.
    pub wireshark: &'a Wireshark,
    /// What the user asks for.
    pub out: &'a mut Vec<Command>,
    /// How high a row of the tables is.
    pub height: f32,
    /// Where each pane is drawn.
    pub places: &'a mut Vec<egui::Rect>,
    /// How many tabs stand in the bar that is being drawn.
    pub tabs: usize,
}

impl Panes<'_> {
    /// The pane in front, where it has a switch in the bar above it.
    fn switched(tiles: &Tiles<Pane>, tabs: &Tabs) -> Option<Pane> {
        match tiles.get(tabs.active?) {
            Some(Tile::Pane(pane @ (Pane::Rows | Pane::Conversation))) => Some(*pane),
            _ => None,
        }
    }
}

impl Behavior<Pane> for Panes<'_> {
    fn pane_ui(&mut self, ui: &mut Ui, _tile: TileId, pane: &mut Pane) -> UiResponse {
        let theme = Theme::of(ui);
        ui.painter().rect_filled(ui.max_rect(), 0.0, theme.panel);
        self.places.push(ui.max_rect());
        self.opened.tables.iter_mut().for_each(|table| table.rows.rows_of(self.height));
        match pane {
            Pane::Connections => connections::show(ui, self.opened, self.wireshark, self.out),
            Pane::Conversation => conversation::show(ui, self.opened, self.times, self.out),
            Pane::Rows => rows::show(ui, self.opened, self.times, self.wireshark, self.out),
            Pane::Detail => self.opened.inspector.detail_ui(ui),
            Pane::Bytes => self.opened.inspector.bytes_ui(ui),
            Pane::Payload => self.opened.inspector.payload_ui(ui),
            Pane::Statistics => statistics::show(ui, self.opened, self.out),
        }
        UiResponse::None
    }

    fn tab_title_for_pane(&mut self, pane: &Pane) -> WidgetText {
        pane.title().into()
    }

    fn tab_ui(
        &mut self,
        tiles: &mut Tiles<Pane>,
        ui: &mut Ui,
        id: Id,
        tile: TileId,
        state: &TabState,
    ) -> Response {
        let theme = Theme::of(ui);
        let Some(Tile::Pane(pane)) = tiles.get(tile) else {
            return ui.allocate_response(vec2(0.0, 0.0), Sense::hover());
        };
        widget::scrolls(ui);
        let title = pane.title();
        let (font, color) =
            if state.active { (fonts::small_strong(), theme.text) } else { (fonts::small(), theme.dim) };
        let galley = ui.painter().layout_no_wrap(title.to_owned(), font, color);
        let (_, rect) = ui.allocate_space(vec2(galley.size().x + GRID * 6.0, ui.available_height()));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, state.active, title));
        if !state.is_being_dragged {
            let color = if response.hovered() { theme.strong } else { color };
            let y = (rect.center().y - galley.size().y / 2.0).round();
            ui.painter().galley_with_override_text_color(pos2(rect.min.x + GRID * 3.0, y), galley, color);
            if state.active && self.tabs > 1 {
                widget::underline(ui, theme, rect);
            }
        }
        self.on_tab_button(tiles, tile, response)
    }

    fn tab_bar_left_ui(&mut self, _tiles: &Tiles<Pane>, _ui: &mut Ui, _tile: TileId, tabs: &Tabs) {
        self.tabs = tabs.children.len();
    }

    fn tab_bar_trailing_ui(&mut self, tiles: &Tiles<Pane>, ui: &mut Ui, _tile: TileId, tabs: &Tabs) {
        if let Some(pane) = Self::switched(tiles, tabs) {
            let theme = Theme::of(ui);
            let x = ui.cursor().min.x + 2.0;
            let y = ui.max_rect().center().y;
            ui.painter().vline(x, y - 7.0..=y + 7.0, Stroke::new(1.0, theme.edge));
            ui.add_space(GRID * 2.0);
            match pane {
                Pane::Conversation => conversation::switch(ui, self.opened, self.out),
                _ => rows::switch(ui, self.opened, self.out),
            }
        }
    }

    fn top_bar_right_ui(
        &mut self,
        tiles: &Tiles<Pane>,
        ui: &mut Ui,
        _tile: TileId,
        tabs: &Tabs,
        _offset: &mut f32,
    ) {
        let Some(pane) = Self::switched(tiles, tabs) else { return };
        ui.add_space(GRID);
        let times = match self.times {
            Times::SinceStart if self.opened.notes.has_references() => "Time since reference",
            times => times.name(),
        };
        // Where there is no room, the tabs come first: there is a key for the other.
        if ui.max_rect().width() > 900.0 && widget::quiet_button(ui, times, "Change time display").clicked() {
            self.out.push(Command::NextTime);
        }
        if pane == Pane::Conversation {
            return conversation::tools(ui, self.opened, self.out);
        }
        if self.opened.lists.sorting.sorted(self.opened.tab).busy {
            let theme = Theme::of(ui);
            widget::label(ui, "Sorting…", fonts::small(), theme.dim);
        }
        if let Some(only) = self.opened.lists.only() {
            let text = format!("Connection {} only  ×", words::count(only.number()));
            if widget::quiet_button(ui, &text, "Show all connections").clicked() {
                self.out.push(Command::Only(None));
            }
        }
    }

    fn tab_bar_height(&self, _style: &Style) -> f32 {
        HEADER + GRID
    }

    fn gap_width(&self, _style: &Style) -> f32 {
        1.0
    }

    fn min_size(&self) -> f32 {
        120.0
    }

    fn resize_stroke(&self, style: &Style, state: ResizeState) -> Stroke {
        let theme = Theme::shown(&style.visuals);
        match state {
            ResizeState::Idle => Stroke::new(1.0, theme.line),
            ResizeState::Hovering | ResizeState::Dragging => Stroke::new(2.0, theme.accent),
        }
    }

    fn tab_bar_color(&self, visuals: &Visuals) -> Color32 {
        Theme::shown(visuals).base
    }

    fn tab_bar_hline_stroke(&self, visuals: &Visuals) -> Stroke {
        Stroke::new(1.0, Theme::shown(visuals).line)
    }

    fn drag_preview_color(&self, visuals: &Visuals) -> Color32 {
        Theme::shown(visuals).accent.gamma_multiply(0.2)
    }

    fn drag_preview_stroke(&self, visuals: &Visuals) -> Stroke {
        Stroke::new(1.0, Theme::shown(visuals).accent)
    }

    fn simplification_options(&self) -> SimplificationOptions {
        SimplificationOptions { all_panes_must_have_tabs: true, ..SimplificationOptions::default() }
    }
}
