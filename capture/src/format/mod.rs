//! Which format a capture has, told by its content and never by its name, and the walkers that step through it.
//!
//! A walker sees a window of bytes and says what stands at its beginning. It does no I/O, and what it
//! finds is ranges of the window, so that nothing is copied for a packet.

mod options;
mod order;
mod pcap;
mod pcapng;
mod precision;
mod secrets;
mod sniff;
mod write;

use std::fmt;
use std::ops::Range;

use crate::link::LinkType;
use crate::step::{Interface, Name, NoteKind};

pub use order::ByteOrder;
pub use precision::Precision;
pub use secrets::put_in_front;
pub use write::{NewInterface, Packet, PcapNgWriter};

pub(crate) use sniff::{HEAD, Sniffed, compressed, sniff};

/// A record or block longer than this is damage: nobody writes such packets, and memory is not asked for on a file's word.
pub(crate) const LONGEST: u32 = 256 << 20;

/// What kind of file a capture is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// How records are kept.
    pub container: Container,
    /// How the file was compressed.
    pub compression: Option<Compression>,
    /// The byte order; of a pcapng, that of the section being read. `None` until its header is there.
    pub order: Option<ByteOrder>,
    /// How fine times are; of a pcapng, on the interface described last.
    pub precision: Option<Precision>,
    /// The program that wrote it, where it says.
    pub application: Option<String>,
}

impl fmt::Display for Format {
    /// Such as `pcapng, gzip, little-endian, nanoseconds, written by Dumpcap`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.container)?;
        if let Some(compression) = self.compression {
            write!(f, ", {compression}")?;
        }
        if let Some(order) = self.order {
            write!(f, ", {order}")?;
        }
        if let Some(precision) = self.precision {
            write!(f, ", {precision}")?;
        }
        if let Some(application) = &self.application {
            write!(f, ", written by {application}")?;
        }
        Ok(())
    }
}

/// How records are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// Classic pcap.
    Pcap,
    /// Classic pcap with the longer record header of Kuznetzov's libpcap.
    ModifiedPcap,
    /// pcapng.
    PcapNg,
}

impl fmt::Display for Container {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pcap => "pcap",
            Self::ModifiedPcap => "modified pcap",
            Self::PcapNg => "pcapng",
        })
    }
}

/// How a capture file was compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// The LZ4 frame format.
    Lz4,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        })
    }
}

/// What stands at the beginning of a window.
#[derive(Debug)]
pub(crate) enum Walk {
    /// It cannot be told yet.
    Need(Need),
    /// This, and the window goes on behind `take` bytes, which it holds.
    Took { take: usize, found: Found },
    /// Nothing that the format allows, and so no telling where the next thing begins.
    Damaged(String),
}

/// How many bytes must be in the window before it can be told what stands there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) bytes: usize,
    /// What they belong to.
    pub(crate) what: &'static str,
    /// Whether a file that does not hold so many is cut rather than damaged.
    pub(crate) believable: bool,
}

/// Something found, as ranges of the window.
#[derive(Debug)]
pub(crate) enum Found {
    Nothing,
    Record(Packed),
    Interface(Box<Interface>),
    Secrets { kind: u32, data: Range<usize> },
    Names(Vec<Name>),
    Note(NoteKind, String),
}

/// A packet found.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) data: Range<usize>,
    pub(crate) time: i64,
    pub(crate) link: LinkType,
    pub(crate) interface: u32,
    pub(crate) wire_len: u32,
    pub(crate) comment: Comment,
}

/// What is written beside a packet; almost always nothing, and then nothing is made.
#[derive(Debug)]
pub(crate) enum Comment {
    None,
    One(Range<usize>),
    Several(String),
}

/// One of the formats, being walked.
#[derive(Debug)]
pub(crate) enum Walker {
    Pcap(pcap::Pcap),
    PcapNg(Box<pcapng::PcapNg>),
}

impl Walker {
    /// What stands at the beginning of `window`, which lies at offset `at` of the capture.
    pub(crate) fn walk(&mut self, window: &[u8], at: u64) -> Walk {
        match self {
            Self::Pcap(pcap) => pcap.walk(window),
            Self::PcapNg(pcapng) => pcapng.walk(window, at),
        }
    }

    /// The packet at the beginning of `window`, where it is whole and nothing else is to be said, and how many bytes
    /// it takes. What this does not find [`walk`](Self::walk) does.
    #[inline]
    pub(crate) fn packet(&mut self, window: &[u8]) -> Option<(usize, Packed)> {
        match self {
            Self::Pcap(pcap) => pcap.packet(window),
            Self::PcapNg(pcapng) => pcapng.packet(window),
        }
    }

    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Pcap(pcap) => pcap.format(),
            Self::PcapNg(pcapng) => pcapng.format(),
        }
    }
}
