//! The closing handshake and the end of TCP (RFC 6455 5.5.1, 7).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
