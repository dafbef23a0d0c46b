//! The payload pane: what is said, as its protocol says it, as text, as a tree of JSON, as bytes; a Close, a handshake
//! and an ending as cards.

use std::ops::Range;
use std::sync::Arc;

use egui::{Rect, Response, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, vec2};
use session::detail::{Detail, PayloadKind};

use crate::gui::content_worker::Shown;
use crate::gui::focus::{Focus, Mark, Pane};
use crate::gui::hex::{Bytes, Hex};
use crate::gui::inspector::{Inspector, Wish};
use crate::gui::json::{self, JsonTree};
use crate::gui::panel::{bytes, decoded, detail, quiet};
use crate::gui::tabs::{self, TabLabel};
use crate::gui::text_view::{self, TextView};
use crate::gui::theme::{GRID, HEADER, Level, ROW, Theme};
use crate::gui::tree::Tree;
use crate::gui::views::View;
use crate::gui::{close_card, ending_card, handshake_card, security_card};
use crate::gui::{fonts, icon, widget, words};

/// What the pane remembers.
#[derive(Default)]
pub struct PayloadPane {
    view: Option<View>,
    /// The view that the user chose for this kind of payload; it holds for the next one too.
    wanted: Option<(Option<View>, View)>,
    indented: bool,
    decoded: Tree,
    text: TextView,
    json: JsonTree,
    hex: Hex,
}

impl PayloadPane {
    /// Shows every byte where it stands: the text as it was sent, or hex where it is no text.
    pub fn as_sent(&mut self, shown: &Shown) {
        self.indented = false;
        let view = if shown.views.exact { View::Text } else { View::Hex };
        if self.view != Some(View::Hex) && offered(shown).contains(&view) {
            self.view = Some(view);
        }
    }

    /// Another thing is shown.
    pub fn another(&mut self, shown: &Shown) {
        let first = shown.views.first;
        let kept = self.wanted.filter(|(of, view)| *of == first && offered(shown).contains(view));
        self.view = kept.map(|(_, view)| view).or(first);
        self.indented = shown.views.pretty.is_some();
        self.decoded.another();
        self.text.another();
        self.json.another();
        self.hex.another();
    }
}

/// The views that a payload has.
fn offered(shown: &Shown) -> Vec<View> {
    let security = shown.cards.as_ref().and_then(|cards| cards.security.as_ref());
    let sealed = security.is_some_and(|security| security.sealed);
    let views = [
        (View::Handshake, shown.cards.is_some() && shown.detail.payload.kind == PayloadKind::Head),
        (View::Ending, shown.cards.is_some() && !sealed),
        (View::Security, security.is_some()),
        (View::Close, shown.detail.payload.kind == PayloadKind::Close),
        (View::Decoded, shown.spoken.is_some()),
        (View::Text, shown.detail.payload.kind != PayloadKind::Nothing),
        (View::Json, shown.views.json.is_some()),
        (View::Hex, shown.detail.payload.kind != PayloadKind::Nothing),
    ];
    views.into_iter().filter(|(_, there)| *there).map(|(view, _)| view).collect()
}

const fn name(view: View) -> &'static str {
    match view {
        View::Decoded => "Decoded",
        View::Text => "Text",
        View::Json => "JSON",
        View::Hex => "Hex",
        View::Close => "Close",
        View::Handshake => "Handshake",
        View::Ending => "Ending",
        View::Security => "Security",
    }
}

/// Draws the pane.
pub(in crate::gui) fn show(inspector: &mut Inspector, ui: &mut Ui) {
    let Some(shown) = inspector.shown.clone() else {
        quiet(ui, if inspector.pending() { "Reading…" } else { "Nothing selected: choose a row" });
        return;
    };
    let (pane, focus) = (&mut inspector.payload, &mut inspector.focus);
    let payload = &shown.detail.payload;
    let Some(view) = pane.view else {
        quiet(ui, "No WebSocket payload here: choose a message or a frame");
        return;
    };
    let view = bar(pane, ui, &shown, view, &mut inspector.wishes);
    if let Some(cards) = &shown.cards {
        match view {
            View::Handshake => return handshake_card::show(ui, &shown.detail, cards, focus),
            View::Ending => {
                let wish = ending_card::show(ui, &shown.detail, &cards.ending, focus);
                return inspector.wishes.extend(wish);
            }
            View::Security => {
                let wish = cards.security.as_ref().and_then(|security| security_card::show(ui, security));
                return inspector.wishes.extend(wish);
            }
            _ => {}
        }
    }
    if let Some(why) = &payload.why {
        band(ui, Level::Warn, &why.says());
    }
    let Some((tab, range)) = payload.place.clone().filter(|(_, range)| !range.is_empty()) else {
        let empty = match payload.kind {
            _ if payload.why.is_some() => "Nothing of it can be shown",
            PayloadKind::Close => return close_card::show(ui, &shown.detail, &shown.views.text),
            _ => "Empty payload",
        };
        quiet(ui, empty);
        return;
    };
    match view {
        View::Close => close_card::show(ui, &shown.detail, &shown.views.text),
        View::Decoded => {
            let Some(spoken) = &shown.spoken else { return };
            let all = ui.available_rect_before_wrap();
            let (above, below) = halves(all);
            let builder = UiBuilder::new().id_salt("decoded").max_rect(above);
            let done =
                ui.scope_builder(builder, |ui| decoded::show(&mut pane.decoded, ui, &shown, spoken, focus));
            if let Some(below) = below {
                ui.painter().hline(below.x_range(), below.top() + 0.5, Stroke::new(1.0, Theme::of(ui).line));
                let builder =
                    UiBuilder::new().id_salt("its bytes").max_rect(below.with_min_y(below.top() + GRID));
                let wish = ui.scope_builder(builder, |ui| hex(pane, ui, &shown.detail, focus, tab, range));
                inspector.wishes.extend(wish.inner);
            }
            ui.advance_cursor_after_rect(all);
            for did in done.inner {
                match did {
                    decoded::Did::Asked(asked) => detail::answer(inspector, ui, &shown.detail, asked),
                    decoded::Did::Filter(join, condition) => inspector.wish(Wish::Filter(join, condition)),
                    decoded::Did::CopyFilter(condition) => inspector.wish(Wish::CopyFilter(condition)),
                    decoded::Did::DecodeAs => inspector.wish(Wish::DecodeAs),
                }
            }
        }
        View::Text => text(pane, ui, &shown, focus, tab, range),
        View::Json => tree(pane, ui, &shown, focus, tab, range),
        View::Handshake | View::Ending | View::Security => {}
        View::Hex => inspector.wishes.extend(hex(pane, ui, &shown.detail, focus, tab, range)),
    }
}

fn bar(pane: &mut PayloadPane, ui: &mut Ui, shown: &Shown, view: View, wishes: &mut Vec<Wish>) -> View {
    let offered = offered(shown);
    let labels: Vec<TabLabel> = offered.iter().map(|view| TabLabel::new(name(*view))).collect();
    let active = offered.iter().position(|it| *it == view).unwrap_or(0);
    let (chosen, mut room) = tabs::bar(ui, "payload", &labels, active);
    if let Some(view) = chosen.and_then(|chosen| offered.get(chosen).copied()) {
        pane.view = Some(view);
        pane.wanted = Some((shown.views.first, view));
    }
    let view = pane.view.unwrap_or(view);
    if shown.detail.payload.kind == PayloadKind::Nothing {
        return view;
    }
    let form = tabs::menu(ui, &mut room, "Copy as…", |ui| widget::forms(ui, true)).flatten();
    wishes.extend(form.map(Wish::CopySaid));
    if tabs::word(ui, &mut room, "Copy", true) {
        let payload = shown.detail.payload_bytes();
        let text = if view == View::Hex { hex::encode(payload) } else { current(pane, shown).to_string() };
        ui.ctx().copy_text(text);
    }
    if view == View::Text
        && shown.views.pretty.is_some()
        && tabs::word(ui, &mut room, if pane.indented { "As sent" } else { "Indented" }, true)
    {
        pane.indented = !pane.indented;
    }
    let bytes = shown.detail.payload_bytes().len() as u64;
    let cut = shown.detail.payload.place.as_ref().and_then(|(tab, _)| shown.detail.tabs.get(*tab)?.cut);
    match cut {
        Some(total) => {
            let text = format!("first {} of {}", words::size(bytes), words::size(total));
            tabs::remark(ui, &mut room, &text);
        }
        None => tabs::remark(ui, &mut room, &words::counted(bytes, "byte", "bytes")),
    }
    view
}

fn current<'a>(pane: &PayloadPane, shown: &'a Shown) -> &'a Arc<str> {
    shown.views.pretty.as_ref().filter(|_| pane.indented).unwrap_or(&shown.views.text)
}

/// Where what a message says is shown, and its bytes below, where there is room for both.
fn halves(all: Rect) -> (Rect, Option<Rect>) {
    const BYTES: f32 = ROW * 4.0 + GRID;
    if all.height() < BYTES * 2.2 {
        return (all, None);
    }
    let edge = all.bottom() - BYTES.max((all.height() * 0.3 / GRID).round() * GRID);
    (all.with_max_y(edge), Some(all.with_min_y(edge)))
}

/// What is to be said of the payload, in a line above it.
pub(super) fn band(ui: &mut Ui, level: Level, text: &str) -> Response {
    let theme = Theme::of(ui);
    let all = ui.available_rect_before_wrap();
    let rect = Rect::from_min_size(all.min, vec2(all.width(), HEADER));
    let response = ui.interact(rect, ui.scope_id().with(("band", rect.top() as i32)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let ground = match level {
        Level::Error => theme.error_weak,
        Level::Warn => theme.warn_weak,
        Level::Note => theme.header,
    };
    painter.rect_filled(rect, 0.0, ground);
    icon::level(&painter, theme, level, rect.left_center() + vec2(16.0, 0.0), 5.0);
    let room = rect.with_min_x(rect.left() + 20.0);
    crate::gui::table::text(&painter, room, text, fonts::small(), theme.text, false);
    ui.advance_cursor_after_rect(rect);
    response
}

fn text(
    pane: &mut PayloadPane,
    ui: &mut Ui,
    shown: &Shown,
    focus: &mut Focus,
    tab: usize,
    range: Range<usize>,
) {
    let detail = &shown.detail;
    let text = Arc::clone(current(pane, shown));
    let exact = shown.views.exact && Arc::ptr_eq(&text, &shown.views.text);
    let inside = |mark: Option<&Mark>| inside(mark, detail, tab, &range).filter(|_| exact);
    let (chosen, pointed) = (inside(focus.chosen.as_ref()), inside(focus.pointed(ui.ctx())));
    if let Some(chosen) = chosen.as_ref().filter(|_| focus.reveals(Pane::Payload)) {
        pane.text.reveal(chosen.start);
    }
    let did = pane.text.show(ui, &text, chosen.as_ref(), pointed.as_ref());
    if !exact {
        return;
    }
    match did {
        Some(text_view::Did::Point(at)) => {
            let end = at + text[at..].chars().next().map_or(1, char::len_utf8);
            point(ui, detail, focus, tab, &range, at..end);
        }
        Some(text_view::Did::Choose(part)) => choose(detail, focus, tab, &range, part),
        None => {}
    }
}

fn tree(
    pane: &mut PayloadPane,
    ui: &mut Ui,
    shown: &Shown,
    focus: &mut Focus,
    tab: usize,
    range: Range<usize>,
) {
    let detail = &shown.detail;
    let Some(document) = &shown.views.json else { return };
    if document.cut {
        band(ui, Level::Warn, "Only the first million values are listed; the text has all of them");
    }
    let lit = inside(focus.pointed(ui.ctx()), detail, tab, &range).filter(|lit| lit.len() < range.len());
    match pane.json.show(ui, document, lit.as_ref()) {
        Some(json::Did::Point(part)) => point(ui, detail, focus, tab, &range, part),
        Some(json::Did::Choose(part)) => choose(detail, focus, tab, &range, part),
        None => {}
    }
}

fn hex(
    pane: &mut PayloadPane,
    ui: &mut Ui,
    detail: &Detail,
    focus: &mut Focus,
    tab: usize,
    range: Range<usize>,
) -> Option<Wish> {
    let within = |mark: Option<&Mark>| mark.and_then(|mark| mark.in_tab(detail, tab));
    if focus.reveals(Pane::Payload)
        && let Some(chosen) = within(focus.chosen.as_ref())
    {
        pane.hex.reveal(chosen.start, range.start);
    }
    let view = Bytes {
        tab: &detail.tabs[tab],
        from: range.start,
        range,
        color: &|_| None,
        chosen: within(focus.chosen.as_ref()),
        pointed: within(focus.pointed(ui.ctx())),
    };
    let did = pane.hex.show(ui, "Payload bytes", &view);
    bytes::act(ui, detail, focus, tab, did)
}

/// Where a mark lies in the payload, counted from its first byte.
fn inside(mark: Option<&Mark>, detail: &Detail, tab: usize, range: &Range<usize>) -> Option<Range<usize>> {
    let there = mark?.in_tab(detail, tab)?;
    let (start, end) = (there.start.max(range.start), there.end.min(range.end));
    (start < end).then(|| start - range.start..end - range.start)
}

fn point(ui: &Ui, detail: &Detail, focus: &mut Focus, tab: usize, range: &Range<usize>, part: Range<usize>) {
    let part = range.start + part.start..range.start + part.end;
    let path = detail.at(tab, part.start);
    focus.point(ui.ctx(), Mark { tab, range: part, path });
}

fn choose(detail: &Detail, focus: &mut Focus, tab: usize, range: &Range<usize>, part: Range<usize>) {
    let range = range.start + part.start..range.start + part.end;
    let path = detail.at(tab, range.start);
    focus.choose(Mark { tab, range, path }, Some(Pane::Payload));
}
