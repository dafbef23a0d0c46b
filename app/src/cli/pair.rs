//! What a message answers and what answers it, as columns and JSON tell it.
//!
//! An answer always names its question. A question names its answer, or that there is none, only where all of the
//! capture is at hand: of a pipe it depends on nothing but what came before.

use serde::ser::SerializeMap;
use session::Snapshot;
use session::dissector::ids::MessageId;
use session::pairing::Pairing;

/// Of one message.
#[derive(Debug, Default)]
pub(crate) struct Pair {
    /// The messages that it answers.
    pub(crate) answers: Vec<u64>,
    /// Nanoseconds since the question, or up to the first answer.
    pub(crate) latency: Option<i64>,
    /// The message that answered it first.
    pub(crate) answered_by: Option<u64>,
    /// Whether nobody answered it.
    pub(crate) unanswered: bool,
}

impl Pair {
    /// Hears as far as it takes.
    pub(crate) fn of(pairing: &mut Pairing, snapshot: &Snapshot, id: MessageId, whole: bool) -> Self {
        if whole {
            pairing.settle(snapshot, id);
        } else {
            pairing.reach(snapshot, id);
        }
        let about = pairing.about(id);
        let latency = pairing.latency(snapshot, id).filter(|_| whole || !about.answers.is_empty());
        Self {
            latency,
            answered_by: about.answered_by.filter(|_| whole).map(MessageId::number),
            unanswered: whole && about.unanswered,
            answers: about.answers.into_iter().map(MessageId::number).collect(),
        }
    }

    /// Adds to the JSON object of what a message says.
    pub(crate) fn put<M: SerializeMap>(&self, all: &mut M) -> Result<(), M::Error> {
        if let [first, more @ ..] = self.answers.as_slice() {
            all.serialize_entry("answers", first)?;
            if !more.is_empty() {
                all.serialize_entry("also_answers", more)?;
            }
        }
        if let Some(latency) = self.latency {
            all.serialize_entry("latency", &(latency as f64 / 1e9))?;
        }
        if let Some(number) = self.answered_by {
            all.serialize_entry("answered_by", &number)?;
        }
        if self.unanswered {
            all.serialize_entry("unanswered", &true)?;
        }
        Ok(())
    }
}
