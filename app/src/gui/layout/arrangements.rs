//! Arrangements that are there from the beginning. Each places the panes it is about; `sound` finds room for the others.

use egui_tiles::{Container, Linear, LinearDir, TileId, Tiles, Tree};

use super::{Layout, Pane};

/// An arrangement with its name.
#[derive(Debug)]
pub struct Arrangement {
    /// What it is called.
    pub name: &'static str,
    /// What is good about it.
    pub says: &'static str,
    make: fn() -> Layout,
}

/// All of them, the usual one first.
pub const ARRANGEMENTS: &[Arrangement] = &[
    Arrangement { name: "Usual", says: "connections, rows above detail and bytes", make: usual },
    Arrangement { name: "Three panes", says: "rows, detail and bytes, no connections", make: three },
    Arrangement { name: "Wide", says: "detail and bytes beside the rows", make: wide },
    Arrangement { name: "Reading", says: "rows and payload", make: reading },
];

impl Arrangement {
    /// The one with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ARRANGEMENTS.iter().find(|arrangement| arrangement.name == name)
    }

    /// Its panes.
    pub fn layout(&self) -> Layout {
        super::sound(Some((self.make)()))
    }
}

/// Puts panes side by side or one above the other; `share` is what the first of two takes.
struct Build(Tiles<Pane>);

impl Build {
    fn tabs(&mut self, panes: &[Pane]) -> TileId {
        let children = panes.iter().map(|pane| self.0.insert_pane(*pane)).collect();
        self.0.insert_tab_tile(children)
    }

    fn split(&mut self, dir: LinearDir, parts: [TileId; 2], share: f32) -> TileId {
        self.0.insert_container(Container::Linear(Linear::new_binary(dir, parts, share)))
    }

    fn done(self, root: TileId, hidden: &[Pane]) -> Layout {
        let mut layout = Tree::new(egui::Id::unique("panes"), root, self.0);
        for pane in hidden {
            if let Some(tile) = layout.tiles.find_pane(pane) {
                layout.tiles.set_visible(tile, false);
            }
        }
        layout
    }
}

/// Connections to the left, rows above, detail and bytes below.
pub(super) fn usual() -> Layout {
    let mut build = Build(Tiles::default());
    let connections = build.tabs(&[Pane::Connections]);
    let rows = build.tabs(&[Pane::Rows, Pane::Conversation, Pane::Statistics]);
    let detail = build.tabs(&[Pane::Detail]);
    let bytes = build.tabs(&[Pane::Bytes, Pane::Payload]);
    let below = build.split(LinearDir::Horizontal, [detail, bytes], 0.42);
    let right = build.split(LinearDir::Vertical, [rows, below], 0.54);
    let root = build.split(LinearDir::Horizontal, [connections, right], 0.23);
    build.done(root, &[])
}

fn three() -> Layout {
    let mut build = Build(Tiles::default());
    let rows = build.tabs(&[Pane::Rows, Pane::Connections]);
    let detail = build.tabs(&[Pane::Detail]);
    let bytes = build.tabs(&[Pane::Bytes, Pane::Payload]);
    let below = build.split(LinearDir::Horizontal, [detail, bytes], 0.45);
    let root = build.split(LinearDir::Vertical, [rows, below], 0.5);
    build.done(root, &[Pane::Connections])
}

fn wide() -> Layout {
    let mut build = Build(Tiles::default());
    let connections = build.tabs(&[Pane::Connections]);
    let rows = build.tabs(&[Pane::Rows]);
    let detail = build.tabs(&[Pane::Detail]);
    let bytes = build.tabs(&[Pane::Bytes, Pane::Payload]);
    let beside = build.split(LinearDir::Vertical, [detail, bytes], 0.5);
    let right = build.split(LinearDir::Horizontal, [rows, beside], 0.52);
    let root = build.split(LinearDir::Horizontal, [connections, right], 0.2);
    build.done(root, &[])
}

fn reading() -> Layout {
    let mut build = Build(Tiles::default());
    let rows = build.tabs(&[Pane::Rows, Pane::Connections]);
    let payload = build.tabs(&[Pane::Payload, Pane::Detail, Pane::Bytes]);
    let root = build.split(LinearDir::Horizontal, [rows, payload], 0.52);
    build.done(root, &[Pane::Connections, Pane::Detail, Pane::Bytes])
}
