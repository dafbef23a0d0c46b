//! Rights: who lacks them is told how to get them, and who has them gives them up.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;

use wscope_tests::wscope;

use super::program::{Capturing, helper_program, is_root_with, may_capture, open_folder};
use super::talk::Server;

/// Lines of a process's status that say which capabilities it holds, and whether it can get new ones (proc(5)).
fn held(pid: i32, names: &[&str]) -> Vec<String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = |name: &&str| {
        let line = status.lines().find(|line| line.starts_with(name)).expect("the kernel tells it");
        line.split_whitespace().nth(1).expect("a value").trim_start_matches('0').to_owned()
    };
    names.iter().map(line).collect()
}

/// Once it captures, the program with the device holds no capability and cannot get one.
#[test]
fn no_right_is_kept_while_capturing() {
    if !may_capture("rights while capturing") {
        return;
    }
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let capturing = Capturing::start(&["-i", "lo", "-f", &server.filter()]);
    let pid = capturing.helper();
    assert_eq!(held(pid, &["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"]), [""; 4]);
    assert_eq!(held(pid, &["NoNewPrivs:"]), ["1"]);
    if rustix::process::geteuid().is_root() {
        assert_eq!(held(pid, &["CapBnd:"]), [""]);
    }
    assert_eq!(capturing.stop().status.code(), Some(0));
}

/// An ordinary user is told the one command that grants the right; after it he can capture, and keeps no right.
#[test]
fn an_ordinary_user_is_told_how_to_get_the_right() {
    if !is_root_with("captures of an ordinary user", &["setpriv", "setcap"]) {
        return;
    }
    let folder = open_folder("rights");
    let ours = PathBuf::from(wscope([""]).get_program());
    for program in [&ours, &helper_program()] {
        std::fs::copy(program, folder.join(program.file_name().expect("a name"))).expect("a copy");
    }
    let setpriv = on_path("setpriv");
    let as_nobody = |args: &[&str]| {
        let mut command = Command::new(&setpriv);
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
            .arg(folder.join("wscope"))
            .args(args);
        // The rights of other programs that capture are not ours to know.
        command.env("PATH", "/nowhere");
        command.env_remove("SUDO_UID").env_remove("SUDO_GID");
        command
    };
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let filter = server.filter();
    let args = ["capture", "-i", "lo", "-f", filter.as_str(), "--format", "json"];

    let refused = as_nobody(&args).output().expect("setpriv runs");
    let words = String::from_utf8(refused.stderr).expect("words are UTF-8");
    let helper = folder.join("wscope-capture");
    let grant = format!("sudo setcap cap_net_raw,cap_net_admin=eip {}", helper.display());
    assert_eq!(refused.status.code(), Some(2), "{words}");
    assert_eq!(words.lines().count(), 1, "{words}");
    assert!(words.trim_end().ends_with(&grant), "{words}");
    let listed = as_nobody(&["interfaces", "--format", "json"]).output().expect("setpriv runs");
    assert!(String::from_utf8_lossy(&listed.stderr).contains(&grant));
    assert!(String::from_utf8_lossy(&listed.stdout).contains("\"rights\":false"));

    let mut grant = grant.split(' ').skip(1);
    let granted = Command::new(grant.next().expect("a program")).args(grant).status().expect("setcap runs");
    assert!(granted.success());
    let capturing = Capturing::run(as_nobody(&args));
    let pid = capturing.helper();
    assert_eq!(held(pid, &["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"]), [""; 4]);
    assert_eq!(held(pid, &["NoNewPrivs:", "Uid:"]), ["1", "65534"]);
    let said = server.converse(5, 3);
    let ended = capturing.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    let frames = said.iter().map(|side| side.data.len() + side.control.len()).sum::<usize>();
    // A message in three fragments has two frames more.
    assert!(ended.rows.len() >= frames, "{} rows for {frames} frames", ended.rows.len());
}

/// A program on the search path.
fn on_path(name: &str) -> PathBuf {
    let path = std::env::var("PATH").expect("there is a search path");
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.expect("it is there")
}
