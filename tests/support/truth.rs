//! What endpoints say they sent and received, and what a capture says they did.

use std::collections::BTreeMap;
use std::path::Path;

use dissector::ids::{MessageId, Side};
use serde_json::Value;
use session::{Content, Snapshot};
use sha2::{Digest, Sha256};

/// A message by who sent it, its kind and the SHA-256 of its content.
pub type Message = (Side, String, String);

/// Messages and how often each was sent.
pub type Messages = BTreeMap<Message, u32>;

/// The SHA-256 of some bytes as the truths write it.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The events of a truth file.
pub fn events(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let event = |line: &str| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()))
    };
    text.lines().map(event).collect()
}

/// The messages of a truth: what its sender says it sent or its receiver that it received, whoever says more.
/// Either may say less: a sender that writes fragments logs those, and a receiver may be gone before it logs.
pub fn messages(events: &[Value]) -> Messages {
    let mut said: [Messages; 2] = Default::default();
    for event in events.iter().filter(|event| event["ev"] == "message") {
        let sent = event["dir"] == "send";
        let side = if (event["ep"] == "client") == sent { Side::Client } else { Side::Server };
        let kind = event["opcode"].as_str().expect("an opcode").to_owned();
        let sha256 = event["sha256"].as_str().expect("a hash").to_owned();
        *said[usize::from(sent)].entry((side, kind, sha256)).or_default() += 1;
    }
    let [mut all, sent] = said;
    for (message, count) in sent {
        let known = all.entry(message).or_default();
        *known = count.max(*known);
    }
    all
}

/// The messages of a capture whose content can be had.
pub fn found(snapshot: &Snapshot) -> Messages {
    let mut content = Content::default();
    let mut found = Messages::new();
    for message in (0..snapshot.message_count()).map(MessageId::new) {
        let Ok(bytes) = content.message(snapshot, message, u64::MAX) else { continue };
        let message = snapshot.message(message).expect("a message that has content");
        *found.entry((message.side, message.kind.name().to_owned(), sha256(&bytes))).or_default() += 1;
    }
    found
}

/// Each count `times` over.
pub fn times(messages: &Messages, times: u32) -> Messages {
    messages.iter().map(|(message, count)| (message.clone(), count * times)).collect()
}

/// What `all` has more than `some`.
pub fn without(all: &Messages, some: &Messages) -> Messages {
    let rest = all.iter().map(|(message, count)| {
        (message.clone(), count.saturating_sub(some.get(message).copied().unwrap_or_default()))
    });
    rest.filter(|(_, count)| *count > 0).collect()
}

/// How many messages there are in all.
pub fn count(messages: &Messages) -> u32 {
    messages.values().sum()
}
