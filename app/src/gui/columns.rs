//! The columns of the tables: what each is called, what it shows, how it is drawn, and by what its rows are sorted.
//!
//! One table of columns for each kind of row: `messages`, `frames`, `packets`, and `findings` beside them. A column is
//! one entry, and everything else follows from it: the head, the list to choose from, what is remembered, sorting.

mod common;
mod deliveries;
mod frames;
mod messages;
mod packets;

use session::Snapshot;
use session::dissector::ids::PacketId;

use self::common::signs;
pub use self::common::{comment, delta, number, rising, time};
use super::findings;
use super::opened::Opened;
use super::state::{Selection, Tab, Times};
use super::table::{Cells, Head};

/// One column of a table of `R`.
#[derive(Debug)]
pub struct Column<R: 'static> {
    /// What the table knows of it.
    pub head: Head,
    /// Draws its cell of a row.
    pub draw: fn(&mut Cells<'_>, &mut View<'_>, &R),
    /// By what rows are sorted.
    pub key: Key<R>,
}

/// By what rows are sorted: what the tables hold of them; nothing for which bytes must be read.
#[derive(Debug)]
pub enum Key<R: 'static> {
    /// They are not.
    None,
    /// By a number; rows without one come last, whichever way.
    Number(fn(&Snapshot, &R) -> Option<u64>),
    /// By words, byte by byte; those are written into the buffer, and rows without any come last.
    Words(fn(&Snapshot, &R, &mut String)),
}

/// What is known of a row of any kind.
pub trait Listed: Sized {
    /// Row `row` of all rows.
    fn of(snapshot: &Snapshot, row: u32) -> Option<Self>;
    /// Its number, from one.
    fn number(&self) -> u64;
    /// Its time.
    fn time(&self) -> i64;
    /// The packet that completed it.
    fn packet(&self) -> PacketId;
    /// What is looked at when it is chosen.
    fn selection(&self) -> Option<Selection>;
}

/// What a cell is drawn from.
pub struct View<'a> {
    /// The capture.
    pub opened: &'a mut Opened,
    /// Its row among all rows.
    pub row: u32,
    /// What times are told by.
    pub around: &'a Around<'a>,
}

/// What the cells of a row need to know beside its number.
pub struct Around<'a> {
    /// How times are shown.
    pub times: Times,
    /// The time of the row above, where it is shown.
    pub previous: Option<i64>,
    /// The user's time zone.
    pub zone: &'a jiff::tz::TimeZone,
    /// Whether the capture goes on from one day to another.
    pub days: bool,
}

/// What a row is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing: it comes last.
    None,
    /// A number.
    Number(u64),
    /// The words in the buffer.
    Words,
}

/// A column that rows can be sorted by.
pub trait Sortable: Sync {
    /// What row `row` of all rows is sorted by; `words` is emptied, and filled where words are.
    fn value(&self, snapshot: &Snapshot, row: u32, words: &mut String) -> Value;
}

impl<R: Listed> Sortable for Column<R> {
    fn value(&self, snapshot: &Snapshot, row: u32, words: &mut String) -> Value {
        words.clear();
        let Some(it) = R::of(snapshot, row) else { return Value::None };
        match self.key {
            Key::None => Value::None,
            Key::Number(number) => number(snapshot, &it).map_or(Value::None, Value::Number),
            Key::Words(say) => {
                say(snapshot, &it, words);
                if words.is_empty() { Value::None } else { Value::Words }
            }
        }
    }
}

/// A column with text, which begins on the left.
pub(super) const fn left(name: &'static str, title: &'static str, width: f32, says: &'static str) -> Head {
    Head { name, title, says, width, right: false, shown: true, sorts: false }
}

/// A column with numbers, which end on the right.
pub(super) const fn right(name: &'static str, title: &'static str, width: f32, says: &'static str) -> Head {
    Head { right: true, ..left(name, title, width, says) }
}

/// A column that is not shown before anybody chose it.
pub(super) const fn more(head: Head) -> Head {
    Head { shown: false, ..head }
}

/// An entry of a table of columns.
pub(super) const fn column<R>(
    head: Head,
    draw: fn(&mut Cells<'_>, &mut View<'_>, &R),
    key: Key<R>,
) -> Column<R> {
    Column { head: Head { sorts: !matches!(key, Key::None), ..head }, draw, key }
}

/// The heads of a table.
pub fn heads(tab: Tab) -> Vec<&'static Head> {
    fn of<R>(columns: &'static [Column<R>]) -> Vec<&'static Head> {
        columns.iter().map(|column| &column.head).collect()
    }
    match tab {
        Tab::Messages => of(messages::COLUMNS),
        Tab::Frames => of(frames::COLUMNS),
        Tab::Packets => of(packets::COLUMNS),
        Tab::Findings => of(findings::COLUMNS),
        Tab::Deliveries => of(deliveries::COLUMNS),
    }
}

/// The column of a table that has this name, where rows can be sorted by it.
pub fn sortable(tab: Tab, name: &str) -> Option<&'static dyn Sortable> {
    fn of<R: Listed>(columns: &'static [Column<R>], name: &str) -> Option<&'static dyn Sortable> {
        let column = columns.iter().find(|column| column.head.name == name && column.head.sorts)?;
        Some(column)
    }
    match tab {
        Tab::Messages => of(messages::COLUMNS, name),
        Tab::Frames => of(frames::COLUMNS, name),
        Tab::Packets => of(packets::COLUMNS, name),
        Tab::Findings => of(findings::COLUMNS, name),
        Tab::Deliveries => of(deliveries::COLUMNS, name),
    }
}

/// The time of row `row` of all rows.
pub fn time_of(snapshot: &Snapshot, tab: Tab, row: u32) -> Option<i64> {
    match tab {
        Tab::Messages => session::model::Message::of(snapshot, row).map(|it| it.time),
        Tab::Frames => session::model::Frame::of(snapshot, row).map(|it| it.time),
        Tab::Packets => session::model::Packet::of(snapshot, row).map(|it| it.time),
        Tab::Findings => snapshot.findings().row(row).map(|found| found.time),
        Tab::Deliveries => session::neighbor::Delivery::of(snapshot, row).map(|it| it.time),
    }
}

/// Draws the cells of row `row` of all rows.
pub fn draw(cells: &mut Cells<'_>, opened: &mut Opened, row: u32, around: &Around<'_>) {
    fn each<R: Listed>(columns: &[Column<R>], cells: &mut Cells<'_>, mut view: View<'_>) {
        let Some(it) = R::of(&view.opened.snapshot, view.row) else { return };
        signs(cells, &view, &it);
        cells.each(|cells, place| (columns[place].draw)(cells, &mut view, &it));
    }
    let tab = opened.tab;
    let view = View { opened, row, around };
    match tab {
        Tab::Messages => each(messages::COLUMNS, cells, view),
        Tab::Frames => each(frames::COLUMNS, cells, view),
        Tab::Packets => each(packets::COLUMNS, cells, view),
        Tab::Findings => each(findings::COLUMNS, cells, view),
        Tab::Deliveries => each(deliveries::COLUMNS, cells, view),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No two columns of a table share a name or a title, each says what it shows, and each table shows some.
    #[test]
    fn columns_are_told_apart() {
        for tab in Tab::ALL {
            let heads = heads(tab);
            assert!(heads.iter().any(|head| head.shown));
            for (place, head) in heads.iter().enumerate() {
                assert!(!head.title.is_empty() && head.says.len() > head.title.len(), "{}", head.name);
                assert_eq!(sortable(tab, head.name).is_some(), head.sorts);
                for other in &heads[..place] {
                    assert!(other.name != head.name && other.title != head.title, "{}", head.name);
                }
            }
        }
    }
}
