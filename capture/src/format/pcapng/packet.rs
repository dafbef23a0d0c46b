//! The three blocks that hold packets: enhanced (4.3), simple (4.4) and the obsolete one (appendix A).

use super::{Block, Device, ENHANCED_PACKET, Flaw, PACKET, PcapNg, SIMPLE_PACKET};
use crate::format::options::{COMMENT, options};
use crate::format::{Comment, Found, LONGEST, Packed};
use crate::step::NoteKind;

/// Where the data begins in an Enhanced Packet Block and in the obsolete Packet Block.
const DATA: usize = 28;

impl PcapNg {
    /// What has to be said before a packet can be given.
    pub(super) fn before_packet(&mut self, kind: u32, block: Block<'_>) -> Option<Found> {
        let (interface, dropped) = match kind {
            SIMPLE_PACKET if !self.told_timeless => {
                self.told_timeless = true;
                let says = "packets without a time are in this capture (simple packet blocks); \
                            each is given the time of the packet before it";
                return Some(Found::Note(NoteKind::Comment, says.to_owned()));
            }
            ENHANCED_PACKET if has_options(block) => {
                // epb_dropcount: packets lost between this one and the one before it on the same interface.
                let option = options(block.order, block.bytes, options_at(block)?).find(|it| it.code == 4)?;
                (block.u32(8).ok()?, block.order.u64(block.bytes.get(option.value)?, 0)?)
            }
            // 0xffff: the number is not known.
            PACKET => match block.u16(10).ok()? {
                0xffff => return None,
                dropped => (u32::from(block.u16(8).ok()?), u64::from(dropped)),
            },
            _ => return None,
        };
        let device = self.interfaces.get_mut(interface as usize)?;
        device.dropped = device.dropped.saturating_add(dropped);
        (dropped > 0).then(|| {
            let says = format!("{dropped} packets before this one were not captured");
            Found::Note(NoteKind::Dropped { packets: dropped }, says)
        })
    }

    /// The packet at the beginning of `window`, if an Enhanced Packet Block without options is there and whole,
    /// and how many bytes the block takes. Of any other block nothing is said.
    #[inline(always)]
    pub(crate) fn packet(&mut self, window: &[u8]) -> Option<(usize, Packed)> {
        let order = self.order?;
        let (kind, len) = (order.u32(window, 0)?, order.u32(window, 4)?);
        let captured = order.u32(window, 20)?;
        let end = DATA.saturating_add(captured as usize);
        let usual =
            kind == ENHANCED_PACKET && captured <= LONGEST && end.next_multiple_of(4) + 4 == len as usize;
        if !usual || len > LONGEST || order.u32(window, len as usize - 4) != Some(len) {
            return None;
        }
        let interface = order.u32(window, 8)?;
        let device = self.interfaces.get(interface as usize)?;
        let time = device.precision.nanoseconds(order.halves(window, 12)?, device.offset);
        self.last_time = time;
        let packed = Packed {
            data: DATA..end,
            time,
            link: device.link,
            interface: self.interfaces_before.saturating_add(interface),
            wire_len: order.u32(window, 24)?,
            comment: Comment::None,
        };
        Some((len as usize, packed))
    }

    pub(super) fn enhanced_packet(&mut self, block: Block<'_>) -> Result<Found, Flaw> {
        let interface = block.u32(8)?;
        let comment = if has_options(block) { comment(block) } else { Comment::None };
        self.stamped(block, interface, comment)
    }

    pub(super) fn obsolete_packet(&mut self, block: Block<'_>) -> Result<Found, Flaw> {
        let interface = u32::from(block.u16(8)?);
        self.stamped(block, interface, comment(block))
    }

    /// What both blocks with a time have in common: the time in halves, the two lengths, the data.
    fn stamped(&mut self, block: Block<'_>, interface: u32, comment: Comment) -> Result<Found, Flaw> {
        let ticks = block.halves(12)?;
        let (captured, wire_len) = (block.u32(20)?, block.u32(24)?);
        let device = self.device(interface)?;
        let end = DATA.saturating_add(captured as usize);
        if end > block.bytes.len() {
            return Err(Flaw("its packet is longer than the block"));
        }
        let time = device.precision.nanoseconds(ticks, device.offset);
        self.last_time = time;
        Ok(Found::Record(Packed {
            data: DATA..end,
            time,
            link: device.link,
            interface: self.interfaces_before.saturating_add(interface),
            wire_len,
            comment,
        }))
    }

    pub(super) fn simple_packet(&mut self, block: Block<'_>) -> Result<Found, Flaw> {
        // 4.4: it "assumes that there is only one interface", the section's first.
        let device = self.device(0)?;
        let wire_len = block.u32(8)?;
        // 4.4: what was captured is the smallest of what was sent, the snap length, and what the block holds.
        let held = block.bytes.len().saturating_sub(12);
        let snap_len = if device.snap_len == 0 { u32::MAX } else { device.snap_len };
        let captured = wire_len.min(snap_len) as usize;
        if captured > held {
            return Err(Flaw("its packet is longer than the block"));
        }
        Ok(Found::Record(Packed {
            data: 12..12 + captured,
            time: self.last_time,
            link: device.link,
            interface: self.interfaces_before,
            wire_len,
            comment: Comment::None,
        }))
    }

    fn device(&self, interface: u32) -> Result<Device, Flaw> {
        self.interfaces
            .get(interface as usize)
            .copied()
            .ok_or(Flaw("its packet is from an interface that was not described"))
    }
}

/// Where the options begin: behind the data, padded.
fn options_at(block: Block<'_>) -> Option<usize> {
    Some((DATA + block.u32(20).ok()? as usize).next_multiple_of(4))
}

fn has_options(block: Block<'_>) -> bool {
    options_at(block).is_some_and(|at| at + 4 < block.bytes.len())
}

fn comment(block: Block<'_>) -> Comment {
    let Some(at) = options_at(block) else { return Comment::None };
    let mut comments = options(block.order, block.bytes, at).filter(|option| option.code == COMMENT);
    let Some(first) = comments.next() else { return Comment::None };
    let Some(second) = comments.next() else { return Comment::One(first.value) };
    let all = [first, second].into_iter().chain(comments);
    let words: Vec<_> = all.map(|option| crate::format::options::text(block.bytes, option.value)).collect();
    Comment::Several(words.join("\n"))
}
