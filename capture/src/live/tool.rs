//! The program that captures: our own, or an installed one, or one on another machine; and the words it is told.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::remote;
use super::wanted::Wanted;

/// A program that captures to its standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tool {
    /// `wscope-capture`.
    Own(PathBuf),
    /// Wireshark's `dumpcap`.
    Dumpcap(PathBuf),
    /// `tcpdump`.
    Tcpdump(PathBuf),
    /// `tcpdump` on another machine, by way of `ssh`.
    Remote(String),
}

/// What our own program is called.
pub const OWN: &str = "wscope-capture";

impl Tool {
    /// Those that are here, the best first: our own beside this program, then those on the search path.
    pub fn all() -> Vec<Self> {
        let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(file(OWN))));
        let own = beside.filter(|path| path.is_file()).or_else(|| on_path(OWN));
        let others = [on_path("dumpcap").map(Self::Dumpcap), on_path("tcpdump").map(Self::Tcpdump)];
        own.map(Self::Own).into_iter().chain(others.into_iter().flatten()).collect()
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        match self {
            Self::Own(_) => OWN,
            Self::Dumpcap(_) => "dumpcap",
            Self::Tcpdump(_) => "tcpdump",
            Self::Remote(_) => "tcpdump over ssh",
        }
    }

    /// Where it is, on this machine.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Own(path) | Self::Dumpcap(path) | Self::Tcpdump(path) => Some(path),
            Self::Remote(_) => None,
        }
    }

    /// How it is started, or one sentence why it cannot do what is wanted.
    pub(super) fn command(&self, wanted: &Wanted) -> Result<Command, String> {
        if wanted.files.is_some() && !matches!(self, Self::Own(_)) {
            return Err(format!("{} writes no row of files for us; only {OWN} does", self.name()));
        }
        match self {
            Self::Own(path) => Ok(with(path, own(wanted))),
            Self::Dumpcap(path) => Ok(with(path, dumpcap(wanted))),
            Self::Tcpdump(path) => Ok(with(path, tcpdump(wanted, self.name())?)),
            Self::Remote(host) => remote::command(host, tcpdump(wanted, self.name())?),
        }
    }
}

fn with(path: &Path, words: Words) -> Command {
    let mut command = Command::new(path);
    command.args(words.0);
    command
}

/// Words of a command line as they come together.
#[derive(Debug, Default)]
pub(super) struct Words(pub(super) Vec<OsString>);

impl Words {
    fn word(&mut self, word: impl Into<OsString>) {
        self.0.push(word.into());
    }

    /// An option with its value, where there is one. In one word, so that no value can be taken for an option.
    fn option(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.word(format!("{name}{}", value.to_string()));
        }
    }
}

fn own(wanted: &Wanted) -> Words {
    let mut words = Words::default();
    for device in &wanted.devices {
        words.option("--interface=", Some(device));
    }
    words.option("--filter=", wanted.filter.as_ref());
    words.option("--snaplen=", wanted.snap_len);
    words.option("--buffer-size=", wanted.buffer);
    words.option("--packets=", wanted.packets);
    words.option("--seconds=", wanted.seconds);
    words.option("--bytes=", wanted.bytes);
    if wanted.not_promiscuous {
        words.word("--no-promiscuous");
    }
    if wanted.immediate {
        words.word("--immediate");
    }
    if let Some(files) = &wanted.files {
        let mut path = OsString::from("--write=");
        path.push(&files.path);
        words.word(path);
        words.option("--files=", files.keep);
        words.option("--file-bytes=", files.bytes);
        words.option("--file-seconds=", files.seconds);
        if files.copy {
            words.word("--copy");
        }
    }
    words
}

fn dumpcap(wanted: &Wanted) -> Words {
    let mut words = Words::default();
    words.word("-q");
    // What stands before the first device holds for all of them.
    words.option("-f", wanted.filter.as_ref());
    words.option("-s", wanted.snap_len);
    words.option("-B", wanted.buffer);
    if wanted.not_promiscuous {
        words.word("-p");
    }
    for device in &wanted.devices {
        words.option("-i", Some(device));
    }
    words.option("-c", wanted.packets);
    words.option("-aduration:", wanted.seconds);
    words.option("-afilesize:", wanted.bytes.map(|bytes| bytes.div_ceil(1000)));
    words.word("-w-");
    words
}

/// Tcpdump knows one device and no time; the seconds are counted by whoever started it.
fn tcpdump(wanted: &Wanted, name: &str) -> Result<Words, String> {
    let [device] = wanted.devices.as_slice() else {
        return Err(format!("{name} captures from one device at a time: name one, or any"));
    };
    if wanted.bytes.is_some() {
        return Err(format!("{name} cannot stop after so many bytes; give a number of packets or a time"));
    }
    let mut words = Words::default();
    // Else it gathers packets for a second. Its buffer then has places for so many packets of the device's largest size,
    // which on the loopback device is 64 kB, and would be full of a few.
    const MEGABYTES: u32 = 32;
    words.word("--immediate-mode");
    words.word("-U");
    words.word("-n");
    words.option("-i", Some(device));
    words.option("-s", wanted.snap_len);
    words.option("-B", Some(u64::from(wanted.buffer.unwrap_or(MEGABYTES)) * 1000));
    words.option("-c", wanted.packets);
    if wanted.not_promiscuous {
        words.word("-p");
    }
    words.word("-w-");
    // Behind this nothing is taken for an option.
    words.word("--");
    words.0.extend(wanted.filter.as_ref().map(OsString::from));
    Ok(words)
}

/// A program on the search path, or where programs for administrators are.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if cfg!(unix) {
        folders.extend(["/usr/sbin", "/sbin", "/usr/local/sbin"].map(PathBuf::from));
    } else {
        folders
            .extend(std::env::var_os("ProgramFiles").map(|folder| PathBuf::from(folder).join("Wireshark")));
    }
    folders.into_iter().map(|folder| folder.join(file(name))).find(|path| path.is_file())
}

fn file(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}
