//! What a summary states, counted once for the screen and for JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Serialize, Serializer};
use session::Snapshot;
use session::dissector::event::{Carries, Opening};
use session::dissector::websocket::opcode::Opcode;
use session::model::How;
use session::neighbor::Family;
use session::pairing::Spoken;

use super::transports::{TransportRow, transports};
use crate::cli::absence;
use crate::cli::column::json;
use crate::cli::connections::{ConnectionRow, counts};
use crate::cli::reading::name;
use crate::cli::time::rfc3339;
use crate::cli::words::{count, plural};

/// The summary as a JSON object.
#[derive(Serialize)]
pub(super) struct Facts<'a> {
    file: File,
    packets: Packets<'a>,
    interfaces: Vec<Interface<'a>>,
    tcp: Tcp,
    websocket: WebSocket,
    /// What is spoken, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    protocols: Option<Vec<serde_json::Value>>,
    /// Only where there is more than WebSocket.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transports: Vec<TransportRow>,
    connections: Connections<'a>,
    findings: serde_json::Value,
    notes: Vec<Note<'a>>,
}

#[derive(Serialize)]
struct File {
    name: String,
    format: Option<String>,
    compression: Option<String>,
    bytes: u64,
}

#[derive(Serialize)]
struct Packets<'a> {
    count: u32,
    start: Option<String>,
    end: Option<String>,
    captured_bytes: u64,
    /// Packets that the snap length cut.
    cut: u64,
    kinds: &'a BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Interface<'a> {
    name: Option<&'a str>,
    link: String,
    snap_length: u32,
}

#[derive(Serialize)]
struct Tcp {
    connections: u32,
    carries: BTreeMap<&'static str, u64>,
    gaps: u64,
    gap_bytes: u64,
    /// Stretches that were sent again with other content.
    conflicts: u64,
}

#[derive(Serialize)]
struct WebSocket {
    connections: u32,
    /// Connections that may carry it, encrypted without keys.
    sealed: u32,
    accepted: usize,
    ended: BTreeMap<&'static str, u64>,
    frames: u32,
    opcodes: BTreeMap<&'static str, u64>,
    payload_bytes: u64,
    header_bytes: u64,
    messages: u32,
    compressed: Compressed,
    /// Messages whose content cannot be had.
    unavailable: u64,
}

#[derive(Serialize)]
struct Compressed {
    messages: u64,
    wire_length: u64,
    length: u64,
}

#[derive(Serialize)]
struct Note<'a> {
    at: u64,
    says: &'a str,
}

struct Connections<'a>(&'a Snapshot);

impl Serialize for Connections<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct One(ConnectionRow);
        impl Serialize for One {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                json(&self.0).serialize(serializer)
            }
        }
        serializer.collect_seq(self.0.connections().iter().map(|row| One(ConnectionRow::of(self.0, row))))
    }
}

impl<'a> Facts<'a> {
    pub(super) fn of(file: &Path, snapshot: &'a Snapshot, spoken: Option<&[Spoken]>) -> Self {
        let totals = &snapshot.totals;
        let format = snapshot.format.as_ref();
        let sealed =
            snapshot.connections().iter().filter(|row| row.opening == Opening::Sealed).count() as u32;
        let quic = snapshot.flows().iter().filter(|flow| flow.carries == Carries::Quic).count() as u32;
        Self {
            file: File {
                name: name(file),
                format: format.map(|format| format.container.to_string()),
                compression: format.and_then(|format| format.compression).map(|how| how.to_string()),
                bytes: snapshot.progress.total.unwrap_or(snapshot.progress.done),
            },
            packets: Packets {
                count: snapshot.packet_count(),
                start: totals.times.map(|times| rfc3339(times.0)),
                end: totals.times.map(|times| rfc3339(times.1)),
                captured_bytes: totals.captured,
                cut: totals.cut,
                kinds: &totals.packets,
            },
            interfaces: (snapshot.interfaces.iter())
                .map(|interface| Interface {
                    name: interface.name.as_deref(),
                    link: interface.link.to_string(),
                    snap_length: interface.snap_len,
                })
                .collect(),
            tcp: Tcp {
                connections: snapshot.flows().len() - quic,
                carries: absence::carried(snapshot)
                    .iter()
                    .map(|(what, count)| (what.name(), *count))
                    .collect(),
                gaps: totals.gaps.0,
                gap_bytes: totals.gaps.1,
                conflicts: totals.conflicts,
            },
            websocket: WebSocket {
                connections: snapshot.connections().len() - sealed,
                sealed,
                accepted: snapshot.connections().iter().filter(|row| row.accepted).count(),
                ended: ends(snapshot).into_iter().collect(),
                frames: snapshot.frame_count(),
                opcodes: opcodes(snapshot).into_iter().collect(),
                payload_bytes: totals.payload,
                header_bytes: totals.headers,
                messages: snapshot.message_count(),
                compressed: Compressed {
                    messages: totals.compressed.0,
                    wire_length: totals.compressed.1,
                    length: totals.compressed.2,
                },
                unavailable: totals.incomplete,
            },
            protocols: spoken.map(|all| all.iter().map(super::protocols::json).collect()),
            transports: transports(snapshot),
            connections: Connections(snapshot),
            findings: counts(&snapshot.broken),
            notes: snapshot.notes.iter().map(|note| Note { at: note.at, says: &note.says }).collect(),
        }
    }
}

/// How connections ended, the usual first; those that never began are a kind of their own.
pub(super) fn ends(snapshot: &Snapshot) -> Vec<(&'static str, u64)> {
    const KINDS: [&str; 6] = [
        "closed cleanly",
        "closed uncleanly",
        "ended by FIN without Close",
        "ended by RST without Close",
        "open at the end",
        "not accepted",
    ];
    let mut counts = [0; 6];
    for row in snapshot.connections().iter().filter(|row| row.opening != Opening::Sealed) {
        let kind = match row.closing.how() {
            _ if !row.accepted => 5,
            How::Close if row.closing.clean() => 0,
            How::Close => 1,
            How::Fin => 2,
            How::Rst => 3,
            How::EndOfCapture => 4,
        };
        counts[kind] += 1;
    }
    KINDS.into_iter().zip(counts).filter(|(_, count)| *count > 0).collect()
}

/// Frames by opcode, those that are there; the reserved ones together, at the end.
pub(super) fn opcodes(snapshot: &Snapshot) -> Vec<(&'static str, u64)> {
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    let all = (0..16).map(Opcode).zip(snapshot.totals.opcodes);
    let (named, reserved): (Vec<_>, Vec<_>) = all.partition(|(opcode, _)| !opcode.is_reserved());
    for (opcode, count) in named.into_iter().chain(reserved).filter(|(_, count)| *count > 0) {
        match counts.last_mut().filter(|(name, _)| *name == opcode.name()) {
            Some((_, sum)) => *sum += count,
            None => counts.push((opcode.name(), count)),
        }
    }
    counts
}

/// Messages of clients and of servers.
pub(super) fn messages(snapshot: &Snapshot) -> [u64; 2] {
    snapshot.connections().iter().fold([0; 2], |[client, server], row| {
        [client + u64::from(row.messages[0]), server + u64::from(row.messages[1])]
    })
}

/// The interfaces in words: name, link type, filter.
pub(super) fn interfaces(snapshot: &Snapshot) -> Vec<String> {
    let one = |interface: &session::capture::Interface| {
        let name = interface.name.as_deref().or(interface.description.as_deref());
        let mut text = match name {
            Some(name) => format!("{name} ({})", interface.link),
            None => interface.link.to_string(),
        };
        if interface.snap_len != 0 && interface.snap_len < 65535 {
            text.push_str(&format!(", snap length {}", interface.snap_len));
        }
        if let Some(filter) = &interface.filter {
            text.push_str(&format!(", filter \"{filter}\""));
        }
        text
    };
    snapshot.interfaces.iter().map(|interface| one(interface)).collect()
}

/// Sessions that HTTP carries, by whose they are and how their messages travelled, the most frequent first.
pub(super) fn sessions(snapshot: &Snapshot) -> String {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for session in snapshot.push_sessions().iter() {
        let ways: Vec<&str> = session.transports.iter().map(|transport| transport.name()).collect();
        let what = match session.family {
            // Its only way has the same name.
            Family::EventStream | Family::Polling => ways.join(" then "),
            family => format!("{} by {}", family.name(), ways.join(" then ")),
        };
        *counts.entry(what).or_default() += 1;
    }
    let mut ranked: Vec<(String, u64)> = counts.into_iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let all: u64 = ranked.iter().map(|(_, count)| count).sum();
    if all == 0 {
        return String::new();
    }
    let kinds: Vec<String> =
        ranked.iter().map(|(what, number)| format!("{} {what}", count(*number))).collect();
    format!("{}: {}", plural(all, ["session", "sessions"]), kinds.join(", "))
}
