//! Opens the records of one direction, from one change of keys to the next.
//!
//! Knows no order: a record is opened by its number, as often and in whichever order somebody asks.

mod block;
mod sealed;

#[cfg(test)]
mod tests;

use core::fmt;

use crate::ids::Side;
pub use crate::tls::open::block::CHAINED;
use crate::tls::open::block::Chained;
use crate::tls::open::sealed::{Nonce, Sealed};
use crate::tls::parcel::Plain;
use crate::tls::record::{ContentType, RecordHeader, Version};
use crate::tls::schedule;
use crate::tls::suite::{Cipher, Suite};

/// Opens records.
pub struct Opener {
    cipher: Kind,
    /// What the tag proves beside the text.
    proves: Proves,
}

/// What a tag proves beside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proves {
    /// Up to TLS 1.2: the record's number, type, version and length (RFC 5246 6.2.3.3).
    Fields,
    /// In TLS 1.3, where the content type is sealed too: the header as it was sent (RFC 8446 5.2).
    Header,
    /// Nothing: the drafts of TLS 1.3 before the 25th.
    Nothing,
}

enum Kind {
    Sealed(Sealed),
    Chained(Chained),
}

/// What a record held; the plaintext is where it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What kind of content it is; in TLS 1.3 not what the header says.
    pub content_type: ContentType,
}

/// Why a record was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is too short for its cipher.
    Short,
    /// Its tag does not fit: the keys are others, or it was changed on the way.
    Tag,
    /// Its MAC does not fit.
    Mac,
    /// Its padding is none.
    Padding,
    /// What its first block is chained to was not captured (RFC 2246 6.2.3.2).
    Unchained,
    /// It holds no content type (RFC 8446 5.4).
    NoContentType,
    /// What comes is no record.
    NoRecord,
}

impl Refused {
    /// What it means, for a sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Short => "it is too short for its cipher",
            Self::Tag => "its authentication tag does not fit",
            Self::Mac => "its MAC does not fit",
            Self::Padding => "its padding is not valid",
            Self::Unchained => "what its first block is chained to was not captured",
            Self::NoContentType => "it holds no content type",
            Self::NoRecord => "it has no header of a record",
        }
    }
}

impl Opener {
    /// What opens what `side` sends in TLS up to 1.2; nothing where the suite is none of those that are read.
    pub fn tls12(
        version: Version,
        suite: Suite,
        master: &[u8],
        client_random: &[u8; 32],
        server_random: &[u8; 32],
        side: Side,
        encrypt_then_mac: bool,
    ) -> Option<Self> {
        if version < Version::TLS10 {
            return None;
        }
        let (mac, key, iv) = match suite.cipher() {
            Cipher::Gcm(key) | Cipher::Ccm(key, _) => (0, key.into(), 4),
            Cipher::ChaCha => (0, 32, 12),
            // RFC 4346 6.2.3.2: from TLS 1.1 on each record brings an IV of its own.
            Cipher::Cbc(key, mac) => (mac.len(), key.into(), if version == Version::TLS10 { 16 } else { 0 }),
            Cipher::Other => return None,
        };
        let len = 2 * (mac + key + iv);
        let block = schedule::key_block(version, suite, master, client_random, server_random, len);
        // RFC 5246 6.3: both MAC keys, both keys, both IVs, the client's first.
        let part = |begin: usize, len: usize| {
            let at = begin + len * side.index();
            block.get(at..at + len)
        };
        let (mac_key, key, iv) = (part(0, mac)?, part(2 * mac, key)?, part(2 * (mac + key), iv)?);
        let cipher = match suite.cipher() {
            Cipher::Cbc(_, mac) => {
                Kind::Chained(Chained::new(mac, mac_key, key, iv, version, encrypt_then_mac)?)
            }
            Cipher::ChaCha => Kind::Sealed(Sealed::new(suite.cipher(), key, Nonce::xor(iv)?)?),
            cipher => Kind::Sealed(Sealed::new(cipher, key, Nonce::explicit(iv)?)?),
        };
        Some(Self { cipher, proves: Proves::Fields })
    }

    /// What opens what a traffic secret of TLS 1.3 protects (RFC 8446 7.3).
    pub fn tls13(suite: Suite, secret: &[u8]) -> Option<Self> {
        let len = match suite.cipher() {
            Cipher::Gcm(key) | Cipher::Ccm(key, _) => key.into(),
            Cipher::ChaCha => 32,
            Cipher::Cbc(..) | Cipher::Other => return None,
        };
        let (mut key, mut iv) = (vec![0; len], [0; 12]);
        schedule::expand_label(suite, secret, b"key", &mut key)?;
        schedule::expand_label(suite, secret, b"iv", &mut iv)?;
        let sealed = Sealed::new(suite.cipher(), &key, Nonce::Xor(iv))?;
        Some(Self { cipher: Kind::Sealed(sealed), proves: Proves::Header })
    }

    /// The same as `version` has it, which may be a draft of TLS 1.3.
    pub fn as_of(self, version: Version) -> Self {
        // draft-ietf-tls-tls13-25 added the header to what is proved.
        let early = (0x7f12..0x7f19).contains(&version.0);
        Self { proves: if early { Proves::Nothing } else { self.proves }, ..self }
    }

    /// Opens record number `sequence` of its epoch. `before` ends with the record before it, which only TLS 1.0 asks
    /// for: [`CHAINED`] bytes of that are enough. What `plain` held is gone.
    pub fn open(
        &self,
        sequence: u64,
        head: &[u8; RecordHeader::LEN],
        fragment: &[u8],
        before: &[u8],
        plain: &mut Vec<u8>,
    ) -> Result<Opened, Refused> {
        let plain_of = match &self.cipher {
            Kind::Sealed(cipher) => cipher.open(sequence, head, fragment, self.proves, plain),
            Kind::Chained(cipher) => {
                plain.clear();
                cipher.open(sequence, head, fragment, before, plain)
            }
        };
        let opened = plain_of.and_then(|()| self.content(head, plain));
        plain.truncate(opened.map_or(0, |(_, len)| len));
        opened.map(|(content_type, _)| Opened { content_type })
    }

    /// The same of a record whose cipher needs nothing of the one before it, where it stands. Where it cannot be opened
    /// its fragment is worth nothing any more.
    pub(crate) fn open_in_place(
        &self,
        sequence: u64,
        head: &[u8; RecordHeader::LEN],
        fragment: &mut [u8],
    ) -> Result<Plain, Refused> {
        let Kind::Sealed(cipher) = &self.cipher else { return Err(Refused::Unchained) };
        let text = cipher.open_in_place(sequence, head, fragment, self.proves)?;
        let (kind, len) = self.content(head, text)?;
        Ok(Plain { kind, from: cipher.explicit(), len })
    }

    /// Whether [`open_in_place`](Self::open_in_place) opens what it protects.
    pub(crate) fn opens_in_place(&self) -> bool {
        matches!(self.cipher, Kind::Sealed(_))
    }

    /// What kind of content a plaintext is, and how long that is.
    fn content(&self, head: &[u8; RecordHeader::LEN], plain: &[u8]) -> Result<(ContentType, usize), Refused> {
        if self.proves == Proves::Fields {
            let &[kind, ..] = head;
            return Ok((ContentType(kind), plain.len()));
        }
        // RFC 8446 5.4: zeros of padding, and in front of them the type of the content.
        let last = plain.iter().rposition(|byte| *byte != 0).ok_or(Refused::NoContentType)?;
        let kind = plain.get(last).ok_or(Refused::NoContentType)?;
        Ok((ContentType(*kind), last))
    }

    /// Where in a fragment the first byte of plaintext lies, as it is sealed.
    pub fn plain_at(&self) -> usize {
        match &self.cipher {
            Kind::Sealed(cipher) => cipher.explicit(),
            Kind::Chained(cipher) => cipher.explicit(),
        }
    }

    /// How much plaintext a fragment of this length holds, where that can be told without opening it: in TLS 1.3 it
    /// is less where there is padding.
    pub fn plain_len(&self, fragment: u16) -> Option<u16> {
        match &self.cipher {
            Kind::Sealed(cipher) => {
                let around = cipher.explicit() + cipher.tag() + usize::from(self.proves != Proves::Fields);
                usize::from(fragment).checked_sub(around).map(|len| len as u16)
            }
            Kind::Chained(_) => None,
        }
    }

    /// How many bytes of the record before it take to open this one.
    pub fn before(&self, sequence: u64) -> usize {
        match &self.cipher {
            Kind::Chained(cipher) if sequence > 0 => cipher.before(),
            _ => 0,
        }
    }
}

// Keys are not printed.
impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").finish_non_exhaustive()
    }
}
