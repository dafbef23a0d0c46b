//! Traffic made up from a seed: captures of any size, the same for the same seed, with the truth of what they hold.
//!
//! What is in them has the shape of life (handshakes, acknowledgments, interleaved connections), and with
//! [`Profile::Lossy`] some of its damage; captures that are damaged otherwise are made where a test wants them.

mod damage;
mod digest;
mod plan;
mod random;
mod script;
mod sealed;
mod segments;
mod socket_io;
mod talk;
mod texts;
mod truth;
mod way;
mod wire;

use std::io::{self, Write};

pub use self::damage::Damages;
pub use self::digest::Digest;
pub use self::plan::{Plan, Until};
pub use self::random::Random;
pub use self::sealed::{RECORD, Sealer};
pub use self::socket_io::Told;
pub use self::talk::{Payload, Talk};
pub use self::texts::Texts;
pub use self::truth::{Said, Truth};
pub use self::wire::{Flags, Peer, SEGMENT, Wire};

/// What kind of traffic is made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Short JSON texts both ways, over many connections at once.
    Chat,
    /// Binary messages of 16 KiB to 1 MiB from servers, in full segments.
    Bulk,
    /// JSON texts both ways, compressed with context takeover (RFC 7692 7.1.1).
    Deflate,
    /// What bulk carries, in TLS 1.3.
    Tls,
    /// What chat carries and longer texts, of which each hundredth segment is lost, another one comes twice, one
    /// late, and one with bytes of the one before.
    Lossy,
    /// What chat carries, over very many connections.
    Many,
    /// Short texts from servers, of whose clients nothing is captured after the handshake: no acknowledgment either.
    OneSided,
    /// Socket.IO both ways: events, questions with their acknowledgements, binary attachments.
    SocketIo,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Chat,
        Self::Bulk,
        Self::Deflate,
        Self::Tls,
        Self::Lossy,
        Self::Many,
        Self::OneSided,
        Self::SocketIo,
    ];

    /// The word on a command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Bulk => "bulk",
            Self::Deflate => "deflate",
            Self::Tls => "tls",
            Self::Lossy => "lossy",
            Self::Many => "many",
            Self::OneSided => "one-sided",
            Self::SocketIo => "socketio",
        }
    }

    /// The profile with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }

    /// The key log of what is encrypted in it, with as many connections as it has where nobody says.
    pub fn key_log(self) -> String {
        Plan::new(self, 0, 0).key_log()
    }

    /// Connections that speak at the same time, where nobody says.
    const fn connections(self) -> u32 {
        match self {
            Self::Chat | Self::Lossy | Self::SocketIo => 32,
            Self::Bulk | Self::Tls | Self::OneSided => 4,
            Self::Deflate => 16,
            Self::Many => 100_000,
        }
    }
}

/// Writes a pcap of about `size` bytes, and never less.
pub fn generate<W: Write>(profile: Profile, size: u64, seed: u64, out: W) -> io::Result<W> {
    let (out, _) = Plan::new(profile, size, seed).write(out)?;
    Ok(out)
}

/// A number of bytes, as people write it.
pub fn size(word: &str) -> Result<u64, String> {
    let (number, unit) = word.split_at(word.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(word.len()));
    let factor = match unit {
        "" | "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        _ => return Err("units are kB, MB and GB".to_owned()),
    };
    let number: f64 = number.parse().map_err(|_| "a number comes first".to_owned())?;
    Ok((number * factor) as u64)
}
