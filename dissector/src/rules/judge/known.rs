//! What is remembered of TCP connections, by their number: numbers are dense, so a place is the number itself.

use crate::event::{Ending, Flow};
use crate::ids::{End, FlowId};
use crate::rules::facts::{Ledger, Moment};

/// What is remembered of a TCP connection.
pub(super) struct Known {
    pub(super) flow: Flow,
    pub(super) heard: [bool; 2],
    /// How far each end had the other one's stream, by its last packet.
    pub(super) acknowledged: [u64; 2],
    pub(super) ended: [Option<(Ending, Moment)>; 2],
    pub(super) lost: [u64; 2],
    pub(super) ledger: Option<Box<Ledger>>,
}

impl Known {
    /// The ledger, with what every packet tells brought up to date: packets are many, and rules ask seldom.
    pub(super) fn ledger(&mut self) -> Option<&mut Box<Ledger>> {
        let ledger = self.ledger.as_mut()?;
        let ends = [End::A, End::B];
        for (end, (heard, acknowledged)) in
            ends.into_iter().zip(self.heard.into_iter().zip(self.acknowledged))
        {
            let side = ledger.side(end);
            if let Some(known) = ledger.heard.get_mut(side.index()) {
                *known |= heard;
            }
            ledger.party_mut(side).acknowledged = acknowledged;
        }
        Some(ledger)
    }
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
    pub(super) fn get_mut(&mut self, flow: FlowId) -> Option<&mut Known> {
        self.0.get_mut(flow.index() as usize)?.as_deref_mut()
    }
    /// Nothing more is remembered of a TCP connection.
    pub(super) fn take(&mut self, flow: FlowId) -> Option<Box<Known>> {
        self.0.get_mut(flow.index() as usize)?.take()
    }
}
