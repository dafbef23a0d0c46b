//! Rows printed while they come, for as long as somebody reads them.

use session::Snapshot;

use crate::cli::frames::Frames;
use crate::cli::messages::Messages;
use crate::cli::options::{Columns, Format, How};
use crate::cli::print::Printer;
use crate::cli::reading::Feed;

/// Which rows are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Nothing,
    Frames,
    Messages,
}

/// Prints rows.
pub(crate) struct Show {
    feed: Option<Box<dyn Feed>>,
    broken: Option<anyhow::Error>,
}

impl Show {
    pub(crate) fn new(what: Shown, format: Format, columns: &Columns, how: &How) -> anyhow::Result<Self> {
        let (fields, columns) = (&columns.fields, columns.clone());
        let (no_color, again, sieve) = (how.no_color, how.has_keys(), how.sieve()?);
        let feed: Option<Box<dyn Feed>> = match what {
            Shown::Nothing => None,
            Shown::Frames => {
                Some(Box::new(Frames::new(Printer::new(format, fields, no_color)?, columns, again, sieve)))
            }
            Shown::Messages => {
                let printer = Printer::new(format, fields, no_color)?;
                Some(Box::new(Messages::new(printer, columns, again, sieve, &how.decode, false)))
            }
        };
        Ok(Self { feed, broken: None })
    }

    /// Prints what is new, and says whether anybody still reads it. Where nobody does, a capture ends well all the same.
    pub(crate) fn show(&mut self, snapshot: &Snapshot, last: bool) -> bool {
        if let (Some(feed), None) = (&mut self.feed, &self.broken) {
            self.broken = feed.show(snapshot, last).err();
        }
        self.broken.is_none()
    }

    /// Nothing more comes.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        self.broken.map_or(Ok(()), Err)?;
        Ok(self.feed.map_or(Ok(()), Feed::finish)?)
    }
}
