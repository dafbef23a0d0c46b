//! Messages against what the endpoints themselves say: none missing, none that nobody sent.

use std::collections::BTreeMap;
use std::path::Path;

use dissector::ids::{FrameId, Side};
use serde_json::Value;
use session::Snapshot;
use wscope_tests::truth::{Messages, count, events, found, fragmented, messages, times, without};
use wscope_tests::{manifest, place, replay};

/// What is to be expected of a capture, other than just what its truth says.
#[derive(Clone, Copy)]
enum Expect {
    /// The messages of the truth this many times.
    Times(u32),
    /// Nothing: the capture cannot be read without keys, or has no WebSocket.
    Nothing,
    /// All but this many messages; nothing else.
    AllBut(u32),
    /// This many messages that the truth leaves out.
    AndMore(u32),
    /// No truth of messages.
    Skip,
}
use Expect::{AllBut, AndMore, Nothing, Skip, Times};

/// Exceptions, each with its reason. A name stands for all that begin with it.
const EXPECT: &[(&str, Expect, &str)] = &[
    // The samples.
    ("sample/mqtt", Skip, "the truth is MQTT's"),
    ("sample/socketio-", Skip, "the truth is Engine.IO's"),
    ("sample/sockjs", Skip, "the truth is SockJS's, which frames messages in arrays"),
    ("sample/longpoll", Nothing, "no WebSocket: what HTTP carries is compared by a test of its own"),
    ("sample/sse", Nothing, "no WebSocket: what HTTP carries is compared by a test of its own"),
    (
        "sample/signalr-longpolling",
        Nothing,
        "no WebSocket: what HTTP carries is compared by a test of its own",
    ),
    ("sample/wamp-", Skip, "the truth is WAMP's"),
    ("sample/socketcluster", AndMore(1), "the server logs what comes after the client's first message"),
    ("sample/stomp", Skip, "the truth is STOMP's"),
    ("sample/gap-in-deflate", AllBut(4), "one message is lost, and three lean on it"),
    ("sample/gap", AllBut(1), "one message has a hole"),
    ("sample/midstream", AllBut(5), "the first message of each connection was sent before the capture began"),
    ("sample/snaplen-96", AllBut(24), "only the four messages of one byte fit in 96 bytes"),
    ("sample/one-sided", AllBut(25), "the client's were not captured"),
    // Captures beside the project.
    ("autobahn/", Skip, "the truth is frames, compared by a test of its own"),
    ("wss-node/tls13-nokeys", Nothing, "there are no keys"),
    ("derived/gap-deflate-takeover", AllBut(4), "one message is lost, and three lean on it"),
    ("derived/gap-sizes", AllBut(1), "one message has a hole"),
    ("derived/midstream-multi-conn", AllBut(5), "sent before the capture began"),
    ("derived/server-side-only-multi-conn", AllBut(25), "the client's were not captured"),
    ("ws-npm/sizes-snaplen96", AllBut(24), "only the four messages of one byte fit in 96 bytes"),
    ("nginx-proxy/", Times(2), "each message is seen on both sides of the proxy"),
    ("socketcluster/", AndMore(1), "the server logs what comes after the client's first message"),
    ("mqtt-ws/", Skip, "the truth is MQTT's"),
    ("socketio/", Skip, "the truth is Engine.IO's"),
    ("stomp-ws/", Skip, "the truth is STOMP's"),
    ("wamp-crossbar/", Skip, "the truth is WAMP's"),
    ("sockjs/websocket", Skip, "the truth is SockJS's, which frames messages in arrays"),
    ("sockjs/", Nothing, "no WebSocket: the same application by other transports"),
    ("signalr/longpolling", Nothing, "no WebSocket: the same application by other transports"),
    ("sse-longpoll/", Nothing, "no WebSocket: the same application by other transports"),
];

/// The messages of each sample are those that its truth has.
#[test]
fn samples_say_what_their_endpoints_say() {
    let mut faults = Vec::new();
    for sample in manifest::samples() {
        let Some(truth) = &sample.truth else { continue };
        let events = events(&place::samples().join(truth));
        let name = format!("sample/{}", sample.name());
        check(&name, &sample.read(), &events, &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The messages of each capture of real traffic are those that its endpoints sent.
#[test]
fn captures_say_what_their_endpoints_say() {
    let Some(folder) = place::beside("messages of real traffic") else { return };
    let mut faults = Vec::new();
    for truth in place::files_under(&folder, &|path| path.to_string_lossy().ends_with(".truth.ndjson")) {
        let base = truth.to_string_lossy().replace(".truth.ndjson", "");
        let path = [".pcap", ".pcapng"].map(|end| format!("{base}{end}"));
        let path = path.iter().map(Path::new).find(|path| path.is_file()).expect("a truth has its capture");
        let name = Path::new(&base).strip_prefix(&folder).expect("it lies in the folder").to_string_lossy();
        if name.starts_with("autobahn/") {
            continue;
        }
        let keys = path.with_extension("keys");
        let options = replay::keys(keys.is_file().then_some(&*keys));
        let snapshot = replay::file_with(path, &options).unwrap_or_else(|error| panic!("{name}: {error}"));
        check(&name.replace('\\', "/"), &snapshot, &events(&truth), &mut faults);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn check(name: &str, snapshot: &Snapshot, events: &[Value], faults: &mut Vec<String>) {
    let exception = EXPECT.iter().find(|(start, ..)| name.starts_with(start));
    let expect = exception.map_or(Times(1), |(_, expect, _)| *expect);
    let found = found(snapshot);
    let sent = if events.iter().any(|event| event.get("whole").is_some()) {
        whole_ones(events)
    } else {
        messages(events)
    };
    let (expected, may_miss, more) = match expect {
        Times(count) => (times(&sent, count), 0, 0),
        AllBut(count) => (sent, count, 0),
        AndMore(count) => (sent, 0, count),
        Nothing => (Messages::new(), 0, 0),
        Skip => return,
    };
    let missing = without(&expected, &found);
    // Where a sender says only what fragments it sent, they make a message that may be there or not.
    let extra = without(&without(&found, &expected), &fragmented(events));
    if count(&extra) != more {
        faults.push(format!(
            "{name}: {} messages that nobody sent, not {more}: {}",
            count(&extra),
            list(&extra)
        ));
    }
    if count(&missing) != may_miss {
        faults.push(format!(
            "{name}: {} messages are missing, not {may_miss}: {}",
            count(&missing),
            list(&missing)
        ));
    }
}

/// The tour says at the sender alone which messages are whole.
fn whole_ones(events: &[Value]) -> Messages {
    let whole = |event: &&Value| event["ev"] != "message" || event["whole"] == true;
    messages(&events.iter().filter(whole).cloned().collect::<Vec<_>>())
}

fn list(messages: &Messages) -> String {
    let line = |((side, kind, sha256), count): (&(Side, String, String), &u32)| {
        format!("\n    {count} {kind} of {} {}", side.name(), &sha256[..12])
    };
    messages.iter().take(6).map(line).collect()
}

const AUTOBAHN: &str = "fuzzingserver-vs-npm-ws-client-1-7,10";

/// Where the cases' own list of a side's frames is not what it sent.
const MISLISTED: &[(&str, &str)] = &[
    ("6.4.3", "the first frame is sent octet by octet and not listed"),
    ("6.4.4", "the first frame is sent octet by octet and not listed"),
    ("7.1.6", "the first message is listed by what it repeats"),
];

/// Each frame of Autobahn's cases, found by the key of its handshake. The fuzzer's own last frames may be missing:
/// it logs what it queued, and its peer was gone.
#[test]
fn autobahn_cases_frame_by_frame() {
    let Some(folder) = place::beside("Autobahn's cases") else { return };
    let folder = folder.join("autobahn");
    let snapshot = replay::file(&folder.join(format!("{AUTOBAHN}.pcap"))).expect("a capture");
    let cases = events(&folder.join(format!("{AUTOBAHN}.truth.ndjson")));
    let seen = frames_by_key(&snapshot);
    let mut faults = Vec::new();
    let mut shortened = 0;
    for case in &cases {
        let name = case["case"].as_str().expect("a case has a number");
        let key = case["sec_websocket_key"].as_str().expect("a case has a key");
        let Some(seen) = seen.get(key) else {
            faults.push(format!("{name}: no connection with its key"));
            continue;
        };
        for (side, word) in [(Side::Client, "to_fuzzer"), (Side::Server, "from_fuzzer")] {
            let frames = case["frames"].as_array().expect("a list of frames");
            let number = |frame: &Value, key: &str| frame[key].as_u64().unwrap_or_default();
            let said: Vec<Stated> = frames
                .iter()
                .filter(|frame| frame["dir"] == word)
                .map(|frame| {
                    (
                        number(frame, "opcode"),
                        frame["fin"] == true,
                        number(frame, "rsv"),
                        number(frame, "len"),
                    )
                })
                .collect();
            let seen = &seen[side.index()];
            let cut = side == Side::Server && seen.len() < said.len();
            shortened += usize::from(cut);
            let mislisted = side == Side::Server && MISLISTED.iter().any(|(case, _)| *case == name);
            if mislisted {
                faults.extend((said == *seen).then(|| format!("{name} is listed rightly after all")));
                continue;
            }
            if !said.starts_with(seen) || seen.len() < said.len() && !cut {
                faults.push(format!("{name}, {}: said {said:?}\n    seen {seen:?}", side.name()));
            }
        }
    }
    println!("Autobahn: {} cases, {shortened} without the fuzzer's last frames", cases.len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A frame as the cases list it: opcode, FIN, RSV, payload length.
type Stated = (u64, bool, u64, u64);

fn frames_by_key(snapshot: &Snapshot) -> BTreeMap<String, [Vec<Stated>; 2]> {
    let mut by_connection = vec![<[Vec<Stated>; 2]>::default(); snapshot.connections().len() as usize];
    for frame in (0..snapshot.frame_count()).filter_map(|frame| snapshot.frame(FrameId::new(frame))) {
        let header = frame.header;
        by_connection[frame.connection.index() as usize][frame.side.index()].push((
            u64::from(header.opcode.0),
            header.fin,
            u64::from(header.rsv),
            header.payload_len,
        ));
    }
    let key = |connection: &session::model::Connection| {
        let request = connection.request.as_ref()?;
        let key = request.values("Sec-WebSocket-Key").next()?;
        Some(String::from_utf8_lossy(key).into_owned())
    };
    snapshot
        .connections()
        .iter()
        .zip(by_connection)
        .filter_map(|(c, frames)| Some((key(c)?, frames)))
        .collect()
}
