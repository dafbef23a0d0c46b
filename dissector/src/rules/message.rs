//! Fragments and text (RFC 6455 5.4, 5.6).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
