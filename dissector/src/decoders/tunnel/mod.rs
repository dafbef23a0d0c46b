//! Tunnels of TCP through WebSocket, as websockify makes them: VNC and SSH as far as they can be told, else bytes.
//!
//! What is tunneled is a stream: messages begin and end anywhere in it. Its beginning is read where it is within reach,
//! which is the part that is not encrypted.

mod rfb;
mod ssh;

use std::borrow::Cow;

use super::decoded::Part;
use super::encoded;
use super::input::{Facts, Input};
use super::plain::begun;
use super::table::{Decoder, text};
use super::tree::{Base, Tree};

pub(super) use self::rfb::DECODER as RFB;
pub(super) use self::ssh::DECODER as SSH;

pub(super) const DECODER: Decoder =
    Decoder::new("tunnel", "TCP tunnel", "https://github.com/novnc/websockify#readme", decode)
        .first(is_tunnel)
        .keys(&[text("tunnel.protocol", "What a tunnel carries, by its first bytes")]);

/// The subprotocols of websockify, which older clients still ask for, and the one of port-forwards of Kubernetes. They
/// are no tokens of the table: what is tunneled is told by its first bytes, before it is told that it is a tunnel.
const TOKENS: [&str; 3] = ["binary", "base64", "SPDY/3.1+portforward.k8s.io"];

fn is_tunnel(facts: &Facts) -> bool {
    let token = facts.subprotocol.as_deref().filter(|token| TOKENS.contains(token));
    // Bytes are no text but in base64.
    token.is_some_and(|token| token == "base64" || facts.first.iter().flatten().all(|(text, _)| !text))
}

/// Messages that are gone back to find the stream's beginning.
const BACK: usize = 64;
/// Bytes of them.
const BYTES: usize = 256 << 10;

/// Bytes of a stream as a message carries them: themselves, or in base64.
fn carried(text: bool, bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if text { encoded::unpack(&bytes).map_or(bytes, Cow::Owned) } else { bytes }
}

/// The first bytes of a side's stream that are known.
fn beginning(facts: &Facts, side: crate::ids::Side) -> Vec<u8> {
    let said = facts.first_of(side);
    said.flat_map(|said| carried(said.text, Cow::Borrowed(said.bytes)).into_owned()).collect()
}

/// A message's bytes, and what came before them in the stream where that is within reach.
struct Carried<'a> {
    bytes: Cow<'a, [u8]>,
    before: Option<Vec<u8>>,
    base: Option<Base>,
}

impl<'a> Carried<'a> {
    fn of(input: &Input<'a>, tree: &mut Tree) -> Self {
        let sent = input.bytes();
        let bytes = carried(input.said.text, Cow::Borrowed(sent));
        // Places are those in the message, with its tree and without.
        let base = match &bytes {
            Cow::Owned(bytes) => Some(encoded::places(bytes.len(), sent.len(), 0)),
            Cow::Borrowed(_) => {
                if input.said.text {
                    tree.stop(0, "no base64");
                }
                None
            }
        };
        let mut earlier = Vec::new();
        let mut room = BYTES;
        // Of most messages the beginning is far: one look tells.
        let far = input.earlier.before(BACK).is_some();
        let before = loop {
            if far {
                break None;
            }
            let Some((text, bytes)) = input.earlier.before(earlier.len()) else { break Some(()) };
            match room.checked_sub(bytes.len()) {
                Some(left) => room = left,
                None => break None,
            }
            earlier.push(carried(text, bytes).into_owned());
        };
        earlier.reverse();
        // The search back ends somewhere where other connections say much: then it is not the beginning.
        let known = beginning(input.facts, input.said.side);
        let is_beginning = |before: &Vec<u8>| {
            before.iter().chain(bytes.iter()).zip(&known).take(12).all(|(there, known)| there == known)
        };
        let before = before.map(|()| earlier.concat()).filter(is_beginning);
        Self { bytes, before, base }
    }

    /// Reads the bytes where they stand in the message.
    fn within<T>(&mut self, tree: &mut Tree, read: impl FnOnce(&mut Tree, &[u8]) -> T) -> T {
        let bytes = &self.bytes;
        tree.within(self.base.take().unwrap_or(Base::Shifted(0)), |tree| read(tree, bytes))
    }

    /// Reads them behind those that came before: places are those in both together.
    fn joined<T>(&mut self, before: &[u8], tree: &mut Tree, read: impl FnOnce(&mut Tree, &[u8]) -> T) -> T {
        let all = [before, &self.bytes].concat();
        self.within(tree, |tree, _| {
            tree.within(Base::Shifted(-(before.len() as isize)), |tree| read(tree, &all))
        })
    }
}

/// What is known by first bytes and not read any further.
fn sniff(facts: &Facts) -> &'static str {
    use crate::ids::Side::{Client, Server};
    let (client, server) = (beginning(facts, Client), beginning(facts, Server));
    match (client.as_slice(), server.as_slice()) {
        ([0x16, 3, 0..=4, ..], _) => "TLS",
        // TPKT, version 3 (RFC 2126 4.3): how Remote Desktop begins.
        ([3, 0, _, _, _, 0xe0, ..], _) => "RDP",
        (_, [b'H', b'T', b'T', b'P', b'/', b'1', ..]) => "HTTP/1",
        (_, [b'2', b'2', b'0', b' ' | b'-', ..]) => "SMTP or FTP",
        _ => "",
    }
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let mut carried = Carried::of(input, tree);
    let what = sniff(input.facts);
    if !what.is_empty() {
        tree.text("tunnel.protocol", "Carries", what, 0..0);
    }
    let says = format!("bytes of a TCP tunnel{}{what}", if what.is_empty() { "" } else { ", " });
    carried.within(tree, |tree, bytes| tree.bytes("", "Data", bytes, 0..bytes.len()));
    opaque(input, &says, &carried.bytes, tree);
}

/// Says of bytes what they are part of.
fn opaque(input: &Input<'_>, says: &str, bytes: &[u8], tree: &mut Tree) {
    let summary = format!("{says}: {}", begun(bytes));
    tree.part(Part { kind: "bytes".into(), summary, at: 0..input.bytes().len(), ..Part::default() });
}

#[cfg(test)]
mod tests;
