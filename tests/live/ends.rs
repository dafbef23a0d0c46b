//! Ends that nobody asked for: buffers that overflow, disks that are full, devices that go away.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use rustix::process::Signal;
use session::capture::NoteKind;
use wscope_tests::place::Temporary;
use wscope_tests::{replay, wscope};

use super::program::{Capturing, is_root_with, left_out, may_capture, signal};
use super::talk::Server;

/// A burst while the capturing program is held up overruns the kernel's small buffer: what was dropped is said, and
/// stands in the file.
#[test]
fn drops_are_counted_and_kept() {
    if !may_capture("a burst that overruns the kernel's buffer") {
        return;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of our own");
    let address = listener.local_addr().expect("it has an address");
    let kept = Temporary::with(b"");
    let (filter, out) = (format!("tcp port {}", address.port()), kept.path().to_str().expect("ASCII"));
    let capturing =
        Capturing::start(&["-i", "lo", "-f", &filter, "-w", out, "--buffer-size", "1", "--quiet"]);
    signal(capturing.helper(), Signal::STOP);
    let reading = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("the client comes");
        std::io::copy(&mut stream, &mut std::io::sink()).expect("it can be read");
    });
    let mut stream = TcpStream::connect(address).expect("the server is there");
    stream.set_nodelay(true).expect("a socket of ours");
    for _ in 0..20_000 {
        stream.write_all(&[7; 400]).expect("the server reads");
    }
    drop(stream);
    reading.join().expect("it does not panic");
    signal(capturing.helper(), Signal::CONT);
    let ended = capturing.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
    let snapshot = replay::file(kept.path()).expect("what is kept is a capture");
    let dropped: u64 = snapshot
        .notes
        .iter()
        .filter_map(|note| if let NoteKind::Dropped { packets } = note.kind { Some(packets) } else { None })
        .sum();
    assert!(dropped > 1_000, "{dropped} dropped, {} kept", snapshot.packet_count());
    let said = ended.errors.replace(',', "");
    assert!(
        said.contains(&format!("{} packets captured {dropped} dropped", snapshot.packet_count())),
        "{said}"
    );
}

/// A disk that is full ends the capture with a word; what is there is whole.
#[test]
fn a_full_disk_ends_a_capture_well() {
    if !is_root_with("a capture to a full disk", &["mount", "umount"]) {
        return;
    }
    let Some(disk) = Disk::new() else { return };
    let server = Server::new(Ipv4Addr::LOCALHOST.into());
    let out = disk.0.join("kept.pcapng");
    let row = disk.0.join("row.pcapng");
    let path = |path: &PathBuf| path.to_str().expect("ASCII").to_owned();
    let (out_word, row_word, filter) = (path(&out), path(&row), server.filter());
    let one = ["-i", "lo", "-f", &filter, "-w", &out_word, "--format", "json"];
    let several = ["-i", "lo", "-f", &filter, "-w", &row_word, "--filesize", "5", "--quiet"];
    for (args, file) in [(&one[..], out.clone()), (&several[..], disk.0.join("row-00001.pcapng"))] {
        let capturing = Capturing::start(args);
        server.converse(400, 5);
        let ended = capturing.wait();
        assert_eq!(ended.status.code(), Some(2), "{}", ended.errors);
        assert!(
            ended.errors.contains("written") && ended.errors.contains("No space left"),
            "{}",
            ended.errors
        );
        let snapshot = replay::file(&file).expect("what is kept is a capture");
        assert!(snapshot.packet_count() > 100, "{} packets", snapshot.packet_count());
        assert!(snapshot.notes.iter().all(|note| note.kind != NoteKind::Cut), "{:?}", snapshot.notes);
        std::fs::remove_file(file).expect("it is ours");
    }
}

/// A device that goes away ends the capture with a word.
#[test]
fn a_device_that_goes_away_ends_a_capture_well() {
    if !is_root_with("a device that goes away", &["ip", "unshare", "nsenter"]) {
        return;
    }
    let Some(network) = Network::new() else { return };
    let kept = Temporary::with(b"");
    let out = kept.path().to_str().expect("ASCII");
    let wscope = wscope(["capture", "-i", "one", "-w", out]);
    let mut inside = network.inside(wscope.get_program().to_str().expect("ASCII"));
    inside.args(wscope.get_args());
    let capturing = Capturing::run(inside);
    assert!(network.inside("ip").args(["link", "delete", "one"]).status().expect("ip runs").success());
    let ended = capturing.wait();
    assert_eq!(ended.status.code(), Some(2), "{}", ended.errors);
    assert!(ended.errors.contains("one: The interface"), "{}", ended.errors);
    assert!(replay::file(kept.path()).is_ok(), "what is kept is a capture");
}

/// A small disk in memory, gone with this.
struct Disk(PathBuf);

impl Disk {
    fn new() -> Option<Self> {
        let path = std::env::temp_dir().join(format!("wscope-tests-disk-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder can be made");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(&path).output();
        let disk = Self(path);
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(disk);
        }
        left_out("a capture to a full disk", "nothing can be mounted here");
        None
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
        let _ = std::fs::remove_dir(&self.0);
    }
}

/// A network of its own with a pair of devices, gone with this.
struct Network(Child);

impl Network {
    fn new() -> Option<Self> {
        let mut holder = Command::new("unshare");
        holder.args(["--net", "sh", "-c", "echo there; exec sleep 60"]).stdout(Stdio::piped());
        let network = Self(holder.spawn().expect("unshare runs"));
        let mut network = network;
        let mut said = String::new();
        let stdout = network.0.stdout.take().expect("a pipe");
        let _ = std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut said);
        let pair = ["link", "add", "one", "type", "veth", "peer", "name", "two"];
        let ip = |args: &[&str]| network.inside("ip").args(args).output().is_ok_and(|it| it.status.success());
        if said == "there\n"
            && ip(&pair)
            && ip(&["link", "set", "one", "up"])
            && ip(&["link", "set", "two", "up"])
        {
            return Some(network);
        }
        left_out("a device that goes away", "no pair of devices can be made here");
        None
    }

    /// A program in this network.
    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.0.id().to_string()).args(["--net", program]);
        command
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
