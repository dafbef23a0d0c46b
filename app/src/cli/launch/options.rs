//! What `wscope run` is told.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use crate::cli::capture::options::Opening;
use crate::cli::options::{Columns, Format, How};

pub(crate) const RUN: &str = "\
The command finds SSLKEYLOGFILE in its environment, and NODE_OPTIONS=--tls-keylog; Chromium and Firefox start with a profile
of their own. The keys go into OUT, so that whoever opens it needs no others. What the command prints goes to standard
error, and its exit code is that of wscope run.

Examples:
  wscope run -- node client.js
  wscope run -i any -f 'tcp port 443' -w talk.pcapng -- python3 client.py
  wscope run --format json -- npm test | jq -r .text";

/// Options of `run`.
#[derive(Args, Debug)]
pub(crate) struct Run {
    /// Capture from this device; may be given more than once, and `any` is all of them
    #[arg(short, long = "interface", value_name = "DEV", default_value = LOOPBACK, help_heading = "Capture")]
    pub(crate) interface: Vec<String>,
    #[command(flatten)]
    pub(crate) opening: Opening,
    /// Keep the capture, and the keys, in this file
    #[arg(short, long, value_name = "OUT", help_heading = "Keep")]
    pub(crate) write: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) source: How,
    /// Print frames in place of messages
    #[arg(long, help_heading = "Output")]
    pub(crate) frames: bool,
    /// A table for people, JSON with one object a line, or CSV (RFC 4180)
    #[arg(long, value_enum, default_value = "table", help_heading = "Output")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) columns: Columns,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// The loopback device's name.
const LOOPBACK: &str = if cfg!(target_os = "linux") { "lo" } else { "lo0" };
