//! Key logs: files that are read as far as they go, and read on while they grow.
//!
//! Knows where keys come from, and nothing of what they open.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use dissector::Dissector;
use dissector::tls::keylog::KeyLog;

/// A key log larger than this is read no further: it has room for a million connections.
const LARGEST: u64 = 512 << 20;

/// How much is read at once.
const PIECE: u64 = 1 << 20;

/// The number of the secrets that the capture itself carries (pcapng's Decryption Secrets Blocks).
pub const CAPTURE: u32 = 0;

/// How much of a file is looked at to tell whether it is a key log.
const BEGINNING: u64 = 64 << 10;

/// How often key logs are looked at while there is something else to do.
const CADENCE: Duration = Duration::from_millis(200);

/// All keys that are known, and where more may come from.
#[derive(Debug, Default)]
pub(crate) struct Keyring {
    files: KeyFiles,
    all: KeyLog,
    looked: Option<Instant>,
    /// Whether keys that come late are worth another pass.
    pub(crate) again: bool,
    /// Whether keys came too late for a connection, and no other pass was made.
    pub(crate) late: bool,
}

impl Keyring {
    pub(crate) fn new(files: &[PathBuf], again: bool) -> Self {
        let mut ring = Self { again, ..Self::default() };
        ring.name(files.to_vec());
        ring.all = ring.files.new_lines();
        ring
    }

    /// Key logs that were named.
    pub(crate) fn name(&mut self, files: Vec<PathBuf>) {
        for path in files {
            self.looked = None;
            self.files.add(path);
        }
    }

    pub(crate) fn names(&self) -> Arc<[Arc<str>]> {
        self.files.names()
    }

    /// Gives a dissector all that is known.
    pub(crate) fn fill(&self, dissector: &mut Dissector) {
        dissector.add_keys(self.all.clone());
    }

    /// Whether there is anything to look at, and it was not done just now.
    pub(crate) fn is_due(&self) -> bool {
        !self.files.is_empty() && self.looked.is_none_or(|then| then.elapsed() >= CADENCE)
    }

    /// Whether there are files that may grow.
    pub(crate) fn watches(&self) -> bool {
        !self.files.is_empty()
    }

    /// Looks at the files. Says whether what they have now is worth another pass.
    pub(crate) fn look(&mut self, dissector: &mut Dissector) -> bool {
        if self.files.is_empty() {
            return false;
        }
        self.looked = Some(Instant::now());
        let new = self.files.new_lines();
        self.add(new, dissector)
    }

    /// Whether nothing was ever read along with.
    pub(crate) fn is_unused(&self) -> bool {
        self.files.is_empty() && self.all.is_empty()
    }

    /// Looks at the files, for whoever cannot tell what their keys would be worth. Says whether there are new ones.
    pub(crate) fn look_for_any(&mut self) -> bool {
        let new = self.files.new_lines();
        let any = !new.is_empty();
        self.all.merge(new);
        any
    }

    /// The same of secrets that the capture carries.
    pub(crate) fn add_own(&mut self, text: &[u8], dissector: &mut Dissector) -> bool {
        let mut new = KeyLog::default();
        new.add(text, CAPTURE);
        self.add(new, dissector)
    }

    fn add(&mut self, new: KeyLog, dissector: &mut Dissector) -> bool {
        if new.is_empty() {
            return false;
        }
        let gain = dissector.would_gain_by(&new);
        dissector.add_keys(new.clone());
        self.all.merge(new);
        self.late |= gain && !self.again;
        gain && self.again
    }
}

/// The key logs of one open capture, in the order in which they were named; their numbers begin behind [`CAPTURE`].
#[derive(Debug, Default)]
pub(crate) struct KeyFiles {
    files: Vec<KeyFile>,
}

#[derive(Debug)]
struct KeyFile {
    path: PathBuf,
    /// Up to where whole lines were read.
    read: u64,
    /// How long it was when it was looked at last.
    len: u64,
}

impl KeyFiles {
    /// Adds a file, which need not be there yet.
    pub(crate) fn add(&mut self, path: PathBuf) {
        if self.files.iter().all(|file| file.path != path) {
            self.files.push(KeyFile { path, read: 0, len: 0 });
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What people call the sources of keys, by their numbers.
    pub(crate) fn names(&self) -> Arc<[Arc<str>]> {
        let own = Arc::from("the capture itself");
        let files = self.files.iter().map(|file| Arc::from(file.path.display().to_string()));
        core::iter::once(own).chain(files).collect()
    }

    /// What was written to the files since they were looked at last. A file that cannot be read has nothing new.
    pub(crate) fn new_lines(&mut self) -> KeyLog {
        let mut log = KeyLog::default();
        for (file, number) in self.files.iter_mut().zip(CAPTURE + 1..) {
            // A log may be rotated away, or not be there yet: it is looked at again the next time.
            let _ = file.read_on(&mut log, number);
        }
        log
    }
}

impl KeyFile {
    fn read_on(&mut self, log: &mut KeyLog, number: u32) -> io::Result<()> {
        let about = std::fs::metadata(&self.path)?;
        let len = about.len().min(LARGEST);
        if !about.is_file() || len == self.len {
            return Ok(());
        }
        if len < self.len {
            // It was begun anew.
            self.read = 0;
        }
        self.len = len;
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        loop {
            let mut text = Vec::new();
            file.by_ref().take(PIECE).read_to_end(&mut text)?;
            // A line without an end may still be written: what is there of it is tried, and read again.
            let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            let last = (text.len() as u64) < PIECE;
            log.add(if last || whole == 0 { &text } else { &text[..whole] }, number);
            self.read += if whole == 0 && !last { text.len() } else { whole } as u64;
            if last {
                return Ok(());
            }
            file.seek(SeekFrom::Start(self.read))?;
        }
    }
}

/// Whether a file can be read as a key log; one sentence says why not.
pub fn readable(path: &Path) -> Result<(), String> {
    let name = path.display();
    let mut file =
        File::open(path).map_err(|error| format!("{name}: the key log cannot be opened: {error}"))?;
    let mut first = [0; 4096];
    let count =
        file.read(&mut first).map_err(|error| format!("{name}: the key log cannot be read: {error}"))?;
    if first[..count].contains(&0) {
        let advice = "name the file that SSLKEYLOGFILE names";
        return Err(format!("{name} is no key log: it is not text; {advice}"));
    }
    Ok(())
}

/// Whether a file looks like a key log: its beginning is text, and holds a line of one, or what Firefox writes first.
pub fn is_key_log(path: &Path) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let mut first = Vec::new();
    if file.by_ref().take(BEGINNING).read_to_end(&mut first).is_err() || first.contains(&0) {
        return false;
    }
    let mut log = KeyLog::default();
    log.add(&first, CAPTURE);
    log.lines > 0 || first.starts_with(b"# SSL/TLS secrets log file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// A log that grows in the middle of a line is read on, and one that is begun anew is read anew.
    #[test]
    fn a_log_that_grows() {
        let path = std::env::temp_dir().join(format!("wscope-keys-{}.log", std::process::id()));
        let line = |number: u8| format!("CLIENT_RANDOM {} aabb\n", hex(number));
        let mut files = KeyFiles::default();
        files.add(path.clone());
        assert!(files.new_lines().is_empty(), "it is not there yet");
        let second = line(2);
        std::fs::write(&path, line(1) + &second[..30]).unwrap();
        let log = files.new_lines();
        assert!(log.knows(&[1; 32]) && !log.knows(&[2; 32]));
        assert!(files.new_lines().is_empty(), "nothing new");
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(&second.as_bytes()[30..]).unwrap();
        assert!(files.new_lines().knows(&[2; 32]));
        std::fs::write(&path, line(3)).unwrap();
        assert!(files.new_lines().knows(&[3; 32]));
        std::fs::remove_file(&path).unwrap();
    }

    /// A key log is told from a capture and from other text.
    #[test]
    fn key_logs_are_told_by_their_lines() {
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps");
        assert!(is_key_log(&samples.join("tls13.keys")));
        for other in ["tls13.pcap", "MANIFEST.toml", "none"] {
            assert!(!is_key_log(&samples.join(other)), "{other}");
        }
    }

    fn hex(number: u8) -> String {
        format!("{number:02x}").repeat(32)
    }
}
