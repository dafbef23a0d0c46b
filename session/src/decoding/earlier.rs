//! The messages before one in its direction, found and read when a decoder asks for them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use dissector::decoders::{Earlier, Payload};
use dissector::ids::{ConnectionId, MessageId, Side};

use super::Remembered;
use super::choice::origin;
use crate::content::{Content, SHOWN};
use crate::model::{Kind, Message};
use crate::snapshot::Snapshot;

/// Which message came before which in its direction: four bytes of each message, once anybody asked.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// By the message's number; [`NONE`] where it is the first.
    previous: Vec<u32>,
    last: HashMap<(ConnectionId, Side), u32>,
    /// Whether nothing is kept, and messages are gone through backwards, [`STEPS`] of them at most.
    few: bool,
}

/// Messages of all connections that are gone through to find the one before another where nothing is kept.
const STEPS: u32 = 65_536;

const NONE: u32 = u32::MAX;

impl Order {
    /// For whoever asks about a few messages, wherever they are.
    pub(super) fn of_few() -> Self {
        Self { few: true, ..Self::default() }
    }

    fn before(&mut self, snapshot: &Snapshot, id: MessageId) -> Option<MessageId> {
        if self.few {
            let whose = origin(snapshot, id)?;
            let near = (id.index().saturating_sub(STEPS)..id.index()).rev();
            return near.map(MessageId::new).find(|id| origin(snapshot, *id) == Some(whose));
        }
        for index in self.previous.len() as u32..snapshot.message_count() {
            let before =
                origin(snapshot, MessageId::new(index)).and_then(|whose| self.last.insert(whose, index));
            self.previous.push(before.unwrap_or(NONE));
        }
        let before = self.previous.get(id.index() as usize).filter(|before| **before != NONE)?;
        Some(MessageId::new(*before))
    }
}

/// The messages before one.
pub(super) struct Before<'a> {
    snapshot: &'a Snapshot,
    message: &'a Message,
    back: RefCell<Back<'a>>,
}

struct Back<'a> {
    content: &'a mut Content,
    order: &'a mut Order,
    remembered: &'a mut Remembered,
    /// Those that were found, the latest first.
    found: Vec<MessageId>,
}

impl<'a> Before<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        content: &'a mut Content,
        order: &'a mut Order,
        remembered: &'a mut Remembered,
        message: &'a Message,
    ) -> Self {
        // Without room: most decoders never ask.
        let back = Back { content, order, remembered, found: Vec::new() };
        Self { snapshot, message, back: RefCell::new(back) }
    }
}

impl Earlier for Before<'_> {
    fn before(&self, back: usize) -> Option<(bool, Cow<'_, [u8]>)> {
        let Back { content, order, found, .. } = &mut *self.back.borrow_mut();
        while found.len() <= back {
            let id = order.before(self.snapshot, found.last().copied().unwrap_or(self.message.id))?;
            found.push(id);
        }
        let id = *found.get(back)?;
        let text = self.snapshot.message(id)?.kind == Kind::Text;
        let bytes = content.message(self.snapshot, id, SHOWN).ok()?;
        Some((text, Cow::Owned(bytes)))
    }
    fn streamed(&self, _: &[u8]) -> Result<Payload, &'static str> {
        let Back { content, remembered, .. } = &mut *self.back.borrow_mut();
        remembered.streamed.payload(content, self.snapshot, self.message)
    }

    fn topic(&self, alias: u16) -> Option<Option<String>> {
        let Back { content, remembered, .. } = &mut *self.back.borrow_mut();
        Some(remembered.aliased.topic(content, self.snapshot, self.message, alias))
    }
}
