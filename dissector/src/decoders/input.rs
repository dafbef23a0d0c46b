//! What a decoder is told: one message, and what is known of its connection.

use std::borrow::Cow;
use std::sync::Arc;

use super::compressed::{Payload, Stream};
use super::protobuf::Schema;
use crate::ids::Side;

/// A message's content: unmasked, joined, inflated.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// Who sent it.
    pub side: Side,
    /// Whether its opcode is text's.
    pub text: bool,
    /// The content.
    pub bytes: &'a [u8],
}

/// What is known of a connection, the same for all its messages.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The subprotocol that the server took.
    pub subprotocol: Option<String>,
    /// The request's target: path and query.
    pub target: String,
    /// The first messages of each side, client first: at most [`FIRST`], each perhaps only begun.
    pub first: [Vec<(bool, Vec<u8>)>; 2],
    /// Types of Protobuf messages that the user gave.
    pub schemas: Arc<[Schema]>,
}

/// Messages of each side that tell what a connection speaks.
pub const FIRST: usize = 8;
/// Bytes of each that are looked at.
pub const BEGUN: usize = 4096;

impl Facts {
    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }
    /// The value of a parameter of the target's query, as it is written.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        query.split('&').filter_map(|pair| pair.split_once('=')).find(|(it, _)| *it == name).map(|(_, it)| it)
    }
    /// The first messages of a side.
    pub fn first_of(&self, side: Side) -> impl Iterator<Item = Said<'_>> {
        let of = self.first.get(side.index()).into_iter().flatten();
        of.map(move |(text, bytes)| Said { side, text: *text, bytes })
    }
}

/// Earlier messages of the same direction, given when they are asked for.
///
/// How far back a decoder looks is a constant of its own: nobody decodes a connection from its start for one row.
pub trait Earlier {
    /// The `back`-th message before this one, 0 is the one right before it; its opcode is text's or not. None where
    /// there is none, or where its content cannot be had.
    fn before(&self, back: usize) -> Option<(bool, Cow<'_, [u8]>)>;

    /// The topic that an alias of MQTT stands for before this message, by whoever remembers those; none where nobody
    /// does, and the messages before must tell.
    fn topic(&self, _alias: u16) -> Option<Option<String>> {
        None
    }

    /// What this message says where all binary ones of its direction are pieces of one DEFLATE stream; else why it cannot be had.
    /// Whoever keeps the stream's state for some messages need not go back to the first, as is done here.
    fn streamed(&self, bytes: &[u8]) -> Result<Payload, &'static str> {
        let mut earlier = Vec::new();
        let mut room = STREAMED;
        while let Some(before) = self.before(earlier.len()) {
            let left = room.checked_sub(before.1.len()).filter(|_| earlier.len() < STREAMED_FROM);
            room = left.ok_or("the beginning of the stream is too far back")?;
            earlier.push(before);
        }
        let mut stream = Stream::default();
        for (_, bytes) in earlier.iter().rev().filter(|(text, _)| !text) {
            stream.feed(bytes)?;
        }
        stream.feed(bytes)?;
        Ok(stream.payload())
    }
}

/// Bytes, and messages, that one is inflated from where no state is kept.
const STREAMED: usize = 1 << 20;
const STREAMED_FROM: usize = 256;

/// No earlier messages.
impl Earlier for () {
    fn before(&self, _: usize) -> Option<(bool, Cow<'_, [u8]>)> {
        None
    }
}

/// A message with what is known of it.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The message.
    pub said: Said<'a>,
    /// Its connection.
    pub facts: &'a Facts,
    /// What its sender said before.
    pub earlier: &'a dyn Earlier,
    /// Decoders around this one: what a decoder finds inside is decoded again, up to [`NESTED`].
    pub(super) inside: u8,
}

/// Decoders in one another.
pub(super) const NESTED: u8 = 4;

impl<'a> Input<'a> {
    /// A message of its own.
    pub fn new(said: Said<'a>, facts: &'a Facts, earlier: &'a dyn Earlier) -> Self {
        Self { said, facts, earlier, inside: 0 }
    }
    /// The message's bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.said.bytes
    }
    /// What was found inside of this one.
    pub(super) fn within<'b>(&self, text: bool, bytes: &'b [u8]) -> Input<'b>
    where
        'a: 'b,
    {
        let said = Said { side: self.said.side, text, bytes };
        Input { said, facts: self.facts, earlier: &(), inside: self.inside + 1 }
    }
}
