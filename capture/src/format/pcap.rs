//! Classic pcap: a file header of 24 bytes, then records.
//!
//! ```text
//!  magic:4 major:2 minor:2 zone:4 sigfigs:4 snaplen:4 network:4     the file
//!  seconds:4 fraction:4 captured:4 wire:4 [index:4 proto:2 kind:1 pad:1] bytes…   a record; [] only if modified
//! ```

use super::{ByteOrder, Comment, Container, Format, Found, LONGEST, Need, Packed, Precision, Walk};
use crate::link::LinkType;
use crate::step::Interface;

const FILE_HEADER: usize = 24;

/// A snap length nobody exceeds without meaning it: what tcpdump and Wireshark keep of a packet at most.
const USUAL_SNAP_LEN: u32 = 256 << 10;

/// What the four bytes at the beginning say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Magic {
    order: ByteOrder,
    precision: Precision,
    modified: bool,
}

impl Magic {
    /// The magic number in either byte order.
    pub(crate) fn of(bytes: [u8; 4]) -> Option<Self> {
        let as_written = |order, number| {
            let (precision, modified) = match number {
                0xa1b2_c3d4_u32 => (Precision::MICRO, false),
                0xa1b2_3c4d => (Precision::NANO, false),
                0xa1b2_cd34 => (Precision::MICRO, true),
                _ => return None,
            };
            Some(Self { order, precision, modified })
        };
        as_written(ByteOrder::Little, u32::from_le_bytes(bytes))
            .or_else(|| as_written(ByteOrder::Big, u32::from_be_bytes(bytes)))
    }
}

/// A pcap file being walked.
#[derive(Debug)]
pub(crate) struct Pcap {
    magic: Magic,
    head: Option<Head>,
}

#[derive(Clone, Copy, Debug)]
struct Head {
    link: LinkType,
    snap_len: u32,
    lengths: Lengths,
}

/// Which of a record's two lengths comes first; it was not always the captured one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lengths {
    CapturedFirst,
    WireFirst,
    /// Version 2.3 was written both ways; what was captured is never longer.
    ShorterIsCaptured,
}

impl Pcap {
    pub(crate) fn new(magic: Magic) -> Self {
        Self { magic, head: None }
    }

    pub(crate) fn format(&self) -> Format {
        Format {
            container: if self.magic.modified { Container::ModifiedPcap } else { Container::Pcap },
            compression: None,
            order: Some(self.magic.order),
            precision: Some(self.magic.precision),
            application: None,
        }
    }

    pub(crate) fn walk(&mut self, window: &[u8]) -> Walk {
        let walked = match self.head {
            Some(head) => self.record(head, window),
            None => self.file_header(window),
        };
        walked.unwrap_or_else(Walk::Need)
    }

    fn file_header(&mut self, window: &[u8]) -> Result<Walk, Need> {
        const SHORT: Need = Need { bytes: FILE_HEADER, what: "the file header", believable: true };
        let header = window.get(..FILE_HEADER).ok_or(SHORT)?;
        let order = self.magic.order;
        let (major, minor) = (order.u16(header, 4).ok_or(SHORT)?, order.u16(header, 6).ok_or(SHORT)?);
        let snap_len = order.u32(header, 16).ok_or(SHORT)?;
        let network = order.u32(header, 20).ok_or(SHORT)?;
        // The upper bits tell how long the frame check sequence is; the link type is the lower 16.
        let link = LinkType((network & 0xffff) as u16);
        let lengths = match (major, minor) {
            (2, 0..=2) => Lengths::WireFirst,
            (2, 3) => Lengths::ShorterIsCaptured,
            _ => Lengths::CapturedFirst,
        };
        self.head = Some(Head { link, snap_len, lengths });
        let interface = Interface {
            id: 0,
            link,
            snap_len,
            precision: self.magic.precision,
            name: None,
            description: None,
            filter: None,
            system: None,
            comment: None,
        };
        Ok(Walk::Took { take: FILE_HEADER, found: Found::Interface(Box::new(interface)) })
    }

    /// The packet at the beginning of `window`, if it is whole, and how many bytes its record takes.
    #[inline(always)]
    pub(crate) fn packet(&self, window: &[u8]) -> Option<(usize, Packed)> {
        let head = self.head?;
        let start = self.record_header();
        let order = self.magic.order;
        let (seconds, fraction) = (order.u32(window, 0)?, order.u32(window, 4)?);
        let (captured, wire_len) = head.lengths.sorted(order.u32(window, 8)?, order.u32(window, 12)?);
        let end = start.saturating_add(captured as usize);
        if captured > LONGEST || end > window.len() {
            return None;
        }
        let packed = Packed {
            data: start..end,
            time: self.magic.precision.nanoseconds(u64::from(fraction), i64::from(seconds)),
            link: head.link,
            interface: 0,
            wire_len,
            comment: Comment::None,
        };
        Some((end, packed))
    }

    fn record(&self, head: Head, window: &[u8]) -> Result<Walk, Need> {
        const RECORD: &str = "a packet record";
        if let Some((take, packed)) = self.packet(window) {
            return Ok(Walk::Took { take, found: Found::Record(packed) });
        }
        let start = self.record_header();
        let short = || Need { bytes: start, what: RECORD, believable: true };
        let header = window.get(..start).ok_or_else(short)?;
        let order = self.magic.order;
        let first = order.u32(header, 8).ok_or_else(short)?;
        let second = order.u32(header, 12).ok_or_else(short)?;
        let (captured, _) = head.lengths.sorted(first, second);
        if captured > LONGEST {
            return Ok(Walk::Damaged(format!("a packet of {captured} bytes is claimed, which cannot be")));
        }
        let believable = captured <= head.snap_len.max(USUAL_SNAP_LEN);
        Err(Need { bytes: start + captured as usize, what: RECORD, believable })
    }

    fn record_header(&self) -> usize {
        if self.magic.modified { 24 } else { 16 }
    }
}

impl Lengths {
    /// What was captured and what was on the wire.
    fn sorted(self, first: u32, second: u32) -> (u32, u32) {
        match self {
            Self::CapturedFirst => (first, second),
            Self::WireFirst => (second, first),
            Self::ShorterIsCaptured => (first.min(second), first.max(second)),
        }
    }
}
