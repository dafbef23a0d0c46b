//! Key logs that are added to an open capture, and what they are good for.

use std::path::{Path, PathBuf};

use super::{Opened, name_of};
use crate::gui::words;

impl Opened {
    /// Reads one more key log.
    pub fn add_keys(&mut self, path: PathBuf) {
        self.added_keys = Some(path.display().to_string());
        self.session.add_keys(path);
    }

    /// What the key log that was added last is good for, once that is known; and whether it is good for anything.
    pub fn keys_came(&self) -> Option<(String, bool)> {
        let name = self.added_keys.as_deref()?;
        let snapshot = &self.snapshot;
        let source = snapshot.key_logs.iter().position(|known| **known == *name)?;
        let sealing = &snapshot.totals.sealing;
        let (opened, short) = (sealing.from(source), name_of(Path::new(name)));
        let words = match opened {
            0 if sealing.all == 0 => format!("{short} was added; nothing here is encrypted"),
            // It may be a log that was named before by another name.
            0 if sealing.known == sealing.all => format!("{short} has no keys that were missing"),
            0 => format!("{short} has no keys for this capture"),
            count => {
                let count = words::counted(count.into(), "TLS connection", "TLS connections");
                format!("{short} opens {count}")
            }
        };
        Some((words, opened > 0))
    }
}
