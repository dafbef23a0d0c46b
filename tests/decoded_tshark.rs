//! What messages say, against a second opinion: tshark's values in MQTT and JSON. It reads no STOMP.
//!
//! tshark's answers lie in `fixtures/decoded`, made by `fixtures/decoded.py`.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use dissector::decoders::DECODERS;
use serde_json::Value;
use wscope_tests::{place, sample, truth, wscope};

/// What tshark has no value for: a payload of no bytes is no field there.
const LEFT_OUT: &str = "mqtt.msg";

fn theirs(name: &str) -> Vec<Value> {
    let lines = truth::events(&place::project().join(format!("tests/fixtures/decoded/{name}.ndjson")));
    assert_eq!(lines[0]["capture"], format!("{name}.pcap"), "a fixture begins with the capture's name");
    lines[1..].to_vec()
}

fn ours(name: &str, options: &[&str]) -> Vec<Value> {
    let pcap = sample(&format!("{name}.pcap")).into_os_string();
    let args = ["messages", "--format", "json"].iter().chain(options).map(std::ffi::OsString::from);
    let output = wscope(args.chain([pcap])).output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("JSON is text");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn fields(of: &Value) -> &[Value] {
    of["fields"].as_array().map_or(&[], Vec::as_slice)
}

/// Visits a field and all in it.
fn walk<'v>(field: &'v Value, visit: &mut dyn FnMut(&'v Value)) {
    visit(field);
    fields(field).iter().for_each(|inner| walk(inner, visit));
}

/// What a field holds as both can write it: numbers in decimal, bytes in hex, anything else as it is.
fn held(field: &Value) -> Option<String> {
    let bytes =
        field["base64"].as_str().map(|text| hex::encode(BASE64_STANDARD.decode(text).expect("base64")));
    bytes.or_else(|| match field.get("value")? {
        Value::Bool(flag) => Some(u8::from(*flag).to_string()),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    })
}

fn number(shown: &str) -> Option<i128> {
    match shown.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16).ok(),
        None => shown.parse().ok(),
    }
}

/// Whether a value is the one that tshark shows; bytes are shown in hex with colons.
fn same(ours: &str, theirs: &str) -> bool {
    let numbers = || Some(number(ours)? == number(theirs)?);
    let bytes = || hex::encode(ours) == theirs.replace(':', "") || ours == theirs.replace(':', "");
    ours == theirs || numbers().unwrap_or(false) || bytes()
}

/// Every packet of MQTT has the fields that tshark finds, by those names that both have, with the same values.
#[test]
fn mqtt_is_read_as_tshark_reads_it() {
    let mqtt = DECODERS.iter().find(|decoder| decoder.name == "mqtt").expect("there is one");
    let known = |name: &str| mqtt.keys.iter().any(|key| key.name == name);
    let mut compared = 0;
    for name in ["mqtt", "mqtt5"] {
        let theirs = theirs(name);
        let rows = ours(name, &[]);
        let of = |it: &Value| (it["connection"].as_u64(), it["client"] == true);
        // Of one connection tshark 4.0 finds no frames.
        let directions: BTreeSet<_> = theirs.iter().map(of).collect();
        for (connection, client) in directions {
            let rows = rows.iter().filter(|row| {
                row["connection"].as_u64() == connection && (row["direction"] == "client") == client
            });
            let packets =
                rows.flat_map(|row| fields(&row["decoded"])).filter(|it| it["name"] != "Part of a packet");
            let mut packets = packets.collect::<Vec<_>>().into_iter();
            for (place, their) in theirs.iter().filter(|it| of(it) == (connection, client)).enumerate() {
                let packet =
                    packets.next().unwrap_or_else(|| panic!("{name}: no packet {place} of client {client}"));
                let mut values: BTreeMap<&str, Vec<String>> = BTreeMap::new();
                walk(packet, &mut |field| {
                    if let (Some(key), Some(value)) = (field["key"].as_str(), held(field)) {
                        values.entry(key).or_default().push(value);
                    }
                });
                let mut expected: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
                for pair in fields(their) {
                    let (Some(key), Some(shown)) = (pair[0].as_str(), pair[1].as_str()) else {
                        panic!("{pair}")
                    };
                    expected.entry(key).or_default().push(shown);
                }
                for (key, shown) in expected.iter().filter(|(key, shown)| known(key) && **shown != [""]) {
                    let found = values.remove(key).unwrap_or_default();
                    let equal =
                        found.len() == shown.len() && found.iter().zip(shown).all(|(a, b)| same(a, b));
                    assert!(
                        equal,
                        "{name}: {key} of packet {place} of client {client}: {found:?}, tshark {shown:?}"
                    );
                    compared += shown.len();
                }
                values.retain(|key, found| !(*key == LEFT_OUT && *found == [""]));
                let more: Vec<_> = values.iter().filter(|(key, _)| !expected.contains_key(**key)).collect();
                assert!(
                    more.is_empty(),
                    "{name}: packet {place} of client {client}: {more:?} is not tshark's"
                );
            }
            assert_eq!(packets.next(), None, "{name}: more packets of client {client} than tshark finds");
        }
    }
    assert!(compared > 1000, "{compared}");
}

/// Every document of JSON has the names and values that tshark finds, in order; a member's name stands behind its value.
#[test]
fn json_is_read_as_tshark_reads_it() {
    fn flat(field: &Value, named: bool, into: &mut Vec<(&'static str, String)>) {
        match (field["of"].as_str(), &field["value"]) {
            (Some(of), _) => fields(field).iter().for_each(|inner| flat(inner, of == "map", into)),
            // tshark writes XML, which has no control characters.
            (None, Value::String(text)) => {
                into.push(("json.value.string", text.replace(|c: char| c.is_ascii_control(), "")));
            }
            (None, Value::Null) => into.push(("json.value.null", String::new())),
            (None, Value::Bool(true)) => into.push(("json.value.true", String::new())),
            (None, Value::Bool(false)) => into.push(("json.value.false", String::new())),
            (None, number) => into.push(("json.value.number", number.to_string())),
        }
        if named {
            into.push(("json.key", field["name"].as_str().unwrap_or_default().to_owned()));
        }
    }
    for name in [
        "jsonrpc",
        "graphql-ws",
        "socketcluster",
        "wamp-json",
        "ocpp",
        "graphql-legacy",
        "actioncable",
        "phoenix",
    ] {
        let rows = ours(name, &["--decode", "path=/=json"]);
        let mut rows = rows.iter().filter(|row| {
            // tshark takes nothing else for JSON.
            matches!(fields(&row["decoded"]), [root] if root.get("of").is_some())
        });
        for (place, their) in theirs(name).iter().enumerate() {
            let row = rows.next().unwrap_or_else(|| panic!("{name}: no document {place}"));
            let mut found = Vec::new();
            fields(&row["decoded"]).iter().for_each(|root| flat(root, false, &mut found));
            let expected: Vec<(&str, &str)> = fields(their)
                .iter()
                .map(|pair| (pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default()))
                .collect();
            let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (*key, value.as_str())).collect();
            assert_eq!(found, expected, "{name}: document {place}, message {}", row["message"]);
        }
        assert_eq!(rows.next(), None, "{name}: more documents than tshark finds");
    }
}
