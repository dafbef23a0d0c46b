//! TLS 1.3 with TLS_AES_128_GCM_SHA256, as far as a capture shows it: hellos, Finished, and data that is sealed.
//!
//! Nobody negotiates anything here: each connection's secrets follow from its number, and a key log has them.

use std::fmt::Write;

use aead::inout::InOutBuf;
use aead::{AeadInOut, KeyInit};
use aes_gcm::Aes128Gcm;
use dissector::tls::schedule::expand_label;
use dissector::tls::suite::Suite;

/// TLS_AES_128_GCM_SHA256.
const SUITE: Suite = Suite(0x1301);

/// The most content of a record (RFC 8446 5.1).
pub const RECORD: usize = 1 << 14;

const LABELS: [&str; 4] = [
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
];

/// Both ends' keys; the client's is first.
#[derive(Debug)]
pub(super) struct Sealed {
    number: u32,
    ends: [Sealer; 2],
}

/// What seals one direction.
pub struct Sealer {
    cipher: Box<Aes128Gcm>,
    iv: [u8; 12],
    sequence: u64,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealer").field("sequence", &self.sequence).finish_non_exhaustive()
    }
}

impl Sealed {
    /// The TLS of the connection with this number.
    pub(super) fn new(number: u32) -> Self {
        Self { number, ends: [0, 1].map(|label| Sealer::new(number, label)) }
    }

    /// The hellos: the client's first.
    pub(super) fn hellos(&self) -> [Vec<u8>; 2] {
        let random = random(self.number);
        let client = [&[3, 3][..], &random, &[0, 0, 2, 0x13, 1, 1, 0]].concat();
        let server = [&[3, 3][..], &[9; 32], &[0, 0x13, 1, 0, 0, 6, 0, 43, 0, 2, 3, 4]].concat();
        [record(22, &message(1, &client)), record(22, &message(2, &server))]
    }

    /// An end's Finished, behind which it uses its keys for data.
    pub(super) fn finish(&mut self, client: bool) -> Vec<u8> {
        let end = usize::from(!client);
        let finished = self.ends[end].seal(22, &message(20, &[0; 32]));
        self.ends[end] = Sealer::new(self.number, end + 2);
        finished
    }

    /// Data in as many records as it takes.
    pub(super) fn seal(&mut self, client: bool, bytes: &[u8], into: &mut Vec<u8>) {
        let sealer = &mut self.ends[usize::from(!client)];
        bytes.chunks(RECORD).for_each(|content| into.extend(sealer.seal(23, content)));
    }
}

impl Sealer {
    /// What seals with the secret of one of four labels.
    pub fn new(number: u32, label: usize) -> Self {
        let secret = secret(number, label);
        let (mut key, mut iv) = ([0; 16], [0; 12]);
        // A secret that is as long as the hash has keys of these lengths.
        let _ = expand_label(SUITE, &secret, b"key", &mut key);
        let _ = expand_label(SUITE, &secret, b"iv", &mut iv);
        Self { cipher: Box::new(Aes128Gcm::new(&key.into())), iv, sequence: 0 }
    }

    /// RFC 8446 5.2, without padding.
    pub fn seal(&mut self, kind: u8, content: &[u8]) -> Vec<u8> {
        let mut record = record(23, content);
        record.push(kind);
        let len = (content.len() + 17) as u16;
        record[3..5].copy_from_slice(&len.to_be_bytes());
        let (head, text) = record.split_at_mut(5);
        // A record is far shorter than what the cipher takes.
        let tag = self.cipher.encrypt_inout_detached(
            &nonce(self.iv, self.sequence).into(),
            head,
            InOutBuf::from(text),
        );
        record.extend(tag.unwrap_or_default());
        self.sequence += 1;
        record
    }

    /// What the bare cipher does to a record, in place.
    pub fn open(&self, sequence: u64, record: &mut [u8]) -> bool {
        let (head, fragment) = record.split_at_mut(5);
        let nonce = nonce(self.iv, sequence);
        let (text, tag) = fragment.split_at_mut(fragment.len() - 16);
        let tag: [u8; 16] = tag.try_into().unwrap_or_default();
        self.cipher.decrypt_inout_detached(&nonce.into(), head, InOutBuf::from(text), &tag.into()).is_ok()
    }
}

/// RFC 8446 5.3.
fn nonce(mut iv: [u8; 12], sequence: u64) -> [u8; 12] {
    iv.iter_mut().skip(4).zip(sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
    iv
}

/// The key log of connections with these numbers.
pub fn key_log(numbers: core::ops::Range<u32>) -> String {
    let mut log = String::new();
    for number in numbers {
        for (label, name) in LABELS.iter().enumerate() {
            let (random, secret) = (hex::encode(random(number)), hex::encode(secret(number, label)));
            // Text has room.
            let _ = writeln!(log, "{name} {random} {secret}");
        }
    }
    log
}

fn random(number: u32) -> [u8; 32] {
    let mut random = [7; 32];
    random[..4].copy_from_slice(&number.to_be_bytes());
    random
}

fn secret(number: u32, label: usize) -> [u8; 32] {
    let mut secret = random(number);
    secret[31] = label as u8;
    secret
}

fn record(kind: u8, fragment: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(fragment.len() + 22);
    record.extend([kind, 3, 3]);
    record.extend((fragment.len() as u16).to_be_bytes());
    record.extend_from_slice(fragment);
    record
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &(body.len() as u32).to_be_bytes()[1..], body].concat()
}
