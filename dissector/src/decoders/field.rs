//! A field of a decoded message: typed, so that a filter can compare it, with the bytes of the message that it stands in.

use std::borrow::Cow;
use std::ops::Range;

use crate::tree;

/// What a field holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// It is a mere heading.
    #[default]
    Heading,
    /// The protocol's own word for nothing.
    Null,
    /// True or false.
    Flag(bool),
    /// A whole number.
    Number(i128),
    /// A binary floating-point number.
    Real(f64),
    /// A decimal number that is no whole one, as it was written.
    Written(String),
    /// Text.
    Text(String),
    /// Bytes that are no text.
    Bytes(Vec<u8>),
    /// A list; its elements are the field's children.
    List,
    /// Names with values; they are the field's children.
    Map,
}

/// Bytes that a line shows in hex.
const SHOWN: usize = 64;

impl Value {
    /// The value on one line, for people.
    pub fn shown(&self) -> Cow<'_, str> {
        match self {
            Self::Heading | Self::List | Self::Map => Cow::Borrowed(""),
            Self::Null => Cow::Borrowed("null"),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Real(number) => Cow::Owned(number.to_string()),
            Self::Written(text) | Self::Text(text) => Cow::Borrowed(text),
            Self::Bytes(bytes) => {
                let shown = bytes.get(..SHOWN).unwrap_or(bytes);
                let more = if bytes.len() > SHOWN { "…" } else { "" };
                Cow::Owned(format!("{}{more}", hex::encode(shown)))
            }
        }
    }
}

/// A field and what it is made of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Field {
    /// The name that a display filter uses, Wireshark's where it has one; empty where there is none.
    pub key: &'static str,
    /// What the protocol calls it.
    pub label: Cow<'static, str>,
    /// Its value.
    pub value: Value,
    /// What the value is called, where it has a name.
    pub named: Cow<'static, str>,
    /// The bytes of the message that it stands in; none where it lies in another message, or was derived.
    pub at: Option<Range<usize>>,
    /// What it is made of.
    pub children: Vec<Field>,
}

impl Field {
    /// The same as a line of a detail tree.
    pub fn into_tree(self) -> tree::Field {
        let mut value = self.value.shown().into_owned();
        if !self.named.is_empty() {
            value =
                if value.is_empty() { self.named.into_owned() } else { format!("{value} ({})", self.named) };
        }
        tree::Field {
            name: self.key,
            label: self.label,
            value,
            says: Cow::Borrowed(""),
            bits: self.at.map_or(tree::Bits::default(), |at| tree::Bits::bytes(at.start, at.len())),
            children: self.children.into_iter().map(Self::into_tree).collect(),
        }
    }

    /// Changes the field and all below it.
    pub(super) fn walk_mut(&mut self, change: &mut dyn FnMut(&mut Self)) {
        change(self);
        self.children.iter_mut().for_each(|child| child.walk_mut(change));
    }

    /// The child of this name.
    pub(super) fn child(&self, label: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.label == label)
    }

    /// The value as a name or an id is shown; nothing for a list, a map or nothing.
    pub(super) fn word(&self) -> Option<String> {
        match self.value {
            Value::Heading | Value::List | Value::Map | Value::Null => None,
            _ => Some(self.value.shown().into_owned()),
        }
    }

    /// The whole number that it holds.
    pub(super) fn whole(&self) -> Option<i128> {
        match self.value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The value on one line in JSON's manner, about as long as a summary.
    pub(super) fn line(&self) -> String {
        let mut line = String::new();
        self.write(&mut line);
        super::decoded::short(&line)
    }

    fn write(&self, line: &mut String) {
        let (open, close) = match self.value {
            Value::Map => ('{', '}'),
            Value::List => ('[', ']'),
            Value::Text(ref text) => return line.push_str(&format!("\"{}\"", super::decoded::short(text))),
            _ => return line.push_str(&self.value.shown()),
        };
        line.push(open);
        for (index, child) in self.children.iter().enumerate() {
            if index > 0 {
                line.push(',');
            }
            if line.len() > super::decoded::LINE {
                break;
            }
            if open == '{' {
                line.push_str(&format!("{}:", child.label));
            }
            child.write(line);
        }
        line.push(close);
    }

    /// Visits the field and all below it.
    pub fn walk<'f>(&'f self, visit: &mut dyn FnMut(&'f Self)) {
        visit(self);
        self.children.iter().for_each(|child| child.walk(visit));
    }
}
