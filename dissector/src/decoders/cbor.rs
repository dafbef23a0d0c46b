//! CBOR (RFC 8949): values by major type and argument.

use super::field::Value;
use super::msgpack::{decode, is_whole, text};
use super::packed::{Packing, Token};
use super::read::Reader;
use super::table::Decoder;

pub(super) const DECODER: Decoder =
    Decoder::new("cbor", "CBOR", "RFC 8949", |input, tree| decode(Packing::Cbor, input, tree)).content(
        |said| {
            // RFC 8949 3.4.6: tag 55799 says of what follows that it is CBOR.
            !said.text && is_whole(Packing::Cbor, said.bytes, |first| matches!(first, 0x81..=0xbf | 0xd9))
        },
    );

const CUT: &str = "the bytes end before the value does";

/// The value or its head that comes next.
pub(super) fn value(reader: &mut Reader<'_>) -> Result<Token, &'static str> {
    let mut ahead = *reader;
    let token = token(&mut ahead)?;
    *reader = ahead;
    Ok(token)
}

/// RFC 8949 3: the argument of a head; none where the length is not told.
fn argument(reader: &mut Reader<'_>, info: u8) -> Result<Option<u64>, &'static str> {
    let argument = match info {
        0..24 => Some(info.into()),
        24 => reader.u8().map(u64::from),
        25 => reader.u16().map(u64::from),
        26 => reader.u32().map(u64::from),
        27 => reader.u64(),
        31 => return Ok(None),
        _ => return Err("a reserved additional information of CBOR"),
    };
    argument.map(Some).ok_or(CUT)
}

fn token(reader: &mut Reader<'_>) -> Result<Token, &'static str> {
    let first = reader.u8().ok_or(CUT)?;
    let (major, info) = (first >> 5, first & 0x1f);
    let number = |number: i128| Token::Value(Value::Number(number));
    if major == 7 {
        return match info {
            0..20 | 24 => {
                let simple = argument(reader, info)?.unwrap_or_default();
                Ok(Token::Value(Value::Text(format!("simple {simple}"))))
            }
            20 | 21 => Ok(Token::Value(Value::Flag(info == 21))),
            22 => Ok(Token::Value(Value::Null)),
            23 => Ok(Token::Value(Value::Text("undefined".into()))),
            25 => reader.u16().map(|bits| Token::Value(Value::Real(half(bits)))).ok_or(CUT),
            26 => reader.u32().map(|bits| Token::Value(Value::Real(f32::from_bits(bits).into()))).ok_or(CUT),
            27 => reader.u64().map(|bits| Token::Value(Value::Real(f64::from_bits(bits)))).ok_or(CUT),
            31 => Ok(Token::End),
            _ => Err("a reserved additional information of CBOR"),
        };
    }
    let argument = argument(reader, info)?;
    match (major, argument) {
        (0, Some(value)) => Ok(number(value.into())),
        (1, Some(value)) => Ok(number(-1 - i128::from(value))),
        (2, _) => Ok(Token::Value(Value::Bytes(string(reader, major, argument)?))),
        (3, _) => Ok(text(&string(reader, major, argument)?)),
        (4, count) => Ok(Token::List(count)),
        (5, count) => Ok(Token::Map(count)),
        (6, Some(tag)) => Ok(Token::Tag(tag)),
        _ => Err("a length that is not told where one must be"),
    }
}

fn piece<'a>(reader: &mut Reader<'a>, len: u64) -> Result<&'a [u8], &'static str> {
    usize::try_from(len).ok().and_then(|len| reader.take(len)).ok_or(CUT)
}

/// A string whose length is told, or one in pieces of which each tells its own (RFC 8949 3.2.3).
fn string(reader: &mut Reader<'_>, major: u8, len: Option<u64>) -> Result<Vec<u8>, &'static str> {
    if let Some(len) = len {
        return piece(reader, len).map(<[u8]>::to_vec);
    }
    let mut all = Vec::new();
    loop {
        let first = reader.u8().ok_or(CUT)?;
        if first == 0xff {
            return Ok(all);
        }
        match argument(reader, first & 0x1f)? {
            Some(len) if first >> 5 == major => all.extend_from_slice(piece(reader, len)?),
            _ => return Err("a piece of another kind in a string"),
        }
    }
}

/// A number of 16 bits (IEEE 754 binary16).
fn half(bits: u16) -> f64 {
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let value = match exponent {
        0 => mantissa * 2_f64.powi(-24),
        31 if mantissa == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + mantissa) * 2_f64.powi(exponent - 25),
    };
    if bits & 0x8000 == 0 { value } else { -value }
}
