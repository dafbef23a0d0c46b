//! A line of the detail tree: a field of the dissector with the tab that its bits stand in.

use std::borrow::Cow;
use std::ops::Range;

use dissector::tree::{Bits, Field};

use super::Subject;
use super::finding::Flag;

/// Bits of a tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The tab, by its index.
    pub tab: usize,
    /// The bits.
    pub bits: Bits,
}

impl Place {
    /// Whole bytes of a tab.
    pub fn bytes(tab: usize, range: Range<usize>) -> Self {
        Self { tab, bits: Bits::bytes(range.start, range.len()) }
    }
    /// The bytes that it touches.
    pub fn touched(self) -> Range<usize> {
        let (first, count) = self.bits.touched();
        first..first + count
    }
}

/// What the value of a line is, where that is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holds {
    /// It is not.
    #[default]
    Anything,
    /// A text.
    Text,
    /// A number.
    Number,
    /// One of the words of its protocol, as true, false or null.
    Word,
    /// Bytes, in hex.
    Bytes,
    /// A list of what is below.
    List,
    /// Names with what is below.
    Map,
}

/// A line of the detail tree.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// The name that a display filter uses; empty where there is none.
    pub name: &'static str,
    /// What the field is called on screen.
    pub label: Cow<'static, str>,
    /// Its value; empty for a heading.
    pub value: String,
    /// What the value is.
    pub holds: Holds,
    /// The value as a display filter compares it, where neither the value nor its bytes say that; empty where a filter
    /// can only ask whether it is there.
    pub literal: Option<String>,
    /// What it means, in a sentence; may be empty.
    pub says: Cow<'static, str>,
    /// Where it stands.
    pub place: Option<Place>,
    /// Where it leads.
    pub leads: Option<Subject>,
    /// The finding that it stands for.
    pub flag: Option<Flag>,
    /// Whether it is open until the user closes it.
    pub open: bool,
    /// What it is made of.
    pub children: Vec<Node>,
}

impl Node {
    /// A line with a value.
    pub(super) fn new(
        name: &'static str,
        label: impl Into<Cow<'static, str>>,
        value: impl Into<String>,
    ) -> Self {
        Self { name, label: label.into(), value: value.into(), ..Self::default() }
    }
    pub(super) fn says(mut self, says: impl Into<Cow<'static, str>>) -> Self {
        self.says = says.into();
        self
    }
    pub(super) fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }
    pub(super) fn leads(mut self, to: Subject) -> Self {
        self.leads = Some(to);
        self
    }
    pub(super) fn open(mut self) -> Self {
        self.open = true;
        self
    }
    pub(super) fn with(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    /// A dissected field and all below it; `settle` says where its bits stand.
    pub(super) fn from_field(field: Field, settle: &dyn Fn(Bits) -> Option<Place>) -> Self {
        let children = field.children.into_iter().map(|child| Self::from_field(child, settle)).collect();
        Self {
            name: field.name,
            label: field.label,
            value: field.value,
            holds: Holds::Anything,
            literal: None,
            says: field.says,
            place: if field.bits.len > 0 { settle(field.bits) } else { None },
            leads: None,
            flag: None,
            open: false,
            children,
        }
    }
}

/// Visits every line with its path.
pub(crate) fn walk(nodes: &[Node], visit: &mut dyn FnMut(&[usize], &Node)) {
    fn below(nodes: &[Node], path: &mut Vec<usize>, visit: &mut dyn FnMut(&[usize], &Node)) {
        for (index, node) in nodes.iter().enumerate() {
            path.push(index);
            visit(path, node);
            below(&node.children, path, visit);
            path.pop();
        }
    }
    below(nodes, &mut Vec::new(), visit);
}
