//! What no other decoder claims: text that is shown as it is, and bytes that are counted.

use super::decoded::{Part, short};
use super::input::Input;
use super::table::Decoder;
use super::tree::Tree;

/// Text.
pub(super) const TEXT: Decoder = Decoder::new("text", "Text", "RFC 6455 5.6", text).content(|said| said.text);

/// Bytes.
pub(super) const DATA: Decoder =
    Decoder::new("data", "Data", "RFC 6455 5.6", data).content(|said| !said.text);

fn text(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if !tree.tells() {
        return tree.part(Part { kind: "text".into(), at: 0..bytes.len(), ..Part::default() });
    }
    let known = match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            tree.stop(error.valid_up_to(), "not UTF-8");
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
    };
    tree.text("", "Text", known, 0..known.len());
    tree.part(Part { kind: "text".into(), summary: short(known), at: 0..bytes.len(), ..Part::default() });
}

/// Bytes of a summary.
const SHOWN: usize = 24;

fn data(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    tree.bytes("", "Data", bytes, 0..bytes.len());
    let summary = if tree.tells() { begun(bytes) } else { String::new() };
    tree.part(Part { kind: "binary".into(), summary, at: 0..bytes.len(), ..Part::default() });
}

/// The first bytes in hex, and how many there are where that is not all.
pub(super) fn begun(bytes: &[u8]) -> String {
    match bytes.get(..SHOWN) {
        Some(first) if bytes.len() > SHOWN => format!("{}… ({} bytes)", hex::encode(first), bytes.len()),
        _ => hex::encode(bytes),
    }
}

/// Whether bytes are what people call text: UTF-8 without control characters but those of lines.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    simdutf8::basic::from_utf8(bytes).is_ok()
        && !bytes.iter().any(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r'))
}
