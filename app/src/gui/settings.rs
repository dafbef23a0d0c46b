//! What is remembered between two runs without having been decided, in one file of the configuration folder.
//!
//! What the user decides stands in `preferences`. A file that cannot be read is as good as none; one that cannot be
//! written loses an arrangement, not work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::coloring::{self, RULES, Rule};
use super::filtering::Filters;
use super::layout::{Layout, kept};
pub use super::preferences::Appearance;
use super::preferences::Preferences;
use super::replace;
use super::state::Times;
use super::table::arranged::Kept;

/// What is remembered.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Files that were opened, newest first.
    pub recent: Vec<PathBuf>,
    /// Commands that were chosen in the palette, by their words, newest first.
    pub commands: Vec<String>,
    /// Where the panes are in the default profile.
    #[serde(deserialize_with = "kept::layout")]
    pub layout: Option<Layout>,
    /// How large the window is, in points of the screen.
    pub window: Option<[f32; 2]>,
    /// Display filters.
    pub filters: Filters,
    /// The columns of each table whose columns were changed.
    pub columns: BTreeMap<String, Vec<Kept>>,
    /// The rules by which rows are colored.
    pub colors: Vec<Rule>,
    /// Layouts that were saved under a name.
    #[serde(deserialize_with = "kept::layouts")]
    pub layouts: Vec<(String, Layout)>,
    /// The profile that is in use, where it is not the default one.
    pub profile: Option<String>,
    // What stood here before there were preferences.
    #[serde(skip_serializing)]
    appearance: Option<Appearance>,
    #[serde(skip_serializing)]
    scale: Option<f32>,
    #[serde(skip_serializing)]
    times: Option<Times>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            recent: Vec::new(),
            commands: Vec::new(),
            layout: None,
            window: None,
            filters: Filters::default(),
            columns: BTreeMap::new(),
            colors: coloring::first_rules(),
            layouts: Vec::new(),
            profile: None,
            appearance: None,
            scale: None,
            times: None,
        }
    }
}

/// How many commands are remembered.
const COMMANDS: usize = 5;

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
        settings.colors.truncate(RULES);
        settings
    }

    /// What was decided before there was a file of preferences, if anything was.
    pub fn decided(&self) -> Option<Preferences> {
        let Self { appearance, scale, times, .. } = self;
        let any = appearance.is_some() || scale.is_some() || times.is_some();
        let mut preferences = Preferences::default();
        preferences.appearance.theme = appearance.unwrap_or_default();
        preferences.appearance.zoom = scale.unwrap_or(1.0);
        preferences.table.times = times.unwrap_or_default();
        any.then(|| preferences.sound())
    }

    /// Remembers, on a thread of its own, as the window waits for no disk. Whoever must be sure waits for it.
    pub fn save(&self, folder: &Path) -> std::thread::JoinHandle<()> {
        let (settings, folder) = (self.clone(), folder.to_owned());
        std::thread::spawn(move || {
            let Ok(text) = serde_json::to_string_pretty(&settings) else { return };
            let _ = std::fs::create_dir_all(&folder).and_then(|()| replace::file(&folder, FILE, &text));
        })
    }

    /// Puts a file in front of those that were opened, of which `most` are kept.
    pub fn opened(&mut self, path: &Path, most: usize) {
        self.recent.retain(|recent| recent != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(most);
    }

    /// Puts a command in front of those that were chosen.
    pub fn chosen(&mut self, words: &str) {
        self.commands.retain(|recent| recent != words);
        self.commands.insert(0, words.to_owned());
        self.commands.truncate(COMMANDS);
    }

    /// The layout that was saved under a name.
    pub fn layout_named(&self, name: &str) -> Option<&Layout> {
        self.layouts.iter().find(|(of, _)| of == name).map(|(_, layout)| layout)
    }
}

const FILE: &str = "window.json";

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of the time before preferences says what was decided then, and one of a later version loses nothing else for
    /// a pane that is not known here.
    #[test]
    fn files_of_other_versions() {
        let old: Settings =
            serde_json::from_str(r#"{"appearance":"light","scale":1.2,"recent":["/a"],"times":"clock"}"#)
                .unwrap();
        let decided = old.decided().unwrap();
        assert_eq!((decided.appearance.theme, decided.appearance.zoom), (Appearance::Light, 1.2));
        assert_eq!((decided.table.times, old.recent.len()), (Times::Clock, 1));
        let again = serde_json::to_string(&old).unwrap();
        assert!(
            !again.contains("appearance")
                && serde_json::from_str::<Settings>(&again).unwrap().decided().is_none()
        );

        let layout = serde_json::to_string(&crate::gui::layout::fresh())
            .unwrap()
            .replace("\"detail\"", "\"hologram\"");
        let newer =
            format!(r#"{{"recent":["/a","/b"],"layout":{layout},"layouts":[["x",{layout}],["y",7]]}}"#);
        let newer: Settings = serde_json::from_str(&newer).unwrap();
        assert!(newer.recent.len() == 2 && newer.layout.is_some() && newer.layouts.len() == 1);
    }
}
