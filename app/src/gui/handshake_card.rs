//! The card of an opening handshake: both heads side by side with what is wrong beside the very line, what was
//! offered and taken, and how the accept value comes about.
//!
//! Reads lines off the tree and facts off the agreement; parses nothing.

use egui::{Label, Rect, RichText, Sense, Ui, vec2};
use session::detail::{Detail, Node, Place};
use session::dissector::websocket::upgrade::{AcceptFact, Agreement, GUID, Proof};

use super::content_worker::Cards;
use super::focus::{Focus, Mark};
use super::theme::{GRID, Level, Theme};
use super::{card, fonts, icon, token_card};

/// Draws the card.
pub fn show(ui: &mut Ui, detail: &Detail, cards: &Cards, focus: &mut Focus) {
    card::sheet(ui, "handshake card", |ui| {
        let sides = [("http.request", "Request"), ("http.response", "Response")];
        if ui.available_width() >= SIDE_BY_SIDE {
            ui.columns(2, |columns| {
                for (ui, (name, title)) in columns.iter_mut().zip(sides) {
                    head(ui, detail, name, title, focus);
                }
            });
        } else {
            for (name, title) in sides {
                head(ui, detail, name, title, focus);
            }
        }
        others(ui, detail, focus);
        token_card::show(ui, detail, &cards.tokens, cards.asked, focus);
        taken(ui, &cards.agreement, cards.answered);
        match cards.stream {
            Some(stream) => over_http2(ui, stream),
            None => accept(ui, cards),
        }
    });
}

/// Narrower, the two heads stand below each other.
const SIDE_BY_SIDE: f32 = 440.0;
/// Room for the names of rows.
const NAMES: f32 = 92.0;

/// A line of the tree with its path.
struct Line<'a> {
    path: Vec<usize>,
    node: &'a Node,
}

fn lines<'a>(detail: &'a Detail, wanted: &dyn Fn(&Node) -> bool) -> Vec<Line<'a>> {
    fn below<'a>(
        nodes: &'a [Node],
        path: &mut Vec<usize>,
        wanted: &dyn Fn(&Node) -> bool,
        into: &mut Vec<Line<'a>>,
    ) {
        for (index, node) in nodes.iter().enumerate() {
            path.push(index);
            if wanted(node) {
                into.push(Line { path: path.clone(), node });
            }
            below(&node.children, path, wanted, into);
            path.pop();
        }
    }
    let mut found = Vec::new();
    below(&detail.tree, &mut Vec::new(), wanted, &mut found);
    found
}

fn head(ui: &mut Ui, detail: &Detail, name: &str, title: &str, focus: &mut Focus) {
    let theme = Theme::of(ui);
    let found = lines(detail, &|node| node.flag.is_some());
    card::part(ui, |ui| {
        card::heading(ui, title);
        let Some(head) = lines(detail, &|node| node.name == name).into_iter().next() else {
            card::words(ui, "Not captured", fonts::body(), theme.faint);
            return;
        };
        ui.spacing_mut().item_spacing.y = 2.0;
        for (index, node) in head.node.children.iter().enumerate() {
            let mut path = head.path.clone();
            path.push(index);
            let text = if matches!(node.name, "http.header" | "http2.header") {
                card::pieces(&[
                    (&node.label, fonts::mono(), theme.values.key),
                    (": ", fonts::mono(), theme.faint),
                    (&node.value, fonts::mono(), theme.text),
                ])
            } else {
                card::pieces(&[(&node.value, fonts::mono_strong(), theme.strong)])
            };
            let label = ui.add(Label::new(text).wrap().sense(Sense::click()));
            if label.hovered() || focus.chosen.as_ref().is_some_and(|mark| mark.path.as_ref() == Some(&path))
            {
                let line = Rect::from_x_y_ranges(
                    label.rect.left() - GRID..=label.rect.left() - 2.0,
                    label.rect.y_range(),
                );
                ui.painter().rect_filled(line, 1.0, theme.accent);
            }
            if label.clicked()
                && let Some(mark) = Mark::line(detail, &path)
            {
                focus.choose(mark, None);
            }
            for finding in found.iter().filter(|finding| about(finding.node.place, node.place)) {
                said(ui, detail, finding, focus);
            }
        }
        // What is about several lines, or about the head as a whole, stands under it.
        let lines = &head.node.children;
        let of_whole = |finding: &&Line<'_>| {
            about(finding.node.place, head.node.place)
                && !lines.iter().any(|line| about(finding.node.place, line.place))
        };
        for finding in found.iter().filter(of_whole) {
            said(ui, detail, finding, focus);
        }
    });
}

/// Whether a finding points into a line, and not beyond it.
fn about(finding: Option<Place>, line: Option<Place>) -> bool {
    let (Some(finding), Some(line)) = (finding, line) else { return false };
    let (inner, outer) = (finding.touched(), line.touched());
    finding.tab == line.tab && outer.start <= inner.start && inner.end <= outer.end + 2
}

/// Findings about the connection that point at no line of its handshake.
pub fn others(ui: &mut Ui, detail: &Detail, focus: &mut Focus) {
    let heads = lines(detail, &|node| matches!(node.name, "http.request" | "http.response"));
    let found = lines(detail, &|node| node.flag.is_some());
    let elsewhere =
        |finding: &&Line<'_>| !heads.iter().any(|head| about(finding.node.place, head.node.place));
    let rest: Vec<_> = found.iter().filter(elsewhere).collect();
    if rest.is_empty() {
        return;
    }
    card::part(ui, |ui| {
        card::heading(ui, "Findings about the connection");
        for finding in rest {
            said(ui, detail, finding, focus);
        }
    });
}

/// A finding; a click lands on its bytes.
fn said(ui: &mut Ui, detail: &Detail, finding: &Line<'_>, focus: &mut Focus) {
    let Some(flag) = finding.node.flag else { return };
    if card::finding(ui, flag.severity, &finding.node.value, &finding.node.says).clicked()
        && let Some(mark) = Mark::line(detail, &finding.path)
    {
        focus.choose(mark, None);
    }
}

fn taken(ui: &mut Ui, agreement: &Agreement, answered: bool) {
    let theme = Theme::of(ui);
    let none = |list: Vec<String>| if list.is_empty() { vec!["none".to_owned()] } else { list };
    let subprotocols = none(agreement.offered_subprotocols.clone());
    let extensions = none(agreement.offered_extensions.iter().map(ToString::to_string).collect());
    let nothing = if answered { "none" } else { "no answer was captured" };
    let subprotocol = agreement.subprotocol.clone().unwrap_or_else(|| nothing.to_owned());
    let took: Vec<String> = agreement.extensions.iter().map(ToString::to_string).collect();
    let took = if took.is_empty() { vec![nothing.to_owned()] } else { took };
    card::part(ui, |ui| {
        card::heading(ui, "Offered and taken");
        for (name, offered, taken) in
            [("Subprotocol", subprotocols, vec![subprotocol]), ("Extensions", extensions, took)]
        {
            card::row_with(ui, NAMES, name, |ui| {
                for (word, list, color) in
                    [("offered", offered, theme.client), ("taken", taken, theme.server)]
                {
                    for entry in list {
                        let quiet = matches!(entry.as_str(), "none" | "no answer was captured");
                        let text = card::pieces(&[
                            (&format!("{word:<8}"), fonts::mono(), color),
                            (&entry, fonts::mono(), if quiet { theme.faint } else { theme.text }),
                        ]);
                        ui.add(Label::new(text).wrap());
                    }
                }
            });
        }
        let version = agreement.version.as_deref().unwrap_or("none");
        card::row(ui, NAMES, "Version", version, fonts::mono(), theme.text);
    });
}

/// There is no accept value where HTTP/2 carries the connection.
fn over_http2(ui: &mut Ui, stream: u32) {
    let theme = Theme::of(ui);
    card::part(ui, |ui| {
        card::heading(ui, &format!("HTTP/2 stream {stream}"));
        let says = "The request is an extended CONNECT, and a 2xx answer accepts it; :protocol takes the place of \
                    Sec-WebSocket-Key and Sec-WebSocket-Accept, so there is no accept value to check (RFC 8441 5)";
        card::words(ui, says, fonts::body(), theme.text);
    });
}

fn accept(ui: &mut Ui, cards: &Cards) {
    let theme = Theme::of(ui);
    let fact = &cards.agreement.accept;
    let refused = cards.answered && !cards.accepted;
    let (word, color, bad) = match fact {
        AcceptFact::Valid => ("valid", theme.good, false),
        AcceptFact::Mismatch { .. } => ("does not fit", theme.error, true),
        AcceptFact::Missing if refused => ("not owed: the server refused", theme.dim, false),
        AcceptFact::Missing => ("missing", theme.error, true),
        AcceptFact::Unknown => ("cannot be checked", theme.dim, false),
    };
    card::part(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new("Accept value").font(fonts::small_strong()).color(theme.dim));
            if bad {
                let (place, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
                icon::level(ui.painter(), theme, Level::Error, place.center(), 5.0);
            }
            ui.label(RichText::new(word).font(fonts::small_strong()).color(color));
        });
        let Some(proof) = &cards.proof else {
            card::words(ui, "The request's Sec-WebSocket-Key was not seen", fonts::body(), theme.faint);
            return;
        };
        steps(ui, proof);
        let seen = match fact {
            AcceptFact::Valid => (proof.accept.clone(), theme.good),
            AcceptFact::Mismatch { seen, .. } => (seen.clone(), theme.error),
            AcceptFact::Missing => ("no Sec-WebSocket-Accept".into(), color),
            AcceptFact::Unknown => ("no answer was captured".into(), theme.faint),
        };
        card::row(ui, NAMES, "Seen", &seen.0, fonts::mono(), seen.1);
    });
}

fn steps(ui: &mut Ui, proof: &Proof) {
    let theme = Theme::of(ui);
    let key = String::from_utf8_lossy(&proof.key);
    card::row(ui, NAMES, "1  Key", &key, fonts::mono(), theme.text);
    card::row_with(ui, NAMES, "2  with GUID", |ui| {
        let text =
            card::pieces(&[(&key, fonts::mono(), theme.text), (GUID, fonts::mono(), theme.values.word)]);
        ui.add(Label::new(text).wrap());
    });
    let digest: Vec<String> = proof.digest.chunks(4).map(hex::encode).collect();
    card::row(ui, NAMES, "3  SHA-1", &digest.join(" "), fonts::mono(), theme.text);
    card::row(ui, NAMES, "4  base64", &proof.accept, fonts::mono(), theme.strong);
}
