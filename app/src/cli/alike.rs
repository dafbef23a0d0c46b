//! What many rows say alike: columns beside each other that go by little are written once, and copied from then on.

use super::column::{Column, Row};

/// Columns in the order in which they are written, each with something of its format's own.
pub(super) struct Parts<R: 'static, T> {
    parts: Vec<Part<R, T>>,
    /// What rows went by of which it is kept what they said.
    known: Vec<u16>,
}

enum Part<R: 'static, T> {
    One(&'static Column<R>, T),
    /// With what was written, in the order of what is known.
    Alike(Vec<(&'static Column<R>, T)>, Vec<Text>),
}

/// Kinds of rows whose texts are kept: traffic that has more of them in use has them written again.
const KEPT: usize = 16;

impl<R: Row, T> Parts<R, T> {
    pub(super) fn new(columns: impl Iterator<Item = (&'static Column<R>, T)>) -> Self {
        let mut parts: Vec<Part<R, T>> = Vec::new();
        for (column, own) in columns {
            match parts.last_mut() {
                Some(Part::Alike(columns, _)) if column.alike => columns.push((column, own)),
                _ if column.alike => parts.push(Part::Alike(vec![(column, own)], Vec::new())),
                _ => parts.push(Part::One(column, own)),
            }
        }
        Self { parts, known: Vec::new() }
    }

    /// Writes a row, each of its columns by `write`, which knows nothing of the row but what it is given.
    #[inline]
    pub(super) fn write(
        &mut self,
        row: &R,
        out: &mut Vec<u8>,
        mut write: impl FnMut(&Column<R>, &T, &R, &mut Vec<u8>),
    ) {
        let place = row.alike().and_then(|by| self.place(by));
        for part in &mut self.parts {
            match part {
                Part::One(column, own) => write(column, own, row, out),
                Part::Alike(columns, texts) => {
                    if let Some(text) = place.and_then(|place| texts.get(place)) {
                        text.put(out);
                        continue;
                    }
                    let start = out.len();
                    columns.iter().for_each(|(column, own)| write(column, own, row, out));
                    if place.is_some() {
                        texts.push(Text::of(&out[start..]));
                    }
                }
            }
        }
    }

    /// Where the texts are kept, or will be, of rows that go by this.
    #[inline]
    fn place(&mut self, by: u16) -> Option<usize> {
        let place = self.known.iter().position(|known| *known == by);
        if place.is_none() && self.known.len() < KEPT {
            self.known.push(by);
            return Some(self.known.len() - 1);
        }
        place
    }
}

/// A text that is written again and again.
pub(super) struct Text {
    text: Box<[u8]>,
    /// The same where it is short, in a fixed number of bytes: that is copied without a call.
    short: Option<[u8; SHORT]>,
}

/// Most keys have no more bytes than this.
const SHORT: usize = 32;

impl Text {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut short = [0; SHORT];
        short.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        Self { short: (text.len() <= SHORT).then_some(short), text: Box::from(text) }
    }

    /// Writes it behind what is in `out`.
    #[inline]
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        match &self.short {
            Some(short) => {
                out.extend_from_slice(short);
                out.truncate(out.len() - (SHORT - self.text.len()));
            }
            None => out.extend_from_slice(&self.text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::Cell;
    use super::*;

    struct Pair(u16, u64);
    const LIKE_NONE: u16 = 3;
    impl Row for Pair {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::<Self>::key("one", "", |row| Cell::Number(row.1)),
            Column::<Self>::key("kind", "", |row| Cell::Number(row.0.into())).alike(),
            Column::<Self>::key("odd", "", |row| Cell::Bool(row.0 % 2 == 1)).alike(),
            Column::<Self>::key("two", "", |row| Cell::Number(row.1 * 2)),
        ];
        fn alike(&self) -> Option<u16> {
            (self.0 != LIKE_NONE).then_some(self.0)
        }
    }

    /// Rows read the same whether they are kept or not, however many kinds of them there are.
    #[test]
    fn rows_are_their_own() {
        let mut parts = Parts::new(Pair::COLUMNS.iter().map(|column| (column, column.name)));
        for number in 0..20 * KEPT as u64 {
            let row = Pair(number as u16 % (2 * KEPT as u16), number);
            let (mut out, mut written) = (Vec::new(), Vec::new());
            parts.write(&row, &mut out, |column, name, row, out| {
                out.extend_from_slice(format!("{name} {} ", (column.read)(row).plain()).as_bytes());
                written.push(column.name);
            });
            let expected = format!("one {number} kind {} odd {} two {} ", row.0, row.0 % 2 == 1, number * 2);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            // What was kept once is not asked for again.
            let kept = number >= 2 * KEPT as u64 && usize::from(row.0) <= KEPT && row.0 != LIKE_NONE;
            assert_eq!(written.len(), if kept { 2 } else { 4 });
        }
    }
}
