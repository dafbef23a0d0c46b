//! The answer to the opening handshake (RFC 6455 4.2.2).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
