//! What messages say by their connection's protocol: chosen once for each connection, and again when asked.
//!
//! A connection's decoder is what the user pinned, else what its subprotocol, its target and its first messages tell.
//! Of those only what was complete when a message was counts for it, so that the choice is the same however the capture
//! came. Nothing of the index is kept here but which messages are the first of each connection; a [`Decoding`] belongs
//! to one thread, as a [`Content`] does.

mod pin;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use dissector::decoders::{self, BEGUN, Decoded, Decoder, Earlier, FIRST, Facts, Input, Said};
use dissector::ids::{ConnectionId, MessageId, Side};

use crate::content::{Content, SHOWN};
use crate::model::{Connection, Kind, Message};
use crate::snapshot::Snapshot;

pub use self::pin::{Pin, Where};

/// Messages of all connections that are gone through to find those before one in its direction.
const STEPS: u32 = 65_536;

/// Decoders of connections.
#[derive(Debug, Default)]
pub struct Decoding {
    pins: Vec<Pin>,
    /// The first messages of each connection, client's first.
    first: HashMap<ConnectionId, [Vec<MessageId>; 2]>,
    seen: u32,
    /// What was chosen when so many first messages were known.
    chosen: HashMap<(ConnectionId, usize), (Option<&'static Decoder>, Facts)>,
    /// Of the HTTP exchange whose message was read last.
    pub(crate) exchange: crate::neighbor::Last,
}

impl Decoding {
    /// With what the user pinned; what was pinned last counts most.
    pub fn new(pins: Vec<Pin>) -> Self {
        Self { pins, ..Self::default() }
    }

    /// Forgets connections, as another pass over the capture numbers them anew.
    pub fn restart(&mut self) {
        *self = Self::new(std::mem::take(&mut self.pins));
    }

    /// The decoder of a message's connection, where something tells it.
    pub fn decoder(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
    ) -> Option<&'static Decoder> {
        self.choice(content, snapshot, message).and_then(|(decoder, _)| *decoder)
    }

    /// What a message says. `bytes` are its content, `full` asks for its tree.
    pub fn decoded(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
        bytes: &[u8],
        full: bool,
    ) -> Decoded {
        let none = (None, Facts::default());
        let (decoder, facts) = self.choice(content, snapshot, message).unwrap_or(&none);
        let said = Said { side: message.side, text: message.kind == Kind::Text, bytes };
        let back = RefCell::new(Back { content, found: Vec::new(), at: message.id.index() });
        let earlier = Before { snapshot, message, back };
        decoders::decode(*decoder, &Input::new(said, facts, &earlier), full)
    }

    fn choice(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
    ) -> Option<&(Option<&'static Decoder>, Facts)> {
        self.look(snapshot);
        let firsts = self.first.get(&message.connection)?;
        let complete = |id: &&MessageId| {
            // One that is still open, or was completed later, says nothing yet.
            snapshot.message(**id).is_some_and(|it| it.outcome.is_some() && it.packet <= message.packet)
        };
        let known: Vec<MessageId> =
            firsts.iter().flat_map(|side| side.iter().take_while(complete)).copied().collect();
        let key = (message.connection, known.len());
        if !self.chosen.contains_key(&key) {
            let connection = snapshot.connection(message.connection)?;
            let facts = facts(content, snapshot, connection, &known);
            let pinned = self.pins.iter().rev().find(|pin| pin.holds(connection, &facts));
            let decoder = pinned.map(|pin| pin.decoder).or_else(|| decoders::choose(&facts));
            self.chosen.insert(key, (decoder, facts));
        }
        self.chosen.get(&key)
    }

    /// Notes the first messages of connections among those that are new.
    fn look(&mut self, snapshot: &Snapshot) {
        for index in self.seen..snapshot.message_count() {
            let id = MessageId::new(index);
            let Some((connection, side)) = origin(snapshot, id) else { continue };
            let firsts = &mut self.first.entry(connection).or_default()[side.index()];
            if firsts.len() < FIRST {
                firsts.push(id);
            }
        }
        self.seen = self.seen.max(snapshot.message_count());
    }
}

/// Whose message it is, without the rest of it.
fn origin(snapshot: &Snapshot, id: MessageId) -> Option<(ConnectionId, Side)> {
    let first = snapshot.messages.row(id.index())?.first();
    snapshot.frames.row(first.index()).map(|row| (row.connection(), row.side()))
}

fn facts(content: &mut Content, snapshot: &Snapshot, connection: &Connection, first: &[MessageId]) -> Facts {
    let target = connection.request.as_ref().and_then(|request| request.target());
    let mut facts = Facts {
        subprotocol: connection.agreement.subprotocol.clone(),
        target: target.map(|target| String::from_utf8_lossy(target).into_owned()).unwrap_or_default(),
        ..Facts::default()
    };
    for message in first.iter().filter_map(|id| snapshot.message(*id)) {
        let bytes = if message.compressed {
            content.message(snapshot, message.id, SHOWN)
        } else {
            content.joined(snapshot, &message, BEGUN as u64).map(|patchy| patchy.bytes)
        };
        // One that cannot be had tells as little as an empty one, and keeps its place.
        let mut bytes = bytes.unwrap_or_default();
        bytes.truncate(BEGUN);
        facts.first[message.side.index()].push((message.kind == Kind::Text, bytes));
    }
    facts
}

/// The messages before one in its direction, found and read when they are asked for.
struct Before<'a> {
    snapshot: &'a Snapshot,
    message: &'a Message,
    back: RefCell<Back<'a>>,
}

struct Back<'a> {
    content: &'a mut Content,
    /// Those that were found, the latest first.
    found: Vec<MessageId>,
    /// Where the search goes on: before this one.
    at: u32,
}

impl Earlier for Before<'_> {
    fn before(&self, back: usize) -> Option<(bool, Cow<'_, [u8]>)> {
        let mut state = self.back.borrow_mut();
        let least = self.message.id.index().saturating_sub(STEPS);
        while state.found.len() <= back && state.at > least {
            state.at -= 1;
            let id = MessageId::new(state.at);
            if origin(self.snapshot, id) == Some((self.message.connection, self.message.side)) {
                state.found.push(id);
            }
        }
        let id = *state.found.get(back)?;
        let text = self.snapshot.message(id)?.kind == Kind::Text;
        let bytes = state.content.message(self.snapshot, id, SHOWN).ok()?;
        Some((text, Cow::Owned(bytes)))
    }
}
