//! What many rows say alike: columns beside each other that go by little are written once, and copied from then on.

use super::column::{Column, Row};

/// Columns in the order in which they are written, each with something of its format's own.
pub(super) struct Parts<R: 'static, T>(Vec<Part<R, T>>);

enum Part<R: 'static, T> {
    One(&'static Column<R>, T),
    Alike(Vec<(&'static Column<R>, T)>, Said),
}

/// What was written, by what it goes by.
#[derive(Default)]
struct Said(Vec<(u16, Box<[u8]>)>);

/// Texts that are kept for columns beside each other: traffic that has more of them in use has them written again.
const KEPT: usize = 16;

impl<R: Row, T> Parts<R, T> {
    pub(super) fn new(columns: impl Iterator<Item = (&'static Column<R>, T)>) -> Self {
        let mut parts: Vec<Part<R, T>> = Vec::new();
        for (column, own) in columns {
            match parts.last_mut() {
                Some(Part::Alike(columns, _)) if column.alike => columns.push((column, own)),
                _ if column.alike => parts.push(Part::Alike(vec![(column, own)], Said::default())),
                _ => parts.push(Part::One(column, own)),
            }
        }
        Self(parts)
    }

    /// Writes a row, each of its columns by `write`, which knows nothing of the row but what it is given.
    #[inline]
    pub(super) fn write(
        &mut self,
        row: &R,
        out: &mut Vec<u8>,
        mut write: impl FnMut(&Column<R>, &T, &R, &mut Vec<u8>),
    ) {
        for part in &mut self.0 {
            match part {
                Part::One(column, own) => write(column, own, row, out),
                Part::Alike(columns, said) => said.write(row.alike(), out, |out| {
                    columns.iter().for_each(|(column, own)| write(column, own, row, out));
                }),
            }
        }
    }
}

impl Said {
    #[inline]
    fn write(&mut self, by: u16, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        if let Some((_, text)) = self.0.iter().find(|(known, _)| *known == by) {
            return out.extend_from_slice(text);
        }
        let start = out.len();
        write(out);
        if self.0.len() < KEPT {
            self.0.push((by, Box::from(&out[start..])));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::cell::Cell;
    use super::*;

    struct Pair(u16, u64);
    impl Row for Pair {
        const COLUMNS: &'static [Column<Self>] = &[
            Column::<Self>::key("one", "", |row| Cell::Number(row.1)),
            Column::<Self>::key("kind", "", |row| Cell::Number(row.0.into())).alike(),
            Column::<Self>::key("odd", "", |row| Cell::Bool(row.0 % 2 == 1)).alike(),
            Column::<Self>::key("two", "", |row| Cell::Number(row.1 * 2)),
        ];
        fn alike(&self) -> u16 {
            self.0
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
            let kept = number >= 2 * KEPT as u64 && usize::from(row.0) < KEPT;
            assert_eq!(written.len(), if kept { 2 } else { 4 });
        }
    }
}
