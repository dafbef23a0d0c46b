//! Where things lie: the project, the samples, what may lie beside the project, and temporary files.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The project's folder.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the project's folder")
}

/// The folder of the samples.
pub fn samples() -> PathBuf {
    project().join("sample-pcaps")
}

/// Captures of real traffic that are not part of the project. Where they are missing, `what` is told to be left out.
pub fn beside(what: &str) -> Option<PathBuf> {
    let path = project().join("../shared/captures");
    if path.is_dir() {
        return Some(path);
    }
    println!("{what}: left out, there are no captures beside the project");
    None
}

/// The file that lies beside this one, with an ending of its own: `FILE.ending`.
pub fn beside_file(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// All files under `folder` for which `wanted` holds, in order of their paths.
pub fn files_under(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("its entries can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A path among the temporary files that nobody else has; `name` tells whoever finds it whose it was.
fn temporary(name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("wscope-tests-{}-{count}-{name}", std::process::id()))
}

/// A folder that is gone when this is, with all that is in it.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new one.
    pub fn new(name: &str) -> Self {
        let path = temporary(name);
        std::fs::create_dir(&path).expect("a temporary folder can be made");
        Self(path)
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nobody is harmed by one that stays.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file that is gone when this is.
#[derive(Debug)]
pub struct Temporary(PathBuf);

impl Temporary {
    /// A new file with this content.
    pub fn with(content: &[u8]) -> Self {
        Self::named("file", content)
    }

    /// The same, with a name that ends so.
    pub fn named(end: &str, content: &[u8]) -> Self {
        let path = temporary(end);
        std::fs::write(&path, content).expect("a temporary file can be written");
        Self(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nobody is harmed by one that stays.
        let _ = std::fs::remove_file(&self.0);
    }
}
