//! The words that `wscope-capture` is started with.

use std::path::PathBuf;

use clap::Parser;

const AFTER: &str = "\
It ends at the end of its standard input where that is a pipe, at SIGINT and SIGTERM, and with the program that started it.

Rights on Linux, for this program alone:
  sudo setcap cap_net_raw,cap_net_admin=eip wscope-capture
They are given up once the devices are open.";

/// What is to be captured, and where it goes.
#[derive(Debug, Default, Parser)]
#[command(
    name = "wscope-capture",
    version,
    about = "Opens devices for wscope and writes what they bring as pcapng to its standard output",
    after_help = AFTER,
    max_term_width = 110
)]
pub(crate) struct Options {
    /// List the devices as JSON, and whether each can be opened
    #[arg(long, exclusive = true)]
    pub(crate) list: bool,
    /// Capture from this device; may be given more than once
    #[arg(short, long = "interface", value_name = "DEVICE", required_unless_present = "list")]
    pub(crate) interface: Vec<String>,
    /// Keep only what this filter lets through (pcap-filter(7))
    #[arg(short, long, value_name = "BPF")]
    pub(crate) filter: Option<String>,
    /// Keep this many bytes of a packet
    #[arg(short, long, value_name = "BYTES", default_value = "262144", value_parser = clap::value_parser!(i32).range(1..=262_144))]
    pub(crate) snaplen: i32,
    /// Leave the device's filter for its own address as it is
    #[arg(short = 'p', long)]
    pub(crate) no_promiscuous: bool,
    /// The kernel's buffer for each device
    #[arg(short = 'B', long, value_name = "MB", default_value = "16", value_parser = clap::value_parser!(i32).range(1..=2000))]
    pub(crate) buffer_size: i32,
    /// Take each packet as it comes, in place of a few at a time 20 ms later
    #[arg(long)]
    pub(crate) immediate: bool,
    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) write: Option<PathBuf>,
    /// Write to standard output beside the file
    #[arg(long, requires = "write")]
    pub(crate) copy: bool,
    /// End after this many packets
    #[arg(short = 'c', long, value_name = "N")]
    pub(crate) packets: Option<u64>,
    /// End after so long
    #[arg(long, value_name = "S")]
    pub(crate) seconds: Option<f64>,
    /// End when the capture has this many bytes
    #[arg(long, value_name = "N")]
    pub(crate) bytes: Option<u64>,
    /// Keep only this many files, the newest
    #[arg(long, value_name = "N", requires = "write", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) files: Option<u32>,
    /// Begin the next file when one has so many bytes
    #[arg(long, value_name = "BYTES", requires = "write", value_parser = clap::value_parser!(u64).range(1000..))]
    pub(crate) file_bytes: Option<u64>,
    /// Begin the next file when one is so old
    #[arg(long, value_name = "S", requires = "write")]
    pub(crate) file_seconds: Option<f64>,
}
