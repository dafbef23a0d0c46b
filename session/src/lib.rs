//! An open capture: indexed on a thread of its own, looked at through snapshots.
//!
//! ```text
//! capture ─► index (one loop) ─► dissector ─► tables ─► Snapshot ─► readers
//!                                                          └──────► Content: bytes on demand
//! ```
//!
//! Knows no window and no terminal; nothing in its tables depends on the time of day.

mod row;

pub mod column;
mod near;
mod packer;
pub mod packing;
pub mod paged;
pub mod sparse;

mod arrival;
mod tables;

mod feed;
mod index;
pub mod keys;
mod pool;
pub mod sealing;
pub mod totals;
pub mod verdicts;

pub mod model;
pub mod neighbor;
pub mod snapshot;
pub mod tokens;

pub mod content;
mod pages;
pub mod provenance;

pub mod filter;

pub mod advice;
pub mod conversation;
pub mod decoding;
pub mod detail;
pub mod ending;
pub mod find;
pub mod likeness;
pub mod pairing;
pub mod place;
pub mod request;
mod round_trips;
pub mod statistics;
mod whole;

pub mod kept;

mod worker;

#[cfg(test)]
mod memory;

pub use capture;
pub use dissector;

pub use content::{Content, Why};
pub use snapshot::{Snapshot, State};
pub use worker::{Options, Session, read};
