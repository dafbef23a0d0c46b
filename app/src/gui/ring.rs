//! The ring around whatever has the keyboard, drawn once for all widgets, and the way from pane to pane.
//!
//! It is there while keys are used, as after Tab, and not after a click: who points knows where.

use egui::accesskit::Role;
use egui::{Context, Event, Id, Key, LayerId, Pos2, Rect, Stroke, StrokeKind};

use super::theme::{ROUND, Theme};

/// Whether keys were used last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ring {
    keys: bool,
}

const MOVES: [Key; 6] = [Key::Tab, Key::F6, Key::ArrowUp, Key::ArrowDown, Key::ArrowLeft, Key::ArrowRight];

impl Ring {
    /// Looks at what was pressed.
    pub fn notice(&mut self, ctx: &Context) {
        ctx.input(|input| {
            for event in &input.events {
                match event {
                    Event::Key { key, pressed: true, .. } if MOVES.contains(key) => self.keys = true,
                    Event::PointerButton { pressed: true, .. } => self.keys = false,
                    _ => {}
                }
            }
        });
    }

    /// Draws it over everything of its layer.
    pub fn draw(self, ctx: &Context) {
        let Some(id) = ctx.memory(egui::Memory::focused).filter(|_| self.keys) else { return };
        let Some((layer, rect)) = place(ctx, id) else { return };
        let theme = Theme::shown(&ctx.global_style().visuals);
        let painter = ctx.layer_painter(layer);
        painter.rect_stroke(rect, ROUND, Stroke::new(2.0, theme.accent), StrokeKind::Inside);
    }
}

/// Where a widget of this frame is drawn, as far as it is in sight.
fn place(ctx: &Context, id: Id) -> Option<(LayerId, Rect)> {
    let widget = ctx.viewport(|viewport| viewport.this_pass.widgets.get(id).copied())?;
    let rect = widget.interact_rect.intersect(ctx.content_rect());
    rect.is_positive().then_some((widget.layer_id, rect))
}

/// Gives the keyboard to the next of `panes`, or the one before: to the largest thing in it that takes keys. `panes` are
/// where they were drawn last.
pub fn step(ctx: &Context, panes: &[Rect], forward: bool) {
    let mut panes: Vec<Rect> = panes.to_vec();
    let order = |rect: &Rect| (rect.min.x.round() as i32, rect.min.y.round() as i32);
    panes.sort_by_key(order);
    let focused = ctx.memory(egui::Memory::focused).and_then(|id| {
        ctx.viewport(|viewport| {
            viewport.prev_pass.widgets.get(id).map(|widget| widget.interact_rect.center())
        })
    });
    let holds = |at: Pos2| panes.iter().position(|pane| pane.contains(at));
    let count = panes.len();
    let now = focused.and_then(holds);
    for away in 1..=count {
        let next = match (now, forward) {
            (Some(now), true) => (now + away) % count,
            (Some(now), false) => (now + count - away) % count,
            (None, true) => away - 1,
            (None, false) => count - away,
        };
        if let Some(id) = panes.get(next).and_then(|pane| largest(ctx, *pane)) {
            return ctx.memory_mut(|memory| memory.request_focus(id));
        }
    }
}

/// The largest thing inside of a pane that takes keys.
fn largest(ctx: &Context, pane: Rect) -> Option<Id> {
    ctx.viewport(|viewport| {
        let widgets = viewport.prev_pass.widgets.get_layer(LayerId::background());
        let inside = |rect: Rect| pane.expand(1.0).contains_rect(rect) && rect.is_positive();
        let takes = widgets.filter(|it| it.sense.is_focusable() && it.enabled && inside(it.interact_rect));
        takes.max_by(|a, b| a.interact_rect.area().total_cmp(&b.interact_rect.area())).map(|it| it.id)
    })
}

/// Tells those who do not see it what the bare edges between panes and the bare ends of tab bars are: the library that
/// draws them does not.
pub fn name_edges(ctx: &Context) {
    let dragged: Vec<(Id, Rect)> = ctx.viewport(|viewport| {
        let widgets = viewport.this_pass.widgets.get_layer(LayerId::background());
        widgets.filter(|it| it.sense.senses_drag()).map(|it| (it.id, it.rect)).collect()
    });
    for (id, rect) in dragged {
        let (role, name) = if rect.width().min(rect.height()) <= EDGE {
            (Role::Splitter, "Edge between panes")
        } else {
            (Role::TabList, "Tabs, dragged to move their panes")
        };
        ctx.accesskit_node_builder(id, |node| {
            if node.label().is_none() {
                node.set_role(role);
                node.set_label(name);
            }
        });
    }
}

/// What is thinner is an edge between panes.
const EDGE: f32 = 12.0;
