//! Who is measured: the program as it is built for release, tshark where it is installed, and the bare loop.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wscope_tests::root;

use crate::Outcome;
use crate::files::Made;
use crate::options::Options;

/// The peers, by where they are.
pub(crate) struct Peers {
    wscope: PathBuf,
    tshark: Option<String>,
    threads: bool,
}

impl Peers {
    /// Builds the program, unless one is named, and looks for tshark.
    pub(crate) fn find(options: &Options) -> Outcome<Self> {
        let wscope = match &options.wscope {
            Some(wscope) => wscope.clone(),
            None => build()?,
        };
        let version = Command::new("tshark").arg("--version").stderr(Stdio::null()).output().ok();
        // "TShark (Wireshark) 4.0.17 (Git …)".
        let version = version.and_then(|said| {
            Some(String::from_utf8_lossy(&said.stdout).split_whitespace().nth(2)?.to_owned())
        });
        if version.is_none() {
            eprintln!("tshark is not installed: its rows are left out");
        }
        let help = Command::new(&wscope).args(["summary", "--help"]).output()?;
        let threads = String::from_utf8_lossy(&help.stdout).contains("--threads");
        if !threads {
            eprintln!("this wscope has no --threads: rows about threads are left out");
        }
        Ok(Self { wscope, tshark: version, threads })
    }

    /// The version of tshark.
    pub(crate) fn tshark_version(&self) -> Option<&str> {
        self.tshark.as_deref()
    }

    /// Whether the program can be told how many threads to use.
    pub(crate) const fn can_thread(&self) -> bool {
        self.threads
    }

    /// The program with this command on a capture.
    pub(crate) fn wscope(&self, words: &[&str], made: &Made) -> Vec<String> {
        let mut command = vec![text(&self.wscope)];
        command.extend(words.iter().map(|word| (*word).to_owned()));
        if let Some(keys) = &made.keys {
            command.extend(["--keys".to_owned(), text(keys)]);
        }
        command.push(text(&made.path));
        command
    }

    /// tshark, asked for as much as it says about each frame.
    pub(crate) fn tshark(&self, made: &Made) -> Vec<String> {
        let fields = "-e frame.number -e websocket.opcode -e websocket.payload_length";
        let words = format!("tshark -n -r - -Y websocket -T fields {fields}");
        words.split(' ').map(|word| if word == "-" { text(&made.path) } else { word.to_owned() }).collect()
    }

    /// The bare loop, and how far ahead it looks.
    pub(crate) fn bare(&self, made: &Made, ahead: usize) -> Outcome<Vec<String>> {
        let (this, file) = (std::env::current_exe()?, text(&made.path));
        Ok(vec![text(&this), "--bare".to_owned(), file, "--ahead".to_owned(), ahead.to_string()])
    }
}

/// Builds what is to be measured, and says where it is: beside the folder that this program lies in.
fn build() -> Outcome<PathBuf> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let built =
        Command::new(cargo).current_dir(root()).args(["build", "--release", "-p", "wscope"]).status()?;
    let program =
        std::env::current_exe()?.parent().and_then(Path::parent).map(|folder| folder.join("wscope"));
    let program = program.filter(|program| built.success() && program.is_file());
    program.ok_or_else(|| "wscope could not be built".into())
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
