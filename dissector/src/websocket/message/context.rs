//! The decompression of one direction, from message to message.
//!
//! Knows what was lost and when a checkpoint is due, and nothing of frames.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::event::Outcome;
use crate::ids::MessageId;
use crate::websocket::deflate::{Inflater, Why, window};

/// Output between two checkpoints: a random message costs a millisecond or two then.
const CHECKPOINT_BYTES: u64 = 512 * 1024;

/// Messages between two checkpoints, where they are small.
const CHECKPOINT_MESSAGES: u32 = 1024;

/// The decompression of one direction. What counts those that share it lies in another line of a processor's cache, as
/// another processor changes that meanwhile.
#[repr(align(128))]
pub(super) struct Context {
    pub(super) inflater: Inflater,
    /// The message behind which it stands; none at its beginning, or where it began anew after a loss.
    pub(super) after: Option<MessageId>,
    /// Whether it holds all that was said: nothing was lost since the connection began.
    pub(super) whole: bool,
    pub(super) bytes: u64,
    pub(super) messages: u32,
}

impl Context {
    /// What a fault in the compressed bytes means: theirs, or the loss of what they refer to.
    pub(super) fn fault(&self, why: Why) -> Outcome {
        match why {
            Why::TooLarge => Outcome::TooLarge,
            _ if self.whole => Outcome::Broken,
            _ => Outcome::ContextLost,
        }
    }

    /// A message was inflated. One that inflates refers to nothing that is not known, so its output is right
    /// even where something was lost before it.
    pub(super) fn advance(&mut self, message: MessageId, len: u64) {
        self.after = Some(message);
        self.bytes = self.bytes.saturating_add(len);
        self.messages = self.messages.saturating_add(1);
    }

    /// What was known is no longer all that was said.
    pub(super) fn begin_anew(&mut self) {
        self.inflater.reset();
        self.after = None;
        self.whole = false;
        self.bytes = 0;
        self.messages = 0;
    }

    /// The window, where it is time for a checkpoint.
    pub(super) fn checkpoint(&mut self) -> Option<Arc<[u8]>> {
        if self.bytes < CHECKPOINT_BYTES && self.messages < CHECKPOINT_MESSAGES {
            return None;
        }
        self.bytes = 0;
        self.messages = 0;
        Some(window::pack(self.inflater.window()))
    }
}

/// A context that nobody else has now. Whoever had it left it whole, or went down and is missed.
pub(super) fn held(context: &Arc<Mutex<Context>>) -> MutexGuard<'_, Context> {
    context.lock().unwrap_or_else(PoisonError::into_inner)
}
