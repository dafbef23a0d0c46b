//! Where preferences stand: `preferences.toml`, which is meant to be read and edited. Each key has a comment; comments and
//! keys that are not ours stay where they are when it is written.
//!
//! A file that cannot be read is said, with the place, and never written over: it is moved aside first.

use std::path::Path;
use std::thread::JoinHandle;

use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::Preferences;
use crate::gui::replace;

/// The file's name.
pub const FILE: &str = "preferences.toml";
/// What a file that could not be read is called once another one was written.
pub const BAD: &str = "preferences.toml.bad";

/// What a file that is not there yet looks like.
const TEMPLATE: &str = r#"# What you decide about wscope, in the window (Ctrl+Comma) or here. It is read when the window opens.
# Your comments stay, and so do keys that wscope does not know.

[appearance]
# "system", "dark" or "light"
theme = "system"
# "usual", or "high" for text and lines that stand out further
contrast = "usual"
# How large everything is: from 0.5 to 3.0
zoom = 1.0

[table]
# "since-start", "since-previous", "since-request" or "clock", the time of day
times = "since-start"
# Height of rows: "compact", "usual" or "roomy"
rows = "usual"

[reading]
# TCP ports of servers that carry WebSocket although no opening handshake says so: [8081, 9000]
websocket-ports = []
# TLS key logs (SSLKEYLOGFILE) that every capture is read with: ["/home/me/keys.log"]
key-logs = []
# Captures of so many megabytes or more keep an index in the cache folder and open again at once; 0 is none
index-from = 0

[protocols]
# What reads the messages of which connections, as --decode has it:
# ["subprotocol=my.chat=json", "port=9000=mqtt", "path=/feed=socket.io"]
decode = []

[capture]
# Whether what is meant for others is captured too
promiscuous = true
# The system's buffer, in megabytes: from 1 to 2000
buffer = 16

[memory]
# How many files that were opened are remembered: from 0 to 50
recent-files = 12
# Whether the panes come back where they were
arrangement = true
"#;

/// What a folder's file says.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What was decided; the defaults where the file is not there or cannot be read.
    pub preferences: Preferences,
    /// Whether there is a file.
    pub there: bool,
    /// Why it could not be read, in a sentence with its place.
    pub fault: Option<String>,
}

/// Reads a folder's preferences.
pub fn load(folder: &Path) -> Loaded {
    let text = match std::fs::read_to_string(folder.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Loaded::default(),
        Err(error) => {
            let fault = format!("{FILE} cannot be read, so the defaults hold: {error}");
            return Loaded { there: true, fault: Some(fault), ..Loaded::default() };
        }
    };
    match read(&text) {
        Ok(preferences) => Loaded { preferences, there: true, fault: None },
        Err(fault) => Loaded { there: true, fault: Some(fault), ..Loaded::default() },
    }
}

/// What a text says, or what is wrong with it in a sentence.
pub fn read(text: &str) -> Result<Preferences, String> {
    toml::from_str::<Preferences>(text).map(Preferences::sound).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let says = error.message().trim().replace('\n', ", ");
        format!("{FILE}, line {line}, column {column}: {says}. Mend it and open wscope again; until then the defaults hold")
    })
}

/// Writes preferences, on a thread of its own. A file that cannot be read is moved aside before it is replaced.
pub fn save(preferences: &Preferences, folder: &Path) -> JoinHandle<()> {
    let (preferences, folder) = (preferences.clone(), folder.to_owned());
    std::thread::spawn(move || {
        let path = folder.join(FILE);
        let there = std::fs::read_to_string(&path).ok();
        let good = there.filter(|text| read(text).is_ok());
        if good.is_none() && path.exists() && std::fs::rename(&path, folder.join(BAD)).is_err() {
            return;
        }
        let Some(text) = text(good.as_deref(), &preferences) else { return };
        let _ = std::fs::create_dir_all(&folder).and_then(|()| replace::file(&folder, FILE, &text));
    })
}

/// The text of a file that says `preferences`: what stands there already, with other values.
pub fn text(there: Option<&str>, preferences: &Preferences) -> Option<String> {
    let template: DocumentMut = TEMPLATE.parse().ok()?;
    let mut document = there.and_then(|text| text.parse().ok()).unwrap_or_else(|| template.clone());
    let values = toml_edit::ser::to_document(preferences).ok()?;
    for (section, values) in values.iter() {
        let Some(values) = values.as_table_like() else { continue };
        if !document.contains_key(section) {
            let shape = template.get(section).cloned().unwrap_or_else(|| Item::Table(Table::new()));
            document.insert(section, shape);
        }
        if let Some(table) = document.get_mut(section).and_then(Item::as_table_like_mut) {
            fill(table, template.get(section).and_then(Item::as_table), values);
        }
    }
    Some(document.to_string())
}

fn fill(table: &mut dyn TableLike, template: Option<&Table>, values: &dyn TableLike) {
    for (key, value) in values.iter() {
        let Some(value) = value.as_value() else { continue };
        if let Some(there) = table.get_mut(key).and_then(Item::as_value_mut) {
            let around = there.decor().clone();
            *there = value.clone();
            *there.decor_mut() = around;
            continue;
        }
        table.insert(key, Item::Value(value.clone()));
        let comment = template.and_then(|template| template.key(key)).map(|key| key.leaf_decor().clone());
        if let (Some(comment), Some(mut key)) = (comment, table.key_mut(key)) {
            *key.leaf_decor_mut() = comment;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::preferences::{Appearance, Contrast};

    /// The file that is written first says the defaults, and every key in it is one that is read.
    #[test]
    fn the_first_file_says_the_defaults() {
        assert_eq!(read(TEMPLATE), Ok(Preferences::default()));
        assert_eq!(text(None, &Preferences::default()).as_deref(), Some(TEMPLATE));
    }

    /// What somebody wrote into the file stays: comments, order, keys that are not ours. What is missing comes with its
    /// comment.
    #[test]
    fn what_is_not_ours_stays() {
        let there = "# mine\nfuture = 1\n\n[appearance]\ntheme = \"light\" # bright room\nsparkle = true\n\n[plugins]\nx = [1]\n";
        let mut preferences = read(there).unwrap();
        assert_eq!(preferences.appearance.theme, Appearance::Light);
        preferences.appearance.theme = Appearance::Dark;
        preferences.appearance.contrast = Contrast::High;
        let after = text(Some(there), &preferences).unwrap();
        for kept in
            ["# mine\nfuture = 1\n", "theme = \"dark\" # bright room", "sparkle = true", "[plugins]\nx = [1]"]
        {
            assert!(after.contains(kept), "{kept}\n{after}");
        }
        assert!(after.contains("stand out further\ncontrast = \"high\""), "{after}");
        assert_eq!(read(&after), Ok(preferences.clone()));
        assert_eq!(text(Some(&after), &preferences).as_deref(), Some(&after[..]));
    }

    /// What is wrong is said with its line and column; numbers beyond what may be come to its edge.
    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let fault = read("[appearance]\ntheme = \"pink\"\n").unwrap_err();
        assert!(fault.starts_with("preferences.toml, line 2, column 9: "), "{fault}");
        assert!(fault.contains("pink") && fault.contains("dark"), "{fault}");
        let fault = read("[reading]\nwebsocket-ports = [80, 70000]\n").unwrap_err();
        assert!(fault.contains("line 2, column 24"), "{fault}");
        assert!(read("[table\n").unwrap_err().contains("line 1"));
        let wide = read("[appearance]\nzoom = 90\n[memory]\nrecent-files = 4000\n").unwrap();
        assert_eq!((wide.appearance.zoom, wide.memory.recent_files), (3.0, 50));
    }

    /// A file that cannot be read is moved aside when another one is written.
    #[test]
    fn a_bad_file_is_moved_aside() {
        let folder = std::env::temp_dir().join(format!("wscope-preferences-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(FILE), "theme = = 3\n").unwrap();
        let loaded = load(&folder);
        assert!(loaded.there && loaded.fault.is_some() && loaded.preferences == Preferences::default());
        save(&loaded.preferences, &folder).join().unwrap();
        assert_eq!(std::fs::read_to_string(folder.join(BAD)).unwrap(), "theme = = 3\n");
        assert!(load(&folder).fault.is_none());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
