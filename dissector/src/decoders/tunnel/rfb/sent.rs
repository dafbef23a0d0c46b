//! What a client of VNC sends once the opening is over (RFC 6143 7.5): keys, the pointer, and what it asks for.

use super::super::super::decoded::{Part, short};
use super::super::super::field::Value;
use super::super::super::read::Reader;
use super::super::super::tree::{Base, Tree};
use super::encoding;

/// The length of the message that a client's bytes begin with; none where it is not known, or not there yet.
fn length(bytes: &[u8]) -> Option<usize> {
    let mut reader = Reader::new(bytes);
    let at = |place: usize| bytes.get(place).copied();
    let len = match reader.u8()? {
        0 => 20,
        2 => 4 + 4 * usize::from(u16::from_be_bytes([at(2)?, at(3)?])),
        3 | 150 => 10,
        4 => 8,
        5 => 6,
        6 => {
            reader.go(4);
            // The extended clipboard has its length below zero.
            8 + (reader.u32()? as i32).unsigned_abs() as usize
        }
        248 => 9 + usize::from(at(8)?),
        250 => 4,
        251 => 8 + 16 * usize::from(at(6)?),
        255 if at(1)? == 0 => 12,
        _ => return None,
    };
    Some(len).filter(|len| *len <= bytes.len())
}

fn name(kind: u8) -> &'static str {
    match kind {
        0 => "SetPixelFormat",
        2 => "SetEncodings",
        3 => "FramebufferUpdateRequest",
        4 => "KeyEvent",
        5 => "PointerEvent",
        6 => "ClientCutText",
        150 => "EnableContinuousUpdates",
        248 => "ClientFence",
        250 => "xvp",
        251 => "SetDesktopSize",
        _ => "QEMU key event",
    }
}

/// The client's messages from `at` on; those that end behind `from` are told.
pub(super) fn messages(all: &[u8], mut at: usize, from: usize, tree: &mut Tree) {
    while at < all.len() && tree.more() {
        let rest = all.get(at..).unwrap_or_default();
        let Some(len) = length(rest) else {
            let summary = format!("part of a message, {} bytes so far", rest.len());
            let part = Part { kind: "part".into(), summary, at: at.max(from)..all.len(), ..Part::default() };
            return tree.part(part);
        };
        if at + len > from {
            tree.within(Base::Shifted(at as isize), |tree| {
                message(rest.get(..len).unwrap_or_default(), tree)
            });
        }
        at += len;
    }
}

fn message(bytes: &[u8], tree: &mut Tree) {
    let kind = bytes.first().copied().unwrap_or(0);
    let title = name(kind);
    tree.open("", title, Value::Heading, 0..bytes.len());
    tree.named("vnc.client_message_type", "Message type", kind, title, 0..1);
    let mut reader = Reader::new(bytes);
    reader.go(1);
    let about = (|| {
        Some(match kind {
            4 => {
                let down = reader.u8()? != 0;
                reader.go(4);
                let key = reader.u32()?;
                tree.flag("vnc.key_down", "Down", down, 1..2);
                tree.number("vnc.key", "Key", key, 4..8);
                format!("{} {}", keysym(key), if down { "down" } else { "up" })
            }
            5 => {
                let (buttons, x, y) = (reader.u8()?, reader.u16()?, reader.u16()?);
                tree.number("", "Buttons", buttons, 1..2);
                tree.number("vnc.pointer_x_pos", "x", x, 2..4);
                tree.number("vnc.pointer_y_pos", "y", y, 4..6);
                format!(
                    "{x}, {y}{}",
                    if buttons == 0 { String::new() } else { format!(", buttons {buttons:#b}") }
                )
            }
            6 => {
                let cut = bytes.get(8..)?;
                // ISO 8859-1 (7.5.6).
                let cut: String = cut.iter().map(|byte| char::from(*byte)).collect();
                tree.text("vnc.client_cut_text", "Text", &cut, 8..bytes.len());
                format!("{:?}", short(&cut))
            }
            3 => {
                let whole = reader.u8()? == 0;
                let [x, y, width, height] = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
                format!("{width} × {height} at {x}, {y}{}", if whole { ", all of it" } else { "" })
            }
            2 => {
                reader.go(4);
                let mut names = Vec::new();
                while let Some(number) = reader.u32().map(|number| number as i32) {
                    let at = reader.at() - 4..reader.at();
                    let name = encoding(number);
                    let key = "vnc.client_set_encodings_encoding_type";
                    tree.named(key, "Encoding", number, name, at);
                    names.push(if name.is_empty() { number.to_string() } else { name.to_owned() });
                }
                names.join(", ")
            }
            0 => {
                reader.go(4);
                format!("{} bits, depth {}", reader.u8()?, reader.u8()?)
            }
            _ => String::new(),
        })
    })();
    tree.close();
    let summary = short(format!("{title} {}", about.unwrap_or_default()).trim_end());
    tree.part(Part { kind: title.into(), summary, at: 0..bytes.len(), ..Part::default() });
}

/// Keysyms of Latin 1 are its characters.
fn keysym(key: u32) -> String {
    match char::from_u32(key).filter(|_| matches!(key, 0x20..=0x7e | 0xa0..=0xff)) {
        Some(c) => c.to_string(),
        None => format!("{key:#x}"),
    }
}
