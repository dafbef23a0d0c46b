//! Gives the capturing program its rights by way of `pkexec`, which asks for the password in a window of the desktop.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where `pkexec` is, if it is.
pub fn pkexec() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").filter(|_| cfg!(target_os = "linux"))?;
    std::env::split_paths(&path).map(|folder| folder.join("pkexec")).find(|path| path.is_file())
}

/// Grants the rights and waits for it. An error is one sentence.
pub fn grant(program: &Path) -> Result<(), String> {
    let pkexec = pkexec().ok_or("There is no pkexec here: copy the command and run it as root")?;
    let mut command = Command::new(pkexec);
    command.args(["setcap", "cap_net_raw,cap_net_admin=eip"]).arg(program).stdin(Stdio::null());
    let output = command.output().map_err(|error| format!("pkexec cannot be started: {error}"))?;
    let says = String::from_utf8_lossy(&output.stderr);
    let says = says.trim().lines().last().unwrap_or("it gave no reason").to_owned();
    output.status.success().then_some(()).ok_or_else(|| format!("The right was not granted: {says}"))
}
