//! Where the panes are: a tree of tiles that the user can move and resize.

use egui_tiles::{Container, Linear, LinearDir, Tile, Tiles, Tree};
use serde::{Deserialize, Serialize};

/// A pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pane {
    /// The list of connections.
    Connections,
    /// Messages, frames or packets.
    Rows,
    /// One connection as a chat or as a sequence diagram.
    Conversation,
    /// The tree of fields.
    Detail,
    /// Hex.
    Bytes,
    /// The content of a message.
    Payload,
    /// Numbers over the capture or a connection.
    Statistics,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Connections,
        Self::Rows,
        Self::Conversation,
        Self::Statistics,
        Self::Detail,
        Self::Bytes,
        Self::Payload,
    ];

    /// What stands on its tab.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Connections => "Connections",
            Self::Rows => "Traffic",
            Self::Conversation => "Conversation",
            Self::Detail => "Detail",
            Self::Bytes => "Bytes",
            Self::Payload => "Payload",
            Self::Statistics => "Statistics",
        }
    }
}

/// The tree of panes.
pub type Layout = Tree<Pane>;

/// Connections to the left, rows above, detail and bytes below.
pub fn fresh() -> Layout {
    let mut tiles = Tiles::default();
    let mut alone = |panes: &[Pane]| {
        let children = panes.iter().map(|pane| tiles.insert_pane(*pane)).collect();
        tiles.insert_tab_tile(children)
    };
    let connections = alone(&[Pane::Connections]);
    let rows = alone(&[Pane::Rows, Pane::Conversation, Pane::Statistics]);
    let detail = alone(&[Pane::Detail]);
    let bytes = alone(&[Pane::Bytes, Pane::Payload]);
    let split = |dir, children, share| Container::Linear(Linear::new_binary(dir, children, share));
    let below = tiles.insert_container(split(LinearDir::Horizontal, [detail, bytes], 0.42));
    let right = tiles.insert_container(split(LinearDir::Vertical, [rows, below], 0.54));
    let root = tiles.insert_container(split(LinearDir::Horizontal, [connections, right], 0.23));
    Tree::new(egui::Id::unique("panes"), root, tiles)
}

/// A remembered layout, if it still holds every pane once.
pub fn sound(layout: Option<Layout>) -> Layout {
    let whole = |layout: &Layout| {
        let panes: Vec<Pane> = layout
            .tiles
            .tiles()
            .filter_map(|tile| if let Tile::Pane(pane) = tile { Some(*pane) } else { None })
            .collect();
        layout.root().is_some()
            && panes.len() == Pane::ALL.len()
            && Pane::ALL.iter().all(|pane| panes.contains(pane))
    };
    layout.filter(whole).unwrap_or_else(fresh)
}

/// Whether a pane is not hidden.
pub fn shows(layout: &Layout, pane: Pane) -> bool {
    layout.tiles.find_pane(&pane).is_some_and(|tile| layout.tiles.is_visible(tile))
}

/// Puts a pane in sight, in front of those that share its place.
pub fn show(layout: &mut Layout, pane: Pane) {
    if let Some(tile) = layout.tiles.find_pane(&pane) {
        layout.tiles.set_visible(tile, true);
        layout.make_active(|id, _| id == tile);
    }
}

/// Shows or hides a pane. The table of rows stays: without it there is nothing to choose from.
pub fn toggle(layout: &mut Layout, pane: Pane) {
    match layout.tiles.find_pane(&pane) {
        Some(tile) if shows(layout, pane) && pane != Pane::Rows => layout.tiles.set_visible(tile, false),
        _ => show(layout, pane),
    }
}
