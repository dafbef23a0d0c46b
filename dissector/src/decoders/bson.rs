//! BSON 1.1: documents of elements, each with its type, its name and its value.
//!
//! Read here and not by the crate `bson`, which keeps no places and gives nothing of a document that is cut.

use super::decoded::Part;
use super::field::{Field, Value};
use super::input::{Input, Said};
use super::plain::begun;
use super::read::Reader;
use super::table::{Decoder, Key, anything, number, text};
use super::tree::{Base, DEPTH, Tree};

pub(super) const DECODER: Decoder = Decoder::new("bson", "BSON", "https://bsonspec.org/spec.html", decode)
    .tokens(&["bson"])
    .content(is_bson)
    .keys(KEYS);

const KEYS: &[Key] = &[
    number("bson.length", "Bytes of a BSON document, as it says itself"),
    anything("bson.value", "The value of an element that is neither a document nor one of the kinds below"),
    text("bson.object_id", "An ObjectId in hex"),
    number("bson.datetime", "A UTC datetime: milliseconds since 1970"),
    text("bson.code", "JavaScript code"),
];

/// Documents that fill a message to its last byte; an empty one would be five bytes by chance.
fn is_bson(said: Said<'_>) -> bool {
    let bytes = said.bytes;
    let len = |at: usize| bytes.get(at..at + 4).and_then(|it| it.try_into().ok()).map(u32::from_le_bytes);
    if said.text || len(0).is_none_or(|len| len as usize > bytes.len() || len < 8) {
        return false;
    }
    let mut tree = Tree::new("", false);
    let mut reader = Reader::new(bytes);
    while reader.left() > 0 {
        if document(&mut reader, &mut tree, "", false, 0).is_err() {
            return false;
        }
    }
    true
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let mut at = 0;
    while at < bytes.len() && tree.more() {
        let rest = bytes.get(at..).unwrap_or_default();
        // A tree of its own, because a line of the document is its summary.
        let mut own = Tree::new("", true);
        let mut reader = Reader::new(rest);
        let result = document(&mut reader, &mut own, "Document", false, 0);
        let grown = own.finish(0);
        let summary = grown.fields.first().map_or_else(|| begun(rest), Field::line);
        let end = if result.is_ok() { at + reader.at() } else { bytes.len() };
        tree.part(Part { kind: "document".into(), summary, at: at..end, ..Part::default() });
        tree.within(Base::Shifted(at as isize), |tree| {
            grown.fields.into_iter().for_each(|field| tree.graft(field));
            if let Some(len) = Reader::new(rest).u32_le() {
                tree.number("bson.length", "Length", len, 0..4);
            }
            if let Err(why) = result {
                tree.stop(reader.at(), why);
            }
            if let Some(limit) = grown.limited {
                tree.limit(limit);
            }
        });
        at = end;
    }
}

const CUT: &str = "the bytes end before the document does";

fn le32(reader: &mut Reader<'_>) -> Result<u32, &'static str> {
    reader.u32_le().ok_or(CUT)
}

/// A length of four bytes that fits into what is left, `less` of which it counts itself.
fn sized(reader: &mut Reader<'_>, less: usize) -> Result<usize, &'static str> {
    let mut ahead = *reader;
    let len = (le32(&mut ahead)? as usize).checked_sub(less).ok_or("a length that is too short")?;
    if len > ahead.left() {
        return Err("a length beyond the bytes that are there");
    }
    *reader = ahead;
    Ok(len)
}

/// Bytes up to a NUL.
fn name<'a>(reader: &mut Reader<'a>) -> Result<&'a str, &'static str> {
    let mut ahead = *reader;
    let end = memchr::memchr(0, ahead.rest()).ok_or(CUT)?;
    let name = ahead.take(end).unwrap_or_default();
    ahead.take(1);
    let name = std::str::from_utf8(name).map_err(|_| "a name that is not UTF-8")?;
    *reader = ahead;
    Ok(name)
}

/// A length, so many bytes, the last of them NUL.
fn string<'a>(reader: &mut Reader<'a>) -> Result<&'a str, &'static str> {
    let mut ahead = *reader;
    let len = sized(&mut ahead, 0)?;
    let text = ahead.take(len).unwrap_or_default().strip_suffix(b"\0").ok_or("a string without its NUL")?;
    let text = std::str::from_utf8(text).map_err(|_| "a string that is not UTF-8")?;
    *reader = ahead;
    Ok(text)
}

fn document(
    reader: &mut Reader<'_>,
    tree: &mut Tree,
    label: &str,
    list: bool,
    depth: usize,
) -> Result<(), &'static str> {
    if depth > DEPTH {
        return Err("more than 64 levels of documents");
    }
    let start = reader.at();
    tree.open("", label, if list { Value::List } else { Value::Map }, start..start);
    let result = elements(reader, tree, depth);
    tree.settle(reader.since(start));
    tree.close();
    result
}

fn elements(reader: &mut Reader<'_>, tree: &mut Tree, depth: usize) -> Result<(), &'static str> {
    let start = reader.at();
    let end = start + 4 + sized(reader, 4)?;
    loop {
        let at = reader.at();
        match reader.u8() {
            None => return Err(CUT),
            Some(0) if reader.at() == end => return Ok(()),
            Some(0) => {
                reader.go(at);
                return Err("the document ends where its length does not say so");
            }
            Some(_) if reader.at() >= end => {
                reader.go(at);
                return Err("no NUL where the document's length says that it ends");
            }
            Some(kind) => {
                let result = name(reader).and_then(|name| element(reader, tree, kind, name, at, depth));
                if result.is_err() && reader.at() == at + 1 {
                    reader.go(at);
                }
                result?;
            }
        }
    }
}

/// An element whose type and name were read; `at` is where it begins.
fn element(
    reader: &mut Reader<'_>,
    tree: &mut Tree,
    kind: u8,
    label: &str,
    at: usize,
    depth: usize,
) -> Result<(), &'static str> {
    let (mut key, mut named) = ("bson.value", String::new());
    let value = match kind {
        0x01 => Value::Real(f64::from_bits(reader.u64_le().ok_or(CUT)?)),
        0x02 => Value::Text(string(reader)?.to_owned()),
        0x03 | 0x04 => return document(reader, tree, label, kind == 4, depth + 1),
        0x05 => {
            let mut ahead = *reader;
            let len = le32(&mut ahead)? as usize;
            let subtype = ahead.u8().ok_or(CUT)?;
            let bytes = ahead.take(len).ok_or("a length beyond the bytes that are there")?;
            *reader = ahead;
            named = binary(subtype);
            Value::Bytes(bytes.to_vec())
        }
        0x06 | 0x0a => {
            named = if kind == 6 { "undefined".into() } else { String::new() };
            Value::Null
        }
        0x07 => {
            key = "bson.object_id";
            named = "ObjectId".into();
            Value::Text(hex::encode(reader.take(12).ok_or(CUT)?))
        }
        0x08 => match reader.u8().ok_or(CUT)? {
            flag @ (0 | 1) => Value::Flag(flag == 1),
            _ => return Err("a boolean that is neither 0 nor 1"),
        },
        0x09 => {
            key = "bson.datetime";
            let milliseconds = reader.u64_le().ok_or(CUT)? as i64;
            named = date(milliseconds);
            Value::Number(milliseconds.into())
        }
        0x0b => {
            named = "regular expression".into();
            Value::Text(format!("/{}/{}", name(reader)?, name(reader)?))
        }
        0x0c => {
            named = "DBPointer".into();
            let of = string(reader)?.to_owned();
            Value::Text(format!("{of} {}", hex::encode(reader.take(12).ok_or(CUT)?)))
        }
        0x0d | 0x0e => {
            (key, named) = if kind == 0x0d { ("bson.code", "code".into()) } else { (key, "symbol".into()) };
            Value::Text(string(reader)?.to_owned())
        }
        0x0f => {
            sized(reader, 4)?;
            let code = string(reader)?;
            tree.open("bson.code", label, Value::Text(code.to_owned()), at..reader.at());
            tree.name_open("code with scope");
            let result = document(reader, tree, "scope", false, depth + 1);
            tree.settle(reader.since(at));
            tree.close();
            return result;
        }
        0x10 => Value::Number((le32(reader)? as i32).into()),
        0x11 => {
            let both = reader.u64_le().ok_or(CUT)?;
            named = format!("timestamp {}, increment {}", both >> 32, both as u32);
            Value::Number(both.into())
        }
        0x12 => Value::Number((reader.u64_le().ok_or(CUT)? as i64).into()),
        0x13 => {
            let bytes = reader.take(16).and_then(|it| it.try_into().ok()).ok_or(CUT)?;
            decimal(u128::from_le_bytes(bytes))
        }
        0xff | 0x7f => {
            named = if kind == 0xff { "MinKey".into() } else { "MaxKey".into() };
            Value::Null
        }
        _ => return Err("a type that BSON does not have"),
    };
    tree.open(key, label, value, reader.since(at));
    tree.name_open(&named);
    tree.close();
    Ok(())
}

fn binary(subtype: u8) -> String {
    match subtype {
        0 => "binary".into(),
        1 => "function".into(),
        2 => "old binary".into(),
        3 | 4 => "UUID".into(),
        5 => "MD5".into(),
        6 => "encrypted".into(),
        7 => "column".into(),
        8 => "sensitive".into(),
        9 => "vector".into(),
        _ => format!("subtype {subtype}"),
    }
}

/// A time in UTC as RFC 3339 writes it; nothing where the year has more than four digits.
fn date(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds.div_euclid(86_400_000), milliseconds.rem_euclid(86_400_000));
    // Days of a year that begins in March and of 400 such years, so that a leap day is the last.
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * years + years / 4 - years / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = years + era * 400 + i64::from(month <= 2);
    if !(0..10_000).contains(&year) {
        return String::new();
    }
    let (hours, minutes) = (rest / 3_600_000, rest / 60_000 % 60);
    let (seconds, thousandths) = (rest / 1_000 % 60, rest % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{thousandths:03}Z")
}

/// A decimal floating-point number of 128 bits (IEEE 754-2008, its binary encoding).
fn decimal(bits: u128) -> Value {
    let sign = if bits >> 127 == 1 { "-" } else { "" };
    let combination = (bits >> 122) as u8 & 0x1f;
    let (exponent, digits) = match combination {
        0x1f => return Value::Text("NaN".into()),
        0x1e => return Value::Text(format!("{sign}Infinity")),
        // A coefficient of 114 bits is more than 34 digits, and counts as 0.
        _ if combination >> 3 == 3 => ((bits >> 111) as i32 & 0x3fff, 0),
        _ => ((bits >> 113) as i32 & 0x3fff, bits & ((1 << 113) - 1)),
    };
    let exponent = exponent - 6_176;
    let digits = digits.to_string();
    let first = exponent + digits.len() as i32 - 1;
    let written = match (exponent, digits.split_at_checked(1)) {
        (0, _) => digits,
        (..0, _) if first >= -6 => {
            let padded = format!("{digits:0>width$}", width = 1 + exponent.unsigned_abs() as usize);
            let (whole, fraction) = padded.split_at(padded.len() - exponent.unsigned_abs() as usize);
            format!("{whole}.{fraction}")
        }
        (_, Some((lead, rest))) if !rest.is_empty() => format!("{lead}.{rest}E{first:+}"),
        _ => format!("{digits}E{first:+}"),
    };
    Value::Written(format!("{sign}{written}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;
    use super::super::*;
    use crate::ids::Side;

    fn read(octets: &str) -> Decoded {
        of("", Side::Client, false, &hex::decode(octets).unwrap())
    }

    /// The examples of bsonspec.org, and every type as `bson.encode` of PyMongo 4.20 writes it.
    #[test]
    fn types_are_read() {
        let hello = "160000000268656c6c6f0006000000776f726c640000";
        let both = read(&format!(
            "{hello}{}",
            "310000000442534f4e002600000002300008000000617765736f6d65000131003333333333331440103200c20700000000"
        ));
        assert_eq!(both.summary(), "{hello:\"world\"} · {BSON:[\"awesome\",5.05,1986]}");
        assert_eq!((both.protocol, both.parts[1].at.clone()), ("bson", 22..71));
        let all = read(ALL);
        assert_eq!((all.protocol, &all.stopped), ("bson", &None));
        let field = |name: &str| all.fields[0].children.iter().find(|field| field.label == name).unwrap();
        let shown = |name: &str| (field(name).value.shown().into_owned(), field(name).named.to_string());
        for (name, value, named) in [
            ("_id", "65a1b2c3d4e5f60718293a4b", "ObjectId"),
            ("name", "Jürgen", ""),
            ("pi", "3.5", ""),
            ("n", "-7", ""),
            ("big", "1099511627776", ""),
            ("ok", "true", ""),
            ("none", "null", ""),
            ("when", "1709209815250", "2024-02-29T12:30:15.250Z"),
            ("raw", "00ff", "binary"),
            ("uuid", "00112233445566778899aabbccddeeff", "UUID"),
            ("re", "/^a.*/i", "regular expression"),
            ("js", "return 1", "code"),
            ("jss", "x", "code with scope"),
            ("ts", "7301444403200000003", "timestamp 1700000000, increment 3"),
            ("price", "-12.50", ""),
            ("sci", "1.5E+40", ""),
            ("nan", "NaN", ""),
            ("lo", "null", "MinKey"),
            ("hi", "null", "MaxKey"),
        ] {
            assert_eq!(shown(name), (value.to_owned(), named.to_owned()), "{name}");
        }
        assert_eq!((&all.fields[1].value, all.fields[1].at.clone()), (&Value::Number(311), Some(0..4)));
        assert_eq!(field("name").at, Some(21..39));
        assert_eq!(field("list").children[1].children[0].value, Value::Text("b".into()));
    }

    /// What is cut or wrong is read as far as it goes, and by content nobody takes it for BSON.
    #[test]
    fn cut_documents() {
        for end in 0..ALL.len() / 2 {
            let cut = hex::decode(&ALL[..end * 2]).unwrap();
            assert_ne!(of("", Side::Client, false, &cut).protocol, "bson");
            let said = of("bson", Side::Client, false, &cut);
            assert!(end == 0 || said.stopped.is_some_and(|stopped| stopped.at <= end));
        }
        assert_eq!(read("0500000000").protocol, "data");
        let deep = |levels: usize| {
            (0..levels).fold(vec![5, 0, 0, 0, 0], |inner, _| {
                [&(inner.len() as u32 + 8).to_le_bytes()[..], b"\x03a\0", &inner, &[0]].concat()
            })
        };
        assert_eq!(of("", Side::Client, false, &deep(40)).protocol, "bson");
        let said = of("bson", Side::Client, false, &deep(1_000));
        assert_eq!(
            said.stopped.map(|it| it.why.into_owned()),
            Some("more than 64 levels of documents".into())
        );
    }

    const ALL: &str = "37010000075f69640065a1b2c3d4e5f60718293a4b026e616d6500080000004ac3bc7267656e00017069000000000000000c40106e00f9ffffff12626967000000000000010000086f6b00010a6e6f6e6500097768656e00d208d8f48d0100000572617700020000000000ff057575696400100000000400112233445566778899aabbccddeeff0b7265005e612e2a0069000d6a73000900000072657475726e2031000f6a737300160000000200000078000c0000001078000100000000117473000300000000f1536513707269636500e2040000000000000000000000003cb013736369000f000000000000000000000000008e30136e616e000000000000000000000000000000007c046c697374001d000000103000010000000331000e0000000261000200000062000000ff6c6f007f68690000";
}
