//! `wscope-capture`: opens devices, writes what they bring as pcapng, counts, and ends well.
//!
//! The only program of the project that needs rights and that links libpcap; it gives the rights up as soon as its
//! devices are open. It knows no protocol and no user: what it has to say are lines of JSON on its standard error, for
//! the program that started it (`capture::live::report`), or words where that is a terminal.

#[cfg(unix)]
mod options;
#[cfg(unix)]
mod words;

#[cfg(unix)]
mod devices;
#[cfg(unix)]
mod list;
#[cfg(unix)]
mod rights;

#[cfg(unix)]
mod disk;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod ring;

#[cfg(unix)]
mod ends;
#[cfg(unix)]
mod run;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    use clap::Parser;

    let options = options::Options::parse();
    if options.list {
        return list::print();
    }
    run::run(&options)
}

/// libpcap's place is taken by Npcap here, and dumpcap, which Wireshark brings along, opens devices with it.
#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!(
        "wscope-capture: not on this system; wscope captures with the dumpcap of an installed Wireshark"
    );
    ExitCode::from(2)
}
