//! From packets to WebSocket frames and messages.
//!
//! Without I/O, clock, thread or environment, and without failure: malformed traffic comes out as facts,
//! and the next frame is always attempted.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

pub mod ids;
pub mod packet;
pub mod span;
pub mod tree;

pub mod link;

pub mod head;
pub mod websocket;
