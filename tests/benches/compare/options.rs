//! The words of the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use wscope_tests::traffic::{Profile, size};

/// Measures wscope against its peers and its promises.
#[derive(Parser)]
pub(crate) struct Options {
    /// Where files and results lie; made-up files stay there. Without it they lie in the temporary folder, and go.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The size of files, where a row has no size of its own
    #[arg(long, value_parser = size)]
    size: Option<u64>,
    /// The sizes between which time is to grow as they do
    #[arg(long, value_parser = size, value_delimiter = ',')]
    sizes: Vec<u64>,
    /// Only these profiles
    #[arg(long, value_delimiter = ',', value_parser = profile)]
    only: Vec<Profile>,
    /// Only these rows
    #[arg(long, value_delimiter = ',', value_enum)]
    rows: Vec<Part>,
    /// How often each process runs
    #[arg(long)]
    runs: Option<usize>,
    /// Seconds that a process may take
    #[arg(long)]
    patience: Option<u64>,
    /// Small files and one run: whether everything works, not how fast it is
    #[arg(long)]
    quick: bool,
    /// Write the table into docs/performance.md
    #[arg(long)]
    pub(crate) write: bool,
    /// The program to measure; without it, it is built
    #[arg(long)]
    pub(crate) wscope: Option<PathBuf>,
    /// Run the bare loop over a capture, and say what it counted
    #[arg(long, hide = true)]
    pub(crate) bare: Option<PathBuf>,
    /// In the bare loop, look at what is known of the directions of so many packets beforehand
    #[arg(long, value_name = "PACKETS", default_value_t = 0)]
    pub(crate) ahead: usize,
    /// Run a command, and say what it took
    #[arg(long, hide = true, num_args = 1.., allow_hyphen_values = true)]
    pub(crate) meter: Vec<String>,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
}

/// Rows that are measured together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Peers,
    Bare,
    Memory,
    Linear,
    Connections,
    Reach,
    Threads,
    Same,
    Printing,
}

impl Part {
    /// What is going on.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::Peers => "Against tshark",
            Self::Bare => "Against the bare loop",
            Self::Memory => "Memory",
            Self::Linear => "Sizes",
            Self::Connections => "Many connections against few",
            Self::Reach => "First rows, any message",
            Self::Threads => "Two threads against one",
            Self::Same => "The same results",
            Self::Printing => "Printing",
        }
    }
}

impl Options {
    pub(crate) fn read() -> Self {
        Self::parse()
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(|| std::env::temp_dir().join("wscope-compare"))
    }

    /// Whether files are to be there the next time.
    pub(crate) const fn keeps(&self) -> bool {
        self.folder.is_some()
    }

    pub(crate) fn parts(&self) -> Vec<Part> {
        if self.rows.is_empty() { Part::value_variants().to_vec() } else { self.rows.clone() }
    }

    /// Those of these profiles that are wanted.
    pub(crate) fn profiles(&self, of: &[Profile]) -> Vec<Profile> {
        let wanted = |profile: &Profile| self.only.is_empty() || self.only.contains(profile);
        of.iter().copied().filter(wanted).collect()
    }

    /// Whether this profile is one of those that are wanted.
    pub(crate) fn wants(&self, profile: Profile) -> bool {
        !self.profiles(&[profile]).is_empty()
    }

    /// This size, or the one that was asked for, or as little as shows that it works.
    pub(crate) fn size_or(&self, size: u64) -> u64 {
        self.size.unwrap_or(if self.quick { 20_000_000 } else { size })
    }

    pub(crate) fn sizes(&self) -> Vec<u64> {
        match (self.sizes.is_empty(), self.quick) {
            (false, _) => self.sizes.clone(),
            (true, true) => vec![10_000_000, 20_000_000, 40_000_000],
            (true, false) => vec![100_000_000, 1_000_000_000, 10_000_000_000],
        }
    }

    pub(crate) fn runs(&self) -> usize {
        self.runs.unwrap_or(if self.quick { 1 } else { 5 }).max(1)
    }

    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.patience.unwrap_or(if self.quick { 20 } else { 600 }))
    }
}

fn profile(word: &str) -> Result<Profile, String> {
    let names = Profile::ALL.map(Profile::name).join(", ");
    Profile::named(word).ok_or_else(|| format!("known are {names}"))
}
