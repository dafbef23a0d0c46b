//! A TLS key log in a folder that nobody else can look into, gone with this.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The folder with the key log.
pub(crate) struct KeyLog {
    folder: PathBuf,
    file: PathBuf,
}

impl KeyLog {
    /// An empty one.
    pub(crate) fn new() -> anyhow::Result<Self> {
        use std::hash::{BuildHasher, RandomState};
        // A fresh random state: the name cannot be foreseen, and a folder that is there already is not taken.
        let word = RandomState::new().hash_one(std::process::id());
        let folder = std::env::temp_dir().join(format!("wscope-keys-{word:016x}"));
        make(&folder).with_context(|| format!("{}: cannot be made for the TLS keys", folder.display()))?;
        let file = folder.join("keys.log");
        let log = Self { folder, file };
        std::fs::write(&log.file, "")
            .with_context(|| format!("{}: cannot be written", log.file.display()))?;
        Ok(log)
    }

    /// Where whoever talks TLS writes its keys.
    pub(crate) fn path(&self) -> &Path {
        &self.file
    }

    /// Where a browser may keep a profile that it has for this once.
    pub(crate) fn profile(&self) -> PathBuf {
        self.folder.join("profile")
    }

    /// What was written. Whole lines only: a process that was ended may have left a part of one.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let mut keys = std::fs::read(&self.file)?;
        let whole = keys.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        keys.truncate(whole);
        Ok(keys)
    }
}

impl Drop for KeyLog {
    fn drop(&mut self) {
        // The system clears its temporary folder one day.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[cfg(unix)]
fn make(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make(folder: &Path) -> io::Result<()> {
    std::fs::create_dir(folder)
}
