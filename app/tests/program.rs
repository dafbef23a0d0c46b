//! The program itself: that it starts. What it says is held against samples in the tests package, which finds the
//! program where Cargo puts it for this test.

use std::process::Command;

/// The program starts, and says which version it is.
#[test]
fn version() {
    let output = Command::new(env!("CARGO_BIN_EXE_wscope")).arg("--version").output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), concat!("wscope ", env!("CARGO_PKG_VERSION")));
}
