//! Whole compressed messages of one direction: sent together to whoever inflates them, and sent back with what came of
//! them. What is shared between processors lies in few pieces then, one behind the other.

use std::sync::{Arc, Mutex};

use super::context::{Context, held};
use super::open::{Direction, Of, Open, Stretch, Told};
use crate::ids::{FrameId, MessageId};
use crate::websocket::deflate::TAIL;

/// Messages to be inflated, in their order, or some that were.
pub struct Job {
    of: Direction,
    /// Their decompression, until it is over.
    context: Option<Arc<Mutex<Context>>>,
    /// Their payloads, with the four bytes of RFC 7692 7.2.2 behind each.
    payload: Vec<u8>,
    messages: Vec<Whole>,
    told: Vec<Told>,
    /// How many of those were said.
    said: usize,
}

/// A message that is one frame, and there whole.
#[derive(Clone, Copy)]
pub(super) struct Whole {
    pub(super) id: MessageId,
    pub(super) frame: FrameId,
    /// Where its payload begins in the stream.
    pub(super) at: u64,
    pub(super) len: usize,
    pub(super) text: bool,
}

/// Memory that is kept of a job that is over.
const LARGEST_KEPT: usize = 64 << 10;

impl Job {
    /// No message yet. `used`: one that is over, for its memory.
    pub(super) fn new(of: Direction, context: Arc<Mutex<Context>>, used: Option<Box<Self>>) -> Box<Self> {
        match used {
            Some(mut job) => {
                (job.of, job.context) = (of, Some(context));
                job
            }
            None => Box::new(Self {
                of,
                context: Some(context),
                payload: Vec::new(),
                messages: Vec::new(),
                told: Vec::new(),
                said: 0,
            }),
        }
    }

    /// One message more.
    pub(super) fn add(&mut self, message: Whole, payload: &[u8]) {
        self.payload.extend_from_slice(payload);
        self.payload.extend_from_slice(&TAIL);
        self.messages.push(message);
    }

    /// How many messages it has.
    pub(crate) fn messages(&self) -> usize {
        self.messages.len()
    }

    /// How many bytes they have.
    pub(crate) fn size(&self) -> usize {
        self.payload.len()
    }

    /// Inflates the messages.
    pub fn run(&mut self) {
        let Self { of, context, payload, messages, told, .. } = self;
        let Some(context) = context else { return };
        let mut context = held(context);
        let mut rest = payload.as_slice();
        told.reserve(messages.len());
        for whole in messages {
            let Some((bytes, behind)) = rest.split_at_checked(whole.len + TAIL.len()) else { return };
            rest = behind;
            let mut open = Open::whole(whole);
            context.inflater.start();
            // Nothing is fed where nothing came.
            if whole.len > 0 {
                open.inflate_whole(bytes, &mut context);
            }
            open.look_for_faults(of.stream);
            let of = Of { id: whole.id, direction: *of, last: whole.frame, complete: true };
            told.push(open.conclude(of, Some(&mut context)));
        }
    }

    /// The next of those that were inflated.
    pub(super) fn say(&mut self) -> Option<&mut Told> {
        let told = self.told.get_mut(self.said)?;
        self.said += 1;
        Some(told)
    }

    /// Whether all that was inflated was said.
    pub(crate) fn is_said(&self) -> bool {
        self.said == self.told.len()
    }

    /// It is over, and kept for its memory. Its share in the context is let go of where it was given to it, as a count
    /// that two processors change in turn costs as much as a message.
    pub(crate) fn over(&mut self) {
        self.context = None;
        self.payload.clear();
        self.payload.shrink_to(LARGEST_KEPT);
        self.messages.clear();
        self.told.clear();
        self.said = 0;
    }
}

impl Open {
    /// A message that is one frame, and there whole.
    fn whole(message: &Whole) -> Self {
        let &Whole { id, frame, at, len, text } = message;
        let len = len as u64;
        Self {
            id: Some(id),
            last: Some(frame),
            frames: 1,
            wire_len: len,
            newest: Some(Stretch { frame, at, len, from: 0 }),
            ..Self::begun(true, text)
        }
    }
}
