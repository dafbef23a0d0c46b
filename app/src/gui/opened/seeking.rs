//! Finding in the rows that are shown, and going back to what was looked at before.

use std::sync::Arc;

use session::dissector::ids::{ConnectionId, PacketId};
use session::find::{Spot, Within};
use session::place::Place;

use super::Opened;
use crate::gui::find::{At, Where};
use crate::gui::history::Visit;
use crate::gui::inspector;
use crate::gui::state::{Selection, Tab};

impl Opened {
    /// Opens the bar and gives it the keyboard.
    pub fn open_find(&mut self) {
        (self.find.open, self.find.take_focus) = (true, true);
    }

    /// Takes the bar away, and gives the keyboard back to the table.
    pub fn close_find(&mut self) {
        self.find.stop();
        (self.find.open, self.take_focus) = (false, true);
    }

    /// The packet of what is looked at.
    pub fn packet(&self) -> Option<PacketId> {
        match self.selection? {
            Selection::Packet(id) => Some(id),
            Selection::Frame(id) => self.snapshot.frame(id).map(|frame| frame.packet),
            Selection::Message(id) => self.snapshot.message(id).map(|message| message.packet),
            Selection::Delivery(id) => self.snapshot.delivery(id).map(|delivery| delivery.packet),
            Selection::Connection(id) => self.snapshot.connection(id).map(|connection| connection.packet),
        }
    }

    /// Looks for the next hit in the rows that are shown, from the selection on.
    pub fn seek(&mut self, up: bool) {
        self.find.open = true;
        if self.find.typed.text.is_empty() {
            self.find.take_focus = true;
            return;
        }
        let tab = self.tab;
        let here = self.place().and_then(|place| Some((place, self.lists.row(tab, place)?)));
        // Where the last hit is still looked at, the next one lies behind it.
        let after = self.find.hit.as_ref().filter(|hit| here.is_some_and(|(_, row)| hit.row == row));
        let after = after.filter(|hit| hit.tab == tab).map(|hit| hit.spot.clone());
        let of = tab.of();
        let from = here.map_or_else(|| self.tables[tab as usize].rows.place().0, |(place, _)| place);
        let rows = self.lists.rows(tab, &self.snapshot);
        let place = Where { of, within: self.find.within(), rows, from, after, up };
        self.find.start(tab, Arc::clone(&self.snapshot), place);
    }

    /// Looks at what was found since.
    pub(super) fn take_hits(&mut self) {
        let (tab, generation) = (self.tab, self.snapshot.generation);
        let Some(hit) = self.find.take(tab, generation) else { return };
        self.select_row(tab, hit.row);
        if hit.spot != Spot::Row {
            self.inspector.aim(hit.spot.clone());
        }
        self.find.hit = Some(At { tab, row: hit.row, spot: hit.spot });
    }

    /// What a search looks into, in a sentence.
    pub fn looks_into(&self) -> &'static str {
        match (self.find.within(), self.tab) {
            (Within::Content, Tab::Messages) => "Looks into whole messages: unmasked, joined, inflated",
            (Within::Content, Tab::Frames) => "Looks into the payload of each frame, unmasked",
            (Within::Content, Tab::Packets) => "Looks into the bytes of each packet as they were captured",
            (Within::Content, Tab::Deliveries) => {
                "Looks into whole messages: without the body's framing, unpacked"
            }
            (Within::Content, Tab::Findings) => "Looks into the sentence of each finding",
            (Within::Names, Tab::Findings) => "Looks into the code of each finding",
            (Within::Names, _) => "Looks into the names and values of all fields in the detail tree",
        }
    }

    /// Remembers what is looked at.
    pub(super) fn remember_visit(&mut self) {
        let seen = self.selection.map(|selection| (self.tab, selection, self.finding));
        if seen == self.visited || seen.is_none() {
            return;
        }
        self.visited = seen;
        let Some(place) = self.selection.and_then(|it| Place::of(&self.snapshot, inspector::subject(it)))
        else {
            return;
        };
        let finding = self.finding.map(|row| (row, self.snapshot.generation));
        self.history.visit(Visit { tab: self.tab, place, finding, row: self.place() });
    }

    /// Goes back to what was looked at before, or forward again.
    pub fn travel(&mut self, forward: bool) {
        let visit = if forward { self.history.forward() } else { self.history.back() };
        let Some(visit) = visit else { return };
        let Some(subject) = visit.place.find(&self.snapshot) else { return };
        self.tab = visit.tab;
        match visit.finding {
            Some((row, generation)) if generation == self.snapshot.generation => {
                self.reach(Tab::Findings, row)
            }
            _ => {
                let selection = inspector::selection(subject);
                if let Some(row) = self.tab.row_of(&self.snapshot, selection) {
                    self.uncover(self.tab, row);
                }
                self.select(selection);
            }
        }
        // Coming here is no visit of its own.
        self.visited = self.selection.map(|selection| (self.tab, selection, self.finding));
    }

    /// Looks at a row of all rows, and at all rows where it is not among those that are shown.
    fn reach(&mut self, tab: Tab, row: u32) {
        self.tab = tab;
        self.uncover(tab, row);
        self.select_row(tab, row);
    }

    fn uncover(&mut self, tab: Tab, row: u32) {
        if self.lists.place(tab, row).is_none() {
            self.show_all();
        }
    }

    /// Looks at what has this number, counted from one; whether there is such a thing.
    pub fn go_to(&mut self, kind: Numbered, number: u64) -> bool {
        let row = number.checked_sub(1).and_then(|row| u32::try_from(row).ok());
        let Some(row) = row.filter(|_| number <= kind.count(self)) else { return false };
        match kind {
            Numbered::Row(tab) => self.reach(tab, row),
            Numbered::Connection => {
                self.select(Selection::Connection(ConnectionId::new(row)));
                // In front of them stands a line for all.
                self.connections.reveal(u64::from(row) + 1);
            }
        }
        true
    }
}

/// What has a number to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbered {
    /// A row of a table.
    Row(Tab),
    /// A connection.
    Connection,
}

impl Numbered {
    /// All kinds, the one that is asked for most often first.
    pub fn all(first: Tab) -> impl Iterator<Item = Self> {
        let rows = Tab::ALL.into_iter().filter(move |tab| *tab != first).map(Self::Row);
        std::iter::once(Self::Row(first)).chain(rows).chain([Self::Connection])
    }

    /// What one of them is called.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Row(Tab::Messages) => "message",
            Self::Row(Tab::Frames) => "frame",
            Self::Row(Tab::Packets) => "packet",
            Self::Row(Tab::Findings) => "finding",
            Self::Row(Tab::Deliveries) => "HTTP message",
            Self::Connection => "connection",
        }
    }

    /// Whether it is to be chosen: most captures have no messages over HTTP.
    pub fn is_offered(self, opened: &Opened) -> bool {
        self != Self::Row(Tab::Deliveries) || self.count(opened) > 0
    }

    /// How many there are.
    pub fn count(self, opened: &Opened) -> u64 {
        u64::from(match self {
            Self::Row(tab) => tab.count(&opened.snapshot),
            Self::Connection => opened.snapshot.connections().len(),
        })
    }
}
