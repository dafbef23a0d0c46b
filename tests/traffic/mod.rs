//! Traffic made up from a seed: captures of any size, the same for the same seed.
//!
//! What is in them has the shape of life (handshakes, acknowledgments, interleaved connections) and none of its
//! damage; damaged captures are made where a test wants them.

mod random;
mod sealed;
mod talk;
mod wire;

use std::io::{self, Write};

pub use self::random::Random;
pub use self::sealed::{RECORD, Sealer, key_log};
pub use self::talk::{Payload, Talk};
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
    /// What is bulk, within TLS 1.3.
    Sealed,
}

impl Profile {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Bulk, Self::Deflate, Self::Sealed];

    /// The word on a command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Bulk => "bulk",
            Self::Deflate => "deflate",
            Self::Sealed => "sealed",
        }
    }

    /// Connections that speak at the same time.
    pub const fn talks(self) -> u32 {
        match self {
            Self::Chat => 32,
            Self::Bulk | Self::Sealed => 4,
            Self::Deflate => 16,
        }
    }
}

/// Writes a pcap of about `size` bytes, and never less.
pub fn generate<W: Write>(profile: Profile, size: u64, seed: u64, out: W) -> io::Result<W> {
    let mut random = Random::new(seed);
    let mut wire = Wire::new(out)?;
    let mut talks: Vec<Talk> =
        (0..profile.talks()).map(|number| Talk::new(number, profile == Profile::Sealed)).collect();
    for talk in &mut talks {
        talk.open(&mut wire, profile == Profile::Deflate)?;
    }
    let mut text = String::new();
    let mut bytes = Vec::new();
    while wire.written() < size {
        let talk = random.below(talks.len() as u64) as usize;
        let Some(talk) = talks.get_mut(talk) else { continue };
        match profile {
            Profile::Chat => {
                random.json(60, 300, &mut text);
                talk.send(&mut wire, random.coin(), Payload::Text(&text), &mut random)?;
            }
            Profile::Bulk | Profile::Sealed => {
                let len = 16 << (10 + random.below(7));
                random.fill(len, &mut bytes);
                talk.send(&mut wire, false, Payload::Binary(&bytes), &mut random)?;
            }
            Profile::Deflate => {
                random.json(100, 1500, &mut text);
                talk.send(&mut wire, random.coin(), Payload::Deflated(&text), &mut random)?;
            }
        }
    }
    for talk in &mut talks {
        talk.close(&mut wire, &mut random)?;
    }
    wire.finish()
}
