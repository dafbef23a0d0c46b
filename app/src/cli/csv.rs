//! CSV as RFC 4180 has it.

use wide::u8x16;

use super::alike::Parts;
use super::cell::{Cell, digits};
use super::column::{Column, Row};
use super::escape::{self, Copier, Stops};
use super::time::Stamp;

/// Rows as records of some columns.
pub(crate) struct Records<R: 'static> {
    names: Vec<&'static str>,
    parts: Parts<R, ()>,
    stamp: Stamp,
    copier: Copier,
}

impl<R: Row> Records<R> {
    pub(crate) fn new(columns: &[&'static Column<R>]) -> Self {
        let names = columns.iter().map(|column| column.name).collect();
        let parts = Parts::new(columns.iter().map(|column| (*column, ())));
        Self { names, parts, stamp: Stamp::default(), copier: Copier::default() }
    }

    /// The header line.
    pub(crate) fn header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.names.join(",").as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// One row, with the end of its line.
    pub(crate) fn row(&mut self, row: &R, out: &mut Vec<u8>) {
        let (stamp, copier) = (&mut self.stamp, &mut self.copier);
        self.parts.write(row, out, |column, (), row, out| {
            // Looked at where it is: moved on, its parts would be waited for.
            let cell = (column.read)(row);
            match &cell {
                Cell::Absent | Cell::Null | Cell::Words([]) => {}
                Cell::Number(number) => digits(out, *number),
                Cell::Text(text) => field(out, text.as_bytes(), copier),
                Cell::Ascii(text) => field(out, text, copier),
                Cell::Nested(_) | Cell::Decoded(_) | Cell::Words(_) => {
                    field(out, cell.plain().as_bytes(), copier)
                }
                _ => cell.write_plain(out, stamp),
            }
            out.push(b',');
        });
        // Behind the last there is none.
        out.pop_if(|last| *last == b',');
        out.extend_from_slice(b"\r\n");
    }
}

/// RFC 4180 2: "Fields containing line breaks (CRLF), double quotes, and commas should be enclosed in
/// double-quotes", and a quote inside is doubled.
fn field(out: &mut Vec<u8>, text: &[u8], copier: &mut Copier) {
    let special = |bytes| {
        Quotes::mark(bytes) | escape::is(bytes, b',') | escape::is(bytes, b'\r') | escape::is(bytes, b'\n')
    };
    if !escape::any(text, special) {
        return out.extend_from_slice(text);
    }
    out.push(b'"');
    copier.copy::<Quotes>(out, text);
    out.push(b'"');
}

/// What stands in quotes otherwise than in the text.
struct Quotes;

impl Stops for Quotes {
    #[inline]
    fn mark(bytes: u8x16) -> u8x16 {
        escape::is(bytes, b'"')
    }
    #[inline]
    fn before(byte: u8) -> Option<u8> {
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4180_quoting() {
        for (text, expected) in [("a b", "a b"), ("a,b", "\"a,b\""), ("say \"x\"\n", "\"say \"\"x\"\"\n\"")] {
            let mut out = Vec::new();
            field(&mut out, text.as_bytes(), &mut Copier::default());
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
