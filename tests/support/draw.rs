//! Snapshots as text that a person can read and a test can compare.

use std::fmt::Write;

use dissector::event::{Opening, Part};
use dissector::head::Head;
use dissector::ids::{FrameId, MessageId, PacketId, Side};
use dissector::tls::record::Version;
use dissector::tls::secured::Secured;
use dissector::tls::suite::Suite;
use dissector::websocket::upgrade::{Agreement, Extension};
use session::model::{Connection, Flow, Frame, Run};
use session::{Content, Snapshot, State};

use crate::findings::findings;
use crate::neighbors::neighbors;
use crate::truth::sha256;

/// A snapshot, drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The capture, its TCP connections, and in them the WebSocket connections.
    pub flows: String,
    /// One line a frame.
    pub frames: String,
    /// One line a message.
    pub messages: String,
    /// One line a finding.
    pub findings: String,
    /// What HTTP carries beside WebSocket; nothing where it carries nothing.
    pub neighbors: String,
}

/// Draws all of a snapshot.
pub fn draw(snapshot: &Snapshot) -> Drawing {
    Drawing {
        flows: flows(snapshot),
        frames: frames(snapshot),
        messages: messages(snapshot),
        findings: findings(snapshot),
        neighbors: neighbors(snapshot),
    }
}

/// Client to server, and back.
fn arrow(side: Side) -> &'static str {
    match side {
        Side::Client => "──▶",
        Side::Server => "◀──",
    }
}

const FRAMES: &str = " frame  packet  connection opcode     FIN  RSV key      header+payload  part  …  its bytes: packet[from..to]
";

/// All frames, and the line above them.
pub fn frames(snapshot: &Snapshot) -> String {
    let mut content = Content::default();
    let mut text = FRAMES.to_owned();
    for frame in (0..snapshot.frame_count()).filter_map(|frame| snapshot.frame(FrameId::new(frame))) {
        let (bytes, places) = match content.frame(snapshot, frame.id, u64::MAX) {
            Ok(bytes) => (bytes.header.mask, places(&bytes.runs)),
            Err(why) => (None, format!("{why:?}")),
        };
        let line = format!(
            "{:>6} {:>7}  {:<4} {}  {} {places}",
            frame.id.number(),
            format!("#{}", frame.packet.number()),
            frame.connection.number(),
            arrow(frame.side),
            body(&frame, bytes),
        );
        writeln!(text, "{}", line.trim_end()).expect("text grows");
    }
    text
}

/// What a frame is, without the packets that it came in.
pub fn body(frame: &Frame, key: Option<[u8; 4]>) -> String {
    let header = frame.header;
    let key = match (header.mask, key) {
        (None, _) => "·".to_owned(),
        (Some(_), key) => hex::encode(key.unwrap_or_default()),
    };
    let opcode = if header.opcode.is_reserved() {
        format!("RESERVED {:X}", header.opcode.0)
    } else {
        header.opcode.name().to_ascii_uppercase()
    };
    let lengths = format!("{}+{}", header.len(), header.payload_len);
    let part = match (frame.part, frame.message) {
        (Part::None, None) => "·".to_owned(),
        (part, message) => {
            let number = message.map_or("?".to_owned(), |message| message.number().to_string());
            format!("{} {number}", format!("{part:?}").to_ascii_lowercase())
        }
    };
    let mut said = format!(
        "{opcode:<12}  {}  {:03b} {key:<8} {lengths:<15} {part:<15}",
        if header.fin { "FIN" } else { " · " },
        header.rsv
    );
    if let Some(code) = frame.close_code {
        write!(said, " code {code}").expect("text grows");
    }
    let signs = [
        (frame.compressed, "compressed"),
        (frame.resynchronized, "resynchronized"),
        (frame.truncated, "truncated"),
        (!header.is_minimal(), "length not minimal"),
        (frame.text == Some(false), "not text"),
    ];
    for (_, sign) in signs.iter().filter(|(holds, _)| *holds) {
        write!(said, " {sign}").expect("text grows");
    }
    if frame.missing > 0 {
        write!(said, " missing {}", frame.missing).expect("text grows");
    }
    said
}

/// Where bytes lie; of many runs the first two, the number of those between, and the last.
fn places(runs: &[Run]) -> String {
    let place = |run: &Run| {
        format!(
            "#{}[{}..{}]",
            run.packet.number(),
            run.in_packet,
            u64::from(run.in_packet) + u64::from(run.len)
        )
    };
    match runs {
        [first, second, between @ .., last] if between.len() > 1 => {
            format!("{} {} … {} more … {}", place(first), place(second), between.len(), place(last))
        }
        runs => runs.iter().map(place).collect::<Vec<_>>().join(" "),
    }
}

const MESSAGES: &str =
    "message  packet  connection type  on wire → content         frames    verdict      content
";

/// All messages, and the line above them.
pub fn messages(snapshot: &Snapshot) -> String {
    let mut content = Content::default();
    let mut text = MESSAGES.to_owned();
    for message in (0..snapshot.message_count()).map(MessageId::new) {
        let said = message_body(snapshot, &mut content, message);
        let Some(message) = snapshot.message(message) else { continue };
        let frames = match (message.first.number(), message.last.number()) {
            (first, last) if first == last => format!("{first}"),
            (first, last) => format!("{first}–{last} ({})", message.frames),
        };
        let line = format!(
            "{:>7} {:>7}  {:<4} {}  {} {frames:<9} {}",
            message.id.number(),
            format!("#{}", message.packet.number()),
            message.connection.number(),
            arrow(message.side),
            said.0,
            said.1,
        );
        writeln!(text, "{}", line.trim_end()).expect("text grows");
    }
    text
}

/// What a message is, without its frames and packets: its lengths, and its verdict and content.
pub fn message_body(snapshot: &Snapshot, content: &mut Content, id: MessageId) -> (String, String) {
    let Some(message) = snapshot.message(id) else { return Default::default() };
    let len = message.len.map_or("?".to_owned(), |len| len.to_string());
    let sign = if message.compressed { "deflate" } else { "" };
    let lengths = format!("{:<6} {:>9} → {len:<8} {sign:<7}", message.kind.name(), message.wire_len);
    let verdict = match (message.outcome, message.text) {
        (None, _) => "open".to_owned(),
        (Some(dissector::event::Outcome::Whole), None) => "whole".to_owned(),
        (Some(dissector::event::Outcome::Whole), Some(true)) => "valid".to_owned(),
        (Some(dissector::event::Outcome::Whole), Some(false)) => "not text".to_owned(),
        (Some(outcome), _) => format!("{outcome:?}"),
    };
    let start = match content.message(snapshot, id, u64::MAX) {
        Ok(bytes) => format!("{} {}", &sha256(&bytes)[..12], start(&bytes)),
        Err(why) => format!("({})", why.name()),
    };
    (lengths, format!("{verdict:<12} {start}"))
}

/// The first characters of text, quoted, or the first bytes in hex.
fn start(bytes: &[u8]) -> String {
    const CHARACTERS: usize = 40;
    const BYTES: usize = 16;
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(|c| c.is_control() && !c.is_ascii_whitespace()) => {
            let cut: String = text.chars().take(CHARACTERS).collect();
            let more = if cut.len() < text.len() { "…" } else { "" };
            format!("{cut:?}{more}")
        }
        _ => {
            let more = if bytes.len() > BYTES { "…" } else { "" };
            format!("{}{more}", hex::encode(&bytes[..bytes.len().min(BYTES)]))
        }
    }
}

/// The capture, its TCP connections, and in them the WebSocket connections.
pub fn flows(snapshot: &Snapshot) -> String {
    let mut lines = vec![match &snapshot.state {
        State::Done => format!("{} packets", snapshot.packet_count()),
        state => format!("{} packets, {state:?}", snapshot.packet_count()),
    }];
    if let Some((first, last)) = snapshot.totals.times {
        lines[0] += &format!(", from {first} ns for {} ns", last - first);
    }
    let totals = &snapshot.totals;
    let kinds = totals.packets.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>();
    lines.push(kinds.join(", "));
    let signs = [
        (totals.cut, format!("{} packets cut by the snap length", totals.cut)),
        (totals.gaps.0, format!("{} gaps of {} bytes in all", totals.gaps.0, totals.gaps.1)),
        (totals.conflicts, format!("{} stretches sent again with other content", totals.conflicts)),
    ];
    lines.extend(signs.into_iter().filter(|(count, _)| *count > 0).map(|(_, sign)| sign));
    lines.extend(snapshot.notes.iter().map(|note| format!("note at {}: {}", note.at, note.says)));
    for flow in snapshot.flows().iter() {
        lines.push(String::new());
        lines.push(flow_line(flow));
        let begin = snapshot.totals.times.map_or(0, |(first, _)| first);
        for connection in snapshot.connections().iter().filter(|connection| connection.flow == flow.id) {
            let secured = connection.carrier.tls.and_then(|tls| snapshot.secured(tls));
            connection_lines(connection, secured.map(AsRef::as_ref), begin, &mut lines);
        }
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn flow_line(flow: &Flow) -> String {
    let ended =
        flow.ended.map(|ended| ended.map_or("open".to_owned(), |how| format!("{how:?}").to_uppercase()));
    let lost = if flow.lost > 0 { format!(", {} bytes never captured", flow.lost) } else { String::new() };
    format!(
        "TCP {}  {} ↔ {}  {}, packets #{}–#{} ({} and {}){}, ended {} and {}{lost}",
        flow.id.number(),
        flow.a,
        flow.b,
        flow.carries.name(),
        flow.first.number(),
        flow.last.number(),
        flow.packets[0],
        flow.packets[1],
        if flow.from_start { "" } else { ", begun before" },
        ended[0],
        ended[1],
    )
}

fn connection_lines(connection: &Connection, secured: Option<&Secured>, begin: i64, lines: &mut Vec<String>) {
    let met = match connection.opening {
        Opening::Handshake if connection.accepted => "by its handshake",
        Opening::Handshake => "by a handshake that was not accepted",
        Opening::MidStream => "by its frames",
        Opening::Told => "by its port",
        Opening::Sealed => "sealed, without keys",
    };
    lines.push(format!(
        "┌ connection {}  {}{} → {}  met at #{} {met}, {}–{} ns",
        connection.id.number(),
        transport(connection),
        connection.client,
        connection.server,
        PacketId::number(connection.packet),
        connection.start - begin,
        connection.end - begin,
    ));
    lines.extend(secured.map(|secured| format!("│ {}", tls_line(secured))));
    for (sign, head) in [("▶", &connection.request), ("◀", &connection.response)] {
        match head {
            Some(head) => lines.extend(head_lines(head).map(|line| format!("│ {sign} {line}"))),
            None => lines.push(format!("│ {sign} never captured")),
        }
    }
    lines.extend(agreement_lines(&connection.agreement).into_iter().map(|line| format!("│ {line}")));
    for side in [Side::Client, Side::Server] {
        let at = side.index();
        lines.push(format!(
            "│ {} {} frames, {} messages, {} payload bytes",
            arrow(side),
            connection.frames[at],
            connection.messages[at],
            connection.payload[at]
        ));
    }
    for side in [Side::Client, Side::Server] {
        if let Some((frame, close)) = &connection.closing.close[side.index()] {
            let code = close.code.map_or("without a code".to_owned(), |code| code.to_string());
            let reason = String::from_utf8_lossy(&close.reason);
            lines.push(format!("│ {} Close {code} {reason:?} in frame {}", arrow(side), frame.number()));
        }
    }
    let tcp = connection.closing.tcp.iter().map(|(side, how)| format!("{how:?} of {}", side.name()));
    lines.push(format!(
        "└ ended by {}, begun by {}, {}; {}",
        connection.closing.how().name(),
        connection.closing.initiator().map_or("nobody", Side::name),
        if connection.closing.clean() { "clean" } else { "not clean" },
        tcp.collect::<Vec<_>>().join(", ")
    ));
}

/// What lies between TCP and WebSocket, where something does.
fn transport(connection: &Connection) -> String {
    match (connection.carrier.transport(), connection.carrier.stream) {
        ("tcp", _) => String::new(),
        (name, Some(stream)) => format!("{name} {stream}  "),
        (name, None) => format!("{name}  "),
    }
}

/// What is known of the TLS around a connection.
fn tls_line(secured: &Secured) -> String {
    let said = |what: &str, holds: bool| if holds { format!(", {what}") } else { String::new() };
    format!(
        "{} {}, for {}, {} of [{}], {:?}, updates {:?}, alerts {:?}, {} opened, {} refused{}{}{}{}{}{}",
        secured.version.map_or("TLS", Version::name),
        secured.suite.map_or("of an unknown suite", Suite::name),
        secured.server_name.as_deref().unwrap_or("nobody"),
        secured.alpn.as_deref().unwrap_or("none"),
        secured.offered.join(" "),
        secured.keys,
        secured.updates,
        secured.alerts,
        secured.opened,
        secured.refused,
        said("asked again", secured.retried),
        said("resumed", secured.resumed),
        said("early data", secured.early_data),
        said("extended master secret", secured.extended_master_secret),
        said("encrypt-then-MAC", secured.encrypt_then_mac),
        said("renegotiated", secured.renegotiations > 0),
    )
}

fn head_lines(head: &Head) -> impl Iterator<Item = String> {
    let text = String::from_utf8_lossy(&head.raw).into_owned();
    let lines: Vec<String> = text.lines().map(|line| line.escape_debug().to_string()).collect();
    lines.into_iter().filter(|line| !line.is_empty())
}

fn agreement_lines(agreement: &Agreement) -> Vec<String> {
    let names = |extensions: &[Extension]| {
        let names = extensions.iter().map(|extension| {
            let params = extension.params.iter().map(|(name, value)| match value {
                Some(value) => format!("; {name}={value}"),
                None => format!("; {name}"),
            });
            format!("{}{}", extension.name, params.collect::<String>())
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let offered = agreement.offered_subprotocols.join(", ");
    let mut lines = vec![format!("accept {:?}", agreement.accept)];
    if !offered.is_empty() || agreement.subprotocol.is_some() {
        lines.push(format!(
            "subprotocol [{offered}] → {}",
            agreement.subprotocol.as_deref().unwrap_or("none")
        ));
    }
    if !agreement.offered_extensions.is_empty() || !agreement.extensions.is_empty() {
        let (offered, taken) = (names(&agreement.offered_extensions), names(&agreement.extensions));
        lines.push(format!("extensions [{offered}] → [{taken}]"));
    }
    lines
}
