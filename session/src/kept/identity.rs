//! What tells a capture from every other file, and from itself before it was changed: looked at in places only, so
//! that it takes no longer for twenty gigabytes than for one.

use std::fs::Metadata;
use std::path::Path;

use capture::{Bytes, CaptureError, FileSpan};
use sha2::{Digest, Sha256};

use super::value::structs;

/// What the system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    len: u64,
    /// When its content was changed, in nanoseconds since 1970.
    modified: i64,
    /// When anything about it was changed: nobody can set that back.
    changed: i64,
    device: u64,
    inode: u64,
}

/// A capture's file and its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) stamp: Stamp,
    content: [u8; 32],
}

structs! {
    Stamp { len, modified, changed, device, inode }
    Identity { stamp, content }
}

/// What is looked at of the beginning and of the end.
const ENDS: u64 = 64 << 10;
/// How much is looked at in between, and in how many places.
const PIECE: u64 = 4 << 10;
const PIECES: u64 = 16;

impl Stamp {
    /// Of a regular file.
    pub(super) fn of(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().filter(Metadata::is_file).as_ref().and_then(Self::from)
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// What names the file, whatever is in it; on systems that number files, not its path.
    pub(super) fn key(&self, path: &Path) -> String {
        if self.inode != 0 {
            return format!("{}/{}", self.device, self.inode);
        }
        std::fs::canonicalize(path).unwrap_or(path.to_owned()).display().to_string()
    }

    #[cfg(unix)]
    fn from(about: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanoseconds = |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
        Some(Self {
            len: about.len(),
            modified: nanoseconds(about.mtime(), about.mtime_nsec())?,
            changed: nanoseconds(about.ctime(), about.ctime_nsec())?,
            device: about.dev(),
            inode: about.ino(),
        })
    }

    #[cfg(not(unix))]
    fn from(about: &Metadata) -> Option<Self> {
        let since = about.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
        let modified = i64::try_from(since.as_nanos()).ok()?;
        Some(Self { len: about.len(), modified, changed: 0, device: 0, inode: 0 })
    }
}

impl Identity {
    /// Of a file, and of its bytes as they are read.
    pub(super) fn of(stamp: Stamp, bytes: &dyn Bytes) -> Result<Self, CaptureError> {
        Ok(Self { stamp, content: content(bytes)? })
    }
}

/// Where a capture of this length is looked at.
fn places(len: u64) -> impl Iterator<Item = FileSpan> {
    let piece = move |at: u64, piece: u64| FileSpan { at, len: piece.min(len - at) as u32 };
    let between = move |number| piece((u128::from(len) * number / u128::from(PIECES + 1)) as u64, PIECE);
    let between = (1..=u128::from(PIECES)).map(between);
    [piece(0, ENDS)].into_iter().chain(between).chain([piece(len.saturating_sub(ENDS), ENDS)])
}

fn content(bytes: &dyn Bytes) -> Result<[u8; 32], CaptureError> {
    let mut hash = Sha256::new();
    let mut piece = Vec::new();
    for span in places(bytes.len()) {
        bytes.read(span, &mut piece)?;
        hash.update(&piece);
    }
    Ok(hash.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::Memory;

    /// A byte that is changed where the capture is looked at makes it another one.
    #[test]
    fn a_changed_byte_is_seen() {
        for len in [0, 1, 5000, 70_000, 3 << 20] {
            let mut plain = Memory::whole(vec![7; len]);
            let before = content(&plain).unwrap();
            for span in places(len as u64).filter(|span| span.len > 0) {
                for at in [span.at, span.end() - 1] {
                    plain.bytes[at as usize] ^= 1;
                    assert_ne!(content(&plain).unwrap(), before, "{len} {at}");
                    plain.bytes[at as usize] ^= 1;
                }
            }
            assert_eq!(content(&plain).unwrap(), before);
        }
    }
}
