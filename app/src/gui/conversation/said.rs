//! What both ways of showing a conversation say of an item, in words.

use std::sync::Arc;

use session::Snapshot;
use session::conversation::{Item, Items, Link, Look, ended, opened};
use session::dissector::event::Outcome;
use session::dissector::ids::{FrameId, Side};
use session::dissector::rules::Severity;
use session::dissector::websocket::opcode::Opcode;
use session::dissector::websocket::registry::close_code;
use session::model::{Connection, Frame, Message};

use crate::gui::notes::Notes;
use crate::gui::state::Times;
use crate::gui::{findings, words};

/// What is said of items: where the words come from.
pub struct Says<'a> {
    /// The capture.
    pub snapshot: &'a Arc<Snapshot>,
    /// The connection.
    pub connection: &'a Connection,
    /// Its items.
    pub items: &'a Items,
    /// How times are shown.
    pub times: Times,
    /// The user's time zone.
    pub zone: &'a jiff::tz::TimeZone,
    /// Where time references are.
    pub notes: &'a Notes,
}

/// The words of one item.
#[derive(Clone, Debug, Default)]
pub struct Words {
    /// When: in the way times are shown.
    pub time: String,
    /// A silence before it.
    pub pause: Option<String>,
    /// `#12`, `Ping`, `Close 1000 normal closure`
    pub name: String,
    /// Lengths and the like, each a word of the line.
    pub facts: Vec<String>,
    /// How it hangs together with another item, and where that stands.
    pub links: Vec<(String, u32)>,
    /// The worst of its findings.
    pub worst: Option<Severity>,
    /// Payload bytes that were never captured.
    pub missing: u64,
    /// Number of frames.
    pub frames: u32,
}

/// Frames of a message that are looked at for a finding, the last ones first.
const FRAMES: usize = 64;

/// Items before one that are looked through for the other side's last word.
const NEAR: u32 = 64;

impl Says<'_> {
    /// The time of an item, in the way times are shown.
    fn time(&self, place: u32, item: Item) -> String {
        let time = |place| self.items.time(self.snapshot, self.connection, place);
        let Some(now) = time(place) else { return String::new() };
        let since = |from: i64| words::seconds(now.saturating_sub(from));
        match self.times {
            Times::Clock => words::clock(now, self.zone),
            Times::SinceStart => {
                let packet = match item {
                    Item::Message(id) => self.snapshot.message(id).map(|message| message.packet),
                    Item::Frame(id) => self.snapshot.frame(id).map(|frame| frame.packet),
                    Item::Opening => Some(self.connection.packet),
                    Item::Ending => None,
                };
                let first = || self.snapshot.totals.times.map_or(now, |(first, _)| first);
                since(packet.and_then(|packet| self.notes.reference_before(packet)).unwrap_or_else(first))
            }
            Times::SincePrevious => since(place.checked_sub(1).and_then(time).unwrap_or(now)),
            Times::SinceRequest => {
                let other = sender(self.snapshot, item).map(Side::other);
                let before = (place.saturating_sub(NEAR)..place).rev();
                let its = |place: &u32| {
                    let item = self.items.item(self.snapshot, *place);
                    other.is_some() && item.and_then(|item| sender(self.snapshot, item)) == other
                };
                before.into_iter().find(its).and_then(time).map_or_else(String::new, since)
            }
        }
    }

    /// What is said of the item at a place.
    pub fn of(&self, place: u32, item: Item, look: Option<&Look>) -> Words {
        let pause = self.items.pause(self.snapshot, self.connection, place).map(words::span);
        let words = Words { time: self.time(place, item), pause, frames: 1, ..Words::default() };
        match item {
            Item::Opening => Words { name: opened(self.connection).request, ..words },
            Item::Ending => Words { name: self.ending(), ..words },
            Item::Message(id) => match self.snapshot.message(id) {
                Some(message) => self.message(&message, look, words),
                None => words,
            },
            Item::Frame(id) => match self.snapshot.frame(id) {
                Some(frame) => self.frame(&frame, look, words),
                None => words,
            },
        }
    }

    fn message(&self, message: &Message, look: Option<&Look>, words: Words) -> Words {
        let mut facts = vec![words::size(message.len.unwrap_or(message.wire_len))];
        if let (true, Some(len)) = (message.compressed, message.len) {
            facts.push(format!("{:.1}× compressed", len as f64 / message.wire_len.max(1) as f64));
        }
        if message.frames > 1 {
            facts.push(words::counted(message.frames.into(), "fragment", "fragments"));
        }
        let missing = if message.outcome == Some(Outcome::Missing) {
            let ids = self.frames_of(message);
            let frames = ids.iter().filter_map(|id| self.snapshot.frame(*id));
            frames.map(|frame| frame.missing).sum()
        } else {
            0
        };
        if missing > 0 {
            facts.push(format!("{} never captured", words::counted(missing, "byte", "bytes")));
        }
        Words {
            name: format!("#{}", words::count(message.id.number())),
            facts,
            links: links(look, false),
            worst: findings::about(self.snapshot, message).0,
            missing,
            frames: message.frames,
            ..words
        }
    }

    fn frame(&self, frame: &Frame, look: Option<&Look>, words: Words) -> Words {
        let name = match (frame.header.opcode, frame.close_code) {
            (Opcode::PING, _) => "Ping".to_owned(),
            (Opcode::PONG, _) => "Pong".to_owned(),
            (Opcode::CLOSE, Some(code)) => format!("Close {code} {}", close_code(code).name),
            (Opcode::CLOSE, None) => "Close without a code".to_owned(),
            (Opcode::CONTINUATION, _) => "Continuation of nothing".to_owned(),
            (opcode, _) => format!("Reserved opcode {}", opcode.0),
        };
        let mut facts = Vec::new();
        if frame.missing > 0 {
            facts.push(format!("{} never captured", words::counted(frame.missing, "byte", "bytes")));
        }
        Words {
            name,
            facts,
            links: links(look, true),
            worst: self.snapshot.worst_of(frame.id),
            missing: frame.missing,
            ..words
        }
    }

    /// How the streams ended, in one line.
    fn ending(&self) -> String {
        let ends = ended(self.connection);
        if ends.is_empty() {
            return "The capture ends here, the connection is open".to_owned();
        }
        let said = ends.iter().map(|(side, words)| format!("{words} from {}", of_side(*side)));
        said.collect::<Vec<_>>().join(", ")
    }

    /// The finding of an item that is to be shown first: the worst.
    pub fn finding(&self, item: Item) -> Option<u32> {
        let frames = match item {
            Item::Message(id) => self.frames_of(&self.snapshot.message(id)?),
            Item::Frame(id) => vec![id],
            Item::Opening | Item::Ending => return None,
        };
        let places = frames.into_iter().flat_map(|frame| self.snapshot.finding_places(frame));
        let severity = |place: &u32| self.snapshot.findings().row(*place).map(|it| it.finding.severity);
        places.max_by_key(|place| (severity(place), std::cmp::Reverse(*place)))
    }

    fn frames_of(&self, message: &Message) -> Vec<FrameId> {
        let before = |id: &FrameId| {
            let previous = self.snapshot.frame(*id)?.previous;
            previous.filter(|_| *id != message.first)
        };
        std::iter::successors(Some(message.last), before).take(FRAMES).collect()
    }
}

/// `the client`
pub const fn of_side(side: Side) -> &'static str {
    match side {
        Side::Client => "client",
        Side::Server => "server",
    }
}

/// Who sent an item.
pub fn sender(snapshot: &Snapshot, item: Item) -> Option<Side> {
    match item {
        Item::Message(id) => snapshot.message(id).map(|message| message.side),
        Item::Frame(id) => snapshot.frame(id).map(|frame| frame.side),
        Item::Opening | Item::Ending => None,
    }
}

fn links(look: Option<&Look>, control: bool) -> Vec<(String, u32)> {
    let Some(look) = look else { return Vec::new() };
    let after = |link: &Link| latency(link.after);
    let number = |link: &Link| match link.item {
        Item::Message(id) => format!("#{}", words::count(id.number())),
        _ => "it".to_owned(),
    };
    let mut links = Vec::new();
    if let Some(link) = &look.answers {
        let words = match control {
            true => format!("round trip {}", after(link)),
            false => format!("answers {} after {}", number(link), after(link)),
        };
        links.push((words, link.place));
    }
    if let Some(link) = &look.answered {
        let more = match look.more {
            0 => String::new(),
            more => format!(", and {} more", words::count(more.into())),
        };
        let words = match control {
            true => format!("answered after {}{more}", after(link)),
            false => format!("answered by {} after {}{more}", number(link), after(link)),
        };
        links.push((words, link.place));
    }
    links
}

/// `0.33 ms`, `41 ms`, `1.2 s`: short enough to be read in a line.
pub fn latency(nanoseconds: i64) -> String {
    match nanoseconds.unsigned_abs() as f64 / 1e6 {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        _ => words::span(nanoseconds),
    }
}

/// An item for those who do not see it.
pub fn spoken(words: &Words, side: Option<Side>, preview: &str) -> String {
    let who = match side {
        Some(Side::Client) => "from client",
        Some(Side::Server) => "from server",
        None => "",
    };
    let parts = [words.name.as_str(), words.time.as_str(), who];
    let facts = words.facts.iter().map(String::as_str);
    let links = words.links.iter().map(|(words, _)| words.as_str());
    let all = parts.into_iter().chain(facts).chain(links).chain([preview]);
    all.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}
