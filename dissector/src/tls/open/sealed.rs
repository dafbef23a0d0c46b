//! Ciphers that seal a record and prove it in one (RFC 5246 6.2.3.3, RFC 8446 5.2).

use aead::inout::InOutBuf;
use aead::{AeadCore, AeadInOut, KeyInit};
use aes::{Aes128, Aes256};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use ccm::Ccm;
use ccm::consts::{U8, U12, U16};
use chacha20poly1305::ChaCha20Poly1305;

use crate::tls::open::{Proves, Refused};
use crate::tls::record::RecordHeader;
use crate::tls::suite::Cipher;

/// A cipher with its key, and how its nonces are made.
pub(super) struct Sealed {
    cipher: Keyed,
    nonce: Nonce,
}

/// The nonce of a record.
pub(super) enum Nonce {
    /// RFC 5288 3: four bytes of the key block, then eight that each record brings.
    Explicit([u8; 4]),
    /// RFC 7905 2, RFC 8446 5.3: twelve bytes, combined with the record's number.
    Xor([u8; 12]),
}

enum Keyed {
    Gcm128(Box<Aes128Gcm>),
    Gcm256(Box<Aes256Gcm>),
    Ccm128(Box<Ccm<Aes128, U16, U12>>),
    Ccm256(Box<Ccm<Aes256, U16, U12>>),
    Ccm128Short(Box<Ccm<Aes128, U8, U12>>),
    Ccm256Short(Box<Ccm<Aes256, U8, U12>>),
    ChaCha(Box<ChaCha20Poly1305>),
}

impl Nonce {
    pub(super) fn explicit(salt: &[u8]) -> Option<Self> {
        Some(Self::Explicit(salt.try_into().ok()?))
    }
    pub(super) fn xor(iv: &[u8]) -> Option<Self> {
        Some(Self::Xor(iv.try_into().ok()?))
    }
    /// Its bytes in front of each fragment.
    fn brought(&self) -> usize {
        match self {
            Self::Explicit(_) => 8,
            Self::Xor(_) => 0,
        }
    }
    fn of(&self, sequence: u64, brought: &[u8]) -> Option<[u8; 12]> {
        let mut nonce = [0; 12];
        match self {
            Self::Explicit(salt) => {
                let (first, rest) = nonce.split_first_chunk_mut::<4>()?;
                *first = *salt;
                rest.copy_from_slice(brought.first_chunk::<8>()?);
            }
            Self::Xor(iv) => {
                nonce = *iv;
                let number = sequence.to_be_bytes();
                nonce.iter_mut().skip(4).zip(number).for_each(|(byte, number)| *byte ^= number);
            }
        }
        Some(nonce)
    }
}

impl Sealed {
    pub(super) fn new(cipher: Cipher, key: &[u8], nonce: Nonce) -> Option<Self> {
        let cipher = match cipher {
            Cipher::Gcm(16) => Keyed::Gcm128(keyed(key)?),
            Cipher::Gcm(_) => Keyed::Gcm256(keyed(key)?),
            Cipher::Ccm(16, 16) => Keyed::Ccm128(keyed(key)?),
            Cipher::Ccm(_, 16) => Keyed::Ccm256(keyed(key)?),
            Cipher::Ccm(16, _) => Keyed::Ccm128Short(keyed(key)?),
            Cipher::Ccm(..) => Keyed::Ccm256Short(keyed(key)?),
            Cipher::ChaCha => Keyed::ChaCha(keyed(key)?),
            Cipher::Cbc(..) | Cipher::Other => return None,
        };
        Some(Self { cipher, nonce })
    }

    pub(super) fn explicit(&self) -> usize {
        self.nonce.brought()
    }

    pub(super) fn tag(&self) -> usize {
        match self.cipher {
            Keyed::Ccm128Short(_) | Keyed::Ccm256Short(_) => 8,
            _ => 16,
        }
    }

    pub(super) fn open(
        &self,
        sequence: u64,
        head: &[u8; RecordHeader::LEN],
        fragment: &[u8],
        proves: Proves,
        plain: &mut Vec<u8>,
    ) -> Result<(), Refused> {
        let (brought, rest) = fragment.split_at_checked(self.explicit()).ok_or(Refused::Short)?;
        let len = rest.len().checked_sub(self.tag()).ok_or(Refused::Short)?;
        let (text, tag) = rest.split_at_checked(len).ok_or(Refused::Short)?;
        // All of it is written anew.
        plain.resize(len, 0);
        let buffer = InOutBuf::new(text, plain).map_err(|_| Refused::Short)?;
        self.unseal(sequence, head, brought, proves, buffer, tag)
    }

    /// The same where the text stands.
    pub(super) fn open_in_place<'a>(
        &self,
        sequence: u64,
        head: &[u8; RecordHeader::LEN],
        fragment: &'a mut [u8],
        proves: Proves,
    ) -> Result<&'a [u8], Refused> {
        let (brought, rest) = fragment.split_at_mut_checked(self.explicit()).ok_or(Refused::Short)?;
        let len = rest.len().checked_sub(self.tag()).ok_or(Refused::Short)?;
        let (text, tag) = rest.split_at_mut_checked(len).ok_or(Refused::Short)?;
        self.unseal(sequence, head, brought, proves, (&mut *text).into(), tag)?;
        Ok(text)
    }

    fn unseal(
        &self,
        sequence: u64,
        head: &[u8; RecordHeader::LEN],
        brought: &[u8],
        proves: Proves,
        text: InOutBuf<'_, '_, u8>,
        tag: &[u8],
    ) -> Result<(), Refused> {
        let nonce = self.nonce.of(sequence, brought).ok_or(Refused::Short)?;
        // RFC 8446 5.2: the header as it was sent. RFC 5246 6.2.3.3: number, type, version and plain length.
        let mut about = [0; 13];
        let about = match proves {
            Proves::Nothing => &[][..],
            Proves::Header => head.as_slice(),
            Proves::Fields => {
                let &[kind, major, minor, ..] = head;
                let [high, low] = (text.len() as u16).to_be_bytes();
                let fields = sequence.to_be_bytes().into_iter().chain([kind, major, minor, high, low]);
                about.iter_mut().zip(fields).for_each(|(byte, field)| *byte = field);
                about.as_slice()
            }
        };
        match &self.cipher {
            Keyed::Gcm128(cipher) => unseal(cipher.as_ref(), &nonce, about, text, tag),
            Keyed::Gcm256(cipher) => unseal(cipher.as_ref(), &nonce, about, text, tag),
            Keyed::Ccm128(cipher) => unseal(cipher.as_ref(), &nonce, about, text, tag),
            Keyed::Ccm256(cipher) => unseal(cipher.as_ref(), &nonce, about, text, tag),
            Keyed::Ccm128Short(cipher) => unseal(cipher.as_ref(), &nonce, about, text, tag),
            Keyed::Ccm256Short(cipher) => unseal(cipher.as_ref(), &nonce, about, text, tag),
            Keyed::ChaCha(cipher) => unseal(cipher.as_ref(), &nonce, about, text, tag),
        }
    }
}

fn keyed<C: KeyInit>(key: &[u8]) -> Option<Box<C>> {
    C::new_from_slice(key).ok().map(Box::new)
}

fn unseal<C: AeadInOut + AeadCore<NonceSize = U12>>(
    cipher: &C,
    nonce: &[u8; 12],
    about: &[u8],
    text: InOutBuf<'_, '_, u8>,
    tag: &[u8],
) -> Result<(), Refused> {
    let tag = aead::Tag::<C>::try_from(tag).map_err(|_| Refused::Short)?;
    cipher.decrypt_inout_detached(&(*nonce).into(), about, text, &tag).map_err(|_| Refused::Tag)
}
