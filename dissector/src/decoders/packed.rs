//! Values packed as JSON, MessagePack or CBOR: the same tree of fields whichever it is.

use super::decoded::Stopped;
use super::field::{Field, Value};
use super::read::Reader;
use super::tree::{DEPTH, Tree};
use super::{cbor, json, msgpack};

/// How values are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Json,
    MessagePack,
    Cbor,
}

/// What was unpacked: the value as far as it goes, the place behind it, and where it is none.
pub(super) struct Unpacked {
    pub(super) value: Option<Field>,
    pub(super) end: usize,
    pub(super) stopped: Option<Stopped>,
    pub(super) limited: Option<&'static str>,
}

/// Unpacks the first value of some bytes.
pub(super) fn unpack(packing: Packing, bytes: &[u8], label: &str) -> Unpacked {
    grown(packing, bytes, label, Tree::new("", true))
}

/// The same where no more is wanted of it than a tree wants of its message: of lists and maps in those of a gist, only
/// that they are there.
pub(super) fn unpack_for(tree: &Tree, packing: Packing, bytes: &[u8], label: &str) -> Unpacked {
    grown(packing, bytes, label, if tree.tells() { Tree::new("", true) } else { Tree::shallow() })
}

fn grown(packing: Packing, bytes: &[u8], label: &str, mut tree: Tree) -> Unpacked {
    let end = match packing {
        Packing::Json => match json::grow(&mut tree, bytes, 0, label, &[]) {
            Ok(end) => end,
            Err(stopped) => {
                tree.stop(stopped.at, stopped.why);
                bytes.len()
            }
        },
        Packing::MessagePack => binary(bytes, &mut tree, label, msgpack::value),
        Packing::Cbor => binary(bytes, &mut tree, label, cbor::value),
    };
    let mut grown = tree.finish(bytes.len());
    let value = if grown.fields.is_empty() { None } else { Some(grown.fields.remove(0)) };
    Unpacked { value, end, stopped: grown.stopped, limited: grown.limited }
}

impl Unpacked {
    /// Leaves what went wrong in a tree.
    pub(super) fn tell(&mut self, tree: &mut Tree) {
        if let Some(stopped) = self.stopped.take() {
            tree.stop(stopped.at, stopped.why);
        }
        if let Some(limit) = self.limited {
            tree.limit(limit);
        }
    }
}

/// Reads a value's head: what it is, and how many values are in it.
pub(super) type Read = fn(&mut Reader<'_>) -> Result<Token, &'static str>;

/// What a value's head says.
pub(super) enum Token {
    /// A value that is all there.
    Value(Value),
    /// A list of so many values; of an unknown number up to [`Self::End`].
    List(Option<u64>),
    /// So many names with values.
    Map(Option<u64>),
    /// A tag with the value behind it.
    Tag(u64),
    /// The end of a list or a map whose length was not told.
    End,
}

fn binary(bytes: &[u8], tree: &mut Tree, label: &str, read: Read) -> usize {
    let mut reader = Reader::new(bytes);
    if let Err(why) = value(&mut reader, tree, label, read, 0) {
        tree.stop(reader.at(), why);
    }
    reader.at()
}

/// Adds a value to the tree; false where it is the end of a list.
pub(super) fn value(
    reader: &mut Reader<'_>,
    tree: &mut Tree,
    label: &str,
    read: Read,
    depth: usize,
) -> Result<bool, &'static str> {
    if depth > DEPTH {
        return Err("more than 64 levels of values");
    }
    let start = reader.at();
    let (count, map) = match read(reader)? {
        Token::Value(value) => {
            tree.value("", label, value, reader.since(start));
            return Ok(true);
        }
        Token::End => return Ok(false),
        Token::Tag(tag) => {
            tree.open("", label, Value::Number(tag.into()), start..start);
            tree.name_open("tag");
            let result = value(reader, tree, "value", read, depth + 1);
            tree.settle(reader.since(start));
            tree.close();
            return result.and_then(|there| if there { Ok(true) } else { Err("no value behind a tag") });
        }
        Token::List(count) => (count, false),
        Token::Map(count) => (count, true),
    };
    tree.open("", label, if map { Value::Map } else { Value::List }, start..start);
    let result = inside(reader, tree, read, depth, count, map);
    tree.settle(reader.since(start));
    tree.close();
    result.map(|()| true)
}

fn inside(
    reader: &mut Reader<'_>,
    tree: &mut Tree,
    read: Read,
    depth: usize,
    count: Option<u64>,
    map: bool,
) -> Result<(), &'static str> {
    let mut place = 0_u64;
    while count.is_none_or(|count| place < count) {
        if reader.left() == 0 {
            return Err("the bytes end before the value does");
        }
        let name = if map {
            match read(reader)? {
                Token::Value(name) => name.shown().into_owned(),
                Token::End if count.is_none() => return Ok(()),
                _ => return Err("a name that is a list or a map"),
            }
        } else {
            place.to_string()
        };
        let there = value(reader, tree, &name, read, depth + 1)?;
        if !there {
            return if count.is_none() && !map { Ok(()) } else { Err("an end where a value was expected") };
        }
        place += 1;
    }
    Ok(())
}
