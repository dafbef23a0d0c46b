//! A WebSocket connection that is being made up: handshake, frames, the closing handshake.

use std::io::{self, Write};

use dissector::websocket::header::FrameHeader;
use dissector::websocket::mask::unmask;
use dissector::websocket::opcode::Opcode;
use flate2::{Compress, Compression, FlushCompress};

use super::sealed::Sealed;
use super::{Flags, Peer, Random, SEGMENT, Wire};

/// What a message carries.
#[derive(Clone, Copy, Debug)]
pub enum Payload<'a> {
    /// Text as it is.
    Text(&'a str),
    /// Bytes as they are.
    Binary(&'a [u8]),
    /// Text, compressed.
    Deflated(&'a str),
}

/// A connection: its client first.
#[derive(Debug)]
pub struct Talk {
    peers: [Peer; 2],
    /// Segments that each side has not acknowledged yet.
    owed: [u32; 2],
    /// Made when they are first needed: each takes a quarter of a megabyte.
    compressors: [Option<Compress>; 2],
    frame: Vec<u8>,
    sealed: Option<Sealed>,
}

impl Talk {
    /// The connection with this number, within TLS or in clear; below 2^24, no two of them share a pair of sockets.
    pub fn new(number: u32, sealed: bool) -> Self {
        let [_, high, middle, low] = number.to_be_bytes();
        let seq = number.wrapping_mul(0x9e37_79b1);
        let port = 40_000 + (number % 20_000) as u16;
        let client = Peer { ip: [10, high, middle, low], port, seq };
        let server = Peer { ip: [172, 16, 0, 1], port: 80, seq: !seq };
        let sealed = sealed.then(|| Sealed::new(number));
        Self { peers: [client, server], owed: [0; 2], compressors: [None, None], frame: Vec::new(), sealed }
    }

    /// TCP's handshake and the opening handshake (RFC 6455 1.3), its nonce and answer included.
    pub fn open<W: Write>(&mut self, wire: &mut Wire<W>, deflate: bool) -> io::Result<()> {
        self.segment(wire, true, Flags::SYN, &[])?;
        self.segment(wire, false, Flags::SYN_ACK, &[])?;
        self.segment(wire, true, Flags::ACK, &[])?;
        self.agree(wire)?;
        let extension = if deflate { "Sec-WebSocket-Extensions: permessage-deflate\r\n" } else { "" };
        let request = format!(
            "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{extension}\r\n"
        );
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n{extension}\r\n"
        );
        self.stream(wire, true, request.as_bytes())?;
        self.stream(wire, false, response.as_bytes())
    }

    /// TLS's handshake, where there is one.
    fn agree<W: Write>(&mut self, wire: &mut Wire<W>) -> io::Result<()> {
        let Some(sealed) = &mut self.sealed else { return Ok(()) };
        let [client, server] = sealed.hellos();
        let [ours, theirs] = [false, true].map(|client| sealed.finish(client));
        self.segments(wire, true, &client)?;
        self.segments(wire, false, &[server, ours].concat())?;
        self.segments(wire, true, &theirs)
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
        let frame = self.frame(client, payload, random);
        self.stream(wire, client, &frame)?;
        self.frame = frame;
        Ok(())
    }

    /// Both Close frames (RFC 6455 1.4), then TCP's end.
    pub fn close<W: Write>(&mut self, wire: &mut Wire<W>, random: &mut Random) -> io::Result<()> {
        for client in [true, false] {
            let mut frame = FrameHeader::new(Opcode::CLOSE, 2);
            frame.mask = client.then(|| key(random));
            let mut body = 1000_u16.to_be_bytes();
            unmask(&mut body, frame.mask.unwrap_or_default(), 0);
            let mut bytes = frame.write();
            bytes.extend(body);
            self.stream(wire, client, &bytes)?;
        }
        self.segment(wire, false, Flags::FIN, &[])?;
        self.segment(wire, true, Flags::FIN, &[])?;
        self.segment(wire, false, Flags::ACK, &[])
    }

    fn frame(&mut self, client: bool, payload: Payload<'_>, random: &mut Random) -> Vec<u8> {
        let mut compressed = Vec::new();
        let (opcode, bytes) = match payload {
            Payload::Text(text) => (Opcode::TEXT, text.as_bytes()),
            Payload::Binary(bytes) => (Opcode::BINARY, bytes),
            Payload::Deflated(text) => {
                let [ours, theirs] = &mut self.compressors;
                let compressor = if client { ours } else { theirs };
                let compressor = compressor.get_or_insert_with(|| Compress::new(Compression::fast(), false));
                deflate(compressor, text.as_bytes(), &mut compressed);
                (Opcode::TEXT, compressed.as_slice())
            }
        };
        let mut header = FrameHeader::new(opcode, bytes.len() as u64);
        header.mask = client.then(|| key(random));
        header.rsv = if matches!(payload, Payload::Deflated(_)) { 4 } else { 0 };
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        frame.extend(header.write());
        let begin = frame.len();
        frame.extend_from_slice(bytes);
        if let Some(key) = header.mask {
            unmask(&mut frame[begin..], key, 0);
        }
        frame
    }

    /// Bytes of a side, as they are or sealed.
    fn stream<W: Write>(&mut self, wire: &mut Wire<W>, client: bool, bytes: &[u8]) -> io::Result<()> {
        let Some(sealed) = &mut self.sealed else { return self.segments(wire, client, bytes) };
        let mut records = Vec::with_capacity(bytes.len() + bytes.len() / 500 + 64);
        sealed.seal(client, bytes, &mut records);
        self.segments(wire, client, &records)
    }

    fn segments<W: Write>(&mut self, wire: &mut Wire<W>, client: bool, bytes: &[u8]) -> io::Result<()> {
        let last = bytes.len().div_ceil(SEGMENT);
        for (i, segment) in bytes.chunks(SEGMENT).enumerate() {
            self.segment(wire, client, if i + 1 == last { Flags::PUSH } else { Flags::ACK }, segment)?;
            if self.owed[usize::from(!client)] == 2 {
                self.segment(wire, !client, Flags::ACK, &[])?;
            }
        }
        Ok(())
    }

    /// One segment of one side; it acknowledges what the other one has sent.
    pub fn segment<W: Write>(
        &mut self,
        wire: &mut Wire<W>,
        client: bool,
        flags: Flags,
        payload: &[u8],
    ) -> io::Result<()> {
        let [theirs, ours] = &mut self.peers;
        let (from, to) = if client { (theirs, ours) } else { (ours, theirs) };
        wire.segment(from, to, flags, payload)?;
        self.owed[usize::from(client)] = 0;
        self.owed[usize::from(!client)] += u32::from(!payload.is_empty());
        Ok(())
    }
}

fn key(random: &mut Random) -> [u8; 4] {
    (random.number() as u32).to_le_bytes()
}

/// RFC 7692 7.2.1: compressed up to a sync flush, of which the last four bytes are left out.
fn deflate(compressor: &mut Compress, text: &[u8], into: &mut Vec<u8>) {
    into.reserve(text.len() + 64);
    // Into memory with room to spare, compressing cannot fail.
    let _ = compressor.compress_vec(text, into, FlushCompress::Sync);
    into.truncate(into.len().saturating_sub(4));
}
