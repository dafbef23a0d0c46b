//! The dissector on packets in memory: streams put in order and taken apart, and held against the rules.
//!
//! What `judged` takes longer than `unjudged` is the price of the rules; what `lossy` takes longer than `chat` is that of
//! order.

use std::sync::{Arc, LazyLock};

use dissector::event::{Event, Sink};
use dissector::ids::{EpochId, ExtentId, PacketId, RecordId};
use dissector::packet::Packet;
use dissector::span::{Extent, Record};
use dissector::tls::open::Opener;
use dissector::{Dissector, Options};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use wscope_tests::place::Temporary;
use wscope_tests::replay::Packets;
use wscope_tests::traffic::{Profile, generate};

const SIZE: u64 = 8_000_000;
const PROFILES: [Profile; 4] = [Profile::Chat, Profile::Bulk, Profile::Lossy, Profile::OneSided];
const NAMES: [&str; 4] = [PROFILES[0].name(), PROFILES[1].name(), PROFILES[2].name(), PROFILES[3].name()];

/// The packets of each profile. Unmasked bytes are looked at again through them too.
static PACKETS: LazyLock<[Vec<Vec<u8>>; 4]> = LazyLock::new(|| PROFILES.map(packets));

#[divan::bench(args = NAMES, sample_count = 20)]
fn unjudged(bencher: Bencher<'_, '_>, name: &str) {
    dissect(bencher, name, false);
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn judged(bencher: Bencher<'_, '_>, name: &str) {
    dissect(bencher, name, true);
}

fn dissect(bencher: Bencher<'_, '_>, name: &str, judge: bool) {
    let place = NAMES.iter().position(|known| *known == name).unwrap_or_default();
    let packets = &PACKETS[place];
    let bytes: usize = packets.iter().map(Vec::len).sum();
    let bencher = bencher.counter(BytesCount::new(bytes)).counter(ItemsCount::new(packets.len()));
    bencher.bench_local(|| {
        let mut told = Told::default();
        let mut dissector = Dissector::new(Options { judge, ..Options::default() });
        for (number, bytes) in packets.iter().enumerate() {
            let (id, time) = (PacketId::new(number as u32), number as i64 * 20_000);
            let packet = Packet { id, time, link: 1, bytes, wire_len: bytes.len() as u32 };
            dissector.packet(packet, packets, &mut told);
        }
        dissector.end(packets, &mut told);
        assert!(told.frames > 0);
        told.frames
    });
}

/// As little as a sink may know.
#[derive(Default)]
struct Told {
    extents: Vec<Extent>,
    frames: u64,
}

impl Sink for Told {
    fn event(&mut self, event: Event) {
        match event {
            Event::Extent { extent, .. } => self.extents.push(extent),
            Event::Frame(_) => self.frames += 1,
            _ => {}
        }
    }

    fn extent(&self, id: ExtentId) -> Option<Extent> {
        self.extents.get(id.index() as usize).copied()
    }

    fn record(&self, _: RecordId) -> Option<Record> {
        None
    }

    fn opener(&self, _: EpochId) -> Option<Arc<Opener>> {
        None
    }
}

fn packets(profile: Profile) -> Vec<Vec<u8>> {
    let file = Temporary::with(&generate(profile, SIZE, 1, Vec::new()).expect("memory can be written"));
    Packets::of(file.path()).iter().map(|(_, bytes)| bytes.to_vec()).collect()
}
