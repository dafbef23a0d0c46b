//! What is spoken in a capture, protocol by protocol: messages, questions, answers, errors. Reads every message.

use dissector::decoders::Decoded;

use super::Pairing;
use crate::decoding::Pin;
use crate::model::Message;
use crate::snapshot::Snapshot;
use crate::statistics::histogram::Histogram;

/// What was said in one protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spoken {
    /// The name of its decoder.
    pub protocol: &'static str,
    /// Its messages.
    pub messages: u64,
    /// Those that were answered.
    pub answered: u64,
    /// Those that ask something that nobody answered.
    pub unanswered: u64,
    /// Those that report an error.
    pub errors: u64,
    /// Nanoseconds from a question to its first answer.
    pub latencies: Histogram,
}

impl Spoken {
    /// Those that ask something that was answered or is to be.
    pub const fn questions(&self) -> u64 {
        self.answered + self.unanswered
    }
}

/// Of each protocol what was said in it, the most spoken first; `pins` are what the user says of decoders.
pub fn spoken(snapshot: &Snapshot, pins: Vec<Pin>) -> Vec<Spoken> {
    let mut all: Vec<Spoken> = Vec::new();
    // Of each message the protocol's place among those; there are fewer than 255 decoders.
    let mut of: Vec<u8> = vec![NONE; snapshot.message_count() as usize];
    let mut see = |message: &Message, said: &Decoded| {
        let place = all.iter().position(|it| it.protocol == said.protocol).unwrap_or_else(|| {
            all.push(Spoken { protocol: said.protocol, ..Spoken::default() });
            all.len() - 1
        });
        let its = &mut all[place];
        its.messages += 1;
        its.errors += u64::from(said.parts.iter().any(|part| part.error.is_some()));
        of[message.id.index() as usize] = place as u8;
    };
    let mut pairing = Pairing::new(pins);
    while !pairing.step_with(snapshot, u32::MAX, &mut see) {}
    for (index, place) in of.iter().enumerate() {
        let Some(its) = all.get_mut(usize::from(*place)) else { continue };
        let id = dissector::ids::MessageId::new(index as u32);
        let about = pairing.about(id);
        its.unanswered += u64::from(about.unanswered);
        if let Some(answer) = about.answered_by {
            its.answered += u64::from(!about.unanswered);
            let times = [id, answer].map(|id| snapshot.message(id).map_or(0, |message| message.time));
            its.latencies.add(u64::try_from(times[1].saturating_sub(times[0])).unwrap_or(0));
        }
    }
    all.sort_by_key(|its| (std::cmp::Reverse(its.messages), its.protocol));
    all
}

const NONE: u8 = u8::MAX;
