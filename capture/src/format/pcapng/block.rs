//! The blocks around packets: interfaces (4.2), names (4.5), statistics (4.6), secrets (4.7).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Block, Device, Flaw, PcapNg};
use crate::format::options::{COMMENT, options, text};
use crate::format::{Found, Precision};
use crate::link::LinkType;
use crate::step::{Interface, Name, NoteKind};

impl PcapNg {
    pub(super) fn interface(&mut self, block: Block<'_>) -> Result<Found, Flaw> {
        let link = LinkType(block.u16(8)?);
        let snap_len = block.u32(12)?;
        let index = u32::try_from(self.interfaces.len()).unwrap_or(u32::MAX);
        let mut interface = Interface {
            id: self.interfaces_before.saturating_add(index),
            link,
            snap_len,
            precision: Precision::MICRO,
            name: None,
            description: None,
            filter: None,
            system: None,
            comment: None,
        };
        let mut offset = 0;
        for option in options(block.order, block.bytes, 16) {
            let value = block.bytes.get(option.value.clone()).unwrap_or_default();
            let words = || Some(text(block.bytes, option.value.clone()));
            match option.code {
                COMMENT => interface.comment = words(),
                2 => interface.name = words(),
                3 => interface.description = words(),
                9 => {
                    interface.precision =
                        value.first().map_or(Precision::MICRO, |byte| Precision::from_option(*byte))
                }
                // if_filter: the first byte says that the rest is text (0) or BPF code (1).
                11 if value.first() == Some(&0) => {
                    interface.filter = Some(text(block.bytes, option.value.start + 1..option.value.end));
                }
                12 => interface.system = words(),
                14 => offset = block.order.u64(value, 0).unwrap_or_default().cast_signed(),
                _ => {}
            }
        }
        self.interfaces.push(Device { link, snap_len, precision: interface.precision, offset, dropped: 0 });
        Ok(Found::Interface(Box::new(interface)))
    }

    /// Counts are "starting from the beginning of the capture", so what was told already is taken off.
    pub(super) fn statistics(&mut self, block: Block<'_>) -> Result<Found, Flaw> {
        let interface = block.u32(8)?;
        let mut dropped = 0_u64;
        for option in options(block.order, block.bytes, 20) {
            // isb_ifdrop: by the interface for lack of room; isb_osdrop: by the operating system.
            if matches!(option.code, 5 | 7) {
                let value = block.bytes.get(option.value).unwrap_or_default();
                dropped = dropped.saturating_add(block.order.u64(value, 0).unwrap_or_default());
            }
        }
        let device = self
            .interfaces
            .get_mut(interface as usize)
            .ok_or(Flaw("its statistics are of an interface that was not described"))?;
        let more = dropped.saturating_sub(device.dropped);
        device.dropped = device.dropped.max(dropped);
        if more == 0 {
            return Ok(Found::Nothing);
        }
        let id = self.interfaces_before.saturating_add(interface);
        let says = format!("{more} packets on interface {id} were dropped while capturing");
        Ok(Found::Note(NoteKind::Dropped { packets: more }, says))
    }
}

pub(super) fn secrets(block: Block<'_>) -> Result<Found, Flaw> {
    let (kind, len) = (block.u32(8)?, block.u32(12)?);
    let data = 16..16_usize.saturating_add(len as usize);
    if data.end > block.bytes.len() {
        return Err(Flaw("its secrets are longer than the block"));
    }
    Ok(Found::Secrets { kind, data })
}

pub(super) fn names(block: Block<'_>) -> Result<Found, Flaw> {
    let mut names = Vec::new();
    // The records have the form of options: type, length, value, padding.
    for record in options(block.order, block.bytes, 8) {
        let value = block.bytes.get(record.value).unwrap_or_default();
        let split = match record.code {
            1 => value.split_first_chunk().map(|(raw, rest)| (IpAddr::V4(Ipv4Addr::from_octets(*raw)), rest)),
            2 => value.split_first_chunk().map(|(raw, rest)| (IpAddr::V6(Ipv6Addr::from_octets(*raw)), rest)),
            _ => None,
        };
        let Some((address, words)) = split else { continue };
        for name in words.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
            names.push(Name { address, name: String::from_utf8_lossy(name).into_owned() });
        }
    }
    Ok(if names.is_empty() { Found::Nothing } else { Found::Names(names) })
}
