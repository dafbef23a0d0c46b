//! What is remembered of TCP connections, by their number: numbers are dense, so a place is the number itself. Each
//! WebSocket in HTTP/2 has a place of its own beside its TCP connection.

use std::collections::{BTreeMap, VecDeque};

use crate::event::{Carrier, Ending, Flow, Frame};
use crate::ids::{ConnectionId, End, FlowId};
use crate::rules::facts::{Ledger, Moment};
use crate::rules::judge::quiet::Quiet;

/// What is remembered of a TCP connection.
pub(super) struct Known {
    pub(super) flow: Flow,
    pub(super) heard: [bool; 2],
    /// How far each end had the other one's stream, by its last packet.
    pub(super) acknowledged: [u64; 2],
    /// How far each end's stream of TCP had come, by its newest segment.
    pub(super) reached: [u64; 2],
    /// Where TCP and the stream inside TLS or HTTP/2 stood together at the ends of some frames, oldest first: what
    /// is acknowledged is TCP's.
    marks: Option<Box<[VecDeque<Mark>; 2]>>,
    pub(super) ended: [Option<(Ending, Moment)>; 2],
    pub(super) lost: [u64; 2],
    pub(super) ledger: Option<Box<Ledger>>,
    /// What the ledger does not hold yet; nothing before the first frame.
    pub(super) quiet: Option<Box<Quiet>>,
}

impl Known {
    /// What a TCP connection is that was just met.
    pub(super) fn met(flow: Flow) -> Self {
        Self {
            flow,
            heard: [false; 2],
            acknowledged: [0; 2],
            reached: [0; 2],
            marks: None,
            ended: [None; 2],
            lost: [0; 2],
            ledger: None,
            quiet: None,
        }
    }

    /// The ledger, with what every packet and every plain frame tells brought up to date: they are many, and rules
    /// ask seldom.
    pub(super) fn ledger(&mut self) -> Option<&mut Box<Ledger>> {
        let ledger = self.ledger.as_mut()?;
        if let Some(quiet) = &mut self.quiet {
            quiet.settle(ledger);
        }
        let ends = [End::A, End::B];
        for (end, (heard, acknowledged)) in
            ends.into_iter().zip(self.heard.into_iter().zip(self.acknowledged))
        {
            let side = ledger.side(end);
            if let Some(known) = ledger.heard.get_mut(side.index()) {
                *known |= heard;
            }
            if ledger.carrier == Carrier::default() {
                ledger.party_mut(side).acknowledged = acknowledged;
                continue;
            }
            // What this end acknowledged is the other one's.
            let marks = self.marks.as_mut().and_then(|marks| marks.get_mut(end.other().index()));
            let Some(marks) = marks else { continue };
            while let Some(mark) = marks.pop_front_if(|mark| mark.tcp <= acknowledged) {
                ledger.party_mut(side).acknowledged = mark.inside;
            }
        }
        Some(ledger)
    }

    /// Looks at all that the next packet will ask for.
    pub(super) fn warm(&self) -> u64 {
        let [a, b] = self.heard.map(u64::from);
        let [mine, theirs] = self.acknowledged;
        let [first, second] = self.reached;
        a ^ b ^ mine ^ theirs ^ first ^ second ^ u64::from(self.quiet.is_some())
    }

    /// A frame was seen up to its end in a stream that is not TCP's own.
    pub(super) fn mark(&mut self, end: End, inside: u64) {
        let tcp = self.reached.get(end.index()).copied().unwrap_or_default();
        if let Some(marks) = self.marks.get_or_insert_default().get_mut(end.index()) {
            if marks.len() == MARKS {
                marks.pop_front();
            }
            marks.push_back(Mark { tcp, inside });
        }
    }

    /// The same, taken away.
    pub(super) fn take_ledger(&mut self) -> Option<Box<Ledger>> {
        self.ledger()?;
        self.ledger.take()
    }

    /// Counts a plain frame, or says that the ledger is needed for it.
    pub(super) fn counts(&mut self, frame: &Frame, at: Moment) -> bool {
        self.quiet.as_mut().is_some_and(|quiet| quiet.counts(frame, at))
    }

    /// The ledger is up to date: plain frames are counted from here on.
    pub(super) fn begin_to_count(&mut self) {
        match (&self.ledger, &mut self.quiet) {
            (Some(ledger), Some(quiet)) => quiet.begin(ledger),
            (Some(ledger), quiet) => *quiet = Some(Box::new(Quiet::beside(ledger))),
            _ => {}
        }
    }
}

/// A frame's end, in the stream that holds it and in TCP.
struct Mark {
    tcp: u64,
    inside: u64,
}

/// Frames in flight that are remembered.
const MARKS: usize = 64;

/// Where something is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// With its TCP connection.
    Flow(FlowId),
    /// By itself, beside its TCP connection: a WebSocket in HTTP/2.
    Tunnel(FlowId, ConnectionId),
}

impl Place {
    pub(super) const fn flow(self) -> FlowId {
        match self {
            Self::Flow(flow) | Self::Tunnel(flow, _) => flow,
        }
    }
}

/// All TCP connections, of those that are over an empty place; and the WebSockets in HTTP/2 that are open.
#[derive(Default)]
pub(super) struct Flows {
    flows: Vec<Option<Box<Known>>>,
    tunnels: BTreeMap<(FlowId, ConnectionId), Box<Known>>,
}

impl Flows {
    /// A TCP connection, the next one, was met.
    pub(super) fn push(&mut self, known: Known) {
        debug_assert_eq!(known.flow.id.index() as usize, self.flows.len());
        self.flows.push(Some(Box::new(known)));
    }
    /// A WebSocket in HTTP/2 was met.
    pub(super) fn add_tunnel(&mut self, flow: FlowId, connection: ConnectionId) {
        if let Some(known) = self.get_mut(flow) {
            let known = Known { lost: known.lost, ..Known::met(known.flow) };
            self.tunnels.insert((flow, connection), Box::new(known));
        }
    }
    pub(super) fn seen(&self, flow: FlowId) -> Option<&Known> {
        self.flows.get(flow.index() as usize)?.as_deref()
    }
    pub(super) fn get_mut(&mut self, flow: FlowId) -> Option<&mut Known> {
        self.flows.get_mut(flow.index() as usize)?.as_deref_mut()
    }
    /// What is remembered at a place.
    pub(super) fn at(&mut self, place: Place) -> Option<&mut Known> {
        let Place::Tunnel(flow, connection) = place else { return self.get_mut(place.flow()) };
        let tunnel = self.tunnels.get_mut(&(flow, connection))?;
        // What packets tell, they tell of the TCP connection.
        if let Some(Some(known)) = self.flows.get(flow.index() as usize) {
            tunnel.heard = known.heard;
            tunnel.acknowledged = known.acknowledged;
            tunnel.reached = known.reached;
        }
        Some(tunnel)
    }
    /// The places of a TCP connection: its own, and those of the WebSockets in its HTTP/2 that are open.
    pub(super) fn places(&self, flow: FlowId) -> impl DoubleEndedIterator<Item = Place> + use<> {
        let all = (flow, ConnectionId::new(0))..(flow.next(), ConnectionId::new(0));
        let tunnels =
            self.tunnels.range(all).map(|((flow, connection), _)| Place::Tunnel(*flow, *connection));
        core::iter::once(Place::Flow(flow)).chain(tunnels.collect::<Vec<_>>())
    }
    /// Nothing more is remembered there.
    pub(super) fn take(&mut self, place: Place) -> Option<Box<Known>> {
        match place {
            Place::Flow(flow) => self.flows.get_mut(flow.index() as usize)?.take(),
            Place::Tunnel(flow, connection) => {
                self.at(place)?;
                self.tunnels.remove(&(flow, connection))
            }
        }
    }
}
