//! Every sample as text: what the program sees in it, whole, in files that a person can read.
//!
//! `UPDATE_EXPECT=1 cargo test -p wscope-tests --test tests golden` writes the files anew.

use std::collections::BTreeSet;
use std::path::PathBuf;

use wscope_tests::draw::draw;
use wscope_tests::{manifest, place};

/// What the program sees in each sample is what is written down, and nothing else is written down.
#[test]
fn every_sample_is_seen_as_written_down() {
    let folder = place::project().join("tests/golden");
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut faults = Vec::new();
    let mut expected = BTreeSet::new();
    for sample in manifest::samples() {
        let snapshot = sample.read();
        let drawing = draw(&snapshot);
        let parts = [
            ("flows.txt", drawing.flows),
            ("frames.txt", drawing.frames),
            ("messages.txt", drawing.messages),
            ("findings.txt", drawing.findings),
            ("neighbors.txt", drawing.neighbors),
        ];
        // Most samples have no neighbors.
        for (part, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
            let path = folder.join(sample.name()).join(part);
            expected.insert(path.clone());
            let written = std::fs::read_to_string(&path).unwrap_or_default();
            if written == text {
                continue;
            }
            if update {
                std::fs::create_dir_all(folder.join(sample.name())).expect("a folder can be made");
                std::fs::write(&path, text).expect("a file can be written");
            } else {
                faults.push(format!("{}/{part}\n{}", sample.name(), difference(&written, &text)));
            }
        }
    }
    for stray in strays(&folder, &expected) {
        if update {
            std::fs::remove_file(&stray).expect("a file can be removed");
        } else {
            faults.push(format!("{} belongs to no sample", stray.display()));
        }
    }
    assert!(faults.is_empty(), "set UPDATE_EXPECT=1 if this is meant:\n\n{}", faults.join("\n"));
}

fn strays(folder: &std::path::Path, expected: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    if !folder.is_dir() {
        return Vec::new();
    }
    place::files_under(folder, &|path| !expected.contains(path))
}

/// The first lines that differ.
fn difference(written: &str, seen: &str) -> String {
    const LINES: usize = 8;
    let (mut written, mut seen) = (written.lines(), seen.lines());
    let mut text = String::new();
    let mut shown = 0;
    let mut number = 0;
    loop {
        number += 1;
        match (written.next(), seen.next()) {
            (None, None) => return text,
            (before, after) if before == after => {}
            (before, after) => {
                shown += 1;
                if shown > LINES {
                    return text + "  …\n";
                }
                let line = |line: Option<&str>| line.unwrap_or("(nothing)").to_owned();
                text += &format!("  line {number}\n  - {}\n  + {}\n", line(before), line(after));
            }
        }
    }
}
