//! The exchanges of one HTTP/1 connection that are no opening handshakes: which of them are told, and as what.
//!
//! A request says at once that it belongs to a library's transport; that an answer is an event stream shows in its
//! head; and that a target is polled, when it is asked for once more.

use std::sync::Arc;

use super::content::Content;
use super::kind::{self, Asked, Target};
use super::polls::{self, Key, Shown};
use super::remembered::{Open, Remembered};
use super::say::{say_answer, say_exchange};
use super::{begin, session};
use crate::event::Event;
use crate::head::Head;
use crate::ids::{End, ExchangeId, ExtentId, SessionId, Side, StreamId};
use crate::layer::body::Body;
use crate::layer::{FlowOf, Up};
use crate::neighbor::{Coding, Family, Framing, Neighbor, Place, Transport};

/// A request that waits for its answer.
pub(crate) struct Question {
    client: End,
    kind: Kind,
}

enum Kind {
    /// It was told.
    Told { exchange: ExchangeId, session: SessionId, bodies: [StreamId; 2], asked: Asked },
    /// Its answer may show that it is to be told.
    Open(Box<Open>),
}

/// A body that is walked over.
enum Walked {
    Told {
        content: Content,
        empty: Option<ExtentId>,
        session: SessionId,
    },
    Remembered(Box<Remembered>),
    /// Its question is open yet.
    Open,
}

/// Both ends' bodies.
#[derive(Default)]
pub(crate) struct Plain {
    bodies: [Option<Box<Walked>>; 2],
    /// The newest extent of each end.
    newest: [Option<ExtentId>; 2],
}

fn now(up: &Up<'_>) -> i64 {
    up.recall.now.map_or(0, |packet| packet.time)
}

fn place(head: &Head, extent: Option<ExtentId>) -> Place {
    Place { at: head.at, len: head.raw.len() as u32, extent }
}

impl Plain {
    /// A request whose head ends in this extent, and what waits for its answer.
    pub(crate) fn request(
        &mut self,
        client: End,
        head: Arc<Head>,
        extent: Option<ExtentId>,
        flow: &FlowOf,
        up: &mut Up<'_>,
    ) -> Option<Box<Question>> {
        self.set_newest(client, extent);
        let body = Body::of_request(&head);
        let target = Target::of(&head)?;
        if let Some(hub) = kind::negotiated(&head, &target) {
            up.neighbors.negotiated(hub);
        }
        let hub = up.neighbors.is_hub(target.path);
        let request = place(&head, extent);
        let kind = if let Some(asked) = kind::asked(&head, &target, hub) {
            let session = match &asked.name {
                Some(name) => session(asked.family, name, flow, client, up),
                None => begin(asked.family, None, flow, client, up),
            };
            let transport = match asked.transport {
                Some(transport) => *up.neighbors.transports.entry(session).insert_entry(transport).get(),
                None => up.neighbors.transports.get(&session).copied().unwrap_or(Transport::Polling),
            };
            let (exchange, bodies) =
                say_exchange(session, transport, (request, kind::coding(&head), now(up)), flow, client, up);
            if !body.is_over() {
                let tells = asked.tells[0].then_some(Framing::Whole);
                let content = Content::new(exchange, Side::Client, bodies[0], tells);
                self.walk(client, Walked::Told { content, empty: None, session });
            }
            Kind::Told { exchange, session, bodies, asked }
        } else {
            let [a, b] = flow.ends;
            let (mine, theirs) = if client == End::A { (a, b) } else { (b, a) };
            let key = Key::of(&head, mine, theirs).filter(|_| body.is_over());
            let shown = key.map(|key| (up.neighbors.polls.asked(&key, now(up)), key));
            match shown {
                Some((Shown::Belongs(session, transport), key)) => {
                    Self::poll(&key, session, transport, &head, request, flow, client, up)
                }
                Some((Shown::Polling(before, transport), key)) => {
                    let session = begin(Family::Polling, Some(key.name()), flow, client, up);
                    before.into_iter().for_each(|answer| answer.tell(session, transport, up));
                    Self::poll(&key, session, transport, &head, request, flow, client, up)
                }
                shown => {
                    if head.raw.len() > polls::LONGEST_HEAD {
                        return None;
                    }
                    let key = match shown {
                        Some((Shown::Nothing(number), key)) => Some((key, number)),
                        _ => None,
                    };
                    let behind = head.at + head.raw.len() as u64;
                    let piece = match body {
                        Body::Length(len) if len > 0 => Some((behind, len)),
                        _ => None,
                    };
                    if !body.is_over() {
                        self.walk(client, Walked::Open);
                    }
                    let (asked, flow) = (now(up), *flow);
                    Kind::Open(Box::new(Open { head, request, body: piece, key, asked, flow, client }))
                }
            }
        };
        Some(Box::new(Question { client, kind }))
    }

    /// A request of a session that polls.
    #[expect(clippy::too_many_arguments, reason = "all that a request is")]
    fn poll(
        key: &Key,
        session: SessionId,
        transport: Transport,
        head: &Head,
        request: Place,
        flow: &FlowOf,
        client: End,
        up: &mut Up<'_>,
    ) -> Kind {
        up.neighbors.polls.polled(key, session, transport);
        let (exchange, bodies) =
            say_exchange(session, transport, (request, kind::coding(head), now(up)), flow, client, up);
        let asked = Asked {
            family: Family::Polling,
            name: None,
            transport: Some(transport),
            tells: [false, true],
            framing: Framing::Whole,
        };
        Kind::Told { exchange, session, bodies, asked }
    }

    /// The answer to a request, with a head that ends in this extent.
    pub(crate) fn response(
        &mut self,
        question: Option<Box<Question>>,
        head: &Head,
        extent: Option<ExtentId>,
        up: &mut Up<'_>,
    ) {
        let Some(Question { client, kind }) = question.map(|question| *question) else { return };
        self.set_newest(client.other(), extent);
        let status = head.status().unwrap_or_default();
        let (answer, coding) = (place(head, extent), kind::coding(head));
        let streams = status == 200 && kind::is_event_stream(head);
        let (exchange, session, bodies, mut asked) = match kind {
            Kind::Told { exchange, session, bodies, asked } => (exchange, session, bodies, asked),
            Kind::Open(open) if streams => self.stream(*open, up),
            Kind::Open(open) => {
                let Some((key, number)) = &open.key else { return };
                if !polls::answers(head) {
                    return up.neighbors.polls.answered(key, *number, None);
                }
                let asked = open.asked;
                let pieces = Vec::new();
                let question = *open;
                let (passed, last, headed) = (0, extent, now(up));
                let answered = headed;
                let answer = Remembered {
                    question,
                    answer,
                    status,
                    coding,
                    pieces,
                    passed,
                    last,
                    asked,
                    headed,
                    answered,
                };
                return self.walk(client.other(), Walked::Remembered(Box::new(answer)));
            }
        };
        if streams {
            asked.transport = Some(Transport::EventStream);
            (asked.tells[1], asked.framing) = (true, Framing::Events);
            up.neighbors.transports.insert(session, Transport::EventStream);
        }
        let known = up.neighbors.transports.get(&session).copied();
        let transport = asked.transport.or(known).unwrap_or(Transport::Polling);
        say_answer(exchange, (answer, status, coding, now(up)), transport, asked.framing, up);
        let fine = (200..300).contains(&status) || status == 304;
        // Where its content is packed, nobody sees where one message ends.
        let framing = if coding == Coding::Identity { asked.framing } else { Framing::Whole };
        let tells = (asked.tells[1] && fine).then_some(framing);
        let mut content = Content::new(exchange, Side::Server, bodies[1], tells);
        if asked.family == Family::EngineIo && asked.name.is_none() {
            content.naming = Some(Vec::new());
        }
        let empty = extent.filter(|_| asked.family == Family::Polling);
        self.walk(client.other(), Walked::Told { content, empty, session });
    }

    /// A request that is answered by an event stream.
    fn stream(&mut self, open: Open, up: &mut Up<'_>) -> (ExchangeId, SessionId, [StreamId; 2], Asked) {
        let Open { head, request, body, key, flow, client, asked } = open;
        if let Some((key, number)) = key {
            up.neighbors.polls.answered(&key, number, None);
        }
        let path = Target::of(&head).map(|target| target.path).unwrap_or_default();
        let path = path.get(..kind::LONGEST_NAME).unwrap_or(path);
        let name = String::from_utf8_lossy(path).into();
        let session = begin(Family::EventStream, Some(name), &flow, client, up);
        let transport = Transport::EventStream;
        let (exchange, bodies) =
            say_exchange(session, transport, (request, kind::coding(&head), asked), &flow, client, up);
        // What it was asked with has gone by, if all of it has.
        let over = self.bodies.get(client.index()).is_some_and(Option::is_none);
        if let Some(piece) = body.filter(|_| over) {
            let mut content = Content::new(exchange, Side::Client, bodies[0], Some(Framing::Whole));
            let newest = self.newest.get(client.index()).copied().flatten();
            content.replay(&[piece], newest, up);
            content.passed = piece.1;
            content.end(true, None, up);
        }
        let asked = Asked {
            family: Family::EventStream,
            name: None,
            transport: Some(transport),
            tells: [true, true],
            framing: Framing::Events,
        };
        (exchange, session, bodies, asked)
    }

    fn walk(&mut self, end: End, walked: Walked) {
        if let Some(body) = self.bodies.get_mut(end.index()) {
            *body = Some(Box::new(walked));
        }
    }

    fn set_newest(&mut self, end: End, extent: Option<ExtentId>) {
        if let Some(newest) = self.newest.get_mut(end.index()) {
            *newest = extent.or(*newest);
        }
    }

    /// Takes what belongs to an end's body: how many of the bytes that is.
    pub(crate) fn body(
        &mut self,
        end: End,
        body: &mut Body,
        (at, bytes, extent): (u64, &[u8], Option<ExtentId>),
        up: &mut Up<'_>,
    ) -> usize {
        let walked = self.bodies.get_mut(end.index()).and_then(Option::as_deref_mut);
        let used = match walked {
            Some(Walked::Told { content, .. }) => {
                let used = body.take(bytes, &mut |range| {
                    let at = at + range.start as u64;
                    content.bytes(at, bytes.get(range).unwrap_or_default(), extent, up);
                });
                content.passed += used as u64;
                used
            }
            Some(Walked::Remembered(answer)) => {
                let used = body.take(bytes, &mut |range| {
                    answer.piece(at + range.start as u64, range.len() as u64);
                });
                answer.passed += used as u64;
                answer.last = extent.or(answer.last);
                used
            }
            Some(Walked::Open) => {
                self.set_newest(end, extent);
                body.take(bytes, &mut |_| {})
            }
            None => return body.take(bytes, &mut |_| {}),
        };
        if body.is_over() {
            self.over(end, true, up);
        }
        used
    }

    /// Bytes of an end's body were never captured, and it is known where it goes on.
    pub(crate) fn skip(&mut self, end: End, body: &mut Body, at: u64, len: u64, up: &mut Up<'_>) {
        let content = body.skip(len);
        match self.bodies.get_mut(end.index()).and_then(Option::as_deref_mut) {
            Some(Walked::Told { content: told, .. }) => {
                told.gap(content, up);
                told.passed = told.passed.saturating_add(len);
            }
            Some(Walked::Remembered(answer)) => answer.piece(at, content),
            Some(Walked::Open) | None => {}
        }
    }

    /// An end's body is over: it came to its own end, or was cut.
    pub(crate) fn over(&mut self, end: End, complete: bool, up: &mut Up<'_>) {
        let Some(walked) = self.bodies.get_mut(end.index()).and_then(Option::take) else { return };
        match *walked {
            Walked::Told { content, empty, session } => {
                if let Some(begun) = &content.naming {
                    name(session, begun, up);
                }
                content.end(complete, empty, up);
            }
            Walked::Remembered(mut answer) if complete => {
                let Some((key, number)) = answer.question.key.clone() else { return };
                answer.answered = now(up);
                let remembered = Some(*answer).filter(Remembered::is_whole);
                up.neighbors.polls.answered(&key, number, remembered);
            }
            Walked::Remembered(_) | Walked::Open => {}
        }
    }
}

/// Engine.IO 3 and 4, "Handshake": the first answer is an open packet with the session's `sid` in it.
fn name(session: SessionId, begun: &[u8], up: &mut Up<'_>) {
    const SID: &[u8] = b"\"sid\":\"";
    let Some(sid) = memchr::memmem::find(begun, SID).and_then(|at| begun.get(at + SID.len()..)) else {
        return;
    };
    let Some(sid) = memchr::memchr(b'"', sid).and_then(|end| sid.get(..end)) else { return };
    let sid = sid.get(..kind::LONGEST_NAME).unwrap_or(sid);
    if !sid.is_empty() {
        up.neighbors.sessions.entry((Family::EngineIo, sid.into())).or_insert(session);
        let name = String::from_utf8_lossy(sid).into();
        up.say(Event::Neighbor(Neighbor::Named { session, name }));
    }
}
