//! What a peer may do and may not: one table, an entry a rule.
//!
//! A rule looks at facts and says where to point; it parses nothing and remembers nothing. What must be
//! remembered stands in the [`Ledger`](facts::Ledger).

pub mod cite;
pub mod facts;
mod judge;

mod answer;
mod negotiation;
mod upgrade;

mod close;
mod control;
mod deflate;
mod frame;
mod message;

mod death;
mod heads;

mod health;
mod http2;
mod observer;

#[cfg(test)]
mod bench;
#[cfg(test)]
mod tests;

use crate::ids::{ConnectionId, FlowId, FrameId, Side};
use crate::span::Span;

pub(crate) use judge::Judge;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Legal, and worth knowing.
    Note,
    /// A SHOULD is broken, or something is likely to be wrong.
    Warn,
    /// A MUST is broken.
    Error,
}

impl Severity {
    /// `note`, `warn` or `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// The RFC's own word for how much is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// MUST or REQUIRED (RFC 2119).
    Must,
    /// MUST NOT.
    MustNot,
    /// SHOULD.
    Should,
    /// MAY, or said to be legal.
    May,
    /// No RFC asks it: experience does.
    Practice,
}

impl Level {
    /// The word as RFC 2119 writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::May => "MAY",
            Self::Practice => "practice",
        }
    }
}

/// Whom a finding is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accused {
    /// One of the two peers.
    Side(Side),
    /// Nobody: the capture, or what was done with it, cannot tell more.
    Observer,
}

impl Accused {
    /// `client`, `server` or `observer`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Side(side) => side.name(),
            Self::Observer => "observer",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name everywhere; never used again for another one.
    pub code: &'static str,
    /// How bad it is, as a rule; a finding may be milder.
    pub severity: Severity,
    /// How much the RFC asks.
    pub level: Level,
    /// RFC number and section, as in `6455 5.2`; empty where no RFC says it.
    pub rfc: &'static str,
    /// One sentence: what is the matter.
    pub says: &'static str,
    /// What a known endpoint is likely to report; empty where none is known.
    pub likely: &'static str,
    /// When it is looked at, and by what.
    pub check: Check,
}

impl Rule {
    /// Where the sentence of the RFC can be read.
    pub fn link(&self) -> Option<String> {
        cite::link(self.rfc)
    }
}

/// When a rule is looked at, and the predicate that does it.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// At a request for WebSocket.
    Request(fn(&facts::Requested<'_>, &mut Report<'_>)),
    /// At the answer to it.
    Response(fn(&facts::Answered<'_>, &mut Report<'_>)),
    /// At either of the two.
    Head(fn(&facts::Headed<'_>, &mut Report<'_>)),
    /// At a frame of a kind.
    Frame(facts::On, fn(&facts::Seen<'_>, &mut Report<'_>)),
    /// At the end of a fragmented or compressed message.
    Message(fn(&facts::Told<'_>, &mut Report<'_>)),
    /// At a frame of a kind, and at the end of a fragmented or compressed message.
    Data(facts::On, fn(&facts::Seen<'_>, &mut Report<'_>), fn(&facts::Told<'_>, &mut Report<'_>)),
    /// When TCP ends at one end, or the capture does.
    End(fn(&facts::Ended<'_>, &mut Report<'_>)),
    /// At other events: what the observer must admit, and the health of the transport.
    Event(fn(&facts::Happened<'_>, &mut Report<'_>)),
    /// When the capture ends: what only many connections together show.
    Capture(fn(&facts::Whole<'_>, &mut Report<'_>)),
}

/// Where a finding points.
#[derive(Clone, Debug, Default)]
pub struct Point {
    /// The bytes, where there are some to point at.
    pub span: Option<Span>,
    /// What was expected; empty where the rule's sentence says it.
    pub expected: String,
    /// What was seen.
    pub seen: String,
    /// Milder or harder than the rule, where the circumstances make it so.
    pub severity: Option<Severity>,
}

/// Takes what a rule finds.
pub struct Report<'a> {
    rule: u16,
    subject: Subject,
    found: &'a mut Vec<Finding>,
}

/// What the rules are looking at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    pub(crate) connection: Option<ConnectionId>,
    pub(crate) flow: FlowId,
    pub(crate) frame: Option<FrameId>,
}

impl Report<'_> {
    /// `accused` broke the rule here.
    pub fn find(&mut self, accused: Accused, point: Point) {
        let severity = point.severity.unwrap_or_else(|| rule(self.rule).severity);
        let Subject { connection, flow, frame } = self.subject;
        let Point { span, expected, seen, .. } = point;
        let finding =
            Finding { rule: self.rule, severity, accused, connection, flow, frame, span, expected, seen };
        self.found.push(finding);
    }
    /// The same, against a side.
    pub fn against(&mut self, side: Side, point: Point) {
        self.find(Accused::Side(side), point);
    }
    /// The same, about another connection than the one in hand.
    pub fn against_connection(&mut self, side: Side, attempt: &facts::Attempt, point: Point) {
        let facts::Attempt { connection, flow, .. } = *attempt;
        let now = self.subject;
        self.subject = Subject { connection: Some(connection), flow, frame: None };
        self.against(side, point);
        self.subject = now;
    }
    /// The same, about another frame than the one in hand.
    pub fn against_frame(&mut self, side: Side, frame: FrameId, point: Point) {
        let now = self.subject.frame.replace(frame);
        self.against(side, point);
        self.subject.frame = now;
    }
}

/// What a rule found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Place of its rule in [`rules`].
    pub rule: u16,
    /// How bad it is.
    pub severity: Severity,
    /// Whom it is against.
    pub accused: Accused,
    /// The connection, where there is one.
    pub connection: Option<ConnectionId>,
    /// The TCP connection.
    pub flow: FlowId,
    /// The frame, where there is one.
    pub frame: Option<FrameId>,
    /// The bytes, where there are some to point at.
    pub span: Option<Span>,
    /// What was expected; empty where the rule's sentence says it.
    pub expected: String,
    /// What was seen.
    pub seen: String,
}

impl Finding {
    /// Its rule.
    pub fn rule(&self) -> &'static Rule {
        rule(self.rule)
    }
    /// One sentence with what was expected and what was seen.
    pub fn sentence(&self) -> String {
        let mut text = self.rule().says.to_owned();
        if !self.expected.is_empty() {
            text.push_str(": expected ");
            text.push_str(&self.expected);
        }
        if !self.seen.is_empty() {
            text.push_str(if self.expected.is_empty() { ": " } else { ", saw " });
            text.push_str(&self.seen);
        }
        text
    }
}

/// Rules that belong together.
#[derive(Debug)]
pub struct Topic {
    /// What they are about.
    pub name: &'static str,
    /// The rules in order.
    pub rules: &'static [Rule],
}

/// The tables, topic by topic, in the order of [`rules`].
#[rustfmt::skip]
static TOPICS: &[Topic] = &[
    Topic { name: "Opening handshake: the request",         rules: upgrade::RULES },
    Topic { name: "Opening handshake: the answer",          rules: answer::RULES },
    Topic { name: "Negotiation of extensions",              rules: negotiation::RULES },
    Topic { name: "Frame header and masking",               rules: frame::RULES },
    Topic { name: "Control frames",                         rules: control::RULES },
    Topic { name: "Messages: fragments and text",           rules: message::RULES },
    Topic { name: "Closing handshake and the end of TCP",   rules: close::RULES },
    Topic { name: "Compressed payloads and size",           rules: deflate::RULES },
    Topic { name: "WebSocket over HTTP/2",                  rules: http2::RULES },
    Topic { name: "What the observer must admit",           rules: observer::RULES },
    Topic { name: "Health of the connection",               rules: health::RULES },
];

/// All topics in order.
pub fn topics() -> impl Iterator<Item = &'static Topic> {
    TOPICS.iter()
}

/// All rules in order.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    TOPICS.iter().flat_map(|topic| topic.rules)
}

/// The rule at a place of [`rules`].
fn rule(place: u16) -> &'static Rule {
    rules().nth(usize::from(place)).unwrap_or(&NO_RULE)
}

/// Stands where a place has no rule, which no finding ever has.
static NO_RULE: Rule = Rule {
    code: "",
    severity: Severity::Note,
    level: Level::Practice,
    rfc: "",
    says: "",
    likely: "",
    check: Check::Capture(|_, _| {}),
};

/// The rule with a code.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.code == code)
}
