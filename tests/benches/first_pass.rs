//! The first pass over a capture, as a user waits for it: `cargo bench -p wscope-tests`.
//!
//! `walk` reads records and looks at none of them; `first_pass` does all that an open window waits for, `cipher` no
//! more than to open what the records of TLS in `sealed` hold, by the cipher's library alone. The
//! captures are made up by [`traffic`] in a temporary file that lies in the system's cache.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use capture::{Growing, Source, Step};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use wscope_tests::traffic::{Profile, RECORD, Sealer, generate, key_log};

const SIZE: u64 = 32_000_000;

fn main() {
    divan::main();
    for sample in samples() {
        // A file that is left behind in a temporary folder harms nobody.
        let _ = std::fs::remove_file(&sample.path);
        let _ = std::fs::remove_file(sample.keys());
    }
}

/// A capture, and what is in it.
struct Sample {
    profile: Profile,
    path: PathBuf,
    bytes: u64,
    packets: u64,
}

fn samples() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(|| Profile::ALL.map(Sample::new).into())
}

impl Sample {
    fn new(profile: Profile) -> Self {
        let name = format!("wscope-first-pass-{}-{}.pcap", std::process::id(), profile.name());
        let path = std::env::temp_dir().join(name);
        let file = File::create(&path).expect("the temporary folder can be written to");
        generate(profile, SIZE, 1, BufWriter::new(file)).expect("the temporary folder has room");
        let mut sample = Self { profile, path, bytes: 0, packets: 0 };
        sample.bytes = std::fs::metadata(&sample.path).map_or(0, |about| about.len());
        sample.packets = walk_over(sample.open().as_mut());
        std::fs::write(sample.keys(), key_log(0..profile.talks()))
            .expect("the temporary folder can be written to");
        sample
    }

    /// The key log of a profile that is sealed; nobody needs the others'.
    fn keys(&self) -> PathBuf {
        self.path.with_extension("keys")
    }

    fn options(&self) -> session::Options {
        session::Options { keys: vec![self.keys()], ..session::Options::default() }
    }

    fn open(&self) -> Box<dyn Growing> {
        let source = Source::File { path: self.path.clone(), follow: false };
        capture::open(source).expect("a capture that was just written")
    }
}

/// The profile of this name, in bytes and packets a second.
fn bench(bencher: Bencher<'_, '_>, name: &str, run: impl Fn(&mut dyn Growing, session::Options) + Sync) {
    let sample = samples().iter().find(|sample| sample.profile.name() == name);
    let sample = sample.expect("every argument is a profile's name");
    bencher
        .counter(BytesCount::new(sample.bytes))
        .counter(ItemsCount::new(sample.packets))
        .with_inputs(|| sample.open())
        .bench_local_values(|mut capture| run(capture.as_mut(), sample.options()));
}

const NAMES: [&str; 4] =
    [Profile::ALL[0].name(), Profile::ALL[1].name(), Profile::ALL[2].name(), Profile::ALL[3].name()];

#[divan::bench(args = NAMES, sample_count = 20)]
fn walk(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, |capture, _| {
        divan::black_box(walk_over(capture));
    });
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn first_pass(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, |capture, options| {
        divan::black_box(session::read(capture, &options, &mut |_| {}));
    });
}

/// The same with nothing held against the rules: what is left is the cost of judging.
#[divan::bench(args = NAMES, sample_count = 20)]
fn first_pass_unjudged(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, |capture, mut options| {
        options.dissector.judge = false;
        divan::black_box(session::read(capture, &options, &mut |_| {}));
    });
}

/// As many bytes as the capture has, in full records.
#[divan::bench(sample_count = 20)]
fn cipher(bencher: Bencher<'_, '_>) {
    let mut sealer = Sealer::new(0, 3);
    let records: Vec<Vec<u8>> = (0..SIZE as usize / RECORD).map(|_| sealer.seal(23, &[7; RECORD])).collect();
    bencher.counter(BytesCount::new(SIZE)).with_inputs(|| records.clone()).bench_local_values(
        |mut records| {
            for (number, record) in (0..).zip(&mut records) {
                assert!(sealer.open(number, record));
            }
        },
    );
}

/// How many packets there are.
fn walk_over(capture: &mut dyn Growing) -> u64 {
    let mut packets = 0;
    loop {
        match capture.next(Duration::ZERO) {
            Ok(Step::Record(_)) => packets += 1,
            Ok(Step::End) | Err(_) => return packets,
            Ok(_) => {}
        }
    }
}
