//! Which message answers which, by what their decoders say of the exchanges that they belong to.
//!
//! Messages are heard in the order in which they were completed, a stride at a time and each once, so that whoever asks
//! can stop in between and go on when more has come: never while a capture is indexed. What came of it is kept: eight
//! bytes a message up to the last that asked or answered. Content is read here; which protocol it is, `decoding` knows.

mod kept;
mod spoken;
#[cfg(test)]
mod tests;
mod waiting;

use std::collections::HashMap;

use dissector::decoders::Decoded;
use dissector::event::{Outcome, Part};
use dissector::ids::{ConnectionId, MessageId};

use self::kept::Kept;
use self::waiting::Waiting;
use crate::content::{Content, Patchy, SHOWN};
use crate::decoding::{Decoding, Depth, Pin};
use crate::model::Message;
use crate::snapshot::Snapshot;

pub use self::kept::About;
pub use self::spoken::{Spoken, spoken};

/// Questions of all connections together that wait for an answer; where there are more, the older half is forgotten, and
/// stays unanswered.
const WAITING: usize = 1 << 18;

/// Pairs of questions and answers: of one connection, or of all of them.
pub struct Pairing {
    only: Option<ConnectionId>,
    decoding: Decoding,
    content: Content,
    /// What the last message's content lay in.
    spare: Patchy,
    /// Frames that were looked at.
    seen: u32,
    waiting: HashMap<ConnectionId, Waiting>,
    /// Questions in those.
    open: usize,
    kept: Kept,
}

impl Pairing {
    /// Of all connections; `pins` are what the user says of their decoders.
    pub fn new(pins: Vec<Pin>) -> Self {
        Self {
            only: None,
            decoding: Decoding::new(pins),
            content: Content::default(),
            spare: Patchy::default(),
            seen: 0,
            waiting: HashMap::new(),
            open: 0,
            kept: Kept::default(),
        }
    }

    /// Of one connection.
    pub fn of(connection: ConnectionId, pins: Vec<Pin>) -> Self {
        Self { only: Some(connection), ..Self::new(pins) }
    }

    /// Frames that were looked at.
    pub const fn heard(&self) -> u32 {
        self.seen
    }

    /// Hears the messages that `stride` frames more complete; whether those were the last.
    pub fn step(&mut self, snapshot: &Snapshot, stride: u32) -> bool {
        self.step_with(snapshot, stride, &mut |_, _| {})
    }

    /// The same with `see` looking on, as each message is heard.
    fn step_with(
        &mut self,
        snapshot: &Snapshot,
        stride: u32,
        see: &mut dyn FnMut(&Message, &Decoded),
    ) -> bool {
        let count = snapshot.frame_count();
        let to = count.min(self.seen.saturating_add(stride));
        let only = self.only;
        let rows = (self.seen..to).zip(snapshot.frames.rows_from(self.seen));
        let ends = rows.filter(|(_, row)| {
            matches!(row.part(), Part::Whole | Part::Last) && only.is_none_or(|only| only == row.connection())
        });
        // What is open in a snapshot stays so in it.
        for id in ends.filter_map(|(_, row)| row.message()) {
            self.hear(snapshot, id, see);
        }
        self.seen = self.seen.max(to);
        self.seen >= count
    }

    /// Hears all that there is.
    pub fn hear_all(&mut self, snapshot: &Snapshot) {
        while !self.step(snapshot, u32::MAX) {}
    }

    /// Hears on up to a message, and from there on, while there is more, until the first answer to it has come.
    pub fn settle(&mut self, snapshot: &Snapshot, id: MessageId) {
        let last = snapshot.message(id).map_or(0, |message| message.last.index());
        while self.seen <= last && !self.step(snapshot, STRIDE.min(last + 1 - self.seen)) {}
        while self.kept.waits(id) && !self.step(snapshot, STRIDE) {}
    }

    /// Hears on up to a message and no further.
    pub fn reach(&mut self, snapshot: &Snapshot, id: MessageId) {
        let last = snapshot.message(id).map_or(0, |message| message.last.index());
        while self.seen <= last && !self.step(snapshot, STRIDE.min(last + 1 - self.seen)) {}
    }

    /// What is known of a message by now.
    pub fn about(&self, id: MessageId) -> About {
        self.kept.about(id)
    }

    /// Nanoseconds from the question that a message answers, or of a question to its first answer.
    pub fn latency(&self, snapshot: &Snapshot, id: MessageId) -> Option<i64> {
        let about = self.about(id);
        let (question, answer) = match (about.answers.first(), about.answered_by) {
            (Some(question), _) => (*question, id),
            (None, Some(answer)) => (id, answer),
            (None, None) => return None,
        };
        let time = |id| snapshot.message(id).map(|message| message.time);
        Some(time(answer)?.saturating_sub(time(question)?))
    }

    fn hear(&mut self, snapshot: &Snapshot, id: MessageId, see: &mut dyn FnMut(&Message, &Decoded)) {
        let Some(message) = snapshot.message(id) else { return };
        if message.outcome != Some(Outcome::Whole) {
            return;
        }
        let mut spare = std::mem::take(&mut self.spare);
        spare.clear();
        if self.content.read_message(snapshot, &message, SHOWN, &mut spare).is_ok() {
            let (content, bytes) = (&mut self.content, &spare.bytes);
            let said = self.decoding.to_depth(content, snapshot, &message, bytes, Depth::Gist);
            see(&message, &said);
            for exchange in said.parts.iter().filter_map(|part| part.exchange.as_ref()) {
                let waiting = self.waiting.entry(message.connection).or_default();
                self.open -= waiting.len();
                waiting.hear(id, message.side, exchange, &mut self.kept);
                self.open += waiting.len();
                if self.open > WAITING {
                    self.forget();
                }
            }
        }
        self.spare = spare;
    }

    /// Forgets the older half of the questions that wait, whoever asked them.
    fn forget(&mut self) {
        let mut ids: Vec<MessageId> = self.waiting.values().flat_map(Waiting::ids).collect();
        let middle = ids.len() / 2;
        if middle < ids.len() {
            let (_, median, _) = ids.select_nth_unstable(middle);
            let median = *median;
            self.waiting.values_mut().for_each(|waiting| waiting.forget_before(median));
        }
        self.waiting.retain(|_, waiting| waiting.len() > 0);
        self.open = self.waiting.values().map(Waiting::len).sum();
    }
}

/// Frames between two looks at whether a question was answered.
const STRIDE: u32 = 256;
