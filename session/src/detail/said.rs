//! What a message says by its protocol, as lines of the tree above the bytes of its content.
//!
//! The lines come last, so that those before them keep their places. Decodes nothing itself.

use dissector::decoders::{Field, Value};

use super::node::{Holds, Node, Place};
use super::{Detail, PayloadKind, Subject};
use crate::filter::{self, Kind};
use crate::model::Message;
use crate::snapshot::Snapshot;

/// Lines of a tree that is opened as a whole.
const ALL_OPEN: usize = 400;

impl Detail {
    /// The message whose whole content is the payload that is shown, where it is one's.
    pub fn spoken(&self, snapshot: &Snapshot) -> Option<Message> {
        let said = matches!(self.payload.kind, PayloadKind::Text | PayloadKind::Binary);
        if !said || self.payload.why.is_some() {
            return None;
        }
        let first = self.frames.first().and_then(|frame| snapshot.frame(frame.id));
        let id = match self.subject {
            Subject::Message(id) => id,
            Subject::Frame(_) | Subject::Packet(_) => first?.message?,
            // What HTTP carries is said in its own tree.
            Subject::Connection(_) | Subject::Delivery(_) => return None,
        };
        let all = self
            .frames
            .iter()
            .all(|frame| snapshot.frame(frame.id).is_some_and(|frame| frame.message == Some(id)));
        let message = snapshot.message(id).filter(|message| all || message.first == message.last)?;
        (message.len == Some(self.payload_bytes().len() as u64)).then_some(message)
    }

    /// Adds what the payload says, under a line of its own; gives its place in the tree.
    pub fn say(&mut self, title: &'static str, summary: String, fields: Vec<Field>) -> Option<usize> {
        let (tab, content) = self.payload.place.clone()?;
        let mut lines = 0;
        fields.iter().for_each(|field| field.walk(&mut |_| lines += 1));
        let lay = Lay { tab, from: content.start, open: lines <= ALL_OPEN };
        let children = fields.into_iter().map(|field| lay.node(field, 0)).collect();
        let place = Some(Place::bytes(tab, content)).filter(|place| place.bits.len > 0);
        self.tree.push(Node::new("", title, summary).at(place).with(children));
        Some(self.tree.len() - 1)
    }
}

/// Where the content stands.
struct Lay {
    tab: usize,
    from: usize,
    open: bool,
}

impl Lay {
    fn node(&self, mut field: Field, depth: usize) -> Node {
        let children = std::mem::take(&mut field.children);
        let (holds, literal) = (holds(&field.value), literal(&field));
        let mut node = Node::from_field(field.into_tree(), &|bits| {
            let (first, len) = bits.touched();
            Some(Place::bytes(self.tab, self.from + first..self.from + first + len))
        });
        node.holds = holds;
        node.literal = Some(literal.unwrap_or_default());
        node.open = self.open || depth == 0;
        node.with(children.into_iter().map(|child| self.node(child, depth + 1)).collect())
    }
}

fn holds(value: &Value) -> Holds {
    match value {
        Value::Heading => Holds::Anything,
        Value::Null | Value::Flag(_) => Holds::Word,
        Value::Number(_) | Value::Real(_) | Value::Written(_) => Holds::Number,
        Value::Text(_) => Holds::Text,
        Value::Bytes(_) => Holds::Bytes,
        Value::List => Holds::List,
        Value::Map => Holds::Map,
    }
}

/// The longest text that is written into a filter.
const LONGEST: usize = 120;

/// A field's value as its display filter compares it. Its bytes do not say it: they may be quoted, escaped or packed.
fn literal(field: &Field) -> Option<String> {
    let kind = filter::field(field.key)?.kind;
    match (&field.value, kind) {
        (Value::Flag(flag), Kind::Flag) => Some(flag.to_string()),
        (Value::Number(number), Kind::Number) => Some(number.to_string()),
        (Value::Heading | Value::List | Value::Map | Value::Null | Value::Bytes(_), _) => None,
        (value, Kind::Text) => {
            Some(value.shown()).filter(|text| text.len() <= LONGEST).map(|text| filter::tree::quoted(&text))
        }
        _ => None,
    }
}
