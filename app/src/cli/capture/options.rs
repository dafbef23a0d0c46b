//! What `wscope capture` and `wscope interfaces` are told.

use std::path::PathBuf;

use clap::Args;
use session::capture::live::wanted::{Files, Wanted};

use super::show::Shown;
use crate::cli::options::{Columns, Format, How, Listing};

pub(crate) const CAPTURE: &str = "\
Needs no right itself: wscope-capture, which lies beside it, opens the device, or an installed dumpcap or tcpdump does.
wscope interfaces says how that one program is given the right.

Examples:
  wscope capture -i lo -f 'tcp port 8080'
  wscope capture -i any -f 'tcp port 80' -w talk.pcapng --format json | jq .text
  wscope capture -i eth0 --quiet -w day.pcapng --files 10 --filesize 100
  wscope capture --ssh root@server -i eth0 -f 'tcp port 8080'";

pub(crate) const INTERFACES: &str = "\
Examples:
  wscope interfaces
  wscope interfaces --format json | jq -r 'select(.obstacle == null).name'";

/// Options of `interfaces`.
#[derive(Args, Debug)]
pub(crate) struct Interfaces {
    #[command(flatten)]
    pub(crate) listing: Listing,
}

/// Options of `capture`.
#[derive(Args, Debug)]
pub(crate) struct Capture {
    /// Capture from this device; may be given more than once, and `any` is all of them
    #[arg(short, long = "interface", value_name = "DEV", required = true, help_heading = "Capture")]
    pub(crate) interface: Vec<String>,
    /// Capture on another machine, with tcpdump there; ssh must get in without asking
    #[arg(long, value_name = "USER@HOST", help_heading = "Capture")]
    pub(crate) ssh: Option<String>,
    #[command(flatten)]
    pub(crate) opening: Opening,
    /// Stop after this many packets
    #[arg(short = 'c', long, value_name = "PACKETS", help_heading = "Stop")]
    pub(crate) count: Option<u64>,
    /// Stop after so many seconds
    #[arg(long, value_name = "S", value_parser = seconds, help_heading = "Stop")]
    pub(crate) duration: Option<f64>,
    /// Stop when the capture has so many megabytes
    #[arg(long, value_name = "MB", help_heading = "Stop")]
    pub(crate) size: Option<u64>,
    /// Keep the capture in this file
    #[arg(short, long, value_name = "OUT", help_heading = "Keep")]
    pub(crate) write: Option<PathBuf>,
    /// Keep only this many files, the newest; needs --filesize or --fileseconds
    #[arg(long, value_name = "N", requires = "write", help_heading = "Keep", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) files: Option<u32>,
    /// Begin the next file, OUT with a number, when one has so many megabytes
    #[arg(long, value_name = "MB", requires = "write", help_heading = "Keep", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) filesize: Option<u64>,
    /// Begin the next file when one is so many seconds old
    #[arg(long, value_name = "S", requires = "write", value_parser = seconds, help_heading = "Keep")]
    pub(crate) fileseconds: Option<f64>,
    #[command(flatten)]
    pub(crate) source: How,
    /// Print no rows, only the counts at the end
    #[arg(short, long, help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Print messages in place of frames
    #[arg(long, help_heading = "Output")]
    pub(crate) messages: bool,
    /// A table for people, JSON with one object a line, or CSV (RFC 4180)
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) columns: Columns,
}

/// How devices are opened.
#[derive(Args, Clone, Debug)]
pub(crate) struct Opening {
    /// Capture only what this filter lets through (pcap-filter(7))
    #[arg(short, long, value_name = "BPF", help_heading = "Capture")]
    pub(crate) filter: Option<String>,
    /// Keep this many bytes of each packet
    #[arg(long, value_name = "BYTES", help_heading = "Capture", value_parser = clap::value_parser!(u32).range(1..=262_144))]
    pub(crate) snaplen: Option<u32>,
    /// Leave the device's filter for its own address as it is
    #[arg(long, help_heading = "Capture")]
    pub(crate) no_promiscuous: bool,
    /// The kernel's buffer for each device (16 where nothing is said)
    #[arg(long, value_name = "MB", help_heading = "Capture", value_parser = clap::value_parser!(u32).range(1..=2000))]
    pub(crate) buffer_size: Option<u32>,
    /// Take each packet as it comes, in place of a few at a time 20 ms later
    #[arg(long, help_heading = "Capture")]
    pub(crate) immediate: bool,
}

impl Opening {
    /// What is wanted of these devices.
    pub(crate) fn wanted(&self, devices: &[String]) -> Wanted {
        Wanted {
            devices: devices.to_vec(),
            filter: self.filter.clone().filter(|filter| !filter.trim().is_empty()),
            snap_len: self.snaplen,
            not_promiscuous: self.no_promiscuous,
            buffer: self.buffer_size,
            immediate: self.immediate,
            ..Wanted::default()
        }
    }
}

impl Capture {
    /// Which rows are printed.
    pub(crate) fn shown(&self) -> Shown {
        match (self.quiet, self.messages) {
            (true, _) => Shown::Nothing,
            (_, true) => Shown::Messages,
            _ => Shown::Frames,
        }
    }

    /// What is to be captured.
    pub(crate) fn wanted(&self) -> anyhow::Result<Wanted> {
        const MEGABYTE: u64 = 1_000_000;
        let row = self.filesize.is_some() || self.fileseconds.is_some();
        anyhow::ensure!(
            row || self.files.is_none(),
            "--files needs --filesize or --fileseconds to say when the next begins"
        );
        let files = self.write.as_ref().filter(|_| row).map(|path| Files {
            path: path.clone(),
            keep: self.files,
            bytes: self.filesize.map(|size| size * MEGABYTE),
            seconds: self.fileseconds,
            copy: !self.quiet,
        });
        Ok(Wanted {
            packets: self.count,
            seconds: self.duration,
            bytes: self.size.map(|size| size.saturating_mul(MEGABYTE)),
            files,
            ..self.opening.wanted(&self.interface)
        })
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse::<f64>().ok().filter(|it| it.is_finite() && *it > 0.0 && *it < 1e9);
    seconds.ok_or_else(|| format!("\"{text}\" is no number of seconds"))
}
