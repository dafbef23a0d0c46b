//! The samples as `sample-pcaps/MANIFEST.toml` describes them.

use std::path::PathBuf;
use std::sync::Arc;

use session::{Options, Snapshot};
use toml::Value;

use crate::{place, replay};

/// What the manifest says of one sample.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The capture's file name.
    pub file: String,
    /// The file of what its endpoints say.
    pub truth: Option<String>,
    /// The file of its TLS key log.
    pub keys: Option<String>,
    /// Records in the file.
    pub packets: u32,
    /// Upgrades asked for, and connections whose frames are seen without one.
    pub connections: u32,
    /// Frames whose header was captured.
    pub frames: u32,
    /// Data messages that were captured whole.
    pub messages: u32,
    /// Codes of rules that must be raised.
    pub rules: Vec<String>,
}

impl Sample {
    /// The file's name without what says its format.
    pub fn name(&self) -> &str {
        self.file.rsplit_once('.').map_or(&self.file, |(name, _)| name)
    }

    /// Where the capture lies.
    pub fn path(&self) -> PathBuf {
        place::samples().join(&self.file)
    }

    /// The capture itself.
    pub fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap_or_else(|error| panic!("{}: {error}", self.file))
    }

    /// How it is read: with its key log, where it has one.
    pub fn options(&self) -> Options {
        let keys = self.keys.as_ref().map(|keys| place::samples().join(keys));
        replay::keys(keys.as_deref())
    }

    /// What the program makes of it.
    pub fn read(&self) -> Arc<Snapshot> {
        replay::file_with(&self.path(), &self.options())
            .unwrap_or_else(|error| panic!("{}: {error}", self.file))
    }

    /// Whether the capture itself holds the keys to its TLS.
    pub fn carries_keys(&self) -> bool {
        self.file.starts_with("tls13-embedded-keys")
    }

    /// Whether something is missing from the traffic, so that the observer has to guess.
    pub fn damaged(&self) -> bool {
        self.rules.iter().any(|rule| rule.starts_with("obs-"))
    }
}

/// All samples in the manifest's order.
pub fn samples() -> Vec<Sample> {
    let path = place::samples().join("MANIFEST.toml");
    let text = std::fs::read_to_string(path).expect("the manifest can be read");
    let manifest: toml::Table = text.parse().expect("the manifest is TOML");
    let samples = manifest["sample"].as_array().expect("the manifest lists samples");
    samples.iter().map(sample).collect()
}

fn sample(entry: &Value) -> Sample {
    let text = |key: &str| entry.get(key).map(|value| value.as_str().expect("text").to_owned());
    let count = |key: &str| {
        let count = entry.get(key).and_then(Value::as_integer).unwrap_or_else(|| panic!("{key} in {entry}"));
        u32::try_from(count).expect("a count")
    };
    let rules = entry["rules"].as_array().expect("rules are a list");
    Sample {
        file: text("file").expect("each sample has a file"),
        truth: text("truth"),
        keys: text("keys"),
        packets: count("packets"),
        connections: count("connections"),
        frames: count("frames"),
        messages: count("messages"),
        rules: rules.iter().map(|rule| rule.as_str().expect("a code").to_owned()).collect(),
    }
}
