//! One DEFLATE stream over all messages of a direction, each payload flushed: `zlib-stream` of Discord's gateway.
//!
//! ```text
//!  78 9c ─► DEFLATE … 00 00 ff ff │ DEFLATE … 00 00 ff ff │ …      a payload may come in several messages
//! ```
//! Where a payload was flushed the last 32 KiB of output are the whole state, so that a reader may go on from there.

use super::unpack::LIMIT;
use crate::websocket::deflate::{Inflater, WINDOW};

/// What a flush ends with (RFC 1951 3.2.4).
const FLUSHED: [u8; 4] = [0, 0, 0xff, 0xff];

/// The stream as it stands between two messages.
#[derive(Debug, Default)]
pub struct Stream {
    inflater: Inflater,
    /// Whether the header of zlib was seen.
    begun: bool,
    /// Whether the payload in hand goes on.
    open: bool,
    /// The last bytes that came in.
    last: [u8; 4],
    plain: Vec<u8>,
    cut: bool,
    total: u64,
}

/// A payload as far as one message leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload {
    /// What it says, the messages before that it began in included.
    pub plain: Vec<u8>,
    /// Whether it ends with this message.
    pub whole: bool,
    /// Whether only its beginning was kept.
    pub cut: bool,
}

impl Stream {
    /// Where output ended with this window, and nothing is open.
    pub fn resumed(window: &[u8], total: u64) -> Self {
        Self { inflater: Inflater::with_window(window), begun: true, total, ..Self::default() }
    }

    /// Goes on with the next message. What went wrong stays wrong: there is nothing to go on from.
    pub fn feed(&mut self, mut message: &[u8]) -> Result<(), &'static str> {
        if !self.begun {
            let header = message
                .split_at_checked(2)
                .filter(|(header, _)| super::unpack::Format::of(header) == Some(super::unpack::Format::Zlib));
            let Some((_, rest)) = header else { return Err("the beginning of the stream was not captured") };
            (message, self.begun) = (rest, true);
        }
        if !self.open {
            self.plain.clear();
            self.cut = false;
            self.inflater.start();
            self.open = true;
        }
        let (plain, cut, total) = (&mut self.plain, &mut self.cut, &mut self.total);
        let mut out = |bytes: &[u8]| {
            *total += bytes.len() as u64;
            let room = LIMIT.saturating_sub(plain.len());
            *cut |= bytes.len() > room;
            plain.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        };
        const BROKEN: &str = "no DEFLATE stream that follows upon the messages before";
        self.inflater.feed(message, &mut out).map_err(|_| BROKEN)?;
        for byte in message.get(message.len().saturating_sub(4)..).unwrap_or_default() {
            self.last.rotate_left(1);
            self.last[3] = *byte;
        }
        // A flush itself may be cut in two by messages.
        if self.last == FLUSHED {
            self.inflater.finish(&mut out).map_err(|_| BROKEN)?;
            self.open = false;
        }
        Ok(())
    }

    /// The payload that the last message belongs to.
    pub fn payload(&self) -> Payload {
        Payload { plain: self.plain.clone(), whole: !self.open, cut: self.cut }
    }

    /// All that is needed to go on, where nothing is open; at most 32 KiB.
    pub fn window(&self) -> Option<&[u8]> {
        (!self.open && self.begun).then(|| self.inflater.window())
    }

    /// Bytes that came out so far.
    pub fn total(&self) -> u64 {
        self.total
    }
}

const _: () = assert!(WINDOW < LIMIT);
