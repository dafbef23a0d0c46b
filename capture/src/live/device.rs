//! Devices that packets can be captured from, as `wscope-capture --list` tells them: JSON on one side, these types on
//! both.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// A device of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its name, such as `eth0`; what is asked for when it is to be opened.
    pub name: String,
    /// What the system calls it.
    pub description: Option<String>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Whether it is switched on.
    pub up: bool,
    /// Whether it has a link.
    pub running: bool,
    /// Whether only this machine talks on it.
    pub loopback: bool,
    /// Whether it is wireless.
    pub wireless: bool,
    /// The link type of its packets, where it could be opened: a `LINKTYPE_…` number.
    pub link: Option<u16>,
    /// Why it cannot be opened, where it cannot; or nobody has tried, with a tool that does not tell.
    pub obstacle: Option<Obstacle>,
}

/// Why a device cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// The user has no right to. The text is the system's.
    Rights(String),
    /// Anything else, in the system's words.
    Other(String),
}
