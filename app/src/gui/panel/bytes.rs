//! The bytes pane: a tab for each layer, the figure of RFC 6455 as the last.

use std::ops::Range;
use std::sync::Arc;

use egui::Ui;
use session::detail::{Detail, TabKind};

use crate::gui::content_worker::Shown;
use crate::gui::copying::Form;
use crate::gui::figure::Figure;
use crate::gui::focus::{Focus, Mark, Pane};
use crate::gui::hex::{Bytes, Did, Hex};
use crate::gui::inspector::{Inspector, Wish};
use crate::gui::panel::quiet;
use crate::gui::tabs::{self, TabLabel};
use crate::gui::theme::Theme;
use crate::gui::{widget, words};

/// What the pane remembers.
#[derive(Default)]
pub struct BytesPane {
    active: Active,
    hex: Hex,
    figure: Figure,
}

/// What is in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Active {
    Tab(usize),
    Figure,
}

impl Default for Active {
    fn default() -> Self {
        Self::Tab(0)
    }
}

impl BytesPane {
    /// Another thing is shown: the figure stays in front, otherwise the layer it is best looked at in.
    pub fn another(&mut self, shown: &Shown) {
        if self.active != Active::Figure || shown.detail.frames.is_empty() {
            self.active = Active::Tab(shown.detail.home);
        }
        self.hex.another();
        self.figure = Figure::default();
    }

    /// Puts a layer in front.
    pub fn front(&mut self, tab: usize) {
        if self.active != Active::Tab(tab) {
            self.active = Active::Tab(tab);
            self.hex.another();
        }
    }

    /// The same thing is shown in another pass over the capture: bytes that are still there stand where they stood.
    pub fn again(&mut self, before: &Shown, shown: &Shown) {
        let Active::Tab(tab) = self.active else { return self.another(shown) };
        match before.detail.tabs.get(tab).and_then(|tab| shown.detail.same_tab(tab)) {
            Some(tab) => self.active = Active::Tab(tab),
            None => self.another(shown),
        }
    }
}

/// Draws the pane.
pub(in crate::gui) fn show(inspector: &mut Inspector, ui: &mut Ui) {
    let Some(shown) = inspector.shown.clone().filter(|shown| !shown.detail.tabs.is_empty()) else {
        quiet(ui, if inspector.pending() { "Reading…" } else { "No bytes: choose a row" });
        return;
    };
    let detail = &shown.detail;
    let (pane, focus) = (&mut inspector.bytes, &mut inspector.focus);
    if focus.reveals(Pane::Bytes) {
        follow(pane, detail, focus);
    }
    let mut wish = bar(pane, detail, focus, ui);
    match pane.active {
        Active::Figure => pane.figure.show(ui, &shown, focus),
        Active::Tab(tab) => {
            let tab = tab.min(detail.tabs.len() - 1);
            let did = bytes(pane, ui, &shown, focus, tab);
            wish = act(ui, detail, focus, tab, did).or(wish);
        }
    }
    inspector.wishes.extend(wish);
}

/// Brings what was chosen into sight: in the active tab if it is there, else in its own.
fn follow(pane: &mut BytesPane, detail: &Detail, focus: &Focus) {
    let Some(mark) = &focus.chosen else { return };
    pane.figure.follow(detail, mark);
    let Active::Tab(tab) = pane.active else { return };
    let (tab, range) = match mark.in_tab(detail, tab) {
        Some(range) => (tab, range),
        None => (mark.tab, mark.range.clone()),
    };
    if pane.active != Active::Tab(tab) {
        pane.hex.another();
        pane.active = Active::Tab(tab);
    }
    pane.hex.reveal(range.start, 0);
}

/// The bar: captured packets share one tab with a stepper, each other layer has its own.
fn bar(pane: &mut BytesPane, detail: &Detail, focus: &Focus, ui: &mut Ui) -> Option<Wish> {
    let mut wish = None;
    let captured: Vec<usize> = captured(detail).collect();
    let mut labels = Vec::new();
    let mut places = Vec::new();
    let marked = |tab: usize| focus.chosen.as_ref().is_some_and(|mark| mark.in_tab(detail, tab).is_some());
    let current = match pane.active {
        Active::Tab(tab) if captured.contains(&tab) => Some(tab),
        _ => captured.iter().copied().find(|tab| marked(*tab)).or_else(|| captured.first().copied()),
    };
    if let Some(current) = current {
        let mut label = TabLabel::new(detail.tabs[current].title.clone());
        label.marked = captured.iter().any(|tab| marked(*tab));
        labels.push(label);
        places.push(Active::Tab(current));
    }
    for (index, tab) in detail.tabs.iter().enumerate() {
        if !matches!(tab.kind, TabKind::Captured(_)) {
            labels.push(TabLabel { marked: marked(index), ..TabLabel::new(tab.title.clone()) });
            places.push(Active::Tab(index));
        }
    }
    if !detail.frames.is_empty() {
        labels.push(TabLabel::new("Figure"));
        places.push(Active::Figure);
    }
    let active = places.iter().position(|place| *place == pane.active).unwrap_or(0);
    let (chosen, mut room) = tabs::bar(ui, "bytes", &labels, active);
    if let Some(chosen) = chosen {
        change(pane, detail, focus, places[chosen]);
    }
    if let Active::Tab(tab) = pane.active {
        let range = focus.chosen.as_ref().and_then(|mark| mark.in_tab(detail, tab));
        let holes = &detail.tabs[tab.min(detail.tabs.len() - 1)].holes;
        if !holes.is_empty() && tabs::word(ui, &mut room, "Next hole", true) {
            let next = holes.iter().find(|hole| hole.start > pane.hex.cursor()).or(holes.first());
            if let Some(hole) = next {
                pane.hex.reveal(hole.start, 0);
            }
        }
        let form = tabs::menu(ui, &mut room, "Copy as…", |ui| widget::forms(ui, false)).flatten();
        wish = form.and_then(|form| chosen_as(detail, tab, range, form));
        if let (Some(at), true) = (captured.iter().position(|it| *it == tab), captured.len() > 1) {
            if tabs::word(ui, &mut room, "Next ›", at + 1 < captured.len()) {
                change(pane, detail, focus, Active::Tab(captured[at + 1]));
            }
            if tabs::word(ui, &mut room, "‹ Previous", at > 0) {
                change(pane, detail, focus, Active::Tab(captured[at - 1]));
            }
            tabs::remark(ui, &mut room, &format!("{} of {} packets", at + 1, captured.len()));
        } else if let Some(shown) = detail.tabs.get(tab) {
            let len = words::count(shown.bytes.len() as u64);
            match shown.cut {
                Some(total) => {
                    tabs::remark(ui, &mut room, &format!("first {len} of {} bytes", words::count(total)))
                }
                None => tabs::remark(ui, &mut room, &format!("{len} bytes")),
            }
        }
    }
    wish
}

fn change(pane: &mut BytesPane, detail: &Detail, focus: &Focus, to: Active) {
    pane.active = to;
    pane.hex.another();
    if let (Active::Tab(tab), Some(mark)) = (to, &focus.chosen)
        && let Some(range) = mark.in_tab(detail, tab)
    {
        pane.hex.reveal(range.start, 0);
    }
}

fn captured(detail: &Detail) -> impl Iterator<Item = usize> {
    let tabs = detail.tabs.iter().enumerate();
    tabs.filter(|(_, tab)| matches!(tab.kind, TabKind::Captured(_))).map(|(index, _)| index)
}

fn bytes(pane: &mut BytesPane, ui: &mut Ui, shown: &Arc<Shown>, focus: &Focus, tab: usize) -> Vec<Did> {
    let (theme, detail) = (Theme::of(ui), &shown.detail);
    let place = |mark: Option<&Mark>| mark.and_then(|mark| mark.in_tab(detail, tab));
    let shown_tab = &detail.tabs[tab];
    let view = Bytes {
        tab: shown_tab,
        range: 0..shown_tab.bytes.len(),
        from: 0,
        color: &|byte| shown.paints.at(tab, byte).map(|paint| paint.color(theme)),
        chosen: place(focus.chosen.as_ref()),
        pointed: place(focus.pointed(ui.ctx())),
    };
    pane.hex.show(ui, &shown_tab.title, &view)
}

/// What was done to the bytes of a tab, told to the focus.
pub(super) fn act(ui: &Ui, detail: &Detail, focus: &mut Focus, tab: usize, did: Vec<Did>) -> Option<Wish> {
    let mut wish = None;
    for did in did {
        match did {
            Did::Point(byte) => focus.point(ui.ctx(), Mark::byte(detail, tab, byte)),
            Did::Choose(byte) => focus.choose(Mark::byte(detail, tab, byte), Some(Pane::Bytes)),
            Did::Sweep(range) => {
                let path = detail.at(tab, range.start);
                let whole = path.filter(|_| range.len() == 1);
                focus.choose(Mark { tab, range, path: whole }, Some(Pane::Bytes));
            }
            Did::Copy | Did::CopyAs(_) => {
                let form = if let Did::CopyAs(form) = did { form } else { Form::Hex };
                let range = focus.chosen.as_ref().and_then(|it| it.in_tab(detail, tab));
                wish = chosen_as(detail, tab, range, form);
            }
        }
    }
    wish
}

/// The wish to copy the chosen bytes, or all where none is chosen.
fn chosen_as(detail: &Detail, tab: usize, range: Option<Range<usize>>, form: Form) -> Option<Wish> {
    let bytes = &detail.tabs.get(tab)?.bytes;
    let range = range.filter(|range| range.end <= bytes.len()).unwrap_or(0..bytes.len());
    Some(Wish::Copy(form, Arc::clone(bytes), range))
}
