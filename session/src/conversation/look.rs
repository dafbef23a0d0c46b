//! What stands around one place of a conversation: excerpts, and which item answers which.
//!
//! Reads a bounded number of items before and behind; what lies farther apart is not told.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use dissector::websocket::opcode::Opcode;

use super::excerpt::{self, Excerpt};
use super::{Item, Items};
use crate::content::Content;
use crate::model::Connection;
use crate::pairing::{self, Role, Tag, Waiting};
use crate::snapshot::Snapshot;

/// What is known of one item.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The beginning of what it says.
    pub excerpt: Arc<Excerpt>,
    /// What it answers.
    pub answers: Option<Link>,
    /// What answered it first.
    pub answered: Option<Link>,
    /// How many more answers there are.
    pub more: u32,
}

/// The other item of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its place.
    pub place: u32,
    /// What it is.
    pub item: Item,
    /// Nanoseconds from the question to the answer.
    pub after: i64,
}

/// What was read before, so that a step on costs a step.
#[derive(Default)]
pub struct Memory {
    read: HashMap<u32, (Arc<Excerpt>, Option<Tag>)>,
}

/// How many items before and behind are looked through for the other one of a pair.
const REACH: u32 = 256;

/// Items that are remembered.
const KEPT: usize = 16_384;

/// Looks at the items at `places`.
pub fn look(
    snapshot: &Snapshot,
    content: &mut Content,
    connection: &Connection,
    items: &Items,
    places: Range<u32>,
    memory: &mut Memory,
) -> Vec<(u32, Look)> {
    if memory.read.len() > KEPT {
        memory.read.clear();
    }
    let within = places.start.saturating_sub(REACH)..items.last().min(places.end.saturating_add(REACH));
    let mut looks: Vec<(u32, Look)> = Vec::with_capacity(places.len());
    for place in places.clone() {
        let Some(item) = items.item(snapshot, place) else { break };
        let excerpt = read(snapshot, content, connection, place, item, memory).0;
        looks.push((place, Look { excerpt, ..Look::default() }));
    }
    let mut waiting = Waiting::default();
    for place in within {
        let Some(item) = items.item(snapshot, place) else { break };
        let Some((side, time)) = sent(snapshot, item) else { continue };
        let Some(tag) = read(snapshot, content, connection, place, item, memory).1 else { continue };
        let Some(question) = waiting.hear(place, side, &tag) else { continue };
        let Some(asked) = items.item(snapshot, question) else { continue };
        let Some((_, began)) = sent(snapshot, asked) else { continue };
        let after = time.saturating_sub(began);
        let index = |place: u32| place.checked_sub(places.start).map(|index| index as usize);
        if let Some((_, answer)) = index(place).and_then(|index| looks.get_mut(index)) {
            answer.answers = Some(Link { place: question, item: asked, after });
        }
        if let Some((_, asked)) = index(question).and_then(|index| looks.get_mut(index)) {
            match asked.answered {
                None => asked.answered = Some(Link { place, item, after }),
                Some(_) => asked.more += 1,
            }
        }
    }
    looks
}

/// Who sent an item, and when it was complete.
fn sent(snapshot: &Snapshot, item: Item) -> Option<(dissector::ids::Side, i64)> {
    match item {
        Item::Message(id) => snapshot.message(id).map(|message| (message.side, message.time)),
        Item::Frame(id) => snapshot.frame(id).map(|frame| (frame.side, frame.time)),
        Item::Opening | Item::Ending => None,
    }
}

fn read(
    snapshot: &Snapshot,
    content: &mut Content,
    connection: &Connection,
    place: u32,
    item: Item,
    memory: &mut Memory,
) -> (Arc<Excerpt>, Option<Tag>) {
    if let Some(read) = memory.read.get(&place) {
        return read.clone();
    }
    if let Item::Message(id) = item
        && snapshot.message(id).is_none_or(|message| message.outcome.is_none())
    {
        let text = "Not finished yet".to_owned();
        return (Arc::new(Excerpt { text, shape: excerpt::Shape::Nothing, cut: false }), None);
    }
    let read = match excerpt::payload(snapshot, content, item) {
        Ok(payload) => {
            let tag = tag(snapshot, connection, item, &payload.bytes);
            (Arc::new(excerpt::of(&payload)), tag)
        }
        Err(why) => {
            let excerpt = Excerpt { text: why.says(), shape: excerpt::Shape::Nothing, cut: false };
            (Arc::new(excerpt), None)
        }
    };
    if !matches!(item, Item::Opening | Item::Ending) {
        memory.read.insert(place, read.clone());
    }
    read
}

/// What an item says of its exchange. RFC 6455 5.5.3: "A Pong frame sent in response to a Ping frame must have
/// identical "Application data" as found in the message body of the Ping frame being replied to."
fn tag(snapshot: &Snapshot, connection: &Connection, item: Item, payload: &[u8]) -> Option<Tag> {
    match item {
        Item::Message(_) => {
            let tag = pairing::tag(connection.agreement.subprotocol.as_deref(), payload)?;
            Some(Tag { key: [b"m", tag.key.as_ref()].concat().into(), role: tag.role })
        }
        Item::Frame(id) => {
            let role = match snapshot.frame(id)?.header.opcode {
                Opcode::PING => Role::Asks,
                Opcode::PONG => Role::Answers,
                _ => return None,
            };
            Some(Tag { key: [b"p", payload].concat().into(), role })
        }
        Item::Opening | Item::Ending => None,
    }
}
