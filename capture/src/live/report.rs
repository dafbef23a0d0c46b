//! What `wscope-capture` says on its standard error while it captures: one JSON object a line, these types on both sides.

use serde::{Deserialize, Serialize};

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "kebab-case")]
pub enum Report {
    /// All devices are open and all rights are gone: from now on packets are kept.
    Ready {
        /// The devices in the order of their interfaces in the capture.
        devices: Vec<String>,
    },
    /// It could not begin; nothing follows.
    Refused(Refusal),
    /// How much there is by now; once a second, where it has changed.
    Counts(Counts),
    /// A device is gone; others go on.
    Lost {
        /// The device.
        device: String,
        /// What the system said.
        says: String,
    },
    /// It is over, and all that was captured is written; nothing follows.
    Ended {
        /// What ended it.
        why: Ending,
        /// The last counts.
        #[serde(flatten)]
        counts: Counts,
    },
}

/// How much was captured since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Packets that were kept.
    pub captured: u64,
    /// Bytes of the capture written.
    pub written: u64,
    /// Packets that the system dropped because its buffer was full.
    pub dropped: u64,
}

/// Why a capture did not begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Refusal {
    /// The user has no right to capture from the device.
    Rights {
        /// The device.
        device: String,
        /// The system's words.
        says: String,
    },
    /// There is no such device.
    NoDevice {
        /// The device.
        device: String,
    },
    /// The capture filter is none.
    Filter {
        /// The filter.
        filter: String,
        /// The compiler's words.
        says: String,
    },
    /// Anything else.
    Other {
        /// One sentence.
        says: String,
    },
}

/// What ended a capture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ended", content = "says", rename_all = "kebab-case")]
pub enum Ending {
    /// Whoever started it: by a signal, or by closing its standard input.
    Asked,
    /// As many packets, seconds or bytes were wanted.
    Enough,
    /// Nobody reads what is captured any more.
    Unread,
    /// No device is left. The system's words.
    Devices(String),
    /// What was captured could not be written. The system's words; what was written before is whole.
    Disk(String),
}
