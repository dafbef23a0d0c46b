//! Which requests belong to a neighbor of WebSocket: one entry a kind. Looks at heads alone.

use crate::head::Head;
use crate::neighbor::{Coding, Family, Framing, Transport};

/// What a request is, once it is known to belong to a neighbor.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) family: Family,
    /// What the exchanges of its session have in common; none where its answer is to say it.
    pub(super) name: Option<Box<[u8]>>,
    /// How its messages travel; none where it only sends, and whatever brings the answers tells.
    pub(super) transport: Option<Transport>,
    /// Whether its own body, and that of its answer, carry messages.
    pub(super) tells: [bool; 2],
    /// What its answer's body is made of.
    pub(super) framing: Framing,
}

/// A name is no longer than this; what is longer is cut.
pub(super) const LONGEST_NAME: usize = 256;

/// A request's target, taken apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    pub(super) path: &'a [u8],
    pub(super) query: &'a [u8],
}

impl<'a> Target<'a> {
    pub(super) fn of(head: &'a Head) -> Option<Self> {
        let target = head.target()?;
        // RFC 9112 3.2.2: a request to a proxy has the scheme and the host before the path.
        let target = match memchr::memmem::find(target, b"://") {
            Some(scheme) if !target.starts_with(b"/") => {
                let rest = target.get(scheme + 3..)?;
                rest.get(memchr::memchr(b'/', rest)?..)?
            }
            _ => target,
        };
        let (path, query) = match memchr::memchr(b'?', target) {
            Some(mark) => target.split_at(mark),
            None => (target, &[][..]),
        };
        Some(Self { path, query: query.get(1..).unwrap_or_default() })
    }

    /// The value of a parameter, as it is written.
    pub(super) fn parameter(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.parameters().find(|(it, _)| *it == name).map(|(_, value)| value)
    }

    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        self.query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).map(|pair| {
            let mark = memchr::memchr(b'=', pair).unwrap_or(pair.len());
            (pair.get(..mark).unwrap_or_default(), pair.get(mark + 1..).unwrap_or_default())
        })
    }

    /// SockJS 0.3.3, "Session-related URLs": `/<server>/<session>/<transport>`, neither with a dot in it.
    pub(super) fn sockjs(&self) -> Option<(&'a [u8], Box<[u8]>)> {
        let mut segments = self.path.rsplit(|byte| *byte == b'/');
        let (transport, session, server) = (segments.next()?, segments.next()?, segments.next()?);
        // What stands before the three is at least the slash.
        segments.next()?;
        let sound = |segment: &[u8]| !segment.is_empty() && !segment.contains(&b'.');
        let name = || [server, b"/", session].concat().into_boxed_slice();
        (sound(session) && sound(server)).then(|| (transport, name()))
    }
}

/// A kind of request: what it is, where it is of that kind.
type Kind = fn(&Head, &Target<'_>, hub: bool) -> Option<Asked>;

const KINDS: [Kind; 3] = [engine_io, sockjs, signalr];

/// What a request is. `hub`: whether its path is one that SignalR negotiated.
pub(super) fn asked(head: &Head, target: &Target<'_>, hub: bool) -> Option<Asked> {
    let mut asked = KINDS.iter().find_map(|kind| kind(head, target, hub))?;
    asked.name = asked.name.map(|name| name.get(..LONGEST_NAME).map_or(name.clone(), Box::from));
    Some(asked)
}

/// Engine.IO 3 and 4, "Transports": `EIO` says the version, `sid` the session, which the first answer gives.
fn engine_io(head: &Head, target: &Target<'_>, _: bool) -> Option<Asked> {
    let ours = matches!(target.parameter(b"EIO"), Some(b"3" | b"4"))
        && target.parameter(b"transport") == Some(b"polling");
    let tells = match head.method()? {
        b"GET" => [false, true],
        // It is answered with "ok".
        b"POST" => [true, false],
        _ => return None,
    };
    ours.then(|| Asked {
        family: Family::EngineIo,
        name: target.parameter(b"sid").filter(|sid| !sid.is_empty()).map(Box::from),
        transport: Some(Transport::Polling),
        tells,
        framing: Framing::Whole,
    })
}

/// A transport of SockJS: its name, the method, how messages travel where they come back, what an answer is made of.
type Entry = (&'static [u8], &'static [u8], Option<Transport>, Framing);

const SOCKJS: &[Entry] = &[
    (b"xhr", b"POST", Some(Transport::Polling), Framing::Lines),
    (b"xhr_streaming", b"POST", Some(Transport::HttpStreaming), Framing::Lines),
    (b"xhr_send", b"POST", None, Framing::Whole),
    (b"eventsource", b"GET", Some(Transport::EventStream), Framing::Events),
    (b"htmlfile", b"GET", Some(Transport::HttpStreaming), Framing::Scripts),
    (b"jsonp", b"GET", Some(Transport::Polling), Framing::Whole),
    (b"jsonp_send", b"POST", None, Framing::Whole),
];

fn sockjs(head: &Head, target: &Target<'_>, _: bool) -> Option<Asked> {
    let (transport, name) = target.sockjs()?;
    let entry = SOCKJS.iter().find(|entry| entry.0 == transport && Some(entry.1) == head.method())?;
    let called = || ["c", "callback"].iter().any(|name| target.parameter(name.as_bytes()).is_some());
    // These are asked for with the name of a function to call.
    if matches!(transport, b"jsonp" | b"htmlfile") && !called() {
        return None;
    }
    let sends = entry.2.is_none();
    Some(Asked {
        family: Family::SockJs,
        name: Some(name),
        transport: entry.2,
        tells: [sends, !sends],
        framing: entry.3,
    })
}

/// SignalR's transport protocols: the hub's path with the connection's token as `id`. Where its negotiation was not
/// captured, the client says what it is.
fn signalr(head: &Head, target: &Target<'_>, hub: bool) -> Option<Asked> {
    let id = target.parameter(b"id").filter(|id| !id.is_empty())?;
    let names = ["x-signalr-user-agent", "user-agent"];
    let says = |name: &&str| head.values(name).any(|value| memchr::memmem::find(value, b"SignalR").is_some());
    if !hub && !names.iter().any(says) {
        return None;
    }
    let (transport, tells) = match head.method()? {
        b"GET" => (Some(Transport::LongPolling), [false, true]),
        b"POST" => (None, [true, false]),
        b"DELETE" => (None, [false, false]),
        _ => return None,
    };
    Some(Asked { family: Family::SignalR, name: Some(id.into()), transport, tells, framing: Framing::Whole })
}

/// The path of the hub that SignalR negotiates about.
pub(super) fn negotiated<'a>(head: &Head, target: &Target<'a>) -> Option<&'a [u8]> {
    let posts = head.method() == Some(b"POST");
    target.path.strip_suffix(b"/negotiate").filter(|path| posts && path.len() <= LONGEST_NAME)
}

/// WHATWG HTML 9.2.2: the type of an event stream.
pub(super) fn is_event_stream(head: &Head) -> bool {
    media_type(head).is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/event-stream"))
}

/// The media type without its parameters (RFC 9110 8.3.1).
pub(super) fn media_type(head: &Head) -> Option<&[u8]> {
    let value = head.values("content-type").next()?;
    value.split(|byte| *byte == b';').next().map(<[u8]>::trim_ascii)
}

/// How a body is packed (RFC 9110 8.4).
pub(super) fn coding(head: &Head) -> Coding {
    let mut codings = head.elements("content-encoding");
    match (codings.next(), codings.next()) {
        (None, _) => Coding::Identity,
        (Some(_), Some(_)) => Coding::Other,
        (Some(coding), None) => match coding.to_ascii_lowercase().as_slice() {
            b"identity" => Coding::Identity,
            b"gzip" | b"x-gzip" => Coding::Gzip,
            b"deflate" => Coding::Deflate,
            _ => Coding::Other,
        },
    }
}
