//! Plain polling and long polling: the same target asked for again and again by the same client, each time when the
//! answer before was there.
//!
//! Nothing in a request says so. What comes before it shows is remembered, a little of each target, and told then.

use core::net::{IpAddr, SocketAddr};
use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::kind::{Target, media_type};
use super::remembered::Remembered;
use crate::head::Head;
use crate::ids::SessionId;
use crate::neighbor::Transport;

/// Targets that are remembered; beyond that the one that was asked for longest ago is forgotten.
const MOST: usize = 256;
/// A target longer than this is none that is polled.
const LONGEST: usize = 1024;
/// A head longer than this is not remembered.
pub(super) const LONGEST_HEAD: usize = 8 << 10;
/// Answers that are remembered before the next request shows that it is polling: what is asked for a third time.
const ANSWERED: usize = 2;
/// Nanoseconds after which whoever polls asks at the latest, where each answer waits for something to bring.
const AT_ONCE: i64 = 50_000_000;

/// Who asks whom for what.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    client: IpAddr,
    server: SocketAddr,
    /// The path and the names of the query's parameters: values tell how far the client has come.
    target: Box<[u8]>,
}

/// What is known of a target.
enum Known {
    /// Asked for, and answered so far; and the request whose answer is waited for.
    Heard {
        answered: Vec<Remembered>,
        open: Option<u64>,
    },
    Polled(SessionId, Transport),
    /// It is no polling.
    Else,
}

#[derive(Default)]
pub(super) struct Polls {
    known: HashMap<Key, (Known, u64), RandomState>,
    /// Requests that were seen, by which the oldest target is told.
    seen: u64,
}

/// What a request for a target shows.
pub(super) enum Shown {
    /// Nothing yet; its answer is told with this number.
    Nothing(u64),
    /// It belongs to a session.
    Belongs(SessionId, Transport),
    /// It is polling; what came before it is to be told.
    Polling(Vec<Remembered>, Transport),
}

impl Key {
    /// The key of a request that may be one of many.
    pub(super) fn of(head: &Head, client: SocketAddr, server: SocketAddr) -> Option<Self> {
        let target = Target::of(head).filter(|target| target.path.len() + target.query.len() <= LONGEST)?;
        // What a browser puts on its page itself is no polling (Fetch 3.2, Sec-Fetch-Dest).
        let own = |value: &[u8]| value != b"empty";
        let page = head.values("sec-fetch-dest").any(own) || head.has_token("accept", "text/html");
        if head.method() != Some(b"GET") || head.raw.len() > LONGEST_HEAD || page {
            return None;
        }
        let mut key = target.path.to_vec();
        for (name, _) in target.parameters() {
            key.push(b'&');
            key.extend_from_slice(name);
        }
        Some(Self { client: client.ip(), server, target: key.into_boxed_slice() })
    }

    /// What people see of it.
    pub(super) fn name(&self) -> Box<str> {
        let path = self.target.split(|byte| *byte == b'&').next().unwrap_or_default();
        String::from_utf8_lossy(path).into()
    }
}

/// Whether an answer may be that of a poll: data, or nothing new.
pub(super) fn answers(head: &Head) -> bool {
    let data = |kind: &[u8]| {
        let kind = kind.to_ascii_lowercase();
        matches!(kind.as_slice(), b"text/plain" | b"text/xml" | b"application/octet-stream")
            || [&b"json"[..], b"xml", b"msgpack", b"protobuf"].iter().any(|end| {
                kind.starts_with(b"application/") && kind.ends_with(end) && !kind.ends_with(b"xhtml+xml")
            })
    };
    let status = matches!(head.status(), Some(200 | 204 | 205 | 304));
    status && head.raw.len() <= LONGEST_HEAD && media_type(head).is_none_or(data)
}

impl Polls {
    /// A target is asked for.
    pub(super) fn asked(&mut self, key: &Key, now: i64) -> Shown {
        self.seen += 1;
        let number = self.seen;
        if !self.known.contains_key(key) {
            self.forget();
        }
        let heard = || (Known::Heard { answered: Vec::new(), open: None }, number);
        let (known, touched) = self.known.entry(key.clone()).or_insert_with(heard);
        *touched = number;
        match known {
            Known::Polled(session, transport) => Shown::Belongs(*session, *transport),
            Known::Else => Shown::Nothing(number),
            Known::Heard { answered, open } => {
                // Who asks before the answer is there does not wait for it: pages ask for many things so.
                if open.replace(number).is_some() {
                    answered.clear();
                }
                if answered.len() < ANSWERED {
                    return Shown::Nothing(number);
                }
                let answered = core::mem::take(answered);
                let transport = transport(&answered, now);
                Shown::Polling(answered, transport)
            }
        }
    }

    /// A request for a target was answered, by what is to be remembered where that may be of a poll.
    pub(super) fn answered(&mut self, key: &Key, number: u64, answer: Option<Remembered>) {
        let Some((known, _)) = self.known.get_mut(key) else { return };
        let Known::Heard { answered, open } = known else { return };
        match answer {
            Some(answer) if *open == Some(number) => {
                *open = None;
                answered.push(answer);
            }
            Some(_) => {}
            None => *known = Known::Else,
        }
    }

    /// A target is polled in this session.
    pub(super) fn polled(&mut self, key: &Key, session: SessionId, transport: Transport) {
        if let Some((known, _)) = self.known.get_mut(key) {
            *known = Known::Polled(session, transport);
        }
    }

    fn forget(&mut self) {
        if self.known.len() < MOST {
            return;
        }
        let oldest = self.known.iter().min_by_key(|(_, (_, touched))| *touched).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest {
            self.known.remove(&oldest);
        }
    }
}

/// Whether answers wait, or whoever asks does: who waits longer.
fn transport(answered: &[Remembered], now: i64) -> Transport {
    let holds = answered.iter().map(|it| it.answered.saturating_sub(it.asked));
    let next = answered.iter().skip(1).map(|it| it.asked).chain([now]);
    let pauses: Vec<i64> =
        answered.iter().zip(next).map(|(it, next)| next.saturating_sub(it.answered)).collect();
    let at_once = pauses.iter().all(|pause| *pause < AT_ONCE);
    let sum = |of: &mut dyn Iterator<Item = i64>| of.fold(0, i64::saturating_add);
    if at_once || sum(&mut holds.into_iter()) > sum(&mut pauses.into_iter()) {
        Transport::LongPolling
    } else {
        Transport::Polling
    }
}
