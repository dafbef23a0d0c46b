//! Frame headers and masking (RFC 6455 5.2, 5.3).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
