//! How a user is given the right to capture, once and for all, on each system.

use super::remote::quoted;
use super::tool::Tool;

/// The one command that grants it, where there is one.
pub fn command(tool: &Tool) -> Option<String> {
    let path = tool.path().filter(|_| cfg!(target_os = "linux"))?.to_str()?;
    let plain = path.chars().all(|char| char.is_ascii_alphanumeric() || "/._-+".contains(char));
    let path = if plain { path.to_owned() } else { quoted(path) };
    Some(format!("sudo setcap cap_net_raw,cap_net_admin=eip {path}"))
}

/// What to do, in words that end a sentence.
pub fn advice(tool: &Tool) -> String {
    if let Tool::Remote(host) = tool {
        return format!("log in to {host} as a user who may capture, or give tcpdump there the right");
    }
    match command(tool) {
        Some(command) => format!("grant it once with: {command}"),
        None if cfg!(target_os = "macos") => {
            "install ChmodBPF, which comes with Wireshark, or run: sudo chown $USER /dev/bpf*".to_owned()
        }
        None if cfg!(windows) => {
            "install Npcap (https://npcap.com) without the option that keeps it to administrators".to_owned()
        }
        None => "run it as a user who may".to_owned(),
    }
}
