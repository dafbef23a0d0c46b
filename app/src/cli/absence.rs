//! What is said where a capture has nothing of what was asked for: what it has instead, and what to try.

use session::dissector::event::{Carries, Opening};
use session::{Snapshot, advice};

use super::words::plural;

/// One line on stderr, where `what` ("frames", "messages", "connections") is not there.
pub(crate) fn say(snapshot: &Snapshot, what: &str) {
    let none = match what {
        "connections" => snapshot.connections().is_empty(),
        "messages" => snapshot.message_count() == 0 && snapshot.delivery_count() == 0,
        _ => snapshot.frame_count() == 0,
    };
    if none {
        eprintln!("wscope: {}", sentence(snapshot, what));
    }
}

/// Connections by what they carry, in the order of the enum.
pub(crate) fn carried(snapshot: &Snapshot) -> Vec<(Carries, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    for flow in snapshot.flows().iter() {
        *counts.entry(flow.carries).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

/// `TLS connection`, `TLS connections`
fn noun(carries: Carries) -> [&'static str; 2] {
    match carries {
        Carries::Unknown => {
            ["TCP connection that says too little to tell", "TCP connections that say too little to tell"]
        }
        Carries::Http1 => ["HTTP/1 connection", "HTTP/1 connections"],
        Carries::WebSocket => ["WebSocket connection", "WebSocket connections"],
        Carries::Tls => ["TLS connection", "TLS connections"],
        Carries::Http2 => ["HTTP/2 connection", "HTTP/2 connections"],
        Carries::Quic => ["QUIC connection", "QUIC connections"],
        Carries::Other => ["TCP connection of another kind", "TCP connections of another kind"],
    }
}

/// How to see what TLS carries.
fn keys() -> String {
    let ways: Vec<String> =
        advice::ADVICE.iter().map(|advice| format!("{}: {}", advice.program, advice.how)).collect();
    format!("what TLS carries shows with --keys FILE. {}. {}", advice::KEY_LOG, ways.join("; "))
}

fn sentence(snapshot: &Snapshot, what: &str) -> String {
    let connections = || snapshot.connections().iter().filter(|row| row.opening != Opening::Sealed);
    let known = connections().count() as u64;
    if known > 0 {
        let refused = connections().filter(|connection| !connection.accepted).count() as u64;
        let all = plural(known, ["WebSocket connection", "WebSocket connections"]);
        let frames = plural(u64::from(snapshot.frame_count()), ["control frame", "control frames"]);
        return match (snapshot.frame_count(), refused) {
            (0, 0) => format!("no {what}: {all}, nothing sent after the handshake"),
            (0, _) if refused == known => {
                format!("no {what}: {all}, never accepted; wscope connections shows the answers")
            }
            (0, _) => {
                format!("no {what}: {all}, {refused} of them never accepted, nothing sent on the others")
            }
            _ => format!("no {what}: {all} with {frames} and no data; try wscope frames"),
        };
    }
    if snapshot.packet_count() == 0 {
        return "no WebSocket here: the capture holds no packets".into();
    }
    let carried = carried(snapshot);
    if carried.is_empty() {
        let kinds: Vec<String> = snapshot
            .totals
            .packets
            .iter()
            .map(|(kind, count)| format!("{} {kind}", super::words::count(*count)))
            .collect();
        return format!(
            "no WebSocket here, and no TCP: {} ({}); was it captured on the right interface, with the right filter?",
            plural(u64::from(snapshot.packet_count()), ["packet", "packets"]),
            kinds.join(", ")
        );
    }
    let seen: Vec<String> = carried.iter().map(|(carries, count)| plural(*count, noun(*carries))).collect();
    let has = |what| carried.iter().any(|(carries, _)| *carries == what);
    let advice = if snapshot.delivery_count() > 0 {
        "wscope messages shows what HTTP carries"
    } else if has(Carries::Tls) {
        return format!("no WebSocket here: {}; {}", seen.join(", "), keys());
    } else if snapshot.totals.cut > 0 {
        "packets were cut by the snap length, perhaps the handshakes too: capture with -s 0"
    } else if has(Carries::Other) || has(Carries::Unknown) {
        "if you know that a port carries WebSocket, say so with --decode-as PORT=websocket"
    } else {
        "no request in it asks for WebSocket: was the capture started after, or on another port?"
    };
    format!("no WebSocket here: {}; {advice}", seen.join(", "))
}
