//! Packets on their way out: made blocks of pcapng, gathered, and handed on in whole blocks.

use std::fs::File;
use std::io::{self, stdout};
use std::os::fd::AsFd;
use std::time::SystemTime;

use capture::format::{NewInterface, Packet, PcapNgWriter};

use crate::devices::Open;
use crate::disk::{Disk, Kept, Short};
use crate::options::Options;
use crate::ring::Ring;

/// What is gathered at most before it is handed on.
const GATHERED: usize = 128 << 10;

/// Where packets go.
pub(crate) struct Output {
    /// Blocks that were not handed on yet.
    writer: PcapNgWriter<Vec<u8>>,
    /// What every file begins with: the section and its interfaces.
    head: Vec<u8>,
    pipe: Option<Disk>,
    ring: Option<Ring>,
    /// Packets among what was not handed on yet.
    waiting: u64,
    /// Packets handed on.
    pub(crate) packets: u64,
    /// Bytes handed on, without the beginnings of further files.
    pub(crate) written: u64,
}

impl Output {
    /// Describes the devices. The name of the file that could not be made is in front of an error.
    pub(crate) fn new(options: &Options, devices: &[Open]) -> io::Result<Self> {
        let application = concat!("wscope-capture ", env!("CARGO_PKG_VERSION"));
        let mut writer = PcapNgWriter::new(Vec::with_capacity(2 * GATHERED), application)?;
        for device in devices {
            writer.interface(&NewInterface {
                link: device.link,
                snap_len: options.snaplen.unsigned_abs(),
                name: Some(&device.name),
                description: device.description.as_deref(),
                filter: options.filter.as_deref(),
            })?;
        }
        let ring = options.write.as_ref().map(|path| {
            let named =
                |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
            Ring::new(path, options).map_err(named)
        });
        let ring = ring.transpose()?;
        let pipe = match ring.is_none() || options.copy {
            true => Some(Disk::new(File::from(stdout().as_fd().try_clone_to_owned()?))),
            false => None,
        };
        let head = writer.target().clone();
        Ok(Self { writer, head, pipe, ring, waiting: 0, packets: 0, written: 0 })
    }

    /// A packet of the device with this place.
    pub(crate) fn packet(&mut self, place: usize, time: i64, wire_len: u32, data: &[u8]) -> io::Result<()> {
        let interface = u32::try_from(place).unwrap_or(u32::MAX);
        self.writer.packet(&Packet { interface, time, wire_len, data, comment: None })?;
        self.waiting += 1;
        Ok(())
    }

    /// Bytes of the capture, those that were not handed on included.
    pub(crate) fn len(&mut self) -> u64 {
        self.written + self.writer.target().len() as u64
    }

    /// Whether so much is gathered that it should be handed on.
    pub(crate) fn full(&mut self) -> bool {
        self.writer.target().len() >= GATHERED
    }

    /// Writes what each device received and dropped.
    pub(crate) fn statistics(&mut self, devices: &[Open]) -> io::Result<()> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
        for (place, device) in devices.iter().enumerate() {
            // libpcap's own count holds packets of the loopback device twice; this is what passed the filter.
            let received = device.captured + device.dropped;
            let interface = u32::try_from(place).unwrap_or(u32::MAX);
            self.writer.statistics(interface, now, received, device.dropped)?;
        }
        Ok(())
    }

    /// Hands on what was gathered.
    pub(crate) fn flush(&mut self, devices: &[Open]) -> io::Result<()> {
        // Each file of a row says how much was dropped by its end, for which room is kept.
        const STATISTICS: usize = 128;
        let gathered = self.writer.target().len();
        let room = gathered + STATISTICS * devices.len();
        if gathered > 0 && self.written > 0 && self.ring.as_ref().is_some_and(|ring| ring.due(room)) {
            let (blocks, waiting) = (std::mem::take(self.writer.target()), std::mem::take(&mut self.waiting));
            self.statistics(devices)?;
            self.hand_on()?;
            if let Some(ring) = &mut self.ring {
                ring.turn(&self.head)?;
            }
            (*self.writer.target(), self.waiting) = (blocks, waiting);
        }
        self.hand_on()
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let blocks = std::mem::take(self.writer.target());
        let mut done = Ok(());
        if let Some(ring) = &mut self.ring {
            done = done.and(ring.write(&blocks));
        }
        if let Some(pipe) = &mut self.pipe {
            done = done.and_then(|()| pipe.write(&blocks));
        }
        let waiting = std::mem::take(&mut self.waiting);
        let (kept, done) = match done {
            Ok(()) => (Kept { bytes: blocks.len(), packets: waiting }, Ok(())),
            Err(Short { error, kept }) => (kept, Err(error)),
        };
        self.written += kept.bytes as u64;
        self.packets += kept.packets;
        // The room is used again.
        let target = self.writer.target();
        *target = blocks;
        target.clear();
        done
    }
}
