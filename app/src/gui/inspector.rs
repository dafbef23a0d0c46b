//! What is known of the selection, shared by the three panes that look into it.
//!
//! Asks the content thread, keeps what it answered, and passes on what the panes wish of the window. The panes
//! themselves are in `panel`.

mod lines;

use std::ops::Range;
use std::sync::Arc;

use egui::Ui;
use session::Snapshot;
use session::decoding::Pin;
use session::detail::{Detail, Subject, TabKind};
use session::filter::tree::{Join, of_line};
use session::find::Spot;

use self::lines::Lines;
use super::content_worker::{Shown, Worker};
use super::copying::Form;
use super::focus::{Focus, Mark, Pane};
use super::panel::bytes::BytesPane;
use super::panel::payload::PayloadPane;
use super::panel::{bytes, detail, payload};
use super::state::Selection;
use super::tree::Tree;

/// What a pane wishes of the window around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To select something else.
    Go(Selection),
    /// To put a condition to the display filter.
    Filter(Join, String),
    /// To copy one.
    CopyFilter(String),
    /// To ask for a key log.
    AddKeys,
    /// To copy these bytes of a layer in this form.
    Copy(Form, Arc<[u8]>, Range<usize>),
    /// To copy what the selected row says in this form.
    CopySaid(Form),
    /// To choose what reads messages.
    DecodeAs,
}

/// What is to be chosen of a thing once it is shown.
enum Aim {
    /// The bytes that a finding points at, by its place among all.
    Finding(u32),
    /// What was found by a search.
    Spot(Spot),
}

/// Looks into the selection.
pub struct Inspector {
    worker: Worker,
    snapshot: Option<Arc<Snapshot>>,
    selection: Option<Selection>,
    /// The selection is looked at again when more has been read: until then it may not be complete.
    asked_at: u32,
    /// Whether what was shown in the pass before is the same thing as the selection.
    carried: bool,
    /// What is to be chosen once it is there.
    pointed_at: Option<Aim>,
    pub(super) shown: Option<Arc<Shown>>,
    pub(super) focus: Focus,
    pub(super) tree: Tree,
    pub(super) bytes: BytesPane,
    pub(super) payload: PayloadPane,
    pub(super) wishes: Vec<Wish>,
    lines: Lines,
    pins: Arc<[Pin]>,
}

impl Inspector {
    /// Looks at nothing yet. `wake` is called from another thread when there is something new to draw.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            worker: Worker::new(wake),
            snapshot: None,
            selection: None,
            asked_at: 0,
            carried: false,
            pointed_at: None,
            shown: None,
            focus: Focus::default(),
            tree: Tree::default(),
            bytes: BytesPane::default(),
            payload: PayloadPane::default(),
            wishes: Vec::new(),
            lines: Lines::default(),
            pins: Arc::from([]),
        }
    }

    /// Looks at a selection. Called in every pass with the newest snapshot; asks only where something changed.
    pub fn select(&mut self, snapshot: &Arc<Snapshot>, selection: Selection) {
        self.meet(snapshot);
        // Before anything is picked up: what is shown of another thing has no bytes that a finding points at.
        let before = self.selection.replace(selection);
        let other = before != Some(selection);
        self.carried &= before.is_none() || !other;
        self.pick_up();
        let grown = snapshot.packet_count() != self.asked_at && self.unfinished(selection);
        if other || grown {
            self.asked_at = snapshot.packet_count();
            self.worker.select(snapshot, subject(selection));
        }
    }

    /// Chooses the bytes that a finding points at, as soon as what it is about is shown.
    pub fn point_at(&mut self, finding: Option<u32>) {
        self.pointed_at = finding.map(Aim::Finding);
    }

    /// Chooses what was found in the selection, as soon as it is shown.
    pub fn aim(&mut self, spot: Spot) {
        self.pointed_at = Some(Aim::Spot(spot));
    }

    fn land(&mut self) {
        if self.pointed_at.is_none() || self.pending() {
            return;
        }
        let (Some(aim), Some(shown)) = (self.pointed_at.take(), self.shown.clone()) else { return };
        let detail = &shown.detail;
        let mark = match &aim {
            Aim::Finding(place) => detail.finding(*place).and_then(|path| Mark::line(detail, &path)),
            Aim::Spot(Spot::Line(path)) => {
                self.tree.go_to(path);
                self.focus.look(Pane::Tree);
                Mark::line(detail, path)
            }
            Aim::Spot(spot) => found(detail, spot),
        };
        if let Some(mark) = mark {
            if matches!(aim, Aim::Spot(Spot::Content(..))) {
                self.bytes.front(mark.tab);
                self.payload.as_sent(&shown);
            }
            self.focus.choose(mark, None);
        }
    }

    /// Looks at nothing.
    pub fn clear(&mut self) {
        self.selection = None;
        self.shown = None;
        self.focus.clear();
    }

    /// What panes wished since the last call.
    pub fn wishes(&mut self) -> Vec<Wish> {
        let mut wishes = std::mem::take(&mut self.wishes);
        if self.of_another_pass() {
            // What lines of another pass lead to is something else in this one.
            wishes.retain(|wish| !matches!(wish, Wish::Go(_)));
        }
        wishes
    }

    /// Whether what is shown was found in another pass over the capture.
    fn of_another_pass(&self) -> bool {
        let (Some(shown), Some(snapshot)) = (&self.shown, &self.snapshot) else { return false };
        shown.generation != snapshot.generation
    }

    /// The tree of fields.
    pub fn detail_ui(&mut self, ui: &mut Ui) {
        self.pick_up();
        detail::show(self, ui);
    }

    /// The bytes, a tab for each layer.
    pub fn bytes_ui(&mut self, ui: &mut Ui) {
        self.pick_up();
        bytes::show(self, ui);
    }

    /// What it says.
    pub fn payload_ui(&mut self, ui: &mut Ui) {
        self.pick_up();
        payload::show(self, ui);
    }

    /// Whether what is shown is not yet what is selected.
    pub(super) fn pending(&self) -> bool {
        let Some(selection) = self.selection else { return false };
        self.of_another_pass()
            || self.shown.as_ref().is_none_or(|shown| shown.detail.subject != subject(selection))
    }

    /// What a line of the tree of a selection says, once that is shown.
    pub fn line(&self, selection: Selection, path: &[usize]) -> Option<String> {
        let node = self.shown_of(selection)?.detail.node(path)?;
        Some(format!("{} {}", node.label, node.value).trim_end().to_owned())
    }

    /// The bytes that are chosen, and the layer they are of; for tests, which see no colors.
    pub fn chosen(&self) -> Option<(TabKind, &[u8])> {
        let mark = self.focus.chosen.as_ref()?;
        let tab = self.shown.as_ref()?.detail.tabs.get(mark.tab)?;
        Some((tab.kind, tab.bytes.get(mark.range.clone())?))
    }

    /// What is shown, where it is this selection already.
    pub(super) fn shown_of(&self, selection: Selection) -> Option<&Shown> {
        self.shown.as_deref().filter(|shown| shown.detail.subject == subject(selection))
    }

    /// A display filter for what is like the line that is chosen in the tree.
    pub(super) fn condition(&self) -> Option<String> {
        let path = self.focus.chosen.as_ref()?.path.as_ref()?;
        of_line(&self.shown.as_ref()?.detail, path)
    }

    pub(super) fn wish(&mut self, wish: Wish) {
        self.wishes.push(wish);
    }

    fn meet(&mut self, snapshot: &Arc<Snapshot>) {
        let known = self.snapshot.replace(Arc::clone(snapshot));
        let Some(known) = known.filter(|known| !known.of_same_pass(snapshot)) else { return };
        self.worker.start_over();
        self.lines = Lines::default();
        if known.of_same_capture(snapshot) {
            // It stays in sight until it was looked at again.
            (self.selection, self.carried, self.pointed_at) = (None, true, None);
        } else {
            self.clear();
        }
    }

    fn unfinished(&self, selection: Selection) -> bool {
        let Some(snapshot) = &self.snapshot else { return false };
        match selection {
            Selection::Message(id) => snapshot.message(id).is_none_or(|message| message.outcome.is_none()),
            Selection::Connection(id) => snapshot.connection(id).is_none_or(|it| it.response.is_none()),
            Selection::Packet(_) => self.shown.as_ref().is_some_and(|shown| shown.detail.frames.is_empty()),
            Selection::Frame(_) | Selection::Delivery(_) => false,
        }
    }

    fn pick_up(&mut self) {
        let (shown, answers, dropped) = self.worker.done();
        if let Some(shown) = shown {
            let known = self.shown.replace(Arc::clone(&shown));
            let of_pass = known.as_ref().is_some_and(|known| known.generation == shown.generation);
            match known {
                Some(known) if of_pass && known.detail.subject == shown.detail.subject => {
                    // Read otherwise, its lines are others.
                    let name = |shown: &Shown| shown.spoken.as_ref().map(|spoken| spoken.decoder.name);
                    if name(&known) != name(&shown) {
                        self.focus.clear();
                        self.tree.another();
                        self.payload.another(&shown);
                    }
                }
                Some(known) if !of_pass && std::mem::take(&mut self.carried) => {
                    self.focus.carry(&known.detail, &shown.detail);
                    self.tree.another();
                    self.bytes.again(&known, &shown);
                    self.payload.another(&shown);
                }
                _ => {
                    self.focus.clear();
                    self.tree.another();
                    self.bytes.another(&shown);
                    self.payload.another(&shown);
                }
            }
        }
        self.land();
        self.lines.take(answers, dropped);
    }
}

/// Bytes of what a thing says, where they are shown.
fn found(detail: &Detail, spot: &Spot) -> Option<Mark> {
    let Spot::Content(from, to) = *spot else { return None };
    let (tab, at) = detail.said_at()?;
    let range = at + from..at + to;
    let there = detail.tabs.get(tab).is_some_and(|tab| range.end <= tab.bytes.len());
    there.then(|| Mark { tab, path: detail.at(tab, range.start), range })
}

/// What is asked of a selection.
pub(super) const fn subject(selection: Selection) -> Subject {
    match selection {
        Selection::Packet(id) => Subject::Packet(id),
        Selection::Frame(id) => Subject::Frame(id),
        Selection::Message(id) => Subject::Message(id),
        Selection::Delivery(id) => Subject::Delivery(id),
        Selection::Connection(id) => Subject::Connection(id),
    }
}

/// The selection that a line of the tree leads to.
pub(super) const fn selection(subject: Subject) -> Selection {
    match subject {
        Subject::Packet(id) => Selection::Packet(id),
        Subject::Frame(id) => Selection::Frame(id),
        Subject::Message(id) => Selection::Message(id),
        Subject::Delivery(id) => Selection::Delivery(id),
        Subject::Connection(id) => Selection::Connection(id),
    }
}
