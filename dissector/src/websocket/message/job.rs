//! A whole compressed message: sent to whoever inflates it, and sent back with what came of it.

use std::sync::{Arc, Mutex};

use super::context::{Context, held};
use super::open::{Of, Open, Told};
use crate::event::{Event, Message};

/// A message to be inflated, or one that was.
pub struct Job {
    /// In one place on its way, as it is too large to be copied at each step.
    work: Box<Work>,
}

struct Work {
    context: Option<Arc<Mutex<Context>>>,
    open: Open,
    payload: Vec<u8>,
    size: usize,
    of: Of,
    told: Option<Told>,
}

impl Job {
    /// `used`: one that is over, for its memory.
    pub(super) fn new(
        context: Arc<Mutex<Context>>,
        open: Open,
        payload: Vec<u8>,
        of: Of,
        used: Option<Self>,
    ) -> Self {
        let size = payload.len();
        let work = Work { context: Some(context), open, payload, size, of, told: None };
        match used {
            Some(mut used) => {
                *used.work = work;
                used
            }
            None => Self { work: Box::new(work) },
        }
    }

    /// How many bytes of payload it has.
    pub fn size(&self) -> usize {
        self.work.size
    }

    /// Inflates the message.
    pub fn run(&mut self) {
        let Work { context, open, payload, of, told, .. } = &mut *self.work;
        let Some(context) = context else { return };
        let mut context = held(context);
        context.inflater.start();
        // Nothing is fed where nothing came.
        if !payload.is_empty() {
            open.inflate_last(payload, &mut context);
        }
        open.look_for_faults(of.stream);
        *told = Some(open.conclude(*of, Some(&mut context)));
    }

    /// The message, once it was inflated.
    pub(crate) fn message(&self) -> Option<&Message> {
        self.work.told.as_ref().map(|told| &told.message)
    }

    /// What there is to say behind it.
    pub(crate) fn checkpoint(&mut self) -> Option<Event> {
        self.work.told.as_mut()?.checkpoint()
    }

    /// It is over: its buffer, to be used again. Its share in the context is let go of where it was given to it, as a
    /// count that two processors change in turn costs as much as a message.
    pub(crate) fn over(&mut self) -> Vec<u8> {
        self.work.context = None;
        let mut buffer = std::mem::take(&mut self.work.payload);
        buffer.clear();
        buffer
    }
}
