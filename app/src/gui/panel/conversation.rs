//! The pane of the conversation: its switch, what it says while there is nothing to show, and its two looks.

use std::collections::HashMap;
use std::sync::Arc;

use egui::accesskit::{Action, Role};
use egui::{Align2, Sense, Ui, WidgetInfo};
use session::conversation::Item;

use crate::gui::command::Command;
use crate::gui::conversation::reel::{Reel, Sight};
use crate::gui::conversation::said::{Says, Words, sender, spoken};
use crate::gui::conversation::stage::Stage;
use crate::gui::conversation::{Way, chat, sequence};
use crate::gui::layout::Pane;
use crate::gui::opened::Opened;
use crate::gui::state::Times;
use crate::gui::theme::Theme;
use crate::gui::{fonts, widget, words};

/// What the list of items is called.
pub const NAME: &str = "Conversation items";

/// The switch between the two ways, in the bar above.
pub fn switch(ui: &mut Ui, opened: &Opened, out: &mut Vec<Command>) {
    let items = Way::ALL.map(|way| (way, way.name(), None));
    if let Some(way) = widget::segments(ui, &items, opened.conversation.way) {
        out.push(Command::Converse(way));
    }
}

/// The pane.
pub fn show(ui: &mut Ui, opened: &mut Opened, times: Times, out: &mut Vec<Command>) {
    let snapshot = Arc::clone(&opened.snapshot);
    opened.conversation.look(&snapshot, opened.selection, opened.lists.only());
    let connection = opened.conversation.connection().and_then(|id| snapshot.connection(id));
    let Some(connection) = connection else { return empty(ui, opened) };
    let theme = Theme::of(ui);
    let mut all = ui.available_rect_before_wrap();
    let way = opened.conversation.way;
    let items = opened.conversation.items.clone();
    let looks = std::mem::take(&mut opened.conversation.looks);
    let zone = opened.zone.clone();
    let notes = &opened.notes;
    let says = Says { snapshot: &snapshot, connection, items: &items, times, zone: &zone, notes };
    if way == Way::Sequence {
        let (head, below) = all.split_top_bottom_at_y(all.min.y + sequence::HEAD);
        sequence::heads(ui, &says, head);
        all = below;
    }
    if std::mem::take(&mut opened.conversation.take_focus) {
        ui.memory_mut(|memory| memory.request_focus(Reel::id(NAME)));
    }
    let place = opened.conversation.place(&snapshot);
    let mut laid =
        Laid { ui, says: &says, way, width: all.width() - crate::gui::theme::SCROLL, known: HashMap::new() };
    let mut height = |place: u32| laid.height(place, looks.get(&place));
    let sight = opened.conversation.reels[way as usize].show(ui, NAME, all, items.len(), place, &mut height);
    let painter = ui.painter_at(sight.body);
    let over = sight.list.hover_pos().or(sight.list.interact_pointer_pos());
    let hovered = over.and_then(|at| sight.items.iter().find(|it| it.1.contains(at))).map(|it| it.0);
    let mut stage = Stage {
        ui,
        painter: &painter,
        theme,
        snapshot: &snapshot,
        says: &says,
        id: sight.list.id,
        selected: place,
        hovered,
        focused: sight.list.has_focus(),
        jump: None,
        all: None,
        out,
    };
    let mut chosen = sight.chosen;
    if sight.list.clicked() {
        chosen = chosen.or(hovered);
    }
    for (place, rect) in &sight.items {
        let Some(item) = items.item(&snapshot, *place) else { continue };
        let look = looks.get(place);
        let Some(known) = laid.known.get(place) else { continue };
        let said = known.words();
        let preview = look.map(|look| look.excerpt.line(120)).unwrap_or_default();
        let name = spoken(said, sender(&snapshot, item), &preview);
        let id = sight.list.id.with(place);
        let row = ui.interact(rect.intersect(sight.body), id, Sense::hover());
        row.widget_info(|| WidgetInfo::selected(Role::ListItem, true, stage.selected == Some(*place), &name));
        ui.accesskit_node_builder(id, |node| node.add_action(Action::Click));
        if ui.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
            chosen = Some(*place);
        }
        match known {
            Known::Bubble(laid) => chat::draw(&mut stage, *place, laid, *rect),
            Known::Arrow(laid) => sequence::draw(&mut stage, *place, laid, look, *rect),
        }
    }
    chosen = chosen.or(stage.jump).or(stage.all).or_else(|| by_side(&sight, place, &looks));
    let payload = stage.all.is_some() || (sight.enter && place.is_some()) || sight.list.double_clicked();
    if stage.jump.is_some() {
        // Arrows go on from where the link led.
        ui.memory_mut(|memory| memory.request_focus(Reel::id(NAME)));
    }
    opened.conversation.looks = looks;
    if let (Some(first), Some(last)) = (sight.items.first(), sight.items.last()) {
        opened.conversation.see(first.0, last.0);
    }
    if let Some(selection) = chosen.and_then(|place| opened.conversation.choose(&snapshot, place)) {
        out.push(Command::Select(selection));
    }
    if payload {
        out.push(Command::ShowPane(Pane::Payload));
    }
    ui.advance_cursor_after_rect(all);
}

/// The other one of the pair that is selected: the question to the left, the answer to the right.
fn by_side(
    sight: &Sight,
    selected: Option<u32>,
    looks: &HashMap<u32, session::conversation::Look>,
) -> Option<u32> {
    let look = looks.get(&selected?)?;
    match sight.sides {
        [true, _] => look.answers.map(|link| link.place),
        [_, true] => look.answered.map(|link| link.place),
        _ => None,
    }
}

fn empty(ui: &Ui, opened: &Opened) {
    let theme = Theme::of(ui);
    let words = if opened.snapshot.connections().is_empty() {
        match (opened.reading(), opened.capturing()) {
            (_, true) => "Waiting for a WebSocket connection…",
            (true, _) => "Reading…",
            _ => "There is no WebSocket connection in this capture",
        }
    } else {
        "Select a message or a connection to see its conversation"
    };
    let center = ui.available_rect_before_wrap().center();
    ui.painter().text(center, Align2::CENTER_CENTER, words, fonts::body(), theme.dim);
}

/// What stands at the right of the bar above: which connection, and copies of it.
pub fn tools(ui: &mut Ui, opened: &Opened, out: &mut Vec<Command>) {
    let copies = [
        (Command::CopyDiagram, "Copy as Mermaid", "Copy conversation as Mermaid sequence diagram"),
        (Command::CopyConversation, "Copy as text", "Copy conversation as text"),
    ];
    let Some(id) = opened.conversation.connection() else { return };
    for (command, text, hint) in copies {
        if widget::quiet_button(ui, text, hint).clicked() {
            out.push(command);
        }
    }
    let text = format!("Connection {}", words::count(id.number()));
    widget::label(ui, &text, fonts::small(), Theme::of(ui).dim);
}

/// Items that were laid out in this frame.
struct Laid<'a> {
    ui: &'a Ui,
    says: &'a Says<'a>,
    way: Way,
    width: f32,
    known: HashMap<u32, Known>,
}

enum Known {
    Bubble(chat::Laid),
    Arrow(sequence::Laid),
}

impl Known {
    fn words(&self) -> &Words {
        match self {
            Self::Bubble(laid) => &laid.words,
            Self::Arrow(laid) => &laid.words,
        }
    }
}

impl Laid<'_> {
    fn height(&mut self, place: u32, look: Option<&session::conversation::Look>) -> f32 {
        let known = self.known.entry(place).or_insert_with(|| {
            let item = self.says.items.item(self.says.snapshot, place).unwrap_or(Item::Ending);
            match self.way {
                Way::Chat => Known::Bubble(chat::lay(self.ui, self.says, place, item, look, self.width)),
                Way::Sequence => Known::Arrow(sequence::lay(self.says, place, item, look)),
            }
        });
        match known {
            Known::Bubble(laid) => laid.height,
            Known::Arrow(laid) => laid.height,
        }
    }
}
