//! A conversation as text for a ticket, or as a Mermaid sequence diagram for a page: up to a bound that it states.
//!
//! Times are seconds since the capture's first packet; the time of day is not known here.

use std::fmt::Write as _;

use dissector::ids::Side;
use dissector::websocket::opcode::Opcode;
use dissector::websocket::registry::close_code;

use super::{Item, Items, Look, Memory, Shape, ended, look, opened};
use crate::content::Content;
use crate::model::Connection;
use crate::snapshot::Snapshot;

/// What a conversation is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines of text.
    Text,
    /// A sequence diagram in the language of Mermaid.
    Mermaid,
}

impl Form {
    /// How many items are written; one line says how many are left out.
    pub const fn bound(self) -> u32 {
        match self {
            Self::Text => 10_000,
            // Beyond some hundreds nobody reads a diagram, and Mermaid refuses 50,000 characters.
            Self::Mermaid => 400,
        }
    }

    const fn characters(self) -> usize {
        match self {
            Self::Text => 200,
            Self::Mermaid => 72,
        }
    }
}

/// Items that are looked at in one go.
const STEP: u32 = 256;

/// Writes a conversation, with what answers what as far as that was heard; `stop` is asked now and then whether nobody waits for it any more.
pub fn export(
    snapshot: &Snapshot,
    content: &mut Content,
    connection: &Connection,
    items: &Items,
    form: Form,
    memory: &mut Memory,
    stop: &dyn Fn() -> bool,
) -> String {
    let mut page = Page { out: String::new(), form, start: snapshot.totals.times.map_or(0, |it| it.0) };
    page.head(connection);
    let bound = items.last().min(form.bound());
    let mut from = 1;
    while from < bound && !stop() {
        let to = bound.min(from + STEP);
        for (place, look) in look(snapshot, content, items, from..to, memory) {
            if let Some(pause) = items.pause(snapshot, connection, place) {
                page.pause(pause);
            }
            if let Some(item) = items.item(snapshot, place) {
                page.item(snapshot, item, &look);
            }
        }
        from = to;
    }
    page.tail(connection, items.last().saturating_sub(bound));
    page.out
}

/// What is being written.
struct Page {
    out: String,
    form: Form,
    start: i64,
}

impl Page {
    fn head(&mut self, connection: &Connection) {
        let opened = opened(connection);
        let (client, server) = (connection.client, connection.server);
        match self.form {
            Form::Text => self.line(&format!("Client {client}, server {server}\n")),
            Form::Mermaid => self.line(&format!(
                "sequenceDiagram\n    participant C as Client {client}\n    participant S as Server {server}"
            )),
        }
        self.arrow(connection.start, Side::Client, &opened.request);
        if let Some(status) = opened.status {
            let words = [vec![status.to_string()], opened.agreed("subprotocol")].concat().join(", ");
            self.arrow(connection.start, Side::Server, &words);
        }
    }

    fn item(&mut self, snapshot: &Snapshot, item: Item, look: &Look) {
        let line = look.excerpt.line(self.form.characters());
        let said = match look.excerpt.shape {
            Shape::Empty => "empty".to_owned(),
            Shape::Nothing => format!("({line})"),
            _ => line,
        };
        let answers = look.answers.map_or_else(String::new, |link| {
            let to = number(link.item).map_or_else(|| "Ping".to_owned(), |number| format!("#{number}"));
            format!("  (answers {to} after {})", span(link.after))
        });
        match item {
            Item::Message(id) => {
                let Some(message) = snapshot.message(id) else { return };
                let len = message.len.unwrap_or(message.wire_len);
                let fragments = match message.frames {
                    1 => String::new(),
                    frames => format!(" in {frames} fragments"),
                };
                let words =
                    format!("#{} {} {len} B{fragments}  {said}{answers}", id.number(), message.kind.name());
                self.arrow(message.time, message.side, &words);
            }
            Item::Frame(id) => {
                let Some(frame) = snapshot.frame(id) else { return };
                let words = match (frame.header.opcode, frame.close_code) {
                    (Opcode::CLOSE, Some(code)) => {
                        let reason =
                            if look.excerpt.text.is_empty() { String::new() } else { format!("  {said}") };
                        format!("Close {code} {}{reason}", close_code(code).name)
                    }
                    (opcode, _) if look.excerpt.text.is_empty() => format!("{}{answers}", name(opcode)),
                    (opcode, _) => format!("{}  {said}{answers}", name(opcode)),
                };
                self.arrow(frame.time, frame.side, &words);
            }
            Item::Opening | Item::Ending => {}
        }
    }

    fn pause(&mut self, nanoseconds: i64) {
        let words = span(nanoseconds);
        match self.form {
            Form::Text => self.line(&format!("{:>14}  · {words} ·", "")),
            Form::Mermaid => self.line(&format!("    Note over C,S: {words}")),
        }
    }

    fn tail(&mut self, connection: &Connection, left_out: u32) {
        if left_out > 0 {
            let words = format!("{left_out} more are left out");
            match self.form {
                Form::Text => self.line(&format!("{:>14}  … {words}", "")),
                Form::Mermaid => self.line(&format!("    Note over C,S: … {words}")),
            }
        }
        let ends = ended(connection);
        for (side, words) in &ends {
            self.arrow(connection.end, *side, words);
        }
        if ends.is_empty() {
            match self.form {
                Form::Text => self.line(&format!("{:>14}  The capture ends here", "")),
                Form::Mermaid => self.line("    Note over C,S: the capture ends here"),
            }
        }
    }

    fn arrow(&mut self, time: i64, from: Side, words: &str) {
        let since = time.saturating_sub(self.start) as f64 / 1e9;
        let written = match (self.form, from) {
            (Form::Text, Side::Client) => format!("{since:>14.6}  →  {words}"),
            (Form::Text, Side::Server) => format!("{since:>14.6}  ←  {words}"),
            (Form::Mermaid, Side::Client) => format!("    C->>S: {}", escaped(words)),
            (Form::Mermaid, Side::Server) => format!("    S->>C: {}", escaped(words)),
        };
        self.line(&written);
    }

    fn line(&mut self, words: &str) {
        // Writing into a string does not fail.
        let _ = writeln!(self.out, "{words}");
    }
}

fn number(item: Item) -> Option<u64> {
    match item {
        Item::Message(id) => Some(id.number()),
        _ => None,
    }
}

fn name(opcode: Opcode) -> String {
    match opcode {
        Opcode::PING => "Ping".into(),
        Opcode::PONG => "Pong".into(),
        Opcode::CLOSE => "Close".into(),
        other => format!("{} frame", other.name()),
    }
}

/// Signs that mean something to Mermaid, as it wants them written.
fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            '#' => text.push_str("#35;"),
            ';' => text.push_str("#59;"),
            '<' => text.push_str("#lt;"),
            '>' => text.push_str("#gt;"),
            '\n' => text.push(' '),
            other => text.push(other),
        }
    }
    text
}

fn span(nanoseconds: i64) -> String {
    match nanoseconds as f64 / 1e9 {
        s if s < 1e-3 => format!("{:.0} µs", s * 1e6),
        s if s < 1.0 => format!("{:.1} ms", s * 1e3),
        s => format!("{s:.1} s"),
    }
}
