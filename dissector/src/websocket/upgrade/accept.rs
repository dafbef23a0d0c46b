//! `Sec-WebSocket-Accept`, step by step (RFC 6455 4.2.2, step 5.4).
//!
//! ```text
//!  key ─► key + GUID ─► SHA-1 ─► base64 = the accept value
//! ```

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use super::{GUID, KEY};
use crate::head::Head;

/// How an accept value comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// `Sec-WebSocket-Key` as it was sent. It is not decoded: RFC 6455 4.2.2 hashes its characters.
    pub key: Box<[u8]>,
    /// The key with the GUID of RFC 6455 1.3 behind it.
    pub joined: Box<[u8]>,
    /// The SHA-1 of that.
    pub digest: [u8; 20],
    /// The digest in base64: what the server must answer.
    pub accept: String,
}

impl Proof {
    /// The steps from a key.
    pub fn of(key: &[u8]) -> Self {
        let joined = [key, GUID.as_bytes()].concat();
        let digest = digest(key);
        Self { key: key.into(), joined: joined.into(), digest, accept: STANDARD.encode(digest) }
    }

    /// The steps from a request's first key.
    pub fn of_request(request: &Head) -> Option<Self> {
        request.values(KEY).next().map(Self::of)
    }
}

/// Whether a `Sec-WebSocket-Accept` answers a key.
pub(super) fn fits(accept: &[u8], key: &[u8]) -> bool {
    let mut expected = [0; ACCEPT_LEN];
    let written = STANDARD.encode_slice(digest(key), &mut expected);
    written == Ok(ACCEPT_LEN) && accept == expected
}

/// Characters of 20 bytes in base64 (RFC 4648 4).
const ACCEPT_LEN: usize = 28;

fn digest(key: &[u8]) -> [u8; 20] {
    Sha1::new_with_prefix(key).chain_update(GUID).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6455 1.3 gives every step of its example.
    #[test]
    fn rfc6455_1_3_steps() {
        let proof = Proof::of(b"dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(&*proof.joined, b"dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
        assert_eq!((proof.digest[0], proof.digest[1], proof.digest[19]), (0xb3, 0x7a, 0xea));
        assert_eq!(proof.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert!(
            fits(proof.accept.as_bytes(), &proof.key) && !fits(&proof.accept.as_bytes()[1..], &proof.key)
        );
    }
}
