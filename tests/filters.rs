//! Display filters against a second opinion: which packets tshark's pick in every clear sample.
//!
//! Where the two differ and may, `fixtures/filters-known.toml` says so and why; an entry that is not needed is a fault
//! too. `WSCOPE_FILTERS` names a folder with answers on other captures, which `fixtures/filters.py --to` wrote; what is
//! known of those stands in its own `known.toml`.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use session::Snapshot;
use session::dissector::decoders::DECODERS;
use session::filter::{Filter, Mask, Of, ROWS, Sieve, fields};
use wscope_tests::{place, replay, truth};

/// A difference that is known, with how much of what it names was met.
struct Known {
    samples: Vec<String>,
    fields: Vec<String>,
    filters: Vec<String>,
    met: BTreeSet<String>,
}

/// A filter on which the two differ.
struct Difference {
    sample: String,
    filter: String,
    says: String,
}

/// Each filter picks the packets that tshark's picks, and every field of Wireshark's was asked for.
#[test]
fn filters_pick_the_packets_that_tsharks_pick() {
    let table = table(&place::project().join("tests/fixtures/filters-known.toml"));
    let mut known = known(&table);
    let ours: BTreeSet<String> = names(table.get("ours")).into_iter().collect();
    let mut faults = Vec::new();
    let mut asked = ours.clone();
    for fixture in fixtures(&place::project().join("tests/fixtures/filters")) {
        let (differences, filters, unknown) = compare(&fixture);
        asked.extend(filters);
        assert_eq!(unknown.into_iter().collect::<BTreeSet<_>>(), ours, "what tshark does not have");
        faults.extend(differences.into_iter().filter(|difference| !excused(&mut known, difference)));
    }
    let mut faults: Vec<String> = faults.iter().map(told).collect();
    // What decoders read is held against the endpoints' own logs (tests/decoded.rs): this tshark reads none of it behind
    // WebSocket by itself.
    let decoded = |name: &str| DECODERS.iter().any(|decoder| decoder.keys.iter().any(|key| key.name == name));
    let theirs = fields().iter().filter(|field| !field.name.starts_with("ws.") && !decoded(field.name));
    let forgotten = theirs.filter(|field| !asked.contains(field.name));
    faults.extend(forgotten.map(|field| format!("{}: tshark was not asked for it", field.name)));
    for entry in &known {
        let named = entry.samples.iter().chain(&entry.fields).chain(&entry.filters);
        faults.extend(
            named.filter(|name| !entry.met.contains(*name)).map(|name| format!("{name}: no difference")),
        );
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

/// The same on captures that are not part of the project, where there are answers for some.
#[test]
fn filters_on_other_captures() {
    let Some(folder) = std::env::var_os("WSCOPE_FILTERS") else { return };
    let folder = Path::new(&folder);
    let (mut known, mut faults, mut asked) = (known(&table(&folder.join("known.toml"))), Vec::new(), 0);
    for fixture in fixtures(folder) {
        let (differences, filters, _) = compare(&fixture);
        asked += filters.len();
        let left = differences.iter().filter(|difference| !excused(&mut known, difference));
        faults.extend(left.map(told));
    }
    assert!(faults.is_empty(), "{} of {asked} filters differ\n{}", faults.len(), faults.join("\n"));
}

/// Where the two differ on one capture, what was asked, and the fields that tshark does not have.
fn compare(fixture: &Path) -> (Vec<Difference>, Vec<String>, Vec<String>) {
    let lines = truth::events(fixture);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").iter().map(text).collect::<Vec<_>>();
    let sample = text(&lines[0]["capture"]);
    let snapshot = replay::file(&place::samples().join(&sample)).expect("the capture can be read");
    let (mut differences, mut asked) = (Vec::new(), Vec::new());
    for line in &lines[1..] {
        let theirs = numbers(line["packets"].as_str().expect("ranges"));
        for filter in list(&line["filters"]) {
            let says = match Filter::parse(&filter) {
                Ok(parsed) => differ(&picked(&snapshot, parsed), &theirs),
                Err(mistake) => Some(format!("not understood: {mistake}")),
            };
            if let Some(says) = says {
                differences.push(Difference { sample: sample.clone(), filter: filter.clone(), says });
            }
            asked.push(filter);
        }
    }
    (differences, asked, list(&lines[0]["unknown"]))
}

fn picked(snapshot: &Snapshot, filter: Filter) -> BTreeSet<u32> {
    let mut sieve = Sieve::new(Arc::new(filter));
    let mut picked = BTreeSet::new();
    for base in (0..snapshot.packet_count()).step_by(ROWS) {
        let among = Mask::first((snapshot.packet_count() - base) as usize);
        let held = sieve.sift(snapshot, Of::Packets, base, &among);
        picked.extend(held.iter().map(|place| base + place as u32 + 1));
    }
    picked
}

fn differ(ours: &BTreeSet<u32>, theirs: &BTreeSet<u32>) -> Option<String> {
    let missing = written(ours, theirs);
    let more = written(theirs, ours);
    (ours != theirs).then(|| format!("missing [{missing}] more [{more}]"))
}

/// The packets of the second that the first has not, the first few of them.
fn written(without: &BTreeSet<u32>, of: &BTreeSet<u32>) -> String {
    let left: Vec<String> = of.difference(without).map(u32::to_string).collect();
    let rest = left.len().saturating_sub(8);
    let end = if rest > 0 { format!(" and {rest} others") } else { String::new() };
    format!("{}{end}", left[..left.len() - rest].join(" "))
}

fn told(difference: &Difference) -> String {
    let Difference { sample, filter, says } = difference;
    format!("{sample}: {filter}: {says}")
}

fn excused(known: &mut [Known], difference: &Difference) -> bool {
    let file = difference.sample.rsplit('/').next().unwrap_or_default();
    let mut excused = false;
    for entry in known {
        let sample = entry.samples.iter().find(|sample| *sample == file);
        let names = |field: &&String| mentions(&difference.filter, field);
        let filter = entry.filters.iter().find(|filter| **filter == difference.filter);
        let field = entry.fields.iter().find(names);
        let everywhere = entry.samples.is_empty();
        let everything = entry.fields.is_empty() && entry.filters.is_empty();
        if (everywhere || sample.is_some()) && (everything || filter.is_some() || field.is_some()) {
            excused = true;
            entry.met.extend([sample, filter, field].into_iter().flatten().cloned());
        }
    }
    excused
}

/// Whether a filter names a field, or where a name ends in `.*` one that begins so.
fn mentions(filter: &str, field: &str) -> bool {
    let part = |character: char| !(character.is_alphanumeric() || character == '.' || character == '_');
    let mut words = filter.split(part);
    match field.strip_suffix(".*") {
        Some(first) => words.any(|word| word == first || word.starts_with(&format!("{first}."))),
        None => words.any(|word| word == field),
    }
}

/// `1-3,7`
fn numbers(ranges: &str) -> BTreeSet<u32> {
    let number = |text: &str| text.parse::<u32>().expect("a packet's number");
    let range = |range: &str| -> RangeInclusive<u32> {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        number(first)..=number(last)
    };
    ranges.split(',').filter(|text| !text.is_empty()).flat_map(range).collect()
}

fn fixtures(folder: &Path) -> Vec<PathBuf> {
    place::files_under(folder, &|path| path.extension().is_some_and(|extension| extension == "ndjson"))
}

/// What a file says is known; nothing where there is none.
fn table(path: &Path) -> toml::Table {
    std::fs::read_to_string(path).unwrap_or_default().parse().expect("what is known is TOML")
}

fn known(table: &toml::Table) -> Vec<Known> {
    let entries = table.get("known").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    entries.iter().map(entry).collect()
}

fn entry(entry: &toml::Value) -> Known {
    let reason = entry.get("reason").and_then(toml::Value::as_str);
    assert!(reason.is_some_and(|reason| !reason.is_empty()), "no reason in {entry}");
    Known {
        samples: names(entry.get("samples")),
        fields: names(entry.get("fields")),
        filters: names(entry.get("filters")),
        met: BTreeSet::new(),
    }
}

fn names(list: Option<&toml::Value>) -> Vec<String> {
    let list = list.and_then(toml::Value::as_array).into_iter().flatten();
    list.map(|name| name.as_str().expect("a name").to_owned()).collect()
}
