//! Topic aliases of MQTT, remembered: a direction is gone through once, as far as anybody looks, and each row finds the
//! topic that an alias had when it was sent.

use std::collections::HashMap;
use std::sync::Arc;

use dissector::decoders::Aliases;

use super::directions::Directions;
use super::streamed::Listed;
use crate::content::{Content, SHOWN};
use crate::model::Message;
use crate::snapshot::Snapshot;

/// Topics that are remembered of a direction; of more the first are forgotten.
const TOPICS: usize = 65_536;

/// Aliases of connections.
#[derive(Debug, Default)]
pub(super) struct Aliased {
    of: Directions<Direction>,
}

/// Aliases of one direction.
#[derive(Debug, Default)]
struct Direction {
    listed: Listed,
    /// The place of the message that is gone through next.
    next: usize,
    aliases: Aliases,
    /// The place from which on an alias has a topic, in order.
    given: Vec<(usize, u16, Arc<str>)>,
    /// The topics that aliases have now: one that is given again is not noted again.
    now: HashMap<u16, Arc<str>>,
}

impl Aliased {
    /// The topic that an alias stands for before a message.
    pub(super) fn topic(
        &mut self,
        content: &mut Content,
        snapshot: &Snapshot,
        message: &Message,
        alias: u16,
    ) -> Option<String> {
        let key = (message.connection, message.side);
        let direction = self.of.of(key, Direction::default);
        let place = direction.listed.place(snapshot, key, message.id)?;
        while direction.next < place {
            direction.step(content, snapshot);
        }
        let before = direction.given.partition_point(|(from, ..)| *from <= place);
        let mut before = direction.given.get(..before)?.iter().rev();
        before.find(|(_, it, _)| *it == alias).map(|(.., topic)| topic.to_string())
    }
}

impl Direction {
    /// Goes through one more message.
    fn step(&mut self, content: &mut Content, snapshot: &Snapshot) {
        let Self { listed, next, aliases, given, now } = self;
        let bytes = listed.at(*next).and_then(|id| content.message(snapshot, id, SHOWN).ok());
        *next += 1;
        let Some(bytes) = bytes else { return aliases.lose() };
        aliases.feed(&bytes, &mut |alias, topic| {
            if now.get(&alias).is_none_or(|now| **now != *topic) {
                let topic: Arc<str> = topic.into();
                now.insert(alias, Arc::clone(&topic));
                given.push((*next, alias, topic));
            }
        });
        if given.len() > TOPICS {
            let recent = given.split_off(TOPICS / 2);
            // Of those that are forgotten each alias keeps its last topic, which may hold for long.
            let last: HashMap<u16, usize> = given.iter().map(|(from, alias, _)| (*alias, *from)).collect();
            given.retain(|(from, alias, _)| last.get(alias) == Some(from));
            given.extend(recent);
        }
    }
}
