//! The header of a record: five bytes in front of its fragment (RFC 8446 5.1).

use core::fmt;

/// What a record carries; all values can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentType(pub u8);

impl ContentType {
    /// A change of keys up to TLS 1.2; nothing in TLS 1.3.
    pub const CHANGE_CIPHER_SPEC: Self = Self(20);
    /// An alert.
    pub const ALERT: Self = Self(21);
    /// Handshake messages.
    pub const HANDSHAKE: Self = Self(22);
    /// Data of the application; in TLS 1.3 anything that is encrypted.
    pub const APPLICATION_DATA: Self = Self(23);
    /// RFC 6520.
    pub const HEARTBEAT: Self = Self(24);

    /// The name in IANA's registry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CHANGE_CIPHER_SPEC => "change_cipher_spec",
            Self::ALERT => "alert",
            Self::HANDSHAKE => "handshake",
            Self::APPLICATION_DATA => "application_data",
            Self::HEARTBEAT => "heartbeat",
            _ => "unknown",
        }
    }
}

impl fmt::Debug for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name(), self.0)
    }
}

/// A version of the protocol; all values can be held.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16);

impl Version {
    /// RFC 6101.
    pub const SSL30: Self = Self(0x0300);
    /// RFC 2246.
    pub const TLS10: Self = Self(0x0301);
    /// RFC 4346.
    pub const TLS11: Self = Self(0x0302);
    /// RFC 5246.
    pub const TLS12: Self = Self(0x0303);
    /// RFC 8446.
    pub const TLS13: Self = Self(0x0304);

    /// Whether it is TLS 1.3, or one of its drafts that were in use (draft-ietf-tls-tls13-18 to -28).
    pub const fn is_tls13(self) -> bool {
        matches!(self, Self::TLS13 | Self(0x7f12..=0x7f1c))
    }

    /// `TLS 1.3`
    pub const fn name(self) -> &'static str {
        match self {
            Self::SSL30 => "SSL 3.0",
            Self::TLS10 => "TLS 1.0",
            Self::TLS11 => "TLS 1.1",
            Self::TLS12 => "TLS 1.2",
            Self::TLS13 => "TLS 1.3",
            Self(0x7f00..=0x7fff) => "a draft of TLS 1.3",
            _ => "an unknown version of TLS",
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:#06x})", self.name(), self.0)
    }
}

/// A record's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHeader {
    /// What it carries, or seems to.
    pub content_type: ContentType,
    /// `legacy_record_version`: TLS 1.3 says 1.2 here, and 1.0 in a first ClientHello.
    pub version: Version,
    /// Bytes of the fragment.
    pub len: u16,
}

impl RecordHeader {
    /// Its length.
    pub const LEN: usize = 5;

    /// Longest fragment of any version (RFC 5246 6.2.3: "The length MUST NOT exceed 2^14 + 2048").
    pub const LONGEST: u16 = (1 << 14) + 2048;

    /// Reads the first five bytes; nothing where there are fewer.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let &[kind, major, minor, high, low] = bytes.first_chunk::<{ Self::LEN }>()?;
        Some(Self {
            content_type: ContentType(kind),
            version: Version(u16::from_be_bytes([major, minor])),
            len: u16::from_be_bytes([high, low]),
        })
    }

    /// Whether such a record can be.
    pub const fn is_plausible(&self) -> bool {
        matches!(self.content_type.0, 20..=24) && self.version.0 >> 8 == 3 && self.len <= Self::LONGEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header's fields stand where RFC 8446 5.1 has them; other bytes are no header.
    #[test]
    fn rfc8446_5_1_header() {
        let header = RecordHeader::parse(&[22, 3, 1, 0, 196, 9]).unwrap();
        let expected =
            RecordHeader { content_type: ContentType::HANDSHAKE, version: Version::TLS10, len: 196 };
        assert_eq!(header, expected);
        assert!(header.is_plausible());
        assert_eq!(RecordHeader::parse(&[22, 3, 1, 0]), None);
        for wrong in [[19, 3, 3, 0, 0], [23, 4, 3, 0, 0], [23, 3, 3, 0x48, 1], *b"GET /"] {
            assert!(!RecordHeader::parse(&wrong).unwrap().is_plausible(), "{wrong:?}");
        }
    }
}
