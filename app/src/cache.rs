//! The user's cache folder: captures until they are saved, and index files of those that are.

use std::path::PathBuf;

use session::kept::Keeping;

/// What all index files may take together.
const MOST: u64 = 10_000_000_000;

/// A folder of ours in it, as the XDG base directories say.
pub fn folder(name: &str) -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    cache.unwrap_or_else(std::env::temp_dir).join("wscope").join(name)
}

/// Index files of captures that have `from` bytes or more.
pub fn indexes(from: u64) -> Keeping {
    Keeping { folder: folder("index"), from, most: MOST, program: program() }
}

/// None at all, whatever else is wanted.
pub fn no_indexes() -> Keeping {
    indexes(u64::MAX)
}

/// This very program: two that were built of different sources may have the same version.
fn program() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let about = std::env::current_exe().and_then(std::fs::metadata);
    let built = about.and_then(|about| Ok((about.len(), about.modified()?)));
    match built {
        Ok((len, modified)) => {
            let since = modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            format!("{version} {len} {}", since.as_nanos())
        }
        Err(_) => version.to_owned(),
    }
}
