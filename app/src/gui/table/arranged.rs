//! Which columns of a table are shown, in which order and how wide, and how that is remembered: by name, so that a name
//! that is unknown, or one that is missing, does no harm.
//!
//! Draws nothing, and knows nothing of what stands in a column.

use serde::{Deserialize, Serialize};

use crate::gui::theme::CELL;

/// What a table knows of a column before anybody changed it.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// What it is remembered by.
    pub name: &'static str,
    /// What stands in the head, and in the list of columns.
    pub title: &'static str,
    /// A sentence about what it shows.
    pub says: &'static str,
    /// Width in points.
    pub width: f32,
    /// Numbers stand to the right.
    pub right: bool,
    /// Whether it is shown before anybody chose.
    pub shown: bool,
    /// Whether rows can be sorted by it.
    pub sorts: bool,
}

/// A shown column as it is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Its width, where somebody changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<f32>,
}

/// The columns of a table.
#[derive(Clone, Debug)]
pub struct Arranged {
    heads: Vec<&'static Head>,
    /// Places among `heads`, in the order in which they are shown; never none.
    shown: Vec<usize>,
    widths: Vec<Option<f32>>,
    /// What the numbers in a column need.
    fitted: Vec<f32>,
    changed: bool,
}

/// Width of a digit in the font of rows, rounded up.
const DIGIT: f32 = 8.5;
/// Widths that a column can have.
const WIDTHS: std::ops::RangeInclusive<f32> = 28.0..=1200.0;
/// What the last column has at least, as it takes what is left.
const LAST: f32 = 120.0;

impl Arranged {
    /// Columns as they are at first.
    pub fn new(heads: Vec<&'static Head>) -> Self {
        let count = heads.len();
        let shown = (0..count).filter(|place| heads[*place].shown).collect();
        Self { heads, shown, widths: vec![None; count], fitted: vec![0.0; count], changed: false }
    }

    /// All columns there are.
    pub fn heads(&self) -> &[&'static Head] {
        &self.heads
    }

    /// Which of them are shown, in order.
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// The column at a place among those that are shown.
    pub fn head(&self, slot: usize) -> Option<&'static Head> {
        self.heads.get(*self.shown.get(slot)?).copied()
    }

    /// Where a column stands among those that are shown.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.shown.iter().position(|place| self.heads[*place].name == name)
    }

    /// How wide the column at `slot` is, where all of them have `room`: the last one takes what is left.
    pub fn width(&self, slot: usize, room: f32) -> f32 {
        let own = |slot: usize| {
            let place = self.shown[slot];
            self.widths[place].unwrap_or(self.heads[place].width).max(self.fitted[place])
        };
        if slot + 1 < self.shown.len() {
            return own(slot);
        }
        let before: f32 = (0..slot).map(own).sum();
        (room - before).max(self.fitted[self.shown[slot]].max(LAST))
    }

    /// Makes a column wide enough for that many digits: a number that ends in an ellipsis is none.
    pub fn fit(&mut self, name: &str, digits: usize) {
        if let Some(place) = self.heads.iter().position(|head| head.name == name) {
            self.fitted[place] = (digits as f32 * DIGIT + CELL * 2.0 + 4.0).ceil();
        }
    }

    /// Makes a column wider or narrower.
    pub fn resize(&mut self, slot: usize, by: f32) {
        let width = self.width(slot, 0.0) + by;
        self.widths[self.shown[slot]] = Some(width.clamp(*WIDTHS.start(), *WIDTHS.end()));
        self.changed = true;
    }

    /// Gives a column the width that it had at first.
    pub fn reset_width(&mut self, slot: usize) {
        self.widths[self.shown[slot]] = None;
        self.changed = true;
    }

    /// Moves a column in front of the one at `to`, or behind all of them.
    pub fn move_to(&mut self, from: usize, to: usize) {
        if from < self.shown.len() && to <= self.shown.len() {
            let place = self.shown.remove(from);
            self.shown.insert(if to > from { to - 1 } else { to }, place);
            self.changed = true;
        }
    }

    /// Moves a column by one place.
    pub fn step(&mut self, slot: usize, right: bool) {
        let other = if right { slot.checked_add(1) } else { slot.checked_sub(1) };
        if let Some(other) = other.filter(|other| *other < self.shown.len()) {
            self.shown.swap(slot, other);
            self.changed = true;
        }
    }

    /// Shows a column, or hides it where it is not the only one.
    pub fn toggle(&mut self, place: usize) {
        match self.shown.iter().position(|shown| *shown == place) {
            Some(slot) if self.shown.len() > 1 => drop(self.shown.remove(slot)),
            Some(_) => return,
            None if place < self.heads.len() => {
                // It comes to stand behind the last of those that precede it in the table of columns.
                let behind = self.shown.iter().rposition(|shown| *shown < place);
                self.shown.insert(behind.map_or(0, |slot| slot + 1), place);
            }
            None => return,
        }
        self.changed = true;
    }

    /// All columns, those that are hidden where they would come to stand.
    pub fn listed(&self) -> Vec<usize> {
        let mut listed = self.shown.clone();
        for place in (0..self.heads.len()).filter(|place| !self.shown.contains(place)) {
            let behind = listed.iter().rposition(|other| *other < place);
            listed.insert(behind.map_or(0, |slot| slot + 1), place);
        }
        listed
    }

    /// Everything as it was at first.
    pub fn reset(&mut self) {
        *self =
            Self { fitted: std::mem::take(&mut self.fitted), changed: true, ..Self::new(self.heads.clone()) };
    }

    /// Whether it is as it was at first.
    pub fn fresh(&self) -> bool {
        self.widths.iter().all(Option::is_none) && self.shown == Self::new(self.heads.clone()).shown
    }

    /// What is to be remembered when somebody changed something since the last call; no column at all where everything
    /// is as it was at first.
    pub fn take_changed(&mut self) -> Option<Vec<Kept>> {
        if !std::mem::take(&mut self.changed) {
            return None;
        }
        if self.fresh() {
            return Some(Vec::new());
        }
        let kept =
            |place: &usize| Kept { name: self.heads[*place].name.to_owned(), width: self.widths[*place] };
        Some(self.shown.iter().map(kept).collect())
    }

    /// Shows what was remembered. Names that nobody knows are passed over; where none is left, all is as at first.
    pub fn restore(&mut self, kept: &[Kept]) {
        let (mut shown, mut widths) = (Vec::new(), vec![None; self.heads.len()]);
        for Kept { name, width } in kept {
            let Some(place) = self.heads.iter().position(|head| head.name == name) else { continue };
            if !shown.contains(&place) {
                shown.push(place);
                widths[place] = width.filter(|width| WIDTHS.contains(width));
            }
        }
        if !shown.is_empty() {
            (self.shown, self.widths) = (shown, widths);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn head(name: &'static str, shown: bool) -> Head {
        Head { name, title: name, says: "", width: 50.0, right: false, shown, sorts: false }
    }
    static HEADS: [Head; 4] = [head("a", true), head("b", true), head("c", false), head("d", true)];

    fn names(arranged: &Arranged) -> Vec<&'static str> {
        (0..4).filter_map(|slot| arranged.head(slot)).map(|head| head.name).collect()
    }

    /// What somebody arranged comes back by name, and names that nobody knows change nothing else.
    #[test]
    fn comes_back_by_name() {
        let mut first = Arranged::new(HEADS.iter().collect());
        assert_eq!(first.take_changed(), None);
        first.toggle(2);
        first.move_to(3, 0);
        first.resize(1, 30.0);
        assert_eq!(names(&first), ["d", "a", "b", "c"]);
        let mut kept = first.take_changed().unwrap();
        kept.insert(1, Kept { name: "gone".into(), width: Some(f32::NAN) });
        kept.push(kept[0].clone());
        let mut second = Arranged::new(HEADS.iter().collect());
        second.restore(&kept);
        assert_eq!(names(&second), names(&first));
        assert_eq!(second.width(1, 1000.0), 80.0);
        second.restore(&[Kept { name: "gone".into(), width: None }]);
        assert_eq!(names(&second), names(&first));
        second.reset();
        assert_eq!(second.take_changed(), Some(Vec::new()));
        assert_eq!(names(&second), ["a", "b", "d"]);
    }

    /// The only column that is left cannot be hidden, and the last one takes what is left.
    #[test]
    fn never_none() {
        let mut arranged = Arranged::new(HEADS.iter().collect());
        assert_eq!([arranged.width(0, 500.0), arranged.width(2, 500.0)], [50.0, 400.0]);
        assert_eq!(arranged.width(2, 10.0), LAST);
        for place in 0..4 {
            arranged.toggle(place);
        }
        assert_eq!(names(&arranged), ["c"]);
        arranged.toggle(2);
        assert_eq!(names(&arranged), ["c"]);
    }
}
