//! AES in CBC mode with an HMAC beside it (RFC 5246 6.2.3.2), in either order (RFC 7366).

use aes::{Aes128, Aes256};
use cbc::Decryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, InnerIvInit, KeyInit};
use hmac::Hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha384};

use crate::tls::open::Refused;
use crate::tls::record::{RecordHeader, Version};
use crate::tls::suite::Mac;

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// The most bytes of the record before that it takes to open one: a block, and a MAC behind it.
pub const CHAINED: usize = BLOCK + Mac::Sha384.len();

/// A cipher and a MAC with their keys.
pub(super) struct Chained {
    key: Key,
    mac: Keyed,
    /// TLS 1.0: the IV of the first record.
    first: Option<[u8; BLOCK]>,
    encrypt_then_mac: bool,
}

/// An expanded key. Each record begins with an IV of its own.
enum Key {
    Aes128(Box<Aes128>),
    Aes256(Box<Aes256>),
}

enum Keyed {
    Sha1(Box<Hmac<Sha1>>),
    Sha256(Box<Hmac<Sha256>>),
    Sha384(Box<Hmac<Sha384>>),
}

impl Mac {
    /// Bytes of it, and of its key.
    pub(super) const fn len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
        }
    }
}

impl Chained {
    pub(super) fn new(
        mac: Mac,
        mac_key: &[u8],
        key: &[u8],
        iv: &[u8],
        version: Version,
        encrypt_then_mac: bool,
    ) -> Option<Self> {
        let key = match key.len() {
            16 => Key::Aes128(Box::new(Aes128::new_from_slice(key).ok()?)),
            _ => Key::Aes256(Box::new(Aes256::new_from_slice(key).ok()?)),
        };
        let mac = match mac {
            Mac::Sha1 => Keyed::Sha1(Box::new(hmac::KeyInit::new_from_slice(mac_key).ok()?)),
            Mac::Sha256 => Keyed::Sha256(Box::new(hmac::KeyInit::new_from_slice(mac_key).ok()?)),
            Mac::Sha384 => Keyed::Sha384(Box::new(hmac::KeyInit::new_from_slice(mac_key).ok()?)),
        };
        let first = if version == Version::TLS10 { Some(iv.try_into().ok()?) } else { None };
        Some(Self { key, mac, first, encrypt_then_mac })
    }

    /// Bytes of the IV in front of each fragment.
    pub(super) fn explicit(&self) -> usize {
        if self.first.is_some() { 0 } else { BLOCK }
    }

    /// Bytes of the record before that hold what the first block is chained to: its last block of text, and the MAC
    /// behind it where that is not encrypted.
    pub(super) fn before(&self) -> usize {
        match self.first {
            Some(_) if self.encrypt_then_mac => BLOCK + self.mac.len(),
            Some(_) => BLOCK,
            None => 0,
        }
    }

    pub(super) fn open(
        &self,
        sequence: u64,
        head: &[u8; RecordHeader::LEN],
        fragment: &[u8],
        before: &[u8],
        plain: &mut Vec<u8>,
    ) -> Result<(), Refused> {
        let mut sealed = fragment;
        if self.encrypt_then_mac {
            // RFC 7366 3: the MAC is of what is encrypted, the IV with it.
            let len = sealed.len().checked_sub(self.mac.len()).ok_or(Refused::Short)?;
            let (text, mac) = sealed.split_at_checked(len).ok_or(Refused::Short)?;
            if !self.mac.fits(sequence, head, text, mac) {
                return Err(Refused::Mac);
            }
            sealed = text;
        }
        let (brought, text) = sealed.split_at_checked(self.explicit()).ok_or(Refused::Short)?;
        let iv = match self.first {
            Some(first) if sequence == 0 => first,
            Some(_) => {
                let from = before.len().checked_sub(self.before()).ok_or(Refused::Unchained)?;
                *before.get(from..).and_then(<[u8]>::first_chunk).ok_or(Refused::Short)?
            }
            None => *brought.first_chunk::<BLOCK>().ok_or(Refused::Short)?,
        };
        if text.is_empty() || !text.len().is_multiple_of(BLOCK) {
            return Err(Refused::Short);
        }
        plain.clear();
        plain.extend_from_slice(text);
        self.key.decrypt(&iv, plain).ok_or(Refused::Short)?;
        // RFC 5246 6.2.3.2: the last byte says how many before it have the same value.
        let padding = usize::from(*plain.last().ok_or(Refused::Short)?);
        let len = plain.len().checked_sub(padding + 1).ok_or(Refused::Padding)?;
        if plain.iter().skip(len).any(|byte| usize::from(*byte) != padding) {
            return Err(Refused::Padding);
        }
        plain.truncate(len);
        if !self.encrypt_then_mac {
            let len = plain.len().checked_sub(self.mac.len()).ok_or(Refused::Short)?;
            let mac = plain.split_off(len);
            if !self.mac.fits(sequence, head, plain, &mac) {
                return Err(Refused::Mac);
            }
        }
        Ok(())
    }
}

impl Key {
    fn decrypt(&self, iv: &[u8; BLOCK], text: &mut [u8]) -> Option<()> {
        let iv = (*iv).into();
        match self {
            Self::Aes128(key) => {
                let cipher = Decryptor::<&Aes128>::inner_iv_init(key.as_ref(), &iv);
                cipher.decrypt_padded::<NoPadding>(text).ok()?;
            }
            Self::Aes256(key) => {
                let cipher = Decryptor::<&Aes256>::inner_iv_init(key.as_ref(), &iv);
                cipher.decrypt_padded::<NoPadding>(text).ok()?;
            }
        }
        Some(())
    }
}

impl Keyed {
    const fn len(&self) -> usize {
        match self {
            Self::Sha1(_) => Mac::Sha1.len(),
            Self::Sha256(_) => Mac::Sha256.len(),
            Self::Sha384(_) => Mac::Sha384.len(),
        }
    }

    /// RFC 5246 6.2.3.1: the MAC is of number, type, version, length and text.
    fn fits(&self, sequence: u64, head: &[u8; RecordHeader::LEN], text: &[u8], mac: &[u8]) -> bool {
        let &[kind, major, minor, ..] = head;
        let [high, low] = (text.len() as u16).to_be_bytes();
        let about = [kind, major, minor, high, low];
        let number = sequence.to_be_bytes();
        let parts = [&number[..], &about[..], text];
        match self {
            Self::Sha1(keyed) => verify(keyed.as_ref().clone(), &parts, mac),
            Self::Sha256(keyed) => verify(keyed.as_ref().clone(), &parts, mac),
            Self::Sha384(keyed) => verify(keyed.as_ref().clone(), &parts, mac),
        }
    }
}

fn verify<M: hmac::Mac>(mut keyed: M, parts: &[&[u8]], mac: &[u8]) -> bool {
    parts.iter().for_each(|part| keyed.update(part));
    keyed.verify_slice(mac).is_ok()
}
