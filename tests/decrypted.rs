//! What TLS seals, byte for byte, against a second opinion: captures that others published, opened by tshark.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use capture::{Source, Step};
use dissector::event::{Event, Sink};
use dissector::ids::{EpochId, ExtentId, PacketId, RecordId};
use dissector::packet::Packet;
use dissector::span::{Below, Extent, Record};
use dissector::tls::keylog::KeyLog;
use dissector::tls::open::Opener;
use dissector::tls::secured::{Keys, Secured};
use dissector::{Dissector, Options};
use serde_json::Value;
use wscope_tests::place;
use wscope_tests::truth::{events, sha256};

/// All that the dissector says of streams, and the packets that they lie in.
#[derive(Default)]
struct Told {
    packets: Vec<Vec<u8>>,
    extents: Vec<Extent>,
    records: Vec<Record>,
    openers: Vec<Arc<Opener>>,
    /// Streams inside TLS, by their number.
    inside: BTreeMap<u32, Vec<ExtentId>>,
    secured: BTreeMap<u32, Arc<Secured>>,
    refused: usize,
}

impl Sink for Told {
    fn event(&mut self, event: Event) {
        match event {
            Event::Extent { id, stream, extent } => {
                self.extents.push(extent);
                if let Below::Record { .. } = extent.below {
                    self.inside.entry(stream.index()).or_default().push(id);
                }
            }
            Event::Record { record, .. } => self.records.push(record),
            Event::Epoch { opener, .. } => self.openers.push(opener),
            Event::Secured { id, secured, .. } => drop(self.secured.insert(id.index(), secured)),
            Event::Refused { .. } => self.refused += 1,
            _ => {}
        }
    }
    fn extent(&self, id: ExtentId) -> Option<Extent> {
        self.extents.get(id.index() as usize).copied()
    }
    fn record(&self, id: RecordId) -> Option<Record> {
        self.records.get(id.index() as usize).copied()
    }
    fn opener(&self, id: EpochId) -> Option<Arc<Opener>> {
        self.openers.get(id.index() as usize).cloned()
    }
}

impl Told {
    /// Reads a capture with these keys, and with those that it holds itself.
    fn of(path: &std::path::Path, keys: &str) -> Self {
        let mut capture =
            capture::open(Source::File { path: path.to_owned(), follow: false }).expect("a capture");
        let bytes = capture.bytes();
        let mut dissector = Dissector::new(Options::default());
        let add = |dissector: &mut Dissector, text: &[u8]| {
            let mut log = KeyLog::default();
            log.add(text, 1);
            dissector.add_keys(log);
        };
        add(&mut dissector, keys.as_bytes());
        let (mut told, mut packets) = (Self::default(), Vec::new());
        loop {
            match capture.next(Duration::ZERO).expect("it can be read") {
                Step::Record(record) => {
                    let id = PacketId::new(packets.len() as u32);
                    let bytes = record.data;
                    let packet = Packet {
                        id,
                        time: record.time,
                        link: record.link.0,
                        bytes,
                        wire_len: record.wire_len,
                    };
                    dissector.packet(packet, &packets, &mut told);
                    packets.push(record.data.to_vec());
                }
                Step::Secrets { span, .. } => {
                    let mut text = Vec::new();
                    bytes.read(span, &mut text).expect("its secrets can be read");
                    add(&mut dissector, &text);
                }
                Step::End => break,
                _ => {}
            }
        }
        dissector.end(&packets, &mut told);
        told.packets = packets;
        told
    }

    /// The bytes of an extent, through whatever it lies in.
    fn bytes(&self, id: ExtentId) -> Vec<u8> {
        let Extent { len, below, .. } = self.extents[id.index() as usize];
        let (bytes, offset) = match below {
            Below::Packet { id, offset } => (self.packets[id.index() as usize].clone(), offset),
            Below::Extent { id, offset } => (self.bytes(id), offset),
            Below::Record { id, offset } => (self.plaintext(id), offset),
        };
        bytes[offset as usize..][..len as usize].to_vec()
    }

    fn plaintext(&self, id: RecordId) -> Vec<u8> {
        let record = self.records[id.index() as usize];
        let opener = &self.openers[record.epoch.index() as usize];
        let (begins, ends) = (record.begins(opener), record.at + 5 + u64::from(record.len));
        let mut sealed = vec![0; (ends - begins) as usize];
        let mut next = Some(record.extent);
        while let Some(id) = next {
            let extent = self.extents[id.index() as usize];
            for (at, byte) in (extent.at..).zip(self.bytes(id)).filter(|(at, _)| (begins..ends).contains(at))
            {
                sealed[(at - begins) as usize] = byte;
            }
            next = extent.prev.filter(|_| extent.at > begins);
        }
        let mut plain = Vec::new();
        record.open(opener, &sealed, &mut plain).expect("what was opened once opens again");
        plain
    }

    /// Length and hash of each direction inside TLS that carries something.
    fn directions(&self) -> Vec<(u64, String)> {
        let whole = |ids: &Vec<ExtentId>| ids.iter().flat_map(|id| self.bytes(*id)).collect::<Vec<u8>>();
        let mut told: Vec<_> =
            self.inside.values().map(whole).map(|bytes| (bytes.len() as u64, sha256(&bytes))).collect();
        told.sort();
        told
    }
}

/// Captures that are not read, and why; that much is said of them.
const UNREAD: &[(&str, &str)] = &[("rsasnakeoil2.pcap", "SSL 3.0")];

/// Each direction of each TLS stream carries the bytes that tshark finds in it.
#[test]
fn decrypted_bytes_are_those_of_tshark() {
    let Some(folder) = place::beside("decrypted bytes of captures of others") else { return };
    let mut faults = Vec::new();
    for line in events(&place::project().join("tests/fixtures/found-tls.ndjson")) {
        let name = line["capture"].as_str().expect("a name");
        let words = |key: &str| line[key].as_array().expect("a list").clone();
        let keys: String =
            words("keys").iter().map(|key| format!("{}\n", key.as_str().expect("a line"))).collect();
        let expected: Vec<(u64, String)> = words("streams")
            .iter()
            .map(|stream: &Value| {
                (stream[0].as_u64().expect("a length"), stream[1].as_str().expect("a hash").to_owned())
            })
            .collect();
        let told = Told::of(&folder.join("found/wireshark").join(name), &keys);
        let seen = told.directions();
        if UNREAD.iter().any(|(capture, _)| *capture == name) {
            let said = told.secured.values().all(|secured| secured.keys == Keys::Unsupported);
            assert!(seen.is_empty() && said && told.refused == 0, "{name}: {:?}", told.secured);
            continue;
        }
        if seen != expected {
            faults.push(format!(
                "{name}: {seen:?}, not {expected:?}, {} refused, {:?}",
                told.refused, told.secured
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
