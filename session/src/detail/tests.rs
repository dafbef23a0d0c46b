//! Details of everything in real captures, held against the bytes themselves.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dissector::ids::{ConnectionId, DeliveryId, FrameId, MessageId, PacketId};
use dissector::span::Span;

use super::{Detail, Subject, Tab, TabKind, detail, node};
use crate::{Content, Options, Snapshot};

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps")
}

/// A capture, with the key log beside it where there is one.
fn open(path: &Path) -> Arc<Snapshot> {
    let source = capture::Source::File { path: path.to_owned(), follow: false };
    let mut capture = capture::open(source).unwrap();
    let keys = Some(path.with_extension("keys")).filter(|keys| keys.exists());
    let options = Options { keys: keys.into_iter().collect(), ..Options::default() };
    crate::read(capture.as_mut(), &options, &mut |_| {})
}

/// Every capture beside the sample whose packets are few enough to look at each.
fn small() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![samples()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "pcap" || it == "pcapng")
                && entry.metadata().is_ok_and(|it| it.len() < 400_000)
            {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn all(snapshot: &Snapshot) -> impl Iterator<Item = Subject> {
    let packets = (0..snapshot.packet_count().min(60)).map(|id| Subject::Packet(PacketId::new(id)));
    let frames = (0..snapshot.frame_count().min(60)).map(|id| Subject::Frame(FrameId::new(id)));
    let messages = (0..snapshot.message_count().min(60)).map(|id| Subject::Message(MessageId::new(id)));
    let connections = (0..snapshot.connections().len()).map(|id| Subject::Connection(ConnectionId::new(id)));
    let deliveries = (0..snapshot.delivery_count().min(60)).map(|id| Subject::Delivery(DeliveryId::new(id)));
    packets.chain(frames).chain(messages).chain(connections).chain(deliveries)
}

/// What is shown points at bytes that are there, whatever is selected in whatever capture; and a byte of one
/// layer is the same byte, or its mask's XOR, in the next.
#[test]
fn every_field_stands_somewhere() {
    let mut looked = 0;
    for path in small() {
        let snapshot = open(&path);
        let mut content = Content::default();
        for subject in all(&snapshot) {
            let detail = detail(&snapshot, &mut content, subject);
            let context = format!("{} {subject:?}", path.display());
            node::walk(&detail.tree, &mut |path, node| {
                if let Some(place) = node.place {
                    let len = detail.tabs.get(place.tab).map_or(0, |tab| tab.bytes.len() as u64 * 8);
                    let end = place.bits.at + place.bits.len;
                    assert!(end <= len, "{context} {path:?} {} ends at {end} of {len}", node.label);
                }
            });
            if let Some((tab, range)) = &detail.payload.place {
                assert!(detail.tabs[*tab].bytes.get(range.clone()).is_some(), "{context}");
            }
            bytes_are_the_same(&detail, &context);
            bodies_are_the_same(&detail, &context);
            looked += 1;
        }
    }
    assert!(looked > 1000, "{looked} things looked at");
}

/// Every byte of a message over HTTP leads to the same byte of a packet, and back.
fn bodies_are_the_same(detail: &Detail, context: &str) {
    let captured = |tab: &Tab| matches!(tab.kind, TabKind::Captured(_));
    for (body, tab) in detail.tabs.iter().enumerate().filter(|(_, tab)| matches!(tab.kind, TabKind::Body(_)))
    {
        for at in 0..tab.bytes.len() {
            let lower = detail.tabs.iter().enumerate().filter(|(_, tab)| captured(tab));
            let mut found =
                lower.filter_map(|(index, _)| Some((index, detail.map(body, at..at + 1, index)?)));
            let (index, range) = found.next().unwrap_or_else(|| panic!("{context}: byte {at} lies nowhere"));
            assert_eq!(detail.tabs[index].bytes[range.start], tab.bytes[at], "{context}: byte {at}");
            assert_eq!(detail.map(index, range, body), Some(at..at + 1), "{context}: there and back");
        }
    }
}

fn bytes_are_the_same(detail: &Detail, context: &str) {
    for frame in &detail.frames {
        let payload = frame.range.start + frame.header.len().min(frame.range.len());
        let key = frame.header.mask.unwrap_or_default();
        let stream = &detail.tabs[frame.tab];
        // Some of a long frame's bytes stand for all.
        for at in frame.range.clone().step_by(frame.range.len() / 24 + 1) {
            for (index, tab) in detail.tabs.iter().enumerate() {
                let Some(range) = detail.map(frame.tab, at..at + 1, index) else { continue };
                if matches!(tab.kind, TabKind::Inflated(_)) || !stream.known(at) {
                    continue;
                }
                assert_eq!(range.len(), 1, "{context}");
                let back = detail.map(index, range.clone(), frame.tab);
                assert_eq!(back, Some(at..at + 1), "{context}: there and back");
                if sealed(detail, tab) {
                    continue;
                }
                let mask = if plain(tab) { key[(at - payload) % 4] } else { 0 };
                assert_eq!(
                    tab.bytes[range.start],
                    stream.bytes[at] ^ mask,
                    "{context} byte {at} in {}",
                    tab.title
                );
            }
        }
    }
}

/// Whether a tab's bytes are encrypted where the frames lie in it.
fn sealed(detail: &Detail, tab: &Tab) -> bool {
    let decrypted = |tab: &&Tab| matches!(tab.kind, TabKind::Decrypted(_));
    let inner = detail.tabs.iter().rfind(decrypted).map(|inner| inner.kind);
    let lower = matches!(tab.kind, TabKind::Captured(_) | TabKind::Decrypted(_));
    lower && inner.is_some_and(|inner| inner != tab.kind)
}

fn plain(tab: &Tab) -> bool {
    matches!(tab.kind, TabKind::Unmasked(_) | TabKind::Joined(_))
}

/// Pointing at a byte finds its field: the first byte of a frame is its opcode, wherever it is pointed at.
#[test]
fn bytes_lead_to_fields() {
    let path = small().into_iter().find(|path| path.ends_with("fragments-and-ping.pcap")).unwrap();
    let snapshot = open(&path);
    let mut content = Content::default();
    let mut joined = 0;
    for index in 0..snapshot.frame_count() {
        let detail = detail(&snapshot, &mut content, Subject::Frame(FrameId::new(index)));
        let frame = &detail.frames[0];
        let path = detail.at(frame.tab, frame.range.start).unwrap();
        assert_eq!(detail.node(&path).unwrap().name, "websocket.opcode");
        let captured = detail.tabs.iter().position(|tab| matches!(tab.kind, TabKind::Captured(_))).unwrap();
        let there = detail.map(frame.tab, frame.range.start..frame.range.start + 1, captured).unwrap();
        assert_eq!(detail.at(captured, there.start), Some(path));
        joined += usize::from(detail.tabs.iter().any(|tab| matches!(tab.kind, TabKind::Joined(_))));
    }
    assert!(joined > 2, "fragments show the message that they are part of");
}

fn sample(name: &str) -> Arc<Snapshot> {
    open(&samples().join(name))
}

fn find<'a>(detail: &'a Detail, name: &str) -> Vec<&'a node::Node> {
    fn below<'a>(nodes: &'a [node::Node], name: &str, found: &mut Vec<&'a node::Node>) {
        for node in nodes {
            if node.name == name {
                found.push(node);
            }
            below(&node.children, name, found);
        }
    }
    let mut found = Vec::new();
    below(&detail.tree, name, &mut found);
    found
}

/// RFC 8446 5.2: a frame in TLS lies in what its records seal, and byte for byte in the packets that hold those;
/// the index says the same of where it lies.
#[test]
fn frames_in_tls_lead_down_to_packets() {
    for name in ["tls13.pcap", "tls13-embedded-keys.pcapng", "http2.pcap"] {
        let snapshot = sample(name);
        let mut content = Content::default();
        assert!(snapshot.frame_count() > 0, "{name} has keys");
        for index in 0..snapshot.frame_count().min(80) {
            let detail = detail(&snapshot, &mut content, Subject::Frame(FrameId::new(index)));
            let frame = snapshot.frame(FrameId::new(index)).unwrap();
            let len = detail.frames[0].range.len() as u64;
            let span = Span { stream: frame.stream, at: frame.at, len };
            for run in snapshot.runs(frame.extent, span) {
                let kind = TabKind::Captured(run.packet);
                let captured = detail.tabs.iter().position(|tab| tab.kind == kind).unwrap();
                let at = (run.at - frame.at) as usize;
                let there = detail.map(detail.frames[0].tab, at..at + run.len as usize, captured).unwrap();
                let low = run.in_packet as usize;
                assert_eq!(there, low..low + run.len as usize, "{name} frame {index}");
            }
            let decrypted = detail.tabs.iter().position(|tab| matches!(tab.kind, TabKind::Decrypted(_)));
            let decrypted = decrypted.unwrap();
            let opcode =
                detail.at(decrypted, detail.map(detail.frames[0].tab, 0..1, decrypted).unwrap().start);
            assert_eq!(detail.node(&opcode.unwrap()).unwrap().name, "websocket.opcode");
        }
    }
}

/// The header of a record stands in the packet as it was captured, and so do its tag and the rest of it.
#[test]
fn rfc8446_5_1_record_header_in_its_packet() {
    let snapshot = sample("tls13.pcap");
    let detail = detail(&snapshot, &mut Content::default(), Subject::Frame(FrameId::new(0)));
    let value = |name: &str| {
        let place = find(&detail, name)[0].place.unwrap();
        let tab = &detail.tabs[place.tab];
        assert!(matches!(tab.kind, TabKind::Captured(_)), "{name}");
        tab.bytes[place.touched()].to_vec()
    };
    assert_eq!(value("tls.record.content_type"), [23]);
    assert_eq!(value("tls.record.version"), [3, 3]);
    let len = value("tls.record.length");
    assert_eq!(value("tls.app_data").len(), usize::from(u16::from_be_bytes([len[0], len[1]])));
    assert!(find(&detail, "ws.tls.keys")[0].value.ends_with("tls13.keys"));
    let record = find(&detail, "tls.record")[0].place.unwrap();
    let last = record.touched().end - 1;
    let path = detail.at(record.tab, last).unwrap();
    assert_eq!(detail.node(&path).unwrap().label, "Behind the content");
}

/// RFC 9113 4.1: the header of the DATA frame stands in front of its content, on the connection's stream.
#[test]
fn rfc9113_6_1_data_around_frames() {
    let snapshot = sample("http2.pcap");
    let mut content = Content::default();
    for index in 0..snapshot.frame_count() {
        let id = FrameId::new(index);
        let detail = detail(&snapshot, &mut content, Subject::Frame(id));
        let connection = snapshot.connection(snapshot.frame(id).unwrap().connection).unwrap();
        let streams = find(&detail, "http2.streamid");
        let held: Vec<_> = streams.into_iter().filter_map(|node| Some((node, node.place?))).collect();
        assert!(!held.is_empty(), "frame {index} lies in DATA");
        for (node, place) in held {
            let bytes = &detail.tabs[place.tab].bytes[place.touched()];
            let stream = u32::from_be_bytes(bytes.try_into().unwrap());
            assert_eq!(connection.carrier.stream, Some(stream));
            assert_eq!(node.value, stream.to_string());
        }
        let kind = find(&detail, "http2.type")[0].place.unwrap();
        assert_eq!(detail.tabs[kind.tab].bytes[kind.touched()], [0]);
    }
}

/// RFC 8441 5: the fields of a head come out of its block, pseudo-header fields first, and lead back into it.
#[test]
fn rfc8441_5_heads_field_by_field() {
    let snapshot = sample("http2.pcap");
    let detail = detail(&snapshot, &mut Content::default(), Subject::Connection(ConnectionId::new(0)));
    let fields = find(&detail, "http2.header");
    assert!(fields[0].label.starts_with(':') && fields.iter().any(|field| field.label == ":protocol"));
    let decrypted = detail.tabs.iter().position(|tab| matches!(tab.kind, TabKind::Decrypted(_))).unwrap();
    for field in fields {
        let place = field.place.unwrap();
        let text = String::from_utf8_lossy(&detail.tabs[place.tab].bytes[place.touched()]).into_owned();
        assert_eq!(text, format!("{}: {}", field.label, field.value));
        let block = detail.map(place.tab, place.touched(), decrypted).unwrap();
        let back = detail.map(decrypted, block.start..block.start + 1, place.tab).unwrap();
        assert_eq!(back, place.touched(), "{} is one of the block's fields", field.label);
    }
    let kinds: Vec<u8> = find(&detail, "http2.type")
        .iter()
        .filter_map(|node| node.place)
        .map(|place| detail.tabs[place.tab].bytes[place.touched().start])
        .collect();
    assert_eq!(kinds, [1, 1], "HEADERS of both sides");
}

/// A span of a head of HTTP/2, as findings have it, lands on the line of that field.
#[test]
fn findings_land_on_fields() {
    let snapshot = sample("http2.pcap");
    let connection = snapshot.connection(ConnectionId::new(0)).unwrap();
    let head = connection.request.as_ref().unwrap();
    let detail = detail(&snapshot, &mut Content::default(), Subject::Connection(connection.id));
    let fields = find(&detail, "http2.header");
    let mut shown = super::heads::ShownHead::of(connection).remove(0);
    let mut content = Content::default();
    let mut parts = super::build::Parts {
        snapshot: &snapshot,
        content: &mut content,
        tabs: Vec::new(),
        links: super::Links::default(),
        tree: Vec::new(),
    };
    shown.lay(&mut parts, &super::layers::Layers::default());
    for (line, field) in head.lines.iter().zip(fields) {
        let span = head.span(connection.streams[0], &line.value);
        let place = shown.settle(span).unwrap();
        assert_eq!(place.touched(), field.place.unwrap().touched(), "{}", field.label);
    }
}
