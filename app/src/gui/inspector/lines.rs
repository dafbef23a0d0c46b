//! What rows ask for: a line of a message or a packet, a time, what a connection speaks. Asked once for each row that
//! comes into sight, and kept for many screens of them.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use session::Snapshot;
use session::decoding::Pin;
use session::detail::Subject;
use session::dissector::decoders::{Decoder, FIRST};
use session::dissector::ids::{ConnectionId, DeliveryId, MessageId, PacketId};
use session::dissector::link::Brief;

use super::Inspector;
use crate::gui::content_worker::{Answer, Wanted, Worker};
use crate::gui::decoded::Line;

/// All of it.
#[derive(Default)]
pub(super) struct Lines {
    previews: Answers<MessageId, Line>,
    /// What messages that HTTP carries say.
    deliveries: Answers<DeliveryId, String>,
    briefs: Answers<PacketId, Brief>,
    requests: Answers<Subject, Option<i64>>,
    /// By how many of its first messages there are, the client's first: they may tell it.
    protocols: Answers<(ConnectionId, [u8; 2]), Option<&'static Decoder>>,
    /// What each connection speaks, as far as it is known.
    spoken: HashMap<ConnectionId, Option<&'static Decoder>>,
}

/// Answers of one kind, the latest kept.
struct Answers<K, V> {
    kept: HashMap<K, V>,
    asked: HashSet<K>,
    /// What was answered before messages were read otherwise: it stays in sight until that is known.
    before: HashMap<K, V>,
}

/// Answers that are kept: many screens of rows.
const KEPT: usize = 8192;

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Self { kept: HashMap::new(), asked: HashSet::new(), before: HashMap::new() }
    }
}

impl<K: Copy + Hash + Eq, V> Answers<K, V> {
    fn put(&mut self, key: K, value: V) {
        if self.kept.len() >= KEPT {
            // Those in sight are asked for again within a frame or two.
            self.kept.clear();
        }
        self.asked.remove(&key);
        self.before.remove(&key);
        self.kept.insert(key, value);
    }

    /// All are asked for again.
    fn renew(&mut self) {
        self.before = std::mem::take(&mut self.kept);
        self.asked.clear();
    }

    fn seen(&self, key: &K) -> Option<&V> {
        self.kept.get(key).or_else(|| self.before.get(key))
    }

    /// The answer; where there is none yet and there may be one, it is asked for.
    fn ask(&mut self, worker: &Worker, snapshot: &Arc<Snapshot>, key: K, wanted: Wanted) {
        if !self.kept.contains_key(&key) && self.asked.insert(key) {
            worker.want(snapshot, wanted);
        }
    }
}

impl Lines {
    /// Takes answers, and wishes that were given up.
    pub(super) fn take(&mut self, answers: Vec<Answer>, dropped: Vec<Wanted>) {
        for answer in answers {
            match answer {
                Answer::Preview(id, line) => self.previews.put(id, *line),
                Answer::Delivery(id, line) => self.deliveries.put(id, line),
                Answer::Brief(id, brief) => self.briefs.put(id, *brief),
                Answer::SinceRequest(subject, since) => self.requests.put(subject, since),
                Answer::Protocol(id, heard, decoder) => {
                    self.spoken.insert(id, decoder);
                    self.protocols.put((id, heard), decoder);
                }
            }
        }
        for wanted in dropped {
            match wanted {
                Wanted::Preview(id) => self.previews.asked.remove(&id),
                Wanted::Delivery(id) => self.deliveries.asked.remove(&id),
                Wanted::Brief(id) => self.briefs.asked.remove(&id),
                Wanted::SinceRequest(subject) => self.requests.asked.remove(&subject),
                Wanted::Protocol(id, heard) => self.protocols.asked.remove(&(id, heard)),
            };
        }
    }

    fn renew(&mut self) {
        self.previews.renew();
        self.protocols.renew();
        // What was asked and not answered yet is asked again.
        self.deliveries.asked.clear();
        self.briefs.asked.clear();
        self.requests.asked.clear();
    }
}

impl Inspector {
    /// What the user says of how messages are read; what was read otherwise is read again.
    pub fn pin(&mut self, pins: &Arc<[Pin]>) {
        if self.pins != *pins {
            self.pins = Arc::clone(pins);
            self.worker.pin(&self.pins);
            self.lines.renew();
            self.selection = None;
        }
    }

    /// A message in one line, once it was read.
    pub fn preview(&mut self, snapshot: &Arc<Snapshot>, id: MessageId) -> Option<&Line> {
        self.meet(snapshot);
        self.pick_up();
        // An open message has no line to keep yet.
        if snapshot.message(id).is_some_and(|message| message.outcome.is_some()) {
            self.lines.previews.ask(&self.worker, snapshot, id, Wanted::Preview(id));
        }
        self.lines.previews.seen(&id)
    }

    /// A packet in one line, once it was read.
    pub fn packet_brief(&mut self, snapshot: &Arc<Snapshot>, id: PacketId) -> Option<&Brief> {
        self.meet(snapshot);
        self.pick_up();
        self.lines.briefs.ask(&self.worker, snapshot, id, Wanted::Brief(id));
        self.lines.briefs.seen(&id)
    }

    /// What a message that HTTP carries says in one line, once it was read.
    pub fn delivered(&mut self, snapshot: &Arc<Snapshot>, id: DeliveryId) -> Option<&str> {
        self.meet(snapshot);
        self.pick_up();
        self.lines.deliveries.ask(&self.worker, snapshot, id, Wanted::Delivery(id));
        self.lines.deliveries.seen(&id).map(String::as_str)
    }

    /// The time between the other side's last word and this, once it was looked for; nothing in it where there was none.
    pub fn since_request(&mut self, snapshot: &Arc<Snapshot>, subject: Subject) -> Option<Option<i64>> {
        self.meet(snapshot);
        self.pick_up();
        // The time of an open message is not yet known.
        let open = matches!(subject, Subject::Message(id)
            if snapshot.message(id).is_none_or(|message| message.outcome.is_none()));
        if !open {
            self.lines.requests.ask(&self.worker, snapshot, subject, Wanted::SinceRequest(subject));
        }
        self.lines.requests.seen(&subject).copied()
    }

    /// What a connection speaks, as far as it is known; nothing where nothing tells it.
    pub fn protocol(&mut self, snapshot: &Arc<Snapshot>, id: ConnectionId) -> Option<&'static Decoder> {
        self.meet(snapshot);
        self.pick_up();
        let there = snapshot.connection(id).map_or([0; 2], |connection| connection.messages);
        let heard = there.map(|count| count.min(FIRST as u32) as u8);
        self.lines.protocols.ask(&self.worker, snapshot, (id, heard), Wanted::Protocol(id, heard));
        let known = self.lines.protocols.seen(&(id, heard)).copied();
        known.or_else(|| self.lines.spoken.get(&id).copied()).flatten()
    }
}
