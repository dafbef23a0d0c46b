//! The same results whatever the number of threads, and the second time as the first: what a run leaves beside the
//! capture for the next one changes nothing.

use std::io::Read;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use wscope_tests::traffic::Profile;

use crate::files::Made;
use crate::table::{Row, size};
use crate::{Bench, Outcome};

/// All that is said about a capture.
const COMMANDS: [&[&str]; 4] = [
    &["summary", "--format", "json"],
    &["frames", "--format", "json"],
    &["messages", "--format", "json"],
    &["check", "--format", "json"],
];

/// Connections where there are many.
const CONNECTIONS: u32 = 5000;

pub(crate) fn run(bench: &mut Bench) -> Outcome<()> {
    let ways: &[&[&str]] = if bench.peers.can_thread() {
        &[&["--threads", "1"], &["--threads", "2"], &["--threads", "8"], &[]]
    } else {
        &[&[]]
    };
    let (mut others, mut files, mut bytes) = (Vec::new(), 0, 0.0);
    for profile in bench.options.profiles(&Profile::ALL) {
        let made = match profile {
            Profile::Many => bench.files.many(CONNECTIONS, CONNECTIONS, 100_000)?,
            _ => bench.files.of(profile, 20_000_000)?,
        };
        for command in COMMANDS {
            let said = |way: &[&str]| output(bench, &[command, way].concat(), &made);
            let first = said(&[])?;
            for way in ways {
                if said(way)? != first {
                    others.push(format!("{} {} {}", profile.name(), command[0], way.join(" ")));
                }
            }
        }
        bytes += made.bytes;
        files += 1;
    }
    let told = if bench.peers.can_thread() { "1, 2 and 8 threads, and again" } else { "again" };
    let row = Row {
        what: format!(
            "{files} profiles, {}: summary, frames, messages and findings with {told}",
            size(bytes)
        ),
        measured: if others.is_empty() { "identical".to_owned() } else { others.join(", ") },
        goal: "identical".to_owned(),
        met: Some(others.is_empty()),
    };
    bench.table.put("7", row);
    Ok(())
}

/// What a command says, as a hash.
fn output(bench: &Bench, words: &[&str], made: &Made) -> Outcome<String> {
    let command = bench.peers.wscope(words, made);
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut said = child.stdout.take().ok_or("its output is a pipe")?;
    let (mut hash, mut page) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = said.read(&mut page)?;
        if read == 0 {
            break;
        }
        hash.update(&page[..read]);
    }
    child.wait()?;
    Ok(hex::encode(hash.finalize()))
}
