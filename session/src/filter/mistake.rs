//! A mistake in a filter: where it stands, and what would fit there.

use std::fmt;
use std::ops::Range;

/// What is wrong with a filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The bytes of the text that it is about; empty behind the last one where something is missing.
    pub at: Range<usize>,
    /// One sentence: what was found, and what fits there.
    pub says: String,
}

impl Mistake {
    pub(super) fn new(at: Range<usize>, says: impl Into<String>) -> Self {
        Self { at, says: says.into() }
    }

    /// The filter with a caret under the mistake, for a terminal.
    pub fn drawn(&self, text: &str) -> String {
        let at = self.at.start.min(text.len());
        let shown =
            |part: &str| part.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
        let before = text.get(..at).unwrap_or_default().chars().count();
        let under = text.get(self.at.clone()).unwrap_or_default().chars().count().max(1);
        format!("{}\n{}{}", shown(text), " ".repeat(before), "^".repeat(under))
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Mistake {}
