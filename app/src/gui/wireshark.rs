//! Wireshark, where it is installed: found on the PATH, and opened at a packet. Knows no widget.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Whether it is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wireshark {
    /// It is being looked for.
    #[default]
    Sought,
    /// It is not installed.
    Missing,
    /// This is the program.
    There(PathBuf),
}

/// One that ends so soon with an error has shown nothing.
const SOON: Duration = Duration::from_secs(5);

impl Wireshark {
    /// Looks for it in the folders of `path`, as a shell does.
    pub fn find(path: &OsStr) -> Self {
        let programs = std::env::split_paths(path).map(|folder| folder.join("wireshark"));
        programs.into_iter().find(|program| can_be_run(program)).map_or(Self::Missing, Self::There)
    }

    /// Why it cannot open what lies in `file`; nothing where it can.
    pub fn why_not(&self, file: &Path) -> Option<&'static str> {
        match self {
            Self::Sought => Some("it is being looked for"),
            Self::Missing => Some("it is not installed"),
            Self::There(_) if !file.is_absolute() => Some("this capture came through a pipe"),
            Self::There(_) => None,
        }
    }

    /// Opens a capture at the packet of this number, and returns when it is closed, or has failed. An error is one
    /// sentence.
    pub fn open(&self, file: &Path, packet: u64) -> Result<(), String> {
        let Self::There(program) = self else { return Err("Wireshark is not installed".into()) };
        let begun = Instant::now();
        let mut command = Command::new(program);
        command.arg("-r").arg(file).args(["-g", &packet.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        apart(&mut command);
        let mut child = command.spawn().map_err(|error| format!("Wireshark cannot be started: {error}"))?;
        let status = child.wait().map_err(|error| format!("Wireshark is lost: {error}"))?;
        if !status.success() && begun.elapsed() < SOON {
            return Err(format!("Wireshark ended at once, with {status}"));
        }
        Ok(())
    }
}

/// It stays when the terminal that started us is closed or sends Ctrl+C.
#[cfg(unix)]
fn apart(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(not(unix))]
fn apart(_: &mut Command) {}

#[cfg(unix)]
fn can_be_run(program: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(program).is_ok_and(|about| about.is_file() && about.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn can_be_run(program: &Path) -> bool {
    program.with_extension("exe").is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program in its place is found, is given file and packet, and its failing at once is said.
    #[test]
    fn opens_at_a_packet() {
        let folder = std::env::temp_dir().join(format!("wscope-wireshark-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(Wireshark::find(folder.as_os_str()), Wireshark::Missing);
        let (program, told) = (folder.join("wireshark"), folder.join("told"));
        let script = format!("#!/bin/sh\nprintf '%s|' \"$@\" > '{}'\n[ \"$4\" != 7 ]\n", told.display());
        std::fs::write(&program, script).unwrap();
        assert_eq!(Wireshark::find(folder.as_os_str()), Wireshark::Missing, "it cannot be run yet");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let found = Wireshark::find(folder.as_os_str());
        assert_eq!(found, Wireshark::There(program));
        assert_eq!(found.open(Path::new("/x/-a b.pcap"), 12), Ok(()));
        assert_eq!(std::fs::read_to_string(&told).unwrap(), "-r|/x/-a b.pcap|-g|12|");
        assert!(found.open(Path::new("/x"), 7).unwrap_err().contains("ended at once"));
        assert_eq!(found.why_not(Path::new("-")), Some("this capture came through a pipe"));
        assert_eq!(found.why_not(Path::new("/x")), None);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
