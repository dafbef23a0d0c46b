//! A decoded message while it grows: its parts, its tree within limits, and where reading stopped.
//!
//! A decoder describes everything once; where only a summary was asked for, nothing of the tree is kept. Where only the
//! gist was, decoders need not even make a summary nor read on to where a message is malformed: it is asked of whole
//! captures.

use std::borrow::Cow;
use std::ops::Range;

use super::decoded::{Decoded, Part, Stopped};
use super::field::{Field, Value};

/// Fields of one message's tree.
const NODES: usize = 10_000;
/// Fields in one another.
pub(super) const DEPTH: usize = 64;
/// Things that one message says.
const PARTS: usize = 1_000;
const PARTS_CUT: &str = "only the first 1,000 parts are listed";

/// How bytes that a field was read from lie in the message.
#[derive(Debug)]
pub(super) enum Base {
    /// So many bytes further on; negative where the first of them came with an earlier message.
    Shifted(isize),
    /// One by one, with the end: where each byte of an unescaped string was written.
    Places(Vec<u32>),
    /// Nowhere: they were derived.
    Nowhere,
}

impl Base {
    fn map(&self, at: Range<usize>) -> Option<Range<usize>> {
        match self {
            Self::Shifted(by) => {
                let end = at.end.checked_add_signed(*by)?;
                let start = at.start.checked_add_signed(*by).unwrap_or(0);
                (start < end || at.is_empty() && start == end).then_some(start..end)
            }
            Self::Places(places) => {
                let (start, end) = (places.get(at.start)?, places.get(at.end)?);
                Some(*start as usize..*end as usize)
            }
            Self::Nowhere => None,
        }
    }
}

/// Where a field stands, in the bytes that are being read.
pub(super) type At = Range<usize>;

/// How much of a message is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// What its parts are and how they are paired.
    Gist,
    /// A line about each as well.
    Line,
    /// All of it.
    Tree,
}

/// A decoded message while it grows.
#[derive(Debug)]
pub(super) struct Tree {
    wanted: Wanted,
    /// Fields in one another that are listed.
    deepest: usize,
    out: Decoded,
    nodes: usize,
    /// Fields that are open, outermost first; those beyond the limits are only counted.
    open: Vec<Field>,
    beyond: usize,
    bases: Vec<Base>,
}

impl Tree {
    pub(super) fn new(protocol: &'static str, full: bool) -> Self {
        Self::wanted(protocol, if full { Wanted::Tree } else { Wanted::Line })
    }
    /// One of which only the gist is wanted.
    pub(super) fn gist(protocol: &'static str) -> Self {
        Self::wanted(protocol, Wanted::Gist)
    }
    /// One that lists no more than the outermost value and what is in its own values.
    pub(super) fn shallow() -> Self {
        Self { deepest: 2, ..Self::wanted("", Wanted::Tree) }
    }
    fn wanted(protocol: &'static str, wanted: Wanted) -> Self {
        let out = Decoded { protocol, ..Decoded::default() };
        Self { wanted, deepest: DEPTH, out, nodes: 0, open: Vec::new(), beyond: 0, bases: Vec::new() }
    }

    /// Whether there is a tree at all.
    pub(super) fn full(&self) -> bool {
        self.wanted == Wanted::Tree
    }
    /// Whether anybody wants more than the gist: a summary, and where reading stops.
    pub(super) fn tells(&self) -> bool {
        self.wanted != Wanted::Gist
    }

    /// Whether nothing more can be added, so that a decoder need not read on for the tree's sake.
    pub(super) fn is_full(&self) -> bool {
        self.nodes >= NODES
    }

    fn place(&self, at: At) -> Option<At> {
        self.bases.iter().rev().try_fold(at, |at, base| base.map(at))
    }

    fn add(&mut self, field: Field) {
        match self.open.last_mut() {
            Some(open) => open.children.push(field),
            None => self.out.fields.push(field),
        }
    }

    /// Whether there is room for one more field.
    fn room(&mut self) -> bool {
        if !self.full() || self.beyond > 0 {
            return false;
        }
        if self.nodes >= NODES {
            self.limit("only the first 10,000 fields are listed");
            return false;
        }
        self.nodes += 1;
        true
    }

    fn leaf(&mut self, key: &'static str, label: &str, named: &str, at: At, value: impl FnOnce() -> Value) {
        if self.room() {
            let (label, named) = (Cow::Owned(label.to_owned()), Cow::Owned(named.to_owned()));
            let at = self.place(at).filter(|at| !at.is_empty());
            self.add(Field { key, label, value: value(), named, at, children: Vec::new() });
        }
    }

    pub(super) fn text(&mut self, key: &'static str, label: &str, text: &str, at: At) {
        self.leaf(key, label, "", at, || Value::Text(text.to_owned()));
    }
    pub(super) fn number(&mut self, key: &'static str, label: &str, number: impl Into<i128>, at: At) {
        self.leaf(key, label, "", at, || Value::Number(number.into()));
    }
    /// A number that has a name.
    pub(super) fn named(
        &mut self,
        key: &'static str,
        label: &str,
        number: impl Into<i128>,
        name: &str,
        at: At,
    ) {
        self.leaf(key, label, name, at, || Value::Number(number.into()));
    }
    pub(super) fn flag(&mut self, key: &'static str, label: &str, flag: bool, at: At) {
        self.leaf(key, label, "", at, || Value::Flag(flag));
    }
    /// Bytes, shown as the text that they are where they are.
    pub(super) fn data(&mut self, key: &'static str, label: &str, bytes: &[u8], at: At) {
        self.leaf(key, label, "", at, || match std::str::from_utf8(bytes) {
            Ok(text) => Value::Text(text.to_owned()),
            Err(_) => Value::Bytes(bytes.to_vec()),
        });
    }
    pub(super) fn bytes(&mut self, key: &'static str, label: &str, bytes: &[u8], at: At) {
        self.leaf(key, label, "", at, || Value::Bytes(bytes.to_vec()));
    }
    pub(super) fn value(&mut self, key: &'static str, label: &str, value: Value, at: At) {
        self.leaf(key, label, "", at, || value);
    }

    /// Adds a field that was grown in a tree of its own, from bytes that lie as those that are being read.
    pub(super) fn graft(&mut self, mut field: Field) {
        if self.room() {
            let mut nodes = 0;
            field.walk_mut(&mut |field| {
                nodes += 1;
                field.at = field.at.take().and_then(|at| self.place(at));
            });
            self.nodes += nodes;
            self.add(field);
        }
    }

    /// Begins a field that is made of others: what is added until [`Self::close`] is in it.
    pub(super) fn open(&mut self, key: &'static str, label: &str, value: Value, at: At) {
        if !self.full() {
            return;
        }
        if self.beyond == 0 && self.open.len() >= self.deepest {
            if self.deepest == DEPTH {
                self.limit("only 64 levels of fields are listed");
            }
            self.beyond += 1;
            return;
        }
        if !self.room() {
            self.beyond += 1;
            return;
        }
        let at = self.place(at);
        self.open.push(Field { key, label: Cow::Owned(label.to_owned()), value, at, ..Field::default() });
    }
    /// Where the field that is open stands, known when all of it was read.
    pub(super) fn settle(&mut self, at: At) {
        let at = self.place(at);
        if self.beyond == 0
            && let Some(open) = self.open.last_mut()
        {
            open.at = at;
        }
    }
    /// What the field that is open is called, where its value has a name.
    pub(super) fn name_open(&mut self, name: &str) {
        if self.beyond == 0
            && let Some(open) = self.open.last_mut()
        {
            open.named = Cow::Owned(name.to_owned());
        }
    }
    /// Ends it.
    pub(super) fn close(&mut self) {
        if !self.full() {
            return;
        }
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if let Some(field) = self.open.pop() {
            self.add(field);
        }
    }

    /// Reads bytes that lie in those around them as `base` says.
    pub(super) fn within<T>(&mut self, base: Base, read: impl FnOnce(&mut Self) -> T) -> T {
        self.bases.push(base);
        let result = read(self);
        self.bases.pop();
        result
    }

    /// The next thing that the message says.
    pub(super) fn part(&mut self, mut part: Part) {
        if self.out.parts.len() >= PARTS {
            self.limit(PARTS_CUT);
            return;
        }
        part.at = self.place(part.at).unwrap_or_default();
        if !self.tells() {
            part.summary = String::new();
        }
        self.out.parts.push(part);
    }
    /// Parts so far.
    pub(super) fn parts(&self) -> usize {
        self.out.parts.len()
    }
    /// Whether there is room for another part; says so in the message where there is none.
    pub(super) fn more(&mut self) -> bool {
        if self.out.parts.len() >= PARTS {
            self.limit(PARTS_CUT);
        }
        self.out.parts.len() < PARTS
    }
    /// Takes the parts from the `from`-th on away again, for a decoder that says them in its own words.
    pub(super) fn take_parts(&mut self, from: usize) -> Vec<Part> {
        self.out.parts.split_off(from.min(self.out.parts.len()))
    }

    /// Reading stopped; where it stopped first stands.
    pub(super) fn stop(&mut self, at: usize, why: impl Into<Cow<'static, str>>) {
        if self.out.stopped.is_none() {
            let at = self.place(at..at).map_or(0, |at| at.start);
            self.out.stopped = Some(Stopped { at, why: why.into() });
        }
    }
    /// Something was left out; what was left out first stands.
    pub(super) fn limit(&mut self, says: &'static str) {
        self.out.limited.get_or_insert(says);
    }

    /// The decoded message.
    pub(super) fn finish(mut self, len: usize) -> Decoded {
        while let Some(field) = self.open.pop() {
            self.add(field);
        }
        if self.out.parts.is_empty() {
            let summary = match len {
                _ if !self.tells() => String::new(),
                0 => "empty".into(),
                _ => format!("{len} bytes"),
            };
            self.out.parts.push(Part { summary, at: 0..len, ..Part::default() });
        }
        self.out
    }
}
