//! An open capture as the window holds it: the session, the newest snapshot, and where each list stands.

mod keys;
mod noting;
mod passes;
mod reading;
mod seeking;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use session::capture::live::tap::Ended;
use session::conversation::Form;
use session::dissector::ids::ConnectionId;
use session::place::Place;
use session::{Session, Snapshot, State};

use self::passes::Next;
pub use self::reading::Pinned;
pub use self::seeking::Numbered;
use super::coloring::Coloring;
use super::columns;
use super::conversation::Conversation;
use super::filtering::Filtering;
use super::find::Find;
use super::history::History;
use super::inspector::{self, Inspector};
use super::lists::Lists;
use super::live::capture::Capture;
use super::notes::Notes;
use super::panel::connections;
use super::rows::VirtualRows;
use super::state::{Selection, Tab};
use super::statistics;
use super::table::Table;

/// An open capture.
pub struct Opened {
    /// Its file.
    pub path: PathBuf,
    /// What is known of it now.
    pub snapshot: Arc<Snapshot>,
    /// What details, bytes and previews are asked of.
    pub inspector: Inspector,
    /// Which rows are shown.
    pub lists: Lists,
    /// One connection as a conversation.
    pub conversation: Conversation,
    /// Messages, frames, packets or findings.
    pub tab: Tab,
    /// A table for each of them.
    pub tables: [Table; Tab::ALL.len()],
    /// Where the list of connections stands.
    pub connections: VirtualRows,
    /// What is looked at.
    pub selection: Option<Selection>,
    /// The finding through which it was chosen, by its place among all.
    pub finding: Option<u32>,
    /// The display filter.
    pub filtering: Filtering,
    /// What the user put beside rows.
    pub notes: Notes,
    /// Numbers over it.
    pub statistics: statistics::Pane,
    /// The colors of rows.
    pub coloring: Coloring,
    /// The user's time zone.
    pub zone: TimeZone,
    /// What is looked for.
    pub find: Find,
    /// What was looked at before.
    pub history: History,
    /// What was looked at when that was remembered last.
    visited: Option<(Tab, Selection, Option<u32>)>,
    /// The capture of this window that it is, if it is one.
    pub capture: Option<Capture>,
    session: Session,
    /// The key log that was added last.
    added_keys: Option<String>,
    wake: Arc<dyn Fn() + Send + Sync>,
    /// Another pass over the capture, until it is ready to be shown.
    next: Option<Next>,
    /// Whether the user, or the first rows, have chosen what to look at.
    begun: bool,
    /// What was looked at before the file was read again.
    wanted: Option<Place>,
    /// Whether the table takes the keyboard when it is drawn next.
    pub take_focus: bool,
    /// What reads which messages.
    pub decoding: Pinned,
}

impl Opened {
    /// A capture that has just been opened.
    pub fn new(path: PathBuf, session: Session, wake: impl Fn() + Send + Sync + Clone + 'static) -> Self {
        let snapshot = session.snapshot();
        let lists = Lists::new(wake.clone());
        lists.grown(&snapshot);
        Self {
            path,
            snapshot,
            inspector: Inspector::new(wake.clone()),
            lists,
            conversation: Conversation::new(wake.clone()),
            tab: Tab::Messages,
            tables: Tab::ALL.map(|tab| Table::new(tab.name(), columns::heads(tab))),
            connections: VirtualRows::new(connections::HEIGHT),
            selection: None,
            finding: None,
            filtering: Filtering::default(),
            notes: Notes::default(),
            statistics: statistics::Pane::new(wake.clone()),
            coloring: Coloring::new(wake.clone()),
            zone: TimeZone::system(),
            find: Find::new(wake.clone()),
            history: History::default(),
            visited: None,
            capture: None,
            session,
            added_keys: None,
            wake: Arc::new(wake.clone()),
            next: None,
            begun: false,
            wanted: None,
            take_focus: true,
            decoding: Pinned::default(),
        }
    }

    /// The file's name.
    pub fn name(&self) -> String {
        name_of(&self.path)
    }

    /// It is a capture of this window: its newest rows are followed while it runs.
    pub fn captured(&mut self, capture: Capture) {
        self.capture = Some(capture);
        if self.capturing() {
            self.follow_tail();
        }
    }

    /// Whether more is being captured.
    pub fn capturing(&self) -> bool {
        self.capture.as_ref().is_some_and(Capture::running)
    }

    /// Whether something is in it that is lost when nobody saves it.
    pub fn unsaved(&self) -> bool {
        let unsaved = self.capture.as_ref().filter(|capture| capture.unsaved().is_some());
        unsaved.is_some_and(|capture| self.snapshot.packet_count() > 0 || capture.counts().0 > 0)
    }

    /// How the capture ended, when that has just become known.
    pub fn take_end(&mut self) -> Option<Ended> {
        let end = self.capture.as_mut()?.take()?.clone();
        self.tables.iter_mut().for_each(|table| table.rows.rest_here());
        self.conversation.rest_here();
        Some(end)
    }

    /// It lies here now.
    pub fn saved(&mut self, path: PathBuf) {
        self.path = path;
        self.notes.touch();
        if let Some(capture) = &mut self.capture {
            capture.saved();
        }
    }

    /// Keeps the newest rows in sight.
    pub fn follow_tail(&mut self) {
        self.tables.iter_mut().for_each(|table| table.rows.follow());
        self.conversation.follow_tail();
    }

    /// Asks for the conversation of what is looked at as text.
    pub fn copy_conversation(&mut self, form: Form) {
        self.conversation.copy(&self.snapshot, self.selection, self.lists.only(), form);
    }

    /// Whether the newest row of the table that is shown stays in sight.
    pub fn follows_tail(&self) -> bool {
        self.tables[self.tab as usize].rows.follows()
    }

    /// Stands where `before` stood, which is the same file before it was read again.
    pub fn come_back(&mut self, before: &Self) {
        self.tab = before.tab;
        let place = |selection| Place::of(&before.snapshot, inspector::subject(selection));
        self.wanted = before.selection.and_then(place);
        self.find.keep(&before.find);
        self.history = before.history.clone();
        for (table, old) in self.tables.iter_mut().zip(&before.tables) {
            table.keep(old);
        }
        self.notes.restore(before.notes.kept());
        self.decoding = before.decoding.clone();
        self.decode();
        self.filter(before.filtering.applied().text());
        self.lists.sorting.like(&before.lists.sorting);
    }

    /// Whether it is still being read.
    pub fn reading(&self) -> bool {
        self.snapshot.state == State::Reading
    }

    /// Stops reading.
    pub fn stop(&self) {
        self.session.stop();
    }

    /// Looks at the newest snapshot and takes what the threads have found.
    pub fn refresh(&mut self) {
        let newest = self.session.snapshot();
        if newest.generation != self.snapshot.generation {
            self.another_pass(&newest);
        } else if !Arc::ptr_eq(&newest, &self.snapshot) {
            self.snapshot = newest;
            self.lists.grown(&self.snapshot);
        }
        self.lists.look_at(self.tab, &self.snapshot);
        self.lists.take();
        self.sort();
        self.notes.look_up(&self.snapshot, self.snapshot.state == State::Reading);
        if !self.begun {
            self.begin();
        }
        self.take_hits();
        self.remember_visit();
        if let Some(selection) = self.selection {
            self.inspector.select(&self.snapshot, selection);
        }
    }

    /// Looks at the first row there is; at packets only where there turns out to be no WebSocket.
    fn begin(&mut self) {
        if let Some(wanted) = self.wanted {
            // While it is being read, a packet may be there and what is in it not yet.
            let there = wanted.find(&self.snapshot).map(inspector::selection);
            let there = there.filter(|there| {
                !self.reading() || Place::of(&self.snapshot, inspector::subject(*there)) == Some(wanted)
            });
            match there {
                Some(there) => self.select(there),
                None if !self.reading() => self.wanted = None,
                None => {}
            }
            return;
        }
        let tabs = [Tab::Messages, Tab::Deliveries, Tab::Frames, Tab::Packets, Tab::Findings];
        let tabs = if self.reading() { &tabs[..1] } else { &tabs[..] };
        if let Some(tab) = tabs.iter().copied().find(|tab| tab.count(&self.snapshot) > 0) {
            self.tab = tab;
            self.select_row(tab, 0);
            if self.capturing() {
                self.follow_tail();
            }
        }
        self.begun |= !self.reading();
    }

    /// Looks at something, and shows its row where it has one.
    pub fn select(&mut self, selection: Selection) {
        self.begun = true;
        self.selection = Some(selection);
        self.finding = None;
        self.inspector.point_at(None);
        self.reveal();
    }

    /// Looks at what a finding is about, and at the bytes that it points at.
    pub fn select_finding(&mut self, row: u32) {
        let Some(selection) = Tab::Findings.selection(&self.snapshot, row) else { return };
        self.select(selection);
        self.finding = Some(row);
        self.inspector.point_at(Some(row));
        self.reveal();
    }

    /// Looks at a row of all rows.
    pub fn select_row(&mut self, tab: Tab, row: u32) {
        match tab {
            Tab::Findings => self.select_finding(row),
            tab => {
                if let Some(selection) = tab.selection(&self.snapshot, row) {
                    self.select(selection);
                }
            }
        }
    }

    /// Looks at something in the table that it is a row of.
    pub fn follow(&mut self, selection: Selection) {
        self.tab = match selection {
            Selection::Message(_) => Tab::Messages,
            Selection::Frame(_) => Tab::Frames,
            Selection::Packet(_) => Tab::Packets,
            Selection::Delivery(_) => Tab::Deliveries,
            Selection::Connection(_) => self.tab,
        };
        let hidden = self
            .tab
            .row_of(&self.snapshot, selection)
            .is_some_and(|row| self.lists.place(self.tab, row).is_none());
        if hidden {
            self.show_all();
        }
        self.select(selection);
    }

    /// Shows other rows.
    pub fn show(&mut self, tab: Tab) {
        self.begun = true;
        self.tab = tab;
        self.take_focus = true;
        self.reveal();
    }

    /// Shows rows of one connection only, or of all.
    pub fn only(&mut self, connection: Option<ConnectionId>) {
        self.lists.show_only(connection, &self.snapshot);
        self.reveal();
    }

    /// Shows all rows, as one that is to be looked at is not among those that are shown.
    pub(super) fn show_all(&mut self) {
        self.filter("");
        self.only(None);
    }

    /// Shows the rows for which a filter holds; whether it was understood.
    pub fn filter(&mut self, text: &str) -> bool {
        self.filtering.write(text);
        let Some(filter) = self.filtering.apply() else { return false };
        self.begun |= self.selection.is_some();
        self.lists.sift(filter, &self.snapshot);
        self.reveal();
        true
    }

    /// The place among the rows shown of what is looked at.
    pub fn place(&self) -> Option<u64> {
        self.place_in(self.tab)
    }

    fn place_in(&self, tab: Tab) -> Option<u64> {
        let chosen = self.finding.filter(|_| tab == Tab::Findings);
        let row = match chosen {
            Some(row) => row,
            None => tab.row_of(&self.snapshot, self.selection?)?,
        };
        self.lists.place(tab, row)
    }

    fn reveal(&mut self) {
        if let Some(place) = self.place() {
            self.tables[self.tab as usize].rows.reveal(place);
        }
    }

    /// Looks at the row at `place` of those that are shown.
    pub fn select_place(&mut self, place: u64) {
        if let Some(row) = self.lists.row(self.tab, place) {
            self.select_row(self.tab, row);
        }
    }
}

/// Names standard input where a path is asked for.
pub const STDIN: &str = "-";

/// The last part of a path, in words.
pub fn name_of(path: &Path) -> String {
    if path == Path::new(STDIN) {
        return "standard input".to_owned();
    }
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
