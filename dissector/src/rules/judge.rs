//! Looks at every fact that goes by, remembers what rules need of it, and asks the rules.
//!
//! The only writer of ledgers. Knows when a rule is asked, and not one rule.

mod asking;
mod ends;
mod known;
mod quiet;
mod register;
mod remember;

use core::cell::OnceCell;
use std::sync::Arc;

use crate::event::{Carrier, Connection, Event, Frame, Message, Opening, Outcome, Part};
use crate::flow::{Warmed, look_at};
use crate::head::Head;
use crate::ids::{ConnectionId, End, FlowId, PacketId, Side};
use crate::outbox::Heard;
use crate::rules::facts::{Attempt, Fault, Ledger, Moment, On, Party, Register, Seen, Told, Whole};
use crate::rules::http2;
use crate::rules::judge::asking::{Seldom, ask};
use crate::rules::judge::known::{Flows, Known, Place};
pub(in crate::rules) use crate::rules::judge::remember::{KEYS_TOGETHER, LARGE};
use crate::rules::judge::remember::{kinds, remember};
use crate::rules::{Accused, Check, Finding, Report, Severity, Subject, rules};
use crate::span::Span;
use crate::websocket::upgrade::Agreement;

/// Errors of one side that are remembered.
const FAULTS: usize = 8;

type OnFrame = (u16, On, fn(&Seen<'_>, &mut Report<'_>));
type OnMessage = (u16, fn(&Told<'_>, &mut Report<'_>));

/// Remembers, and asks the rules.
pub(crate) struct Judge {
    now: Moment,
    flows: Flows,
    /// Where each WebSocket connection is remembered, in order of their numbers.
    places: Vec<Place>,
    /// The rules that do not bind a WebSocket in HTTP/2, by their place.
    http1_only: Vec<bool>,
    register: Register,
    frame_rules: Vec<OnFrame>,
    /// The kinds of frames that some rule is asked for.
    frame_kinds: u16,
    message_rules: Vec<OnMessage>,
    /// Those that are asked seldom.
    seldom: Seldom,
    found: Vec<Finding>,
    last_frame: Option<Frame>,
}

impl Default for Judge {
    fn default() -> Self {
        let numbered = || rules().enumerate().map(|(place, rule)| (place as u16, rule.check));
        let frame_rules = numbered().filter_map(|(place, check)| match check {
            Check::Frame(on, predicate) | Check::Data(on, predicate, _) => Some((place, on, predicate)),
            _ => None,
        });
        let frame_rules: Vec<OnFrame> = frame_rules.collect();
        let message_rules = numbered().filter_map(|(place, check)| match check {
            Check::Message(predicate) | Check::Data(_, _, predicate) => Some((place, predicate)),
            _ => None,
        });
        Self {
            now: Moment { packet: PacketId::new(0), time: 0 },
            flows: Flows::default(),
            places: Vec::new(),
            http1_only: rules().map(|rule| http2::is_done_without(rule.code)).collect(),
            register: Register::default(),
            frame_kinds: frame_rules.iter().fold(0, |kinds, (_, on, _)| kinds | *on as u16),
            frame_rules,
            message_rules: message_rules.collect(),
            seldom: Seldom::of(numbered()),
            found: Vec::new(),
            last_frame: None,
        }
    }
}

impl Judge {
    /// What follows is said at this packet.
    pub(crate) fn at(&mut self, packet: PacketId, time: i64) {
        self.now = Moment { packet, time };
    }

    /// Looks at what is remembered of connections of which packets come soon.
    pub(crate) fn warm(&self, coming: &[Warmed]) {
        look_at(coming.iter().filter_map(|coming| Some(self.flows.seen(coming.flow)?.warm())));
        let frames = || coming.iter().filter_map(|coming| Some((coming.flow, coming.connection?)));
        let quiet = |flow| self.flows.seen(flow)?.quiet.as_ref();
        look_at(frames().filter_map(|(flow, (_, side))| Some(quiet(flow)?.warm(side))));
        look_at(frames().filter_map(|(_, (id, _))| Some(u64::from(self.place(id)?.flow().index()))));
    }

    /// A packet of a TCP connection went by. `acknowledged`: how far its sender has the other end's stream by now;
    /// `reached`: how far its own one goes with it.
    pub(crate) fn heard(&mut self, heard: Heard) {
        let Heard { flow, end, acknowledged, reached } = heard;
        let Some(known) = self.flows.get_mut(flow) else { return };
        if let Some(heard) = known.heard.get_mut(end.index()) {
            *heard = true;
        }
        if let Some(known) = known.acknowledged.get_mut(end.index()) {
            *known = acknowledged;
        }
        if let Some(known) = known.reached.get_mut(end.index()) {
            *known = reached.max(*known);
        }
    }

    /// A fact went by: what the rules find in it.
    pub(crate) fn see(&mut self, event: &Event) -> impl Iterator<Item = Finding> + '_ {
        match event {
            Event::Extent { .. }
            | Event::Record { .. }
            | Event::Epoch { .. }
            | Event::Finding(_)
            | Event::Neighbor(_)
            | Event::Checkpoint { .. } => {}
            Event::Frame(frame) => self.frame(frame),
            Event::Message(message) => self.message(message),
            Event::Flow(flow) => {
                self.flows.push(Known::met(*flow));
                self.happened(flow.id, event);
            }
            Event::Connection(connection) => self.connection(connection, event),
            Event::Request { connection, head } => self.late_request(*connection, head),
            Event::Response { connection, head, agreement, accepted, early } => {
                self.response(*connection, (head, agreement), *accepted, *early);
            }
            Event::Presumed { connection } => {
                if let Some(Some(ledger)) = self.ledger_of(*connection) {
                    ledger.accepted = true;
                    let flow = ledger.flow;
                    self.happened(flow, event);
                }
            }
            Event::Ended { flow, end, how } => {
                for place in self.flows.places(*flow) {
                    self.ended(place, *end, *how);
                }
                self.happened(*flow, event);
            }
            Event::StreamOver { connection, side, how, span } => {
                self.stream_over(*connection, *side, *how, *span)
            }
            Event::Gap { flow, span, cut } => {
                self.register.cuts = self.register.cuts.saturating_add(u64::from(*cut));
                self.lost(*flow, *span, *cut);
                self.happened(*flow, event);
            }
            Event::Refused { flow, span, .. } => {
                self.lost(*flow, *span, false);
                self.happened(*flow, event);
            }
            Event::Http2 { flow, what } => {
                self.happened(*flow, event);
                self.register.set(*flow, what);
            }
            Event::Secured { id, flow, secured } => {
                self.register.secured.insert(*id, Arc::clone(secured));
                self.happened(*flow, event);
            }
            Event::Leftover { connection, side, span } => {
                if let Some(Some(ledger)) = self.ledger_of(*connection) {
                    ledger.party_mut(*side).leftover = Some(Box::new(*span));
                }
            }
            Event::Conflict { flow, .. }
            | Event::Carries { flow, .. }
            | Event::Stall { flow, .. }
            | Event::Proxied { flow, .. } => self.happened(*flow, event),
        }
        self.found.drain(..)
    }

    /// A TCP connection will say no more: what is absent now stays absent.
    pub(crate) fn over(&mut self, flow: FlowId, capture_over: bool) -> impl Iterator<Item = Finding> + '_ {
        self.register.announced.remove(&flow);
        self.flows.places(flow).rev().for_each(|place| self.forget(place, capture_over));
        self.found.drain(..)
    }

    /// A WebSocket in a stream of HTTP/2 will say no more.
    pub(crate) fn tunnel_over(&mut self, connection: ConnectionId) -> impl Iterator<Item = Finding> + '_ {
        if let Some(place @ Place::Tunnel(..)) = self.place(connection) {
            self.forget(place, false);
        }
        self.found.drain(..)
    }

    /// Where a connection is remembered.
    fn place(&self, connection: ConnectionId) -> Option<Place> {
        self.places.get(connection.index() as usize).copied()
    }

    /// The capture is over.
    pub(crate) fn capture_over(&mut self) -> impl Iterator<Item = Finding> + '_ {
        let failed = OnceCell::new();
        let facts = Whole { register: &self.register, failed: &failed, at: self.now };
        let subject = Subject { connection: None, flow: FlowId::new(0), frame: None };
        let rules = self.seldom.captures.iter().copied();
        ask(rules, subject, &mut self.found, |predicate, report| predicate(&facts, report));
        self.found.drain(..)
    }

    /// What is remembered of a connection, as long as it is the newest of its TCP connection.
    fn ledger_of(&mut self, connection: ConnectionId) -> Option<&mut Option<Box<Ledger>>> {
        let place = self.place(connection)?;
        let known = self.flows.at(place)?;
        known.ledger();
        let ledger = &mut known.ledger;
        ledger.as_ref().is_some_and(|ledger| ledger.id == connection).then_some(ledger)
    }

    fn connection(&mut self, connection: &Connection, event: &Event) {
        let at = self.now;
        debug_assert_eq!(connection.id.index() as usize, self.places.len());
        let tunnel = connection.carrier.stream.is_some();
        let place = match tunnel {
            true => Place::Tunnel(connection.flow, connection.id),
            false => Place::Flow(connection.flow),
        };
        self.places.push(place);
        if tunnel {
            self.flows.add_tunnel(connection.flow, connection.id);
        }
        let Some(known) = self.flows.at(place) else { return };
        if let Some(before) = known.take_ledger() {
            self.end(&before, false);
        }
        if connection.opening == Opening::Sealed {
            return self.happened_to(place, Some(connection.id), event);
        }
        let Some(known) = self.flows.at(place) else { return };
        let client = connection.client.end();
        let request = connection.request.clone();
        let [a, b] = known.heard;
        let heard = if client == End::A { [a, b] } else { [b, a] };
        let mut parties = [Party::default(), Party::default()];
        for (party, end) in parties.iter_mut().zip([client, client.other()]) {
            party.ended = known.ended.get(end.index()).copied().flatten();
            party.lost = known.lost.get(end.index()).copied().unwrap_or_default();
        }
        let mut ledger = Ledger {
            id: connection.id,
            flow: connection.flow,
            ends: Some(known.flow),
            client,
            streams: [connection.client, connection.server],
            carrier: connection.carrier,
            secured: connection.carrier.tls.and_then(|id| self.register.secured.get(&id).cloned()),
            opening: connection.opening,
            agreement: Arc::clone(&connection.agreement),
            request: request.clone(),
            response: None,
            accepted: connection.opening.is_open(),
            began: at,
            answered: None,
            last_before_end: None,
            parties,
            heard,
            request_faults: Vec::new(),
            worst: None,
        };
        let (a, b) = (known.flow.a, known.flow.b);
        let (from, to) = if client == End::A { (a, b) } else { (b, a) };
        if let Some(head) = &request {
            self.register.add(Attempt::new(&ledger, from.ip(), to, head));
        }
        if let Some(head) = &request {
            self.requested(&mut ledger, head);
        }
        self.keep(Box::new(ledger));
        self.happened_to(place, Some(connection.id), event);
    }

    /// A request that was captured behind its answer: it is asked about now, and so is the answer again.
    fn late_request(&mut self, connection: ConnectionId, head: &Arc<Head>) {
        let Some(mut ledger) = self.ledger_of(connection).and_then(Option::take) else { return };
        let response = ledger.response.clone();
        let mut before = Vec::new();
        if let Some(response) = &response {
            let from = self.found.len();
            self.answered(&ledger, response, 0);
            before = self.found.drain(from..).map(|finding| finding.rule).collect();
        }
        ledger.agreement = Arc::new(Agreement::of(Some(head), response.as_deref()));
        ledger.request = Some(Arc::clone(head));
        self.requested(&mut ledger, head);
        if let Some(response) = &response {
            let from = self.found.len();
            self.answered(&ledger, response, 0);
            let again: Vec<_> = self.found.drain(from..).collect();
            self.found.extend(again.into_iter().filter(|finding| !before.contains(&finding.rule)));
            self.worsen(&mut ledger, from);
        }
        self.keep(ledger);
    }

    fn response(
        &mut self,
        connection: ConnectionId,
        (head, agreement): (&Arc<Head>, &Arc<Agreement>),
        accepted: bool,
        early: u64,
    ) {
        let at = self.now;
        let Some(mut ledger) = self.ledger_of(connection).and_then(Option::take) else { return };
        ledger.agreement = Arc::clone(agreement);
        ledger.response = Some(Arc::clone(head));
        ledger.accepted = accepted;
        ledger.answered = Some(at);
        self.register.answered(connection, accepted, at);
        let from = self.found.len();
        self.answered(&ledger, head, early);
        self.headed(&ledger, head, Side::Server);
        self.worsen(&mut ledger, from);
        self.keep(ledger);
    }

    /// A message is complete: what the rules find in it.
    pub(crate) fn see_message(&mut self, message: &Message) -> impl Iterator<Item = Finding> + '_ {
        self.message(message);
        self.found.drain(..)
    }

    /// A frame went by: what the rules find in it.
    pub(crate) fn see_frame(&mut self, frame: &Frame) -> impl Iterator<Item = Finding> + '_ {
        self.frame(frame);
        self.found.drain(..)
    }

    fn frame(&mut self, frame: &Frame) {
        let at = self.now;
        let Some(place) = self.place(frame.connection) else { return };
        let Some(known) = self.flows.at(place) else { return };
        if known.counts(frame, at) {
            self.last_frame = None;
            return;
        }
        let Some(ledger) = known.ledger().filter(|ledger| ledger.id == frame.connection) else { return };
        let on = kinds(frame, ledger);
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: Some(frame.id) };
        let before = self.found.len();
        let asked = if on & self.frame_kinds == 0 { &[][..] } else { self.frame_rules.as_slice() };
        for (rule, kind, predicate) in asked {
            if on & *kind as u16 != 0 {
                let found = self.found.len();
                let mut report = Report { rule: *rule, subject, found: &mut self.found };
                predicate(&Seen { frame, ledger, at }, &mut report);
                if *kind == On::AfterFault && self.found.len() > found {
                    let faults = &mut ledger.party_mut(frame.side.other()).faults;
                    faults.iter_mut().for_each(|fault| fault.told = true);
                }
            }
        }
        blame(ledger, self.found.get(before..).unwrap_or_default(), at);
        remember(ledger, frame, at);
        if ledger.carrier != Carrier::default() {
            known.mark(frame.stream.end(), frame.at.saturating_add(frame.header.frame_len()));
        }
        if self.frame_kinds & On::Any as u16 == 0 {
            known.begin_to_count();
        }
        // A message of one plain frame has no event of its own.
        let plain = frame.part == Part::Whole && !frame.compressed && frame.missing == 0 && !frame.truncated;
        self.last_frame = (frame.message.is_some() && !plain).then(|| frame.clone());
    }

    fn message(&mut self, message: &Message) {
        let at = self.now;
        let Some(mut ledger) = self.ledger_of(message.connection).and_then(Option::take) else { return };
        let frame = self.last_frame.as_ref().filter(|frame| frame.id == message.last);
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: Some(message.last) };
        let before = self.found.len();
        let told = Told { message, side: message.side, frame, ledger: &ledger, at };
        for (rule, predicate) in &self.message_rules {
            predicate(&told, &mut Report { rule: *rule, subject, found: &mut self.found });
        }
        blame(&mut ledger, self.found.get(before..).unwrap_or_default(), at);
        if message.compressed {
            let party = ledger.party_mut(message.side);
            let adrift = message.outcome == Outcome::ContextLost;
            party.adrift = if adrift { party.adrift.saturating_add(1) } else { 0 };
        }
        self.keep(ledger);
    }

    fn keep(&mut self, ledger: Box<Ledger>) {
        if let Some(known) = self.place(ledger.id).and_then(|place| self.flows.at(place)) {
            known.ledger = Some(ledger);
        }
    }
}

/// Notes the first error of each rule and side.
fn blame(ledger: &mut Ledger, found: &[Finding], now: Moment) {
    for finding in found {
        ledger.worst = ledger.worst.max(Some(finding.severity));
        if let (Severity::Error, Accused::Side(side)) = (finding.severity, finding.accused) {
            let answered = ledger.party(side.other()).messages;
            let Finding { rule, frame, span, .. } = finding;
            let end = span.map_or(0, Span::end);
            let fault = Fault { rule: *rule, frame: *frame, at: now, end, answered, told: false };
            let faults = &mut ledger.party_mut(side).faults;
            if faults.len() < FAULTS && faults.iter().all(|known| known.rule != fault.rule) {
                faults.push(fault);
            }
        }
    }
}
