//! What is known of one TLS: what was agreed, for whom, and whether there are keys.

use crate::tls::record::Version;
use crate::tls::suite::Suite;

/// What is known of one TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secured {
    /// The version that the server chose.
    pub version: Option<Version>,
    /// The cipher suite that it chose.
    pub suite: Option<Suite>,
    /// The name that the client asked for (SNI, RFC 6066 3).
    pub server_name: Option<String>,
    /// Whether a ClientHello was captured.
    pub hello: bool,
    /// The protocols that the client offered (ALPN, RFC 7301 3.1).
    pub offered: Vec<String>,
    /// The protocol that the server chose; in TLS 1.3 it is only seen with keys.
    pub alpn: Option<String>,
    /// Whether there are keys.
    pub keys: Keys,
    /// Whether the server asked for another ClientHello (RFC 8446 4.1.4).
    pub retried: bool,
    /// Whether an earlier session was taken up again (RFC 5246 7.4.1.2, RFC 8446 2.2).
    pub resumed: bool,
    /// Whether the client sent data before it heard the server (RFC 8446 2.3).
    pub early_data: bool,
    /// Whether the keys depend on the whole handshake (RFC 7627). A key log holds what came of it, so nothing
    /// more is needed to read along.
    pub extended_master_secret: bool,
    /// Whether the MAC covers what is encrypted (RFC 7366).
    pub encrypt_then_mac: bool,
    /// Handshakes that were done again inside the TLS (RFC 5246 7.4.1.1).
    pub renegotiations: u32,
    /// How often each end changed its keys, client first (RFC 8446 4.6.3).
    pub updates: [u32; 2],
    /// The last alert of each end, client first (RFC 8446 6).
    pub alerts: [Option<u8>; 2],
    /// Records that were opened.
    pub opened: u64,
    /// Records that could not be opened although there are keys.
    pub refused: u64,
}

/// Whether there are keys to a TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// Nothing was encrypted so far.
    #[default]
    NotNeeded,
    /// There are, from this key log.
    From(u32),
    /// They follow from a session whose keys are known.
    Resumed,
    /// No key log has them.
    Missing,
    /// The handshake was not captured, so it is not known which they are.
    NoHello,
    /// This program does not read what the cipher suite makes.
    Unsupported,
}

impl Keys {
    /// Whether there are.
    pub const fn are_known(self) -> bool {
        matches!(self, Self::From(_) | Self::Resumed)
    }
}
