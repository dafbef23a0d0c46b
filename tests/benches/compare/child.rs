//! The process that has no child but the one to be measured, and asks the system what that took.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::Outcome;
use crate::options::Options;

/// Runs the command until it ends or patience does, and prints what it took.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    let [program, words @ ..] = options.meter.as_slice() else { return Ok(()) };
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let patience = options.patience();
    let (done, ended) = mpsc::channel::<()>();
    let pid = Pid::from_child(&child);
    let watch = std::thread::spawn(move || {
        if ended.recv_timeout(patience).is_err_and(|why| why == mpsc::RecvTimeoutError::Timeout) {
            // It may have ended just now.
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let status = child.wait()?;
    let wall = begun.elapsed().as_secs_f64();
    drop(done);
    let _ = watch.join();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let [user, system] = [usage.user_time(), usage.system_time()]
        .map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6);
    let told = json!({
        "wall": wall,
        "cpu": user + system,
        "memory": usage.max_rss() * 1024,
        "code": status.code(),
        "signal": status.signal(),
    });
    println!("{told}");
    Ok(())
}
