//! What the tests share: the program, the samples, and the captures that may lie beside the project.

pub mod bare;
#[path = "support/crowding.rs"]
pub mod crowding;
#[path = "support/draw.rs"]
pub mod draw;
#[path = "support/findings.rs"]
pub mod findings;
#[path = "support/legible.rs"]
pub mod legible;
#[path = "support/manifest.rs"]
pub mod manifest;
#[path = "support/neighbors.rs"]
pub mod neighbors;
#[path = "support/packets.rs"]
pub mod packets;
#[path = "support/place.rs"]
pub mod place;
#[path = "support/random.rs"]
pub mod random;
#[path = "support/renderer.rs"]
pub mod renderer;
#[path = "support/replay.rs"]
pub mod replay;
#[path = "support/segments.rs"]
pub mod segments;
pub mod traffic;
#[path = "support/truth.rs"]
pub mod truth;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What the environment says about screens, which no test may depend on.
const SCREEN: [&str; 8] = [
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "TERM",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "SSLKEYLOGFILE",
];

/// The program, about to be run with `args` as if without a screen.
pub fn wscope<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program());
    command.args(args);
    for name in SCREEN {
        command.env_remove(name);
    }
    command
}

/// Where the program is: beside the directory of the test that is running.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it is");
    let built = test.parent().and_then(Path::parent).expect("a test lies in target/PROFILE/deps");
    let program = built.join(format!("wscope{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "{} is not there: run `cargo test --workspace`, which builds it before the tests",
        program.display()
    );
    program
}

/// A file of `sample-pcaps/`.
pub fn sample(name: &str) -> PathBuf {
    let path = root().join("sample-pcaps").join(name);
    assert!(path.is_file(), "there is no sample {}", path.display());
    path
}

/// Captures of real traffic that are not part of the project, where they lie beside it.
pub fn captures() -> Option<PathBuf> {
    let path = root().join("../shared/captures");
    path.is_dir().then_some(path)
}

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the project's folder")
}

/// Runs a command to its end with `input` on its standard input.
pub fn fed(command: &mut Command, input: Vec<u8>) -> Output {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("its standard input is a pipe");
    // It may have had enough before it has read everything.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the program ends");
    feeder.join().expect("feeding does not panic");
    output
}
