//! What the user does with rows: sorts them, marks them, writes beside them, counts times from them.

use session::dissector::ids::MessageId;

use super::Opened;
use crate::gui::latency::Latency;
use crate::gui::notes::Note;
use crate::gui::state::{Selection, Tab};
use crate::gui::table::By;

impl Opened {
    /// Sorts the rows that are shown, or puts them back in the order of the capture.
    pub fn sort_by(&mut self, by: Option<By>) {
        self.lists.sorting.sort_by(self.tab, by);
        self.sort();
        self.reveal();
    }

    /// Keeps the rows that are shown in their order; what is looked at stays in sight when they come into it.
    pub(super) fn sort(&mut self) {
        let tab = self.tab;
        let before = self.lists.sorting.order(tab).is_some();
        self.lists.sort(tab, &self.snapshot);
        if !before && self.lists.sorting.order(tab).is_some() {
            self.reveal();
        }
    }

    /// What can be noted of: a row that is looked at.
    pub fn noted(&self) -> Option<Selection> {
        self.selection.filter(|selection| !matches!(selection, Selection::Connection(_)))
    }

    /// Changes the note beside what is looked at; whether that could be done.
    pub fn note(&mut self, selection: Selection, change: impl FnOnce(&mut Note)) -> bool {
        self.notes.change(&self.snapshot, selection, change)
    }

    /// What is known of the time that an answer took.
    pub fn latency(&mut self, id: MessageId) -> Latency {
        self.lists.latencies.of(&self.snapshot, id, &self.wake)
    }

    /// What was written beside something, by the user and in the capture file.
    pub fn comment(&self, selection: Selection) -> Option<String> {
        let written =
            self.notes.of(selection).map(|note| note.comment.as_str()).filter(|words| !words.is_empty());
        let filed = match selection {
            Selection::Packet(id) => self.snapshot.comment(id).map(|words| &**words),
            _ => None,
        };
        match (written, filed) {
            (Some(written), Some(filed)) => Some(format!("{written}\n{filed}")),
            (one, other) => one.or(other).map(str::to_owned),
        }
    }

    /// Looks at the next marked row of those that are shown, or the one before, round the end; whether there is one.
    pub fn go_to_mark(&mut self, back: bool) -> bool {
        let here = self.place();
        let marked = self.notes.marked().filter(|selection| self.tab.shows(*selection));
        let places: Vec<u64> = marked.filter_map(|selection| self.place_of(selection)).collect();
        let next = if back {
            let before = places.iter().copied().filter(|place| here.is_none_or(|here| *place < here)).max();
            before.or_else(|| places.iter().copied().max())
        } else {
            let after = places.iter().copied().filter(|place| here.is_none_or(|here| *place > here)).min();
            after.or_else(|| places.iter().copied().min())
        };
        if let Some(place) = next {
            self.select_place(place);
        }
        next.is_some()
    }

    fn place_of(&self, selection: Selection) -> Option<u64> {
        self.lists.place(self.tab, self.tab.row_of(&self.snapshot, selection)?)
    }
}

impl Tab {
    /// Whether its rows are things of this kind; findings are about things of any kind.
    const fn shows(self, selection: Selection) -> bool {
        matches!(
            (self, selection),
            (Self::Messages, Selection::Message(_))
                | (Self::Frames, Selection::Frame(_))
                | (Self::Packets, Selection::Packet(_))
                | (Self::Deliveries, Selection::Delivery(_))
                | (Self::Findings, _)
        )
    }
}
