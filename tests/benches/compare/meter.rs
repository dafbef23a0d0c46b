//! What a process takes: time, processor and memory, as a process of its own finds out (`child`).

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::Outcome;

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// Seconds from its start to its end.
    pub(crate) wall: f64,
    /// Seconds of all its threads, the system's for it included.
    pub(crate) cpu: f64,
    /// Most bytes in memory at once.
    pub(crate) memory: f64,
    /// Whether it ended by itself.
    pub(crate) ended: bool,
}

/// Runs a command to its end, or to the end of patience. Its output goes nowhere; exit code 1 is `check` that found
/// something.
pub(crate) fn measure(command: &[String], patience: Duration) -> Outcome<Taken> {
    let mut meter = Command::new(std::env::current_exe()?);
    meter.args(["--patience", &patience.as_secs().to_string(), "--meter"]).args(command);
    let output = meter.stderr(Stdio::inherit()).output()?;
    let said: Value = serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("{} could not be measured", command.join(" ")))?;
    let number = |name: &str| said[name].as_f64().unwrap_or_default();
    let taken = Taken {
        wall: number("wall"),
        cpu: number("cpu"),
        memory: number("memory"),
        ended: said["signal"].is_null(),
    };
    if !matches!(said["code"].as_i64(), None | Some(0 | 1)) {
        return Err(format!("{} ended with {}", command.join(" "), said["code"]).into());
    }
    eprintln!(
        "  {:8.2} s  {:8.2} s cpu  {:8.1} MB  {}",
        taken.wall,
        taken.cpu,
        taken.memory / 1e6,
        name(command)
    );
    Ok(taken)
}

/// A command without the folders of its files.
fn name(command: &[String]) -> String {
    let words = command.iter().map(|word| word.rsplit_once('/').map_or(word.as_str(), |(_, last)| last));
    words.take(8).collect::<Vec<_>>().join(" ")
}
