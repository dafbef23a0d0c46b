//! Which decoder reads a connection, as far as its first messages had come.

use std::sync::Arc;

use dissector::decoders::{self, BEGUN, Decoder, FIRST, Facts};
use dissector::event::Part;
use dissector::ids::{ConnectionId, MessageId, PacketId, Side};

use super::pin::Pin;
use crate::content::{Content, SHOWN};
use crate::model::{Connection, Kind};
use crate::snapshot::Snapshot;

/// Bytes of first messages that are kept, of all connections together; beyond them all are read anew.
const HELD: usize = 64 << 20;

/// Messages of all connections, from where one begins, among which its first are looked for: what comes later tells
/// nothing, whether all messages are looked at or those of one connection alone.
const REACH: u32 = 65_536;

/// The choices of all connections.
#[derive(Debug, Default)]
pub(super) struct Choices {
    pins: Vec<Pin>,
    /// Whether connections are looked at one by one, as far as they are asked about.
    few: bool,
    /// By the connection's number.
    known: Vec<Known>,
    /// Frames that were looked at.
    seen: u32,
    /// Bytes that are kept of first messages.
    held: usize,
}

/// What is known of a connection.
#[derive(Debug, Default)]
struct Known {
    /// Its first messages, client's first.
    first: [Vec<First>; 2],
    /// Among which messages they are: the next one to look at, and where looking ends.
    among: Option<(u32, u32)>,
    /// What was chosen last.
    choice: Option<Box<Choice>>,
}

/// One of the first messages of a side, and the packet that completed it, once that is known.
#[derive(Clone, Copy, Debug)]
struct First {
    id: MessageId,
    done: Option<PacketId>,
}

/// What was chosen when so many first messages were known.
#[derive(Debug)]
pub(super) struct Choice {
    known: [usize; 2],
    pub(super) decoder: Option<&'static Decoder>,
    pub(super) facts: Facts,
}

impl Choices {
    pub(super) fn new(pins: Vec<Pin>, few: bool) -> Self {
        Self { pins, few, ..Self::default() }
    }

    pub(super) fn take_pins(&mut self) -> Vec<Pin> {
        std::mem::take(&mut self.pins)
    }

    /// The choice for messages of a connection that were complete with `packet`, or by all that is known.
    pub(super) fn of(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        connection: ConnectionId,
        packet: Option<PacketId>,
    ) -> Option<&Choice> {
        let place = connection.index() as usize;
        if self.few {
            self.known_of(connection).look(snapshot, connection, packet);
        } else {
            self.look(snapshot);
        }
        let its = self.known.get_mut(place)?;
        let known = its.first.each_mut().map(|side| complete(snapshot, side, packet));
        if its.choice.as_ref().is_none_or(|choice| choice.known != known) {
            let connection = snapshot.connection(connection)?;
            let firsts = its.first.iter().zip(known).flat_map(|(side, known)| side.iter().take(known));
            let facts = facts(content, snapshot, connection, firsts.map(|first| first.id));
            let pinned = self.pins.iter().rev().find(|pin| pin.holds(connection, &facts));
            let decoder = pinned.map(|pin| pin.decoder).or_else(|| decoders::choose(&facts));
            let (gone, new) = (its.choice.as_ref().map_or(0, |choice| held(&choice.facts)), held(&facts));
            its.choice = Some(Box::new(Choice { known, decoder, facts }));
            self.held = self.held - gone + new;
            if self.held > HELD {
                let others = self.known.iter_mut().enumerate().filter(|(other, _)| *other != place);
                others.for_each(|(_, other)| other.choice = None);
                self.held = new;
            }
        }
        self.known.get(place)?.choice.as_deref()
    }

    /// Notes the first messages of connections among those that are new.
    fn look(&mut self, snapshot: &Snapshot) {
        if self.seen == snapshot.frame_count() {
            return;
        }
        // Messages are numbered as their first frames come.
        let begins = snapshot.frames.rows_from(self.seen);
        for row in begins.filter(|row| matches!(row.part(), Part::Whole | Part::First)) {
            let Some(id) = row.message() else { continue };
            let its = self.known_of(row.connection());
            if its.first[row.side().index()].len() < FIRST
                && id.index() < its.among(snapshot, row.connection()).1
            {
                let firsts = &mut its.first[row.side().index()];
                firsts.push(First { id, done: None });
            }
        }
        self.seen = self.seen.max(snapshot.frame_count());
    }

    fn known_of(&mut self, connection: ConnectionId) -> &mut Known {
        let place = connection.index() as usize;
        if place >= self.known.len() {
            self.known.resize_with(place + 1, Known::default);
        }
        &mut self.known[place]
    }
}

impl Known {
    fn among(&mut self, snapshot: &Snapshot, connection: ConnectionId) -> (u32, u32) {
        *self.among.get_or_insert_with(|| {
            let begun = snapshot.connection(connection).map(|connection| connection.packet);
            let from = begun.map_or(0, |packet| begins(snapshot, packet));
            (from, from.saturating_add(REACH))
        })
    }

    /// Notes the first messages of this connection that had begun with `packet`.
    fn look(&mut self, snapshot: &Snapshot, connection: ConnectionId, packet: Option<PacketId>) {
        let (mut at, end) = self.among(snapshot, connection);
        while at < end.min(snapshot.message_count()) && self.first.iter().any(|side| side.len() < FIRST) {
            let id = MessageId::new(at);
            if packet.is_some_and(|packet| began(snapshot, id).is_none_or(|begun| begun > packet)) {
                break;
            }
            if let Some((_, side)) = origin(snapshot, id).filter(|(owner, _)| *owner == connection)
                && self.first[side.index()].len() < FIRST
            {
                self.first[side.index()].push(First { id, done: None });
            }
            at += 1;
        }
        self.among = Some((at, end));
    }
}

/// The first message that began with this packet or behind it.
fn begins(snapshot: &Snapshot, packet: PacketId) -> u32 {
    let (mut low, mut high) = (0, snapshot.message_count());
    while low < high {
        let middle = low + (high - low) / 2;
        match began(snapshot, MessageId::new(middle)) {
            Some(begun) if begun < packet => low = middle + 1,
            _ => high = middle,
        }
    }
    low
}

/// The packet that completed a message's first frame.
fn began(snapshot: &Snapshot, id: MessageId) -> Option<PacketId> {
    snapshot.packet_of_frame(snapshot.messages.row(id.index())?.first())
}

/// How many of a side's first messages were complete when `packet` came, or are now, without a gap between them. One
/// that is still open, or was completed later, says nothing yet.
fn complete(snapshot: &Snapshot, side: &mut [First], packet: Option<PacketId>) -> usize {
    let done = |first: &mut First| {
        if first.done.is_none() {
            let message = snapshot.message(first.id).filter(|message| message.outcome.is_some());
            first.done = message.map(|message| message.packet);
        }
        first.done.is_some_and(|done| packet.is_none_or(|packet| done <= packet))
    };
    side.iter_mut().map(done).take_while(|done| *done).count()
}

fn held(facts: &Facts) -> usize {
    facts.first.iter().flatten().map(|(_, bytes)| bytes.len()).sum()
}

/// Whose message it is, without the rest of it.
pub(super) fn origin(snapshot: &Snapshot, id: MessageId) -> Option<(ConnectionId, Side)> {
    let first = snapshot.messages.row(id.index())?.first();
    snapshot.frames.row(first.index()).map(|row| (row.connection(), row.side()))
}

fn facts(
    content: &mut Content,
    snapshot: &Snapshot,
    connection: &Connection,
    first: impl Iterator<Item = MessageId>,
) -> Facts {
    let target = connection.request.as_ref().and_then(|request| request.target());
    let mut facts = Facts {
        subprotocol: connection.agreement.subprotocol.clone(),
        target: target.map(|target| String::from_utf8_lossy(target).into_owned()).unwrap_or_default(),
        schemas: Arc::clone(&snapshot.schemas),
        ..Facts::default()
    };
    for message in first.filter_map(|id| snapshot.message(id)) {
        let bytes = if message.compressed {
            content.message(snapshot, message.id, SHOWN)
        } else {
            content.joined(snapshot, &message, BEGUN as u64).map(|patchy| patchy.bytes)
        };
        // One that cannot be had tells as little as an empty one, and keeps its place.
        let mut bytes = bytes.unwrap_or_default();
        bytes.truncate(BEGUN);
        bytes.shrink_to_fit();
        facts.first[message.side.index()].push((message.kind == Kind::Text, bytes));
    }
    facts
}
