//! Puts handshake messages together that lie across records (RFC 8446 5.1).
//!
//! Keeps only those that say something about keys; a chain of certificates goes by.

use crate::tls::hello::HandshakeType;

/// A message longer than this is not kept: hellos and tickets stay far below.
const LONGEST: usize = 1 << 17;

/// The bytes in front of a message: its type and 24 bits of length (RFC 8446 4).
const HEADER: usize = 4;

/// The handshake messages of one direction.
#[derive(Debug, Default)]
pub(super) struct Messages {
    kept: Vec<u8>,
    /// Bytes that are still to come of a message that is not kept.
    skip: usize,
}

/// A message.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: HandshakeType,
    pub(super) body: Vec<u8>,
}

impl Messages {
    /// Adds what a record carries: the messages that it completes, those that are not kept without their body.
    pub(super) fn add(&mut self, mut bytes: &[u8]) -> Vec<Message> {
        let mut whole = Vec::new();
        while !bytes.is_empty() {
            let skipped = self.skip.min(bytes.len());
            self.skip -= skipped;
            bytes = bytes.get(skipped..).unwrap_or_default();
            let wanted = self.wanted();
            let taken = wanted.saturating_sub(self.kept.len()).min(bytes.len());
            self.kept.extend_from_slice(bytes.get(..taken).unwrap_or_default());
            bytes = bytes.get(taken..).unwrap_or_default();
            let Some((kind, len)) = self.header() else { continue };
            if !is_kept(kind) || len > LONGEST {
                whole.push(Message { kind, body: Vec::new() });
                self.skip = (HEADER + len).saturating_sub(self.kept.len());
                self.kept.clear();
            } else if self.kept.len() == HEADER + len {
                let body = self.kept.split_off(HEADER);
                self.kept.clear();
                whole.push(Message { kind, body });
            }
        }
        whole
    }

    /// What was begun will not be completed.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    fn wanted(&self) -> usize {
        self.header().map_or(HEADER, |(_, len)| HEADER + len)
    }

    fn header(&self) -> Option<(HandshakeType, usize)> {
        let [kind, a, b, c] = *self.kept.first_chunk::<HEADER>()?;
        Some((HandshakeType(kind), u32::from_be_bytes([0, a, b, c]) as usize))
    }
}

fn is_kept(kind: HandshakeType) -> bool {
    matches!(
        kind,
        HandshakeType::CLIENT_HELLO
            | HandshakeType::SERVER_HELLO
            | HandshakeType::NEW_SESSION_TICKET
            | HandshakeType::ENCRYPTED_EXTENSIONS
            | HandshakeType::CLIENT_KEY_EXCHANGE
            | HandshakeType::KEY_UPDATE
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However records cut them, the same messages come out, and a large one that says nothing is passed over.
    #[test]
    fn rfc8446_5_1_messages_across_records() {
        let mut flight = vec![2, 0, 0, 3, 1, 2, 3];
        flight.extend([11, 0x02, 0, 0]);
        flight.extend(vec![0; 0x02_0000]);
        flight.extend([20, 0, 0, 2, 9, 9, 24, 0, 0, 1, 1]);
        for step in [1, 3, 5, 1000, 16_384, flight.len()] {
            let mut messages = Messages::default();
            let mut seen = Vec::new();
            for record in flight.chunks(step) {
                seen.extend(messages.add(record).into_iter().map(|message| (message.kind.0, message.body)));
            }
            let expected = [(2, vec![1, 2, 3]), (11, vec![]), (20, vec![]), (24, vec![1])];
            assert_eq!(seen, expected, "records of {step} bytes");
        }
    }
}
