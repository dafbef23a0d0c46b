//! Protobuf on the wire: tags, values by their wire types, and what a value is by its declared type.

use super::super::field::Value;
use super::super::read::{Reader, Varint};
use super::schema::Scalar;

/// A value as it is on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

impl Wire<'_> {
    pub(super) fn kind(self) -> u8 {
        match self {
            Self::Varint(_) => 0,
            Self::Fixed64(_) => 1,
            Self::Bytes(_) => 2,
            Self::Fixed32(_) => 5,
        }
    }
}

/// Names of wire types; the page has them in capitals.
pub(super) const KINDS: [&str; 6] = ["VARINT", "I64", "LEN", "SGROUP", "EGROUP", "I32"];

const CUT: &str = "the bytes end before the field does";

/// A field's number and wire type.
pub(super) fn tag(reader: &mut Reader<'_>) -> Result<(u32, u8), &'static str> {
    let mut ahead = *reader;
    let tag = match ahead.varint(5) {
        Varint::Done(tag) => u32::try_from(tag).map_err(|_| "a tag of more than 32 bits")?,
        Varint::Short => return Err(CUT),
        Varint::TooLong => return Err("a tag of more than 32 bits"),
    };
    if tag >> 3 == 0 {
        return Err("field number 0");
    }
    if tag & 7 > 5 {
        return Err("a wire type that Protobuf does not have");
    }
    *reader = ahead;
    Ok((tag >> 3, (tag & 7) as u8))
}

/// The value behind a tag that begins no group.
pub(super) fn value<'a>(reader: &mut Reader<'a>, kind: u8) -> Result<Wire<'a>, &'static str> {
    let mut ahead = *reader;
    let number = |reader: &mut Reader<'_>| match reader.varint(10) {
        Varint::Done(value) => Ok(value),
        Varint::Short => Err(CUT),
        Varint::TooLong => Err("a varint of more than 10 bytes"),
    };
    let value = match kind {
        0 => Wire::Varint(number(&mut ahead)?),
        1 => Wire::Fixed64(ahead.u64_le().ok_or(CUT)?),
        2 => {
            let len = usize::try_from(number(&mut ahead)?).unwrap_or(usize::MAX);
            Wire::Bytes(ahead.take(len).ok_or("a length beyond the bytes that are there")?)
        }
        5 => Wire::Fixed32(ahead.u32_le().ok_or(CUT)?),
        4 => return Err("the end of a group that did not begin"),
        _ => return Err("a group where a value was expected"),
    };
    *reader = ahead;
    Ok(value)
}

/// Groups in one another.
const GROUPS: usize = 32;

/// Goes behind the end of a group whose first tag was read.
pub(super) fn skip_group(reader: &mut Reader<'_>, number: u32) -> Result<(), &'static str> {
    let mut open = vec![number];
    while let Some(last) = open.last().copied() {
        let (number, kind) = tag(reader)?;
        match kind {
            3 if open.len() >= GROUPS => return Err("more than 32 groups in one another"),
            3 => open.push(number),
            4 if number == last => drop(open.pop()),
            4 => return Err("the end of another group"),
            kind => drop(value(reader, kind)?),
        }
    }
    Ok(())
}

/// The wire type of a declared one.
pub(super) fn kind(holds: Scalar) -> u8 {
    match holds {
        Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64 => 1,
        Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32 => 5,
        Scalar::String | Scalar::Bytes | Scalar::Message(_) => 2,
        Scalar::Group(_) => 3,
        _ => 0,
    }
}

/// The elements of a packed field with their places, none where its type cannot be packed; an element that is none is
/// the last.
pub(super) fn packed<'a>(holds: Scalar, bytes: &'a [u8]) -> Option<impl Iterator<Item = Option<Packed<'a>>>> {
    let kind = kind(holds);
    matches!(kind, 0 | 1 | 5).then(|| {
        let mut reader = Some(Reader::new(bytes));
        std::iter::from_fn(move || {
            let mut ahead = reader.take().filter(|reader| reader.left() > 0)?;
            let at = ahead.at();
            let element = value(&mut ahead, kind).ok().map(|wire| Packed { wire, at, end: ahead.at() });
            reader = element.as_ref().map(|_| ahead);
            Some(element)
        })
    })
}

/// An element of a packed field.
pub(super) struct Packed<'a> {
    pub(super) wire: Wire<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
}

/// `sint32` and `sint64`: signs are in the lowest bit.
pub(super) fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// What a value is by its declared type, and the name of filters; none where it cannot have it.
pub(super) fn read(holds: Scalar, wire: Wire<'_>) -> Option<(&'static str, Value)> {
    let number = |number: i128| Value::Number(number);
    Some(match (holds, wire) {
        (Scalar::Double, Wire::Fixed64(bits)) => (DOUBLE, Value::Real(f64::from_bits(bits))),
        (Scalar::Float, Wire::Fixed32(bits)) => (FLOAT, float(bits)),
        (Scalar::Int64, Wire::Varint(bits)) => (INT64, number((bits as i64).into())),
        (Scalar::Uint64, Wire::Varint(bits)) => (UINT64, number(bits.into())),
        // Negative ones are sent with all 64 bits.
        (Scalar::Int32 | Scalar::Enum(_), Wire::Varint(bits)) => (INT32, number((bits as i32).into())),
        (Scalar::Uint32, Wire::Varint(bits)) => (UINT32, number((bits as u32).into())),
        (Scalar::Sint32, Wire::Varint(bits)) => (INT32, number((zigzag(bits) as i32).into())),
        (Scalar::Sint64, Wire::Varint(bits)) => (INT64, number(zigzag(bits).into())),
        (Scalar::Fixed32, Wire::Fixed32(bits)) => (UINT32, number(bits.into())),
        (Scalar::Fixed64, Wire::Fixed64(bits)) => (UINT64, number(bits.into())),
        (Scalar::Sfixed32, Wire::Fixed32(bits)) => (INT32, number((bits as i32).into())),
        (Scalar::Sfixed64, Wire::Fixed64(bits)) => (INT64, number((bits as i64).into())),
        (Scalar::Bool, Wire::Varint(bits)) => (BOOL, Value::Flag(bits != 0)),
        (Scalar::String, Wire::Bytes(bytes)) => {
            (STRING, Value::Text(std::str::from_utf8(bytes).ok()?.to_owned()))
        }
        (Scalar::Bytes, Wire::Bytes(bytes)) => (BYTES, Value::Bytes(bytes.to_vec())),
        _ => return None,
    })
}

/// A number of 32 bits as it is shown: `0.1`, not all the digits that it has as one of 64.
pub(super) fn float(bits: u32) -> Value {
    let number = f32::from_bits(bits);
    let written = number.to_string();
    if number.is_finite() { Value::Written(written) } else { Value::Real(number.into()) }
}

pub(super) const DOUBLE: &str = "protobuf.field.value.double";
pub(super) const FLOAT: &str = "protobuf.field.value.float";
pub(super) const INT64: &str = "protobuf.field.value.int64";
pub(super) const UINT64: &str = "protobuf.field.value.uint64";
pub(super) const INT32: &str = "protobuf.field.value.int32";
pub(super) const UINT32: &str = "protobuf.field.value.uint32";
pub(super) const BOOL: &str = "protobuf.field.value.bool";
pub(super) const STRING: &str = "protobuf.field.value.string";
pub(super) const BYTES: &str = "protobuf.field.value";
