//! What the user points at and what was chosen: the one thing that tree, bytes and payload share.

use std::ops::Range;

use egui::Context;
use session::detail::Detail;

/// Bytes of a tab, with the line of the tree that they are, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The tab.
    pub tab: usize,
    /// Its bytes.
    pub range: Range<usize>,
    /// The line of the tree.
    pub path: Option<Vec<usize>>,
}

/// What is pointed at and what is chosen.
#[derive(Clone, Debug, Default)]
pub struct Focus {
    /// What was clicked, or reached with the keys.
    pub chosen: Option<Mark>,
    pointed: Option<(Mark, u64)>,
    /// Whether `chosen` has changed and panes should bring it into sight; one bit a pane.
    reveal: u8,
}

/// A pane that follows the choice.
#[derive(Clone, Copy, Debug)]
pub enum Pane {
    /// The tree.
    Tree,
    /// The bytes.
    Bytes,
    /// The payload.
    Payload,
}

impl Focus {
    /// Forgets everything: another thing is shown.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The same thing is shown in another pass over the capture: bytes of a packet are still the same ones.
    pub fn carry(&mut self, from: &Detail, to: &Detail) {
        let mark = self.chosen.take().and_then(|mark| {
            let tab = to.same_tab(from.tabs.get(mark.tab)?)?;
            let path = mark.path.and_then(|_| to.at(tab, mark.range.start));
            Some(Mark { tab, range: mark.range, path })
        });
        *self = Self { chosen: mark, ..Self::default() };
    }

    /// Chooses; panes other than `from` bring it into sight.
    pub fn choose(&mut self, mark: Mark, from: Option<Pane>) {
        self.chosen = Some(mark);
        self.reveal = 0b111 & !from.map_or(0, |pane| 1 << pane as u8);
    }

    /// Nothing is chosen that has bytes; this pane brings into sight where it stands.
    pub fn look(&mut self, pane: Pane) {
        self.chosen = None;
        self.reveal = 1 << pane as u8;
    }

    /// Whether this pane should bring the choice into sight, asked once.
    pub fn reveals(&mut self, pane: Pane) -> bool {
        let bit = 1 << pane as u8;
        let asked = self.reveal & bit != 0;
        self.reveal &= !bit;
        asked
    }

    /// Points at something, until the next pass at least.
    pub fn point(&mut self, ctx: &Context, mark: Mark) {
        if self.pointed.as_ref().is_none_or(|(known, _)| *known != mark) {
            ctx.request_repaint();
        }
        self.pointed = Some((mark, ctx.cumulative_pass_nr()));
    }

    /// What is pointed at now.
    pub fn pointed(&self, ctx: &Context) -> Option<&Mark> {
        let (mark, pass) = self.pointed.as_ref()?;
        (pass + 1 >= ctx.cumulative_pass_nr()).then_some(mark)
    }
}

impl Mark {
    /// A byte of a tab with the field that it belongs to: the whole field where it has one.
    pub fn byte(detail: &Detail, tab: usize, byte: usize) -> Self {
        let path = detail.at(tab, byte);
        let range = path.as_deref().and_then(|path| Self::field_range(detail, path, tab));
        Self { tab, range: range.unwrap_or(byte..byte + 1), path }
    }

    /// A line of the tree; nothing where it stands nowhere.
    pub fn line(detail: &Detail, path: &[usize]) -> Option<Self> {
        let place = detail.node(path)?.place?;
        Some(Self { tab: place.tab, range: place.touched(), path: Some(path.to_vec()) })
    }

    /// Where it lies in another tab.
    pub fn in_tab(&self, detail: &Detail, tab: usize) -> Option<Range<usize>> {
        detail.map(self.tab, self.range.clone(), tab)
    }

    fn field_range(detail: &Detail, path: &[usize], tab: usize) -> Option<Range<usize>> {
        let place = detail.node(path)?.place?;
        detail.map(place.tab, place.touched(), tab)
    }
}
