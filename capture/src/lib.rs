//! Captures: files that may still grow.
//!
//! Whatever holds packets (a pcap, a pcapng, one of them compressed, a pipe that is still being written) is read
//! in one way: [`open`] it, call [`Growing::next`] until [`Step::End`], and look at any captured byte again
//! through [`Bytes`].
//!
//! ```text
//!  file ─────────────────────────────────┐
//!  .gz .zst .lz4 ─► unpack ─► spool ──────┤ bytes by position ─► walker (pcap | pcapng) ─► Step
//!  stdin, FIFO, child ──────► spool ──────┘
//! ```
//!
//! This crate knows no protocol: a record is a time, a link type and bytes. It never opens a device.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)
)]

mod error;
mod link;
mod record;

mod batch;
mod step;

mod bytes;
mod follow;
pub mod format;
pub mod live;
mod open;
mod unpack;

pub use batch::Batch;
pub use bytes::Bytes;
pub use error::CaptureError;
pub use format::{ByteOrder, Compression, Container, Format, Precision};
pub use link::LinkType;
pub use open::{Source, open};
pub use record::{FileSpan, Record};
pub use step::{Growing, Interface, NSS_KEY_LOG, Name, Note, NoteKind, Progress, Step};
