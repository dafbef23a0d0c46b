//! Which message answers which: by ids that are read here in another way, by packets' times, and by the times at which
//! the endpoints themselves logged question and answer.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};
use wscope_tests::truth::events;
use wscope_tests::{sample, wscope};

use super::row::{Row, rows, said};

/// What a text says of exchanges: their ids, and whether it asks.
pub(super) type Ids = fn(client: bool, text: &str) -> Vec<(String, bool)>;

const CASES: &[(&str, Ids)] = &[
    ("jsonrpc", json_rpc),
    ("graphql-ws", graphql),
    ("signalr", signalr),
    ("socketcluster", socket_cluster),
    ("socketio-binary", socket_io),
    ("socketio-upgrade", socket_io),
    ("wamp-json", wamp),
];

/// Milliseconds between a packet and the line that an endpoint logs of it, at most: both ran on one machine.
const LATE: f64 = 0.020;

/// Every pair is there and no other, with the time between the two packets, which is the one between the endpoints' own
/// lines as well; and what nobody answered is said.
#[test]
fn answers_are_paired() {
    for (name, ids) in CASES.iter().chain(super::others::PAIRED) {
        let pcap = sample(&format!("{name}.pcap"));
        let mut rows = rows(&pcap);
        // What HTTP carries is not paired.
        rows.retain(|row| row.transport.is_none());
        let (pairs, unanswered) = expected(&rows, *ids);
        assert!(pairs.len() > 2, "{name}: {pairs:?}");
        let seen = rows.iter().filter_map(|row| Some((row.number, row.decoded["answers"].as_u64()?)));
        assert_eq!(seen.collect::<Vec<_>>(), pairs, "{name}");
        let open = rows.iter().filter(|row| row.decoded["unanswered"] == true).map(|row| row.number);
        assert_eq!(open.collect::<Vec<_>>(), unanswered, "{name}");
        let truth = logged(&pcap);
        let by_number = |number: u64| rows.iter().find(|row| row.number == number).expect("a message");
        let mut compared = 0;
        for (answer, question) in &pairs {
            let (answer, question) = (by_number(*answer), by_number(*question));
            let between = (answer.time - question.time) as f64 / 1e9;
            assert_eq!(answer.decoded["latency"], json!(between), "{name}: {answer:?}");
            let first = pairs.iter().find(|(_, its)| *its == question.number).map(|(first, _)| *first);
            assert_eq!(question.decoded["answered_by"].as_u64(), first, "{name}: {question:?}");
            let told = |row: &Row| truth.get(&(row.client, row.text.clone()?)).copied();
            if let (Some(asked), Some(said)) = (told(question), told(answer)) {
                assert!((said - asked - between).abs() < LATE, "{name}: {between} s, {asked} and {said}");
                compared += 1;
            }
        }
        println!("{name}: {} pairs, {compared} compared with the endpoints' times", pairs.len());
        assert!(compared > 0 || truth.is_empty(), "{name}");
    }
}

/// Pairs by number, answer first, and questions that are left.
fn expected(rows: &[Row], ids: Ids) -> (Vec<(u64, u64)>, Vec<u64>) {
    let mut open: HashMap<(u64, bool, String), u64> = HashMap::new();
    let (mut pairs, mut asked) = (Vec::new(), Vec::new());
    for row in rows {
        for (id, asks) in ids(row.client, row.text.as_deref().unwrap_or_default()) {
            if asks {
                open.insert((row.connection, row.client, id), row.number);
                asked.push(row.number);
            } else if let Some(question) = open.get(&(row.connection, !row.client, id)) {
                pairs.push((row.number, *question));
            }
        }
    }
    // Several things in a message may answer several in another.
    pairs.dedup();
    asked.retain(|number| pairs.iter().all(|(_, question)| question != number));
    (pairs, asked)
}

/// When each text was received, or where nobody logs that was sent, by who sent it; of one that was said twice nothing.
fn logged(pcap: &Path) -> HashMap<(bool, String), f64> {
    let mut times: [HashMap<(bool, String), Vec<f64>>; 2] = Default::default();
    for event in events(&pcap.with_extension("truth.ndjson")) {
        let (client, received) = (event["ep"] == "client", event["dir"] == "recv");
        let known = event["ev"] == "message" || event["ev"] == "eio-packet";
        if !known || !event["b64"].is_string() {
            continue;
        }
        let Value::String(mut text) = said(&event) else { continue };
        // Engine.IO's logs leave the type of a packet away.
        if event["ev"] == "eio-packet" && event["type"] == "message" {
            text.insert(0, '4');
        }
        let time = event["t"].as_f64().expect("a time");
        times[usize::from(received)].entry((client != received, text)).or_default().push(time);
    }
    let once = |(key, times): (_, Vec<f64>)| if let [time] = times[..] { Some((key, time)) } else { None };
    times.into_iter().flatten().filter_map(once).collect()
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn json_rpc(_: bool, text: &str) -> Vec<(String, bool)> {
    let it = read(text);
    let id = Some(it["id"].to_string()).filter(|id| id != "null");
    id.map(|id| (id, it["method"].is_string())).into_iter().collect()
}

fn graphql(client: bool, text: &str) -> Vec<(String, bool)> {
    let it = read(text);
    vec![(it["id"].to_string(), client)]
}

fn signalr(_: bool, text: &str) -> Vec<(String, bool)> {
    let records = text.split_terminator('\u{1e}').map(read).filter_map(|it| match it["type"].as_u64() {
        Some(1 | 4) if it["invocationId"].is_string() => Some((it["invocationId"].to_string(), true)),
        Some(2 | 3) => Some((it["invocationId"].to_string(), false)),
        None => Some(("handshake".to_owned(), it["protocol"].is_string())),
        _ => None,
    });
    records.collect()
}

fn socket_cluster(client: bool, text: &str) -> Vec<(String, bool)> {
    if text.is_empty() || text.starts_with('#') {
        return vec![("ping".into(), !client)];
    }
    let it = read(text);
    let id = |key: &str, asks| it[key].as_u64().map(|id| (id.to_string(), asks));
    id("rid", false).or(id("cid", true)).into_iter().collect()
}

fn socket_io(client: bool, text: &str) -> Vec<(String, bool)> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let rest = |len: usize| text.get(len..).unwrap_or_default();
    let id = match text.get(..2) {
        Some("42") => Some((digits(rest(2)), true)),
        Some("43") => Some((digits(rest(2)), false)),
        Some("40" | "44") => Some(("connect".to_owned(), client)),
        _ if text.starts_with('2') => Some((format!("ping{}", rest(1)), true)),
        _ if text.starts_with('3') => Some((format!("ping{}", rest(1)), false)),
        _ => None,
    };
    id.filter(|(id, _)| !id.is_empty()).into_iter().collect()
}

fn wamp(client: bool, text: &str) -> Vec<(String, bool)> {
    let it = read(text);
    let code = it[0].as_u64().unwrap_or_default();
    match code {
        6 => vec![("goodbye".into(), client)],
        1 => vec![("session".into(), true)],
        2 => vec![("session".into(), false)],
        16 if it[2]["acknowledge"] != true => Vec::new(),
        16 | 32 | 34 | 48 | 64 | 66 | 68 => vec![(format!("{code} {}", it[1]), true)],
        17 | 33 | 35 | 65 | 67 => vec![(format!("{} {}", code - 1, it[1]), false)],
        50 | 70 => vec![(format!("{} {}", code - 2, it[1]), false)],
        8 => vec![(format!("{} {}", it[1], it[2]), false)],
        _ => Vec::new(),
    }
}

/// MQTT's acknowledgements answer the packets with their ids, wherever packets lie in messages.
#[test]
fn mqtt_acknowledgements() {
    for name in ["mqtt", "mqtt5"] {
        let pcap = sample(&format!("{name}.pcap"));
        let (rows, truth) = (rows(&pcap), events(&pcap.with_extension("truth.ndjson")));
        let says = |row: &Row, kinds: &[&str], id: &str| {
            let parts = row.decoded["parts"].as_array().cloned();
            let parts = parts.unwrap_or_else(|| vec![row.decoded.clone()]);
            parts.iter().any(|it| kinds.contains(&it["kind"].as_str().unwrap_or_default()) && it["id"] == id)
        };
        let mut compared = 0;
        for asked in truth.iter().filter(|it| it["dir"] == "send" && it["mid"].as_u64() > Some(0)) {
            let kinds: &[&str] = match asked["cmd"].as_str() {
                Some("subscribe") => &["SUBACK"],
                Some("unsubscribe") => &["UNSUBACK"],
                Some("publish") => &["PUBACK", "PUBREC"],
                _ => continue,
            };
            let id = asked["mid"].to_string();
            let told = truth.iter().find(|it| {
                let cmd = it["cmd"].as_str().unwrap_or_default().to_uppercase();
                it["ep"] == asked["ep"]
                    && it["dir"] == "recv"
                    && it["mid"] == asked["mid"]
                    && kinds.contains(&cmd.as_str())
            });
            let answer = rows.iter().find(|row| !row.client && says(row, kinds, &id)).expect("it is there");
            let question = answer.decoded["answers"].as_u64().expect("it answers");
            let question = rows.iter().find(|row| row.number == question).expect("it is there");
            let cmd = asked["cmd"].as_str().unwrap_or_default().to_uppercase();
            assert!(says(question, &[&cmd], &id), "{name}: {question:?}");
            let between = (answer.time - question.time) as f64 / 1e9;
            assert_eq!(answer.decoded["latency"], json!(between), "{name}");
            if let Some(told) = told {
                let time = |it: &Value| it["t"].as_f64().expect("a time");
                assert!((time(told) - time(asked) - between).abs() < LATE, "{name}: {answer:?}");
                compared += 1;
            }
        }
        assert!(compared > 3, "{name}: {compared}");
    }
}

fn output(args: &[&str], name: &str) -> String {
    let pcap = sample(&format!("{name}.pcap")).into_os_string();
    let args = args.iter().map(std::ffi::OsString::from).chain([pcap]);
    let output = wscope(args).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn numbers(name: &str, more: &[&str]) -> Vec<u64> {
    let args = [&["messages", "--fields", "message", "--format", "csv"], more].concat();
    output(&args, name).lines().skip(1).map(|line| line.parse().expect("a number")).collect()
}

/// Filters ask for what answers what, by the decoder that the user pins as well; frames and packets have it of the
/// messages that they complete.
#[test]
fn filters_ask_for_pairs() {
    assert_eq!(numbers("graphql-ws", &["-Y", "ws.unanswered"]), [19]);
    assert_eq!(numbers("graphql-ws", &["-Y", "ws.latency > 0.09"]), [16, 17, 18]);
    assert_eq!(numbers("graphql-ws", &["-Y", "ws.latency >= 89ms && ws.latency < 90ms"]), [15]);
    assert_eq!(numbers("graphql-ws", &["-Y", "ws.answers == 8"]), [14, 15, 16, 17, 18]);
    assert_eq!(numbers("graphql-ws", &["-Y", "ws.answered_by == 14"]), [8]);
    assert_eq!(numbers("stomp", &["-Y", "ws.unanswered == true"]), [21]);
    let pinned = ["--decode", "port=80=json", "--decode", "path=/=text", "-Y", "ws.latency"];
    assert!(numbers("jsonrpc", &pinned).is_empty());
    assert_eq!(numbers("jsonrpc", &["-Y", "ws.latency"]).len(), 10);
    assert_eq!(numbers("jsonrpc", &["--decode", "path=/=text", "-Y", "ws.protocol == \"text\""]).len(), 13);
    let frames =
        output(&["frames", "--fields", "message", "--format", "csv", "-Y", "ws.answers == 3"], "jsonrpc");
    assert_eq!(frames.lines().skip(1).collect::<Vec<_>>(), ["4"]);
    let columns = output(
        &[
            "messages",
            "--fields",
            "message,answers,latency,answered_by,unanswered",
            "--format",
            "csv",
            "-c",
            "3",
        ],
        "graphql-ws",
    );
    let lines: Vec<&str> = columns.lines().skip(1).collect();
    assert_eq!(lines, ["1,,0.001336000,2,", "2,1,0.001336000,,", "3,,0.005965000,4,"]);
}

/// Of a pipe, of which nobody knows what is still to come, an answer names its question and a question nothing.
#[test]
fn a_pipe_tells_what_is_known() {
    let pcap = std::fs::File::open(sample("jsonrpc.pcap")).expect("a sample");
    let args = ["messages", "-", "--format", "json"].map(std::ffi::OsString::from);
    let output = wscope(args).stdin(pcap).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let decoded = |place: usize| &rows[place]["decoded"];
    assert_eq!((&decoded(0)["answered_by"], &decoded(0)["latency"]), (&Value::Null, &Value::Null));
    assert_eq!((&decoded(1)["answers"], &decoded(1)["latency"]), (&json!(1), &json!(0.001153)));
    assert!(rows.iter().all(|row| row["decoded"].get("unanswered").is_none()));
}

/// A summary tells what is spoken where it is asked to, and nothing of it otherwise.
#[test]
fn a_summary_of_protocols() {
    let summary = |more: &[&str]| output(&[&["summary"], more].concat(), "graphql-ws");
    let facts: Value = serde_json::from_str(&summary(&["--protocols", "--format", "json"])).expect("JSON");
    let its = &facts["protocols"][0];
    assert_eq!(
        (&its["protocol"], &its["messages"], &its["questions"], &its["unanswered"], &its["errors"]),
        // Of the two errors one is a field's, in a result.
        (&json!("graphql-transport-ws"), &json!(19), &json!(7), &json!(1), &json!(2))
    );
    let near = |key: &str, time: f64| (its[key].as_f64().expect("a time") / time - 1.0).abs() < 0.02;
    assert!(near("latency_median", 0.004319) && near("latency_p95", 0.047842), "{its}");
    assert!(summary(&["--protocols"]).contains("GraphQL: 19 messages, 7 questions, 1 unanswered, 2 errors"));
    assert!(!summary(&["--format", "json"]).contains("\"protocols\"") && !summary(&[]).contains("Protocols"));
}
