//! What protocols share whose messages are JSON objects: a part from some members, and the tree with keys.

use std::borrow::Cow;

use super::decoded::{Exchange, Part, Role, short};
use super::json::{self, Json};
use super::tree::Tree;

/// What a message says in its members; those that are not there are none.
#[derive(Clone, Copy, Default)]
pub(super) struct Members<'a> {
    pub(super) event: Option<Json<'a>>,
    pub(super) topic: Option<Json<'a>>,
    pub(super) id: Option<Json<'a>>,
    /// What it is about, as the summary's end.
    pub(super) body: Option<Json<'a>>,
}

/// A part of a message of this kind.
pub(super) fn part(
    tree: &Tree,
    kind: impl Into<Cow<'static, str>>,
    at: std::ops::Range<usize>,
    members: Members<'_>,
    role: Option<Role>,
) -> Part {
    let word = |value: Option<Json<'_>>| value.filter(|value| !value.is_null()).map(Json::word);
    let (event, topic, id) = (word(members.event), word(members.topic), word(members.id));
    let exchange = role.zip(members.id.map(|id| id.raw().to_vec())).map(|(role, key)| Exchange { key, role });
    let mut part =
        Part { kind: kind.into(), event, topic, id, exchange, error: None, summary: String::new(), at };
    if tree.tells() {
        part.summary = line(&part, members.body);
    }
    part
}

fn line(part: &Part, body: Option<Json<'_>>) -> String {
    let body =
        body.map(|body| String::from_utf8_lossy(body.raw().get(..400).unwrap_or(body.raw())).into_owned());
    let numbered = part.id.as_ref().map(|id| format!("#{id}"));
    let event = part.event.as_deref().filter(|event| *event != part.kind);
    let words =
        [Some(part.kind.as_ref()), event, part.topic.as_deref(), numbered.as_deref(), body.as_deref()];
    short(&words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// Says a message whose only part this is, with its tree.
pub(super) fn say(tree: &mut Tree, bytes: &[u8], part: Part, names: json::Names<'_>) {
    tree.part(part);
    if !tree.tells() {
        return;
    }
    json::content(tree, bytes, "Message", names);
}
