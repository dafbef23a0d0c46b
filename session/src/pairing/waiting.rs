//! Questions of one connection that wait for their answers.

use std::collections::HashMap;

use dissector::decoders::{Exchange, Role};
use dissector::ids::{MessageId, Side};

use super::kept::Kept;

/// Bytes of the longest id that is followed.
const LONGEST: usize = 256;

/// Questions of each side, client's first, by what their answers will have in common with them.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    asked: [HashMap<Box<[u8]>, Question>; 2],
}

/// Something that was asked.
#[derive(Clone, Copy, Debug)]
struct Question {
    id: MessageId,
    /// Whether it is still to be answered.
    due: bool,
}

impl Waiting {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.asked.iter().map(HashMap::len).sum()
    }

    /// Hears one thing that a message says.
    pub(super) fn hear(&mut self, id: MessageId, side: Side, exchange: &Exchange, kept: &mut Kept) {
        let key = exchange.key.as_slice();
        let theirs = &mut self.asked[side.other().index()];
        match (exchange.role, theirs.get_mut(key)) {
            (Role::Continues | Role::Answers | Role::Either, Some(question)) => {
                kept.answer(id, question.id, std::mem::take(&mut question.due));
                if exchange.role != Role::Continues {
                    theirs.remove(key);
                }
            }
            (Role::Continues | Role::Answers, None) => {}
            (Role::Asks | Role::Offers, _) | (Role::Either, None) => {
                let due = exchange.role != Role::Offers;
                kept.ask(id, due);
                if key.len() <= LONGEST {
                    self.asked[side.index()].insert(key.into(), Question { id, due });
                }
            }
        }
    }

    /// The messages that ask them.
    pub(super) fn ids(&self) -> impl Iterator<Item = MessageId> {
        self.asked.iter().flat_map(HashMap::values).map(|question| question.id)
    }

    /// Forgets those that are older than a message.
    pub(super) fn forget_before(&mut self, id: MessageId) {
        for asked in &mut self.asked {
            asked.retain(|_, question| question.id >= id);
        }
    }
}
