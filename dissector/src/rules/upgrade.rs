//! The request of the opening handshake (RFC 6455 4.1).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
