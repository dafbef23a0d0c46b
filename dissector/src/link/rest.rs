//! What is left of a packet while its headers are walked: the captured bytes, where they stand in the
//! packet, and how many there were on the wire.
//!
//! Knows no protocol. `bytes.len() <= wire` always holds: the snap length only takes away.

use super::{Layer, Outcome};

#[derive(Clone, Copy, Debug)]
pub(super) struct Rest<'a> {
    bytes: &'a [u8],
    at: usize,
    wire: usize,
}

impl<'a> Rest<'a> {
    /// A whole packet. One that claims to be shorter than what was captured of it is as long as that.
    #[inline]
    pub(super) fn new(bytes: &'a [u8], wire_len: u32) -> Self {
        Self { bytes, at: 0, wire: bytes.len().max(wire_len as usize) }
    }
    /// The captured bytes.
    #[inline]
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
    /// Where the bytes stand in the packet as it was on the wire; behind what was captured, there may be none.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }
    /// How many bytes there were on the wire.
    #[inline]
    pub(super) fn wire(&self) -> usize {
        self.wire
    }
    /// How many bytes were on the wire but not captured.
    #[inline]
    pub(super) fn cut(&self) -> usize {
        self.wire.saturating_sub(self.bytes.len())
    }
    /// The next `N` bytes without passing them.
    #[inline(always)]
    pub(super) fn peek<const N: usize>(&self) -> Option<&'a [u8; N]> {
        self.bytes.first_chunk()
    }
    /// Passes the next `N` bytes.
    #[inline(always)]
    pub(super) fn take<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (head, tail) = self.bytes.split_first_chunk()?;
        self.bytes = tail;
        self.at += N;
        self.wire = self.wire.saturating_sub(N);
        Some(head)
    }
    /// Passes `len` bytes, captured or not; `None` where the wire did not have them.
    #[inline(always)]
    pub(super) fn skip(&mut self, len: usize) -> Option<()> {
        self.wire = self.wire.checked_sub(len)?;
        self.bytes = self.bytes.get(len..).unwrap_or_default();
        self.at += len;
        Some(())
    }
    /// Forgets what stands behind `len` bytes: padding, trailers.
    #[inline(always)]
    pub(super) fn trim(&mut self, len: usize) {
        self.wire = self.wire.min(len);
        self.bytes = self.bytes.get(..len).unwrap_or(self.bytes);
    }
    /// Why `layer` has no `need` bytes here: the capture was cut, or it never had them.
    #[cold]
    pub(super) fn short(&self, layer: Layer, need: usize) -> Outcome {
        if need <= self.wire { Outcome::Cut { layer } } else { Outcome::Malformed { layer } }
    }
}
