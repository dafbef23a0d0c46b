//! Real peers: tungstenite talks to itself through a proxy that writes down every segment; what we read from that
//! is what the two said.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use capture::format::{NewInterface, Packet, PcapNgWriter};
use dissector::ids::{FrameId, Side};
use session::{Content, Snapshot};
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::{Message, WebSocket};
use wscope_tests::packets::{ACK, FIN, RAW_IP, SYN, Segment};
use wscope_tests::place::Temporary;
use wscope_tests::random::Random;
use wscope_tests::replay;
use wscope_tests::truth::{Messages, found, sha256};

/// What a side said: a data message by its hash, a control frame by its payload.
#[derive(Default)]
pub(crate) struct Said {
    messages: Messages,
    control: Vec<(Side, u8, Vec<u8>)>,
}

/// Around every form of the payload length (RFC 6455 5.2), and beyond what one segment holds.
const SIZES: [usize; 12] = [0, 1, 2, 124, 125, 126, 127, 128, 65_535, 65_536, 65_537, 300_000];

/// Messages of every size both ways, in fragments too, with pings between them; the client closes.
#[test]
fn everything_tungstenite_says_is_read() {
    let (said, snapshot) = converse(client_leads, echo);
    check(&said, &snapshot);
    let closing = &snapshot.connections().row(0).expect("a connection").closing;
    assert_eq!(closing.initiator(), Some(Side::Client));
    assert!(closing.clean());
}

/// The server speaks first, pings, and closes.
#[test]
fn a_server_that_leads_is_read() {
    let (said, snapshot) = converse(echo, server_leads);
    check(&said, &snapshot);
    let closing = &snapshot.connections().row(0).expect("a connection").closing;
    assert_eq!(closing.initiator(), Some(Side::Server));
    assert_eq!(closing.close[1].as_ref().and_then(|(_, close)| close.code), Some(4002));
}

/// Holds a snapshot against what was said.
pub(crate) fn check(said: &Said, snapshot: &Snapshot) {
    assert_eq!(found(snapshot), said.messages);
    assert_eq!(control(snapshot), said.control);
    assert_eq!(snapshot.connections().len(), 1);
    assert_eq!(snapshot.totals.gaps.0, 0);
}

/// The control frames of each side in order, the client's first.
fn control(snapshot: &Snapshot) -> Vec<(Side, u8, Vec<u8>)> {
    let mut content = Content::default();
    let frames = (0..snapshot.frame_count()).filter_map(|id| snapshot.frame(FrameId::new(id)));
    let frames = frames.filter(|frame| frame.header.opcode.is_control());
    let mut control: Vec<_> = frames
        .map(|frame| {
            let payload = content.frame(snapshot, frame.id, u64::MAX).expect("its bytes").payload.bytes;
            (frame.side, frame.header.opcode.0, payload)
        })
        .collect();
    control.sort_by_key(|(side, ..)| *side);
    control
}

type Lead<S> = fn(&mut WebSocket<S>, Side) -> Said;

/// Both ends talk in clear until they are done. What both said, and what was captured.
fn converse(client: Lead<TcpStream>, server: Lead<TcpStream>) -> (Said, Arc<Snapshot>) {
    let (said, capture) = over((client, |stream| stream), (server, |stream| stream));
    let file = Temporary::with(&capture);
    (said, replay::file(file.path()).expect("what was written is a capture"))
}

/// Both ends talk over what each makes of its TCP stream. What both said, and the capture of it.
pub(crate) fn over<C: Read + Write, S: Read + Write + 'static>(
    (client, ours): (Lead<C>, impl FnOnce(TcpStream) -> C),
    (server, theirs): (Lead<S>, impl FnOnce(TcpStream) -> S + Send + 'static),
) -> (Said, Vec<u8>) {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of our own");
    let (outer, inner) = (listen(), listen());
    let address = |listener: &TcpListener| listener.local_addr().expect("it has an address");
    let (proxy, behind) = (address(&outer), address(&inner));
    let serving = thread::spawn(move || {
        let (stream, _) = inner.accept().expect("the proxy comes");
        let Ok(mut socket) = tungstenite::accept(theirs(stream)) else { panic!("a handshake") };
        server(&mut socket, Side::Server)
    });
    let recording = thread::spawn(move || record(&outer, behind));
    let stream = ours(TcpStream::connect(proxy).expect("the proxy is there"));
    let Ok((mut socket, _)) = tungstenite::client(format!("ws://{proxy}/chat"), stream) else {
        panic!("a handshake")
    };
    let mut said = client(&mut socket, Side::Client);
    drop(socket);
    let theirs = serving.join().expect("the server does not panic");
    said.messages.extend(theirs.messages);
    said.control.extend(theirs.control);
    (said, recording.join().expect("the proxy does not panic"))
}

impl Said {
    fn say(&mut self, socket: &mut WebSocket<impl Read + Write>, side: Side, message: Message) {
        self.note(side, &message);
        socket.send(message).expect("the peer listens");
    }

    fn note(&mut self, side: Side, message: &Message) {
        match message {
            Message::Text(text) => self.told(side, "text", text.as_bytes()),
            Message::Binary(bytes) => self.told(side, "binary", bytes),
            Message::Ping(payload) => self.control.push((side, 9, payload.to_vec())),
            Message::Pong(payload) => self.control.push((side, 10, payload.to_vec())),
            Message::Close(close) => {
                let payload = close.as_ref().map_or(Vec::new(), |close| {
                    [&u16::from(close.code).to_be_bytes()[..], close.reason.as_bytes()].concat()
                });
                self.control.push((side, 8, payload));
            }
            Message::Frame(_) => {}
        }
    }

    fn told(&mut self, side: Side, kind: &str, bytes: &[u8]) {
        *self.messages.entry((side, kind.to_owned(), sha256(bytes))).or_default() += 1;
    }

    /// A binary message in fragments of these sizes, with a ping between them (RFC 6455 5.4).
    fn say_in_fragments(
        &mut self,
        socket: &mut WebSocket<impl Read + Write>,
        side: Side,
        sizes: &[usize],
        random: &mut Random,
    ) {
        let mut whole = Vec::new();
        for (number, size) in sizes.iter().enumerate() {
            let part = random.bytes(*size);
            whole.extend_from_slice(&part);
            let data = if number == 0 { Data::Binary } else { Data::Continue };
            let last = number + 1 == sizes.len();
            let frame = Frame::message(part, OpCode::Data(data), last);
            socket.send(Message::Frame(frame)).expect("the peer listens");
            if !last {
                self.say(socket, side, Message::Ping(random.bytes(number * 60).into()));
            }
        }
        self.told(side, "binary", &whole);
    }
}

/// Says something of everything and waits for each echo.
pub(crate) fn client_leads<S: Read + Write>(socket: &mut WebSocket<S>, side: Side) -> Said {
    let (mut said, mut random) = (Said::default(), Random::new(1));
    let exchange = |said: &mut Said, socket: &mut WebSocket<S>, message: Message| {
        said.say(socket, side, message);
        assert!(next_data(socket, said, side).is_some(), "the server answers");
    };
    for size in SIZES {
        exchange(&mut said, socket, Message::Binary(random.bytes(size).into()));
        let text = String::from_utf8(random.prose(size)).expect("ASCII");
        exchange(&mut said, socket, Message::Text(text.into()));
    }
    exchange(&mut said, socket, Message::Text("日本 🦀 ٣ \u{10ffff}".into()));
    for sizes in [&[0, 0][..], &[1, 0, 200], &[126, 70_000, 3]] {
        said.say_in_fragments(socket, side, sizes, &mut random);
        assert!(next_data(socket, &mut said, side).is_some(), "the server answers");
    }
    close(socket, side, &mut said, CloseCode::Normal, "bye ✓");
    said
}

/// Pings, pongs that nobody asked for, and a code of its own.
fn server_leads<S: Read + Write>(socket: &mut WebSocket<S>, side: Side) -> Said {
    let (mut said, mut random) = (Said::default(), Random::new(2));
    for size in [0, 1, 125] {
        said.say(socket, side, Message::Ping(random.bytes(size).into()));
        said.say(socket, side, Message::Pong(random.bytes(size).into()));
        said.say(socket, side, Message::Binary(random.bytes(size * 700).into()));
        assert!(next_data(socket, &mut said, side).is_some(), "the client answers");
    }
    close(socket, side, &mut said, CloseCode::Library(4002), "");
    said
}

fn close(
    socket: &mut WebSocket<impl Read + Write>,
    side: Side,
    said: &mut Said,
    code: CloseCode,
    reason: &str,
) {
    let frame = CloseFrame { code, reason: reason.to_owned().into() };
    said.note(side, &Message::Close(Some(frame.clone())));
    socket.close(Some(frame)).expect("the peer listens");
    while socket.read().is_ok() {}
}

/// Sends every message back until the other side closes.
pub(crate) fn echo<S: Read + Write>(socket: &mut WebSocket<S>, side: Side) -> Said {
    let mut said = Said::default();
    while let Some(message) = next_data(socket, &mut said, side) {
        said.say(socket, side, message);
    }
    said
}

/// The next data message; nothing at a Close. Tungstenite answers pings and Closes by itself.
fn next_data(socket: &mut WebSocket<impl Read + Write>, said: &mut Said, side: Side) -> Option<Message> {
    loop {
        match socket.read() {
            Ok(message @ (Message::Text(_) | Message::Binary(_))) => return Some(message),
            Ok(Message::Ping(payload)) => said.note(side, &Message::Pong(payload)),
            Ok(message @ Message::Close(_)) => {
                said.note(side, &message);
                while socket.read().is_ok() {}
                return None;
            }
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

/// A connection as it is written down: two ends, and how far each has come.
struct Recorder {
    writer: PcapNgWriter<Vec<u8>>,
    interface: u32,
    ends: [SocketAddr; 2],
    next: [u32; 2],
    time: i64,
}

impl Recorder {
    fn new(ends: [SocketAddr; 2]) -> io::Result<Self> {
        let mut writer = PcapNgWriter::new(Vec::new(), "wscope tests")?;
        let interface = writer.interface(&NewInterface { link: RAW_IP, ..NewInterface::default() })?;
        let time = 1_700_000_000_000_000_000;
        // The sequence numbers wrap on the way.
        let mut recorder = Self { writer, interface, ends, next: [u32::MAX - 5000, 100], time };
        recorder.segment(0, SYN, &[])?;
        recorder.segment(1, SYN | ACK, &[])?;
        recorder.segment(0, ACK, &[])?;
        Ok(recorder)
    }

    fn segment(&mut self, from: usize, flags: u8, payload: &[u8]) -> io::Result<()> {
        let ack = if flags & ACK == 0 { 0 } else { self.next[1 - from] };
        let (seq, to) = (self.next[from], self.ends[1 - from]);
        let packet = Segment { from: self.ends[from], to, seq, ack, flags, payload }.packet();
        let counted = payload.len() as u32 + u32::from(flags & (SYN | FIN) != 0);
        self.next[from] = seq.wrapping_add(counted);
        self.time += 1_000;
        self.writer.packet(&Packet {
            interface: self.interface,
            time: self.time,
            wire_len: packet.len() as u32,
            data: &packet,
            comment: None,
        })
    }
}

/// Passes one connection's bytes on, each written down before it is passed on.
fn record(outer: &TcpListener, behind: SocketAddr) -> Vec<u8> {
    let (client, from) = outer.accept().expect("the client comes");
    let server = TcpStream::connect(behind).expect("the server is there");
    let recorder = Mutex::new(Recorder::new([from, behind]).expect("memory can be written"));
    thread::scope(|scope| {
        scope.spawn(|| pass(0, &client, &server, &recorder));
        pass(1, &server, &client, &recorder);
    });
    recorder.into_inner().expect("nobody panicked").writer.into_inner()
}

fn pass(from: usize, mut source: &TcpStream, mut target: &TcpStream, recorder: &Mutex<Recorder>) {
    let mut buffer = vec![0; 40_000];
    loop {
        let len = source.read(&mut buffer).unwrap_or(0);
        let mut recorder = recorder.lock().expect("nobody panicked");
        let flags = if len == 0 { FIN | ACK } else { ACK };
        recorder.segment(from, flags, &buffer[..len]).expect("memory can be written");
        drop(recorder);
        if len == 0 {
            // The other end may be gone already.
            let _ = target.shutdown(Shutdown::Write);
            return;
        }
        if target.write_all(&buffer[..len]).is_err() {
            return;
        }
    }
}
