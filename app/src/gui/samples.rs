//! The samples that come with the program, found beside it or where it was started.

use std::path::{Path, PathBuf};

/// What the start page says of a sample.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The file.
    pub path: PathBuf,
    /// What it shows, in one sentence.
    pub shows: String,
}

const FOLDER: &str = "sample-pcaps";

/// The samples, in the order of their list; the tour first.
pub fn find() -> Vec<Sample> {
    let beside = std::env::current_exe().ok();
    let here = std::env::current_dir().ok();
    let beside = beside.iter().flat_map(|path| path.ancestors().skip(1).take(5));
    let shared = beside.clone().map(|folder| folder.join("share/wscope"));
    let places = shared
        .chain(beside.map(Path::to_owned))
        .chain(here.iter().flat_map(|path| path.ancestors().take(4)).map(Path::to_owned));
    for place in places {
        let samples = read(&place.join(FOLDER));
        if !samples.is_empty() {
            return samples;
        }
    }
    Vec::new()
}

fn read(folder: &Path) -> Vec<Sample> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        #[serde(default)]
        sample: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        file: String,
        #[serde(default)]
        shows: String,
    }
    let text = std::fs::read_to_string(folder.join("MANIFEST.toml")).unwrap_or_default();
    let manifest = toml::from_str(&text).unwrap_or(Manifest { sample: Vec::new() });
    let entries = manifest
        .sample
        .into_iter()
        .map(|entry| Sample { path: folder.join(entry.file), shows: alone(entry.shows) });
    let mut samples: Vec<Sample> = entries.filter(|sample| sample.path.is_file()).collect();
    samples.sort_by_key(|sample| sample.path.file_stem().is_none_or(|stem| stem != "tour"));
    samples
}

/// A single sentence has no period on the screen.
fn alone(says: String) -> String {
    match says.strip_suffix('.') {
        Some(sentence) if !sentence.contains(". ") => sentence.to_owned(),
        _ => says,
    }
}
