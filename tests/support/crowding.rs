//! Looks at a window through what it tells those who cannot see it: whether everything that can be used has a name, is in
//! the window, and lies under nothing else.
//!
//! What scrolls is judged by what of it is in sight: the rest can be reached.

use egui::Rect;
use egui::accesskit::{Action, Role};
use egui_kittest::Node;
use egui_kittest::kittest::NodeT as _;

/// Something that can be clicked or given the keyboard.
#[derive(Clone, Debug)]
struct Widget {
    role: Role,
    name: String,
    /// Where it is, as far as it is in sight.
    rect: Rect,
    /// Those around it, by their places in the walk, the outermost first: the second is the layer that it lies in.
    around: Vec<usize>,
    place: usize,
}

/// Roles of things that have others in them without being around them in the tree: rows lie on their table.
const HOLDERS: [Role; 7] =
    [Role::Table, Role::Tree, Role::Document, Role::List, Role::ListBox, Role::Dialog, Role::Canvas];
/// How far two things may lie over each other, and reach out of the window: edges are drawn on edges.
const SLACK: f32 = 1.5;
/// What is thinner is an edge that is dragged, and lies on what it parts.
const EDGE: f32 = 12.0;

/// What is wrong with a window, a line for each: things out of the window, things over each other.
pub fn crowded(root: &Node<'_>, window: Rect) -> Vec<String> {
    let widgets = widgets(root);
    let mut faults = Vec::new();
    for widget in &widgets {
        if !window.expand(SLACK).contains_rect(widget.rect) {
            faults.push(format!("{} reaches out of the window", says(widget)));
        }
    }
    for (place, one) in widgets.iter().enumerate() {
        for other in &widgets[..place] {
            let same_layer = one.around.get(1) == other.around.get(1);
            let within = one.around.contains(&other.place) || other.around.contains(&one.place);
            if same_layer && !within && !holds(one, other) && !holds(other, one) && over(one, other) {
                faults.push(format!("{} lies over {}", says(one), says(other)));
            }
        }
    }
    faults
}

/// What can be used and has no name or no role, a line for each. A scroll bar is told by its role.
pub fn nameless(root: &Node<'_>) -> Vec<String> {
    let named = |widget: &Widget| !widget.name.trim().is_empty() || widget.role == Role::ScrollBar;
    let faulty = |widget: &Widget| !named(widget) || widget.role == Role::Unknown;
    widgets(root).iter().filter(|widget| faulty(widget)).map(says).collect()
}

fn says(widget: &Widget) -> String {
    let Rect { min, max } = widget.rect;
    format!("{:?} “{}” at {:.0},{:.0} to {:.0},{:.0}", widget.role, widget.name, min.x, min.y, max.x, max.y)
}

fn holds(one: &Widget, other: &Widget) -> bool {
    // The ground of a bar of tabs lies under all of them.
    if one.role == Role::TabList {
        return true;
    }
    HOLDERS.contains(&one.role) && one.rect.expand(SLACK).contains_rect(other.rect)
}

fn over(one: &Widget, other: &Widget) -> bool {
    let edge = |widget: &Widget| widget.rect.width().min(widget.rect.height()) <= EDGE;
    let both = one.rect.intersect(other.rect);
    both.width() > SLACK && both.height() > SLACK && !edge(one) && !edge(other)
}

fn widgets(root: &Node<'_>) -> Vec<Widget> {
    let mut found = Vec::new();
    walk(root, &mut Vec::new(), Rect::EVERYTHING, &mut 0, &mut found);
    found
}

fn walk(node: &Node<'_>, around: &mut Vec<usize>, sight: Rect, count: &mut usize, found: &mut Vec<Widget>) {
    let data = node.accesskit_node();
    let place = *count;
    *count += 1;
    let mut sight = sight;
    if data.bounding_box().is_some() {
        let rect = node.rect();
        if data.role() == Role::ScrollView {
            sight = sight.intersect(rect);
        }
        let used = [Action::Click, Action::Focus].iter().any(|action| data.data().supports_action(*action));
        let rect = rect.intersect(sight);
        if used && rect.width() > SLACK && rect.height() > SLACK {
            let name = data.label().or_else(|| data.value()).unwrap_or_default();
            found.push(Widget { role: data.role(), name, rect, around: around.clone(), place });
        }
    }
    around.push(place);
    for child in node.children() {
        walk(&child, around, sight, count, found);
    }
    around.pop();
}
