//! The thread that reads and decodes what is looked at: the newest selection first, then what rows want.
//!
//! The window's own thread only asks and picks up; it reads no file and decodes nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use session::decoding::{Decoding, Pin};
use session::detail::{Detail, Subject, detail, keys};
use session::dissector::decoders::Decoder;
use session::dissector::event::Opening;
use session::dissector::ids::{ConnectionId, DeliveryId, MessageId, PacketId};
use session::dissector::link::{Brief, brief};
use session::dissector::tls::secured::Secured;
use session::dissector::websocket::upgrade::{Agreement, Proof};
use session::ending::{Ending, ending};
use session::model::Connection;
use session::request::since_request;
use session::tokens::{Token, tokens};
use session::{Content, Snapshot};

use super::decoded::{self, Line, Spoken};
use super::paint::Paints;
use super::preview::delivered;
use super::views::{View, Views};

/// Everything the panes draw of one thing.
#[derive(Debug)]
pub struct Shown {
    /// The pass over the capture in which it was found.
    pub generation: u32,
    /// Tabs, tree and links.
    pub detail: Detail,
    /// The colors of header bytes.
    pub paints: Paints,
    /// The payload as text and JSON.
    pub views: Views,
    /// What it says by its connection's protocol, where that is more than text or bytes.
    pub spoken: Option<Spoken>,
    /// Of a connection: what its cards say.
    pub cards: Option<Cards>,
}

/// What the cards of a connection say.
#[derive(Debug)]
pub struct Cards {
    /// What the two agreed on.
    pub agreement: Arc<Agreement>,
    /// How the accept value comes about, where the request has a key.
    pub proof: Option<Proof>,
    /// Whether there is an answer.
    pub answered: bool,
    /// Whether the answer is one to WebSocket.
    pub accepted: bool,
    /// How it ended.
    pub ending: Ending,
    /// The tokens of the request.
    pub tokens: Vec<Token>,
    /// When that was sent, in nanoseconds since 1970.
    pub asked: i64,
    /// Its stream of HTTP/2.
    pub stream: Option<u32>,
    /// What protects it, where something does.
    pub security: Option<Security>,
}

/// What protects a connection.
#[derive(Debug)]
pub struct Security {
    /// What is known of its TLS; nothing of QUIC's.
    pub secured: Option<Arc<Secured>>,
    /// Where the keys come from, in words.
    pub keys: String,
    /// Whether nothing of what it carries is known.
    pub sealed: bool,
    /// TCP payload bytes of each side, client first.
    pub bytes: [u64; 2],
    /// Packets of each side.
    pub packets: [u32; 2],
    /// When it was first and last heard of, in nanoseconds since the capture's first packet.
    pub times: (i64, i64),
}

/// Something that a row wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// One line of a message.
    Preview(MessageId),
    /// One line of a message that HTTP carries.
    Delivery(DeliveryId),
    /// One line of a packet.
    Brief(PacketId),
    /// The time since the other side's last word.
    SinceRequest(Subject),
    /// What a connection speaks, of whose first messages so many are there, the client's first.
    Protocol(ConnectionId, [u8; 2]),
}

/// What came of it.
#[derive(Debug)]
pub enum Answer {
    /// One line of a message.
    Preview(MessageId, Box<Line>),
    /// One line of a message that HTTP carries.
    Delivery(DeliveryId, String),
    /// One line of a packet.
    Brief(PacketId, Box<Brief>),
    /// The time since the other side's last word, where there was one not too long before.
    SinceRequest(Subject, Option<i64>),
    /// What a connection speaks, where something tells it.
    Protocol(ConnectionId, [u8; 2], Option<&'static Decoder>),
}

/// The thread, as the window sees it.
pub struct Worker {
    shared: Arc<Shared>,
}

struct Shared {
    desk: Mutex<Desk>,
    work: Condvar,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// What is asked and what is done.
#[derive(Default)]
struct Desk {
    /// Counts captures, and passes over them; what was asked of an earlier one is thrown away.
    capture: u64,
    /// What the user says of how messages are read.
    pins: Arc<[Pin]>,
    selection: Option<(Arc<Snapshot>, Subject)>,
    /// The latest wish is served first: it is the row that is in sight now.
    wanted: VecDeque<(Arc<Snapshot>, Wanted)>,
    shown: Option<Arc<Shown>>,
    answers: Vec<Answer>,
    dropped: Vec<Wanted>,
    over: bool,
}

/// Wishes that wait; what is older has scrolled out of sight.
const WAITING: usize = 256;

impl Worker {
    /// Starts the thread; `wake` is called from it when something is done.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { desk: Mutex::default(), work: Condvar::new(), wake: Box::new(wake) });
        let theirs = Arc::clone(&shared);
        // Without a thread nothing is ever ready, and the panes say so.
        let _ = std::thread::Builder::new().name("content".into()).spawn(move || theirs.run());
        Self { shared }
    }

    /// Another capture, or another pass over it: nothing asked or answered before counts any more.
    pub fn start_over(&self) {
        let mut desk = self.shared.desk();
        *desk = Desk { capture: desk.capture + 1, pins: Arc::clone(&desk.pins), ..Desk::default() };
    }

    /// Messages are read otherwise from now on: nothing asked or answered before counts any more.
    pub fn pin(&self, pins: &Arc<[Pin]>) {
        self.shared.desk().pins = Arc::clone(pins);
        self.start_over();
    }

    /// Asks for what is shown of a thing; an earlier question that is not answered yet is forgotten.
    pub fn select(&self, snapshot: &Arc<Snapshot>, subject: Subject) {
        self.shared.desk().selection = Some((Arc::clone(snapshot), subject));
        self.shared.work.notify_one();
    }

    /// Asks for one line.
    pub fn want(&self, snapshot: &Arc<Snapshot>, wanted: Wanted) {
        let mut desk = self.shared.desk();
        if desk.wanted.len() >= WAITING
            && let Some((_, oldest)) = desk.wanted.pop_front()
        {
            desk.dropped.push(oldest);
        }
        desk.wanted.push_back((Arc::clone(snapshot), wanted));
        drop(desk);
        self.shared.work.notify_one();
    }

    /// What was done since the last call: a selection, lines, and wishes that were given up.
    pub fn done(&self) -> (Option<Arc<Shown>>, Vec<Answer>, Vec<Wanted>) {
        let mut desk = self.shared.desk();
        (desk.shown.take(), std::mem::take(&mut desk.answers), std::mem::take(&mut desk.dropped))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.desk().over = true;
        self.shared.work.notify_one();
    }
}

enum Task {
    Selection(Arc<Snapshot>, Subject),
    Line(Arc<Snapshot>, Wanted),
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut content = Content::default();
        let mut decoding = Decoding::of_few(Vec::new());
        let mut of = 0;
        while let Some((capture, pins, task)) = self.next() {
            if capture != of {
                // What was kept lies at places of another file, or goes by numbers of another pass.
                content = Content::default();
                decoding = Decoding::of_few(pins.to_vec());
                of = capture;
            }
            match task {
                Task::Selection(snapshot, subject) => {
                    let shown = Arc::new(look(&snapshot, &mut content, &mut decoding, subject));
                    self.put(of, |desk| desk.shown = Some(shown));
                }
                Task::Line(snapshot, wanted) => {
                    let answer = line(&snapshot, &mut content, &mut decoding, wanted);
                    self.put(of, |desk| desk.answers.push(answer));
                }
            }
        }
    }

    fn next(&self) -> Option<(u64, Arc<[Pin]>, Task)> {
        let mut desk = self.desk();
        loop {
            if desk.over {
                return None;
            }
            if let Some((snapshot, subject)) = desk.selection.take() {
                return Some((desk.capture, Arc::clone(&desk.pins), Task::Selection(snapshot, subject)));
            }
            if let Some((snapshot, wanted)) = desk.wanted.pop_back() {
                return Some((desk.capture, Arc::clone(&desk.pins), Task::Line(snapshot, wanted)));
            }
            desk = self.work.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, capture: u64, put: impl FnOnce(&mut Desk)) {
        let mut desk = self.desk();
        if desk.capture == capture {
            put(&mut desk);
            drop(desk);
            (self.wake)();
        }
    }
}

fn look(snapshot: &Snapshot, content: &mut Content, decoding: &mut Decoding, subject: Subject) -> Shown {
    let mut detail = detail(snapshot, content, subject);
    let (paints, mut views) = (Paints::of(&detail), Views::of(&detail));
    let spoken = decoded::spoken(snapshot, content, decoding, &mut detail);
    if spoken.is_some() {
        views.first = Some(View::Decoded);
    }
    let cards = cards(snapshot, content, subject);
    if cards.as_ref().and_then(|cards| cards.security.as_ref()).is_some_and(|security| security.sealed) {
        views.first = Some(View::Security);
    }
    Shown { generation: snapshot.generation, detail, paints, views, spoken, cards }
}

fn cards(snapshot: &Snapshot, content: &mut Content, subject: Subject) -> Option<Cards> {
    let Subject::Connection(id) = subject else { return None };
    let connection = snapshot.connection(id)?;
    Some(Cards {
        agreement: Arc::clone(&connection.agreement),
        proof: connection.request.as_deref().and_then(Proof::of_request),
        accepted: connection.accepted,
        answered: connection.response.is_some(),
        ending: ending(snapshot, content, id)?,
        tokens: connection.request.as_deref().map(tokens).unwrap_or_default(),
        asked: connection.start,
        stream: connection.carrier.stream,
        security: security(snapshot, connection),
    })
}

fn security(snapshot: &Snapshot, connection: &Connection) -> Option<Security> {
    let carrier = connection.carrier;
    let secured = carrier.tls.and_then(|id| snapshot.secured(id)).cloned();
    if secured.is_none() && !carrier.quic {
        return None;
    }
    let flow = snapshot.flow(connection.flow)?;
    let [client, server] = connection.streams.map(|stream| stream.end().index());
    let first = snapshot.totals.times.map_or(0, |(first, _)| first);
    let time = |packet| snapshot.packet(packet).map_or(first, |packet| packet.time) - first;
    Some(Security {
        keys: secured.as_ref().map(|secured| keys(snapshot, secured.keys)).unwrap_or_default(),
        secured,
        sealed: connection.opening == Opening::Sealed,
        bytes: [flow.bytes[client], flow.bytes[server]],
        packets: [flow.packets[client], flow.packets[server]],
        times: (time(flow.first), time(flow.last)),
    })
}

fn line(snapshot: &Snapshot, content: &mut Content, decoding: &mut Decoding, wanted: Wanted) -> Answer {
    match wanted {
        Wanted::Preview(id) => Answer::Preview(id, Box::new(decoded::line(snapshot, content, decoding, id))),
        Wanted::Protocol(id, heard) => Answer::Protocol(id, heard, decoding.speaks(content, snapshot, id)),
        Wanted::Delivery(id) => Answer::Delivery(id, delivered(snapshot, content, id)),
        Wanted::Brief(id) => {
            let bytes = content.packet(snapshot, id).unwrap_or_default();
            let link = snapshot.packet(id).map_or(0, |packet| packet.link);
            Answer::Brief(id, Box::new(brief(link, &bytes, bytes.len() as u32)))
        }
        Wanted::SinceRequest(subject) => Answer::SinceRequest(subject, since_request(snapshot, subject)),
    }
}
