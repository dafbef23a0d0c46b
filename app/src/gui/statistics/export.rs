//! The cards as files: tables as CSV, plots as SVG and PNG.
//!
//! Runs on a thread of its own; whether a file that is there may be replaced was asked before.

use std::path::{Path, PathBuf};

use egui::{Vec2, vec2};

use super::cards::Card;
use super::{picture, svg};
use crate::gui::opened::name_of;
use crate::gui::theme::Theme;
use crate::gui::words;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Everything, each into a file of its own in a folder.
    All,
    /// A card's table.
    Table(&'static str),
    /// A card's plot, as SVG.
    Svg(&'static str),
    /// A card's plot, as PNG.
    Png(&'static str),
}

/// Size of a plot in a picture.
const PLOT: Vec2 = vec2(720.0, 240.0);

impl What {
    /// What a file or folder of it is called at first.
    pub fn name(self) -> String {
        let of = |title: &str, ending: &str| format!("{}.{ending}", title.to_lowercase().replace(' ', "-"));
        match self {
            Self::All => "statistics".into(),
            Self::Table(title) => of(title, "csv"),
            Self::Svg(title) => of(title, "svg"),
            Self::Png(title) => of(title, "png"),
        }
    }

    /// What is asked for.
    pub const fn asks(self) -> &'static str {
        match self {
            Self::All => "Path of a folder",
            Self::Table(_) => "Path of a CSV file",
            Self::Svg(_) => "Path of an SVG file",
            Self::Png(_) => "Path of a PNG file",
        }
    }

    /// The files that are written for a path.
    pub fn files(self, path: &Path, cards: &[Card]) -> Vec<(PathBuf, Self)> {
        match self {
            Self::All => cards
                .iter()
                .flat_map(|card| [Self::Table(card.title), Self::Svg(card.title), Self::Png(card.title)])
                .map(|what| (path.join(what.name()), what))
                .collect(),
            what => vec![(path.to_owned(), what)],
        }
    }
}

/// What stands below a picture's title.
fn told(card: &Card) -> String {
    card.says() + card.plot.sides()
}

/// The plot of a card as SVG.
pub fn svg(card: &Card, theme: &Theme) -> String {
    let chart = card.plot.draw(vec2(PLOT.x, card.plot.height(PLOT.y)));
    svg::write(&chart, theme, card.title, &told(card))
}

/// Writes it and says in a sentence what was written.
pub fn write(what: What, path: &Path, cards: &[Card], theme: &Theme) -> Result<String, String> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    if what == What::All {
        std::fs::create_dir_all(path).map_err(|error| failed(path, &error))?;
    }
    let files = what.files(path, cards);
    for (file, what) in &files {
        let (What::Table(title) | What::Svg(title) | What::Png(title)) = what else { continue };
        let Some(card) = cards.iter().find(|card| card.title == *title) else { continue };
        let written = match what {
            What::Svg(_) => std::fs::write(file, svg(card, theme)),
            What::Png(_) => {
                let chart = card.plot.draw(vec2(PLOT.x, card.plot.height(PLOT.y)));
                let png = picture::png(&chart, theme, card.title, &told(card))?;
                std::fs::write(file, png)
            }
            _ => std::fs::write(file, card.table.csv()),
        };
        written.map_err(|error| failed(file, &error))?;
    }
    Ok(match what {
        What::All => {
            let count = words::counted(files.len() as u64, "file", "files");
            format!("{count} were written to {}", path.display())
        }
        _ => format!("{} was written to {}", name_of(path), path.parent().unwrap_or(path).display()),
    })
}
