//! Colors on a terminal: which ones, and whether at all.

use std::fmt;
use std::io::IsTerminal;

use clap::builder::styling::{AnsiColor, Style};

use super::column::Tone;

/// Whether stdout takes colors, and how wide it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) color: bool,
    /// Columns of the terminal; none where stdout is no terminal.
    pub(crate) width: Option<usize>,
}

impl Look {
    /// What the terminal and the environment say; `--no-color` is stronger.
    pub(crate) fn of(no_color: bool) -> Self {
        let terminal = std::io::stdout().is_terminal();
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let is = |name: &str, what: &str| set(name).is_some_and(|value| value == what);
        // https://no-color.org and https://bixense.com/clicolors: NO_COLOR wins, then CLICOLOR_FORCE.
        let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let wanted = forced || (terminal && !is("CLICOLOR", "0") && !is("TERM", "dumb"));
        let color = !no_color && set("NO_COLOR").is_none() && wanted;
        let width = terminal.then(|| {
            let told = set("COLUMNS").and_then(|value| value.to_str()?.parse().ok());
            let asked = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
            told.or_else(asked).unwrap_or(100).max(20)
        });
        Self { color, width }
    }

    /// Adds text in a tone to `line`.
    pub(crate) fn write(self, line: &mut Vec<u8>, tone: Tone, text: &[&str]) {
        let style = self.color.then(|| style(tone));
        // Writing to memory cannot fail.
        let _ = style.map(|style| style.write_to(line));
        text.iter().for_each(|part| line.extend_from_slice(part.as_bytes()));
        let _ = style.map(|style| style.write_reset_to(line));
    }

    /// `text` in a tone.
    pub(crate) fn paint<T: fmt::Display>(self, tone: Tone, text: T) -> Painted<T> {
        Painted { style: if self.color { style(tone) } else { Style::new() }, text }
    }
}

/// Text with its color.
pub(crate) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.style.render(), self.text, self.style.render_reset())
    }
}

/// The terminal's own colors, so that they suit its background.
fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Client => AnsiColor::Cyan.on_default(),
        Tone::Server => AnsiColor::Magenta.on_default(),
        Tone::Dim => Style::new().dimmed(),
        Tone::Error => AnsiColor::Red.on_default(),
        Tone::Note => AnsiColor::Blue.on_default(),
        Tone::Warn => AnsiColor::Yellow.on_default(),
        Tone::Strong => Style::new().bold(),
    }
}
