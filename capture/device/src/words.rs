//! What is said on standard error: a line of JSON for a program, a sentence for a person at a terminal.

use std::io::{IsTerminal, Write, stderr};

use capture::live::report::{Counts, Ending, Refusal, Report};

/// Says it. Nobody may be listening any more, which is no reason to stop.
pub(crate) fn say(report: &Report) {
    let line = if stderr().is_terminal() { sentence(report) } else { serde_json::to_string(report).ok() };
    if let Some(line) = line {
        let _ = writeln!(stderr(), "{line}");
    }
}

fn sentence(report: &Report) -> Option<String> {
    let says = match report {
        Report::Ready { devices } => format!("capturing from {}; Ctrl+C ends it", devices.join(", ")),
        Report::Refused(refusal) => refused(refusal),
        // A person would see a line a second.
        Report::Counts(_) => return None,
        Report::Lost { device, says } => format!("{device} is gone ({says}); the others go on"),
        Report::Ended { why, counts } => format!("{}{}", because(why), counted(counts)),
    };
    Some(format!("wscope-capture: {says}"))
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Rights { device, says } => {
            format!("{device}: no right to capture from it ({says}); see --help")
        }
        Refusal::NoDevice { device } => format!("{device}: there is no such device; see --list"),
        Refusal::Filter { filter, says } => format!("\"{filter}\" is no capture filter: {says}"),
        Refusal::Other { says } => says.clone(),
    }
}

fn because(why: &Ending) -> String {
    match why {
        Ending::Asked | Ending::Enough => String::new(),
        Ending::Unread => "nobody reads what is captured; ".to_owned(),
        Ending::Devices(says) => format!("no device is left ({says}); "),
        Ending::Disk(says) => format!("no more could be written ({says}); "),
    }
}

fn counted(counts: &Counts) -> String {
    format!("{} packets captured, {} dropped by the system", counts.captured, counts.dropped)
}
