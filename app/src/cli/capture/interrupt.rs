//! Ctrl+C, which ends a capture well; a second one ends the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

/// Whether somebody wants it to end.
#[derive(Default)]
pub(crate) struct Interrupt {
    raised: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on.
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM] {
            // In this order: the first time only the flag is raised.
            register_conditional_shutdown(signal, 130, Arc::clone(&interrupt.raised))
                .and_then(|_| register(signal, Arc::clone(&interrupt.raised)))
                .context(UNHEARD)?;
        }
        Ok(interrupt)
    }

    /// Ctrl+C is for a command that runs beside this, whose end is then ours; only SIGTERM is for us.
    pub(crate) fn leave_to_others() -> anyhow::Result<Self> {
        let interrupt = Self::default();
        register(SIGINT, Arc::clone(&interrupt.raised)).context(UNHEARD)?;
        register(SIGTERM, Arc::clone(&interrupt.terminated)).context(UNHEARD)?;
        Ok(interrupt)
    }

    pub(crate) fn raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }

    pub(crate) fn terminated(&self) -> bool {
        self.terminated.load(Ordering::Relaxed)
    }
}

const UNHEARD: &str = "Ctrl+C cannot be listened to";
