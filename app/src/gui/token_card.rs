//! The JSON Web Tokens of a request, decoded: header and claims, times as times, and that nobody checked them.
//!
//! Of a signature only its length is shown.

use egui::{Label, Rect, Sense, Ui};
use jiff::tz::TimeZone;
use session::detail::{Detail, TabKind};
use session::dissector::ids::Side;
use session::tokens::{Carried, Token};

use super::focus::{Focus, Mark};
use super::json_document::{Document, Kind, Value};
use super::theme::{GRID, Level, Theme};
use super::{card, fonts, icon, words};

/// Room for the names of claims.
const NAMES: f32 = 92.0;
/// Values of one token that are listed.
const LISTED: usize = 200;

/// What a time means for the request, in words, and whether the token was of no use then.
struct Meaning {
    words: String,
    bad: bool,
}

/// Draws a part of the card for each. `asked`: when the request was sent.
pub(super) fn show(ui: &mut Ui, detail: &Detail, tokens: &[Token], asked: i64, focus: &mut Focus) {
    for token in tokens {
        card::part(ui, |ui| one(ui, detail, token, asked, focus));
    }
}

fn one(ui: &mut Ui, detail: &Detail, token: &Token, asked: i64, focus: &mut Focus) {
    let theme = Theme::of(ui);
    let place = match &token.carried {
        Carried::Authorization => "Authorization".to_owned(),
        Carried::Cookie(name) => format!("cookie {name}"),
        Carried::Parameter(name) => format!("parameter {name}"),
        Carried::Target => "the target".to_owned(),
        Carried::Subprotocol => "the subprotocols".to_owned(),
    };
    let title = card::pieces(&[
        ("JSON Web Token in ", fonts::small_strong(), theme.dim),
        (&place, fonts::small_strong(), theme.text),
    ]);
    let heading = ui.add(Label::new(title).sense(Sense::click()));
    if let Some(mark) = mark(detail, token) {
        if heading.hovered() {
            let y = heading.rect.y_range();
            let line = Rect::from_x_y_ranges(heading.rect.left() - GRID..=heading.rect.left() - 2.0, y);
            ui.painter().rect_filled(line, 1.0, theme.accent);
            focus.point(ui.ctx(), mark.clone());
        }
        if heading.clicked() {
            focus.choose(mark, None);
        }
    }
    object(ui, "Header", token.header.as_deref(), &|_| None);
    object(ui, "Claims", token.claims.as_deref(), &|name| {
        let seconds = ["iat", "nbf", "exp"].contains(&name).then(|| token.time(name)).flatten()?;
        Some((seconds, lapse(seconds, name, asked)))
    });
    let signature = match token.signature {
        0 => "none: the token is not signed".to_owned(),
        length => words::counted(length as u64, "character", "characters"),
    };
    card::row(ui, NAMES, "Signature", &signature, fonts::body(), theme.text);
    let says = "The signature is not checked: nothing here proves that the token is genuine";
    card::words(ui, says, fonts::small(), theme.dim);
}

/// Its bytes in the request.
fn mark(detail: &Detail, token: &Token) -> Option<Mark> {
    let tab = detail.tabs.iter().position(|tab| tab.kind == TabKind::Head(Side::Client))?;
    let path = detail.at(tab, token.at.start);
    (token.at.end <= detail.tabs[tab].bytes.len()).then(|| Mark { tab, range: token.at.clone(), path })
}

fn lapse(seconds: i64, claim: &str, asked: i64) -> Meaning {
    let away = seconds.saturating_mul(1_000_000_000).saturating_sub(asked);
    let span = words::span(away.saturating_abs());
    match (claim, away < 0) {
        ("exp", true) => Meaning { words: format!("expired {span} before the request"), bad: true },
        ("nbf", false) => Meaning { words: format!("not valid until {span} after the request"), bad: true },
        ("exp", false) => Meaning { words: format!("expires {span} after the request"), bad: false },
        (_, true) => Meaning { words: format!("{span} before the request"), bad: false },
        (_, false) => Meaning { words: format!("{span} after the request"), bad: false },
    }
}

/// The members of an object as rows, what is inside of them moved in.
fn object(ui: &mut Ui, title: &str, text: Option<&str>, time: &dyn Fn(&str) -> Option<(i64, Meaning)>) {
    let theme = Theme::of(ui);
    card::words(ui, title, fonts::small(), theme.dim);
    let Some(document) = text.and_then(Document::parse) else {
        card::words(ui, "Not a JSON object", fonts::body(), theme.warn);
        return;
    };
    for index in (1..document.len()).take(LISTED) {
        let Some(value) = document.value(index) else { continue };
        let key = document.key(value).map_or_else(|| value.index.to_string(), str::to_owned);
        let depth = f32::from(value.depth.saturating_sub(1).min(8));
        ui.horizontal_top(|ui| {
            ui.add_space(GRID * 3.0 * (depth + 1.0));
            card::row_with(ui, NAMES - GRID * 3.0, &key, |ui| {
                match time(&key).filter(|_| value.depth == 1) {
                    Some((seconds, meaning)) => tell(ui, seconds, &meaning),
                    None => self::value(ui, &document, value),
                }
            });
        });
    }
    if document.len() > LISTED {
        let more = words::counted((document.len() - 1 - LISTED) as u64, "more value", "more values");
        card::words(ui, &more, fonts::small(), theme.dim);
    }
}

fn value(ui: &mut Ui, document: &Document, value: &Value) {
    let theme = Theme::of(ui);
    let (text, color) = match value.kind {
        Kind::Object => (format!("{{ {} }}", value.count), theme.values.mark),
        Kind::Array => (format!("[ {} ]", value.count), theme.values.mark),
        Kind::String => (document.content(value), theme.values.string),
        Kind::Number => (document.content(value), theme.values.number),
        Kind::Word => (document.content(value), theme.values.word),
    };
    let shown: String = text.chars().take(400).map(|it| if it.is_control() { '·' } else { it }).collect();
    card::words(ui, &shown, fonts::mono(), color);
}

/// A claim that is a time: as it was written, as one, and what it means for the request.
fn tell(ui: &mut Ui, seconds: i64, meaning: &Meaning) {
    let theme = Theme::of(ui);
    let time = words::day(seconds.saturating_mul(1_000_000_000), &TimeZone::UTC);
    let color = if meaning.bad { theme.warn } else { theme.dim };
    let told = if time.is_empty() { meaning.words.clone() } else { format!("{time} UTC, {}", meaning.words) };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        card::words(ui, &seconds.to_string(), fonts::mono(), theme.values.number);
        if meaning.bad {
            let (place, _) = ui.allocate_exact_size(egui::vec2(12.0, 12.0), Sense::hover());
            icon::level(ui.painter(), theme, Level::Warn, place.center(), 5.0);
        }
        card::words(ui, &told, fonts::small(), color);
    });
}
