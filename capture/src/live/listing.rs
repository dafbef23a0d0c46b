//! The devices of this machine, asked of the program that can open them.

use std::process::{Command, Stdio};

use super::device::Device;
use super::tool::Tool;

/// The devices, and the program that told them. An error is one sentence.
pub fn devices() -> Result<(Vec<Device>, Tool), String> {
    devices_by(&Tool::all())
}

/// The same, by the first of these programs that tells them.
pub fn devices_by(tools: &[Tool]) -> Result<(Vec<Device>, Tool), String> {
    let mut failed = None;
    for tool in tools {
        match ask(tool) {
            Ok(devices) => return Ok((devices, tool.clone())),
            Err(says) => failed = failed.or(Some(says)),
        }
    }
    Err(failed.unwrap_or_else(|| {
        format!("no program that captures is here: build {} or install dumpcap or tcpdump", super::tool::OWN)
    }))
}

fn ask(tool: &Tool) -> Result<Vec<Device>, String> {
    let path = tool.path().ok_or("another machine is not asked for its devices")?;
    let list = if matches!(tool, Tool::Own(_)) { "--list" } else { "-D" };
    let output = Command::new(path).arg(list).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{}: cannot be started: {error}", path.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let says =
            String::from_utf8_lossy(&output.stderr).trim().lines().last().unwrap_or_default().to_owned();
        return Err(format!("{} lists no devices: {says}", tool.name()));
    }
    match tool {
        Tool::Own(_) => serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display())),
        _ => Ok(text.lines().filter_map(numbered).collect()),
    }
}

/// `2.any (Pseudo-device that captures on all interfaces) [Up, Running]`, as tcpdump and dumpcap list them.
fn numbered(line: &str) -> Option<Device> {
    let (number, rest) = line.split_once(['.', ' '])?;
    number.parse::<u32>().ok()?;
    let rest = rest.trim_start();
    let (name, more) = rest.split_once(' ').unwrap_or((rest, ""));
    // A description may hold brackets of its own.
    let (words, flags) = more.rsplit_once('[').unwrap_or((more, ""));
    let description = words.trim().strip_prefix('(').map(|words| words.strip_suffix(')').unwrap_or(words));
    Some(Device {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        up: flags.contains("Up"),
        running: flags.contains("Running"),
        loopback: flags.contains("Loopback") || name == "lo",
        wireless: flags.contains("Wireless"),
        ..Device::default()
    })
}
