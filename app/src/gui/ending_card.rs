//! The card of how a connection ended: cleanly or not, who began, what the code means, what each side's API reports.

use egui::{Align2, Label, RichText, Sense, Ui, vec2};
use session::detail::Detail;
use session::dissector::event::Ending as Tcp;
use session::dissector::http2::names::ErrorCode;
use session::dissector::ids::{FrameId, Side};
use session::dissector::websocket::close::Reported;
use session::dissector::websocket::registry::{OnWire, close_code};
use session::ending::{Ending, Step};
use session::model::How;

use super::focus::Focus;
use super::inspector::Wish;
use super::state::Selection;
use super::theme::{GRID, Level, Theme};
use super::{card, findings, fonts, handshake_card, icon, words};

/// Room for the names of rows.
const NAMES: f32 = 116.0;

/// Draws the card; gives what was asked of the window.
pub fn show(ui: &mut Ui, detail: &Detail, ending: &Ending, focus: &mut Focus) -> Option<Wish> {
    let mut wish = None;
    card::sheet(ui, "ending card", |ui| {
        card::part(ui, |ui| verdict(ui, ending));
        card::part(ui, |ui| {
            card::heading(ui, "In this order");
            if ending.steps.is_empty() {
                let theme = Theme::of(ui);
                let nothing = match ending.stream {
                    Some(_) => "Neither Close nor END_STREAM nor RST_STREAM was seen",
                    None => "Neither Close nor FIN nor RST was seen",
                };
                card::words(ui, nothing, fonts::body(), theme.dim);
            }
            for (place, (side, step)) in ending.steps.iter().enumerate() {
                wish = wish.take().or(one(ui, ending, place == 0, *side, step));
            }
        });
        if ending.opened {
            card::part(ui, |ui| wish = wish.take().or(before(ui, ending)));
        }
        if let Some(reported) = &ending.reported {
            card::part(ui, |ui| reports(ui, reported));
        }
        handshake_card::others(ui, detail, focus);
    });
    wish
}

fn verdict(ui: &mut Ui, ending: &Ending) {
    let theme = Theme::of(ui);
    let (text, says, level) = match (ending.how, ending.clean) {
        _ if ending.opened && ending.stream.is_some() => of_stream(ending),
        _ if !ending.opened => (
            "Never opened",
            "No WebSocket connection came about; the client's API reports 1006 (RFC 6455 4.1, 7.1.5)",
            Some(Level::Error),
        ),
        (How::EndOfCapture, _) => ("Still open", "It was open when the capture ended", None),
        (How::Close, true) => {
            ("Closed cleanly", "Both sides sent a Close, and then TCP ended (RFC 6455 7.1.4)", None)
        }
        (How::Close, false) if ending.steps.iter().all(|(_, step)| matches!(step, Step::Close { .. })) => {
            ("Closing", "A Close was sent; the end of TCP is not in the capture", Some(Level::Note))
        }
        (How::Close, false) => (
            "Not closed cleanly",
            "TCP ended before both sides had sent a Close (RFC 6455 7.1.4)",
            Some(Level::Warn),
        ),
        (How::Fin, _) => (
            "Ended without Close",
            "TCP ended with a FIN, and nobody sent a Close (RFC 6455 7.1.1)",
            Some(Level::Warn),
        ),
        (How::Rst, _) => {
            ("Reset", "TCP was reset, and nobody sent a Close (RFC 6455 7.1.1)", Some(Level::Error))
        }
    };
    let color = level.map_or(theme.good, |level| theme.level(level));
    ui.horizontal(|ui| {
        let (place, _) = ui.allocate_exact_size(vec2(14.0, 20.0), Sense::hover());
        match level {
            Some(level) => icon::level(ui.painter(), theme, level, place.center(), 6.0),
            None => drop(ui.painter().circle_filled(place.center(), 4.5, theme.good)),
        }
        ui.label(RichText::new(text).font(fonts::title()).color(color));
    });
    card::words(ui, says, fonts::body(), theme.text);
}

/// The same of a stream of HTTP/2, which ends by END_STREAM as TCP does by a FIN (RFC 8441 5).
fn of_stream(ending: &Ending) -> (&'static str, &'static str, Option<Level>) {
    match (ending.how, ending.clean) {
        (How::EndOfCapture, _) => ("Still open", "It was open when the capture ended", None),
        (How::Close, true) => {
            ("Closed cleanly", "Both sides sent a Close, and then the stream ended (RFC 8441 5)", None)
        }
        (How::Close, false) if ending.steps.iter().all(|(_, step)| matches!(step, Step::Close { .. })) => {
            ("Closing", "A Close was sent; the end of the stream is not in the capture", Some(Level::Note))
        }
        (How::Close, false) => (
            "Not closed cleanly",
            "The stream ended before both sides had sent a Close (RFC 6455 7.1.4)",
            Some(Level::Warn),
        ),
        (How::Fin, _) => (
            "Ended without Close",
            "The stream ended, and nobody sent a Close (RFC 6455 7.1.1)",
            Some(Level::Warn),
        ),
        (How::Rst, _) => {
            ("Reset", "The stream was reset, and nobody sent a Close (RFC 8441 5)", Some(Level::Error))
        }
    }
}

/// Who did what.
fn one(ui: &mut Ui, ending: &Ending, first: bool, side: Side, step: &Step) -> Option<Wish> {
    let theme = Theme::of(ui);
    let mut wish = None;
    ui.horizontal_top(|ui| {
        who(ui, side);
        ui.vertical(|ui| match step {
            Step::Close { frame, code, reason, found, .. } => {
                let mut text = match code {
                    Some(code) => format!("Close {code} {}", close_code(*code).name),
                    None => "Close without a code".to_owned(),
                };
                if first {
                    text.push_str(", first");
                }
                wish = link(ui, &text, *frame);
                if let Some(code) = code {
                    let meaning = close_code(*code);
                    let fine = meaning.on_wire == OnWire::Meant;
                    let color = if fine { theme.dim } else { theme.error };
                    card::words(
                        ui,
                        &format!("{} ({})", meaning.says, meaning.reference),
                        fonts::small(),
                        color,
                    );
                }
                if !reason.is_empty() {
                    card::words(ui, &format!("“{reason}”"), fonts::mono(), theme.text);
                }
                for found in found {
                    let finding = &found.finding;
                    card::finding(ui, finding.severity, finding.rule().code, &finding.sentence());
                }
            }
            Step::Tcp(tcp) => drop(card::words(ui, &ended(ending, *tcp), fonts::body(), theme.text)),
        });
    });
    wish
}

/// How a side's half of TCP, or of its stream of HTTP/2, ended.
fn ended(ending: &Ending, tcp: Tcp) -> String {
    match (ending.stream, tcp, ending.reset.map(ErrorCode)) {
        (None, Tcp::Fin, _) => "FIN: it sends no more".into(),
        (None, Tcp::Rst, _) => "RST: the connection is torn down, what was on its way is lost".into(),
        (Some(stream), Tcp::Fin, _) => format!("END_STREAM: it sends no more on stream {stream}"),
        (Some(stream), Tcp::Rst, None) => format!("The TCP connection under stream {stream} was reset"),
        (Some(stream), Tcp::Rst, Some(code)) => {
            let says = code.entry().map(|entry| format!(": {} ({})", entry.says, entry.reference));
            let says = says.unwrap_or_default();
            format!("RST_STREAM {} ({:#x}) on stream {stream}{says}", code.name(), code.0)
        }
    }
}

/// A side's arrow and name, as wide as the names of rows.
fn who(ui: &mut Ui, side: Side) {
    let theme = Theme::of(ui);
    let (place, _) = ui.allocate_exact_size(vec2(NAMES, 18.0), Sense::hover());
    icon::side(ui.painter(), theme, side, place.left_center() + vec2(6.0, 0.0));
    let at = place.left_center() + vec2(20.0, 0.0);
    let name = findings::side_name(side);
    ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::strong(), theme.side(side));
}

/// Words that lead to a frame.
fn link(ui: &mut Ui, text: &str, frame: FrameId) -> Option<Wish> {
    let theme = Theme::of(ui);
    let to = format!("  frame {} →", words::count(frame.number()));
    let job = card::pieces(&[(text, fonts::body(), theme.strong), (&to, fonts::small(), theme.accent)]);
    let clicked = ui.add(Label::new(job).wrap().sense(Sense::click())).clicked();
    clicked.then_some(Wish::Go(Selection::Frame(frame)))
}

/// What was before the end: silence, and a Ping that nobody answered.
fn before(ui: &mut Ui, ending: &Ending) -> Option<Wish> {
    let theme = Theme::of(ui);
    card::heading(ui, "Before it");
    let mut wish = None;
    let idle = match (ending.idle, ending.how) {
        (Some(idle), _) => words::span(idle),
        (None, How::EndOfCapture) => "it has not ended".to_owned(),
        (None, _) => "no frame was seen before it".to_owned(),
    };
    card::row(ui, NAMES, "Silence", &idle, fonts::body(), theme.text);
    if ending.unanswered.is_empty() {
        card::row(ui, NAMES, "Unanswered Ping", "none", fonts::body(), theme.dim);
    }
    for (side, frame) in &ending.unanswered {
        card::row_with(ui, NAMES, "Unanswered Ping", |ui| {
            let text = format!("from the {}: no Pong came after it", side.name());
            wish = wish.take().or(link(ui, &text, *frame));
        });
    }
    wish
}

/// What the two APIs report, as a browser's CloseEvent does.
fn reports(ui: &mut Ui, reported: &[Reported; 2]) {
    let theme = Theme::of(ui);
    card::heading(ui, "What each side's API reports (RFC 6455 7.1.5)");
    for (side, reported) in [Side::Client, Side::Server].into_iter().zip(reported) {
        ui.horizontal_top(|ui| {
            who(ui, side);
            ui.vertical(|ui| {
                let meaning = close_code(reported.code);
                let mut text = format!("{} {}", reported.code, meaning.name);
                if !reported.reason.is_empty() {
                    text.push_str(&format!(", “{}”", reported.reason));
                }
                text.push_str(if reported.clean { ", as clean" } else { ", as not clean" });
                let color = if reported.clean { theme.text } else { theme.warn };
                card::words(ui, &text, fonts::body(), color);
                ui.add_space(GRID / 2.0);
            });
        });
    }
}
