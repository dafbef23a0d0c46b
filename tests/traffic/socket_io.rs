//! What Socket.IO's peers say to each other (revision 5 of its protocol): a session, events by a few names, questions
//! with their acknowledgements, binary attachments.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Payload, Random, Texts};

/// Where a client asks for it.
pub(super) const TARGET: &str = "/socket.io/?EIO=4&transport=websocket";

/// Events that nobody answers.
const EVENTS: [&str; 4] = ["news", "message", "typing", "moved"];

/// The session of one connection.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// What comes next of its beginning.
    begun: u8,
    /// The number of the next question of the client.
    next: u64,
    /// Questions that wait.
    open: VecDeque<u64>,
    /// Attachments that are still to be sent behind their event: by whom, and bytes of each.
    attachments: Vec<(bool, u64)>,
    told: Told,
}

/// What was said by Socket.IO's measure.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// How often each event was sent.
    pub events: BTreeMap<&'static str, u64>,
    /// Questions, namespaces that were asked for among them.
    pub questions: u64,
    /// Those of them that were answered.
    pub answered: u64,
    /// Binary attachments.
    pub attachments: u64,
}

impl Told {
    pub(super) fn add(&mut self, other: &Self) {
        for (event, count) in &other.events {
            *self.events.entry(event).or_default() += count;
        }
        self.questions += other.questions;
        self.answered += other.answered;
        self.attachments += other.attachments;
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "events": self.events,
            "questions": self.questions,
            "answered": self.answered,
            "attachments": self.attachments,
        })
    }
}

impl Session {
    pub(super) const fn told(&self) -> &Told {
        &self.told
    }

    /// The next message, made in `text` or `bytes`: whether the client says it, and what it carries.
    pub(super) fn next<'b>(
        &mut self,
        texts: &Texts,
        random: &mut Random,
        text: &'b mut String,
        bytes: &'b mut Vec<u8>,
    ) -> (bool, Payload<'b>) {
        if let Some((client, len)) = self.attachments.pop() {
            random.fill(len as usize, bytes);
            self.told.attachments += 1;
            return (client, Payload::Binary(bytes));
        }
        let client = self.packet(texts, random, text);
        (client, Payload::Text(text))
    }

    fn packet(&mut self, texts: &Texts, random: &mut Random, text: &mut String) -> bool {
        // Writing to a string cannot fail.
        if self.begun < 3 {
            self.begun += 1;
            let sid = random.number();
            text.clear();
            let _ = match self.begun {
                1 => write!(
                    text,
                    "0{{\"sid\":\"{sid:016x}\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}}"
                ),
                2 => write!(text, "40"),
                _ => write!(text, "40{{\"sid\":\"{sid:016x}\"}}"),
            };
            self.told.questions += u64::from(self.begun == 2);
            self.told.answered += u64::from(self.begun == 3);
            return self.begun == 2;
        }
        let client = random.coin();
        let kind = random.below(100);
        if let Some(id) = self.open.front().copied().filter(|_| !client && kind < 60) {
            self.open.pop_front();
            texts.json(60, 200, random, text);
            self.told.answered += 1;
            text.insert_str(0, &format!("43{id}["));
            text.push(']');
            return false;
        }
        let event = EVENTS[random.below(EVENTS.len() as u64) as usize];
        texts.json(60, 300, random, text);
        let (begin, event) = match kind {
            0..35 if client => {
                let id = self.next;
                self.next += 1;
                self.open.push_back(id);
                self.told.questions += 1;
                (format!("42{id}[\"ask\","), "ask")
            }
            97.. => {
                let count = 1 + random.below(2);
                self.attachments = (0..count).map(|_| (client, 20 + random.below(400))).collect();
                let places = (0..count).map(|num| format!("{{\"_placeholder\":true,\"num\":{num}}},"));
                (format!("45{count}-[\"file\",{}", places.collect::<String>()), "file")
            }
            _ => (format!("42[\"{event}\","), event),
        };
        *self.told.events.entry(event).or_default() += 1;
        text.insert_str(0, &begin);
        text.push(']');
        client
    }
}
