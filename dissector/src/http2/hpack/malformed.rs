//! What makes a field block unreadable (RFC 7541).
//!
//! Behind such a place nothing of the block can be read, and what it did to the dynamic table is not known.

use core::fmt;

/// Why a block could not be read on, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Offset in the block: where the integer, string or instruction begins that is at fault.
    pub at: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The block ends within an integer or a string.
    Short,
    /// An integer has more than 32 bits, or more bytes than that takes (RFC 7541 5.1).
    Integer,
    /// A string is not a Huffman code (RFC 7541 5.2).
    Huffman(Huffman),
    /// An index that no entry has: 0, or one beyond the dynamic table (RFC 7541 2.3.3 and 6.1).
    Index(u32),
    /// The encoder makes its table larger than SETTINGS_HEADER_TABLE_SIZE allows (RFC 7541 6.3).
    TableSize(u32),
}

/// What is wrong with a Huffman coded string (RFC 7541 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Huffman {
    /// "A Huffman-encoded string literal containing the EOS symbol MUST be treated as a decoding error."
    EndOfString,
    /// "A padding strictly longer than 7 bits MUST be treated as a decoding error."
    Overlong,
    /// "A padding not corresponding to the most significant bits of the code for the EOS symbol MUST be treated
    /// as a decoding error."
    Padding,
}

impl Fault {
    /// The fault at a place.
    pub(super) const fn at(self, at: usize) -> Malformed {
        Malformed { at, fault: self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short => f.write_str("the block ends within an integer or a string"),
            Self::Integer => f.write_str("an integer is too great"),
            Self::Huffman(Huffman::EndOfString) => f.write_str("a Huffman coded string holds the end symbol"),
            Self::Huffman(Huffman::Overlong) => {
                f.write_str("a Huffman coded string has more than 7 bits of padding")
            }
            Self::Huffman(Huffman::Padding) => f.write_str("a Huffman coded string ends within a symbol"),
            Self::Index(index) => write!(f, "no entry has the index {index}"),
            Self::TableSize(size) => write!(f, "a table of {size} bytes is larger than was allowed"),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {} of the block", self.fault, self.at)
    }
}
