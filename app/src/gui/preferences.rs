//! What the user decides: how things look, how captures are read, what is remembered. See `file` for where it stands.
//!
//! What is remembered without having been decided, as which files were opened, is the settings' matter.

pub mod file;
pub mod profiles;
mod protocols;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use self::protocols::Protocols;
use super::state::Times;

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Preferences {
    /// Light, contrast, size.
    pub appearance: Looks,
    /// The tables.
    pub table: Tables,
    /// How captures are read.
    pub reading: Reading,
    /// What reads the messages of which connections.
    pub protocols: Protocols,
    /// How captures are made.
    pub capture: Capturing,
    /// What is remembered.
    pub memory: Memory,
}

/// How the window looks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Looks {
    /// Dark or light.
    pub theme: Appearance,
    /// Usual or high.
    pub contrast: Contrast,
    /// How large everything is.
    pub zoom: f32,
}

/// How tables look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Tables {
    /// How times are shown.
    pub times: Times,
    /// How high a row is.
    pub rows: Density,
}

/// How captures are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Reading {
    /// TCP ports of servers that carry WebSocket though no opening handshake says so.
    pub websocket_ports: Vec<u16>,
    /// TLS key logs, beside those named on the command line.
    pub key_logs: Vec<PathBuf>,
    /// Captures of so many megabytes or more have an index file, so that they open again at once; 0 is none.
    pub index_from: u32,
}

/// How captures are made, where nothing else is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Capturing {
    /// Whether what is meant for others is captured too.
    pub promiscuous: bool,
    /// The system's buffer, in megabytes.
    pub buffer: u32,
}

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Memory {
    /// How many files that were opened.
    pub recent_files: usize,
    /// Whether the panes come back where they were.
    pub arrangement: bool,
}

/// Dark, light, or as the system says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Appearance {
    /// As the system says.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// How far text and signs stand out from their ground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contrast {
    /// Text by 4.5 to 1.
    #[default]
    Usual,
    /// Text by 7 to 1, and lines by 3 to 1.
    High,
}

/// How high the rows of tables are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Density {
    /// More rows at once.
    Compact,
    /// As they were made.
    #[default]
    Usual,
    /// More room around each.
    Roomy,
}

/// The smallest and the largest that everything can be.
pub const ZOOM: std::ops::RangeInclusive<f32> = 0.5..=3.0;
/// The most files that are remembered.
pub const RECENT: usize = 50;
/// The largest buffer, in megabytes.
pub const BUFFER: u32 = 2000;

impl Default for Looks {
    fn default() -> Self {
        Self { theme: Appearance::default(), contrast: Contrast::default(), zoom: 1.0 }
    }
}

impl Default for Capturing {
    fn default() -> Self {
        Self { promiscuous: true, buffer: 16 }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self { recent_files: 12, arrangement: true }
    }
}

impl Preferences {
    /// The same with every number where it may be.
    #[must_use]
    pub fn sound(mut self) -> Self {
        let zoom = &mut self.appearance.zoom;
        *zoom = if zoom.is_finite() { zoom.clamp(*ZOOM.start(), *ZOOM.end()) } else { 1.0 };
        self.memory.recent_files = self.memory.recent_files.min(RECENT);
        self.capture.buffer = self.capture.buffer.clamp(1, BUFFER);
        self
    }
}

impl Appearance {
    /// All of them.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::System, "As the system"), (Self::Dark, "Dark"), (Self::Light, "Light")];

    /// The one after it.
    pub const fn next(self) -> Self {
        match self {
            Self::System => Self::Dark,
            Self::Dark => Self::Light,
            Self::Light => Self::System,
        }
    }

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "as the system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }

    /// In egui's word.
    pub const fn preference(self) -> egui::ThemePreference {
        match self {
            Self::System => egui::ThemePreference::System,
            Self::Dark => egui::ThemePreference::Dark,
            Self::Light => egui::ThemePreference::Light,
        }
    }
}

impl Contrast {
    /// All of them.
    pub const ALL: [(Self, &'static str); 2] = [(Self::Usual, "Usual"), (Self::High, "High")];

    /// The other one.
    pub const fn next(self) -> Self {
        match self {
            Self::Usual => Self::High,
            Self::High => Self::Usual,
        }
    }
}

impl Density {
    /// All of them.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Compact, "Compact"), (Self::Usual, "Usual"), (Self::Roomy, "Roomy")];

    /// Height of a row in points.
    pub const fn height(self) -> f32 {
        match self {
            Self::Compact => super::theme::ROW - 2.0,
            Self::Usual => super::theme::ROW,
            Self::Roomy => super::theme::ROW + 4.0,
        }
    }
}
