//! CSV as RFC 4180 has it.

use super::cell::Cell;
use super::column::{Column, Row};
use super::escape::{self, Instead};
use super::time::Stamp;

/// Rows as records of some columns.
pub(crate) struct Records<R: 'static> {
    columns: Vec<&'static Column<R>>,
    stamp: Stamp,
}

impl<R: Row> Records<R> {
    pub(crate) fn new(columns: &[&'static Column<R>]) -> Self {
        Self { columns: columns.to_vec(), stamp: Stamp::default() }
    }

    /// The header line.
    pub(crate) fn header(&self, out: &mut Vec<u8>) {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        out.extend_from_slice(names.join(",").as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// One row, with the end of its line.
    pub(crate) fn row(&mut self, row: &R, out: &mut Vec<u8>) {
        for (place, column) in self.columns.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            match (column.read)(row) {
                Cell::Text(text) => field(out, &text),
                cell @ (Cell::Nested(_) | Cell::Words(_)) => field(out, &cell.plain()),
                cell => cell.write_plain(out, &mut self.stamp),
            }
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// RFC 4180 2: "Fields containing line breaks (CRLF), double quotes, and commas should be enclosed in
/// double-quotes", and a quote inside is doubled.
fn field(out: &mut Vec<u8>, text: &str) {
    let quote = |word| escape::is(word, b'"');
    let special =
        |word| quote(word) | escape::is(word, b',') | escape::is(word, b'\r') | escape::is(word, b'\n');
    if !escape::any(text.as_bytes(), special) {
        return out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
    escape::copy(out, text.as_bytes(), quote, |_| Instead::new(b"\"\"", 1));
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4180_quoting() {
        for (text, expected) in [("a b", "a b"), ("a,b", "\"a,b\""), ("say \"x\"\n", "\"say \"\"x\"\"\n\"")] {
            let mut out = Vec::new();
            field(&mut out, text);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
