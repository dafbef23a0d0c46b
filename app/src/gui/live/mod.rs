//! Captures of this window: from which devices, by which program, and where they lie until they are saved.
//!
//! Threads do all of it; what they find comes by channels. Draws nothing.

pub mod capture;
pub mod devices;
pub mod grant;
pub mod rates;
pub mod spool;

use std::path::PathBuf;

use session::capture::live::tool::Tool;
use session::capture::live::wanted::Wanted;

use devices::Devices;
use spool::Leftover;

/// What capturing needs.
#[derive(Clone, Debug)]
pub struct Means {
    /// Programs that may capture, the best first.
    pub tools: Vec<Tool>,
    /// Where captures lie until they are saved.
    pub folder: PathBuf,
}

impl Means {
    /// What is here for this user.
    pub fn find() -> Self {
        Self { tools: Tool::all(), folder: spool::folder() }
    }
}

/// What the window knows of capturing, whatever is open.
#[derive(Default)]
pub struct Live {
    /// Nothing where this window does not capture.
    pub means: Option<Means>,
    /// The devices, while the page that shows them is there.
    pub devices: Option<Devices>,
    /// What was wanted last, or will be next.
    pub wanted: Wanted,
    /// Whether a capture is about to begin.
    pub starting: bool,
    /// Captures of a program that died before they were saved.
    pub left: Vec<Leftover>,
}
