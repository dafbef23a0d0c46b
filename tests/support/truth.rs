//! What endpoints say they sent and received, and what a capture says they did.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
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
        let parsed = serde_json::from_str(line).or_else(|_| serde_json::from_str(&without_surrogates(line)));
        parsed.unwrap_or_else(|error| panic!("{}: {error}: {line}", path.display()))
    };
    text.lines().map(event).collect()
}

/// Half a pair of surrogates is no character (RFC 8259 8.2), but Python writes it.
fn without_surrogates(line: &str) -> String {
    let mut parts = line.split("\\u");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let surrogate =
            part.starts_with(['d', 'D']) && part[1..].starts_with(|c| "89abcdefABCDEF".contains(c));
        text += "\\u";
        text += if surrogate { "fffd" } else { &part[..4] };
        text += &part[4..];
    }
    text
}

/// The messages of a truth: what its sender says it sent or its receiver that it received, whoever says more.
/// Either may say less: a sender that writes fragments logs those, and a receiver may be gone before it logs.
pub fn messages(events: &[Value]) -> Messages {
    let mut said: [Messages; 2] = Default::default();
    for event in events.iter().filter(|event| event["ev"] == "message") {
        let sent = event["dir"] == "send";
        let side = if (event["ep"] == "client") == sent { Side::Client } else { Side::Server };
        // SocketCluster's own log has no opcodes; it only sends text.
        let kind = event["opcode"].as_str().unwrap_or("text").to_owned();
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

/// The messages that fragments make, which their sender logs one by one. Not all of them need be on the wire: the
/// sender may log what it queued.
pub fn fragmented(events: &[Value]) -> Messages {
    let mut messages = Messages::new();
    let mut open: BTreeMap<(String, String), (String, Vec<u8>)> = BTreeMap::new();
    for event in events.iter().filter(|event| event["ev"] == "fragment" && event["dir"] == "send") {
        let key = (event["ep"].to_string(), event["conn"].to_string());
        let (kind, bytes) = open.entry(key.clone()).or_default();
        if kind.is_empty() {
            *kind = if event["binary"] == true { "binary" } else { "text" }.to_owned();
        }
        let part = event["b64"].as_str().expect("a fragment is short enough to be logged");
        bytes.extend(BASE64_STANDARD.decode(part).expect("the log is base64"));
        if event["fin"] == true {
            let side = if event["ep"] == "client" { Side::Client } else { Side::Server };
            let (kind, bytes) = open.remove(&key).expect("it is open");
            *messages.entry((side, kind, sha256(&bytes))).or_default() += 1;
        }
    }
    messages
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
