//! Made-up captures in a folder: made where they are not there yet, gone when nobody wants them any more.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use wscope_tests::place::beside_file;
use wscope_tests::traffic::{Plan, Profile, Until};

use crate::Outcome;
use crate::options::Options;

/// What everything is made from.
const SEED: u64 = 1;

/// The folder.
pub(crate) struct Files {
    folder: PathBuf,
    keeps: bool,
    /// Those that were made here and now.
    made: Vec<PathBuf>,
}

/// A made-up capture.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) path: PathBuf,
    pub(crate) keys: Option<PathBuf>,
    pub(crate) bytes: f64,
    pub(crate) packets: u64,
}

impl Files {
    pub(crate) fn new(options: &Options) -> Self {
        Self { folder: options.folder(), keeps: options.keeps(), made: Vec::new() }
    }

    /// A capture of this size, as it lies in the system's cache.
    pub(crate) fn of(&mut self, profile: Profile, size: u64) -> Outcome<Made> {
        self.planned(
            profile,
            &format!("{}-{}MB", profile.name(), size / 1_000_000),
            &Plan::new(profile, size, SEED),
        )
    }

    /// A capture of so many connections, of which so many speak at the same time, and as many packets.
    pub(crate) fn many(&mut self, connections: u32, at_once: u32, packets: u64) -> Outcome<Made> {
        let plan = Plan::new(Profile::Many, 0, SEED).with_connections(connections).at_once(at_once);
        let name = format!("many-{connections}-connections-{at_once}-at-once-{packets}-packets");
        self.planned(Profile::Many, &name, &plan.until(Until::Packets(packets)))
    }

    fn planned(&mut self, profile: Profile, name: &str, plan: &Plan) -> Outcome<Made> {
        let path = self.folder.join(format!("{name}.pcap"));
        let (truth, keys) = (beside_file(&path, "truth.json"), beside_file(&path, "keys"));
        // The truth is written last: where it is, the capture is whole.
        if !truth.is_file() {
            eprintln!("  making {name}");
            self.made.push(path.clone());
            let (_, told) = plan.write(File::create(&path)?)?;
            fs::write(&keys, plan.key_log())?;
            fs::write(&truth, told.json().to_string())?;
        }
        let truth: Value = serde_json::from_slice(&fs::read(truth)?)?;
        let number = |name: &str| truth[name].as_u64().ok_or("a truth without numbers");
        warm(&path)?;
        Ok(Made {
            path,
            keys: (profile == Profile::Tls).then_some(keys),
            bytes: number("bytes")? as f64,
            packets: number("packets")?,
        })
    }

    /// This one is not needed any more; where it was there before, it stays.
    pub(crate) fn drop(&mut self, made: &Made) {
        if let Some(place) = self.made.iter().position(|path| *path == made.path) {
            remove(&self.made.swap_remove(place));
        }
    }

    /// None is needed any more.
    pub(crate) fn clear(&mut self) {
        if !self.keeps {
            self.made.drain(..).for_each(|path| remove(&path));
        }
    }
}

fn remove(path: &Path) {
    for path in [beside_file(path, "truth.json"), beside_file(path, "keys"), path.to_owned()] {
        // One that is left behind harms nobody.
        let _ = fs::remove_file(path);
    }
}

/// Reads a file once, so that whoever is measured first does not pay for the disk.
fn warm(path: &Path) -> Outcome<()> {
    let (mut file, mut page) = (File::open(path)?, vec![0; 4 << 20]);
    while file.read(&mut page)? > 0 {}
    Ok(())
}
