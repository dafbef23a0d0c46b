//! A whole compressed message on its way to whoever inflates it, and what came of it on its way back.

use std::sync::{Arc, Mutex};

use super::context::{Context, held};
use super::open::{Of, Open, Told};
use crate::event::Event;

/// A message to be inflated.
pub struct Job {
    pub(super) context: Arc<Mutex<Context>>,
    pub(super) open: Open,
    pub(super) payload: Vec<u8>,
    pub(super) of: Of,
}

/// A message that was inflated.
pub struct Done {
    pub(super) told: Told,
    /// For its memory.
    pub(super) buffer: Vec<u8>,
}

impl Job {
    /// How many bytes it holds.
    pub fn size(&self) -> usize {
        self.payload.len()
    }

    /// Inflates the message.
    pub fn run(self) -> Done {
        let Self { context, mut open, mut payload, of } = self;
        let mut context = held(&context);
        context.inflater.start();
        // Nothing is fed where nothing came.
        if !payload.is_empty() {
            open.inflate_last(&mut payload, &mut context);
        }
        open.look_for_faults(of.stream);
        let told = open.conclude(of, Some(&mut context));
        payload.clear();
        Done { told, buffer: payload }
    }
}

impl Done {
    /// Says what came of it, and gives back the job's memory.
    pub(crate) fn say(self, to: &mut dyn FnMut(Event)) -> Vec<u8> {
        self.told.say(to);
        self.buffer
    }
}
