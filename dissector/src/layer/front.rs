//! What stands in front of WebSocket: HTTP/1 up to the answer that opens it, or nothing at all where the
//! capture began later.
//!
//! After a request that may change the protocol its sender's bytes are held (not kept: they can be looked at
//! again) until the answer says what they are.

use std::sync::Arc;

use crate::event::{Carries, Event, Opening};
use crate::head::Head;
use crate::ids::{End, ExtentId};
use crate::layer::body::Body;
use crate::layer::head::{Collected, HeadBuf};
use crate::layer::neighbor::{self, Plain};
use crate::layer::next::{Next, Switch};
use crate::layer::proxied;
use crate::layer::requests::{Request, Requests};
use crate::layer::sniff::{Sniffed, begins_head, sniff};
use crate::layer::{FlowOf, Input, Up};
use crate::recall;
use crate::websocket::connection::{Deflate, Opened};
use crate::websocket::resync::{Certainty, Search};
use crate::websocket::upgrade::{self, Agreement};

/// Pieces that are held while an answer is waited for; after that it counts as not captured.
pub(crate) const MOST_HELD: u32 = 256;

/// Where one end's bytes stand.
enum Reader {
    /// At a head, or where one should be.
    Head(HeadBuf),
    Body(Body),
    /// Somewhere in between: a head may begin with a segment, frames may be going on.
    Lost(Search),
}

/// The front of one TCP connection.
pub(crate) struct Front {
    readers: [Reader; 2],
    requests: Requests,
    carries: Carries,
    /// Whether frames may be there without their handshake: the beginning was not captured, or a part of it.
    torn: bool,
    told: Option<End>,
    over: [bool; 2],
    /// Whether an end began as a server of HTTP/2 does, and was held back for its client's preface.
    waits_for_preface: [bool; 2],
    plain: Plain,
}

impl Front {
    /// `told`: the end that the user said is the client of a WebSocket.
    pub(crate) fn new(from_start: bool, told: Option<End>) -> Self {
        Self {
            readers: [Reader::Head(HeadBuf::default()), Reader::Head(HeadBuf::default())],
            requests: Requests::default(),
            carries: Carries::Unknown,
            torn: !from_start,
            told,
            over: [false; 2],
            waits_for_preface: [false; 2],
            plain: Plain::default(),
        }
    }

    /// Takes what it can of an input: how many bytes that was, and what is to be done next.
    pub(crate) fn input(
        &mut self,
        end: End,
        input: Input<'_>,
        flow: &FlowOf,
        up: &mut Up<'_>,
    ) -> (usize, Next) {
        let [a, b] = &mut self.readers;
        let reader = if end == End::A { a } else { b };
        match input {
            Input::Bytes { at, bytes, extent, .. } => match reader {
                Reader::Body(body) => {
                    let used = self.plain.body(end, body, (at, bytes, extent), up);
                    if body.is_over() {
                        *reader = Reader::Head(HeadBuf::default());
                    }
                    (used, Next::Stay)
                }
                Reader::Head(buf)
                    if self.carries == Carries::Unknown && proxied::begins(at, &buf.bytes, bytes) =>
                {
                    (proxied::take(buf, at, bytes, flow.id, up), Next::Stay)
                }
                Reader::Head(buf) => match buf.add(at, bytes) {
                    // RFC 9113 3.4: the preface of HTTP/2 is a head of HTTP/1 to whoever does not know it.
                    Collected::Done { head, .. } if sniff(&head.raw) == Sniffed::Http2 => {
                        (bytes.len(), Next::Http2 { from: [Some(head.at), None], client: end })
                    }
                    Collected::Done { head, used } => (used, self.head(end, head, extent, flow, up)),
                    Collected::More if self.carries != Carries::Unknown => (bytes.len(), Next::Stay),
                    Collected::NotAHead
                        if buf.bytes.len() < HeadBuf::LONGEST
                            && matches!(sniff(&buf.bytes), Sniffed::Request | Sniffed::Response) =>
                    {
                        // A head that is broken: the next one begins anew.
                        *buf = HeadBuf::default();
                        (bytes.len(), Next::Stay)
                    }
                    Collected::More | Collected::NotAHead => {
                        let HeadBuf { at, bytes: begun } = core::mem::take(buf);
                        self.begun(end, at, begun, bytes.len(), flow, up)
                    }
                },
                Reader::Lost(_) if begins_head(bytes) => {
                    *reader = Reader::Head(HeadBuf::default());
                    (0, Next::Stay)
                }
                Reader::Lost(search) => {
                    search.bytes(at, bytes);
                    (bytes.len(), self.judge(end, false, flow, up))
                }
            },
            Input::Gap { at, len } => {
                let next = match reader {
                    Reader::Body(body) if body.covers(len) => {
                        self.plain.skip(end, body, at, len, up);
                        Next::Stay
                    }
                    Reader::Lost(search) => {
                        search.gap(at, len);
                        Next::Stay
                    }
                    Reader::Head(_) | Reader::Body(_) => {
                        let mut search = Search::from(at);
                        search.gap(at, len);
                        *reader = Reader::Lost(search);
                        self.tear(end, up)
                    }
                };
                (0, next)
            }
            Input::Astray { at } => {
                *reader = Reader::Lost(Search::from(at));
                (0, self.tear(end, up))
            }
            Input::End => {
                if let Some(over) = self.over.get_mut(end.index()) {
                    *over = true;
                }
                // RFC 9112 6.3 rule 8: only such a body ends with the connection.
                let whole = matches!(reader, Reader::Body(Body::UntilClose));
                self.plain.over(end, whole, up);
                (0, self.judge(end, true, flow, up))
            }
        }
    }

    /// The first bytes of a stream are not a whole head yet, or none at all.
    fn begun(
        &mut self,
        end: End,
        at: u64,
        begun: Vec<u8>,
        used: usize,
        flow: &FlowOf,
        up: &mut Up<'_>,
    ) -> (usize, Next) {
        let sniffed = sniff(&begun);
        if sniffed == Sniffed::Tls {
            return (used, Next::Tls { from: at, told: self.told, torn: self.torn });
        }
        let is_head = matches!(sniffed, Sniffed::Request | Sniffed::Response | Sniffed::Short);
        let [a, b] = &mut self.readers;
        let reader = if end == End::A { a } else { b };
        if is_head && begun.len() < HeadBuf::LONGEST {
            *reader = Reader::Head(HeadBuf { at, bytes: begun });
            return (used, Next::Stay);
        }
        if let Some(client) = self.told {
            let opened = self.opened(Opening::Told, flow, client, up);
            let known = !self.torn;
            let mut again = [None; 2];
            if let Some(again) = again.get_mut(end.index()) {
                *again = Some((at, known));
            }
            return (used, Next::WebSocket(Switch { opened, client, again }));
        }
        match sniffed {
            Sniffed::Http2 => return (used, Next::Http2 { from: [Some(at), None], client: end }),
            // RFC 9113 3.4: a server's preface is a SETTINGS frame, and may come before the client's.
            Sniffed::Settings if self.carries == Carries::Unknown && !self.torn => {
                if let Some(waits) = self.waits_for_preface.get_mut(end.index())
                    && !*waits
                {
                    *waits = true;
                    return (used, Next::Hold { from: Some(at) });
                }
            }
            _ if !self.torn && self.carries == Carries::Unknown => {
                return (used, Next::Close(Carries::Other));
            }
            _ => {}
        }
        let mut search = Search::from(at);
        search.bytes(at, &begun);
        *reader = Reader::Lost(search);
        (used, self.judge(end, false, flow, up))
    }

    /// A head is complete.
    fn head(
        &mut self,
        end: End,
        head: Arc<Head>,
        extent: Option<ExtentId>,
        flow: &FlowOf,
        up: &mut Up<'_>,
    ) -> Next {
        if self.carries != Carries::Http1 {
            self.carries = Carries::Http1;
            up.say(Event::Carries { flow: flow.id, what: Carries::Http1 });
        }
        match head.status() {
            None => self.request(end, head, extent, flow, up),
            Some(status) => self.response(end, status, head, extent, flow, up),
        }
    }

    fn request(
        &mut self,
        end: End,
        head: Arc<Head>,
        extent: Option<ExtentId>,
        flow: &FlowOf,
        up: &mut Up<'_>,
    ) -> Next {
        let body = Body::of_request(&head);
        let upgrade = upgrade::asks(&head);
        let connect = head.method() == Some(b"CONNECT");
        let h2c =
            !upgrade && head.has_token("upgrade", "h2c") && head.values("http2-settings").next().is_some();
        let request = if upgrade {
            let id = up.ids.connection();
            let request = Some(Arc::clone(&head));
            up.say(Event::Connection(Box::new(flow.connection(id, end, Opening::Handshake, request))));
            neighbor::joins(id, &head, up);
            Request::Upgrade { id, head }
        } else if connect {
            Request::Connect
        } else if h2c {
            Request::H2c
        } else {
            self.requests.asked_anew();
            let to_head = head.method() == Some(b"HEAD");
            let asks = self.requests.has_room();
            let question = asks.then(|| self.plain.request(end, head, extent, flow, up)).flatten();
            let packet = recall::packet_of(up.sink, extent);
            Request::Plain { to_head, question, doubtful: false, packet }
        };
        self.requests.push(request);
        self.set(end, after(body.clone()));
        if (upgrade || connect || h2c) && body.is_over() { Next::Hold { from: None } } else { Next::Stay }
    }

    fn response(
        &mut self,
        end: End,
        status: u16,
        head: Arc<Head>,
        extent: Option<ExtentId>,
        flow: &FlowOf,
        up: &mut Up<'_>,
    ) -> Next {
        // RFC 9110 15.2: 1xx other than 101 come before the real answer.
        if matches!(status, 100 | 102..=199) {
            self.set(end, Reader::Head(HeadBuf::default()));
            return Next::Stay;
        }
        let mut request = self.requests.answered(extent, up);
        let asked = matches!(request, Some(Request::Upgrade { .. }));
        let h2c = matches!(request, Some(Request::H2c | Request::Connect));
        let accepted = status == 101 && upgrade::answers(&head, asked);
        let to_head = matches!(request, Some(Request::Plain { to_head: true, .. }));
        let client = end.other();
        if let Some(Request::Plain { question, .. }) = &mut request {
            self.plain.response(question.take(), &head, extent, up);
        }
        let (id, asking) = match request {
            Some(Request::Upgrade { id, head }) => (Some(id), Some(head)),
            Some(Request::Connect) if (200..300).contains(&status) => {
                // RFC 9110 9.3.6: any 2xx switches to tunnel mode; what is inside begins anew.
                *self = Self { told: self.told, ..Self::new(true, None) };
                return Next::Release(client);
            }
            Some(Request::H2c) if status == 101 => {
                return Next::Http2 { from: [None; 2], client };
            }
            // An answer whose question was not captured.
            _ if accepted => {
                let id = up.ids.connection();
                up.say(Event::Connection(Box::new(flow.connection(id, client, Opening::Handshake, None))));
                (Some(id), None)
            }
            _ => (None, None),
        };
        let body = Body::of_response(&head, to_head);
        if let Some(connection) = id {
            let agreement = Arc::new(Agreement::of(asking.as_deref(), Some(&head)));
            let request = asking.is_none() && !self.torn;
            let opened = Opened { request, ..Opened::agreed(connection, &agreement, up.options) };
            up.say(Event::Response { connection, head, agreement, accepted, early: flow.held });
            if accepted {
                return Next::WebSocket(Switch { opened, client, again: [None; 2] });
            }
        }
        if status == 101 {
            return Next::Close(Carries::Other);
        }
        if body.is_over() {
            self.plain.over(end, true, up);
        }
        self.set(end, after(body));
        if id.is_some() || h2c { Next::Release(client) } else { Next::Stay }
    }

    /// Bytes of an end were lost where it is not known how to go on.
    fn tear(&mut self, end: End, up: &mut Up<'_>) -> Next {
        self.torn = true;
        self.plain.over(end, false, up);
        self.requests.doubt();
        if self.requests.waits() { Next::Release(end.other()) } else { Next::Stay }
    }

    /// The answer that an end was held for will not come, or was not captured: whether there is anything to
    /// look at again.
    pub(crate) fn give_up_waiting(&mut self) {
        self.torn = true;
        self.readers = [End::A, End::B].map(|_| Reader::Lost(Search::default()));
    }

    /// Whether frames are believed to be there.
    fn judge(&mut self, end: End, last: bool, flow: &FlowOf, up: &mut Up<'_>) -> Next {
        if !self.torn {
            return Next::Stay;
        }
        let asked = self.requests.upgrade().is_some();
        let certainty = match (asked, last) {
            (true, false) => Certainty::Expected,
            (true, true) => Certainty::ExpectedAtEnd,
            (false, false) => Certainty::Unexpected,
            (false, true) => Certainty::UnexpectedAtEnd,
        };
        let Some(Reader::Lost(search)) = self.readers.get(end.index()) else { return Next::Stay };
        let Some(believed) = search.believed(certainty) else {
            let tired = |reader: &Reader| matches!(reader, Reader::Lost(search) if search.is_tired());
            let over = self.over == [true; 2] || self.readers.iter().all(tired);
            return if over && self.carries == Carries::Unknown {
                Next::Close(Carries::Other)
            } else {
                Next::Stay
            };
        };
        // RFC 6455 5.1: a client masks, a server does not.
        let client = if believed.masked { end } else { end.other() };
        let other = match self.readers.get(end.other().index()) {
            Some(Reader::Lost(search)) => search.begun().map(|at| (at, false)),
            // Behind a request whose answer is what was lost, frames begin at once.
            Some(Reader::Head(buf)) if asked && !buf.bytes.is_empty() => Some((buf.at, true)),
            _ => None,
        };
        let mut again = [other; 2];
        if let Some(again) = again.get_mut(end.index()) {
            *again = Some((believed.at, true));
        }
        let opened = self.opened(Opening::MidStream, flow, client, up);
        Next::WebSocket(Switch { opened, client, again })
    }

    /// The connection that frames without an answer belong to: the one that was asked for, or a new one.
    fn opened(&mut self, opening: Opening, flow: &FlowOf, client: End, up: &mut Up<'_>) -> Opened {
        let asked = self.requests.upgrade();
        let id = asked.unwrap_or_else(|| {
            let id = up.ids.connection();
            up.say(Event::Connection(Box::new(flow.connection(id, client, opening, None))));
            id
        });
        if asked.is_some() {
            up.say(Event::Presumed { connection: id });
        }
        Opened { id, opening, deflate: Deflate::Unknown, limited: [false; 2], request: false }
    }

    fn set(&mut self, end: End, reader: Reader) {
        if let Some(place) = self.readers.get_mut(end.index()) {
            *place = reader;
        }
    }
}

fn after(body: Body) -> Reader {
    if body.is_over() { Reader::Head(HeadBuf::default()) } else { Reader::Body(body) }
}
