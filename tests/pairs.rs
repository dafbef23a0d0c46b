//! Every rule has in its topic's tests what raises it and what comes close and does not.
//!
//! Reads the tests' sources: what a test is worth only a reader can tell, but not that there is none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use wscope_tests::place;

/// What a test says where something is not found.
const SPARES: [&str; 5] = ["!", "legal()", "silent(", "is_empty()", "pair("];

/// The tests of all topics, one text each.
fn tests() -> Vec<String> {
    // The test of the whole table names every rule and raises none.
    let topics = |path: &Path| {
        path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("src/rules/tests.rs")
    };
    let paths = place::files_under(&place::project().join("dissector/src/rules"), &topics);
    let texts = paths.iter().map(|path| fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.split("#[test]").skip(1).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn every_rule_has_its_pair() {
    let tests = tests();
    let mut lacking = BTreeMap::new();
    for rule in dissector::rules::rules() {
        let named = format!("\"{}\"", rule.code);
        let its: Vec<&String> = tests.iter().filter(|test| test.contains(&named)).collect();
        if its.is_empty() {
            lacking.insert(rule.code, "no test names it");
        } else if !its.iter().any(|test| SPARES.iter().any(|spares| test.contains(spares))) {
            lacking.insert(rule.code, "no test has something that comes close");
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}
