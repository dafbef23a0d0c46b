//! A bench for rules: packets made by hand, run through a whole dissector, and what was found in them.
//!
//! ```text
//!  Bench::new().open().client(&frame(0x81, b"hi")).fin(Side::Client).found()
//! ```
//! Every packet is Ethernet, IPv4 and TCP; one millisecond lies between two of them.

use core::net::{IpAddr, Ipv4Addr, SocketAddr};

use crate::event::{Event, Sink};
use crate::ids::{EpochId, ExtentId, PacketId, RecordId, Side};
use crate::packet::Packet;
use crate::rules::{Finding, Severity};
use crate::span::{Below, Extent, Record};
use crate::tls::open::Opener;
use crate::{Dissector, Options};

/// RFC 6455 1.3's request, with what real ones hold.
const REQUEST: &str = "GET /chat HTTP/1.1\nHost: 10.0.0.2\nUpgrade: websocket\nConnection: Upgrade\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n";

/// RFC 6455 1.3's answer to it.
const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n\
    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n";

/// 2024-01-01 00:00 UTC in nanoseconds.
const BEGINNING: i64 = 1_704_067_200_000_000_000;

/// Packets in the making. Speaks on one TCP connection at a time.
pub(super) struct Bench {
    pub(super) options: Options,
    packets: Vec<(i64, u32, Vec<u8>)>,
    now: i64,
    talks: Vec<Talk>,
    talk: usize,
    behind: u32,
}

/// A TCP connection.
struct Talk {
    ends: [SocketAddr; 2],
    next: [u32; 2],
}

/// What a dissector said of the packets.
#[derive(Default)]
pub(super) struct Told {
    pub(super) events: Vec<Event>,
    pub(super) findings: Vec<Finding>,
    extents: Vec<Extent>,
    packets: Vec<Vec<u8>>,
}

impl Bench {
    /// A TCP connection from 10.0.0.1 to 10.0.0.2:80, three-way handshake included.
    pub(super) fn new() -> Self {
        Self::mid_stream().also([10, 0, 0, 1], [10, 0, 0, 2])
    }

    /// The same without its beginning.
    pub(super) fn mid_stream() -> Self {
        let bench = Self {
            options: Options::default(),
            packets: vec![],
            now: BEGINNING,
            talks: vec![],
            talk: 0,
            behind: 0,
        };
        bench.meet([10, 0, 0, 1], [10, 0, 0, 2])
    }

    fn meet(mut self, client: [u8; 4], server: [u8; 4]) -> Self {
        let port = 40_000 + self.talks.len() as u16;
        let ends = [(client, port), (server, 80)].map(|(ip, port)| {
            let ip = Ipv4Addr::from(ip);
            SocketAddr::new(IpAddr::V4(ip), port)
        });
        self.talk = self.talks.len();
        self.talks.push(Talk { ends, next: [1_000, 70_000] });
        self
    }

    /// Goes on with another TCP connection, from its three-way handshake on. The one of [`Bench::new`] is
    /// replaced as long as no packet went by.
    pub(super) fn also(mut self, client: [u8; 4], server: [u8; 4]) -> Self {
        if self.packets.is_empty() {
            self.talks.clear();
        }
        let mut bench = self.meet(client, server);
        bench.segment(Side::Client, 0x02, &[]);
        bench.segment(Side::Server, 0x12, &[]);
        bench.segment(Side::Client, 0x10, &[]);
        bench
    }

    /// Goes on with the TCP connection that came as the `index`-th.
    pub(super) fn on(mut self, index: usize) -> Self {
        self.talk = index;
        self
    }

    /// A whole legal opening handshake.
    pub(super) fn open(self) -> Self {
        self.request(&[]).response(&[])
    }

    /// One that agrees on permessage-deflate with these parameters, as in `; server_no_context_takeover`.
    pub(super) fn open_deflate(self, parameters: &str) -> Self {
        let line = format!("Sec-WebSocket-Extensions: permessage-deflate{parameters}");
        self.request(&[&line]).response(&[&line])
    }

    /// A request, edited: `Name` leaves a line out, `Name: value` replaces or adds it, `+Name: value` adds
    /// one more, and `GET / HTTP/1.0` is another start line.
    pub(super) fn request(self, edits: &[&str]) -> Self {
        let head = edited(REQUEST, edits);
        self.client(head.as_bytes())
    }

    /// A response, edited in the same way.
    pub(super) fn response(self, edits: &[&str]) -> Self {
        let head = edited(RESPONSE, edits);
        self.server(head.as_bytes())
    }

    /// The client sends these bytes, in one segment.
    pub(super) fn client(self, bytes: &[u8]) -> Self {
        self.send(Side::Client, bytes)
    }

    /// The server does.
    pub(super) fn server(self, bytes: &[u8]) -> Self {
        self.send(Side::Server, bytes)
    }

    /// A side sends these bytes, in one segment.
    pub(super) fn send(mut self, side: Side, bytes: &[u8]) -> Self {
        self.segment(side, 0x18, bytes);
        self
    }

    /// A side acknowledges what it was sent.
    pub(super) fn ack(mut self, side: Side) -> Self {
        self.segment(side, 0x10, &[]);
        self
    }

    /// A side sends bytes that are not captured.
    pub(super) fn lost(mut self, side: Side, len: u32) -> Self {
        let next = &mut self.talks[self.talk].next[side.index()];
        *next = next.wrapping_add(len);
        self
    }

    /// The last packet was captured without its last `len` bytes.
    pub(super) fn snapped(mut self, len: usize) -> Self {
        let (_, _, bytes) = self.packets.last_mut().unwrap();
        bytes.truncate(bytes.len() - len);
        self
    }

    /// A side sends these bytes, but the first `len` of them come later by so many milliseconds.
    pub(super) fn late(mut self, side: Side, bytes: &[u8], len: usize, milliseconds: i64) -> Self {
        let talk = self.talk;
        let begin = self.talks[talk].next[side.index()];
        self = self.lost(side, len as u32).send(side, &bytes[len..]).wait(milliseconds);
        let behind = core::mem::replace(&mut self.talks[talk].next[side.index()], begin);
        self = self.send(side, &bytes[..len]);
        self.talks[talk].next[side.index()] = behind;
        self
    }

    /// A side sends bytes at the place of those that it sent last.
    pub(super) fn again(mut self, side: Side, bytes: &[u8]) -> Self {
        let next = &mut self.talks[self.talk].next[side.index()];
        *next = next.wrapping_sub(bytes.len() as u32);
        self.send(side, bytes)
    }

    /// The next packet does not acknowledge the other side's last `len` bytes: it was sent before they came.
    pub(super) fn behind(mut self, len: u32) -> Self {
        self.behind = len;
        self
    }

    /// The last packet says that its sender can take nothing more: window 0.
    pub(super) fn shut(mut self) -> Self {
        let (_, _, bytes) = self.packets.last_mut().unwrap();
        bytes[48..50].fill(0);
        self
    }

    /// A side asks whether the window is open again: a segment one byte back, as keep-alives are.
    pub(super) fn probe(mut self, side: Side) -> Self {
        let talk = self.talk;
        let next = &mut self.talks[talk].next[side.index()];
        *next = next.wrapping_sub(1);
        self = self.ack(side);
        let next = &mut self.talks[talk].next[side.index()];
        *next = next.wrapping_add(1);
        self
    }

    /// A side sends FIN.
    pub(super) fn fin(mut self, side: Side) -> Self {
        self.segment(side, 0x11, &[]);
        self
    }

    /// A side sends RST.
    pub(super) fn rst(mut self, side: Side) -> Self {
        self.segment(side, 0x14, &[]);
        self
    }

    /// Both sides end TCP in good order, the server first (RFC 6455 7.1.1).
    pub(super) fn end_tcp(self) -> Self {
        self.fin(Side::Server).fin(Side::Client).ack(Side::Server)
    }

    /// Both sides close with 1000, the client first, and end TCP.
    pub(super) fn close(self) -> Self {
        let body = 1000u16.to_be_bytes();
        self.client(&masked(0x88, &body)).server(&frame(0x88, &body)).end_tcp()
    }

    /// Time goes by.
    pub(super) fn wait(mut self, milliseconds: i64) -> Self {
        self.now += milliseconds * 1_000_000;
        self
    }

    fn segment(&mut self, side: Side, flags: u8, payload: &[u8]) {
        self.now += 1_000_000;
        let talk = &mut self.talks[self.talk];
        let (from, to) = (side.index(), side.other().index());
        let (seq, ack) = (talk.next[from], talk.next[to].wrapping_sub(self.behind));
        self.behind = 0;
        talk.next[from] = seq.wrapping_add(payload.len() as u32 + u32::from(flags & 3 != 0));
        let bytes = packet([talk.ends[from], talk.ends[to]], seq, ack, flags, payload);
        self.packets.push((self.now, bytes.len() as u32, bytes));
    }

    /// What a dissector says of it all.
    pub(super) fn run(&self) -> Told {
        let mut dissector = Dissector::new(self.options.clone());
        let packets: Vec<_> = self.packets.iter().map(|(_, _, bytes)| bytes.clone()).collect();
        let mut told = Told::default();
        for (index, (time, wire_len, bytes)) in self.packets.iter().enumerate() {
            let id = PacketId::new(index as u32);
            let packet = Packet { id, time: *time, link: 1, bytes, wire_len: *wire_len };
            dissector.packet(packet, &packets, &mut told);
        }
        dissector.end(&packets, &mut told);
        told.packets = packets;
        told
    }

    /// What was found: code, whom it is against, number of the frame.
    pub(super) fn found(&self) -> Vec<(&'static str, &'static str, Option<u32>)> {
        let place = |finding: &Finding| {
            (finding.rule().code, finding.accused.name(), finding.frame.map(|frame| frame.index()))
        };
        self.run().findings.iter().map(place).collect()
    }

    /// Whether a rule found something.
    pub(super) fn raises(&self, code: &str) -> bool {
        assert!(super::by_code(code).is_some(), "no rule {code}");
        self.run().findings.iter().any(|finding| finding.rule().code == code)
    }

    /// Holds that rules find nothing.
    pub(super) fn silent(&self, codes: &[&str]) {
        let found = self.found();
        for code in codes {
            assert!(super::by_code(code).is_some(), "no rule {code}");
            assert!(found.iter().all(|(its, ..)| its != code), "{code} in {found:?}");
        }
    }

    /// The one finding of a rule, its bytes and its sentence.
    pub(super) fn only(&self, code: &str) -> (Finding, Vec<u8>, String) {
        let told = self.run();
        let mut of: Vec<_> = told.findings.iter().filter(|finding| finding.rule().code == code).collect();
        assert_eq!(of.len(), 1, "{code}: {:?}", self.found());
        let finding = of.remove(0).clone();
        (finding.clone(), told.pointed(&finding), finding.sentence())
    }

    /// Holds that nothing is found beyond notes.
    pub(super) fn legal(&self) {
        let told = self.run();
        let loud = told.findings.iter().filter(|finding| finding.severity > Severity::Note);
        let loud: Vec<_> = loud.map(|finding| (finding.rule().code, finding.sentence())).collect();
        assert_eq!(loud, []);
    }
}

impl Told {
    /// The bytes that a finding points at.
    pub(super) fn pointed(&self, finding: &Finding) -> Vec<u8> {
        let Some(span) = finding.span else { return vec![] };
        let of_stream = |extent: &&(Extent, Vec<u8>)| extent.0.at < span.end();
        let runs: Vec<_> = self.runs(span.stream);
        let mut bytes = vec![];
        for (extent, run) in runs.iter().filter(of_stream) {
            for (at, byte) in (extent.at..).zip(run) {
                if at >= span.at && at < span.end() {
                    bytes.push(*byte);
                }
            }
        }
        bytes
    }

    fn runs(&self, stream: crate::ids::StreamId) -> Vec<(Extent, Vec<u8>)> {
        let streams = self.events.iter().filter_map(|event| match event {
            Event::Extent { stream, extent, .. } => Some((*stream, *extent)),
            _ => None,
        });
        let of_stream = streams.filter(|(its, _)| *its == stream).map(|(_, extent)| extent);
        of_stream
            .map(|extent| {
                let (id, offset) = self.packet_of(extent.below);
                let bytes = &self.packets[id.index() as usize];
                (extent, bytes[offset as usize..][..extent.len as usize].to_vec())
            })
            .collect()
    }
}

impl Told {
    /// The packet that bytes lie in, through whatever stream.
    fn packet_of(&self, below: Below) -> (PacketId, u32) {
        match below {
            Below::Packet { id, offset } => (id, offset),
            Below::Extent { id, offset } => {
                self.packet_of(self.extents[id.index() as usize].below.skip(offset))
            }
            Below::Record { .. } => unreachable!("the bench has no keys"),
        }
    }
}

impl Sink for Told {
    fn event(&mut self, event: Event) {
        match &event {
            Event::Extent { extent, .. } => self.extents.push(*extent),
            Event::Finding(finding) => self.findings.push((**finding).clone()),
            _ => {}
        }
        self.events.push(event);
    }
    fn extent(&self, id: ExtentId) -> Option<Extent> {
        self.extents.get(id.index() as usize).copied()
    }
    fn record(&self, _: RecordId) -> Option<Record> {
        None
    }
    fn opener(&self, _: EpochId) -> Option<std::sync::Arc<Opener>> {
        None
    }
}

/// A frame without a mask, in its shortest form. `first` is its first byte: FIN, RSV and opcode.
pub(super) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    head_of(first, 0, payload.len()).into_iter().chain(payload.iter().copied()).collect()
}

/// The same with a mask: a key that is made from the payload, so that few of them are alike.
pub(super) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let hash = payload.iter().fold(0x9e37_79b9u32 ^ u32::from(first), |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193).rotate_left(5)
    });
    masked_by(hash.to_be_bytes(), first, payload)
}

/// The same with this key.
pub(super) fn masked_by(key: [u8; 4], first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = head_of(first, 0x80, payload.len());
    bytes.extend(key);
    bytes.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    bytes
}

fn head_of(first: u8, mask: u8, len: usize) -> Vec<u8> {
    let mut bytes = vec![first];
    match len {
        0..126 => bytes.push(mask | len as u8),
        126..0x1_0000 => {
            bytes.push(mask | 126);
            bytes.extend((len as u16).to_be_bytes());
        }
        _ => {
            bytes.push(mask | 127);
            bytes.extend((len as u64).to_be_bytes());
        }
    }
    bytes
}

/// A head with its lines edited, as [`Bench::request`] says, and its line ends as they are on the wire.
fn edited(head: &str, edits: &[&str]) -> String {
    let mut lines: Vec<&str> = head.lines().collect();
    let name = |line: &str| line.split(':').next().unwrap_or_default().to_ascii_lowercase();
    for edit in edits {
        if let Some(more) = edit.strip_prefix('+') {
            lines.push(more);
        } else if !edit.contains(": ") && edit.contains("HTTP/") {
            lines[0] = edit;
        } else if let Some(place) = lines.iter().skip(1).position(|line| name(line) == name(edit)) {
            lines[place + 1] = edit;
        } else {
            lines.push(edit);
        }
    }
    let kept = lines.iter().enumerate().filter(|(place, line)| *place == 0 || line.contains(':'));
    kept.map(|(_, line)| format!("{line}\r\n")).chain(["\r\n".to_owned()]).collect()
}

fn packet(ends: [SocketAddr; 2], seq: u32, ack: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![2; 12];
    bytes.extend([8, 0, 0x45, 0]);
    bytes.extend((payload.len() as u16 + 40).to_be_bytes());
    bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
    for end in ends {
        let IpAddr::V4(ip) = end.ip() else { panic!("IPv4 only") };
        bytes.extend(ip.octets());
    }
    for end in ends {
        bytes.extend(end.port().to_be_bytes());
    }
    bytes.extend(seq.to_be_bytes());
    bytes.extend(ack.to_be_bytes());
    bytes.extend([0x50, flags, 0x20, 0, 0, 0, 0, 0]);
    bytes.extend(payload);
    bytes
}

/// The bench itself: what is made is what is seen, and a legal connection is legal.
#[test]
fn a_legal_connection() {
    let bench = Bench::new().open().client(&masked(0x81, b"hi")).server(&frame(0x81, &[b'x'; 300])).close();
    let told = bench.run();
    let frames: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            Event::Frame(frame) => Some((frame.side, frame.header.opcode.0, frame.header.payload_len)),
            _ => None,
        })
        .collect();
    let (client, server) = (Side::Client, Side::Server);
    assert_eq!(frames, [(client, 1, 2), (server, 1, 300), (client, 8, 2), (server, 8, 2)]);
    bench.legal();
    assert_eq!(edited(RESPONSE, &["Upgrade", "+A: 1", "HTTP/1.1 200 OK"]).lines().count(), 5);
}

/// What was cut off or agreed upon reaches the frames.
#[test]
fn a_cut_frame_and_a_compressed_one() {
    // RFC 7692 7.2.3.1's "Hello".
    let hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
    let bench = Bench::new().open_deflate("; server_no_context_takeover").server(&frame(0xc1, &hello));
    let told = bench.server(&frame(0x81, b"abcdef")).snapped(2).run();
    let frames = told.events.iter().filter_map(|event| match event {
        Event::Frame(frame) => Some((frame.compressed, frame.missing)),
        _ => None,
    });
    assert_eq!(frames.collect::<Vec<_>>(), [(true, 0), (false, 2)]);
}
