//! Frames against a second opinion: what tshark states about every sample.
//!
//! Where tshark is wrong or blind, `fixtures/tshark-wrong.toml` says so and why; an entry that is not needed is a
//! fault too.

use std::collections::{BTreeMap, BTreeSet};

use dissector::ids::FrameId;
use serde_json::Value;
use session::{Content, Snapshot};
use wscope_tests::manifest::{self, Sample};
use wscope_tests::{place, truth};

/// A frame by what both programs state: packet, source, opcode, FIN, RSV, key where it is masked, payload length.
type Stated = (u64, String, u64, bool, u64, Option<String>, u64);

/// What one sample's exceptions are.
#[derive(Default)]
struct Exceptions {
    wrong: BTreeSet<usize>,
    all_wrong: bool,
    missing: usize,
}

/// Each frame that tshark states is there with the same header, in the same packet; and no more than it is known
/// to miss.
#[test]
fn frames_are_those_that_tshark_states() {
    let mut exceptions = exceptions();
    let mut faults = Vec::new();
    for sample in manifest::samples() {
        let exception = exceptions.remove(&sample.file).unwrap_or_default();
        let folder = place::project().join("tests/fixtures/tshark");
        let lines = truth::events(&folder.join(format!("{}.ndjson", sample.name())));
        assert_eq!(lines[0]["capture"], sample.file.as_str(), "a fixture begins with the capture's name");
        let theirs: Vec<Stated> = lines[1..].iter().map(stated).collect();
        let snapshot = sample.read();
        compare(&sample, &ours(&snapshot), &theirs, &exception, &mut faults);
    }
    faults.extend(exceptions.keys().map(|sample| format!("exceptions for {sample}, which is no sample")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn compare(
    sample: &Sample,
    ours: &[Stated],
    theirs: &[Stated],
    known: &Exceptions,
    faults: &mut Vec<String>,
) {
    let mut rest: BTreeMap<&Stated, usize> = BTreeMap::new();
    ours.iter().for_each(|frame| *rest.entry(frame).or_default() += 1);
    let file = &sample.file;
    if known.all_wrong {
        let same = ours.len() == theirs.len() && theirs.iter().all(|frame| rest.contains_key(frame));
        faults.extend(same.then(|| format!("{file}: tshark is right after all")));
        return;
    }
    for (number, frame) in theirs.iter().enumerate().map(|(index, frame)| (index + 1, frame)) {
        let seen = rest.get_mut(frame).filter(|count| **count > 0);
        match (seen, known.wrong.contains(&number)) {
            (Some(count), false) => *count -= 1,
            (None, true) => {}
            (None, false) => faults.push(format!("{file}: tshark's frame {number} is not seen: {frame:?}")),
            (Some(_), true) => faults.push(format!("{file}: tshark's frame {number} is right after all")),
        }
    }
    // A frame that tshark states wrongly is one of ours, stated rightly.
    let more: Vec<&Stated> = rest.iter().filter(|(_, count)| **count > 0).map(|(frame, _)| *frame).collect();
    let expected = known.missing + known.wrong.len();
    if rest.values().sum::<usize>() != expected {
        faults.push(format!(
            "{file}: not {expected} frames more than tshark states, but {}: {:?}",
            more.len(),
            &more[..more.len().min(4)]
        ));
    }
}

fn stated(line: &Value) -> Stated {
    let number = |key: &str| line[key].as_u64().unwrap_or_else(|| panic!("no {key} in {line}"));
    let key = line["masking_key"].as_str().map(str::to_owned);
    assert_eq!(line["masked"] == true, key.is_some());
    (
        number("packet"),
        line["source"].as_str().expect("a source").to_owned(),
        number("opcode"),
        line["fin"] == true,
        number("rsv"),
        key,
        number("payload_length"),
    )
}

fn ours(snapshot: &Snapshot) -> Vec<Stated> {
    let mut content = Content::default();
    let frame = |id| {
        let frame = snapshot.frame(id).expect("a frame");
        let header = content.frame(snapshot, id, 0).expect("its header").header;
        let connection = snapshot.connection(frame.connection).expect("its connection");
        let source = [connection.client, connection.server][frame.side.index()];
        (
            frame.packet.number(),
            source.to_string(),
            u64::from(header.opcode.0),
            header.fin,
            u64::from(header.rsv),
            header.mask.map(hex::encode),
            header.payload_len,
        )
    };
    (0..snapshot.frame_count()).map(FrameId::new).map(frame).collect()
}

fn exceptions() -> BTreeMap<String, Exceptions> {
    let path = place::project().join("tests/fixtures/tshark-wrong.toml");
    let table: toml::Table =
        std::fs::read_to_string(path).expect("the exceptions can be read").parse().expect("they are TOML");
    let mut exceptions: BTreeMap<String, Exceptions> = BTreeMap::new();
    for (kind, entries) in &table {
        for entry in entries.as_array().expect("a list of exceptions") {
            assert!(
                entry["reason"].as_str().is_some_and(|reason| !reason.is_empty()),
                "no reason in {entry}"
            );
            let sample = entry["sample"].as_str().expect("an exception names its sample").to_owned();
            let exception = exceptions.entry(sample).or_default();
            match (kind.as_str(), &entry["frames"]) {
                ("missing", toml::Value::Integer(count)) => exception.missing += *count as usize,
                ("wrong", toml::Value::Array(numbers)) => {
                    let numbers =
                        numbers.iter().map(|number| number.as_integer().expect("a number") as usize);
                    exception.wrong.extend(numbers);
                }
                ("wrong", toml::Value::String(all)) if all == "all" => exception.all_wrong = true,
                _ => panic!("{kind}: {entry} is no exception"),
            }
        }
    }
    exceptions
}
