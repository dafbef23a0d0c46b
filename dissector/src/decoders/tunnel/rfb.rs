//! VNC's RFB (RFC 6143): versions, security, the desktop's size and name, and what the client sends; of the server's
//! pictures only where an update plainly begins, as their length depends on encodings without end.

mod sent;

use self::sent::messages;
use super::super::decoded::{Part, short};
use super::super::input::{Facts, Input};
use super::super::read::Reader;
use super::super::table::{Decoder, Key, flag, number, text};
use super::super::tree::{Base, Tree};
use super::{Carried, beginning, opaque};
use crate::ids::Side;

pub(in super::super) const DECODER: Decoder = Decoder::new("rfb", "VNC", "RFC 6143", decode)
    .first(|facts| beginning(facts, Side::Server).starts_with(b"RFB 00"))
    .keys(KEYS);

/// The names are Wireshark's.
const KEYS: &[Key] = &[
    text("vnc.server_proto_ver", "The version that the server offers"),
    text("vnc.client_proto_ver", "The version that the client takes"),
    number(
        "vnc.security_type",
        "A kind of security that the server offers: 1 none, 2 VNC authentication and so on",
    ),
    number("vnc.client_security_type", "The kind of security that the client takes"),
    number("vnc.auth_result", "How that ended: 0 is well"),
    flag("vnc.share_desktop_flag", "Whether others may look at the desktop as well"),
    number("vnc.width", "Columns of the desktop"),
    number("vnc.height", "Rows of the desktop"),
    text("vnc.desktop_name", "The name of the desktop"),
    number("vnc.client_message_type", "What the client sends: 4 KeyEvent, 5 PointerEvent and so on"),
    number("vnc.server_message_type", "What the server sends: 0 FramebufferUpdate"),
    number("vnc.key", "The keysym of a KeyEvent"),
    flag("vnc.key_down", "Whether the key is down"),
    number("vnc.pointer_x_pos", "The pointer's column"),
    number("vnc.pointer_y_pos", "The pointer's row"),
    text("vnc.client_cut_text", "Text that the client has cut"),
    number("vnc.client_set_encodings_encoding_type", "An encoding of pictures that the client takes"),
    number("vnc.fb_update_encoding_type", "The encoding of a rectangle"),
];

fn security(number: u8) -> &'static str {
    match number {
        0 => "refused",
        1 => "none",
        2 => "VNC authentication",
        5 | 6 => "RA2",
        16 => "Tight",
        18 => "TLS",
        19 => "VeNCrypt",
        20 => "SASL",
        30 => "Apple",
        _ => "",
    }
}

fn encoding(number: i32) -> &'static str {
    match number {
        0 => "Raw",
        1 => "CopyRect",
        2 => "RRE",
        5 => "Hextile",
        6 => "Zlib",
        7 => "Tight",
        16 => "ZRLE",
        21 => "JPEG",
        50 => "H.264",
        -223 => "DesktopSize",
        -224 => "LastRect",
        -239 => "Cursor",
        -258 => "QEMU extended keys",
        -307 => "DesktopName",
        -308 => "ExtendedDesktopSize",
        -312 => "Fence",
        -313 => "ContinuousUpdates",
        -260 => "TightPNG",
        -32..=-23 => "JPEG quality",
        -256..=-247 => "compression level",
        _ => "",
    }
}

/// What both sides agreed on, as far as their first messages tell.
struct Opening {
    /// The minor version: 3, 7 or 8.
    version: u32,
    security: Option<u8>,
}

impl Opening {
    fn of(facts: &Facts) -> Self {
        let (client, server) = (beginning(facts, Side::Client), beginning(facts, Side::Server));
        let version = |bytes: &[u8]| {
            let digits = bytes.get(8..11).and_then(|digits| std::str::from_utf8(digits).ok());
            digits.and_then(|digits| digits.parse().ok()).unwrap_or(8)
        };
        let version: u32 = version(if client.len() >= 12 { &client } else { &server });
        // 7.1.2: of 3.3 the server decides, by four bytes.
        let security = if version < 7 { server.get(15) } else { client.get(12) };
        Self { version, security: security.copied() }
    }
    /// Bytes of the client's stream before ClientInit; none where the security's own are not known.
    fn client(&self) -> Option<usize> {
        let own = match self.security? {
            1 => 0,
            2 => 16,
            _ => return None,
        };
        Some(12 + usize::from(self.version >= 7) + own)
    }
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let mut carried = Carried::of(input, tree);
    let opening = Opening::of(input.facts);
    let known = beginning(input.facts, input.said.side);
    let before = carried.before.take().filter(|_| known.starts_with(b"RFB "));
    let client = input.said.side == Side::Client;
    match before {
        Some(before) => {
            let from = before.len();
            carried.joined(&before, tree, |tree, all| {
                if client {
                    from_client(&opening, all, from, tree)
                } else {
                    from_server(&opening, all, from, tree)
                }
            });
        }
        None if client => carried.within(tree, |tree, bytes| messages(bytes, 0, 0, tree)),
        None => carried.within(tree, |tree, bytes| update(bytes, 0, tree)),
    }
    if tree.parts() == 0 {
        opaque(input, "VNC", &carried.bytes, tree);
    }
}

/// A stretch of the opening: told where it ends behind `from`.
struct Opened<'a, 't> {
    reader: Reader<'a>,
    from: usize,
    tree: &'t mut Tree,
}

impl<'a> Opened<'a, '_> {
    /// The next bytes, and whether they are to be told; none where they are not there yet.
    fn take(&mut self, len: usize) -> Option<(&'a [u8], std::ops::Range<usize>, bool)> {
        let at = self.reader.at();
        let Some(bytes) = self.reader.take(len) else {
            if self.reader.left() > 0 {
                let summary = "part of the opening".to_owned();
                let at = at.max(self.from)..at + self.reader.left();
                self.tree.part(Part { kind: "part".into(), summary, at, ..Part::default() });
            }
            return None;
        };
        Some((bytes, at..at + len, at + len > self.from))
    }
    fn say(&mut self, kind: &'static str, summary: String, at: std::ops::Range<usize>) {
        self.tree.part(Part { kind: kind.into(), summary: short(&summary), at, ..Part::default() });
    }
    fn version(&mut self, key: &'static str) -> Option<()> {
        let (bytes, at, told) = self.take(12)?;
        if told {
            let line = String::from_utf8_lossy(bytes).trim_end().to_owned();
            self.tree.text(key, "Version", &line, at.clone());
            self.say("version", line, at);
        }
        Some(())
    }
}

fn from_client(opening: &Opening, all: &[u8], from: usize, tree: &mut Tree) {
    let mut opened = Opened { reader: Reader::new(all), from, tree };
    let read = (|| {
        opened.version("vnc.client_proto_ver")?;
        if opening.version >= 7 {
            let (bytes, at, told) = opened.take(1)?;
            if let ([kind], true) = (bytes, told) {
                let name = security(*kind);
                opened.tree.named("vnc.client_security_type", "Security type", *kind, name, at.clone());
                opened.say("security", format!("security {kind} {name}"), at);
            }
        }
        let init = opening.client()?;
        let own = init - opened.reader.at().min(init);
        let (_, at, told) = opened.take(own)?;
        if told && own > 0 {
            opened.tree.bytes("", "Response", all.get(at.clone()).unwrap_or_default(), at.clone());
            opened.say("response", "response to the challenge".to_owned(), at);
        }
        let (bytes, at, told) = opened.take(1)?;
        if let ([shared], true) = (bytes, told) {
            opened.tree.flag("vnc.share_desktop_flag", "Shared", *shared != 0, at.clone());
            opened.say(
                "ClientInit",
                format!("ClientInit, {}", if *shared != 0 { "shared" } else { "alone" }),
                at,
            );
        }
        Some(opened.reader.at())
    })();
    match read {
        Some(at) => messages(all, at, from, tree),
        // Security of another kind talks in its own way; what comes long after it is messages again.
        None if opening.client().is_none() && opening.security.is_some() && from > 13 => {
            tree.within(Base::Shifted(from as isize), |tree| {
                messages(all.get(from..).unwrap_or_default(), 0, 0, tree);
            });
        }
        None => {}
    }
}

fn from_server(opening: &Opening, all: &[u8], from: usize, tree: &mut Tree) {
    let mut opened = Opened { reader: Reader::new(all), from, tree };
    let read = (|| {
        opened.version("vnc.server_proto_ver")?;
        if opening.version >= 7 {
            let count = opened.reader.rest().first().copied()?;
            let (bytes, at, told) = opened.take(1 + usize::from(count))?;
            if told {
                let kinds = bytes.get(1..).unwrap_or_default();
                for (place, kind) in kinds.iter().enumerate() {
                    let at = at.start + 1 + place..at.start + 2 + place;
                    opened.tree.named("vnc.security_type", "Security type", *kind, security(*kind), at);
                }
                let names: Vec<String> =
                    kinds.iter().map(|kind| format!("{kind} {}", security(*kind))).collect();
                let names = names.iter().map(|name| name.trim_end()).collect::<Vec<_>>().join(", ");
                opened.say("security", format!("security: {names}"), at);
            }
        } else {
            let (_, at, told) = opened.take(4)?;
            if told {
                let kind = opening.security.unwrap_or(0);
                opened.tree.named("vnc.security_type", "Security type", kind, security(kind), at.clone());
                opened.say("security", format!("security: {kind} {}", security(kind)), at);
            }
        }
        let kind = opening.security.filter(|kind| matches!(kind, 1 | 2))?;
        if kind == 2 {
            let (_, at, told) = opened.take(16)?;
            if told {
                opened.say("challenge", "challenge".to_owned(), at);
            }
        }
        // 7.1.3: SecurityResult, since 3.8 also where there is no security.
        if kind == 2 || opening.version >= 8 {
            let (bytes, at, told) = opened.take(4)?;
            let result = Reader::new(bytes).u32()?;
            if told {
                let name = if result == 0 { "OK" } else { "failed" };
                opened.tree.named("vnc.auth_result", "Security result", result, name, at.clone());
                opened.say("result", format!("security result {name}"), at);
            }
            (result == 0).then_some(())?;
        }
        let mut ahead = opened.reader;
        ahead.take(20);
        let len = ahead.u32().map_or(0, |len| len as usize);
        let (bytes, at, told) = opened.take(24 + len)?;
        if told {
            let mut reader = Reader::new(bytes);
            let (width, height) = (reader.u16()?, reader.u16()?);
            let name = String::from_utf8_lossy(bytes.get(24..).unwrap_or_default()).into_owned();
            opened.tree.number("vnc.width", "Width", width, at.start..at.start + 2);
            opened.tree.number("vnc.height", "Height", height, at.start + 2..at.start + 4);
            opened.tree.text("vnc.desktop_name", "Name", &name, at.start + 24..at.end);
            opened.say("ServerInit", format!("ServerInit {width} × {height} {name:?}"), at);
        }
        Some(opened.reader.at())
    })();
    if read.is_some_and(|at| at < all.len()) {
        let from = from.max(read.unwrap_or(0));
        tree.within(Base::Shifted(from as isize), |tree| {
            update(all.get(from..).unwrap_or_default(), 0, tree)
        });
    }
}

/// Whether an update plainly begins: its first rectangle has an encoding that is known.
fn update(bytes: &[u8], at: usize, tree: &mut Tree) {
    let mut reader = Reader::new(bytes);
    reader.go(at);
    let read = (|| {
        let (kind, pad, count) = (reader.u8()?, reader.u8()?, reader.u16()?);
        let [x, y, width, height] = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
        let kind_of = reader.u32()? as i32;
        let good = kind == 0 && pad == 0 && count > 0 && !encoding(kind_of).is_empty();
        good.then_some((count, [x, y, width, height], kind_of))
    })();
    let all = at..bytes.len();
    let Some((count, [x, y, width, height], kind)) = read else {
        let summary = match bytes.get(at..).unwrap_or_default() {
            [2] => "Bell".to_owned(),
            rest => format!("data of the server: {} bytes", rest.len()),
        };
        return tree.part(Part { kind: "data".into(), summary, at: all, ..Part::default() });
    };
    let name = encoding(kind);
    tree.named("vnc.server_message_type", "Message type", 0, "FramebufferUpdate", at..at + 1);
    tree.number("", "Rectangles", count, at + 2..at + 4);
    tree.named("vnc.fb_update_encoding_type", "Encoding of the first", kind, name, at + 12..at + 16);
    let many = if count == 1 { "rectangle" } else { "rectangles" };
    let summary =
        format!("FramebufferUpdate, {count} {many}, the first {width} × {height} at {x}, {y} as {name}");
    tree.part(Part { kind: "FramebufferUpdate".into(), summary, at: all, ..Part::default() });
}
