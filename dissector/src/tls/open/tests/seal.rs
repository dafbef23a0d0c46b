//! The other side: seals records as RFC 5246, 5288, 6655, 7366, 7905 and 8446 say.
//!
//! Cuts keys from the key block on its own; only the PRF, which has its own vectors, is shared with what is tested.

use aead::inout::InOutBuf;
use aead::{AeadCore, AeadInOut, KeyInit};
use aes::{Aes128, Aes256};
use aes_gcm::{Aes128Gcm, Aes256Gcm};
use cbc::Encryptor;
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use ccm::Ccm;
use ccm::consts::{U8, U12, U16};
use chacha20poly1305::ChaCha20Poly1305;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::{Sha256, Sha384};

use crate::ids::Side;
use crate::tls::open::Opener;
use crate::tls::record::{ContentType, Version};
use crate::tls::schedule;
use crate::tls::suite::{Cipher, Mac, Suite};

/// What a handshake came to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settled {
    pub(super) version: Version,
    pub(super) suite: Suite,
    pub(super) encrypt_then_mac: bool,
}

/// One end that seals.
pub(super) struct Sealer {
    way: Settled,
    side: Side,
    mac_key: Vec<u8>,
    key: Vec<u8>,
    iv: Vec<u8>,
    sequence: u64,
    /// TLS 1.0: the last block that was sent.
    last: Vec<u8>,
}

const RANDOMS: ([u8; 32], [u8; 32]) = ([3; 32], [5; 32]);
const SECRET: [u8; 48] = [9; 48];

impl Sealer {
    pub(super) fn new(way: Settled, side: Side) -> Self {
        let (mac, key, iv) = match way.suite.cipher() {
            Cipher::Gcm(key) | Cipher::Ccm(key, _) => (0, usize::from(key), 4),
            Cipher::ChaCha => (0, 32, 12),
            Cipher::Cbc(key, mac) => (mac.len(), usize::from(key), 16),
            Cipher::Other => panic!("a suite that is read"),
        };
        if way.version == Version::TLS13 {
            let (mut key, mut iv) = (vec![0; key], vec![0; 12]);
            schedule::expand_label(way.suite, Self::secret(way, side), b"key", &mut key).unwrap();
            schedule::expand_label(way.suite, Self::secret(way, side), b"iv", &mut iv).unwrap();
            return Self { way, side, mac_key: vec![], key, iv, sequence: 0, last: vec![] };
        }
        // RFC 5246 6.3: as much as is needed of client_write_MAC_key, server_write_MAC_key, and so on.
        let len = 2 * (mac + key + iv);
        let block = schedule::key_block(way.version, way.suite, &SECRET, &RANDOMS.0, &RANDOMS.1, len);
        let (macs, rest) = block.split_at(2 * mac);
        let (keys, ivs) = rest.split_at(2 * key);
        let own = |part: &[u8]| {
            let (client, server) = part.split_at(part.len() / 2);
            if side == Side::Client { client.to_vec() } else { server.to_vec() }
        };
        let (mac_key, key, iv) = (own(macs), own(keys), own(ivs));
        Self { way, side, mac_key, key, last: iv.clone(), iv, sequence: 0 }
    }

    /// A traffic secret is as long as the hash (RFC 8446 7.1), and each end has its own.
    fn secret(way: Settled, side: Side) -> &'static [u8] {
        let len = if way.suite.name().ends_with("SHA384") { 48 } else { 32 };
        if side == Side::Client { &SECRET[..len] } else { &[4; 48][..len] }
    }

    /// What should open what this seals.
    pub(super) fn opener(&self) -> Opener {
        let Settled { version, suite, encrypt_then_mac } = self.way;
        if version == Version::TLS13 {
            return Opener::tls13(suite, Self::secret(self.way, self.side)).unwrap();
        }
        Opener::tls12(version, suite, &SECRET, &RANDOMS.0, &RANDOMS.1, self.side, encrypt_then_mac).unwrap()
    }

    /// The next record. TLS 1.3 pads it with so many zeros.
    pub(super) fn seal(&mut self, kind: ContentType, text: &[u8], padding: usize) -> Vec<u8> {
        let sequence = self.sequence;
        self.sequence += 1;
        match self.way.suite.cipher() {
            Cipher::Cbc(_, mac) => self.chain(sequence, kind, text, mac),
            cipher if self.way.version == Version::TLS13 => {
                // RFC 8446 5.2: content, type and zeros; outside all of it is application data of TLS 1.2.
                let text = [text, &[kind.0], &vec![0; padding]].concat();
                let len = (text.len() + tag(cipher)) as u16;
                let head = [&[23, 3, 3][..], &len.to_be_bytes()].concat();
                [head.clone(), self.aead(cipher, &xor(&self.iv, sequence), &head, text)].concat()
            }
            cipher => {
                let head = [&[kind.0][..], &self.way.version.0.to_be_bytes()].concat();
                let about = [&sequence.to_be_bytes()[..], &head, &(text.len() as u16).to_be_bytes()].concat();
                // RFC 5288 3 leaves the explicit part to the sender: it need not be the number.
                let brought = (sequence ^ 0x5a5a_0000_0000_5a5a).to_be_bytes();
                let (nonce, brought) = match cipher {
                    Cipher::ChaCha => (xor(&self.iv, sequence), &[][..]),
                    _ => ([&self.iv[..], &brought].concat(), &brought[..]),
                };
                let fragment = [brought, &self.aead(cipher, &nonce, &about, text.to_vec())].concat();
                [&head[..], &(fragment.len() as u16).to_be_bytes(), &fragment].concat()
            }
        }
    }

    fn aead(&self, cipher: Cipher, nonce: &[u8], about: &[u8], text: Vec<u8>) -> Vec<u8> {
        let key = &self.key;
        match cipher {
            Cipher::Gcm(16) => encrypt::<Aes128Gcm>(key, nonce, about, text),
            Cipher::Gcm(_) => encrypt::<Aes256Gcm>(key, nonce, about, text),
            Cipher::Ccm(16, 16) => encrypt::<Ccm<Aes128, U16, U12>>(key, nonce, about, text),
            Cipher::Ccm(_, 16) => encrypt::<Ccm<Aes256, U16, U12>>(key, nonce, about, text),
            Cipher::Ccm(16, _) => encrypt::<Ccm<Aes128, U8, U12>>(key, nonce, about, text),
            Cipher::Ccm(..) => encrypt::<Ccm<Aes256, U8, U12>>(key, nonce, about, text),
            _ => encrypt::<ChaCha20Poly1305>(key, nonce, about, text),
        }
    }

    fn chain(&mut self, sequence: u64, kind: ContentType, text: &[u8], mac: Mac) -> Vec<u8> {
        let head = [&[kind.0][..], &self.way.version.0.to_be_bytes()].concat();
        let tag = |text: &[u8]| {
            let about = [&sequence.to_be_bytes()[..], &head, &(text.len() as u16).to_be_bytes()].concat();
            self.mac(mac, &[about.as_slice(), text].concat())
        };
        let mut blocks = text.to_vec();
        if !self.way.encrypt_then_mac {
            blocks.extend(tag(text));
        }
        // RFC 5246 6.2.3.2: any multiple of blocks; two are more than it takes.
        let padding = 15 - blocks.len() % 16 + if sequence % 2 == 1 { 16 } else { 0 };
        blocks.extend(vec![padding as u8; padding + 1]);
        let explicit = self.way.version != Version::TLS10;
        let iv = if explicit { vec![sequence as u8 ^ 0xa5; 16] } else { self.last.clone() };
        let len = blocks.len();
        match self.key.len() {
            16 => Encryptor::<Aes128>::new_from_slices(&self.key, &iv)
                .unwrap()
                .encrypt_padded::<NoPadding>(&mut blocks, len)
                .map(drop),
            _ => Encryptor::<Aes256>::new_from_slices(&self.key, &iv)
                .unwrap()
                .encrypt_padded::<NoPadding>(&mut blocks, len)
                .map(drop),
        }
        .unwrap();
        self.last = blocks[len - 16..].to_vec();
        let mut fragment = if explicit { [iv, blocks].concat() } else { blocks };
        if self.way.encrypt_then_mac {
            let about = [&sequence.to_be_bytes()[..], &head, &(fragment.len() as u16).to_be_bytes()].concat();
            fragment.extend(self.mac(mac, &[about, fragment.clone()].concat()));
        }
        [&head[..], &(fragment.len() as u16).to_be_bytes(), &fragment].concat()
    }

    fn mac(&self, mac: Mac, bytes: &[u8]) -> Vec<u8> {
        let key = &self.mac_key;
        match mac {
            Mac::Sha1 => Hmac::<Sha1>::new_from_slice(key)
                .unwrap()
                .chain_update(bytes)
                .finalize()
                .into_bytes()
                .to_vec(),
            Mac::Sha256 => Hmac::<Sha256>::new_from_slice(key)
                .unwrap()
                .chain_update(bytes)
                .finalize()
                .into_bytes()
                .to_vec(),
            Mac::Sha384 => Hmac::<Sha384>::new_from_slice(key)
                .unwrap()
                .chain_update(bytes)
                .finalize()
                .into_bytes()
                .to_vec(),
        }
    }
}

fn tag(cipher: Cipher) -> usize {
    if matches!(cipher, Cipher::Ccm(_, 8)) { 8 } else { 16 }
}

/// RFC 8446 5.3, RFC 7905 2.
fn xor(iv: &[u8], sequence: u64) -> Vec<u8> {
    let number = [&[0; 4][..], &sequence.to_be_bytes()].concat();
    iv.iter().zip(number).map(|(byte, number)| byte ^ number).collect()
}

fn encrypt<C: AeadInOut + AeadCore<NonceSize = U12> + KeyInit>(
    key: &[u8],
    nonce: &[u8],
    about: &[u8],
    mut text: Vec<u8>,
) -> Vec<u8> {
    let cipher = C::new_from_slice(key).unwrap();
    let nonce: [u8; 12] = nonce.try_into().unwrap();
    let tag =
        cipher.encrypt_inout_detached(&nonce.into(), about, InOutBuf::from(text.as_mut_slice())).unwrap();
    text.extend_from_slice(&tag);
    text
}
