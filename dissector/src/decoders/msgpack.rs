//! MessagePack: values by their first byte.

use super::decoded::Part;
use super::field::Value;
use super::input::Input;
use super::packed::{Packing, Token, unpack, unpack_for};
use super::plain::begun;
use super::read::Reader;
use super::table::Decoder;
use super::tree::Tree;

pub(super) const DECODER: Decoder = Decoder::new(
    "messagepack",
    "MessagePack",
    "https://github.com/msgpack/msgpack/blob/master/spec.md",
    |input, tree| decode(Packing::MessagePack, input, tree),
)
.content(|said| {
    !said.text
        && is_whole(Packing::MessagePack, said.bytes, |first| matches!(first, 0x81..=0x9f | 0xdc..=0xdf))
});

/// Whether bytes are one list or map and nothing else; a lone number would be so by chance.
pub(super) fn is_whole(packing: Packing, bytes: &[u8], begins: fn(u8) -> bool) -> bool {
    let there = bytes.len() > 2 && bytes.first().is_some_and(|first| begins(*first));
    there && {
        let unpacked = unpack(packing, bytes, "");
        unpacked.stopped.is_none() && unpacked.end == bytes.len()
    }
}

/// Reads a message that is packed values, one behind another.
pub(super) fn decode(packing: Packing, input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let mut at = 0;
    while at < bytes.len() && tree.more() {
        let rest = bytes.get(at..).unwrap_or_default();
        let mut unpacked = unpack_for(tree, packing, rest, "Value");
        let end = at + unpacked.end;
        let line = |unpacked: &super::packed::Unpacked| {
            unpacked.value.as_ref().map_or_else(|| begun(rest), super::field::Field::line)
        };
        let summary = if tree.tells() { line(&unpacked) } else { String::new() };
        let kind = match unpacked.value.as_ref().map(|value| &value.value) {
            Some(Value::Map) => "map",
            Some(Value::List) => "array",
            _ => "value",
        };
        tree.part(Part { kind: kind.into(), summary, at: at..end, ..Part::default() });
        let stopped = unpacked.stopped.is_some();
        tree.within(super::tree::Base::Shifted(at as isize), |tree| {
            unpacked.tell(tree);
            unpacked.value.take().into_iter().for_each(|value| tree.graft(value));
        });
        if stopped || unpacked.end == 0 {
            break;
        }
        at = end;
    }
}

const CUT: &str = "the bytes end before the value does";

/// The value or its head that comes next.
pub(super) fn value(reader: &mut Reader<'_>) -> Result<Token, &'static str> {
    let mut ahead = *reader;
    let token = token(&mut ahead).ok_or(CUT)??;
    *reader = ahead;
    Ok(token)
}

/// None where the bytes end.
fn token(reader: &mut Reader<'_>) -> Option<Result<Token, &'static str>> {
    let number = |number: i128| Token::Value(Value::Number(number));
    let first = reader.u8()?;
    Some(Ok(match first {
        0x00..=0x7f => number(first.into()),
        0x80..=0x8f => Token::Map(Some(u64::from(first & 0x0f))),
        0x90..=0x9f => Token::List(Some(u64::from(first & 0x0f))),
        0xa0..=0xbf => text(reader.take(usize::from(first & 0x1f))?),
        0xc0 => Token::Value(Value::Null),
        0xc1 => return Some(Err("0xc1 is never used in MessagePack")),
        0xc2 | 0xc3 => Token::Value(Value::Flag(first == 0xc3)),
        0xc4..=0xc6 => {
            let len = sized(reader, first - 0xc4)?;
            Token::Value(Value::Bytes(reader.take(len)?.to_vec()))
        }
        0xc7..=0xc9 => {
            let len = sized(reader, first - 0xc7)?;
            extension(reader, len)?
        }
        0xca => Token::Value(Value::Real(f32::from_bits(reader.u32()?).into())),
        0xcb => Token::Value(Value::Real(f64::from_bits(reader.u64()?))),
        0xcc => number(reader.u8()?.into()),
        0xcd => number(reader.u16()?.into()),
        0xce => number(reader.u32()?.into()),
        0xcf => number(reader.u64()?.into()),
        0xd0 => number((reader.u8()? as i8).into()),
        0xd1 => number((reader.u16()? as i16).into()),
        0xd2 => number((reader.u32()? as i32).into()),
        0xd3 => number((reader.u64()? as i64).into()),
        0xd4..=0xd8 => extension(reader, 1 << (first - 0xd4))?,
        0xd9..=0xdb => {
            let len = sized(reader, first - 0xd9)?;
            text(reader.take(len)?)
        }
        0xdc => Token::List(Some(reader.u16()?.into())),
        0xdd => Token::List(Some(reader.u32()?.into())),
        0xde => Token::Map(Some(reader.u16()?.into())),
        0xdf => Token::Map(Some(reader.u32()?.into())),
        0xe0..=0xff => number((first as i8).into()),
    }))
}

/// A length of one, two or four bytes.
fn sized(reader: &mut Reader<'_>, form: u8) -> Option<usize> {
    match form {
        0 => reader.u8().map(usize::from),
        1 => reader.u16().map(usize::from),
        _ => reader.u32().map(|len| len as usize),
    }
}

pub(super) fn text(bytes: &[u8]) -> Token {
    Token::Value(match std::str::from_utf8(bytes) {
        Ok(text) => Value::Text(text.to_owned()),
        Err(_) => Value::Bytes(bytes.to_vec()),
    })
}

/// A type of -128 to 127 and its bytes; -1 is a time (seconds since 1970).
fn extension(reader: &mut Reader<'_>, len: usize) -> Option<Token> {
    let kind = reader.u8()? as i8;
    let bytes = reader.take(len)?;
    let seconds = match (kind, len) {
        (-1, 4) => Reader::new(bytes).u32().map(|seconds| (i64::from(seconds), 0)),
        (-1, 8) => Reader::new(bytes).u64().map(|both| ((both & 0x3_ffff_ffff) as i64, both >> 34)),
        _ => None,
    };
    Some(Token::Value(match seconds {
        Some((seconds, nanoseconds)) => Value::Written(format!("{seconds}.{nanoseconds:09}")),
        None => Value::Text(format!("extension {kind}: {}", hex::encode(bytes))),
    }))
}
