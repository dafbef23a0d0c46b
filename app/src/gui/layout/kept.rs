//! Layouts as they were kept, by this program or by another version of it: a pane that is not known here is left out
//! before the rest is read, so that nothing else is lost with it.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Layout, Pane};

/// A layout that may name panes of another version; none where it is no layout at all.
pub fn layout<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Layout>, D::Error> {
    Ok(read(Value::deserialize(reader)?))
}

/// The same for layouts with names; those that are none are left out.
pub fn layouts<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<(String, Layout)>, D::Error> {
    let Ok(all) = serde_json::from_value::<Vec<(String, Value)>>(Value::deserialize(reader)?) else {
        return Ok(Vec::new());
    };
    Ok(all.into_iter().filter_map(|(name, kept)| Some((name, read(kept)?))).collect())
}

/// What was kept, without the panes that are not known here.
pub fn read(mut kept: Value) -> Option<Layout> {
    if let Some(tiles) = kept.pointer_mut("/tiles/tiles").and_then(Value::as_object_mut) {
        let known = |tile: &Value| match tile.get("Pane") {
            Some(pane) => serde_json::from_value::<Pane>(pane.clone()).is_ok(),
            None => true,
        };
        tiles.retain(|_, tile| known(tile));
    }
    serde_json::from_value(kept).ok()
}
