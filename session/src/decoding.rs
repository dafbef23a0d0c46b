//! What messages say by their connection's protocol: chosen once for each connection, and again when asked.
//!
//! A connection's decoder is what the user pinned, else what its subprotocol, its target and its first messages tell.
//! Of those only what was complete when a message was counts for it, so that the choice is the same however the capture
//! came. Nothing of the index is kept here but which messages are the first of each connection, and where a decoder asks
//! for it which message came before which; a [`Decoding`] belongs to one thread, as a [`Content`] does.

mod aliased;
mod choice;
mod directions;
mod earlier;
mod pin;
mod proto;
mod streamed;

use dissector::decoders::{self, Decoded, Decoder, Facts, Input, Said};
use dissector::ids::ConnectionId;

use self::aliased::Aliased;
use self::choice::Choices;
use self::earlier::{Before, Order};
use self::streamed::Streamed;
use crate::content::Content;
use crate::model::{Kind, Message};
use crate::snapshot::Snapshot;

pub use self::pin::{Pin, Where};
pub use self::proto::read_proto;

/// Decoders of connections.
#[derive(Debug, Default)]
pub struct Decoding {
    /// Whether a few messages are asked about, wherever they are, and not all, one after the other.
    few: bool,
    choices: Choices,
    order: Order,
    remembered: Remembered,
    /// Of the HTTP exchange whose message was read last.
    pub(crate) exchange: crate::neighbor::Last,
}

/// What runs over messages and is remembered.
#[derive(Debug, Default)]
struct Remembered {
    streamed: Streamed,
    aliased: Aliased,
}

/// How much of a message is to be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What its parts are, and how they are paired.
    Gist,
    /// A line about each of them, and where it is malformed.
    Line,
    /// Its tree.
    Tree,
}

impl Decoding {
    /// With what the user pinned; what was pinned last counts most.
    pub fn new(pins: Vec<Pin>) -> Self {
        Self { choices: Choices::new(pins, false), ..Self::default() }
    }

    /// The same for whoever asks about a few messages, wherever they are: what is done for one does not grow with the
    /// capture.
    pub fn of_few(pins: Vec<Pin>) -> Self {
        Self { few: true, choices: Choices::new(pins, true), order: Order::of_few(), ..Self::default() }
    }

    /// Forgets connections, as another pass over the capture numbers them anew.
    pub fn restart(&mut self) {
        let pins = self.choices.take_pins();
        *self = if self.few { Self::of_few(pins) } else { Self::new(pins) };
    }

    /// The decoder of a connection by all that is known of it now, where something tells it.
    pub fn speaks(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        connection: ConnectionId,
    ) -> Option<&'static Decoder> {
        self.choices.of(content, snapshot, connection, None).and_then(|choice| choice.decoder)
    }

    /// The decoder of a message's connection, where something tells it.
    pub fn decoder(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
    ) -> Option<&'static Decoder> {
        self.choices
            .of(content, snapshot, message.connection, Some(message.packet))
            .and_then(|choice| choice.decoder)
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
        let depth = if full { Depth::Tree } else { Depth::Line };
        self.to_depth(content, snapshot, message, bytes, depth)
    }

    /// The same to some depth.
    pub fn to_depth(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
        bytes: &[u8],
        depth: Depth,
    ) -> Decoded {
        let Self { choices, order, remembered, .. } = self;
        let none = Facts::default();
        let (decoder, facts) = match choices.of(content, snapshot, message.connection, Some(message.packet)) {
            Some(choice) => (choice.decoder, &choice.facts),
            None => (None, &none),
        };
        let said = Said { side: message.side, text: message.kind == Kind::Text, bytes };
        let earlier = Before::new(snapshot, content, order, remembered, message);
        let input = Input::new(said, facts, &earlier);
        match depth {
            Depth::Gist => decoders::gist(decoder, &input),
            depth => decoders::decode(decoder, &input, depth == Depth::Tree),
        }
    }
}

/// Whether nothing but text or bytes was seen in a message, so that its own content says it best on one line.
pub fn is_plain(decoded: &Decoded) -> bool {
    matches!(decoded.protocol, "text" | "data" | "json" | "json-lines" | "xml")
}
