//! What is remembered between two runs, in one file of the configuration folder.
//!
//! A file that cannot be read is as good as none; one that cannot be written loses an arrangement, not work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::coloring::{self, RULES, Rule};
use super::filtering::Filters;
use super::layout::Layout;
use super::state::Times;
use super::table::arranged::Kept;

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

impl Appearance {
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

/// What is remembered.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub appearance: Appearance,
    /// How large everything is.
    pub scale: f32,
    /// Files that were opened, newest first.
    pub recent: Vec<PathBuf>,
    /// How times are shown.
    pub times: Times,
    /// Where the panes are.
    pub layout: Option<Layout>,
    /// Display filters.
    pub filters: Filters,
    /// The columns of each table whose columns were changed.
    pub columns: BTreeMap<String, Vec<Kept>>,
    /// The rules by which rows are colored.
    pub colors: Vec<Rule>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            appearance: Appearance::System,
            scale: 1.0,
            recent: Vec::new(),
            times: Times::default(),
            layout: None,
            filters: Filters::default(),
            columns: BTreeMap::new(),
            colors: coloring::first_rules(),
        }
    }
}

const RECENT: usize = 12;

impl Settings {
    /// The folder where settings live: `WSCOPE_CONFIG_DIR`, else as the XDG base directories say.
    pub fn folder() -> Option<PathBuf> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        set("WSCOPE_CONFIG_DIR")
            .or_else(|| set("XDG_CONFIG_HOME").map(|folder| folder.join("wscope")))
            .or_else(|| set("HOME").map(|home| home.join(".config/wscope")))
    }

    /// What was remembered in a folder.
    pub fn load(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join(FILE)).unwrap_or_default();
        let mut settings: Self = serde_json::from_str(&text).unwrap_or_default();
        settings.scale = settings.scale.clamp(0.5, 3.0);
        settings.recent.truncate(RECENT);
        settings.colors.truncate(RULES);
        settings
    }

    /// Remembers, on a thread of its own, as the window waits for no disk. Whoever must be sure waits for it.
    pub fn save(&self, folder: &Path) -> std::thread::JoinHandle<()> {
        let (settings, folder) = (self.clone(), folder.to_owned());
        std::thread::spawn(move || {
            let Ok(text) = serde_json::to_string_pretty(&settings) else { return };
            let fresh = folder.join(format!("{FILE}.new"));
            // Written beside and then moved, so that a crash leaves the old file or the new one.
            let _ = std::fs::create_dir_all(&folder)
                .and_then(|()| std::fs::write(&fresh, text))
                .and_then(|()| std::fs::rename(&fresh, folder.join(FILE)));
        })
    }

    /// Puts a file in front of those that were opened.
    pub fn opened(&mut self, path: &Path) {
        self.recent.retain(|recent| recent != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }
}

const FILE: &str = "window.json";
