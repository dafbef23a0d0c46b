//! The rows, kept from one go to the next, and as they stand in `docs/performance.md`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use wscope_tests::root;

use crate::Outcome;
use crate::machine::{machine, today};

/// Between these lines the page is this program's.
const BEGIN: &str = "<!-- compare -->";
const END: &str = "<!-- /compare -->";

/// A promise and what came of it.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// What came of it.
    pub(crate) measured: String,
    /// What was promised; nothing where nothing was.
    pub(crate) goal: String,
    /// Whether it is kept, where that can be said.
    pub(crate) met: Option<bool>,
}

/// All rows, in the order of their keys.
pub(crate) struct Table {
    path: PathBuf,
    rows: BTreeMap<String, Value>,
}

impl Table {
    /// What was measured before, where there is something.
    pub(crate) fn read(path: PathBuf) -> Self {
        let text = std::fs::read(&path).unwrap_or_default();
        let rows: Value = serde_json::from_slice(&text).unwrap_or_default();
        let rows = rows.as_object().cloned().unwrap_or_default();
        Self { path, rows: rows.into_iter().collect() }
    }

    /// Puts a row in the place of the last one with this key.
    pub(crate) fn put(&mut self, key: impl Into<String>, row: Row) {
        let met = match row.met {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        };
        eprintln!("  {}: {} ({}) {met}", row.what, row.measured, row.goal);
        let cells = [row.what, row.measured, row.goal, met.to_owned()];
        self.rows.insert(key.into(), json!({ "cells": cells, "on": today(), "machine": machine() }));
    }

    pub(crate) fn save(&self) -> Outcome<()> {
        let rows: serde_json::Map<_, _> = self.rows.clone().into_iter().collect();
        Ok(std::fs::write(&self.path, format!("{:#}\n", Value::Object(rows)))?)
    }

    /// As it stands in the page.
    pub(crate) fn markdown(&self) -> String {
        let said = |name: &str| {
            let mut all: Vec<&str> = self.rows.values().filter_map(|row| row[name].as_str()).collect();
            all.sort_unstable();
            all.dedup();
            all.join(" and ")
        };
        let mut text = format!(
            "Measured on {} by `cargo bench -p wscope-tests --bench compare`: {}.\n\n\
             | what | measured | goal | met |\n|---|---|---|---|\n",
            said("on"),
            said("machine"),
        );
        for row in self.rows.values() {
            let cells = row["cells"].as_array().into_iter().flatten().filter_map(Value::as_str);
            text += &format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
        }
        text
    }

    /// Puts it into the page.
    pub(crate) fn write(&self) -> Outcome<()> {
        let path = root().join("docs/performance.md");
        let page = std::fs::read_to_string(&path)?;
        let (before, rest) =
            page.split_once(BEGIN).ok_or("docs/performance.md has no place for the table")?;
        let (_, after) = rest.split_once(END).ok_or("the place for the table has no end")?;
        Ok(std::fs::write(&path, format!("{before}{BEGIN}\n{}{END}{after}", self.markdown()))?)
    }
}

/// A ratio, as people read it.
pub(crate) fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}x") } else { format!("{ratio:.0}x") }
}

/// Seconds, as people read them.
pub(crate) fn seconds(time: f64) -> String {
    match time {
        time if time >= 100.0 => format!("{time:.0} s"),
        time if time >= 10.0 => format!("{time:.1} s"),
        time if time >= 1.0 => format!("{time:.2} s"),
        time => format!("{time:.3} s"),
    }
}

/// Bytes, as people read them.
pub(crate) fn size(bytes: f64) -> String {
    if bytes >= 1e9 { format!("{:.1} GB", bytes / 1e9) } else { format!("{:.0} MB", bytes / 1e6) }
}
