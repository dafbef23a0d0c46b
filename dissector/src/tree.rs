//! A dissected buffer as a tree of fields, each with its bits: what a detail pane shows.
//!
//! Knows nothing of where the buffer came from; whoever asks for a tree knows that.

use std::borrow::Cow;

/// A run of bits of the buffer that was dissected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Bits {
    /// First bit, counted from the most significant bit of the first byte.
    pub at: u64,
    /// Number of bits.
    pub len: u64,
}

impl Bits {
    /// `len` bytes from byte `at`.
    pub const fn bytes(at: usize, len: usize) -> Self {
        Self { at: at as u64 * 8, len: len as u64 * 8 }
    }
    /// `len` bits from bit `bit` (0 is the most significant) of byte `byte`.
    pub const fn of(byte: usize, bit: u64, len: u64) -> Self {
        Self { at: byte as u64 * 8 + bit, len }
    }
    /// The bytes that the run touches: first, and how many.
    pub const fn touched(self) -> (usize, usize) {
        let first = self.at / 8;
        let end = (self.at + self.len).div_ceil(8);
        (first as usize, (end - first) as usize)
    }
}

/// One line of a detail tree.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Field {
    /// The name that a display filter uses, Wireshark's where it has one (`tcp.srcport`); empty where there is none.
    pub name: &'static str,
    /// What the field is called on screen.
    pub label: Cow<'static, str>,
    /// Its value, ready to read; empty for a mere heading.
    pub value: String,
    /// What the value means, in one sentence; empty where the value says it all.
    pub says: Cow<'static, str>,
    /// Where it stands in the buffer.
    pub bits: Bits,
    /// What it is made of.
    pub children: Vec<Field>,
}

impl Field {
    /// A field with a value.
    pub fn new(
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
        bits: Bits,
    ) -> Self {
        Self { name, label: label.into(), value: value.into(), bits, ..Self::default() }
    }
    /// The same field with a sentence.
    pub fn says(mut self, says: impl Into<Cow<'static, str>>) -> Self {
        self.says = says.into();
        self
    }
    /// The same field made of `children`.
    pub fn with(mut self, children: Vec<Field>) -> Self {
        self.children = children;
        self
    }
    /// Moves the field and all below it by `bytes`, for a part that was dissected on its own.
    pub fn shifted(mut self, bytes: usize) -> Self {
        self.bits.at += bytes as u64 * 8;
        self.children = self.children.into_iter().map(|child| child.shifted(bytes)).collect();
        self
    }
}
