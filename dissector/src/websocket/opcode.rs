//! The four bits that say what a frame carries (RFC 6455 5.2 and 11.8).
//!
//! Knows the classes of opcodes, and nothing of where a frame stands among others.

use core::fmt;

/// An opcode as it was on the wire; all sixteen values can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Opcode(pub u8);

impl Opcode {
    /// A further fragment of the message that is open (RFC 6455 5.4).
    pub const CONTINUATION: Self = Self(0x0);
    /// UTF-8 text (RFC 6455 5.6).
    pub const TEXT: Self = Self(0x1);
    /// Bytes whose meaning is the application's (RFC 6455 5.6).
    pub const BINARY: Self = Self(0x2);
    /// The closing handshake (RFC 6455 5.5.1).
    pub const CLOSE: Self = Self(0x8);
    /// Asks for a Pong (RFC 6455 5.5.2).
    pub const PING: Self = Self(0x9);
    /// Answers a Ping, or tells unasked that the sender lives (RFC 6455 5.5.3).
    pub const PONG: Self = Self(0xA);

    /// RFC 6455 5.5: "Control frames are identified by opcodes where the most significant bit of the
    /// opcode is 1"; the reserved ones included.
    pub const fn is_control(self) -> bool {
        self.0 & 0x8 != 0
    }

    /// Whether the frame belongs to a message: the other half (RFC 6455 5.6), the reserved ones included.
    pub const fn is_data(self) -> bool {
        !self.is_control()
    }

    /// Whether the RFC keeps the value for later: 3 to 7 and 0xB to 0xF (RFC 6455 5.2).
    pub const fn is_reserved(self) -> bool {
        matches!(self.0, 0x3..=0x7 | 0xB..)
    }

    /// `continuation`, `text`, `binary`, `close`, `ping`, `pong` or `reserved`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CONTINUATION => "continuation",
            Self::TEXT => "text",
            Self::BINARY => "binary",
            Self::CLOSE => "close",
            Self::PING => "ping",
            Self::PONG => "pong",
            _ => "reserved",
        }
    }
}

impl fmt::Debug for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#x})", self.name(), self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every value is control or data, and reserved exactly where RFC 6455 5.2 names no meaning.
    #[test]
    fn rfc6455_5_2_classes() {
        for value in 0..16 {
            let opcode = Opcode(value);
            assert_eq!(opcode.is_control(), value >= 8);
            assert_eq!(opcode.is_data(), value < 8);
            assert_eq!(opcode.is_reserved(), opcode.name() == "reserved");
        }
        let named: Vec<u8> = (0..16).filter(|&value| !Opcode(value).is_reserved()).collect();
        assert_eq!(named, [0, 1, 2, 8, 9, 10]);
    }
}
