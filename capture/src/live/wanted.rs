//! What is to be captured, before anybody says by which program.

use std::path::PathBuf;

/// What is to be captured, and when it is enough.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wanted {
    /// The devices; `any` is all of them, on Linux.
    pub devices: Vec<String>,
    /// The capture filter (pcap-filter(7)).
    pub filter: Option<String>,
    /// Bytes kept of a packet; everything where nothing is said.
    pub snap_len: Option<u32>,
    /// Leaves a device's filter for its own address as it is.
    pub not_promiscuous: bool,
    /// The kernel's buffer for each device, in megabytes.
    pub buffer: Option<u32>,
    /// Takes each packet as it comes, at the price of more work for each.
    pub immediate: bool,
    /// Ends after so many packets.
    pub packets: Option<u64>,
    /// Ends after so many seconds.
    pub seconds: Option<f64>,
    /// Ends when the capture has so many bytes.
    pub bytes: Option<u64>,
    /// Files that the capturing program writes itself.
    pub files: Option<Files>,
}

/// A row of files, of which the newest are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Files {
    /// The name, to which numbers are added.
    pub path: PathBuf,
    /// How many are kept; all where nothing is said.
    pub keep: Option<u32>,
    /// Begins the next file when one has so many bytes.
    pub bytes: Option<u64>,
    /// Begins the next file when one is so many seconds old.
    pub seconds: Option<f64>,
    /// Whether the capture also comes as a stream.
    pub copy: bool,
}
