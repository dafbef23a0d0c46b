//! What is offered and taken of permessage-deflate (RFC 7692 7).

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
