//! Asks the rules: at a request, an answer, the end of a connection, and whatever else happens.

use super::Judge;
use super::known::Place;
use crate::event::Event;
use crate::head::Head;
use crate::ids::{ConnectionId, FlowId, Side};
use crate::rules::facts::{Answered, Ended, Happened, Headed, Ledger, Requested, Whole};
use crate::rules::{Check, Finding, Report, Severity, Subject};
use crate::websocket::upgrade::switches;

/// Rules, each with its place among all.
type Rules<P> = Vec<(u16, P)>;

/// Rules by what they are asked about.
#[derive(Default)]
pub(super) struct Seldom {
    requests: Rules<fn(&Requested<'_>, &mut Report<'_>)>,
    responses: Rules<fn(&Answered<'_>, &mut Report<'_>)>,
    heads: Rules<fn(&Headed<'_>, &mut Report<'_>)>,
    ends: Rules<fn(&Ended<'_>, &mut Report<'_>)>,
    events: Rules<fn(&Happened<'_>, &mut Report<'_>)>,
    pub(super) captures: Rules<fn(&Whole<'_>, &mut Report<'_>)>,
}

impl Seldom {
    /// Those that are not asked for frames and messages.
    pub(super) fn of(rules: impl Iterator<Item = (u16, Check)>) -> Self {
        let mut seldom = Self::default();
        for (place, check) in rules {
            match check {
                Check::Request(predicate) => seldom.requests.push((place, predicate)),
                Check::Response(predicate) => seldom.responses.push((place, predicate)),
                Check::Head(predicate) => seldom.heads.push((place, predicate)),
                Check::End(predicate) => seldom.ends.push((place, predicate)),
                Check::Event(predicate) => seldom.events.push((place, predicate)),
                Check::Capture(predicate) => seldom.captures.push((place, predicate)),
                Check::Frame(..) | Check::Message(_) | Check::Data(..) => {}
            }
        }
        seldom
    }
}

/// Asks rules, each by `of`, which is given the rule and where to report.
pub(super) fn ask<P: Copy>(
    rules: impl Iterator<Item = (u16, P)>,
    subject: Subject,
    found: &mut Vec<Finding>,
    of: impl Fn(P, &mut Report<'_>),
) {
    for (rule, predicate) in rules {
        of(predicate, &mut Report { rule, subject, found });
    }
}

impl Judge {
    /// Asks about a request.
    pub(super) fn requested(&mut self, ledger: &mut Ledger, head: &Head) {
        let from = self.found.len();
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let facts = Requested { head, ledger, at: self.now, register: &self.register };
        let rules = binding(&self.seldom.requests, &self.http1_only, ledger);
        ask(rules, subject, &mut self.found, |predicate, report| predicate(&facts, report));
        self.headed(ledger, head, Side::Client);
        let errors = self.found.iter().skip(from).filter(|finding| finding.severity == Severity::Error);
        ledger.request_faults.extend(errors.map(|finding| finding.rule));
        ledger.request_faults.dedup();
        self.worsen(ledger, from);
    }

    /// Asks about an answer.
    pub(super) fn answered(&mut self, ledger: &Ledger, head: &Head, early: u64) {
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let switched = switches(head, ledger.request.as_deref());
        let facts = Answered { head, ledger, switched, at: self.now, early, register: &self.register };
        let rules = binding(&self.seldom.responses, &self.http1_only, ledger);
        ask(rules, subject, &mut self.found, |predicate, report| predicate(&facts, report));
    }

    /// Asks about a head, whichever it is.
    pub(super) fn headed(&mut self, ledger: &Ledger, head: &Head, side: Side) {
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let facts = Headed { head, side, ledger, at: self.now };
        let rules = binding(&self.seldom.heads, &self.http1_only, ledger);
        ask(rules, subject, &mut self.found, |predicate, report| predicate(&facts, report));
    }

    /// Notes how bad it is by now.
    pub(super) fn worsen(&self, ledger: &mut Ledger, from: usize) {
        let worst = self.found.iter().skip(from).map(|finding| finding.severity).max();
        ledger.worst = ledger.worst.max(worst);
    }

    pub(super) fn end(&mut self, ledger: &Ledger, capture_over: bool) {
        self.register.ended(ledger);
        let subject = Subject { connection: Some(ledger.id), flow: ledger.flow, frame: None };
        let facts = Ended { ledger, capture_over, at: self.now };
        let rules = binding(&self.seldom.ends, &self.http1_only, ledger);
        ask(rules, subject, &mut self.found, |predicate, report| predicate(&facts, report));
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
        let (subject, register) = (Subject { connection, flow, frame: None }, &self.register);
        let facts = Happened { event, ledger, register, flow: Some(&known.flow), at: self.now };
        let rules = self.seldom.events.iter().copied();
        ask(rules, subject, &mut self.found, |predicate, report| predicate(&facts, report));
    }
}

/// The rules that bind a connection: a WebSocket in HTTP/2 does without some (RFC 8441 5).
fn binding<'a, P: Copy>(
    rules: &'a Rules<P>,
    spared: &'a [bool],
    ledger: &Ledger,
) -> impl Iterator<Item = (u16, P)> + use<'a, P> {
    let all = ledger.carrier.stream.is_none();
    rules.iter().copied().filter(move |(rule, _)| all || spared.get(usize::from(*rule)) != Some(&true))
}
