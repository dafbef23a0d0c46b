//! What messages say by their connection's protocol: chosen once for each connection, and again when asked.
//!
//! A connection's decoder is what the user pinned, else what its subprotocol, its target and its first messages tell.
//! Of those only what was complete when a message was counts for it, so that the choice is the same however the capture
//! came. Nothing of the index is kept here but which messages are the first of each connection; a [`Decoding`] belongs
//! to one thread, as a [`Content`] does.

mod firsts;
mod pin;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use dissector::decoders::{self, BEGUN, Decoded, Decoder, Earlier, Facts, Input, Said};
use dissector::ids::{ConnectionId, MessageId, Side};

use self::firsts::Firsts;
use crate::content::{Content, SHOWN};
use crate::model::{Connection, Kind, Message};
use crate::snapshot::Snapshot;

pub use self::pin::{Pin, Where};

/// Messages of all connections that are gone through to find those before one in its direction.
const STEPS: u32 = 65_536;

/// Decoders of connections.
#[derive(Debug)]
pub struct Decoding {
    pins: Vec<Pin>,
    first: Firsts,
    /// What was chosen when so many first messages were known.
    chosen: HashMap<(ConnectionId, usize), (Option<&'static Decoder>, Facts)>,
}

impl Default for Decoding {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Decoding {
    /// For all messages, one after the other, with what the user pinned; what was pinned last counts most.
    pub fn new(pins: Vec<Pin>) -> Self {
        Self { pins, first: Firsts::of_all(), chosen: HashMap::new() }
    }

    /// The same for a few messages, wherever they are: what is done for one does not grow with the capture.
    pub fn of_few(pins: Vec<Pin>) -> Self {
        Self { first: Firsts::of_few(), ..Self::new(pins) }
    }

    /// Forgets connections, as another pass over the capture numbers them anew.
    pub fn restart(&mut self) {
        self.first.restart();
        self.chosen.clear();
    }

    /// The decoder of a connection by all that is known of it now, where something tells it.
    pub fn speaks(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        connection: ConnectionId,
    ) -> Option<&'static Decoder> {
        self.choice(content, snapshot, connection, None).and_then(|(decoder, _)| *decoder)
    }

    /// The decoder of a message's connection, where something tells it.
    pub fn decoder(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
    ) -> Option<&'static Decoder> {
        self.choice(content, snapshot, message.connection, Some(message)).and_then(|(decoder, _)| *decoder)
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
        let choice = self.choice(content, snapshot, message.connection, Some(message));
        let (decoder, facts) = choice.unwrap_or(&none);
        let said = Said { side: message.side, text: message.kind == Kind::Text, bytes };
        let back = RefCell::new(Back { content, found: Vec::new(), at: message.id.index() });
        let earlier = Before { snapshot, message, back };
        decoders::decode(*decoder, &Input::new(said, facts, &earlier), full)
    }

    fn choice(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        connection: ConnectionId,
        message: Option<&Message>,
    ) -> Option<&(Option<&'static Decoder>, Facts)> {
        let firsts = self.first.before(snapshot, connection, message)?;
        let complete = |id: &&MessageId| {
            // One that is still open, or was completed later, says nothing yet.
            let known = snapshot.message(**id).filter(|it| it.outcome.is_some());
            known.is_some_and(|it| message.is_none_or(|message| it.packet <= message.packet))
        };
        let known: Vec<MessageId> =
            firsts.iter().flat_map(|side| side.iter().take_while(complete)).copied().collect();
        let key = (connection, known.len());
        if !self.chosen.contains_key(&key) {
            let connection = snapshot.connection(connection)?;
            let facts = facts(content, snapshot, connection, &known);
            let pinned = self.pins.iter().rev().find(|pin| pin.holds(connection, &facts));
            let decoder = pinned.map(|pin| pin.decoder).or_else(|| decoders::choose(&facts));
            self.chosen.insert(key, (decoder, facts));
        }
        self.chosen.get(&key)
    }
}

/// Whether nothing but text or bytes was seen in a message, so that its own content says it best on one line.
pub fn is_plain(decoded: &Decoded) -> bool {
    matches!(decoded.protocol, "text" | "data" | "json" | "json-lines")
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
