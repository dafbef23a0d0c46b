//! Where the panes are: a tree of tiles that the user can move and resize.

pub mod arrangements;
pub mod kept;

use egui_tiles::{Container, Tile, TileId, Tree};
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

    /// Panes whose tabs it usually stands among.
    const fn beside(self) -> &'static [Self] {
        match self {
            Self::Bytes => &[Self::Payload],
            Self::Payload => &[Self::Bytes],
            Self::Conversation => &[Self::Rows, Self::Statistics],
            Self::Statistics => &[Self::Rows, Self::Conversation],
            Self::Connections | Self::Rows | Self::Detail => &[],
        }
    }
}

/// The tree of panes.
pub type Layout = Tree<Pane>;

/// The usual arrangement.
pub fn fresh() -> Layout {
    sound(Some(arrangements::usual()))
}

/// A remembered layout, mended where it does not hold every pane once: a pane that is there twice is left out, and one
/// that is missing, as a newer version brings one, comes to where it usually is.
pub fn sound(layout: Option<Layout>) -> Layout {
    let Some(mut layout) =
        layout.filter(|layout| layout.root().is_some_and(|root| layout.tiles.get(root).is_some()))
    else {
        return fresh();
    };
    for pane in Pane::ALL {
        for twice in tiles_of(&layout, pane).into_iter().skip(1) {
            layout.remove_recursively(twice);
        }
        if layout.tiles.find_pane(&pane).is_none() {
            add(&mut layout, pane);
        }
    }
    layout
}

/// The tiles of a pane that can be reached, in order.
fn tiles_of(layout: &Layout, pane: Pane) -> Vec<TileId> {
    let is_it = |tile: &Tile<Pane>| matches!(tile, Tile::Pane(of) if *of == pane);
    let mut tiles: Vec<TileId> =
        layout.tiles.iter().filter(|(_, tile)| is_it(tile)).map(|(id, _)| *id).collect();
    tiles.sort_by_key(|id| id.0);
    tiles
}

/// Puts a pane behind the tabs among which it usually is; where none of those is there, it waits out of sight behind the
/// rows, and whoever wants it shows it.
fn add(layout: &mut Layout, pane: Pane) {
    let home = pane.beside().iter().find_map(|other| layout.tiles.find_pane(other));
    let anchor = home.or_else(|| layout.tiles.find_pane(&Pane::Rows)).or(layout.root());
    let tile = layout.tiles.insert_pane(pane);
    let Some(anchor) = anchor else { return };
    let tabs = match layout.tiles.get(anchor) {
        Some(Tile::Container(_)) => Some(anchor),
        _ => layout.tiles.parent_of(anchor),
    };
    match tabs.and_then(|tabs| layout.tiles.get_mut(tabs)) {
        Some(Tile::Container(Container::Tabs(tabs))) => tabs.children.push(tile),
        Some(Tile::Container(other)) => other.add_child(tile),
        _ => {
            let root = layout.tiles.insert_tab_tile(vec![anchor, tile]);
            layout.root = Some(root);
        }
    }
    if home.is_none() && pane != Pane::Rows {
        layout.tiles.set_visible(tile, false);
    }
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

/// Whether two layouts show the same panes at the same places, whatever their tiles are numbered.
pub fn same(a: &Layout, b: &Layout) -> bool {
    let drawn = |layout: &Layout| layout.root().map(|root| outline(layout, root));
    drawn(a) == drawn(b)
}

fn outline(layout: &Layout, tile: TileId) -> String {
    match layout.tiles.get(tile) {
        Some(Tile::Pane(pane)) => format!("{pane:?}{}", if layout.tiles.is_visible(tile) { "" } else { "?" }),
        Some(Tile::Container(container)) => {
            let children: Vec<String> = container.children().map(|child| outline(layout, *child)).collect();
            let shares = match container {
                Container::Linear(linear) => children_shares(linear),
                _ => String::new(),
            };
            format!("{:?}{shares}[{}]", container.kind(), children.join(" "))
        }
        None => String::new(),
    }
}

fn children_shares(linear: &egui_tiles::Linear) -> String {
    linear.children.iter().map(|child| format!(" {:.2}", linear.shares[*child])).collect()
}

#[cfg(test)]
mod tests {
    use super::arrangements::{ARRANGEMENTS, Arrangement};
    use super::*;

    fn holds_all(layout: &Layout) -> bool {
        Pane::ALL.iter().all(|pane| tiles_of(layout, *pane).len() == 1)
    }

    /// A layout that another version kept loses a pane that is not known here, and nothing else; one that it did not know
    /// comes to where it usually is.
    #[test]
    fn layouts_of_other_versions() {
        let mut kept = serde_json::to_value(fresh()).unwrap();
        let text = kept.to_string();
        assert!(text.contains("\"payload\""));
        kept = serde_json::from_str(&text.replace("\"payload\"", "\"hologram\"")).unwrap();
        let layout = sound(kept::read(kept));
        assert!(holds_all(&layout));
        let payload = layout.tiles.find_pane(&Pane::Payload).unwrap();
        let bytes = layout.tiles.find_pane(&Pane::Bytes).unwrap();
        assert_eq!(layout.tiles.parent_of(payload), layout.tiles.parent_of(bytes));
        assert!(shows(&layout, Pane::Payload));

        let mut without = fresh();
        let detail = without.tiles.find_pane(&Pane::Detail).unwrap();
        without.remove_recursively(detail);
        let layout = sound(Some(without));
        assert!(holds_all(&layout) && !shows(&layout, Pane::Detail));
    }

    /// What is no layout at all is the usual one; a pane that is there twice is there once.
    #[test]
    fn broken_layouts() {
        assert!(same(&sound(kept::read(serde_json::json!({"root": 3}))), &fresh()));
        let mut twice = fresh();
        let again = twice.tiles.insert_pane(Pane::Rows);
        let rows = twice.tiles.find_pane(&Pane::Detail).unwrap();
        let tabs = twice.tiles.parent_of(rows).unwrap();
        if let Some(Tile::Container(container)) = twice.tiles.get_mut(tabs) {
            container.add_child(again);
        }
        assert!(holds_all(&sound(Some(twice))));
    }

    /// Each arrangement has a place for every pane, shows the rows, and is told from the others.
    #[test]
    fn arrangements_hold_every_pane() {
        for (place, arrangement) in ARRANGEMENTS.iter().enumerate() {
            let layout = arrangement.layout();
            assert!(holds_all(&layout) && shows(&layout, Pane::Rows), "{}", arrangement.name);
            assert!(ARRANGEMENTS[..place].iter().all(|other| !same(&other.layout(), &layout)));
        }
        let reading = Arrangement::named("Reading").unwrap().layout();
        assert!(shows(&reading, Pane::Payload) && !shows(&reading, Pane::Detail));
    }
}
