//! The conversation: one connection as a chat or as a sequence diagram, following what is looked at.
//!
//! Holds which connection is shown, what is known of it, and where the pane stands. The thread behind it is in
//! `worker`, the looks of it in `chat` and `sequence`.

pub mod chat;
pub mod ink;
pub mod marks;
pub mod reel;
pub mod said;
pub mod sequence;
pub mod stage;
pub mod worker;

use std::collections::HashMap;
use std::sync::Arc;

use session::Snapshot;
use session::conversation::{Form, Item, Items, Look, frame_at};
use session::dissector::ids::ConnectionId;

use self::reel::Reel;
use self::worker::{Answer, Worker};
use super::state::Selection;

/// How a conversation is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// Bubbles, the client's to the left.
    #[default]
    Chat,
    /// Two lifelines with arrows between them.
    Sequence,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Chat, Self::Sequence];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "Chat",
            Self::Sequence => "Sequence",
        }
    }
}

/// The conversation of an open capture.
pub struct Conversation {
    /// How it is shown.
    pub way: Way,
    /// Whether it takes the keyboard when it is drawn next.
    pub take_focus: bool,
    /// Where each way of showing it stands.
    pub(super) reels: [Reel; 2],
    pub(super) items: Items,
    pub(super) looks: HashMap<u32, Look>,
    worker: Worker,
    shown: Option<(Arc<Snapshot>, ConnectionId)>,
    /// The selection that was looked for, and whether its place was found.
    followed: Option<Selection>,
    found: bool,
    /// Of a connection that is selected: whether its ending was meant.
    ending: bool,
    /// The newest rows are followed from the beginning.
    follows: bool,
    copied: Option<(Form, String)>,
}

/// Looks that are kept around what is in sight.
const KEPT: u32 = 2048;

impl Conversation {
    /// One that shows nothing yet; `wake` is called from another thread when there is something new.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            way: Way::Chat,
            take_focus: false,
            reels: [Reel::default(), Reel::default()],
            items: Items::default(),
            looks: HashMap::new(),
            worker: Worker::new(wake),
            shown: None,
            followed: None,
            found: true,
            ending: false,
            follows: false,
            copied: None,
        }
    }

    /// Shows it this way, and takes the keyboard.
    pub const fn show(&mut self, way: Way) {
        (self.way, self.take_focus) = (way, true);
        // The other way may stand elsewhere.
        self.found = false;
    }

    /// Keeps the newest item in sight.
    pub fn follow_tail(&mut self) {
        self.follows = true;
        self.reels.iter_mut().for_each(Reel::follow);
    }

    /// No more items come.
    pub fn rest_here(&mut self) {
        self.follows = false;
        self.reels.iter_mut().for_each(Reel::rest_here);
    }

    /// The connection that is shown.
    pub fn connection(&self) -> Option<ConnectionId> {
        self.shown.as_ref().map(|(_, id)| *id)
    }

    /// Looks at the connection of what is selected, or at the only one that is shown.
    pub fn look(
        &mut self,
        snapshot: &Arc<Snapshot>,
        selection: Option<Selection>,
        only: Option<ConnectionId>,
    ) {
        let alone = || (snapshot.connections().len() == 1).then(|| ConnectionId::new(0));
        let connection = selection
            .and_then(|selection| connection_of(snapshot, selection))
            .or(only)
            .or_else(alone)
            .filter(|id| snapshot.connection(*id).is_some());
        match (&self.shown, connection) {
            (Some((known, shown)), Some(id)) if *shown == id && known.of_same_pass(snapshot) => {
                if !Arc::ptr_eq(known, snapshot) {
                    self.worker.grown(snapshot);
                    self.shown = Some((Arc::clone(snapshot), id));
                }
            }
            (_, Some(id)) => {
                self.worker.another(snapshot, id);
                self.items = Items::default();
                self.looks.clear();
                self.reels = [Reel::default(), Reel::default()];
                if self.follows {
                    self.follow_tail();
                }
                self.shown = Some((Arc::clone(snapshot), id));
                self.found = false;
            }
            (_, None) => self.shown = None,
        }
        if self.followed != selection {
            (self.followed, self.found) = (selection, false);
        }
        self.take();
        if !self.found
            && let Some(place) = self.place(snapshot)
        {
            self.found = true;
            self.reels[self.way as usize].reveal(place);
        }
    }

    /// The place of what is selected.
    pub fn place(&self, snapshot: &Snapshot) -> Option<u32> {
        let of_frame = |frame| self.items.place_of_frame(snapshot, frame);
        match self.followed? {
            Selection::Message(id) => of_frame(snapshot.message(id)?.first),
            Selection::Frame(id) => of_frame(id),
            Selection::Packet(id) => frame_at(snapshot, id).and_then(of_frame),
            Selection::Delivery(_) => None,
            Selection::Connection(_) if self.ending => Some(self.items.last()),
            Selection::Connection(_) => Some(0),
        }
    }

    /// What is selected by choosing a place.
    pub fn choose(&mut self, snapshot: &Snapshot, place: u32) -> Option<Selection> {
        let item = self.items.item(snapshot, place)?;
        self.ending = item == Item::Ending;
        Some(match item {
            Item::Message(id) => Selection::Message(id),
            Item::Frame(id) => Selection::Frame(id),
            Item::Opening | Item::Ending => Selection::Connection(self.connection()?),
        })
    }

    /// Says what is in sight, so that it is read.
    pub fn see(&mut self, first: u32, last: u32) {
        // A little more on both sides, in steps, so that it is not asked for anew with every item.
        let places = (first / 16 * 16).saturating_sub(16)..(last / 16 + 2) * 16;
        if self.looks.len() as u32 > KEPT {
            self.looks.retain(|place, _| place.abs_diff(first) < KEPT / 4);
        }
        self.worker.see(places);
    }

    /// Asks for the conversation as text.
    pub fn copy(
        &mut self,
        snapshot: &Arc<Snapshot>,
        selection: Option<Selection>,
        only: Option<ConnectionId>,
        form: Form,
    ) {
        self.look(snapshot, selection, only);
        self.worker.copy(form);
    }

    /// The text that was asked for, once it is there.
    pub fn copied(&mut self) -> Option<(Form, String)> {
        self.take();
        self.copied.take()
    }

    fn take(&mut self) {
        for answer in self.worker.done() {
            match answer {
                Answer::Items(items) => {
                    // The ending moves on as items come.
                    self.looks.remove(&self.items.last());
                    self.items = items;
                }
                Answer::Looks(looks) => self.looks.extend(looks),
                Answer::Copy(form, text) => self.copied = Some((form, text)),
            }
        }
    }
}

fn connection_of(snapshot: &Snapshot, selection: Selection) -> Option<ConnectionId> {
    match selection {
        Selection::Connection(id) => Some(id),
        Selection::Message(id) => snapshot.message(id).map(|message| message.connection),
        Selection::Frame(id) => snapshot.frame(id).map(|frame| frame.connection),
        Selection::Packet(id) => snapshot.frame(frame_at(snapshot, id)?).map(|frame| frame.connection),
        Selection::Delivery(_) => None,
    }
}
