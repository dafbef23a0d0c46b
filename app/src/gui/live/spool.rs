//! Where a capture lies until it is saved: a file with a name in the user's cache folder, so that it outlives a program
//! that dies. Who writes one holds a lock on it, which the system takes away with the process.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A capture's file until it is saved or thrown away.
#[derive(Debug)]
pub struct Spool {
    /// Where it lies.
    pub path: PathBuf,
    file: File,
}

/// A capture that nobody saved and no living program holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Where it lies.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// When it was written last, in seconds since 1970.
    pub written: i64,
}

/// The folder of unsaved captures.
pub fn folder() -> PathBuf {
    crate::cache::folder("captures")
}

impl Spool {
    /// A new file in `folder`, named after the devices.
    pub fn new(folder: &Path, devices: &[String]) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let safe = |char: char| if char.is_ascii_alphanumeric() { char } else { '-' };
        let devices: String = devices.join("-").chars().take(40).map(safe).collect();
        let now = jiff::Zoned::now().strftime("%Y-%m-%d %H.%M.%S").to_string();
        let mut tries = (0..1000).map(|turn| match turn {
            0 => folder.join(format!("{devices} {now}.{ENDING}")),
            turn => folder.join(format!("{devices} {now} {turn}.{ENDING}")),
        });
        tries
            .find_map(|path| match create(&path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
                Err(error) => Some(Err(error)),
                Ok(file) => Some(Ok(Self::over(path, file))),
            })
            .unwrap_or_else(|| Err(io::ErrorKind::AlreadyExists.into()))
    }

    /// The file of a program that died.
    pub fn take(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        Ok(Self::over(path.to_owned(), file))
    }

    fn over(path: PathBuf, file: File) -> Self {
        // A file system without locks has other windows offer this file as one that was left; that is all.
        let _ = file.try_lock();
        Self { path, file }
    }

    /// The file, open once more.
    pub fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Throws the capture away; who reads it reads on until it is closed.
    pub fn discard(&self) {
        // It may have been moved away by hand.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Moves a capture to where it is to be kept, over whatever is there. An error is one sentence.
pub fn save(from: &Path, to: &Path) -> Result<(), String> {
    // Another file system takes a copy. It comes beside and is then moved, so that what is there is whole.
    let copy = || {
        let mut name = to.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = to.with_file_name(name);
        let copied = std::fs::copy(from, &part).and_then(|_| std::fs::rename(&part, to));
        match &copied {
            Ok(()) => drop(std::fs::remove_file(from)),
            Err(_) => drop(std::fs::remove_file(&part)),
        }
        copied
    };
    std::fs::rename(from, to)
        .or_else(|_| copy())
        .map_err(|error| format!("{}: cannot be saved: {error}", to.display()))
}

/// Captures that were left in `folder`, the newest first. Those in which there is nothing are taken away.
pub fn left(folder: &Path) -> Vec<Leftover> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut left: Vec<Leftover> = entries.filter_map(|entry| leftover(entry.path())).collect();
    left.sort_by_key(|left| std::cmp::Reverse(left.written));
    left
}

fn leftover(path: PathBuf) -> Option<Leftover> {
    if path.extension().is_none_or(|ending| ending != ENDING) {
        return None;
    }
    let file = File::open(&path).ok()?;
    // Its writer lives.
    file.try_lock().ok()?;
    let about = file.metadata().ok()?;
    if about.len() == 0 {
        let _ = std::fs::remove_file(&path);
        return None;
    }
    let written = about.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Leftover { path, bytes: about.len(), written: written.as_secs().try_into().ok()? })
}

const ENDING: &str = "pcapng";

#[cfg(unix)]
fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // Captures hold secrets: nobody else may read them.
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A capture is left when nobody holds it, and not before; saved or thrown away it is not there any more.
    #[test]
    fn what_is_left() {
        let folder = std::env::temp_dir().join(format!("wscope-spools-{}", std::process::id()));
        let spool = Spool::new(&folder, &["lo".to_owned(), "../x".to_owned()]).unwrap();
        let path = spool.path.clone();
        assert_eq!(path.parent(), Some(folder.as_path()));
        std::fs::write(&path, "a capture").unwrap();
        assert_eq!(left(&folder), []);
        drop(spool);
        let found = left(&folder);
        assert_eq!(found.iter().map(|left| (&left.path, left.bytes)).collect::<Vec<_>>(), [(&path, 9)]);
        let kept = folder.join("kept.cap");
        save(&path, &kept).unwrap();
        assert_eq!((left(&folder), std::fs::read(&kept).unwrap().len()), (Vec::new(), 9));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
