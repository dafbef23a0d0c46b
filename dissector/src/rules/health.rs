//! What no RFC forbids and users suffer from: connections that die, storm and stall.

use crate::rules::Rule;

/// The rules of this topic.
pub(super) static RULES: &[Rule] = &[];
