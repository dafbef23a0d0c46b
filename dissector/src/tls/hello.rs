//! ClientHello, ServerHello and what else the handshake says about keys (RFC 8446 4, RFC 5246 7.4).
//!
//! Reading never fails: what is not there, or is cut off, is not known.

use crate::tls::record::Version;
use crate::tls::suite::Suite;

/// The type of a handshake message; all values can be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HandshakeType(pub u8);

impl HandshakeType {
    /// RFC 8446 4.1.2.
    pub const CLIENT_HELLO: Self = Self(1);
    /// RFC 8446 4.1.3.
    pub const SERVER_HELLO: Self = Self(2);
    /// RFC 8446 4.6.1, RFC 5077 3.3.
    pub const NEW_SESSION_TICKET: Self = Self(4);
    /// RFC 8446 4.5.
    pub const END_OF_EARLY_DATA: Self = Self(5);
    /// RFC 8446 4.3.1.
    pub const ENCRYPTED_EXTENSIONS: Self = Self(8);
    /// RFC 5246 7.4.7.
    pub const CLIENT_KEY_EXCHANGE: Self = Self(16);
    /// RFC 8446 4.4.4.
    pub const FINISHED: Self = Self(20);
    /// RFC 8446 4.6.3.
    pub const KEY_UPDATE: Self = Self(24);
}

/// What a client says first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientHello {
    /// 32 bytes by which key logs name the connection.
    pub random: [u8; 32],
    /// By which an earlier session is taken up again; in TLS 1.3 an echo for middleboxes.
    pub session_id: Vec<u8>,
    /// The suites on offer.
    pub suites: Vec<Suite>,
    /// The name that is asked for (RFC 6066 3).
    pub server_name: Option<String>,
    /// The protocols on offer (RFC 7301 3.1).
    pub alpn: Vec<String>,
    /// The versions on offer (RFC 8446 4.2.1); none where the extension is not there.
    pub versions: Vec<Version>,
    /// A ticket by which a session is taken up again (RFC 5077 3.2).
    pub session_ticket: Option<Vec<u8>>,
    /// Whether data follows at once (RFC 8446 4.2.10).
    pub early_data: bool,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerHello {
    /// Its own 32 bytes.
    pub random: [u8; 32],
    /// The session's.
    pub session_id: Vec<u8>,
    /// The version that it chose.
    pub version: Version,
    /// The suite that it chose.
    pub suite: Suite,
    /// The protocol that it chose; TLS 1.3 says that later, and encrypted.
    pub alpn: Option<String>,
    /// RFC 7366.
    pub encrypt_then_mac: bool,
    /// RFC 7627.
    pub extended_master_secret: bool,
    /// Which of the offered keys it took (RFC 8446 4.2.11).
    pub pre_shared_key: Option<u16>,
}

/// RFC 8446 4.1.3: the random of a HelloRetryRequest, the SHA-256 of that name.
const RETRY: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const ENCRYPT_THEN_MAC: u16 = 22;
const EXTENDED_MASTER_SECRET: u16 = 23;
const SESSION_TICKET: u16 = 35;
const PRE_SHARED_KEY: u16 = 41;
const EARLY_DATA: u16 = 42;
const SUPPORTED_VERSIONS: u16 = 43;

impl ClientHello {
    /// Reads the message's body.
    pub fn read(body: &[u8]) -> Self {
        let mut hello = Self::default();
        let mut rest = Cursor(body);
        let _ = hello.fill(&mut rest);
        hello
    }

    fn fill(&mut self, rest: &mut Cursor<'_>) -> Option<()> {
        rest.take(2)?;
        self.random = rest.take(32)?.try_into().ok()?;
        self.session_id = rest.vector8()?.to_vec();
        self.suites =
            rest.vector16()?.as_chunks().0.iter().map(|code| Suite(u16::from_be_bytes(*code))).collect();
        // Methods of compression.
        rest.vector8()?;
        for (kind, data) in Cursor(rest.vector16()?).extensions() {
            let mut data = Cursor(data);
            match kind {
                SERVER_NAME => self.server_name = server_name(data),
                ALPN => self.alpn = protocols(data),
                SUPPORTED_VERSIONS => {
                    let versions = data.vector8().unwrap_or_default();
                    self.versions = versions
                        .as_chunks()
                        .0
                        .iter()
                        .map(|code| Version(u16::from_be_bytes(*code)))
                        .collect();
                }
                SESSION_TICKET => {
                    self.session_ticket = Some(data.0.to_vec()).filter(|ticket| !ticket.is_empty())
                }
                EARLY_DATA => self.early_data = true,
                _ => {}
            }
        }
        Some(())
    }
}

impl ServerHello {
    /// Reads the message's body.
    pub fn read(body: &[u8]) -> Self {
        let mut hello = Self {
            random: [0; 32],
            session_id: Vec::new(),
            version: Version(0),
            suite: Suite(0),
            alpn: None,
            encrypt_then_mac: false,
            extended_master_secret: false,
            pre_shared_key: None,
        };
        let mut rest = Cursor(body);
        let _ = hello.fill(&mut rest);
        hello
    }

    fn fill(&mut self, rest: &mut Cursor<'_>) -> Option<()> {
        self.version = Version(rest.number16()?);
        self.random = rest.take(32)?.try_into().ok()?;
        // Drafts of TLS 1.3 up to the 21st left out what had lost its meaning.
        let is_early_draft = self.version.0 >> 8 == 0x7f;
        if !is_early_draft {
            self.session_id = rest.vector8()?.to_vec();
        }
        self.suite = Suite(rest.number16()?);
        if !is_early_draft {
            rest.take(1)?;
        }
        for (kind, data) in Cursor(rest.vector16()?).extensions() {
            let mut data = Cursor(data);
            match kind {
                // RFC 8446 4.2.1: the version of TLS 1.3 stands here, and 1.2 where versions used to stand.
                SUPPORTED_VERSIONS => self.version = data.number16().map_or(self.version, Version),
                ALPN => self.alpn = protocols(data).into_iter().next(),
                ENCRYPT_THEN_MAC => self.encrypt_then_mac = true,
                EXTENDED_MASTER_SECRET => self.extended_master_secret = true,
                PRE_SHARED_KEY => self.pre_shared_key = data.number16(),
                _ => {}
            }
        }
        Some(())
    }

    /// Whether it asks for another ClientHello (RFC 8446 4.1.4).
    pub fn is_retry(&self) -> bool {
        self.random == RETRY
    }
}

/// What EncryptedExtensions say (RFC 8446 4.3.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncryptedExtensions {
    /// The protocol that the server chose.
    pub alpn: Option<String>,
    /// Whether it takes the data that was sent early.
    pub early_data: bool,
}

impl EncryptedExtensions {
    /// Reads the message's body.
    pub fn read(body: &[u8]) -> Self {
        let mut said = Self::default();
        for (kind, data) in Cursor(Cursor(body).vector16().unwrap_or_default()).extensions() {
            match kind {
                ALPN => said.alpn = protocols(Cursor(data)).into_iter().next(),
                EARLY_DATA => said.early_data = true,
                _ => {}
            }
        }
        said
    }
}

/// RFC 6066 3: a list of names, of which only host names were ever defined.
fn server_name(mut data: Cursor<'_>) -> Option<String> {
    let mut list = Cursor(data.vector16()?);
    let kind = list.take(1)?;
    let name = list.vector16()?;
    (kind == [0]).then(|| String::from_utf8_lossy(name).into_owned())
}

/// RFC 7301 3.1.
fn protocols(mut data: Cursor<'_>) -> Vec<String> {
    let mut list = Cursor(data.vector16().unwrap_or_default());
    core::iter::from_fn(|| list.vector8()).map(|name| String::from_utf8_lossy(name).into_owned()).collect()
}

/// What is left of a message.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
    fn number16(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }
    /// A vector with its length in one byte in front (RFC 8446 3.4).
    fn vector8(&mut self) -> Option<&'a [u8]> {
        let len = *self.take(1)?.first()?;
        self.take(len.into())
    }
    /// The same with two.
    fn vector16(&mut self) -> Option<&'a [u8]> {
        let len = self.number16()?;
        self.take(len.into())
    }
    fn extensions(mut self) -> impl Iterator<Item = (u16, &'a [u8])> {
        core::iter::from_fn(move || Some((self.number16()?, self.vector16()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(width: usize, content: &[u8]) -> Vec<u8> {
        [&content.len().to_be_bytes()[8 - width..], content].concat()
    }

    fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_be_bytes()[..], &vector(2, data)].concat()
    }

    fn client_hello() -> Vec<u8> {
        let extensions = [
            extension(SERVER_NAME, &vector(2, &[&[0][..], &vector(2, b"example.com")].concat())),
            extension(ALPN, &vector(2, &[vector(1, b"h2"), vector(1, b"http/1.1")].concat())),
            extension(SUPPORTED_VERSIONS, &vector(1, &[3, 4, 3, 3])),
            extension(EARLY_DATA, b""),
        ]
        .concat();
        let suites = vector(2, &[0x13, 1, 0x13, 2]);
        [&[3, 3][..], &[7; 32], &vector(1, b"session"), &suites, &vector(1, &[0]), &vector(2, &extensions)]
            .concat()
    }

    /// A ClientHello's parts; one that is cut anywhere tells what is there of it.
    #[test]
    fn rfc8446_4_1_2_client_hello() {
        let body = client_hello();
        let hello = ClientHello::read(&body);
        assert_eq!(hello.random, [7; 32]);
        assert_eq!(hello.session_id, b"session");
        assert_eq!(hello.server_name.as_deref(), Some("example.com"));
        assert_eq!(hello.alpn, ["h2", "http/1.1"]);
        assert_eq!(hello.versions, [Version::TLS13, Version::TLS12]);
        assert_eq!(hello.suites, [Suite(0x1301), Suite(0x1302)]);
        assert!(hello.early_data);
        for len in 0..body.len() {
            let cut = ClientHello::read(&body[..len]);
            assert_eq!(cut.random, if len < 34 { [0; 32] } else { [7; 32] });
        }
    }

    /// TLS 1.3 says its version in an extension; a HelloRetryRequest is told by its random alone.
    #[test]
    fn rfc8446_4_1_3_server_hello() {
        let hello = |random: &[u8], extensions: &[u8]| {
            let body = [&[3, 3][..], random, &vector(1, b""), &[0x13, 2, 0], &vector(2, extensions)].concat();
            ServerHello::read(&body)
        };
        let third = hello(&[9; 32], &extension(SUPPORTED_VERSIONS, &[3, 4]));
        assert_eq!((third.version, third.suite, third.is_retry()), (Version::TLS13, Suite(0x1302), false));
        let second = hello(
            &[9; 32],
            &[extension(ENCRYPT_THEN_MAC, b""), extension(EXTENDED_MASTER_SECRET, b"")].concat(),
        );
        assert_eq!((second.version, second.encrypt_then_mac), (Version::TLS12, true));
        assert!(second.extended_master_secret);
        assert!(hello(&RETRY, b"").is_retry());
    }

    proptest::proptest! {
        /// A hello that was changed in some places, or is none at all, is read as far as it goes.
        #[test]
        fn any_bytes_are_read(
            changes in proptest::collection::vec((0..200_usize, proptest::prelude::any::<u8>()), 0..8),
            junk in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
        ) {
            let mut body = client_hello();
            let len = body.len();
            changes.iter().for_each(|(at, byte)| body[at % len] = *byte);
            for bytes in [&body, &junk] {
                let hello = ClientHello::read(bytes);
                assert!(2 * hello.suites.len() <= bytes.len());
                ServerHello::read(bytes);
                EncryptedExtensions::read(bytes);
            }
        }
    }
}
