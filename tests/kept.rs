//! Index files: with one, a capture is the same row for row; one that is not what was written for this very capture is
//! never believed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dissector::ids::{FrameId, MessageId, PacketId};
use session::capture::Source;
use session::kept::Keeping;
use session::{Options, Session, Snapshot, State};
use wscope_tests::draw::draw;
use wscope_tests::place::Folder;
use wscope_tests::random::Random;
use wscope_tests::{manifest, sample, wscope};

/// A folder of its own for a test's captures and index files.
struct Place(Folder);

impl Place {
    fn new(name: &str) -> Self {
        Self(Folder::new(name))
    }

    /// A copy of a sample.
    fn copy(&self, name: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::copy(sample(name), &path).expect("a sample can be copied");
        path
    }

    fn options(&self) -> Options {
        let keeping =
            Keeping { folder: self.0.join("index"), from: 0, most: 1 << 30, program: "this one".to_owned() };
        Options { index: Some(keeping), ..Options::default() }
    }

    /// The index files that are there.
    fn indexes(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.0.join("index")).into_iter().flatten();
        entries.map(|entry| entry.expect("a folder can be listed").path()).collect()
    }

    /// The only one.
    fn index(&self) -> PathBuf {
        let [index] = self.indexes().try_into().expect("there is one index file");
        index
    }
}

/// Opens a capture, and waits until all is known and its index is written.
fn open(path: &Path, options: Options) -> Arc<Snapshot> {
    let source = Source::File { path: path.to_owned(), follow: false };
    Session::open(source, options, || {}).expect("a capture").wait()
}

/// Everything that can be asked of a snapshot, as text.
fn all(snapshot: &Snapshot) -> Vec<String> {
    let drawing = draw(snapshot);
    let mut all = vec![drawing.flows, drawing.frames, drawing.messages, drawing.findings];
    let packets = (0..snapshot.packet_count()).map(PacketId::new);
    all.extend(packets.map(|id| format!("{:?} {:?}", snapshot.packet(id), snapshot.comment(id))));
    let frames = (0..snapshot.frame_count()).map(FrameId::new);
    all.extend(frames.map(|id| format!("{:?} {:?}", snapshot.frame(id), snapshot.finding_places(id))));
    let messages = (0..snapshot.message_count()).map(MessageId::new);
    all.extend(messages.map(|id| format!("{:?}", snapshot.message(id))));
    for connection in snapshot.connections().iter() {
        let secured = connection.carrier.tls.and_then(|tls| snapshot.secured(tls));
        all.push(format!("{connection:?} {secured:?}"));
    }
    all.extend(snapshot.flows().iter().map(|flow| format!("{flow:?}")));
    all.extend(snapshot.findings().iter().map(|found| format!("{found:?}")));
    all.push(format!("{:?} {:?} {:?}", snapshot.format, snapshot.state, snapshot.progress));
    all.push(format!("{:?} {:?}", snapshot.totals, snapshot.broken));
    all.push(format!("{:?} {:?}", snapshot.interfaces, snapshot.notes));
    all.push(format!("{:?} {} {}", snapshot.key_logs, snapshot.late_keys, snapshot.generation));
    all
}

fn same(what: &str, with: &Snapshot, without: &[String]) {
    let with = all(with);
    let differs = with.iter().zip(without).find(|(with, without)| with != without);
    assert!(differs.is_none(), "{what}: {differs:#?}");
    assert_eq!(with.len(), without.len(), "{what}");
}

/// When a file was written last.
fn written(path: &Path) -> SystemTime {
    std::fs::metadata(path).and_then(|about| about.modified()).expect("the index file is there")
}

/// Every sample is the same with an index as without: at the first reading, which makes one, and at the second, which
/// uses it. Those whose TLS is opened have none.
#[test]
fn samples_are_the_same() {
    let place = Place::new("same");
    let mut used = 0;
    for sample in manifest::samples() {
        let plain = all(&sample.read());
        let options = Options { index: place.options().index, ..sample.options() };
        same(&sample.file, &open(&sample.path(), options.clone()), &plain);
        let packed =
            sample.file.ends_with(".gz") || sample.file.ends_with(".zst") || sample.file.ends_with(".lz4");
        let secret = sample.keys.is_some() || sample.carries_keys();
        if packed || secret {
            assert!(place.indexes().is_empty(), "{} has an index", sample.file);
            continue;
        }
        let index = place.index();
        let before = written(&index);
        let again = open(&sample.path(), options);
        assert_eq!(again.no_index, None, "{}", sample.file);
        same(&sample.file, &again, &plain);
        assert_eq!(written(&index), before, "{}: it was read anew", sample.file);
        std::fs::remove_file(index).expect("an index file can be removed");
        used += 1;
    }
    assert!(used > 30, "only {used} samples have an index");
}

/// The whole of a capture that is opened by its index is there with the first snapshot, without a pass. The index is for
/// its user only.
#[test]
fn an_index_is_used() {
    let place = Place::new("used");
    let capture = place.copy("tour.pcapng");
    let first = open(&capture, place.options());
    let index = place.index();
    assert!(first.packet_count() > 1000 && std::fs::metadata(&index).unwrap().len() > 1000);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&index).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let source = Source::File { path: capture, follow: false };
    let (sender, woken) = std::sync::mpsc::channel();
    let session = Session::open(source, place.options(), move || sender.send(()).unwrap_or_default())
        .expect("a capture");
    woken.recv().expect("a snapshot");
    let snapshot = session.snapshot();
    assert_eq!((snapshot.packet_count(), &snapshot.state), (first.packet_count(), &State::Done));
}

/// A capture is read anew where it is smaller than asked for, followed, or read with keys; and where keys come later.
#[test]
fn keys_have_no_index() {
    let place = Place::new("keys");
    let capture = place.copy("tls13.pcap");
    let keys = sample("tls13.keys");
    let mut large = place.options();
    large.index.as_mut().unwrap().from = 1 << 40;
    open(&capture, large);
    let with_keys = Options { keys: vec![keys.clone()], ..place.options() };
    let read = open(&capture, with_keys.clone());
    assert!(place.indexes().is_empty() && read.frame_count() > 0);
    let sealed = open(&capture, place.options());
    assert!(place.index().is_file() && sealed.frame_count() == 0);
    // With keys the index is not looked at.
    same("with keys", &open(&capture, with_keys), &all(&read));
    let source = Source::File { path: capture, follow: false };
    let session = Session::open(source, Options { again: true, ..place.options() }, || {}).unwrap();
    session.add_keys(keys);
    let later = session.wait();
    assert_eq!((later.frame_count(), later.generation), (read.frame_count(), 1));
    assert_eq!((draw(&later).frames, draw(&later).messages), (draw(&read).frames, draw(&read).messages));
}

/// A capture that is not what it was has no index: a byte changed, its time changed, something cut off or added.
#[test]
fn a_changed_capture_is_read() {
    let place = Place::new("changed");
    let capture = place.copy("five-connections.pcap");
    let bytes = std::fs::read(&capture).unwrap();
    let time = written(&capture);
    let set = |time| File::options().write(true).open(&capture).unwrap().set_modified(time).unwrap();
    let byte = |at: usize| {
        let mut other = bytes.clone();
        other[at] ^= 0x20;
        std::fs::write(&capture, other).unwrap();
        // As one who wants nobody to notice.
        set(time);
    };
    let changes: [(&str, &dyn Fn()); 5] = [
        ("a byte of its beginning", &|| byte(60)),
        ("a byte of its end", &|| byte(bytes.len() - 1)),
        ("its time", &|| set(time + Duration::from_nanos(1000))),
        ("cut", &|| std::fs::write(&capture, &bytes[..bytes.len() - 100]).unwrap()),
        ("longer", &|| std::fs::write(&capture, [&bytes[..], &bytes[24..]].concat()).unwrap()),
    ];
    for (what, change) in changes {
        std::fs::write(&capture, &bytes).unwrap();
        open(&capture, place.options());
        change();
        let plain = open(&capture, Options::default());
        let again = open(&capture, place.options());
        same(what, &again, &all(&plain));
        let says = again.no_index.as_deref().unwrap_or_default();
        assert!(says.contains("has changed"), "{what}: {says}");
        assert_eq!(open(&capture, place.options()).no_index, None, "{what}: it was made anew");
    }
}

/// An index file that was cut anywhere, or of which any byte is another, is refused, said so, and made anew.
#[test]
fn a_damaged_index_is_made_anew() {
    for name in ["tour.pcapng", "deflate-fragmented.pcap", "http2-clear.pcap"] {
        let place = Place::new(name);
        let capture = place.copy(name);
        let plain = all(&open(&capture, place.options()));
        let index = place.index();
        let good = std::fs::read(&index).unwrap();
        let mut random = Random::new(7);
        let ends = (0..24).chain((0..16).map(|_| random.below(good.len()))).chain([good.len() - 1]);
        let cut = ends.map(|end| good[..end].to_vec()).collect::<Vec<_>>();
        let flipped = (0..40).chain((0..60).map(|_| random.below(good.len())));
        let flipped = flipped.map(|at| {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << (at % 8);
            bytes
        });
        let more = [[&good[..], &[0]].concat(), [&good[..], &good[..]].concat(), vec![0; good.len()]];
        for bad in cut.into_iter().chain(flipped).chain(more) {
            std::fs::write(&index, bad).unwrap();
            let snapshot = open(&capture, place.options());
            assert!(snapshot.no_index.is_some(), "{name}: it was believed");
            let again = open(&capture, place.options());
            assert_eq!(again.no_index, None, "{name}: it was made anew");
            same(name, &again, &plain);
        }
    }
}

/// What another program wrote, or what was wanted otherwise, is another index.
#[test]
fn another_versions_index_is_refused() {
    let place = Place::new("version");
    let capture = place.copy("basic.pcap");
    open(&capture, place.options());
    let mut other = place.options();
    other.index.as_mut().unwrap().program = "another one".to_owned();
    let says = open(&capture, other.clone()).no_index.clone().expect("it is refused");
    assert!(says.contains("another version"), "{says}");
    assert_eq!(open(&capture, other).no_index, None);
    assert_eq!(place.indexes().len(), 1);
    let mut unjudged = place.options();
    unjudged.dissector.judge = false;
    let plain = open(&capture, Options { index: None, ..unjudged.clone() });
    for _ in 0..2 {
        same("unjudged", &open(&capture, unjudged.clone()), &all(&plain));
    }
    assert_eq!(place.indexes().len(), 2);
}

/// Where no index can be written the capture is read all the same, and one sentence says so.
#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let place = Place::new("folder");
    let capture = place.copy("basic.pcap");
    std::fs::write(place.0.join("index"), "a file where the folder should be").unwrap();
    let snapshot = open(&capture, place.options());
    let says = snapshot.no_index.as_deref().expect("it is said");
    assert!(says.contains("no index of the capture could be kept"), "{says}");
    same("unwritable", &snapshot, &all(&open(&capture, Options::default())));
}

/// On the command line: the same output with an index and without, in every command.
#[test]
fn commands_print_the_same() {
    let place = Place::new("commands");
    for name in
        ["tour.pcapng", "gap-in-deflate.pcap", "midstream.pcap", "http2-deflate-multi.pcap", "tls12.pcap"]
    {
        let capture = place.copy(name);
        let run = |command: &str, index: &[&str]| {
            let mut wscope = wscope([command, "--format", "json"]);
            let output = wscope.arg(&capture).args(index).env("XDG_CACHE_HOME", &*place.0).output();
            let output = output.expect("the program starts");
            let words = String::from_utf8_lossy(&output.stderr).into_owned();
            (output.stdout, output.status.code(), words)
        };
        let index = place.0.join("wscope/index");
        for command in ["summary", "connections", "frames", "messages", "check"] {
            let plain = run(command, &[]);
            for _ in 0..2 {
                assert_eq!(run(command, &["--index-from", "0"]), plain, "{command} {name}");
            }
            assert_eq!(std::fs::read_dir(&index).expect("it is there").count(), 1, "{command} {name}");
            assert_eq!(run(command, &["--index-from", "0", "--no-index"]), plain, "{command} {name}");
        }
        std::fs::remove_dir_all(&index).unwrap();
    }
}
