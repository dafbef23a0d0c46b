//! The project's own invariants, read from its manifests and sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use session::State;
use wscope_tests::{manifest, place};

/// Which packages of the project each of them may know. Tests may know all.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("capture", &[]),
    ("capture/device", &["wscope-capture"]),
    ("dissector", &[]),
    ("session", &["wscope-capture", "wscope-dissector"]),
    ("app", &["wscope-session"]),
];

/// Libraries that a package must not use, and why.
const MUST_NOT_USE: &[(&str, &[&str], &str)] = &[
    ("capture", &["pcap", "etherparse", "httparse"], "it knows no protocol and opens no device"),
    (
        "dissector",
        &["egui", "eframe", "tokio", "mio", "jiff", "chrono"],
        "it has no I/O, no clock and no window",
    ),
    ("session", &["egui", "eframe", "egui_tiles", "jiff", "chrono"], "it knows no window and no time of day"),
    ("app", &["etherparse", "httparse", "pcap", "pcap-parser", "flate2", "tungstenite"], "it parses nothing"),
];

/// What the sources of a folder must not say outside of tests, and why.
const MUST_NOT_SAY: &[(&str, &[&str], &str)] = &[
    (
        "dissector/src",
        &["std::fs", "std::net", "std::thread", "std::time", "std::env", "std::io", "std::process"],
        "it has no I/O, no clock, no thread and no environment",
    ),
    ("capture/src", &["std::net::Tcp", "std::net::Udp"], "it reads files and pipes only"),
    ("session/src", &["egui", "SystemTime", "std::env"], "it knows no window and no time of day"),
    (
        "app/src",
        &["link::Walker", "FrameHeader::parse", "Dissector::new", "Inflater"],
        "it parses no traffic",
    ),
    ("app/src", &["Step::Record"], "there is one loop that reads packets"),
];

/// Files longer than 500 lines, each with the reason.
const MAY_BE_LONG: &[(&str, &str)] = &[];

/// The one place with the window's colors: the file, and the folder of its own parts.
const COLORS: &str = "app/src/gui/theme";

/// Who depends on whom.
#[test]
fn packages_know_only_whom_they_may() {
    let mut faults = Vec::new();
    for (package, may_know) in MAY_KNOW {
        let Some(manifest) = cargo(package) else { continue };
        let used = dependencies(&manifest, &["dependencies", "build-dependencies"]);
        let ours = used.iter().filter(|name| name.starts_with("wscope"));
        faults.extend(
            ours.filter(|name| !may_know.contains(&name.as_str()))
                .map(|name| format!("{package} knows {name}")),
        );
        let forbidden = MUST_NOT_USE.iter().filter(|(of, ..)| of == package);
        for (_, names, why) in forbidden {
            let met = names.iter().filter(|name| used.contains(**name));
            faults.extend(met.map(|name| format!("{package} uses {name}, but {why}")));
        }
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        faults.extend((lints != Some(&true.into())).then(|| format!("{package} has lints of its own")));
    }
    let workspace = cargo(".").expect("the workspace has a manifest");
    assert_eq!(workspace["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Only the program that opens devices links libpcap, and no package of ours depends on it: whatever is built of the
/// others, with whatever features, starts where libpcap is not.
#[test]
fn one_program_links_libpcap() {
    let text = std::fs::read_to_string(place::project().join("Cargo.lock")).expect("the lock file");
    let lock: toml::Table = text.parse().expect("it is TOML");
    let packages = lock["package"].as_array().expect("a list");
    // A dependency is its name, perhaps with its version.
    let depends = |package: &toml::Value, name: &str| {
        let dependencies = package.get("dependencies").and_then(toml::Value::as_array);
        let mut names = dependencies.into_iter().flatten().filter_map(|it| it.as_str()?.split(' ').next());
        names.any(|dependency| dependency == name)
    };
    let users_of = |name: &str| -> Vec<&str> {
        let users = packages.iter().filter(|package| depends(package, name));
        users.filter_map(|package| package["name"].as_str()).collect()
    };
    assert_eq!(users_of("pcap"), ["wscope-device"]);
    assert_eq!(users_of("wscope-device"), [""; 0]);
}

/// What each folder's sources must not say.
#[test]
fn sources_keep_to_their_side() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let code = without_tests(&text);
        for (folder, words, why) in MUST_NOT_SAY {
            if !path.starts_with(folder) || path.to_string_lossy().contains("/tests/") {
                continue;
            }
            for (number, line) in lines_of_code(code) {
                let met = words.iter().filter(|word| line.contains(**word));
                faults.extend(met.map(|word| format!("{}:{number} says {word}, but {why}", path.display())));
            }
        }
        for (number, line) in lines_of_code(&text) {
            let word = line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
            // This file has to say the word to look for it.
            if word && path != Path::new("tests/tidy.rs") {
                faults.push(format!("{}:{number} has unsafe code", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every file says first what it is, and none is too long to be read at once.
#[test]
fn files_are_short_and_say_what_they_are() {
    let mut faults = Vec::new();
    let mut excused: BTreeSet<&str> = MAY_BE_LONG.iter().map(|(path, _)| *path).collect();
    for (path, text) in sources() {
        let name = path.to_string_lossy().replace('\\', "/");
        if !text.starts_with("//! ") {
            faults.push(format!("{name} does not say what it is"));
        }
        let long = text.lines().count() > 500;
        if long && !excused.remove(name.as_str()) {
            faults.push(format!("{name} has {} lines", text.lines().count()));
        }
    }
    faults.extend(excused.iter().map(|path| format!("{path} need not be excused for its length")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Colors are made in one file, so that a theme is one file.
#[test]
fn colors_are_made_in_one_file() {
    let made = [
        "Color32::from_",
        "Color32::WHITE",
        "Color32::BLACK",
        "Color32::RED",
        "Color32::GREEN",
        "Color32::BLUE",
        "Rgba::from_",
        "hex_color!",
    ];
    let mut faults = Vec::new();
    for (path, text) in sources() {
        if !path.starts_with("app/src")
            || path.with_extension("") == Path::new(COLORS)
            || path.starts_with(COLORS)
        {
            continue;
        }
        for (number, line) in lines_of_code(without_tests(&text)) {
            let met = made.iter().find(|word| line.contains(**word));
            faults.extend(met.map(|word| format!("{}:{number} has a color: {word}", path.display())));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The manifest lists the files that are there, and no others.
#[test]
fn the_manifest_lists_what_is_there() {
    let mut listed: BTreeSet<String> = ["MANIFEST.toml".to_owned()].into();
    for sample in manifest::samples() {
        let files = [Some(sample.file.clone()), sample.truth.clone(), sample.keys.clone()];
        for file in files.into_iter().flatten() {
            assert!(listed.insert(file.clone()), "{file} is listed twice");
        }
    }
    // What made samples lies beside them, and is no sample.
    let made_by = |path: &Path| path.extension().is_some_and(|end| end == "py");
    let there = place::files_under(&place::samples(), &|path| !made_by(path));
    let name = |path: &PathBuf| path.file_name().expect("a file has a name").to_string_lossy().into_owned();
    assert_eq!(there.iter().map(name).collect::<BTreeSet<_>>(), listed);
}

/// The manifest's numbers are those that the program counts, and the rules it names are raised.
#[test]
fn the_manifests_numbers_hold() {
    let mut faults = Vec::new();
    let judged = dissector::rules::rules().next().is_some();
    if !judged {
        println!("the rules that the manifest names: left out, the table of rules is empty");
    }
    for sample in manifest::samples() {
        let snapshot = sample.read();
        assert_eq!(snapshot.state, State::Done);
        let whole = (0..snapshot.message_count())
            .filter_map(|id| snapshot.message(dissector::ids::MessageId::new(id)))
            .filter(|message| captured_whole(message.outcome))
            .count() as u32;
        let seen = [snapshot.packet_count(), snapshot.connections().len(), snapshot.frame_count(), whole];
        let said = [sample.packets, sample.connections, sample.frames, sample.messages];
        if seen != said {
            faults.push(format!(
                "{}: packets, connections, frames, messages are {seen:?}, not {said:?}",
                sample.file
            ));
        }
        let raised: BTreeSet<&str> = snapshot.broken.broken().iter().map(|broken| broken.rule.code).collect();
        let silent = sample.rules.iter().filter(|rule| judged && !raised.contains(rule.as_str()));
        faults.extend(silent.map(|rule| format!("{}: {rule} is not raised", sample.file)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// All its bytes are there, whether they can be inflated or not.
fn captured_whole(outcome: Option<dissector::event::Outcome>) -> bool {
    use dissector::event::Outcome::{Broken, ContextLost, Missing, TooLarge, Unfinished, Whole};
    match outcome {
        Some(Whole | ContextLost | Broken | TooLarge) => true,
        Some(Missing | Unfinished) | None => false,
    }
}

fn cargo(package: &str) -> Option<toml::Table> {
    let text = std::fs::read_to_string(place::project().join(package).join("Cargo.toml")).ok()?;
    Some(text.parse().expect("a manifest is TOML"))
}

/// The names under these tables, of the package itself and of each of its targets.
fn dependencies(manifest: &toml::Table, tables: &[&str]) -> BTreeSet<String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flat_map(toml::Table::values).filter_map(toml::Value::as_table);
    let mut names = BTreeSet::new();
    for place in targets.chain([manifest]) {
        for table in tables.iter().filter_map(|name| place.get(*name)).filter_map(toml::Value::as_table) {
            names.extend(table.keys().cloned());
        }
    }
    names
}

/// All Rust files of the project with their text, by their paths within it.
fn sources() -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    for folder in ["app", "capture", "dissector", "session", "tests"] {
        let rust = |path: &Path| path.extension().is_some_and(|end| end == "rs");
        for path in place::files_under(&place::project().join(folder), &rust) {
            let text = std::fs::read_to_string(&path).expect("a source can be read");
            let name = path.strip_prefix(place::project()).expect("it lies in the project").to_owned();
            sources.push((name, text));
        }
    }
    sources
}

/// What stands before a file's tests.
fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text)
}

/// Lines that are no comments, numbered from 1.
fn lines_of_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.trim_start().starts_with("//"))
}
