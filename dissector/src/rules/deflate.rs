//! Compressed payloads and sizes (RFC 7692 7.2, RFC 6455 10.4).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
