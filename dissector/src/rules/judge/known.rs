//! What is remembered of TCP connections, by their number: numbers are dense, so a place is the number itself.

use crate::event::{Ending, Flow};
use crate::ids::FlowId;
use crate::rules::facts::{Ledger, Moment};

/// What is remembered of a TCP connection.
pub(super) struct Known {
    pub(super) flow: Flow,
    pub(super) heard: [bool; 2],
    pub(super) ended: [Option<(Ending, Moment)>; 2],
    pub(super) lost: [u64; 2],
    pub(super) ledger: Option<Box<Ledger>>,
}

/// All TCP connections; of those that are over, an empty place.
#[derive(Default)]
pub(super) struct Flows(Vec<Option<Box<Known>>>);

impl Flows {
    /// A TCP connection, the next one, was met.
    pub(super) fn push(&mut self, known: Known) {
        debug_assert_eq!(known.flow.id.index() as usize, self.0.len());
        self.0.push(Some(Box::new(known)));
    }
    pub(super) fn get(&self, flow: FlowId) -> Option<&Known> {
        self.0.get(flow.index() as usize)?.as_deref()
    }
    pub(super) fn get_mut(&mut self, flow: FlowId) -> Option<&mut Known> {
        self.0.get_mut(flow.index() as usize)?.as_deref_mut()
    }
    /// Nothing more is remembered of a TCP connection.
    pub(super) fn take(&mut self, flow: FlowId) -> Option<Box<Known>> {
        self.0.get_mut(flow.index() as usize)?.take()
    }
}
