//! What the observer itself must admit: no RFC, honesty.

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
