//! What was said as one number, cheap enough to be taken while gigabytes are written or read.
//!
//! Not for proof against anybody; for truths of made-up traffic. In arithmetic modulo 2^64:
//!
//! ```text
//! mix(h)      h = h * 0x9e3779b97f4a7c15; h ^ h >> 32
//! message     h = 1 for text, 2 for binary; for each 8 bytes of the content as a little-endian word, the last one
//!             filled up with zeros: h = mix(h ^ word); then mix(h ^ length)
//! direction   d = 0; for each message in order: d = mix(d ^ message)
//! side        the sum of the directions of all connections in which it speaks
//! ```

/// The messages of one direction of a connection, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// The next message.
    pub fn add(&mut self, text: bool, content: &[u8]) {
        let mut hash = if text { 1 } else { 2 };
        let (words, rest) = content.as_chunks::<8>();
        for word in words {
            hash = mix(hash ^ u64::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            hash = mix(hash ^ u64::from_le_bytes(word));
        }
        self.0 = mix(self.0 ^ mix(hash ^ content.len() as u64));
    }

    /// What all of them come to; 0 where there is none.
    pub const fn value(self) -> u64 {
        self.0
    }
}

const fn mix(hash: u64) -> u64 {
    let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ hash >> 32
}
