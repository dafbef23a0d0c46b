//! Protobuf: messages by their schema where one is known, else field numbers, wire types and what a value may be.
//!
//! Read here and not by a library: those that read without a schema keep no places, and give nothing of what is cut.

mod guess;
mod schema;
mod wire;

use super::decoded::{LINE, Part, short};
use super::field::Value;
use super::input::{Facts, Input, Said};
use super::plain::{self, begun};
use super::read::Reader;
use super::table::{Decoder, Key, anything, flag, number, text};
use super::tree::{DEPTH, Tree};

use self::guess::{Guess, guess};
use self::schema::Type;
use self::wire::Wire;

pub use self::schema::{EnumType, FieldType, MessageType, Scalar, Schema};

pub(super) const DECODER: Decoder =
    Decoder::new("protobuf", "Protobuf", "https://protobuf.dev/programming-guides/encoding/", decode)
        .tokens(&["protobuf", "proto", "protobuf.js"])
        .first(speaks)
        .content(|said| !said.text && guess::is_likely(said.bytes))
        .keys(KEYS);

/// The names are Wireshark's.
const KEYS: &[Key] = &[
    text("protobuf.message.name", "The type of a Protobuf message, where a schema is known"),
    text("protobuf.field.name", "The name of a field, where a schema is known"),
    number("protobuf.field.number", "The number of a field"),
    anything(wire::BYTES, "The value of a field: bytes"),
    number(wire::DOUBLE, "The value of a field: a number of 64 bits"),
    number(wire::FLOAT, "The value of a field: a number of 32 bits"),
    number(wire::INT64, "The value of a field: signed, of 64 bits"),
    number(wire::UINT64, "The value of a field: unsigned, of 64 bits; without a schema any varint"),
    number(wire::INT32, "The value of a field: signed, of 32 bits, or of an enumeration"),
    number(wire::UINT32, "The value of a field: unsigned, of 32 bits"),
    flag(wire::BOOL, "The value of a field: true or false"),
    text(wire::STRING, "The value of a field: text"),
];

/// Bits of evidence of several messages together.
const TOGETHER: u32 = 20;

/// Whether all first messages of a connection are messages, and enough of them is not so by chance.
fn speaks(facts: &Facts) -> bool {
    let sides = [crate::ids::Side::Client, crate::ids::Side::Server];
    let mut firsts = sides.into_iter().flat_map(|side| facts.first_of(side)).peekable();
    // Who gives types expects them: then each message need only fit one of them.
    let fits = |said: Said<'_>| by_schema(&Input::new(said, facts, &())).is_some();
    if !facts.schemas.is_empty() && firsts.peek().is_some() && firsts.all(fits) {
        return true;
    }
    let mut bits = 0;
    for (text, bytes) in facts.first.iter().flatten() {
        // One that was only begun, or could not be had, tells nothing.
        if bytes.is_empty() || bytes.len() >= super::input::BEGUN {
            continue;
        }
        let other = |it: &&Decoder| it.name != DECODER.name && it.name != plain::DATA.name;
        let said = Said { side: crate::ids::Side::Client, text: *text, bytes };
        let taken = super::DECODERS.iter().filter(other).any(|it| it.content.is_some_and(|is| is(said)));
        match guess::evidence(bytes, 0) {
            Some(more) if !text && !taken => bits += more,
            _ => return false,
        }
    }
    bits >= TOGETHER
}

/// Whether a message fits one of the types that the user gave.
pub(super) fn by_schema(input: &Input<'_>) -> Option<&'static Decoder> {
    let binary = !input.said.text && !input.facts.schemas.is_empty() && !input.bytes().is_empty();
    (binary && guess::is_message(input.bytes()) && schema::of(input).is_some())
        .then(|| super::decoder(DECODER.name))
        .flatten()
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if input.said.text {
        tree.stop(0, "Protobuf is sent in binary messages");
        return (plain::TEXT.decode)(input, tree);
    }
    let of = schema::of(input);
    let mut walk = Walk { tree, line: String::new(), cut: false, of };
    let mut reader = Reader::new(bytes);
    if let Some(of) = of {
        walk.tree.text("protobuf.message.name", "Message type", of.name(), 0..bytes.len());
    }
    if let Err(why) = walk.fields(&mut reader, None, 0) {
        walk.tree.stop(reader.at(), why);
        let rest = reader.at()..bytes.len();
        walk.tree.bytes("", "Rest", bytes.get(rest.clone()).unwrap_or_default(), rest);
    }
    let mut line = walk.line;
    let kind = of.map(|of| of.name().to_owned());
    if let Some(name) = &kind {
        let short = name.rsplit('.').next().unwrap_or_default();
        line.insert_str(0, &format!("{short} "));
    }
    let summary =
        if bytes.is_empty() && line.is_empty() { "empty".to_owned() } else { short(line.trim_end()) };
    let kind = kind.unwrap_or_else(|| "message".to_owned());
    tree.part(Part { kind: kind.into(), summary, at: 0..bytes.len(), ..Part::default() });
}

struct Walk<'t, 's> {
    tree: &'t mut Tree,
    /// All fields on one line, as far as a summary goes.
    line: String,
    /// Whether it went further.
    cut: bool,
    /// The type of the message in hand.
    of: Option<Type<'s>>,
}

impl<'s> Walk<'_, 's> {
    fn say(&mut self, words: &str) {
        if !self.cut {
            self.line.push_str(words);
            self.cut = self.line.len() > LINE;
        }
    }

    /// Whether reading on adds anything.
    fn done(&mut self) -> bool {
        let done = if self.tree.full() { self.tree.is_full() } else { self.cut };
        if done && self.tree.full() {
            self.tree.limit("only the first 10,000 fields are listed");
        }
        done
    }

    /// The fields of a message, to its end or to that of the group that it is.
    fn fields(
        &mut self,
        reader: &mut Reader<'_>,
        group: Option<u32>,
        depth: usize,
    ) -> Result<(), &'static str> {
        if depth * 2 > DEPTH {
            return Err("more than 32 levels of messages");
        }
        while reader.left() > 0 {
            let start = reader.at();
            let (number, kind) = wire::tag(reader)?;
            if kind == 4 {
                if group == Some(number) {
                    return Ok(());
                }
                reader.go(start);
                return Err("the end of a group that did not begin");
            }
            let tag = start..reader.at();
            if self.done() {
                // Where it is malformed is said all the same.
                match kind {
                    3 => wire::skip_group(reader, number)?,
                    _ => drop(wire::value(reader, kind).inspect_err(|_| reader.go(start))?),
                }
                continue;
            }
            self.field(reader, number, kind, tag, depth)?;
        }
        if group.is_some() { Err("the bytes end before the group does") } else { Ok(()) }
    }

    fn field(
        &mut self,
        reader: &mut Reader<'_>,
        number: u32,
        kind: u8,
        tag: std::ops::Range<usize>,
        depth: usize,
    ) -> Result<(), &'static str> {
        let of = self.of;
        let known = of.and_then(|of| of.field(number));
        let label = known.map_or_else(|| number.to_string(), |field| field.name.clone());
        let inner = of.zip(known).and_then(|(of, field)| of.inside(field));
        if kind == 3 {
            self.open("", &label, Value::Map, &tag, number, kind, known.is_some(), inner);
            self.say(&format!("{label} {{"));
            let result = self.inside(inner, |walk| walk.fields(reader, Some(number), depth + 1));
            return self.close(tag.start..reader.at(), result);
        }
        let wire = wire::value(reader, kind).inspect_err(|_| reader.go(tag.start))?;
        let at = tag.start..reader.at();
        let Wire::Bytes(bytes) = wire else {
            let (key, value, named) = match known.map(|field| (field.holds, wire::read(field.holds, wire))) {
                Some((schema::Scalar::Enum(place), Some((key, value)))) => {
                    let name = match (&value, of) {
                        (Value::Number(number), Some(of)) => of.value(place, *number).to_owned(),
                        _ => String::new(),
                    };
                    (key, value, name)
                }
                Some((_, Some((key, value)))) => (key, value, String::new()),
                Some((_, None)) => raw(wire, "not what its type says; "),
                None => raw(wire, ""),
            };
            let is_enum = matches!(known, Some(field) if matches!(field.holds, Scalar::Enum(_)));
            let shown = Some(named.as_str()).filter(|name| is_enum && !name.is_empty());
            let shown = shown.map_or_else(|| value.shown().into_owned(), str::to_owned);
            self.say(&format!("{label}: {shown} "));
            self.open(key, &label, value, &tag, number, kind, known.is_some(), None);
            self.tree.settle(at);
            self.tree.name_open(&named);
            self.tree.close();
            return Ok(());
        };
        let begin = at.end - bytes.len();
        let declared = known.map(|field| (field.holds, field.repeated));
        let is_message = match declared {
            Some((schema::Scalar::Message(_), _)) => true,
            Some((schema::Scalar::String | schema::Scalar::Bytes, _)) => false,
            Some((holds, true)) if wire::packed(holds, bytes).is_some() => {
                return self.packed(holds, bytes, begin, &label, &tag, number);
            }
            _ => guess(bytes) == Guess::Message,
        };
        if is_message {
            self.open("", &label, Value::Map, &tag, number, kind, known.is_some(), inner);
            self.say(&format!("{label} {{"));
            // Places stay those of the whole message: what is around ends where this field does.
            let mut within = *reader;
            let left = reader.left();
            within.end_before(left);
            within.go(begin);
            let result = self.inside(inner, |walk| walk.fields(&mut within, None, depth + 1));
            if result.is_err() {
                reader.go(within.at());
            }
            return self.close(at, result);
        }
        let declared = declared.and_then(|(holds, _)| wire::read(holds, wire));
        let (key, value) = declared.unwrap_or_else(|| match guess(bytes) {
            Guess::Text => (wire::STRING, Value::Text(String::from_utf8_lossy(bytes).into_owned())),
            _ => (wire::BYTES, Value::Bytes(bytes.to_vec())),
        });
        let shown = match &value {
            Value::Text(text) => format!("{:?}", short(text)),
            _ => begun(bytes),
        };
        self.say(&format!("{label}: {shown} "));
        self.open(key, &label, value, &tag, number, kind, known.is_some(), None);
        self.tree.settle(at);
        self.tree.close();
        Ok(())
    }

    /// Begins a field with what filters ask of each.
    #[expect(clippy::too_many_arguments, reason = "a field is all of this")]
    fn open(
        &mut self,
        key: &'static str,
        label: &str,
        value: Value,
        tag: &std::ops::Range<usize>,
        number: u32,
        kind: u8,
        known: bool,
        inner: Option<Type<'_>>,
    ) {
        self.tree.open(key, label, value, tag.clone());
        let named = wire::KINDS.get(usize::from(kind)).copied().unwrap_or_default();
        self.tree.named("protobuf.field.number", "Field number", number, named, tag.clone());
        if known {
            self.tree.text("protobuf.field.name", "Field name", label, tag.clone());
        }
        if let Some(inner) = inner {
            self.tree.text("protobuf.message.name", "Message type", inner.name(), tag.clone());
        }
    }

    fn inside<T>(&mut self, of: Option<Type<'s>>, read: impl FnOnce(&mut Self) -> T) -> T {
        let around = std::mem::replace(&mut self.of, of);
        let result = read(self);
        self.of = around;
        result
    }

    fn close(
        &mut self,
        at: std::ops::Range<usize>,
        result: Result<(), &'static str>,
    ) -> Result<(), &'static str> {
        self.tree.settle(at);
        self.tree.close();
        if !self.cut {
            self.line.truncate(self.line.trim_end_matches(' ').len());
            self.say("} ");
        }
        result
    }

    /// Several values of a field in one.
    fn packed(
        &mut self,
        holds: Scalar,
        bytes: &[u8],
        begin: usize,
        label: &str,
        tag: &std::ops::Range<usize>,
        number: u32,
    ) -> Result<(), &'static str> {
        self.open("", label, Value::List, tag, number, 2, true, None);
        let mut result = Ok(());
        let mut shown = Vec::new();
        for (place, element) in wire::packed(holds, bytes).into_iter().flatten().enumerate() {
            let read = element.and_then(|it| wire::read(holds, it.wire).map(|read| (it.at, it.end, read)));
            let Some((at, end, (key, value))) = read else {
                result = Err("a packed field that ends inside a value");
                break;
            };
            if shown.len() < 50 {
                shown.push(value.shown().into_owned());
            }
            let name = match (holds, &value, self.of) {
                (Scalar::Enum(place), Value::Number(number), Some(of)) => of.value(place, *number),
                _ => "",
            };
            self.tree.open(key, &place.to_string(), value, begin + at..begin + end);
            self.tree.name_open(name);
            self.tree.close();
            if self.done() {
                break;
            }
        }
        self.say(&format!("{label}: [{}] ", shown.join(", ")));
        self.tree.settle(tag.start..begin + bytes.len());
        self.tree.close();
        result
    }
}

/// A number whose type nobody told: as it is most often, and what else it could be.
fn raw(wire: Wire<'_>, says: &str) -> (&'static str, Value, String) {
    match wire {
        Wire::Varint(bits) => {
            let signed = if bits >> 63 == 1 { format!("int64 {}; ", bits as i64) } else { String::new() };
            (wire::UINT64, Value::Number(bits.into()), format!("{says}{signed}sint64 {}", wire::zigzag(bits)))
        }
        Wire::Fixed64(bits) => {
            let named = format!("{says}fixed64 {bits}, sfixed64 {}", bits as i64);
            (wire::DOUBLE, Value::Real(f64::from_bits(bits)), named)
        }
        Wire::Fixed32(bits) => {
            let named = format!("{says}fixed32 {bits}, sfixed32 {}", bits as i32);
            (wire::FLOAT, wire::float(bits), named)
        }
        Wire::Bytes(bytes) => (wire::BYTES, Value::Bytes(bytes.to_vec()), says.to_owned()),
    }
}

#[cfg(test)]
pub(super) mod tests;
