//! Writes pcapng: what is saved, exported or spooled. Times are nanoseconds, numbers little-endian.

use std::io::{self, Write};

use super::LONGEST;
use super::pcapng::{ENHANCED_PACKET, INTERFACE, SECRETS, SECTION, STATISTICS};
use crate::link::LinkType;

/// Writes one section of a pcapng file.
#[derive(Debug)]
pub struct PcapNgWriter<W: Write> {
    to: W,
    interfaces: u32,
    /// The block being made, reused.
    block: Vec<u8>,
}

/// An interface to be described.
#[derive(Clone, Copy, Debug, Default)]
pub struct NewInterface<'a> {
    /// The link type of its packets.
    pub link: LinkType,
    /// How many bytes of a packet are kept at most; 0 is no limit.
    pub snap_len: u32,
    /// The device, such as `eth0`.
    pub name: Option<&'a str>,
    /// What the system calls it.
    pub description: Option<&'a str>,
    /// The capture filter that was set.
    pub filter: Option<&'a str>,
}

/// A packet to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Packet<'a> {
    /// What [`PcapNgWriter::interface`] returned.
    pub interface: u32,
    /// Nanoseconds since the epoch; what lies before it becomes the epoch.
    pub time: i64,
    /// How many bytes it had on the wire.
    pub wire_len: u32,
    /// The captured bytes.
    pub data: &'a [u8],
    /// A comment beside it.
    pub comment: Option<&'a str>,
}

impl<W: Write> PcapNgWriter<W> {
    /// Begins a section. `application` is the program's name and version.
    pub fn new(to: W, application: &str) -> io::Result<Self> {
        let mut writer = Self { to, interfaces: 0, block: Vec::new() };
        writer.begin(SECTION);
        writer.u32(0x1a2b_3c4d);
        writer.block.extend_from_slice(&[1, 0, 0, 0]);
        // The section's length is not known beforehand.
        writer.u64(u64::MAX);
        writer.option(4, application.as_bytes());
        writer.end_options();
        writer.end()?;
        Ok(writer)
    }

    /// Writes on in a section that has begun, little-endian.
    pub(super) fn within(to: W) -> Self {
        Self { to, interfaces: 0, block: Vec::new() }
    }

    /// Describes an interface, and returns its number for packets.
    pub fn interface(&mut self, interface: &NewInterface<'_>) -> io::Result<u32> {
        self.begin(INTERFACE);
        self.u32(u32::from(interface.link.0));
        self.u32(interface.snap_len);
        if let Some(name) = interface.name {
            self.option(2, name.as_bytes());
        }
        if let Some(description) = interface.description {
            self.option(3, description.as_bytes());
        }
        // if_tsresol: nanoseconds.
        self.option(9, &[9]);
        if let Some(filter) = interface.filter {
            self.option(11, &[&[0], filter.as_bytes()].concat());
        }
        self.end_options();
        self.end()?;
        let id = self.interfaces;
        self.interfaces = id.saturating_add(1);
        Ok(id)
    }

    /// Writes a packet of an interface that was described.
    pub fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        if packet.interface >= self.interfaces {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a packet of an interface not yet described",
            ));
        }
        let captured = length(packet.data)?;
        self.begin(ENHANCED_PACKET);
        self.u32(packet.interface);
        self.time(packet.time);
        self.u32(captured);
        self.u32(packet.wire_len);
        self.block.extend_from_slice(packet.data);
        self.pad();
        if let Some(comment) = packet.comment {
            self.option(super::options::COMMENT, comment.as_bytes());
            self.end_options();
        }
        self.end()
    }

    /// Writes secrets for decryption; they should come before the packets that need them.
    pub fn secrets(&mut self, kind: u32, secrets: &[u8]) -> io::Result<()> {
        let len = length(secrets)?;
        self.begin(SECRETS);
        self.u32(kind);
        self.u32(len);
        self.block.extend_from_slice(secrets);
        self.pad();
        self.end()
    }

    /// Writes how many packets an interface received and dropped since the capture began, as of `time`.
    pub fn statistics(&mut self, interface: u32, time: i64, received: u64, dropped: u64) -> io::Result<()> {
        self.begin(STATISTICS);
        self.u32(interface);
        self.time(time);
        self.option(4, &received.to_le_bytes());
        self.option(5, &dropped.to_le_bytes());
        self.end_options();
        self.end()
    }

    /// Hands on what is buffered below.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// What is written to, which after each call holds whole blocks.
    pub fn target(&mut self) -> &mut W {
        &mut self.to
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.to
    }

    fn begin(&mut self, kind: u32) {
        self.block.clear();
        self.u32(kind);
        // The length, when it is known.
        self.u32(0);
    }

    fn end(&mut self) -> io::Result<()> {
        let len = length(&self.block)?.saturating_add(4);
        self.u32(len);
        if let Some(place) = self.block.get_mut(4..8) {
            place.copy_from_slice(&len.to_le_bytes());
        }
        self.to.write_all(&self.block)
    }

    fn u32(&mut self, number: u32) {
        self.block.extend_from_slice(&number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.block.extend_from_slice(&number.to_le_bytes());
    }

    fn time(&mut self, time: i64) {
        let ticks = u64::try_from(time).unwrap_or(0);
        self.u32((ticks >> 32) as u32);
        self.u32((ticks & 0xffff_ffff) as u32);
    }

    /// An option's length has 16 bits: what is longer is cut, at a character where it is text.
    fn option(&mut self, code: u16, value: &[u8]) {
        let most = usize::from(u16::MAX);
        let value = match value.get(..most) {
            Some(cut) if value.len() > most => {
                let whole = std::str::from_utf8(cut).map_or_else(|error| error.valid_up_to(), str::len);
                cut.get(..whole).unwrap_or(cut)
            }
            _ => value,
        };
        self.block.extend_from_slice(&code.to_le_bytes());
        self.block.extend_from_slice(&(value.len() as u16).to_le_bytes());
        self.block.extend_from_slice(value);
        self.pad();
    }

    fn end_options(&mut self) {
        self.u32(0);
    }

    fn pad(&mut self) {
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }
}

/// A length that readers believe.
fn length(bytes: &[u8]) -> io::Result<u32> {
    let fits = u32::try_from(bytes.len()).ok().filter(|len| *len < LONGEST - (1 << 20));
    fits.ok_or_else(|| {
        io::Error::new(io::ErrorKind::InvalidInput, "a packet or block too long to be written")
    })
}
