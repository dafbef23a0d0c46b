//! A thread that packs chunks of rows while others are written. Knows nothing of rows or columns: it does what it is
//! given, in order.

use std::sync::mpsc::{Sender, channel};

type Work = Box<dyn FnOnce() + Send>;

/// Whoever gives it work; it ends when nobody is left who could.
#[derive(Clone, Debug)]
pub(crate) struct Packer {
    work: Sender<Work>,
}

impl Packer {
    /// Nothing where the system has no thread to give.
    pub(crate) fn begin() -> Option<Self> {
        let (work, coming) = channel::<Work>();
        let each = move || coming.into_iter().for_each(|work| work());
        std::thread::Builder::new().name("pack".into()).spawn(each).ok()?;
        Some(Self { work })
    }

    /// Gives it something to do. Where it is gone, that is dropped.
    pub(crate) fn give(&self, work: impl FnOnce() + Send + 'static) {
        let _ = self.work.send(Box::new(work));
    }
}
