//! TLS 1.3 around what a connection says (RFC 8446): two hellos in clear, then records of AES-128-GCM.
//!
//! As much of a handshake as it takes to read along with a key log; nobody is proved to anybody.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce, Tag};
use dissector::tls::schedule::expand_label;
use dissector::tls::suite::Suite;

/// TLS_AES_128_GCM_SHA256.
const SUITE: Suite = Suite(0x1301);

/// The longest plaintext of a record (RFC 8446 5.1).
pub const RECORD: usize = 1 << 14;

/// What seals both directions of a connection, its client's first.
pub struct Sealer {
    number: u32,
    directions: [Direction; 2],
}

struct Direction {
    cipher: Aes128Gcm,
    iv: [u8; 12],
    sequence: u64,
}

impl Sealer {
    /// That of the connection with this number.
    pub fn new(number: u32) -> Self {
        let direction = |server| {
            let secret = secret(number, server);
            let (mut key, mut iv) = ([0; 16], [0; 12]);
            let made = expand_label(SUITE, &secret, b"key", &mut key)
                .and(expand_label(SUITE, &secret, b"iv", &mut iv));
            assert!(made.is_some(), "a secret has the length of its hash");
            Direction { cipher: Aes128Gcm::new(&key.into()), iv, sequence: 0 }
        };
        Self { number, directions: [direction(false), direction(true)] }
    }

    /// The lines of a key log for the connection with this number.
    pub fn keys(number: u32) -> String {
        let random = hex::encode(random(number));
        let line = |label, server| format!("{label} {random} {}\n", hex::encode(secret(number, server)));
        line("CLIENT_TRAFFIC_SECRET_0", false) + &line("SERVER_TRAFFIC_SECRET_0", true)
    }

    /// The record of a ClientHello (RFC 8446 4.1.2).
    pub fn client_hello(&self) -> Vec<u8> {
        let name = b"server.example.com";
        let mut extensions =
            vec![0, 0, 0, name.len() as u8 + 5, 0, name.len() as u8 + 3, 0, 0, name.len() as u8];
        extensions.extend(name);
        extensions.extend([0, 43, 0, 3, 2, 3, 4]);
        let mut body = vec![3, 3];
        body.extend(random(self.number));
        body.extend([0, 0, 2, 0x13, 0x01, 1, 0]);
        message(1, body, &extensions)
    }

    /// The record of the ServerHello that answers it (RFC 8446 4.1.3).
    pub fn server_hello(&self) -> Vec<u8> {
        let mut body = vec![3, 3];
        body.extend([0x5a; 32]);
        body.extend([0, 0x13, 0x01, 0]);
        message(2, body, &[0, 43, 0, 2, 3, 4])
    }

    /// Puts `bytes` into records, as one side sends them (RFC 8446 5.2).
    pub fn seal(&mut self, client: bool, bytes: &[u8], into: &mut Vec<u8>) {
        let Direction { cipher, iv, sequence } = &mut self.directions[usize::from(!client)];
        for piece in bytes.chunks(RECORD) {
            let len = (piece.len() + 1 + 16) as u16;
            let [high, low] = len.to_be_bytes();
            let head = [23, 3, 3, high, low];
            into.extend(head);
            let begin = into.len();
            into.extend(piece);
            into.push(23);
            let mut nonce = *iv;
            nonce[4..].iter_mut().zip(sequence.to_be_bytes()).for_each(|(byte, number)| *byte ^= number);
            *sequence += 1;
            let nonce = Nonce::from(nonce);
            let tag: Tag = cipher
                .encrypt_inout_detached(&nonce, &head, (&mut into[begin..]).into())
                .expect("a record is shorter than what the cipher can seal");
            into.extend(tag);
        }
    }
}

/// A handshake message with its extensions, in a record of its own.
fn message(kind: u8, mut body: Vec<u8>, extensions: &[u8]) -> Vec<u8> {
    body.extend((extensions.len() as u16).to_be_bytes());
    body.extend(extensions);
    let [_, high, middle, low] = (body.len() as u32).to_be_bytes();
    let mut record = vec![22, 3, 3];
    record.extend((body.len() as u16 + 4).to_be_bytes());
    record.extend([kind, high, middle, low]);
    record.extend(body);
    record
}

fn random(number: u32) -> [u8; 32] {
    spread(number, 1)
}

fn secret(number: u32, server: bool) -> [u8; 32] {
    spread(number, 2 + u64::from(server))
}

/// 32 bytes that are another's for every number.
fn spread(number: u32, use_of: u64) -> [u8; 32] {
    let mut random = super::Random::new(u64::from(number) << 8 | use_of);
    let mut bytes = Vec::new();
    random.fill(32, &mut bytes);
    bytes.try_into().unwrap_or([0; 32])
}
