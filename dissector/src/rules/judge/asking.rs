//! Asks the rules: at a request, an answer, the end of a connection, and whatever else happens.

use super::Judge;
use super::known::Place;
use crate::event::Event;
use crate::head::Head;
use crate::ids::{ConnectionId, FlowId, Side};
use crate::rules::facts::{Answered, Ended, Happened, Headed, Ledger, Requested};
use crate::rules::{Check, Report, Severity, Subject};

impl Judge {
    /// Asks about a request.
    pub(super) fn requested(&mut self, ledger: &mut Ledger, head: &Head) {
        let from = self.found.len();
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let spared = &self.http1_only;
        for (rule, check) in self.others.iter().filter(|(rule, _)| binds(spared, *rule, ledger)) {
            let mut report = Report { rule: *rule, subject, found: &mut self.found };
            if let Check::Request(predicate) = check {
                let facts = Requested { head, ledger, at: self.now, register: &self.register };
                predicate(&facts, &mut report);
            }
        }
        self.headed(ledger, head, Side::Client);
        let errors = self.found.iter().skip(from).filter(|finding| finding.severity == Severity::Error);
        ledger.request_faults.extend(errors.map(|finding| finding.rule));
        ledger.request_faults.dedup();
        self.worsen(ledger, from);
    }

    /// Asks about an answer.
    pub(super) fn answered(&mut self, ledger: &Ledger, head: &Head, early: u64) {
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let spared = &self.http1_only;
        for (rule, check) in self.others.iter().filter(|(rule, _)| binds(spared, *rule, ledger)) {
            let mut report = Report { rule: *rule, subject, found: &mut self.found };
            if let Check::Response(predicate) = check {
                let facts = Answered { head, ledger, at: self.now, early, register: &self.register };
                predicate(&facts, &mut report);
            }
        }
    }

    /// Asks about a head, whichever it is.
    pub(super) fn headed(&mut self, ledger: &Ledger, head: &Head, side: Side) {
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let spared = &self.http1_only;
        for (rule, check) in self.others.iter().filter(|(rule, _)| binds(spared, *rule, ledger)) {
            let mut report = Report { rule: *rule, subject, found: &mut self.found };
            if let Check::Head(predicate) = check {
                predicate(&Headed { head, side, ledger, at: self.now }, &mut report);
            }
        }
    }

    /// Notes how bad it is by now.
    pub(super) fn worsen(&self, ledger: &mut Ledger, from: usize) {
        let worst = self.found.iter().skip(from).map(|finding| finding.severity).max();
        ledger.worst = ledger.worst.max(worst);
    }

    pub(super) fn end(&mut self, ledger: &Ledger, capture_over: bool) {
        self.register.ended(ledger);
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let spared = &self.http1_only;
        for (rule, check) in self.others.iter().filter(|(rule, _)| binds(spared, *rule, ledger)) {
            let mut report = Report { rule: *rule, subject, found: &mut self.found };
            if let Check::End(predicate) = check {
                predicate(&Ended { ledger, capture_over, at: self.now }, &mut report);
            }
        }
    }

    pub(super) fn happened(&mut self, flow: FlowId, event: &Event) {
        self.happened_to(Place::Flow(flow), None, event);
    }

    /// Something happened to `connection`, or to the one that is remembered there.
    pub(super) fn happened_to(&mut self, place: Place, connection: Option<ConnectionId>, event: &Event) {
        let flow = place.flow();
        let Some(known) = self.flows.at(place) else { return };
        known.ledger();
        let ledger = known.ledger.as_deref();
        let connection = connection.or(ledger.map(|ledger| ledger.id));
        for (rule, check) in &self.others {
            let subject = Subject { connection, flow, frame: None };
            let mut report = Report { rule: *rule, subject, found: &mut self.found };
            if let Check::Event(predicate) = check {
                let (flow, register) = (Some(&known.flow), &self.register);
                let happened = Happened { event, ledger, register, flow, at: self.now };
                predicate(&happened, &mut report);
            }
        }
    }
}

/// Whether a rule binds a connection: a WebSocket in HTTP/2 does without some (RFC 8441 5).
fn binds(spared: &[bool], rule: u16, ledger: &Ledger) -> bool {
    ledger.carrier.stream.is_none() || spared.get(usize::from(rule)) != Some(&true)
}
