//! What the shown bytes lie in, layer by layer: packets as they were captured, and what TLS sealed.
//!
//! ```text
//! Captured(packet) ◄─► Decrypted (outer TLS) ◄─► Decrypted ◄─► heads, frames
//! ```
//! A layer is linked to the next one only, so that there is one way between any two tabs.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use dissector::ids::{PacketId, RecordId};
use dissector::span::Record;
use dissector::tls::record::RecordHeader;

use super::build::{PACKETS, Parts, room, thousands};
use super::node::Place;
use super::steps::{Lies, Step, Want};
use super::tab::{Tab, TabKind};
use crate::content::Patchy;
use crate::snapshot::Snapshot;

/// How many TLS lie in each other at most.
const DEEPEST: usize = 8;

/// A record whose plaintext is shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) record: Record,
    /// The tab with its plaintext, and where that stands in it.
    pub(super) tab: usize,
    pub(super) range: Range<usize>,
    /// Where the plaintext begins in the stream below, as it is sealed.
    plain_at: u64,
    /// Whether it holds no frames but records of another TLS.
    pub(super) outer: bool,
}

/// The layers below the heads and frames that are shown.
#[derive(Default)]
pub(super) struct Layers {
    packets: HashMap<PacketId, usize>,
    /// The packet that the thing is met in.
    pub(super) home: Option<usize>,
    /// Packets that have no tab.
    pub(super) left_out: usize,
    /// Records, those of the outermost TLS first.
    pub(super) records: Vec<Shown>,
    by_id: HashMap<RecordId, usize>,
    /// The tab of what the innermost TLS seals.
    pub(super) plain: Option<usize>,
}

/// What is to be shown.
pub(super) struct Wanted<'a> {
    /// Stretches of the uppermost streams.
    pub(super) stretches: &'a [Want],
    /// Records that none of those lies in.
    pub(super) records: Vec<RecordId>,
    /// Packets that hold none of them.
    pub(super) packets: Vec<PacketId>,
    /// The packet that the thing is met in.
    pub(super) home: Option<PacketId>,
}

/// A record with its plaintext.
struct Opened {
    id: RecordId,
    record: Record,
    plain: std::sync::Arc<[u8]>,
    plain_at: u64,
}

impl Layers {
    /// Adds the tabs, the lowest first, and links each to the one below.
    pub(super) fn lay(parts: &mut Parts<'_>, wanted: Wanted<'_>) -> Self {
        let mut packets = wanted.packets;
        let mut levels: Vec<Vec<Opened>> = Vec::new();
        let mut stretches = wanted.stretches.to_vec();
        let mut also = wanted.records;
        while (!stretches.is_empty() || !also.is_empty()) && levels.len() < DEEPEST {
            let mut ids: BTreeSet<RecordId> = also.drain(..).collect();
            for step in stretches.iter().flat_map(|want| want.steps(parts.snapshot)) {
                match step.lies {
                    Lies::Packet(id, _) => packets.push(id),
                    Lies::Record(id, _) => drop(ids.insert(id)),
                }
            }
            let level = open(parts, &ids);
            stretches = level.iter().map(|opened| sealed(&opened.record)).collect();
            if !level.is_empty() {
                levels.push(level);
            }
        }
        let mut layers = Self::default();
        layers.captured(parts, packets, wanted.home);
        for (inner, level) in levels.into_iter().enumerate().rev() {
            layers.decrypted(parts, level, inner > 0);
        }
        layers
    }

    /// A tab for each packet: the first ones, the last ones and `home`.
    fn captured(&mut self, parts: &mut Parts<'_>, mut packets: Vec<PacketId>, home: Option<PacketId>) {
        packets.extend(home);
        packets.sort_unstable();
        packets.dedup();
        let all = packets.len();
        if all > PACKETS {
            let last = packets.split_off(all - PACKETS / 2);
            packets.truncate(PACKETS / 2);
            packets.extend(last);
            if let Some(home) = home.filter(|home| packets.binary_search(home).is_err()) {
                packets.push(home);
                packets.sort_unstable();
            }
        }
        self.left_out = all - packets.len().min(all);
        for id in packets {
            let Ok(bytes) = parts.content.packet(parts.snapshot, id) else { continue };
            let title = format!("Packet {}", thousands(id.number()));
            let tab = parts.tab(Tab::new(TabKind::Captured(id), title, Patchy { bytes, holes: Vec::new() }));
            self.packets.insert(id, tab);
            if home == Some(id) {
                self.home = Some(tab);
            }
        }
    }

    /// A tab for what the records of one TLS seal, joined in order.
    fn decrypted(&mut self, parts: &mut Parts<'_>, level: Vec<Opened>, outer: bool) {
        let Some(first) = level.first() else { return };
        let mut joined = Patchy::default();
        let kind = TabKind::Decrypted(first.id);
        let tab = parts.tabs.len();
        let mut links = Vec::new();
        for opened in level {
            let at = joined.bytes.len();
            joined.bytes.extend_from_slice(&opened.plain);
            let range = at..joined.bytes.len();
            for step in inside(&opened).steps(parts.snapshot) {
                if let Some(low) = self.find(step.lies, step.len) {
                    links.push((low, at + (step.at - opened.plain_at) as usize, step.len as usize));
                }
            }
            let Opened { id, record, plain_at, .. } = opened;
            self.by_id.insert(id, self.records.len());
            self.records.push(Shown { record, tab, range, plain_at, outer });
        }
        let title = if outer { "Decrypted, outer TLS" } else { "Decrypted" };
        parts.tab(Tab::new(kind, title, joined));
        for (low, at, len) in links {
            parts.links.exact(low, (tab, at), len);
        }
        if !outer {
            self.plain = Some(tab);
        }
    }

    /// The tab and the place in it of bytes that lie one step below a stream.
    pub(super) fn find(&self, lies: Lies, len: u32) -> Option<(usize, usize)> {
        match lies {
            Lies::Packet(id, offset) => Some((*self.packets.get(&id)?, offset as usize)),
            Lies::Record(id, offset) => {
                let shown = self.records.get(*self.by_id.get(&id)?)?;
                let at = shown.range.start + offset as usize;
                (at + len as usize <= shown.range.end).then_some((shown.tab, at))
            }
        }
    }

    /// Links bytes of a tab, which begin `at` bytes from its first, to where they lie below.
    pub(super) fn link(&self, parts: &mut Parts<'_>, steps: &[Step], from: u64, tab: usize, at: usize) {
        for step in steps {
            if let Some(low) = self.find(step.lies, step.len) {
                parts.links.exact(low, (tab, at + (step.at - from) as usize), step.len as usize);
            }
        }
    }

    /// Where a stretch of a stream stands one step down, as far as it does in one piece.
    pub(super) fn place(&self, snapshot: &Snapshot, want: Want) -> Option<Place> {
        let mut found: Option<(usize, Range<usize>)> = None;
        for step in want.steps(snapshot) {
            let Some((tab, at)) = self.find(step.lies, step.len) else { continue };
            let end = at + step.len as usize;
            match &mut found {
                None => found = Some((tab, at..end)),
                Some((known, range)) if *known == tab && range.end == at => range.end = end,
                Some(_) => break,
            }
        }
        found.map(|(tab, range)| Place::bytes(tab, range))
    }

    /// The same, where it stands there whole.
    pub(super) fn whole(&self, snapshot: &Snapshot, want: Want) -> Option<Place> {
        self.place(snapshot, want).filter(|place| place.bits.len == want.len * 8)
    }

    /// Whether what is in a tab can be read there: where TLS is, only what the innermost one seals.
    pub(super) fn readable(&self, tab: usize) -> bool {
        self.plain.is_none_or(|plain| plain == tab)
    }
}

/// Opens records, as many as may be put into memory.
fn open(parts: &mut Parts<'_>, ids: &BTreeSet<RecordId>) -> Vec<Opened> {
    let mut level = Vec::new();
    let mut used = 0;
    for id in ids.iter().copied() {
        let Some(record) = parts.snapshot.record(id) else { continue };
        let Some(opener) = parts.snapshot.openers.row(record.epoch.index()) else { continue };
        let plain_at = record.plain_at(opener);
        // Without its plaintext a record has no place here; whoever asks for the frame is told why.
        let Ok(plain) = parts.content.record(parts.snapshot, id) else { continue };
        if plain.len() as u64 > room(used) {
            break;
        }
        used += plain.len();
        level.push(Opened { id, record, plain, plain_at });
    }
    level
}

/// A record with its header in the stream below.
pub(super) fn sealed(record: &Record) -> Want {
    let len = RecordHeader::LEN as u64 + u64::from(record.len);
    Want { from: record.extent, at: record.at, len }
}

/// What a record seals in the stream below: AEAD and CBC leave each byte in its place.
fn inside(opened: &Opened) -> Want {
    Want { from: opened.record.extent, at: opened.plain_at, len: opened.plain.len() as u64 }
}

impl Shown {
    /// Bytes in front of the plaintext that are no content: an IV, or the nonce that is sent along.
    pub(super) fn brought(&self) -> u64 {
        self.plain_at.saturating_sub(self.record.at + RecordHeader::LEN as u64)
    }
}
