//! Items of different heights without end: laid out around one of them, in both directions, as far as one can see.
//!
//! One item, the anchor, has a place on the screen; nothing is summed up over the others, and the scroll bar goes
//! by numbers. Knows nothing of what an item shows.

use egui::{
    EventFilter, Id, Key, Modifiers, Rect, Response, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use crate::gui::theme::{SCROLL, Theme};

/// Where a reel stands.
#[derive(Clone, Debug, Default)]
pub struct Reel {
    anchor: u32,
    /// The anchor's upper edge, in points below that of what is seen.
    top: f32,
    reveal: Option<u32>,
    /// Where items still come at the end: whether the last one stays in sight.
    tail: Option<bool>,
}

/// What is in sight, and what the user did.
pub struct Sight {
    /// Each item in sight and where it stands; may reach beyond what is seen.
    pub items: Vec<(u32, Rect)>,
    /// Where they are seen.
    pub body: Rect,
    /// The list itself.
    pub list: Response,
    /// An item that was chosen by key.
    pub chosen: Option<u32>,
    /// Whether Enter was pressed.
    pub enter: bool,
    /// Whether the keys to the left and to the right were pressed: to the question, to the answer.
    pub sides: [bool; 2],
}

impl Reel {
    /// Makes sure that an item is in sight when the reel is drawn next.
    pub const fn reveal(&mut self, place: u32) {
        self.reveal = Some(place);
    }

    /// Follows items that come at the end, until the user scrolls up, and again when the user comes back.
    pub const fn follow(&mut self) {
        (self.tail, self.reveal) = (Some(true), None);
    }

    /// No more items come.
    pub const fn rest_here(&mut self) {
        self.tail = None;
    }

    /// What egui knows the reel called `name` by.
    pub fn id(name: &str) -> Id {
        Id::unique(("reel", name))
    }

    /// Lays out what is in sight of `count` items in `all`.
    pub fn show(
        &mut self,
        ui: &Ui,
        name: &str,
        all: Rect,
        count: u32,
        selected: Option<u32>,
        height: &mut dyn FnMut(u32) -> f32,
    ) -> Sight {
        let id = Self::id(name);
        let body = all.with_max_x(all.max.x - SCROLL);
        let list = ui.interact(body, id, Sense::click());
        list.widget_info(|| WidgetInfo::labeled(Role::List, true, name));
        if list.clicked() {
            list.request_focus();
        }
        let mut sight = Sight {
            items: Vec::new(),
            body,
            chosen: None,
            enter: false,
            sides: [false; 2],
            list: list.clone(),
        };
        if list.has_focus() {
            keys(ui, id, count, selected.unwrap_or(self.anchor), &mut sight);
            self.reveal = sight.chosen.or(self.reveal);
        }
        let seen = body.height();
        let mut moved = sight.chosen.is_some();
        if ui.rect_contains_pointer(all) {
            let delta = ui.input_mut(|input| std::mem::take(&mut input.smooth_scroll_delta.y));
            if delta != 0.0 {
                // A fling ends within some screens, so that what it passes costs no more than those.
                self.top += delta.clamp(-seen * 4.0, seen * 4.0);
                moved = true;
            }
        }
        self.anchor = self.anchor.min(count.saturating_sub(1));
        if self.tail == Some(true) && !moved {
            // What was in sight when it was chosen is no reason to leave the end.
            let in_sight = self.in_sight(count, seen, height);
            let leaves = self.reveal.is_some_and(|place| in_sight.iter().all(|it| it.0 != place));
            self.tail = Some(!leaves);
            if !leaves {
                self.reveal = Some(count.saturating_sub(1));
            }
        }
        self.settle(count, seen, height);
        let in_sight = self.in_sight(count, seen, height);
        moved |= self.bar(ui, id, all.with_min_x(body.max.x), count, &in_sight);
        if moved {
            self.settle(count, seen, height);
        }
        let in_sight = self.in_sight(count, seen, height);
        if self.tail.is_some() && moved {
            self.tail = Some(in_sight.last().is_some_and(|last| last.0 + 1 == count && last.2 <= seen + 1.0));
        }
        sight.items.extend(in_sight.iter().map(|(place, from, to)| {
            let rect =
                Rect::from_min_max(pos2(body.min.x, body.min.y + from), pos2(body.max.x, body.min.y + to));
            (*place, rect)
        }));
        sight
    }

    /// Brings what is to be revealed into sight, keeps the anchor in it, and leaves no room at either end.
    fn settle(&mut self, count: u32, seen: f32, height: &mut dyn FnMut(u32) -> f32) {
        if count == 0 {
            return;
        }
        if let Some(place) = self.reveal.take() {
            let place = place.min(count - 1);
            let tall = height(place);
            let stands = self.in_sight(count, seen, height).into_iter().find(|it| it.0 == place);
            let near = place.abs_diff(self.anchor) <= 12;
            self.top = match stands {
                Some((_, from, to)) if from >= 0.0 && to + BELOW <= seen => from,
                _ if near && tall + BELOW < seen && place > self.anchor => seen - tall - BELOW,
                _ if near && tall < seen => 0.0,
                // From far away it comes to stand in the middle, with what is around it.
                _ => ((seen - tall) / 2.0).max(0.0),
            };
            self.anchor = place;
        }
        while self.top >= seen && self.anchor > 0 {
            self.anchor -= 1;
            self.top -= height(self.anchor);
        }
        while self.anchor + 1 < count && self.top + height(self.anchor) <= 0.0 {
            self.top += height(self.anchor);
            self.anchor += 1;
        }
        // Room under the last item is taken up first, then room above the first: a short reel hangs from the top.
        let (last, _, end) = self.bottom(count, seen, height);
        if last + 1 == count && end < seen {
            self.top += seen - end;
        }
        let (first, begin) = self.first(height);
        if first == 0 && begin > 0.0 {
            self.top -= begin;
        }
    }

    /// The first item in sight and its upper edge.
    fn first(&self, height: &mut dyn FnMut(u32) -> f32) -> (u32, f32) {
        let (mut place, mut top) = (self.anchor, self.top);
        while place > 0 && top > 0.0 {
            place -= 1;
            top -= height(place);
        }
        (place, top)
    }

    /// The last item in sight and its edges.
    fn bottom(&self, count: u32, seen: f32, height: &mut dyn FnMut(u32) -> f32) -> (u32, f32, f32) {
        let (mut place, mut from) = (self.anchor, self.top);
        let mut to = from + height(place);
        while place + 1 < count && to < seen {
            place += 1;
            from = to;
            to += height(place);
        }
        (place, from, to)
    }

    /// Each item in sight with its edges.
    fn in_sight(&self, count: u32, seen: f32, height: &mut dyn FnMut(u32) -> f32) -> Vec<(u32, f32, f32)> {
        let (mut place, mut from) = self.first(height);
        let mut items = Vec::new();
        while place < count && from < seen {
            let to = from + height(place);
            items.push((place, from, to));
            (place, from) = (place + 1, to);
        }
        items
    }

    /// The scroll bar; whether it moved the reel.
    fn bar(&mut self, ui: &Ui, id: Id, track: Rect, count: u32, in_sight: &[(u32, f32, f32)]) -> bool {
        let (Some(first), Some(last)) = (in_sight.first(), in_sight.last()) else { return false };
        let theme = Theme::of(ui);
        let part = |(_, from, to): &(u32, f32, f32), at: f32| {
            f64::from(((at - from) / (to - from).max(1.0)).clamp(0.0, 1.0))
        };
        // Places with fractions: of the upper edge of what is seen, and of the lower one.
        let begin = f64::from(first.0) + part(first, 0.0);
        let end = f64::from(last.0) + part(last, track.height());
        let all = f64::from(count);
        if begin <= 0.0 && end >= all {
            return false;
        }
        let bar = ui.interact(track, id.with("bar"), Sense::click_and_drag());
        let height = f64::from(track.height());
        let length = ((end - begin) / all * height).clamp(28.0, height);
        let room = (height - length).max(1.0);
        let left = (all - (end - begin)).max(1e-9);
        let mut top = (begin / left).clamp(0.0, 1.0) * room;
        let held = bar.dragged() || bar.is_pointer_button_down_on();
        let pointer = bar.interact_pointer_pos().filter(|_| held);
        if let Some(pointer) = pointer {
            let at = f64::from(pointer.y - track.min.y);
            let grip_id = id.with("grip");
            let fresh = ui.input(|input| input.pointer.primary_pressed());
            let grip = ui.data_mut(|data| {
                let grip = data.get_temp_mut_or(grip_id, 0.0_f64);
                if fresh {
                    // Pressed on the thumb it is held where it was taken; elsewhere it jumps to the pointer.
                    *grip = if (top..=top + length).contains(&at) { at - top } else { length / 2.0 };
                }
                *grip
            });
            let fraction = ((at - grip) / room).clamp(0.0, 1.0);
            if bar.drag_delta().y != 0.0 || fresh {
                let place = fraction * left;
                self.anchor = (place as u32).min(count - 1);
                let tall = in_sight.iter().find(|it| it.0 == self.anchor).map_or(40.0, |it| it.2 - it.1);
                self.top = -((place - f64::from(self.anchor)) as f32) * tall;
                if fraction >= 1.0 {
                    self.reveal = Some(count - 1);
                }
            }
            top = fraction * room;
        }
        let thumb = Rect::from_min_size(
            pos2(track.min.x, track.min.y + top as f32),
            vec2(track.width(), length as f32),
        );
        let color = theme.dim.gamma_multiply(if held || bar.hovered() { 0.7 } else { 0.35 });
        ui.painter().rect_filled(thumb.shrink2(vec2(3.0, 2.0)), 3.0, color);
        pointer.is_some()
    }
}

fn keys(ui: &Ui, id: Id, count: u32, from: u32, sight: &mut Sight) {
    let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as u32;
    let (up, down) = (pressed(Key::ArrowUp), pressed(Key::ArrowDown));
    let (page_up, page_down) = (pressed(Key::PageUp), pressed(Key::PageDown));
    let (home, end) = (pressed(Key::Home), pressed(Key::End));
    sight.enter = pressed(Key::Enter) > 0;
    sight.sides = [pressed(Key::ArrowLeft) > 0, pressed(Key::ArrowRight) > 0];
    if count == 0 || up + down + page_up + page_down + home + end == 0 {
        return;
    }
    let mut place = (from + down + page_down * PAGE).saturating_sub(up + page_up * PAGE);
    if home > 0 {
        place = 0;
    }
    if end > 0 {
        place = count - 1;
    }
    sight.chosen = Some(place.min(count - 1));
}

/// Left free below an item that was revealed.
const BELOW: f32 = 6.0;
/// Items that a page has for those who turn pages.
const PAGE: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn tall(place: u32) -> f32 {
        [30.0, 52.0, 94.0][place as usize % 3]
    }

    /// Whatever is revealed among five million items comes into sight, laying out only what is around it; there is
    /// never room above the first or under the last item.
    #[test]
    fn few_are_laid_out() {
        const COUNT: u32 = 5_000_000;
        let mut reel = Reel::default();
        for place in [0, 3, 9, 2_500_000, 2_500_004, 2_499_990, COUNT - 1, COUNT - 2, 1] {
            let mut asked = 0_u32;
            let mut height = |place| {
                asked += 1;
                tall(place)
            };
            reel.reveal(place);
            reel.settle(COUNT, 390.0, &mut height);
            let sight = reel.in_sight(COUNT, 390.0, &mut height);
            assert!(asked < 120, "{place}: {asked}");
            let (_, from, to) = sight.iter().find(|it| it.0 == place).unwrap();
            assert!(*from >= -0.01 && *to <= 390.01, "{place}: {from} {to}");
            assert!(sight[0].1 <= 0.01 && sight.last().unwrap().2 >= 389.99, "{place}");
        }
    }

    /// What arrives, or becomes taller, does not move the anchor; a short reel hangs from the top.
    #[test]
    fn nothing_jumps() {
        let mut reel = Reel::default();
        reel.reveal(500);
        reel.settle(1000, 390.0, &mut tall);
        let before = reel.top;
        reel.settle(2000, 390.0, &mut |place| if place < 500 { tall(place) * 2.0 } else { tall(place) });
        assert_eq!((reel.anchor, reel.top), (500, before));
        let mut short = Reel { top: -70.0, ..Reel::default() };
        short.settle(2, 390.0, &mut tall);
        assert_eq!(short.in_sight(2, 390.0, &mut tall)[0], (0, 0.0, 30.0));
    }
}
