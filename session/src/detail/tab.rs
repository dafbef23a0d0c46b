//! One layer's bytes.

use std::ops::Range;
use std::sync::Arc;

use dissector::ids::{DeliveryId, FrameId, MessageId, PacketId, RecordId, Side};

use crate::content::Patchy;

/// Which layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TabKind {
    /// A packet as it was captured.
    Captured(PacketId),
    /// What TLS sealed: the plaintext of records, joined in order, beginning with this one.
    Decrypted(RecordId),
    /// A handshake's head of one side, put together from its segments; of HTTP/2 its fields, decompressed.
    Head(Side),
    /// Frames as they were on the wire, put together from their segments, beginning with this one.
    Stream(FrameId),
    /// The payloads of these frames, unmasked.
    Unmasked(FrameId),
    /// A message's payload: unmasked, its fragments joined, compressed where it was.
    Joined(MessageId),
    /// A message's content.
    Inflated(MessageId),
    /// A message in an HTTP body, without the body's framing.
    Body(DeliveryId),
    /// The same without its Content-Encoding.
    Unpacked(DeliveryId),
}

/// One layer's bytes.
#[derive(Clone, Debug)]
pub struct Tab {
    /// Which layer.
    pub kind: TabKind,
    /// Its name on screen.
    pub title: String,
    /// The bytes; zero where there is a hole.
    pub bytes: Arc<[u8]>,
    /// Which of them were never captured.
    pub holes: Vec<Range<usize>>,
    /// Where `bytes` are only the beginning: how many there are in all.
    pub cut: Option<u64>,
}

impl Tab {
    pub(super) fn new(kind: TabKind, title: impl Into<String>, patchy: Patchy) -> Self {
        Self { kind, title: title.into(), bytes: Arc::from(patchy.bytes), holes: patchy.holes, cut: None }
    }

    /// The same tab, of which there are `total` bytes in all.
    pub(super) fn of(mut self, total: u64) -> Self {
        self.cut = (total > self.bytes.len() as u64).then_some(total);
        self
    }

    /// Whether a byte was captured.
    pub fn known(&self, byte: usize) -> bool {
        let after = self.holes.partition_point(|hole| hole.end <= byte);
        self.holes.get(after).is_none_or(|hole| byte < hole.start)
    }
}
