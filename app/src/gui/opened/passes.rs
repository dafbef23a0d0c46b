//! What happens when the capture is gone through again because keys came late: every number but a packet's means
//! another thing then, and what the user looks at stays where it is.
//!
//! The pass before is shown until the lists of the new one are ready; then all changes at once.

use std::sync::Arc;

use session::Snapshot;
use session::dissector::ids::ConnectionId;
use session::place::{Place, same_finding};

use super::Opened;
use crate::gui::inspector;
use crate::gui::lists::{Lists, Narrow};
use crate::gui::rows::VirtualRows;
use crate::gui::state::{Selection, Tab};

/// The lists of another pass in the making.
pub(super) struct Next {
    generation: u32,
    lists: Lists,
    /// What they are the counterpart of.
    of: (Option<ConnectionId>, Option<Narrow>, Arc<str>),
    seen: Arc<Snapshot>,
}

/// A row that is to stand where it stood.
struct Anchor {
    row: u32,
    /// Rows between the first in sight and this one.
    below: u64,
    rest: f32,
}

/// Rows that are tried for one that is there in the new pass too.
const TRIED: u64 = 8;

impl Opened {
    /// Looks at a snapshot of another pass.
    pub(super) fn another_pass(&mut self, newest: &Arc<Snapshot>) {
        let filter = Arc::clone(self.lists.filter());
        let of = (self.lists.only(), self.lists.narrowed(), Arc::from(filter.text()));
        if self.next.as_ref().is_none_or(|next| next.generation != newest.generation || next.of != of) {
            let wake = Arc::clone(&self.wake);
            let mut lists = Lists::new(move || wake());
            let only = of.0.and_then(|id| self.moved(newest, Selection::Connection(id)));
            if let Some(Selection::Connection(id)) = only {
                lists.show_only(Some(id), newest);
            }
            lists.narrow(of.1, newest);
            lists.pin(&Arc::from(self.renumbered(newest).all()), newest);
            lists.sift(filter, newest);
            lists.grown(newest);
            self.next = Some(Next { generation: newest.generation, lists, of, seen: Arc::clone(newest) });
        }
        let Some(next) = &mut self.next else { return };
        if !Arc::ptr_eq(&next.seen, newest) {
            next.lists.grown(newest);
            next.seen = Arc::clone(newest);
        }
        next.lists.take();
        if next.lists.ready(newest)
            && let Some(next) = self.next.take()
        {
            self.change_over(newest, next.lists);
        }
    }

    fn change_over(&mut self, newest: &Arc<Snapshot>, mut lists: Lists) {
        let anchors = Tab::ALL.map(|tab| self.anchor(newest, tab));
        let list = self.connections_anchor(newest);
        self.selection = self.selection.and_then(|selection| self.moved(newest, selection));
        self.decoding = self.renumbered(newest);
        self.finding = self.finding.and_then(|row| same_finding(&self.snapshot, newest, row));
        self.snapshot = Arc::clone(newest);
        lists.sorting.like(&self.lists.sorting);
        self.lists = lists;
        self.decode();
        for (tab, anchor) in Tab::ALL.into_iter().zip(anchors) {
            let rows = &mut self.tables[tab as usize].rows;
            let place = anchor.as_ref().and_then(|anchor| self.lists.place(tab, anchor.row));
            stand(rows, place, anchor);
        }
        let place = list.as_ref().map(|anchor| u64::from(anchor.row) + 1);
        stand(&mut self.connections, place, list);
    }

    /// What a selection is in another pass.
    pub(super) fn moved(&self, newest: &Snapshot, selection: Selection) -> Option<Selection> {
        let place = Place::of(&self.snapshot, inspector::subject(selection))?;
        place.find(newest).map(inspector::selection)
    }

    /// The row by which a table stands still: what is looked at, where that is in sight, else the first one.
    fn anchor(&self, newest: &Snapshot, tab: Tab) -> Option<Anchor> {
        let rows = &self.tables[tab as usize].rows;
        let (first, rest) = rows.place();
        let chosen = self.place_in(tab).filter(|place| rows.sees(*place));
        let tries = chosen.into_iter().chain(first..first.saturating_add(TRIED));
        tries.into_iter().find_map(|place| {
            let row = self.lists.row(tab, place)?;
            let row = match tab {
                Tab::Findings => same_finding(&self.snapshot, newest, row)?,
                tab => {
                    let there = self.moved(newest, tab.selection(&self.snapshot, row)?)?;
                    tab.row_of(newest, there)?
                }
            };
            Some(Anchor { row, below: place - first, rest })
        })
    }

    fn connections_anchor(&self, newest: &Snapshot) -> Option<Anchor> {
        let (first, rest) = self.connections.place();
        // In front of them stands a line for all.
        let begins = first.max(1);
        (begins..begins + TRIED).find_map(|place| {
            let id = ConnectionId::new(u32::try_from(place - 1).ok()?);
            match self.moved(newest, Selection::Connection(id))? {
                Selection::Connection(id) => Some(Anchor { row: id.index(), below: place - first, rest }),
                _ => None,
            }
        })
    }
}

fn stand(rows: &mut VirtualRows, place: Option<u64>, anchor: Option<Anchor>) {
    match (place, anchor) {
        (Some(place), Some(Anchor { below, rest, .. })) if place >= below => rows.stand(place - below, rest),
        _ => rows.stand(0, 0.0),
    }
}
