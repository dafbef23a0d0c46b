//! A `wscope` that captures, and what it says.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use wscope_tests::place::Folder;
use wscope_tests::wscope;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// `wscope capture`, capturing.
pub(crate) struct Capturing {
    child: Child,
    /// Lines of its standard output as they come.
    pub(crate) rows: Receiver<String>,
    errors: JoinHandle<String>,
}

/// How it ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) rows: Vec<String>,
    pub(crate) errors: String,
}

impl Capturing {
    /// Starts it and waits until it captures.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::run(wscope(["capture"].iter().chain(args)))
    }

    /// Runs a command that comes to be `wscope capture`, and waits until it captures.
    pub(crate) fn run(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("wscope starts");
        let stdout = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut stderr = BufReader::new(child.stderr.take().expect("its words are a pipe"));
        let (sender, rows) = channel();
        std::thread::spawn(move || {
            // A last line without its end is none: the program was killed.
            for line in stdout.split(b'\n').map_while(Result::ok) {
                let _ = sender.send(String::from_utf8(line).expect("rows are UTF-8"));
            }
        });
        let mut said = String::new();
        while !said.contains("capturing from") {
            let read = stderr.read_line(&mut said).expect("it can be heard");
            assert!(read > 0, "it does not capture: {said}");
        }
        let errors = std::thread::spawn(move || {
            let _ = stderr.read_to_string(&mut said);
            said
        });
        Self { child, rows, errors }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.id().try_into().expect("a process has a number")
    }

    /// The process that has the device open.
    pub(crate) fn helper(&self) -> i32 {
        let path = format!("/proc/{0}/task/{0}/children", self.pid());
        let children = std::fs::read_to_string(path).expect("a process has a list of children");
        children.split_whitespace().next().expect("a program that captures").parse().expect("a number")
    }

    /// As Ctrl+C does, and waits for its end.
    pub(crate) fn stop(self) -> Ended {
        signal(self.pid(), Signal::INT);
        self.wait()
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Ended {
        let since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            if since.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("it does not end: {}", self.errors.join().expect("nobody panicked"));
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        Ended {
            status,
            rows: self.rows.iter().collect(),
            errors: self.errors.join().expect("nobody panicked"),
        }
    }

    /// The next row, however long it takes.
    pub(crate) fn row(&self) -> String {
        match self.rows.recv_timeout(PATIENCE) {
            Ok(row) => row,
            Err(RecvTimeoutError::Timeout) => panic!("no row comes"),
            Err(RecvTimeoutError::Disconnected) => panic!("no row comes any more"),
        }
    }
}

/// Sends a signal to a process of ours.
pub(crate) fn signal(pid: i32, signal: Signal) {
    let pid = Pid::from_raw(pid).expect("a process");
    // It may be gone already, which the test will see.
    let _ = kill_process(pid, signal);
}

/// Whether there is such a process, which is not merely waiting to be asked how it ended.
pub(crate) fn is_running(pid: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}

/// Where the program that opens devices is: beside the other.
pub(crate) fn helper_program() -> PathBuf {
    let program = PathBuf::from(wscope([""]).get_program()).with_file_name("wscope-capture");
    assert!(program.is_file(), "{} is not there: run `cargo test --workspace`", program.display());
    program
}

/// Whether this user may capture; where not, `what` is told to be left out.
pub(crate) fn may_capture(what: &str) -> bool {
    let output = Command::new(helper_program()).arg("--list").output().expect("it lists devices");
    let devices: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the list is JSON");
    let devices = devices.as_array().expect("a list");
    let may = devices.iter().any(|device| device["name"] == "lo" && device["obstacle"].is_null());
    may || left_out(what, "this user may not capture; run the tests as root")
}

/// Whether this is root, and such a program is here; where not, `what` is told to be left out.
pub(crate) fn is_root_with(what: &str, programs: &[&str]) -> bool {
    if !rustix::process::geteuid().is_root() {
        return left_out(what, "it changes users or devices; run the tests as root");
    }
    let missing = programs.iter().find(|name| Command::new(name).arg("--help").output().is_err());
    missing.is_none_or(|name| {
        left_out(what, &format!("{name} is not installed; ./setup.sh --tests installs it"))
    })
}

/// Tells it past the test harness, which keeps what tests that pass have printed.
pub(crate) fn left_out(what: &str, why: &str) -> bool {
    let _ = writeln!(std::io::stderr(), "{what}: left out, {why}");
    false
}

/// A folder that everybody can look into.
pub(crate) fn open_folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    std::fs::set_permissions(&*folder, PermissionsExt::from_mode(0o755)).expect("it is ours");
    folder
}
