//! Files that are kept between two runs, replaced as a whole.
//!
//! Knows nothing of what stands in them, nor on which thread it is asked.

use std::io;
use std::path::Path;

/// Gives a file of `folder`, which is there, other contents. They are written beside it and then moved, so that a crash
/// leaves the old file or the new one.
pub(super) fn file(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let fresh = folder.join(format!("{name}.new"));
    std::fs::write(&fresh, text)?;
    std::fs::rename(&fresh, folder.join(name))
}
