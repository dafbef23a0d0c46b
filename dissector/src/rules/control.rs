//! Control frames, Ping and Pong (RFC 6455 5.5).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
