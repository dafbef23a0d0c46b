//! Messages that are compressed by themselves, and those that are pieces of one compressed stream; what is inside is
//! decoded again.
//!
//! Bytes of what comes out stand nowhere in the message, so that its fields have no places.

mod stream;
mod unpack;

use super::choose::decode_inside;
use super::decoded::{Part, short};
use super::field::Value;
use super::input::{Input, Said};
use super::plain::{self, begun};
use super::table::{Decoder, Key, anything, number, text};
use super::tree::{Base, Tree};

use self::unpack::{Format, unpack};

pub use self::stream::{Payload, Stream};

/// Each message by itself.
pub(super) const DECODER: Decoder =
    Decoder::new("compressed", "Compressed", "https://www.rfc-editor.org/rfc/rfc1950", decode)
        .content(is_compressed)
        .keys(KEYS);

/// All messages of the server as one.
pub(super) const STREAM: Decoder = Decoder::new(
    "zlib-stream",
    "zlib stream",
    "https://docs.discord.com/developers/events/gateway",
    decode_stream,
)
.path(|facts| facts.parameter("compress") == Some("zlib-stream"));

const KEYS: &[Key] = &[
    text("compressed.format", "How a message is compressed by itself: zlib, gzip, zstd or deflate"),
    number("compressed.length", "Bytes of what was compressed"),
    text("compressed.name", "The name of a file, which gzip may have"),
    anything("compressed.content", "What was compressed, where nothing more is known of it"),
];

const LIMITED: &str = "only the first 4 MiB of what is compressed are read";

/// By their first bytes, and where those say little by all of it.
fn is_compressed(said: Said<'_>) -> bool {
    !said.text
        && match Format::of(said.bytes) {
            Some(Format::Zlib) => {
                let unpacked = unpack(Format::Zlib, said.bytes);
                unpacked.fault.is_none() && (unpacked.cut || unpacked.used == said.bytes.len())
            }
            Some(Format::Gzip) => said.bytes.len() >= 18,
            format => format.is_some(),
        }
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if input.said.text {
        tree.stop(0, "text is not compressed");
        return (plain::TEXT.decode)(input, tree);
    }
    let format = Format::of(bytes).unwrap_or(Format::Deflate);
    let unpacked = unpack(format, bytes);
    if format == Format::Deflate && (unpacked.fault.is_some() || bytes.is_empty()) {
        tree.stop(0, "neither zlib, gzip, Zstandard nor bare DEFLATE");
        return (plain::DATA.decode)(input, tree);
    }
    let all = 0..bytes.len();
    tree.open("", "Compressed", Value::Heading, all.clone());
    tree.text("compressed.format", "Format", format.name(), all.clone());
    tree.number("compressed.length", "Length", unpacked.bytes.len() as i128, all.clone());
    if let Some(name) = &unpacked.name {
        tree.text("compressed.name", "File name", &String::from_utf8_lossy(name), all);
    }
    tree.close();
    if unpacked.cut {
        tree.limit(LIMITED);
    }
    match unpacked.fault {
        Some(why) => tree.stop(unpacked.used.min(bytes.len()), why),
        None if unpacked.used < bytes.len() && !unpacked.cut => {
            tree.stop(unpacked.used, "more comes behind the compressed stream");
        }
        None => {}
    }
    inside(input, format.name(), &unpacked.bytes, tree);
}

/// What came out, read by its content; one line of it is the message's.
fn inside(input: &Input<'_>, what: &'static str, content: &[u8], tree: &mut Tree) {
    let all = 0..input.bytes().len();
    let before = tree.parts();
    let text = plain::is_text(content);
    let within = input.within(text, content);
    let is_plain = matches!(super::by_content(within.said).name, "text" | "data");
    if is_plain {
        tree.within(Base::Nowhere, |tree| tree.data("compressed.content", "Content", content, 0..0));
    } else {
        tree.within(Base::Nowhere, |tree| decode_inside(&within, tree));
    }
    let mut parts = tree.take_parts(before);
    if is_plain || parts.is_empty() {
        let said =
            std::str::from_utf8(content.get(..400).unwrap_or(content)).map_or_else(|_| begun(content), short);
        parts = vec![Part { kind: what.into(), summary: said, ..Part::default() }];
    }
    if let Some(first) = parts.first_mut() {
        first.summary = short(&format!("{what}: {}", first.summary));
    }
    for part in parts {
        tree.part(Part { at: all.clone(), ..part });
    }
}

fn decode_stream(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if input.said.text || input.said.side == crate::ids::Side::Client {
        let decoder = super::by_content(input.said);
        return (decoder.decode)(input, tree);
    }
    let payload = match input.earlier.streamed(bytes) {
        Ok(payload) => payload,
        Err(why) => {
            tree.stop(0, why);
            return (plain::DATA.decode)(input, tree);
        }
    };
    if payload.cut {
        tree.limit(LIMITED);
    }
    if payload.whole {
        return inside(input, "zlib-stream", &payload.plain, tree);
    }
    let all = 0..bytes.len();
    tree.bytes("", "Part of a payload", bytes, all.clone());
    let summary = format!("part of a payload, {} bytes so far", payload.plain.len());
    tree.part(Part { kind: "part".into(), summary, at: all, ..Part::default() });
}

#[cfg(test)]
mod tests;
