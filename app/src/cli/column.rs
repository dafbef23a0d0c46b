//! Columns: one entry each with its name, its heading, how it is read from a row and how it is laid out.
//!
//! The same entry makes the key in JSON, the field in CSV, the column of a table and the word for `--fields`.

use serde::{Serialize, Serializer};

pub(crate) use super::cell::Cell;

/// What must be read from the capture before a column can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reads {
    /// Nothing: the index knows.
    #[default]
    Index,
    /// The beginning of the payload.
    Beginning,
    /// All of the payload.
    Whole,
}

/// What a cell's color says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Client,
    Server,
    /// Steps back.
    Dim,
    /// A MUST is broken.
    Error,
    /// Something is not as it should be.
    Warn,
    /// Worth knowing.
    Note,
    Strong,
}

/// One column of rows of the kind `R`.
pub(crate) struct Column<R: 'static> {
    pub(crate) name: &'static str,
    pub(crate) heading: &'static str,
    pub(crate) read: for<'a> fn(&'a R) -> Cell<'a>,
    pub(crate) tone: fn(&R) -> Tone,
    pub(crate) right: bool,
    /// Whether it may be cut with `…` where the terminal is too narrow.
    pub(crate) elastic: bool,
    /// Leaves a table that is too wide for its terminal, the highest first; 0 stays.
    pub(crate) spare: u8,
    /// Its width in a table at least, so that rows that come later still fit.
    pub(crate) least: usize,
    pub(crate) in_table: bool,
    pub(crate) in_json: bool,
    pub(crate) in_csv: bool,
    pub(crate) reads: Reads,
    /// Whether it says what answers what.
    pub(crate) pairs: bool,
    /// Whether it says what a message says by its protocol.
    pub(crate) decodes: bool,
    /// Whether it says the same of all rows of the same [`Row::alike`].
    pub(crate) alike: bool,
}

impl<R> Column<R> {
    /// A key of the contract: in JSON and CSV unless told otherwise.
    pub(crate) const fn key(
        name: &'static str,
        heading: &'static str,
        read: for<'a> fn(&'a R) -> Cell<'a>,
    ) -> Self {
        Self {
            name,
            heading,
            read,
            tone: |_| Tone::Plain,
            right: false,
            elastic: false,
            spare: 0,
            least: 0,
            in_table: false,
            in_json: true,
            in_csv: true,
            reads: Reads::Index,
            pairs: false,
            decodes: false,
            alike: false,
        }
    }
    /// What is made of other keys, for eyes only unless told otherwise.
    pub(crate) const fn view(
        name: &'static str,
        heading: &'static str,
        read: for<'a> fn(&'a R) -> Cell<'a>,
    ) -> Self {
        let mut column = Self::key(name, heading, read);
        (column.in_json, column.in_csv) = (false, false);
        column
    }
    /// Shown in a table, at least this wide.
    pub(crate) const fn table(mut self, least: usize) -> Self {
        (self.in_table, self.least) = (true, least);
        self
    }
    /// In CSV too.
    pub(crate) const fn csv(mut self) -> Self {
        self.in_csv = true;
        self
    }
    /// Only in JSON, because it is nested.
    pub(crate) const fn nested(mut self) -> Self {
        self.in_csv = false;
        self
    }
    pub(crate) const fn right(mut self) -> Self {
        self.right = true;
        self
    }
    pub(crate) const fn elastic(mut self) -> Self {
        self.elastic = true;
        self
    }
    pub(crate) const fn spare(mut self, spare: u8) -> Self {
        self.spare = spare;
        self
    }
    pub(crate) const fn reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }
    /// It says what answers what.
    pub(crate) const fn pairs(mut self) -> Self {
        self.pairs = true;
        self
    }
    /// It says what a message says by its protocol.
    pub(crate) const fn decodes(mut self) -> Self {
        self.decodes = true;
        self
    }
    /// It says the same of all rows of the same [`Row::alike`].
    pub(crate) const fn alike(mut self) -> Self {
        self.alike = true;
        self
    }
    pub(crate) const fn tone(mut self, tone: fn(&R) -> Tone) -> Self {
        self.tone = tone;
        self
    }
}

/// A kind of rows.
pub(crate) trait Row: Sized + 'static {
    /// All there is to know of such a row, in the order of the contract.
    const COLUMNS: &'static [Column<Self>];
    /// All that columns go by which are marked as alike; nothing where such a column may say something else.
    fn alike(&self) -> Option<u16> {
        None
    }
    /// The color of the whole row, where a column has none of its own.
    fn tone(&self) -> Tone {
        Tone::Plain
    }
}

/// A row as a JSON object of some columns.
pub(crate) struct Object<'a, R: Row> {
    pub(crate) row: &'a R,
    pub(crate) columns: &'a [&'static Column<R>],
}

impl<R: Row> Serialize for Object<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cells = self.columns.iter().map(|column| (column.name, (column.read)(self.row)));
        serializer.collect_map(cells.filter(|(_, cell)| !matches!(cell, Cell::Absent)))
    }
}

/// A row as a JSON object of the contract.
pub(crate) fn json<R: Row>(row: &R) -> impl Serialize + use<'_, R> {
    struct Whole<'a, R: Row>(&'a R, Vec<&'static Column<R>>);
    impl<R: Row> Serialize for Whole<'_, R> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            Object { row: self.0, columns: &self.1 }.serialize(serializer)
        }
    }
    Whole(row, R::COLUMNS.iter().filter(|column| column.in_json).collect())
}
