//! Who captures, and what is said where nobody can.

use std::fmt;

use anyhow::{anyhow, bail};
use session::capture::live::report::Refusal;
use session::capture::live::tap::{Refused, Stream, Tap};
use session::capture::live::tool::{OWN, Tool};
use session::capture::live::wanted::Wanted;
use session::capture::live::{self, grant};
use unicode_width::UnicodeWidthStr;

use crate::cli::words;

/// Starts the first program that may capture what is wanted; `ssh` is the other machine, if there is one.
pub(crate) fn begin(wanted: &Wanted, ssh: Option<&str>) -> anyhow::Result<(Tap, Stream)> {
    let tools = ssh.map_or_else(Tool::all, |host| vec![Tool::Remote(host.to_owned())]);
    match live::begin::begin(&tools, wanted) {
        Ok(begun) => Ok(begun),
        Err(Some(refused)) => Err(error(&refused, wanted)),
        Err(None) => bail!(
            "no program that captures is here: build {OWN} (cargo build -p wscope-device), or install dumpcap or tcpdump"
        ),
    }
}

/// What to say of a capture that did not begin.
fn error(refused: &Refused, wanted: &Wanted) -> anyhow::Error {
    let named = |device: &String| if device.is_empty() { wanted.devices.join(", ") } else { device.clone() };
    match &refused.refusal {
        Refusal::Rights { device, .. } => {
            anyhow!("{}: no right to capture from it; {}", named(device), grant::advice(&refused.tool))
        }
        Refusal::NoDevice { device } => {
            anyhow!("{device}: there is no such device; wscope interfaces lists those there are")
        }
        Refusal::Filter { says, .. } => {
            let filter = wanted.filter.clone().unwrap_or_default();
            anyhow::Error::new(NoFilter { filter, says: says.clone() })
        }
        Refusal::Other { says } => anyhow!("{says}"),
    }
}

/// A capture filter that its compiler does not take: the one error of three lines, since what is wrong is best seen
/// beneath the words that it is about. The compiler seldom says where, so all of them are marked.
#[derive(Debug)]
pub(crate) struct NoFilter {
    filter: String,
    says: String,
}

impl fmt::Display for NoFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filter = words::clean(&self.filter);
        let marks = "^".repeat(filter.width().max(1));
        write!(f, "this is no capture filter:\n  {filter}\n  {marks} {}", words::clean(&self.says))
    }
}

impl std::error::Error for NoFilter {}
