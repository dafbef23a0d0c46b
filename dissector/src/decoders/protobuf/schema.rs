//! Types of Protobuf messages, as whoever read them from `.proto` files gives them: plain tables, by their places.
//!
//! Knows no files. Which type a message has, where nobody says, is the one that it fits without a field left over.

use super::super::input::{BEGUN, Input};
use super::super::read::Reader;
use super::wire::{self, Wire};

/// Message types that know each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The types of the files that the user named come first.
    pub messages: Vec<MessageType>,
    /// Enumerations.
    pub enums: Vec<EnumType>,
    /// How many those are: a message has one of these, and others are only in it.
    pub own: usize,
    /// The place of the one that every message is said to have.
    pub told: Option<usize>,
}

/// A type of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageType {
    /// Its name with its package.
    pub name: String,
    /// Its fields, in any order.
    pub fields: Vec<FieldType>,
}

/// A field of a message type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldType {
    /// Its number on the wire.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Whether it may come more than once.
    pub repeated: bool,
    /// What it holds.
    pub holds: Scalar,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Protobuf's own")]
pub enum Scalar {
    Double,
    Float,
    Int64,
    Uint64,
    Int32,
    Uint32,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    /// The place of its enumeration.
    Enum(usize),
    /// The place of its message type.
    Message(usize),
    /// The same, between two tags.
    Group(usize),
}

/// An enumeration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnumType {
    /// Its numbers and their names.
    pub values: Vec<(i32, String)>,
}

/// A type among those of its schema.
#[derive(Clone, Copy)]
pub(super) struct Type<'s> {
    schema: &'s Schema,
    message: &'s MessageType,
}

impl<'s> Type<'s> {
    pub(super) fn of(schema: &'s Schema, place: usize) -> Option<Self> {
        schema.messages.get(place).map(|message| Self { schema, message })
    }
    pub(super) fn name(self) -> &'s str {
        &self.message.name
    }
    pub(super) fn field(self, number: u32) -> Option<&'s FieldType> {
        self.message.fields.iter().find(|field| field.number == number)
    }
    pub(super) fn inside(self, field: &FieldType) -> Option<Self> {
        match field.holds {
            Scalar::Message(place) | Scalar::Group(place) => Self::of(self.schema, place),
            _ => None,
        }
    }
    /// The name of a value of an enumeration.
    pub(super) fn value(self, place: usize, number: i128) -> &'s str {
        let values = self.schema.enums.get(place).map(|it| it.values.as_slice()).unwrap_or_default();
        values.iter().find(|(it, _)| i128::from(*it) == number).map_or("", |(_, name)| name)
    }
}

/// Types that a message is held against.
const TRIED: usize = 1_000;
/// Messages in one another that are gone into.
const DEEPEST: usize = 32;

/// The type of a message: what the user says, else what the subprotocol or the target's last step names, else the
/// type that it fits best.
pub(super) fn of<'s>(input: &Input<'s>) -> Option<Type<'s>> {
    let facts = input.facts;
    let all = || facts.schemas.iter();
    if let Some(told) = all().find_map(|schema| Type::of(schema, schema.told?)) {
        return Some(told);
    }
    let last = facts.path().rsplit('/').next().unwrap_or_default();
    let words = [facts.subprotocol.as_deref().unwrap_or_default(), last];
    let types = || all().flat_map(|schema| (0..schema.messages.len()).filter_map(|at| Type::of(schema, at)));
    let named = |it: &Type<'_>| {
        let short = it.name().rsplit('.').next().unwrap_or_default();
        words.iter().any(|word| *word == it.name() || word.eq_ignore_ascii_case(short))
    };
    let whole = |it: Type<'s>, bytes: &[u8]| {
        let mut seen = 0;
        fits(it, Reader::new(bytes), 0, &mut seen).then_some(seen)
    };
    let fit = |it: Type<'s>| {
        let seen = whole(it, input.bytes())?;
        // Of several that it fits the one that its sender's messages have most often, then the one of which less is
        // missing.
        let firsts = facts.first_of(input.said.side).filter(|said| !said.text && said.bytes.len() < BEGUN);
        let often = firsts.filter(|said| whole(it, said.bytes).is_some_and(|seen| seen > 0)).count();
        Some(((often, seen, std::cmp::Reverse(it.message.fields.len())), it))
    };
    if let Some((.., named)) = types().filter(named).find_map(fit) {
        return Some(named);
    }
    let mut best: Option<((usize, usize, _), Type<'s>)> = None;
    let own = all().flat_map(|schema| (0..schema.own).filter_map(|at| Type::of(schema, at)));
    for found in own.take(TRIED).filter_map(fit).filter(|((_, seen, _), _)| *seen > 0) {
        if best.as_ref().is_none_or(|best| best.0 < found.0) {
            best = Some(found);
        }
    }
    best.map(|(.., it)| it)
}

/// Whether all of some bytes are fields that the type has, as it has them; counts them.
fn fits(of: Type<'_>, mut reader: Reader<'_>, depth: usize, seen: &mut usize) -> bool {
    if depth > DEEPEST {
        return false;
    }
    while reader.left() > 0 {
        let Ok((number, kind)) = wire::tag(&mut reader) else { return false };
        let Some(field) = of.field(number) else { return false };
        *seen += 1;
        if let (Scalar::Group(_), 3) = (field.holds, kind) {
            // Held against its type only where it is shown.
            if wire::skip_group(&mut reader, number).is_err() {
                return false;
            }
            continue;
        }
        let Ok(value) = wire::value(&mut reader, kind) else { return false };
        let good = match (value, field.holds) {
            (Wire::Bytes(bytes), Scalar::Message(_)) => {
                of.inside(field).is_some_and(|inner| fits(inner, Reader::new(bytes), depth + 1, seen))
            }
            (Wire::Bytes(bytes), Scalar::String) => simdutf8::basic::from_utf8(bytes).is_ok(),
            (Wire::Bytes(_), Scalar::Bytes) => true,
            (Wire::Bytes(bytes), holds) => {
                field.repeated && wire::packed(holds, bytes).is_some_and(|mut it| it.all(|it| it.is_some()))
            }
            (Wire::Varint(number), Scalar::Bool) => number <= 1,
            (value, holds) => wire::kind(holds) == value.kind(),
        };
        if !good {
            return false;
        }
    }
    true
}
