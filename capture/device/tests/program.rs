//! The program itself: that it starts. What it captures is held against real peers in the tests package, which finds
//! the program where Cargo puts it for this test.

use std::process::Command;

/// The program starts, and says which version it is.
#[test]
fn version() {
    let output = Command::new(env!("CARGO_BIN_EXE_wscope-capture")).arg("--version").output().unwrap();
    assert!(output.status.success());
    let expected = concat!("wscope-capture ", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected);
}
