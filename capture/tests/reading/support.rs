//! Small captures built by hand, and captures read to their end.

use std::io::{Cursor, Read};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use capture::{CaptureError, FileSpan, Growing, NoteKind, Source, Step, open};

/// A record, owned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Owned {
    pub(crate) at: u64,
    pub(crate) time: i64,
    pub(crate) link: u16,
    pub(crate) interface: u32,
    pub(crate) wire_len: u32,
    pub(crate) data: Vec<u8>,
    pub(crate) comment: Option<String>,
}

/// All that a capture said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct All {
    pub(crate) records: Vec<Owned>,
    pub(crate) notes: Vec<(u64, NoteKind, String)>,
    pub(crate) secrets: Vec<(u32, Vec<u8>)>,
    pub(crate) names: Vec<String>,
    pub(crate) interfaces: Vec<String>,
}

/// Reads to the end, and looks every record up again by its span.
pub(crate) fn drain(capture: &mut dyn Growing) -> Result<All, CaptureError> {
    let bytes = capture.bytes();
    let mut all = All::default();
    let mut again = Vec::new();
    let mut look_up = |span: FileSpan| {
        bytes.read(span, &mut again).expect("a span that was given out can be read");
        again.clone()
    };
    loop {
        match capture.next(Duration::from_millis(100))? {
            Step::Record(record) => {
                assert_eq!(record.data, look_up(record.span), "the span is that of the data");
                all.records.push(Owned {
                    at: record.span.at,
                    time: record.time,
                    link: record.link.0,
                    interface: record.interface,
                    wire_len: record.wire_len,
                    data: record.data.to_vec(),
                    comment: record.comment.map(|it| it.into_owned()),
                });
            }
            Step::Interface(it) => {
                all.interfaces.push(format!("{} {} {:?} {}", it.id, it.link, it.name, it.precision));
            }
            Step::Secrets { kind, span } => all.secrets.push((kind, look_up(span))),
            Step::Names(names) => {
                all.names.extend(names.iter().map(|it| format!("{} {}", it.address, it.name)))
            }
            Step::Note(note) => all.notes.push((note.at, note.kind, note.says)),
            Step::Idle => {}
            Step::End => return Ok(all),
        }
    }
}

/// Reads a capture held in memory, by way of a pipe.
pub(crate) fn read(bytes: &[u8]) -> Result<All, CaptureError> {
    read_from(Cursor::new(bytes.to_vec()))
}

pub(crate) fn read_from(source: impl Read + Send + 'static) -> Result<All, CaptureError> {
    drain(&mut *open(Source::Reader(Box::new(source)))?)
}

/// Reads a capture by way of a file.
pub(crate) fn read_file(bytes: &[u8]) -> Result<All, CaptureError> {
    let file = Temporary::new(bytes);
    drain(&mut *open(Source::File { path: file.0.clone(), follow: false })?)
}

/// A file that is gone with its value.
pub(crate) struct Temporary(pub(crate) PathBuf);

impl Temporary {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("wscope-test-{}-{number}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Writes numbers in one byte order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Little,
    Big,
}

impl End {
    pub(crate) fn u16(self, to: &mut Vec<u8>, number: u16) {
        to.extend(if self == Self::Little { number.to_le_bytes() } else { number.to_be_bytes() });
    }
    pub(crate) fn u32(self, to: &mut Vec<u8>, number: u32) {
        to.extend(if self == Self::Little { number.to_le_bytes() } else { number.to_be_bytes() });
    }
    pub(crate) fn words(self, numbers: &[u32]) -> Vec<u8> {
        let mut to = Vec::new();
        numbers.iter().for_each(|number| self.u32(&mut to, *number));
        to
    }
    /// A pcapng block: `body`, padded, between its lengths.
    pub(crate) fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let mut padded = body.to_vec();
        padded.resize(body.len().next_multiple_of(4), 0);
        let len = padded.len() as u32 + 12;
        [self.words(&[kind, len]), padded, self.words(&[len])].concat()
    }
    pub(crate) fn section(self) -> Vec<u8> {
        let mut body = self.words(&[0x1a2b_3c4d]);
        self.u16(&mut body, 1);
        self.u16(&mut body, 0);
        body.extend([0xff; 8]);
        self.block(0x0a0d_0d0a, &body)
    }
    /// An interface with options given as code and value.
    pub(crate) fn interface(self, link: u16, snap_len: u32, options: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        self.u16(&mut body, link);
        self.u16(&mut body, 0);
        self.u32(&mut body, snap_len);
        body.extend(self.options(options));
        self.block(1, &body)
    }
    pub(crate) fn options(self, options: &[(u16, &[u8])]) -> Vec<u8> {
        let mut to = Vec::new();
        for (code, value) in options {
            self.u16(&mut to, *code);
            self.u16(&mut to, value.len() as u16);
            to.extend(*value);
            to.resize(to.len().next_multiple_of(4), 0);
        }
        to
    }
    pub(crate) fn packet(self, interface: u32, ticks: u64, data: &[u8], options: &[(u16, &[u8])]) -> Vec<u8> {
        let len = data.len() as u32;
        let mut body = self.words(&[interface, (ticks >> 32) as u32, ticks as u32, len, len + 7]);
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend(self.options(options));
        self.block(6, &body)
    }
    /// A pcap with records of these bytes, a second and 5 ticks apart.
    pub(crate) fn pcap(self, magic: u32, network: u32, records: &[&[u8]]) -> Vec<u8> {
        let mut to = self.words(&[magic]);
        self.u16(&mut to, 2);
        self.u16(&mut to, 4);
        to.extend(self.words(&[0, 0, 65535, network]));
        for (n, data) in (1..).zip(records) {
            let len = data.len() as u32;
            to.extend(self.words(&[n, 5 * n, len, len + 7]));
            if magic == 0xa1b2_cd34 {
                to.extend([0; 8]);
            }
            to.extend(*data);
        }
        to
    }
}

/// A pcapng with something of everything, in two sections.
pub(crate) fn rich() -> Vec<u8> {
    let (l, b) = (End::Little, End::Big);
    let mut statistics = l.words(&[0, 0, 0]);
    statistics.extend(l.options(&[(5, &9_u64.to_le_bytes())]));
    let mut secrets = l.words(&[capture::NSS_KEY_LOG, 5]);
    secrets.extend(b"KEYS!");
    let names = b.options(&[(1, b"\x7f\0\0\x01localhost\0")]);
    [
        l.section(),
        l.interface(1, 0, &[(2, b"eth0"), (9, &[9])]),
        l.block(10, &secrets),
        l.packet(0, 1_000_000_001, b"first", &[(4, &4_u64.to_le_bytes()), (1, b"look"), (1, b"twice")]),
        l.block(0x0bad, b"\x01\0\0\0custom"),
        l.block(5, &statistics),
        b.section(),
        b.interface(101, 6, &[(9, &[0x80 | 10]), (14, &7_i64.to_be_bytes())]),
        b.interface(276, 0, &[]),
        b.block(4, &names),
        b.packet(0, 1536, b"second", &[]),
        b.block(3, &[&[0, 0, 0, 9][..], b"simple"].concat()),
        b.packet(1, 2_000_003, b"", &[(1, b"empty")]),
        b.packet(9, 1, b"from nowhere", &[]),
        b.block(2, &[&b.words(&[0x0001_0003, 0, 77, 3, 3])[..], b"old"].concat()),
    ]
    .concat()
}
