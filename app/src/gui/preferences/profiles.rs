//! Profiles: preferences and a layout under a name, each a folder in `profiles`. The default one is the folder around it.
//!
//! Names come from whoever types: only those that are a plain name of one folder, on any system, are taken.

use std::io;
use std::path::{Path, PathBuf};

use crate::gui::layout::{self, Layout};
use crate::gui::replace;

/// What the profile is called that is always there.
pub const DEFAULT: &str = "Default";
const FOLDER: &str = "profiles";
const LAYOUT: &str = "layout.json";
/// The longest name, in characters.
const LONGEST: usize = 40;

/// A profile's folder; of the default one where there is no name.
pub fn folder(root: &Path, name: Option<&str>) -> PathBuf {
    name.map_or_else(|| root.to_owned(), |name| root.join(FOLDER).join(name))
}

/// The names of the profiles that are there, in order.
pub fn list(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| plain(name).is_ok());
    names.sort_by_key(|name| name.to_lowercase());
    names
}

/// Whether a name can be given to something that is kept, and if not, what is wrong with it.
pub fn plain(name: &str) -> Result<(), &'static str> {
    const NONE_OF: &[char] = &['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
    /// Names that are devices on some systems.
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com1", "lpt1"];
    if name.trim().is_empty() {
        Err("Type a name")
    } else if name.trim() != name {
        Err("A name does not begin or end with a space")
    } else if name.chars().count() > LONGEST {
        Err("A name has 40 characters at most")
    } else if name.starts_with('.') || name.ends_with('.') {
        Err("A name does not begin or end with a period")
    } else if name.contains(NONE_OF) || name.chars().any(char::is_control) {
        Err("A name has none of / \\ : * ? \" < > |")
    } else if DEVICES.contains(&name.to_lowercase().as_str()) {
        Err("Some systems keep that name for themselves")
    } else {
        Ok(())
    }
}

/// The same, and that it is none of those in use.
pub fn free(name: &str, used: &[String]) -> Result<(), &'static str> {
    plain(name)?;
    let lower = name.to_lowercase();
    let taken = lower == DEFAULT.to_lowercase() || used.iter().any(|used| used.to_lowercase() == lower);
    if taken { Err("There is one of that name already") } else { Ok(()) }
}

/// Makes a folder for a profile.
pub fn make(root: &Path, name: &str) -> io::Result<()> {
    plain(name).map_err(io::Error::other)?;
    std::fs::create_dir_all(root.join(FOLDER))?;
    std::fs::create_dir(folder(root, Some(name)))
}

/// Gives a profile another name.
pub fn rename(root: &Path, from: &str, to: &str) -> io::Result<()> {
    plain(from).and_then(|()| plain(to)).map_err(io::Error::other)?;
    let to = folder(root, Some(to));
    if to.exists() {
        return Err(io::Error::other("There is one of that name already"));
    }
    std::fs::rename(folder(root, Some(from)), to)
}

/// Deletes a profile, and of its folder only what is ours.
pub fn delete(root: &Path, name: &str) -> io::Result<()> {
    plain(name).map_err(io::Error::other)?;
    let folder = folder(root, Some(name));
    for file in [super::file::FILE, super::file::BAD, LAYOUT] {
        match std::fs::remove_file(folder.join(file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    std::fs::remove_dir(folder)
}

/// The layout of a profile other than the default one.
pub fn layout(root: &Path, name: &str) -> Option<Layout> {
    let text = std::fs::read_to_string(folder(root, Some(name)).join(LAYOUT)).ok()?;
    layout::kept::read(serde_json::from_str(&text).ok()?)
}

/// Keeps the layout of a profile other than the default one.
pub fn keep_layout(root: &Path, name: &str, layout: &Layout) -> io::Result<()> {
    replace::file(&folder(root, Some(name)), LAYOUT, &serde_json::to_string_pretty(layout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No name leads out of the folder of profiles, and none is two names on one disk.
    #[test]
    fn names_are_plain() {
        for bad in [
            "",
            " ",
            "..",
            ".",
            "../x",
            "a/b",
            "a\\b",
            "C:",
            "x\0",
            "nul",
            " a",
            "a ",
            ".git",
            "a\n",
            &"x".repeat(41),
        ] {
            assert!(plain(bad).is_err(), "{bad:?}");
            assert!(make(Path::new("/nowhere"), bad).is_err());
        }
        for good in ["Work", "TLS only", "日本語", "v2.1", "a-b_c (2)"] {
            assert_eq!(plain(good), Ok(()), "{good}");
        }
        assert!(free("work", &["Work".to_owned()]).is_err() && free("default", &[]).is_err());
    }

    /// A profile is made, renamed and deleted; what somebody else put into its folder is not deleted with it.
    #[test]
    fn made_renamed_deleted() {
        let root = std::env::temp_dir().join(format!("wscope-profiles-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        assert!(list(&root).is_empty());
        make(&root, "Work").unwrap();
        make(&root, "alpha").unwrap();
        assert!(make(&root, "Work").is_err());
        keep_layout(&root, "Work", &layout::fresh()).unwrap();
        assert_eq!(list(&root), ["alpha", "Work"]);
        assert!(rename(&root, "Work", "alpha").is_err());
        rename(&root, "Work", "Lab").unwrap();
        assert!(layout(&root, "Lab").is_some() && layout(&root, "Work").is_none());
        delete(&root, "Lab").unwrap();
        std::fs::write(folder(&root, Some("alpha")).join("notes.txt"), "mine").unwrap();
        assert!(delete(&root, "alpha").is_err());
        assert!(folder(&root, Some("alpha")).join("notes.txt").exists());
        std::fs::remove_dir_all(&root).unwrap();
    }
}
