//! What reads the messages of a connection, or of all that are like it: one of the decoders, found by some letters of its
//! name, or whatever the traffic tells.

use egui::accesskit::Role;
use egui::{Context, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};
use session::decoding::Where;
use session::dissector::decoders::{DECODERS, Decoder};
use session::model::Connection;

use super::quick::{Item, Outcome, Quick};
use crate::gui::command::Command;
use crate::gui::opened::Pinned;
use crate::gui::theme::{GRID, ROUND, Theme};
use crate::gui::{fonts, fuzzy, words};

/// Some connections that a choice can be made for.
struct Choice {
    of: Where,
    /// In words.
    says: String,
    /// What is pinned for just these.
    pinned: Option<&'static Decoder>,
}

/// The question.
pub struct DecodeAs {
    quick: Quick,
    choices: Vec<Choice>,
    /// The one that holds.
    chosen: usize,
    /// What the connection speaks now.
    spoken: Option<&'static Decoder>,
}

/// The longest path or name that is written out.
const LONGEST: usize = 28;

impl DecodeAs {
    /// Asks about a connection that speaks `spoken`.
    pub fn new(connection: &Connection, spoken: Option<&'static Decoder>, pinned: &Pinned) -> Self {
        let mut choices = Vec::new();
        let mut choice = |of: Where, says: String| {
            choices.push(Choice { pinned: pinned.of(&of), of, says });
        };
        let number = words::count(connection.id.number());
        choice(Where::Connection(connection.id), format!("Connection {number}"));
        let target = connection.request.as_ref().and_then(|request| request.target());
        let target = target.map(|target| String::from_utf8_lossy(target).into_owned()).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        // What is not UTF-8 was changed on its way here, and would not be met again.
        if path.starts_with('/') && !path.contains('\u{fffd}') {
            choice(Where::Path(path.to_owned()), format!("Path {}", short(path)));
        }
        choice(Where::Port(connection.server.port()), format!("Port {}", connection.server.port()));
        if let Some(name) = &connection.agreement.subprotocol {
            choice(Where::Subprotocol(name.clone()), format!("Subprotocol {}", short(name)));
        }
        // It begins with what was pinned, so that it can be taken back.
        let chosen = choices.iter().position(|choice| choice.pinned.is_some()).unwrap_or(0);
        Self { quick: Quick::default(), choices, chosen, spoken }
    }

    /// Draws it; whether it stays open.
    pub fn show(&mut self, ctx: &Context, out: &mut Vec<Command>) -> bool {
        let pinned = self.choices[self.chosen].pinned;
        let automatic = (0, None);
        let decoders = DECODERS.iter().map(|decoder| (0, Some(decoder)));
        let mut hits: Vec<(i32, Option<&'static Decoder>)> = std::iter::once(automatic)
            .chain(decoders)
            .filter_map(|(_, decoder)| Some((fuzzy::score(&self.quick.text, title(decoder))?, decoder)))
            .collect();
        hits.sort_by_key(|(score, _)| -score);
        let same = |one: Option<&Decoder>, other: Option<&Decoder>| {
            one.map(|decoder| decoder.name) == other.map(|decoder| decoder.name)
        };
        let item = |(_, decoder): &(i32, Option<&'static Decoder>)| Item {
            text: title(*decoder).to_owned(),
            note: match decoder {
                _ if same(*decoder, pinned) && decoder.is_some() => "pinned".to_owned(),
                None => "as subprotocol, path, first messages or content tell".to_owned(),
                Some(_) if same(*decoder, self.spoken) => "what is spoken now".to_owned(),
                Some(decoder) => decoder.tokens.join(", "),
            },
            key: String::new(),
            enabled: true,
        };
        let items: Vec<Item> = hits.iter().map(item).collect();
        let foot = match &self.choices[self.chosen].of {
            _ if items.is_empty() => "No decoder is called so: type less of it",
            Where::Connection(_) => "Until this capture is closed",
            Where::Port(_) => "All connections to this port of a server, in every capture",
            Where::Path(_) => "All connections whose target begins so, in every capture",
            Where::Subprotocol(_) => "All connections whose server took this subprotocol, in every capture",
        };
        let (choices, chosen) = (&self.choices, &mut self.chosen);
        let mut bar = |ui: &mut Ui| whom(ui, choices, chosen);
        let hint = "Decode as…";
        match self.quick.show_with(ctx, "Decode as", hint, fonts::body(), &items, foot, &mut bar) {
            Outcome::Closed => false,
            Outcome::Chosen(line) => {
                let of = self.choices[self.chosen].of.clone();
                out.extend(hits.get(line).map(|(_, decoder)| Command::Decode(of, decoder.map(|it| it.name))));
                false
            }
            Outcome::Completed(_) => {
                self.chosen = (self.chosen + 1) % self.choices.len();
                true
            }
            _ => true,
        }
    }
}

const fn title(decoder: Option<&'static Decoder>) -> &'static str {
    match decoder {
        Some(decoder) => decoder.title,
        None => "Automatic",
    }
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// For which connections: Tab goes on to the next.
fn whom(ui: &mut Ui, choices: &[Choice], chosen: &mut usize) {
    let theme = Theme::of(ui);
    ui.add_space(GRID * 1.5);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, GRID);
        ui.add_space(GRID * 2.0);
        for (index, choice) in choices.iter().enumerate() {
            let active = index == *chosen;
            let color = if active { theme.strong } else { theme.dim };
            let galley = ui.painter().layout_no_wrap(choice.says.clone(), fonts::small(), color);
            let size = vec2(galley.size().x + GRID * 4.0, GRID * 5.0);
            let (rect, response) = ui.allocate_exact_size(size, Sense::click());
            let name = format!("Decode: {}", choice.says);
            response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, active, &name));
            let (fill, edge) = match (active, response.hovered()) {
                (true, _) => (theme.accent_weak, theme.accent),
                (false, true) => (theme.hover, theme.outline),
                (false, false) => (theme.sunken, theme.edge),
            };
            ui.painter().rect(rect, ROUND, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
            let at = rect.center() - galley.size() / 2.0;
            ui.painter().galley(egui::pos2(at.x, at.y.round()), galley, color);
            if response.clicked() {
                *chosen = index;
            }
        }
        let (rect, _) = ui.allocate_exact_size(vec2(44.0, GRID * 5.0), Sense::hover());
        crate::gui::widget::key_cap(ui, theme, rect.right_center(), "Tab");
    });
    ui.add_space(GRID * 0.5);
}
