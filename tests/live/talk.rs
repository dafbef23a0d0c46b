//! Two peers that talk on the loopback device, and an account of what they said.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::thread;

use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tungstenite::{Message, WebSocket};
use wscope_tests::random::Random;

/// Data messages of one side, by opcode and content, in order; and its control frames.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Side {
    pub(crate) data: Vec<(u8, Vec<u8>)>,
    pub(crate) control: Vec<(u8, Vec<u8>)>,
}

impl Side {
    fn note(&mut self, message: &Message) {
        match message {
            Message::Text(text) => self.data.push((1, text.as_bytes().to_vec())),
            Message::Binary(bytes) => self.data.push((2, bytes.to_vec())),
            Message::Ping(payload) => self.control.push((9, payload.to_vec())),
            Message::Pong(payload) => self.control.push((10, payload.to_vec())),
            Message::Close(close) => {
                let payload = close.as_ref().map_or(Vec::new(), |close| {
                    [&u16::from(close.code).to_be_bytes()[..], close.reason.as_bytes()].concat()
                });
                self.control.push((8, payload));
            }
            Message::Frame(_) => {}
        }
    }

    fn say(&mut self, socket: &mut WebSocket<TcpStream>, message: Message) {
        self.note(&message);
        socket.send(message).expect("the peer listens");
    }
}

/// A server on a port of its own.
pub(crate) struct Server {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) fn new(ip: IpAddr) -> Self {
        let listener = TcpListener::bind((ip, 0)).expect("a port of our own");
        let address = listener.local_addr().expect("it has an address");
        Self { listener, address }
    }

    /// The filter that captures what is said to it and by it.
    pub(crate) fn filter(&self) -> String {
        format!("tcp port {}", self.address.port())
    }

    /// Sends everything back that one client says. What the server said.
    pub(crate) fn echo(&self) -> Side {
        let (stream, _) = self.listener.accept().expect("the client comes");
        stream.set_nodelay(true).expect("a socket of ours");
        let mut socket = tungstenite::accept(stream).expect("a handshake");
        let mut said = Side::default();
        while let Some(message) = next_data(&mut socket, &mut said) {
            said.say(&mut socket, message);
        }
        said
    }

    /// A client that says `rounds` times something of everything, and hears it back. What both sides said.
    pub(crate) fn converse(&self, rounds: u64, seed: u64) -> [Side; 2] {
        thread::scope(|scope| {
            let serving = scope.spawn(|| self.echo());
            let mut socket = self.connect();
            let mut said = Side::default();
            let mut random = Random::new(seed);
            for round in 0..rounds {
                say_something(&mut socket, &mut said, round, &mut random);
            }
            let close = CloseFrame { code: CloseCode::Normal, reason: "bye ✓".into() };
            said.note(&Message::Close(Some(close.clone())));
            socket.close(Some(close)).expect("the peer listens");
            while socket.read().is_ok() {}
            [said, serving.join().expect("the server does not panic")]
        })
    }

    /// A client after its handshake.
    pub(crate) fn connect(&self) -> WebSocket<TcpStream> {
        let stream = TcpStream::connect(self.address).expect("the server is there");
        stream.set_nodelay(true).expect("a socket of ours");
        tungstenite::client(format!("ws://{}/live", self.address), stream).expect("a handshake").0
    }
}

/// One exchange: text, bytes, fragments or a few messages at once, now and then with a ping or a pong before it.
fn say_something(socket: &mut WebSocket<TcpStream>, said: &mut Side, round: u64, random: &mut Random) {
    let len = match round % 97 {
        0 => 70_000,
        1..8 => random.between(126, 3_000),
        _ => random.below(126),
    };
    let short = random.below(126);
    match round % 5 {
        0 => said.say(socket, Message::Ping(random.bytes(short).into())),
        1 => said.say(socket, Message::Pong(random.bytes(short).into())),
        _ => {}
    }
    let mut waiting = 1;
    match round % 7 {
        0 => say_in_fragments(socket, said, random.bytes(len)),
        1 => {
            waiting = 3;
            for _ in 0..waiting {
                said.say(socket, Message::Binary(random.bytes(len).into()));
            }
        }
        2 => said.say(socket, Message::Text("日本 🦀 ٣ \u{10ffff} \"\\\u{2028}\n".into())),
        3 | 4 => said.say(socket, Message::Binary(random.bytes(len).into())),
        _ => {
            let text = String::from_utf8(random.prose(len)).expect("ASCII");
            said.say(socket, Message::Text(text.into()));
        }
    }
    for _ in 0..waiting {
        assert!(next_data(socket, said).is_some(), "the server answers");
    }
}

/// In three fragments (RFC 6455 5.4).
fn say_in_fragments(socket: &mut WebSocket<TcpStream>, said: &mut Side, whole: Vec<u8>) {
    let third = whole.len() / 3;
    let parts = [&whole[..third], &whole[third..2 * third], &whole[2 * third..]];
    for (number, part) in parts.into_iter().enumerate() {
        let data = if number == 0 { Data::Binary } else { Data::Continue };
        let frame = Frame::message(part.to_vec(), OpCode::Data(data), number == 2);
        socket.send(Message::Frame(frame)).expect("the peer listens");
    }
    said.data.push((2, whole));
}

/// The next data message; nothing at a Close. Tungstenite answers pings and Closes by itself.
fn next_data(socket: &mut WebSocket<TcpStream>, said: &mut Side) -> Option<Message> {
    loop {
        match socket.read() {
            Ok(message @ (Message::Text(_) | Message::Binary(_))) => return Some(message),
            Ok(Message::Ping(payload)) => said.note(&Message::Pong(payload)),
            Ok(message @ Message::Close(_)) => {
                said.note(&message);
                while socket.read().is_ok() {}
                return None;
            }
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}
