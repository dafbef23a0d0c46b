//! What stands at some places of a conversation: excerpts, and which item answers which, as far as that was heard.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use dissector::ids::ConnectionId;

use super::excerpt::{self, Excerpt};
use super::{Item, Items};
use crate::content::Content;
use crate::decoding::Pin;
use crate::pairing::Pairing;
use crate::round_trips::RoundTrips;
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

/// What was read before, so that a step on costs a step: excerpts, and what answers what on one connection.
pub struct Memory {
    read: HashMap<u32, Arc<Excerpt>>,
    pairing: Pairing,
    trips: RoundTrips,
}

/// Items that are remembered.
const KEPT: usize = 16_384;

impl Memory {
    /// Of a connection that nothing was heard of yet; `pins` are what the user says of decoders.
    pub fn new(connection: ConnectionId, pins: Vec<Pin>) -> Self {
        Self { read: HashMap::new(), pairing: Pairing::of(connection, pins), trips: RoundTrips::default() }
    }

    /// Hears what answers what, `stride` frames more; whether those were the last.
    pub fn hear(&mut self, snapshot: &Snapshot, content: &mut Content, stride: u32) -> bool {
        self.trips.meet_all(snapshot, content);
        self.pairing.step(snapshot, stride)
    }

    /// Of a message or control frame: what it answers, what answered it first, and how many answers more there are.
    fn pair(&self, snapshot: &Snapshot, item: Item) -> (Option<Paired>, Option<Paired>, u32) {
        let time = |id| snapshot.message(id).map_or(0, |message| message.time);
        match item {
            Item::Message(id) => {
                let about = self.pairing.about(id);
                let between = |question, answer| time(answer).saturating_sub(time(question));
                let answers = about
                    .answers
                    .first()
                    .map(|question| Paired { item: Item::Message(*question), after: between(*question, id) });
                let answered = about
                    .answered_by
                    .map(|answer| Paired { item: Item::Message(answer), after: between(id, answer) });
                (answers, answered, about.count.saturating_sub(1))
            }
            Item::Frame(id) => {
                let trip = self.trips.of(id);
                let pair = trip.map(|trip| Paired { item: Item::Frame(trip.other), after: trip.took });
                // A Ping stands before its Pong.
                match trip {
                    Some(trip) if trip.other < id => (pair, None, 0),
                    _ => (None, pair, 0),
                }
            }
            Item::Opening | Item::Ending => (None, None, 0),
        }
    }
}

/// The other one of a pair, wherever it stands.
#[derive(Clone, Copy)]
struct Paired {
    item: Item,
    after: i64,
}

impl Paired {
    fn link(self, snapshot: &Snapshot, items: &Items) -> Option<Link> {
        let Self { item, after } = self;
        let frame = match item {
            Item::Message(id) => snapshot.message(id)?.first,
            Item::Frame(id) => id,
            Item::Opening | Item::Ending => return None,
        };
        Some(Link { place: items.place_of_frame(snapshot, frame)?, item, after })
    }
}

/// Looks at the items at `places`.
pub fn look(
    snapshot: &Snapshot,
    content: &mut Content,
    items: &Items,
    places: Range<u32>,
    memory: &mut Memory,
) -> Vec<(u32, Look)> {
    if memory.read.len() > KEPT {
        memory.read.clear();
    }
    let mut looks: Vec<(u32, Look)> = Vec::with_capacity(places.len());
    for place in places {
        let Some(item) = items.item(snapshot, place) else { break };
        let excerpt = read(snapshot, content, place, item, memory);
        let (answers, answered, more) = memory.pair(snapshot, item);
        let link = |pair: Option<Paired>| pair.and_then(|pair| pair.link(snapshot, items));
        looks.push((place, Look { excerpt, answers: link(answers), answered: link(answered), more }));
    }
    looks
}

fn read(
    snapshot: &Snapshot,
    content: &mut Content,
    place: u32,
    item: Item,
    memory: &mut Memory,
) -> Arc<Excerpt> {
    if let Some(read) = memory.read.get(&place) {
        return Arc::clone(read);
    }
    if let Item::Message(id) = item
        && snapshot.message(id).is_none_or(|message| message.outcome.is_none())
    {
        let text = "Not finished yet".to_owned();
        return Arc::new(Excerpt { text, shape: excerpt::Shape::Nothing, cut: false });
    }
    let read = Arc::new(match excerpt::payload(snapshot, content, item) {
        Ok(payload) => excerpt::of(&payload),
        Err(why) => Excerpt { text: why.says(), shape: excerpt::Shape::Nothing, cut: false },
    });
    if !matches!(item, Item::Opening | Item::Ending) {
        memory.read.insert(place, Arc::clone(&read));
    }
    read
}
