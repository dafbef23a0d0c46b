//! A WebSocket connection that is being made up: handshake, frames, the closing handshake.

use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dissector::websocket::header::FrameHeader;
use dissector::websocket::mask::unmask;
use dissector::websocket::opcode::Opcode;
use dissector::websocket::upgrade::accept_for;

use super::damage::{Damage, Damages};
use super::{Digest, Flags, Peer, Random, Said, Sealer, Wire};

/// What a message carries.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// Text as it is.
    Text(&'a str),
    /// Bytes as they are.
    Binary(&'a [u8]),
    /// Text, and what it is compressed (RFC 7692).
    Deflated(&'a str, &'a [u8]),
}

/// A connection: its client first.
pub struct Talk {
    pub(super) peers: [Peer; 2],
    /// Segments that each side has not acknowledged yet.
    pub(super) owed: [u32; 2],
    /// What is still to be sent, from where on, and by whom.
    pub(super) queue: Vec<u8>,
    pub(super) queued: usize,
    pub(super) client: bool,
    sealer: Option<Sealer>,
    pub(super) damage: Option<Box<Damage>>,
    /// Whether the client's packets are captured as well.
    pub(super) heard: bool,
    number: u32,
    target: &'static str,
    said: [Said; 2],
    digests: [Digest; 2],
}

impl Talk {
    /// The connection with this number; below 2^24, no two of them share a pair of sockets.
    pub fn new(number: u32) -> Self {
        let [_, high, middle, low] = number.to_be_bytes();
        let seq = number.wrapping_mul(0x9e37_79b1);
        let port = 40_000 + (number % 20_000) as u16;
        let client = Peer { ip: [10, high, middle, low], port, seq };
        let server = Peer { ip: [172, 16, 0, 1], port: 80, seq: !seq };
        Self {
            peers: [client, server],
            owed: [0; 2],
            queue: Vec::new(),
            queued: 0,
            client: true,
            sealer: None,
            damage: None,
            heard: true,
            number,
            target: "/chat",
            said: Default::default(),
            digests: Default::default(),
        }
    }

    /// All that is said goes through TLS, on the port of https.
    pub fn secure(&mut self) {
        self.peers[1].port = 443;
        self.sealer = Some(Sealer::new(self.number));
    }

    /// What its request asks for.
    pub const fn at(&mut self, target: &'static str) {
        self.target = target;
    }

    /// From here on, segments of messages get lost, come twice, or in another order.
    pub fn damage(&mut self) {
        self.damage = Some(Box::new(Damage::new(self.number)));
    }

    /// From here on, the client's packets are not captured.
    pub const fn deafen(&mut self) {
        self.heard = false;
    }

    /// What was said so far, by the client first.
    pub const fn said(&self) -> [Said; 2] {
        let ([client, server], [ours, theirs]) = (self.said, self.digests);
        [client.with(ours), server.with(theirs)]
    }

    /// What became of its segments.
    pub fn damages(&self) -> Damages {
        self.damage.as_ref().map(|damage| damage.counts()).unwrap_or_default()
    }

    /// TCP's handshake and the opening handshake (RFC 6455 1.3), its nonce and answer included.
    pub fn open<W: Write>(&mut self, wire: &mut Wire<W>, deflate: bool) -> io::Result<()> {
        self.segment(wire, true, Flags::SYN, &[])?;
        self.segment(wire, false, Flags::SYN_ACK, &[])?;
        self.segment(wire, true, Flags::ACK, &[])?;
        let key = nonce(self.number);
        let accept = accept_for(key.as_bytes());
        let extension = if deflate { "Sec-WebSocket-Extensions: permessage-deflate\r\n" } else { "" };
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{extension}\r\n",
            self.target
        );
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {accept}\r\n{extension}\r\n"
        );
        if let Some(sealer) = &self.sealer {
            let (ours, theirs) = (sealer.client_hello(), sealer.server_hello());
            self.segment(wire, true, Flags::PUSH, &ours)?;
            self.segment(wire, false, Flags::PUSH, &theirs)?;
        }
        self.say(wire, true, request.as_bytes())?;
        self.say(wire, false, response.as_bytes())
    }

    /// One message in one frame, from the client or the server, cut into segments; the other side
    /// acknowledges every second one (RFC 9293 3.8.6.3).
    pub fn send<W: Write>(
        &mut self,
        wire: &mut Wire<W>,
        client: bool,
        payload: Payload<'_>,
        random: &mut Random,
    ) -> io::Result<()> {
        self.burst(wire, usize::MAX)?;
        self.put(client, payload, random);
        let captured = if self.damage.is_some() { self.badly(wire)? } else { true };
        self.burst(wire, usize::MAX)?;
        self.tally(client, payload, captured);
        Ok(())
    }

    /// The same, but nothing is sent before there is a [`burst`](Self::burst), nor may another message be queued.
    pub fn queue(&mut self, client: bool, payload: Payload<'_>, random: &mut Random) {
        self.put(client, payload, random);
        self.tally(client, payload, true);
    }

    /// Both Close frames (RFC 6455 1.4), then TCP's end.
    pub fn close<W: Write>(&mut self, wire: &mut Wire<W>, random: &mut Random) -> io::Result<()> {
        self.burst(wire, usize::MAX)?;
        let heard = self.heard;
        for client in [true, false].into_iter().filter(|client| heard || !client) {
            self.release(wire, client, true)?;
            let mut header = FrameHeader::new(Opcode::CLOSE, 2);
            header.mask = client.then(|| key(random));
            self.start(client);
            self.frame(&header, &1000_u16.to_be_bytes());
            self.seal();
            self.burst(wire, usize::MAX)?;
            self.said[usize::from(!client)].frame(2);
        }
        self.segment(wire, false, Flags::FIN, &[])?;
        self.segment(wire, true, Flags::FIN, &[])?;
        self.segment(wire, false, Flags::ACK, &[])
    }

    fn tally(&mut self, client: bool, payload: Payload<'_>, captured: bool) {
        let (text, wire, content) = match payload {
            Payload::Text(text) => (true, text.len(), text.as_bytes()),
            Payload::Binary(bytes) => (false, bytes.len(), bytes),
            Payload::Deflated(text, bytes) => (true, bytes.len(), text.as_bytes()),
        };
        let side = usize::from(!client);
        self.said[side].message(wire, content.len(), captured);
        if captured {
            self.digests[side].add(text, content);
        }
    }

    fn put(&mut self, client: bool, payload: Payload<'_>, random: &mut Random) {
        let (opcode, rsv, bytes) = match payload {
            Payload::Text(text) => (Opcode::TEXT, 0, text.as_bytes()),
            Payload::Binary(bytes) => (Opcode::BINARY, 0, bytes),
            Payload::Deflated(_, bytes) => (Opcode::TEXT, 4, bytes),
        };
        let mut header = FrameHeader::new(opcode, bytes.len() as u64);
        header.mask = client.then(|| key(random));
        header.rsv = rsv;
        self.start(client);
        self.frame(&header, bytes);
        self.seal();
    }

    /// The queue becomes that of this side.
    fn start(&mut self, client: bool) {
        self.queue.clear();
        (self.queued, self.client) = (0, client);
    }

    fn frame(&mut self, header: &FrameHeader, payload: &[u8]) {
        self.queue.extend(header.write());
        let begin = self.queue.len();
        self.queue.extend_from_slice(payload);
        if let Some(key) = header.mask {
            unmask(&mut self.queue[begin..], key, 0);
        }
    }

    /// Bytes of the application, sealed where there is TLS.
    fn seal(&mut self) {
        let Some(sealer) = &mut self.sealer else { return };
        let mut sealed = Vec::with_capacity(self.queue.len() + self.queue.len() / 512 + 64);
        sealer.seal(self.client, &self.queue, &mut sealed);
        self.queue = sealed;
    }

    fn say<W: Write>(&mut self, wire: &mut Wire<W>, client: bool, bytes: &[u8]) -> io::Result<()> {
        self.start(client);
        self.queue.extend_from_slice(bytes);
        self.seal();
        self.burst(wire, usize::MAX)
    }
}

fn key(random: &mut Random) -> [u8; 4] {
    (random.number() as u32).to_le_bytes()
}

/// Sixteen bytes that no other connection has, as `Sec-WebSocket-Key` says them (RFC 6455 4.1 item 7).
fn nonce(number: u32) -> String {
    let mut random = Random::new(u64::from(number));
    let bytes = [random.number(), random.number()].map(u64::to_le_bytes);
    STANDARD.encode(bytes.as_flattened())
}
