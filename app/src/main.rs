//! wscope: the window, or one of the commands.

mod cli;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

fn main() -> ExitCode {
    let cli = cli::parse();
    cli::exit(match &cli.command {
        Some(command) => cli::run(command),
        None => open(cli.file, &cli.how).map(|()| cli::Outcome::Done),
    })
}

/// Opens the window; where there is none to be had, says so and prints the summary.
fn open(file: Option<PathBuf>, how: &cli::How) -> anyhow::Result<()> {
    let Err(why) = window(file.clone(), how) else { return Ok(()) };
    let file =
        file.with_context(|| format!("{why:#}; name a capture to see its summary here, or try --help"))?;
    eprintln!("wscope: {why:#}; this is what `wscope summary` prints");
    cli::summarize(&file, how)
}

fn window(file: Option<PathBuf>, how: &cli::How) -> anyhow::Result<()> {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if cfg!(target_os = "linux") && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
        bail!("no window: neither DISPLAY nor WAYLAND_DISPLAY is set");
    }
    how.filter()?;
    wscope::gui::run(file, how.session(true), how.display_filter.clone(), how.decode.clone())
}
