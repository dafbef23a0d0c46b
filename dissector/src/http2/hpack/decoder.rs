//! Reads the instructions of field blocks (RFC 7541 6) and tells the fields that they make.

use core::ops::Range;

use super::malformed::{Fault, Malformed};
use super::read::{Reader, Text};
use super::static_table;
use super::table::{Entry, Look, MOST, Name, OVERHEAD, Table};

/// The most that is told of one block, counted as SETTINGS_MAX_HEADER_LIST_SIZE counts it: "the uncompressed size
/// of fields, including the length of the name and value in units of octets plus an overhead of 32 octets for each
/// field" (RFC 9113 6.5.2).
const MOST_TOLD: u64 = 256 << 10;

/// SETTINGS_HEADER_TABLE_SIZE before anybody sets it (RFC 9113 6.5.2).
const INITIAL_LIMIT: u32 = 4096;

/// One line of a field section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name; nothing where it refers to an entry that nobody saw.
    pub name: Option<&'a [u8]>,
    /// Its value; nothing where it refers to an entry that nobody saw.
    pub value: Option<&'a [u8]>,
    /// Whether the sender wants it to stay out of every dynamic table, as it does with secrets (RFC 7541 7.1.3).
    pub never_indexed: bool,
    /// How it was written.
    pub from: Source,
    /// The bytes of the block that it was read from.
    pub at: Range<usize>,
}

/// How a field was written. An index is that of the wire: 1 to 61 are static, the rest dynamic (RFC 7541 2.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// As an entry of the static table.
    Static(u32),
    /// As an entry of the dynamic table, by the index that it had at that moment.
    Dynamic(u32),
    /// As itself (RFC 7541 6.2).
    Literal {
        /// The entry that the name was taken from, where it was not spelled out.
        name: Option<u32>,
        /// Whether it becomes an entry of the dynamic table.
        indexed: bool,
    },
}

/// What came of a block that could be read to its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Fields that were told.
    pub told: usize,
    /// Fields behind them that were not, because the block has more than is told of one.
    pub left_out: usize,
    /// The peer allows less than the size that the encoder declared, and the block does not begin by declaring
    /// one that fits: "An endpoint MUST treat a field block that follows an acknowledgment of the reduction to
    /// the maximum dynamic table size as a connection error … if it does not start with a conformant Dynamic Table
    /// Size Update instruction" (RFC 9113 4.3.1). Said of the first block only, and nothing is evicted: the
    /// encoder is taken to go on with the table that it had.
    pub update_missing: bool,
    /// The table's size changes behind a field, where it "MUST occur at the beginning of the first header block
    /// following the change to the dynamic table size" (RFC 7541 4.2).
    pub update_late: bool,
}

/// The decoder of one direction of a connection.
#[derive(Debug)]
pub struct Decoder {
    pub(super) table: Table,
    /// What the other direction allows, where it is known.
    limit: Option<u32>,
    /// The table has to be made this small before the next field.
    owed: Option<u32>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// The decoder of a connection that begins: an empty table of 4,096 bytes at most.
    pub fn new() -> Self {
        Self { table: Table::new(INITIAL_LIMIT), limit: Some(INITIAL_LIMIT), owed: None }
    }

    /// The encoder acknowledged this SETTINGS_HEADER_TABLE_SIZE of its peer's. Its table becomes no larger by
    /// that alone; it says itself how much of what it is allowed it uses (RFC 7541 4.2).
    pub fn set_limit(&mut self, settings_header_table_size: u32) {
        let limit = settings_header_table_size;
        self.limit = Some(limit);
        // RFC 7541 4.2: "In the case that this size is changed more than once in this interval, the smallest
        // maximum table size that occurs in that interval MUST be signaled".
        let max = self.owed.or(self.table.max());
        if max.is_some_and(|max| limit < max) {
            self.owed = Some(limit);
        }
    }

    /// Blocks were missed, because the capture has a hole or begins within the connection, or one was malformed.
    /// From now on an index that leads beyond what is added later makes a field of which nothing is known, and
    /// the table may have any size until the encoder says one. Where the limit is known nevertheless,
    /// [`set_limit`](Self::set_limit) can be called again.
    pub fn lose(&mut self) {
        *self = Self { table: Table::unknown(), limit: None, owed: None };
    }

    /// Reads a whole field block, all fragments of HEADERS or PUSH_PROMISE and CONTINUATION put together, and
    /// tells each field in order. Where the block is malformed, the fields before that place were told, and the
    /// caller has to [`lose`](Self::lose) the table.
    pub fn decode(&mut self, block: &[u8], each: &mut dyn FnMut(Field<'_>)) -> Result<Decoded, Malformed> {
        let mut reader = Reader::new(block);
        let mut teller = Teller { each, left: MOST_TOLD, decoded: Decoded::default() };
        let mut scratch = Scratch::default();
        let mut begun = false;
        while let Some(first) = reader.peek() {
            let update = first >> 5 == 0b001;
            if !update && !begun {
                begun = true;
                teller.decoded.update_missing |= self.owed.take().is_some();
            }
            match first {
                0x80.. => self.indexed(&mut reader, &mut teller)?,
                0x40.. => self.literal(6, &mut reader, &mut scratch, &mut teller)?,
                0x20.. => {
                    teller.decoded.update_late |= begun;
                    self.update(&mut reader)?;
                }
                _ => self.literal(4, &mut reader, &mut scratch, &mut teller)?,
            }
        }
        Ok(teller.decoded)
    }

    /// Dynamic Table Size Update (RFC 7541 6.3): `001` and the size.
    fn update(&mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        let at = reader.at();
        let max = reader.integer(5)?;
        // RFC 7541 6.3: "The new maximum size MUST be lower than or equal to the limit determined by the protocol
        // using HPACK. A value that exceeds this limit MUST be treated as a decoding error."
        if self.limit.is_some_and(|limit| max > limit) {
            return Err(Fault::TableSize(max).at(at));
        }
        self.owed = self.owed.filter(|&owed| max > owed);
        self.table.resize(max);
        Ok(())
    }

    /// Indexed Header Field (RFC 7541 6.1): `1` and the index.
    fn indexed(&self, reader: &mut Reader<'_>, teller: &mut Teller<'_>) -> Result<(), Malformed> {
        let at = reader.at();
        let index = reader.integer(7)?;
        let (name, value, from) = match static_table::entry(index) {
            Some((name, value)) => (Some(name.as_bytes()), Some(value.as_bytes()), Source::Static(index)),
            None => {
                let (name, value) = match self.dynamic(index, at)? {
                    Some(entry) => (entry.name.as_ref().map(Name::bytes), entry.value.as_deref()),
                    None => (None, None),
                };
                (name, value, Source::Dynamic(index))
            }
        };
        let size = Text::of(name).len + Text::of(value).len;
        teller.tell(size, Field { name, value, never_indexed: false, from, at: reader.since(at) });
        Ok(())
    }

    /// Literal Header Field (RFC 7541 6.2): `01` with Incremental Indexing, `0000` without Indexing, `0001` Never
    /// Indexed; then the index of the name, or 0 and the name itself; then the value.
    fn literal(
        &mut self,
        prefix: u32,
        reader: &mut Reader<'_>,
        scratch: &mut Scratch,
        teller: &mut Teller<'_>,
    ) -> Result<(), Malformed> {
        let at = reader.at();
        let indexed = prefix == 6;
        let never_indexed = !indexed && reader.peek().is_some_and(|first| first & 0x10 != 0);
        let index = reader.integer(prefix)?;
        let named = if index == 0 {
            Named::Here(reader.text(&mut scratch.name, MOST as usize)?)
        } else {
            Named::Before(self.name(index, at)?)
        };
        let value = reader.text(&mut scratch.value, MOST as usize)?;
        let name = named.text();
        let from = Source::Literal { name: (index != 0).then_some(index), indexed };
        let field = Field { name: name.bytes, value: value.bytes, never_indexed, from, at: reader.since(at) };
        teller.tell(name.len + value.len, field);
        if indexed {
            let len = name.len;
            self.table.add(named.keep(), len, value);
        }
        Ok(())
    }

    /// The name of an entry, where it is known.
    fn name(&self, index: u32, at: usize) -> Result<Option<Name>, Malformed> {
        match static_table::entry(index) {
            Some((name, _)) => Ok(Some(Name::Static(name.as_bytes()))),
            None => Ok(self.dynamic(index, at)?.and_then(|entry| entry.name.clone())),
        }
    }

    /// The dynamic entry with this index of the wire, where somebody saw it.
    fn dynamic(&self, index: u32, at: usize) -> Result<Option<&Entry>, Malformed> {
        // RFC 7541 6.1: "The index value of 0 is not used. It MUST be treated as a decoding error".
        let Some(behind) = index.checked_sub(static_table::LEN + 1) else {
            return Err(Fault::Index(index).at(at));
        };
        match self.table.look(behind) {
            Look::Entry(entry) => Ok(Some(entry)),
            Look::Unseen => Ok(None),
            Look::Absent => Err(Fault::Index(index).at(at)),
        }
    }
}

/// Where Huffman coded strings are put; both stay empty where a block has none.
#[derive(Default)]
struct Scratch {
    name: Vec<u8>,
    value: Vec<u8>,
}

/// The name of a literal field.
enum Named<'a> {
    /// Spelled out.
    Here(Text<'a>),
    /// Taken from an entry, where that is known.
    Before(Option<Name>),
}

impl Named<'_> {
    fn text(&self) -> Text<'_> {
        match self {
            Self::Here(text) => *text,
            Self::Before(name) => Text::of(name.as_ref().map(Name::bytes)),
        }
    }

    /// The name for an entry.
    fn keep(self) -> Option<Name> {
        match self {
            Self::Here(text) => text.bytes.map(|bytes| Name::Kept(bytes.into())),
            Self::Before(name) => name,
        }
    }
}

/// Tells fields, until there were enough.
struct Teller<'a> {
    each: &'a mut dyn FnMut(Field<'_>),
    left: u64,
    decoded: Decoded,
}

impl Teller<'_> {
    /// A field, and the length of its name and value.
    fn tell(&mut self, len: u64, field: Field<'_>) {
        match self.left.checked_sub(len + OVERHEAD) {
            Some(left) if self.decoded.left_out == 0 => {
                self.left = left;
                self.decoded.told += 1;
                (self.each)(field);
            }
            _ => self.decoded.left_out += 1,
        }
    }
}
