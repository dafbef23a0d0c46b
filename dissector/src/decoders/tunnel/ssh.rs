//! SSH (RFC 4253): the line with each side's version, and packets by their names up to the one behind which all is
//! encrypted.

use super::super::decoded::{Part, short};
use super::super::field::Value;
use super::super::input::Input;
use super::super::read::Reader;
use super::super::table::{Decoder, Key, number, text};
use super::super::tree::{Base, Tree};
use super::{Carried, beginning, opaque};
use crate::ids::Side;

pub(in super::super) const DECODER: Decoder = Decoder::new("ssh", "SSH", "RFC 4253", decode)
    .first(|facts| {
        [Side::Client, Side::Server].iter().any(|side| beginning(facts, *side).starts_with(b"SSH-"))
    })
    .keys(KEYS);

/// The names are Wireshark's.
const KEYS: &[Key] = &[
    text("ssh.protocol", "The line with a side's version"),
    number("ssh.packet_length", "Bytes of a packet behind its length"),
    number("ssh.padding_length", "Bytes of its padding"),
    number("ssh.message_code", "What a packet is: 20 KEXINIT, 21 NEWKEYS and so on"),
    text("ssh.kex_algorithms", "Ways to agree on keys that a side takes"),
    text("ssh.server_host_key_algorithms", "Kinds of host keys that a side takes"),
    text("ssh.encryption_algorithms_client_to_server", "Ciphers for the client's packets"),
    text("ssh.encryption_algorithms_server_to_client", "Ciphers for the server's packets"),
    text("ssh.mac_algorithms_client_to_server", "Checks for the client's packets"),
    text("ssh.mac_algorithms_server_to_client", "Checks for the server's packets"),
    text("ssh.compression_algorithms_client_to_server", "Compression of the client's packets"),
    text("ssh.compression_algorithms_server_to_client", "Compression of the server's packets"),
];

/// The lists of a KEXINIT in their order (RFC 4253 7.1).
const LISTS: [(&str, &str); 10] = [
    ("ssh.kex_algorithms", "Key exchange"),
    ("ssh.server_host_key_algorithms", "Host keys"),
    ("ssh.encryption_algorithms_client_to_server", "Encryption, client to server"),
    ("ssh.encryption_algorithms_server_to_client", "Encryption, server to client"),
    ("ssh.mac_algorithms_client_to_server", "MAC, client to server"),
    ("ssh.mac_algorithms_server_to_client", "MAC, server to client"),
    ("ssh.compression_algorithms_client_to_server", "Compression, client to server"),
    ("ssh.compression_algorithms_server_to_client", "Compression, server to client"),
    ("", "Languages, client to server"),
    ("", "Languages, server to client"),
];

const NEWKEYS: u8 = 21;

/// RFC 4250 4.1.2, those that come before encryption begins; from 30 on they are those of the key exchange.
fn name(code: u8) -> &'static str {
    match code {
        1 => "DISCONNECT",
        2 => "IGNORE",
        3 => "UNIMPLEMENTED",
        4 => "DEBUG",
        5 => "SERVICE_REQUEST",
        6 => "SERVICE_ACCEPT",
        7 => "EXT_INFO",
        20 => "KEXINIT",
        NEWKEYS => "NEWKEYS",
        30..=49 => "key exchange",
        _ => "message",
    }
}

/// Packets are no longer than this before keys are there (RFC 4253 6.1 wants 35,000 to be taken).
const LONGEST: u32 = 256 << 10;

/// What comes next in a side's stream.
enum Next {
    /// The line with its version, or one that a server may send before.
    Line(usize),
    Packet {
        len: usize,
        code: u8,
    },
    /// It ends inside one.
    Short,
    Wrong,
}

fn next(bytes: &[u8], banner: bool) -> Next {
    if banner {
        // RFC 4253 4.2: 255 characters at most, with CR LF; some send LF alone.
        return match memchr::memchr(b'\n', bytes.get(..1024).unwrap_or(bytes)) {
            Some(end) => Next::Line(end + 1),
            None if bytes.len() < 1024 => Next::Short,
            None => Next::Wrong,
        };
    }
    let mut reader = Reader::new(bytes);
    let (Some(len), Some(padding)) = (reader.u32(), reader.u8()) else { return Next::Short };
    if len > LONGEST || len < u32::from(padding) + 2 {
        return Next::Wrong;
    }
    match (reader.u8(), bytes.len() >= 4 + len as usize) {
        (Some(code), true) => Next::Packet { len: 4 + len as usize, code },
        _ => Next::Short,
    }
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let mut carried = Carried::of(input, tree);
    // RFC 4253 4.2: a server may send other lines before its version.
    let known = beginning(input.facts, input.said.side);
    let begins = memchr::memmem::find(&known, b"SSH-").is_some();
    let Some(before) = carried.before.take().filter(|_| begins) else {
        let bytes = &carried.bytes;
        return opaque(input, "SSH, encrypted", bytes, tree);
    };
    let encrypted = carried.joined(&before, tree, |tree, all| walk(all, before.len(), tree));
    if encrypted < carried.bytes.len() {
        let bytes = carried.bytes.get(encrypted..).unwrap_or_default();
        opaque(input, "SSH, encrypted", bytes, tree);
    }
}

/// Reads a side's stream, and says what ends behind `from`. Gives the place behind `from` where encryption begins.
fn walk(all: &[u8], from: usize, tree: &mut Tree) -> usize {
    let (mut at, mut banner) = (0, true);
    while at < all.len() && tree.more() {
        let rest = all.get(at..).unwrap_or_default();
        let (len, code) = match next(rest, banner) {
            Next::Line(len) => (len, None),
            Next::Packet { len, code } => (len, Some(code)),
            Next::Short => {
                let summary = format!("part of a packet, {} bytes so far", rest.len());
                tree.part(Part {
                    kind: "part".into(),
                    summary,
                    at: from.max(at)..all.len(),
                    ..Part::default()
                });
                return all.len() - from;
            }
            Next::Wrong => {
                tree.stop(at.max(from), "no packet of SSH");
                return at.saturating_sub(from);
            }
        };
        let told = at + len > from;
        if banner {
            let line = String::from_utf8_lossy(rest.get(..len).unwrap_or_default()).trim_end().to_owned();
            banner = !line.starts_with("SSH-");
            if told {
                tree.text("ssh.protocol", "Version", &line, at..at + len);
                tree.part(Part {
                    kind: "version".into(),
                    summary: short(&line),
                    at: at..at + len,
                    ..Part::default()
                });
            }
        } else if let Some(code) = code.filter(|_| told) {
            tree.within(Base::Shifted(at as isize), |tree| {
                packet(rest.get(..len).unwrap_or_default(), code, tree)
            });
        }
        at += len;
        if code == Some(NEWKEYS) {
            return at.saturating_sub(from).min(all.len() - from);
        }
    }
    all.len() - from
}

fn packet(bytes: &[u8], code: u8, tree: &mut Tree) {
    let title = name(code);
    tree.open("", title, Value::Heading, 0..bytes.len());
    let mut reader = Reader::new(bytes);
    let (len, padding) = (reader.u32().unwrap_or(0), reader.u8().unwrap_or(0));
    tree.number("ssh.packet_length", "Packet length", len, 0..4);
    tree.number("ssh.padding_length", "Padding length", padding, 4..5);
    tree.named("ssh.message_code", "Message", code, title, 5..6);
    reader.end_before(usize::from(padding));
    reader.go(6);
    let mut first = String::new();
    if code == 20 && reader.take(16).is_some() {
        for (key, label) in LISTS {
            let at = reader.at();
            let Some(list) = reader.u32().and_then(|len| reader.take(len as usize)) else {
                tree.stop(at, "the packet ends inside a list");
                break;
            };
            let list = String::from_utf8_lossy(list);
            if first.is_empty() {
                first = list.split(',').next().unwrap_or_default().to_owned();
            }
            tree.text(key, label, &list, at..reader.at());
        }
    }
    tree.close();
    let summary = short(format!("{title} {first}").trim_end());
    let named = if title == "message" { format!("message {code}") } else { summary };
    tree.part(Part { kind: title.into(), summary: named, at: 0..bytes.len(), ..Part::default() });
}
