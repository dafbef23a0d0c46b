//! The folder of index files: for their user only, no larger than it may be, the oldest gone first.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the name of an index file ends with, and of one that is being written.
const ENDING: &str = "index";
const PART: &str = "part";

/// What is still being written after such a time was left by a program that died.
const LEFT: Duration = Duration::from_secs(60 * 60);

/// Where the index file of this key lies.
pub(super) fn place(folder: &Path, key: &str) -> PathBuf {
    folder.join(key).with_extension(ENDING)
}

/// Writes a file that is there as a whole or not at all.
pub(super) fn write(place: &Path, content: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    let part = place.with_extension(format!("{}.{PART}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Of a program that died, had the same number, and wrote the same file; or of a thread of this one, which then
    // writes on into a file without a name.
    let _ = std::fs::remove_file(&part);
    let file = options.open(&part)?;
    // It need not outlive the machine: what was not written out in time is found damaged, and made anew.
    let written = content(&file).and_then(|()| std::fs::rename(&part, place));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}

/// Removes what is more than `most` bytes, the newest last, and what was left by programs that died.
pub(super) fn tidy(folder: &Path, most: u64) -> io::Result<()> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Ok(about) = std::fs::metadata(&path) else { continue };
        let (Some(ending), Ok(modified)) = (path.extension(), about.modified()) else { continue };
        if ending == ENDING {
            kept.push((modified, about.len(), path));
        } else if ending == PART && modified.elapsed().is_ok_and(|age| age > LEFT) {
            let _ = std::fs::remove_file(&path);
        }
    }
    kept.sort_by_key(|(modified, ..)| std::cmp::Reverse(*modified));
    let mut sum = 0_u64;
    for (_, len, path) in kept {
        sum = sum.saturating_add(len);
        if sum > most {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// The oldest go first; what is not an index stays.
    #[test]
    fn the_oldest_go_first() {
        let folder = std::env::temp_dir().join(format!("wscope-folder-{}", std::process::id()));
        for name in ["a", "b", "c"] {
            write(&place(&folder, name), |mut file| file.write_all(&[0; 100])).unwrap();
            std::thread::sleep(Duration::from_millis(20));
        }
        std::fs::write(folder.join("other"), [0; 1000]).unwrap();
        let there = || {
            let names = std::fs::read_dir(&folder).unwrap();
            let mut names: Vec<_> =
                names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        tidy(&folder, 300).unwrap();
        assert_eq!(there(), ["a.index", "b.index", "c.index", "other"]);
        tidy(&folder, 299).unwrap();
        assert_eq!(there(), ["b.index", "c.index", "other"]);
        tidy(&folder, 10).unwrap();
        assert_eq!(there(), ["other"]);
        let failed = write(&place(&folder, "d"), |_| Err(io::ErrorKind::StorageFull.into()));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(there(), ["other"]);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
