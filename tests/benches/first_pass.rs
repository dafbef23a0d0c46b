//! The first pass over a capture, as a user waits for it: `cargo bench -p wscope-tests`.
//!
//! `walk` reads records and looks at none of them; `first_pass` does all that an open window waits for. The
//! captures are made up by [`traffic`] in a temporary file that lies in the system's cache.

use std::fs::File;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce};
use capture::{Growing, Source, Step};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use wscope_tests::traffic::{Profile, RECORD, generate};

const SIZE: u64 = 32_000_000;

fn main() {
    divan::main();
    for sample in samples() {
        // A file that is left behind in a temporary folder harms nobody.
        let _ = (std::fs::remove_file(&sample.path), std::fs::remove_file(&sample.keys));
    }
}

/// A capture, and what is in it.
struct Sample {
    profile: Profile,
    path: PathBuf,
    keys: PathBuf,
    bytes: u64,
    packets: u64,
}

fn samples() -> &'static [Sample] {
    static SAMPLES: OnceLock<Vec<Sample>> = OnceLock::new();
    SAMPLES.get_or_init(|| PROFILES.map(Sample::new).into())
}

impl Sample {
    fn new(profile: Profile) -> Self {
        let name = format!("wscope-first-pass-{}-{}.pcap", std::process::id(), profile.name());
        let path = std::env::temp_dir().join(name);
        let file = File::create(&path).expect("the temporary folder can be written to");
        generate(profile, SIZE, 1, file).expect("the temporary folder has room");
        let keys = path.with_extension("keys");
        std::fs::write(&keys, profile.key_log()).expect("the temporary folder has room");
        let mut sample = Self { profile, path, keys, bytes: 0, packets: 0 };
        sample.bytes = std::fs::metadata(&sample.path).map_or(0, |about| about.len());
        sample.packets = walk_over(sample.open().as_mut());
        sample
    }

    fn open(&self) -> Box<dyn Growing> {
        let source = Source::File { path: self.path.clone(), follow: false };
        capture::open(source).expect("a capture that was just written")
    }
}

/// The profile of this name, in bytes and packets a second.
fn bench(bencher: Bencher<'_, '_>, name: &str, run: impl Fn(&mut dyn Growing) + Sync) {
    let sample = samples().iter().find(|sample| sample.profile.name() == name);
    let sample = sample.expect("every argument is a profile's name");
    bencher
        .counter(BytesCount::new(sample.bytes))
        .counter(ItemsCount::new(sample.packets))
        .with_inputs(|| sample.open())
        .bench_local_values(|mut capture| run(capture.as_mut()));
}

/// Those that show a cost of their own; what others show lies in whole files: `--bench compare`.
const PROFILES: [Profile; 6] =
    [Profile::Chat, Profile::Bulk, Profile::Deflate, Profile::Tls, Profile::Lossy, Profile::SocketIo];
const NAMES: [&str; 6] = [
    PROFILES[0].name(),
    PROFILES[1].name(),
    PROFILES[2].name(),
    PROFILES[3].name(),
    PROFILES[4].name(),
    PROFILES[5].name(),
];

#[divan::bench(args = NAMES, sample_count = 20)]
fn walk(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, |capture| {
        divan::black_box(walk_over(capture));
    });
}

#[divan::bench(args = NAMES, sample_count = 20)]
fn first_pass(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, |capture| {
        divan::black_box(session::read(capture, &options(name), &mut |_| {}));
    });
}

/// The same with nothing held against the rules: what is left is the cost of judging.
#[divan::bench(args = NAMES, sample_count = 20)]
fn first_pass_unjudged(bencher: Bencher<'_, '_>, name: &str) {
    bench(bencher, name, |capture| {
        let mut options = options(name);
        options.dissector.judge = false;
        divan::black_box(session::read(capture, &options, &mut |_| {}));
    });
}

/// What a session is told to read the profile of this name.
fn options(name: &str) -> session::Options {
    let sample = samples().iter().find(|sample| sample.profile.name() == name);
    let keys = sample.filter(|sample| sample.profile == Profile::Tls).map(|sample| sample.keys.clone());
    session::Options { keys: keys.into_iter().collect(), ..session::Options::default() }
}

/// The cipher alone, over as many bytes as the profile `tls` has: in memory, record by record, in place. What it takes
/// to seal is what it takes to open.
#[divan::bench(sample_count = 20)]
fn bare_cipher(bencher: Bencher<'_, '_>) {
    let cipher = Aes128Gcm::new(&[7; 16].into());
    let sample = samples().iter().find(|sample| sample.profile == Profile::Tls);
    let bytes = sample.map_or(0, |sample| sample.bytes);
    bencher.counter(BytesCount::new(bytes)).with_inputs(|| vec![0_u8; bytes as usize]).bench_local_values(
        |mut bytes| {
            for record in bytes.chunks_mut(RECORD) {
                let sealed =
                    cipher.encrypt_inout_detached(&Nonce::from([9; 12]), &[23, 3, 3, 64, 17], record.into());
                divan::black_box(sealed.is_ok());
            }
            bytes
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
