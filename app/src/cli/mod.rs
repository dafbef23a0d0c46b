//! The command line: one file a command, one table of columns a kind of row.
//!
//! Parses no traffic: everything that is printed was said by a session's snapshot, or is read through it.

mod options;
mod words;

mod cell;
mod column;
mod mark;
mod style;
mod time;

mod alike;
mod csv;
mod escape;
mod fit;
mod json;
mod print;
mod table;

mod absence;
mod once;
mod pair;
mod payload;
mod reading;

mod capture;
mod check;
mod connections;
mod decoded;
mod explain;
mod fields;
mod frames;
mod interfaces;
mod launch;
mod messages;
mod rules;
mod summary;

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

pub(crate) use options::{Cli, Command, How};

/// What the words of the command line say; ends the program where they are wrong, or ask for help.
pub(crate) fn parse() -> Cli {
    Cli::parse()
}

/// How a command that was done ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There is nothing more to say.
    Done,
    /// What was looked for stands.
    Found,
    /// A command that was run ended with this exit code.
    Passed(u8),
}

/// Does what was asked for.
pub(crate) fn run(command: &Command) -> anyhow::Result<Outcome> {
    let done = match command {
        Command::Check(options) => return check::run(options),
        Command::Run(options) => return launch::run(options),
        Command::Capture(options) => capture::run(options),
        Command::Interfaces(options) => interfaces::run(options),
        Command::Summary(options) => summary::run(options),
        Command::Connections(options) => connections::run(options),
        Command::Frames(options) => frames::run(options),
        Command::Messages(options) => messages::run(options),
        Command::Rules(options) => rules::run(options),
        Command::Fields(options) => fields::run(options),
        Command::Explain(options) => explain::run(options),
    };
    done.map(|()| Outcome::Done)
}

/// Prints the summary of a capture for whom no window could be opened.
pub(crate) fn summarize(file: &Path, how: &How) -> anyhow::Result<()> {
    summary::table(file, how)
}

/// 0 done, 1 found, 2 could not do it, which one line on stderr says. A reader that has had enough is no failure.
pub(crate) fn exit(result: anyhow::Result<Outcome>) -> ExitCode {
    let error = match result {
        Ok(Outcome::Done) => return ExitCode::SUCCESS,
        Ok(Outcome::Found) => return ExitCode::from(1),
        Ok(Outcome::Passed(code)) => return ExitCode::from(code),
        Err(error) => error,
    };
    let closed = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    let gone = error.chain().any(|cause| match cause.downcast_ref::<serde_json::Error>() {
        Some(json) => json.io_error_kind() == Some(ErrorKind::BrokenPipe),
        None => cause.downcast_ref().is_some_and(closed),
    });
    if gone {
        return ExitCode::SUCCESS;
    }
    // Filters are shown in lines of their own, as people see mistakes best.
    match (error.downcast_ref::<capture::begin::NoFilter>(), error.downcast_ref::<options::Misfit>()) {
        (Some(filter), _) => eprintln!("wscope: {filter}"),
        (_, Some(misfit)) => eprintln!("wscope: {misfit}"),
        _ => eprintln!("wscope: {}", words::clean(&format!("{error:#}"))),
    }
    ExitCode::from(2)
}
