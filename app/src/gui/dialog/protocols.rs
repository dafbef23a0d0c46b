//! The section of the preferences about protocols: what reads the messages of which connections, in a list that can be
//! added to and taken from.

use egui::accesskit::Role;
use egui::{ScrollArea, Sense, Ui, WidgetInfo, vec2};
use session::decoding::{Pin, Where};
use session::dissector::decoders::{DECODERS, Decoder};

use super::form;
use crate::gui::icon::{self, Icon};
use crate::gui::preferences::Protocols;
use crate::gui::table::text;
use crate::gui::theme::{CONTROL, GRID, Level, ROUND, Theme};
use crate::gui::{card, fonts, menu, widget};

/// What was typed so far.
#[derive(Default)]
pub(super) struct Pins {
    kind: Kind,
    which: String,
    decoder: Option<&'static Decoder>,
}

/// By what connections are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Port,
    Path,
    Subprotocol,
}

const KINDS: [(Kind, &str); 3] =
    [(Kind::Port, "Port"), (Kind::Path, "Path"), (Kind::Subprotocol, "Subprotocol")];

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Port => "port",
            Self::Path => "path",
            Self::Subprotocol => "subprotocol",
        }
    }

    const fn hint(self) -> &'static str {
        match self {
            Self::Port => "9000",
            Self::Path => "/feed",
            Self::Subprotocol => "my.chat",
        }
    }
}

impl Pins {
    /// Draws the section.
    pub(super) fn show(&mut self, ui: &mut Ui, protocols: &mut Protocols) {
        let theme = Theme::of(ui);
        form::choose(ui, "Connections by their", &KINDS, &mut self.kind);
        let width = ui.available_width();
        form::field(ui, "Which", &mut self.which, self.kind.hint(), width, fonts::mono());
        let of = format!("{}={}", self.kind.word(), self.which.trim()).parse::<Where>();
        ui.horizontal(|ui| {
            self.choose(ui);
            let ready = of.as_ref().ok().cloned().zip(self.decoder);
            if widget::button(ui, None, "Add", false).clicked()
                && let Some((of, decoder)) = ready
            {
                protocols.set(of, Some(decoder));
                self.which.clear();
            }
        });
        match &of {
            Err(why) if !self.which.trim().is_empty() => {
                card::words(ui, why, fonts::small(), theme.error);
            }
            _ => {
                let says = "Their messages are read by this decoder, in every capture, as with --decode";
                card::words(ui, says, fonts::small(), theme.dim);
            }
        }
        ui.add_space(GRID);
        let mut gone = None;
        ScrollArea::vertical().id_salt("pins").max_height(128.0).show(ui, |ui| {
            widget::scrolls(ui);
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.set_width(ui.available_width());
            for (index, text) in protocols.decode.iter().enumerate() {
                if line(ui, text) {
                    gone = Some(index);
                }
            }
        });
        if let Some(index) = gone {
            protocols.decode.remove(index);
        }
    }

    /// The button with the decoder, which opens a list of all of them.
    fn choose(&mut self, ui: &mut Ui) {
        let theme = Theme::of(ui);
        let words = self.decoder.map_or("Choose a decoder…", |decoder| decoder.title);
        let (rect, response) = ui.allocate_exact_size(vec2(220.0, CONTROL), Sense::click());
        let name = format!("Decoder: {words}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let edge = if response.hovered() || response.has_focus() { theme.accent } else { theme.edge };
        let stroke = egui::Stroke::new(1.0, edge);
        ui.painter().rect(rect, ROUND, theme.sunken, stroke, egui::StrokeKind::Inside);
        let color = if self.decoder.is_some() { theme.text } else { theme.dim };
        text(ui.painter(), rect.with_max_x(rect.max.x - 20.0), words, fonts::body(), color, false);
        icon::fold(ui.painter(), true, rect.right_center() - vec2(14.0, 0.0), theme.dim);
        menu::show(&response, 220.0, |ui| {
            for decoder in DECODERS {
                let ticked = self.decoder.is_some_and(|chosen| chosen.name == decoder.name);
                let line = menu::Line { ticked: Some(ticked), ..menu::Line::new(decoder.title) };
                if menu::line(ui, &line) {
                    self.decoder = Some(decoder);
                }
            }
        });
    }
}

/// One of the list; whether it is to be taken away.
fn line(ui: &mut Ui, says: &str) -> bool {
    let theme = Theme::of(ui);
    ui.horizontal(|ui| {
        let gone = widget::icon_button(ui, Icon::Close, &format!("Remove {says}"), "", true).clicked();
        match says.parse::<Pin>() {
            Ok(pin) => {
                let of = match &pin.of {
                    Where::Port(port) => format!("Port {port}"),
                    Where::Path(path) => format!("Path {path}"),
                    Where::Subprotocol(name) => format!("Subprotocol {name}"),
                    Where::Connection(id) => format!("Connection {}", id.number()),
                };
                widget::label(ui, &of, fonts::mono(), theme.text);
                widget::label(ui, pin.decoder.title, fonts::body(), theme.dim);
            }
            Err(why) => {
                let (place, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
                icon::level(ui.painter(), theme, Level::Warn, place.center(), 5.0);
                widget::label(ui, says, fonts::mono(), theme.text);
                // The names of all decoders would be more than there is room for.
                let why = why.split(';').next().unwrap_or_default().to_owned();
                widget::label(ui, &format!("{why}; kept"), fonts::small(), theme.warn);
            }
        }
        gone
    })
    .inner
}
