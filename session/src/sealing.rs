//! How many TLS of the capture are read along, and with whose keys; counted as they are met.

use dissector::tls::secured::{Keys, Secured};

/// Counts of TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealing {
    /// Those that encrypted anything.
    pub all: u32,
    /// Those to which there are keys.
    pub known: u32,
    /// How many are read with the keys of each source, by its number.
    pub by_source: Vec<u32>,
}

impl Sealing {
    /// More is known of a TLS than `before`.
    pub(crate) fn change(&mut self, before: Option<&Secured>, now: &Secured) {
        if let Some(before) = before {
            self.count(before, |count| *count = count.saturating_sub(1));
        }
        self.count(now, |count| *count += 1);
    }

    fn count(&mut self, secured: &Secured, change: impl Fn(&mut u32)) {
        if secured.keys == Keys::NotNeeded {
            return;
        }
        change(&mut self.all);
        if secured.keys.are_known() {
            change(&mut self.known);
        }
        if let Keys::From(source) = secured.keys {
            let place = source as usize;
            if place >= self.by_source.len() {
                self.by_source.resize(place + 1, 0);
            }
            change(&mut self.by_source[place]);
        }
    }

    /// How many are read with the keys of a source.
    pub fn from(&self, source: usize) -> u32 {
        self.by_source.get(source).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A TLS counts once, as what is known of it last.
    #[test]
    fn a_tls_counts_once() {
        let with = |keys| Secured { keys, ..Secured::default() };
        let mut sealing = Sealing::default();
        sealing.change(None, &with(Keys::NotNeeded));
        sealing.change(Some(&with(Keys::NotNeeded)), &with(Keys::From(2)));
        sealing.change(Some(&with(Keys::From(2))), &with(Keys::From(2)));
        sealing.change(None, &with(Keys::Missing));
        assert_eq!((sealing.all, sealing.known, sealing.from(2), sealing.from(7)), (2, 1, 1, 0));
    }
}
