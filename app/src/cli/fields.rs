//! `wscope fields`: what display filters can ask for, one row a field.

use serde_json::{Map, Value, json};
use session::filter::{Field, fields};

use super::column::{Cell, Column, Row, Tone};
use super::options::Fields;
use super::print::Printer;

/// A field.
struct FieldRow(&'static Field);

impl FieldRow {
    /// Its numbers that have names.
    fn values(&self) -> Value {
        self.0
            .names
            .iter()
            .map(|(number, name)| ((*name).to_owned(), json!(*number as i64)))
            .collect::<Map<_, _>>()
            .into()
    }
}

impl Row for FieldRow {
    #[rustfmt::skip]
    const COLUMNS: &'static [Column<Self>] = &[
        Column::<Self>::key("field", "Field", |row| Cell::word(row.0.name)).table(0).tone(|_| Tone::Strong),
        Column::<Self>::key("type", "Type", |row| Cell::word(row.0.kind.name())).table(0).spare(1),
        Column::<Self>::key("of", "Of", |row| Cell::word(row.0.of())).table(0).spare(3).tone(|_| Tone::Dim),
        Column::<Self>::key("says", "Says", |row| Cell::word(&row.0.says)).table(20).elastic(),
        Column::<Self>::key("example", "Example", |row| Cell::word(&row.0.example)).table(20).elastic().spare(2).tone(|_| Tone::Dim),
        Column::<Self>::key("values", "Values", |row| Cell::Nested(row.values())).nested(),
    ];
}

/// Prints the fields.
pub(crate) fn run(options: &Fields) -> anyhow::Result<()> {
    let mut printer = Printer::<FieldRow>::listing(&options.listing)?;
    let part = options.part.as_deref().unwrap_or_default().to_lowercase();
    for field in fields().iter().filter(|field| field.name.contains(&part)) {
        printer.row(&FieldRow(field))?;
    }
    Ok(printer.finish()?)
}
