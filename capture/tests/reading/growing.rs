//! A capture that is still being written reads as the finished one does.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

use capture::{Source, Step, open};
use proptest::prelude::*;

use crate::support::{Temporary, drain, read_file, read_from, rich};

/// Gives its bytes in pieces of the sizes told, with a pause before some.
struct Halting {
    bytes: Vec<u8>,
    at: usize,
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Halting {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        let size = self.sizes[self.turn % self.sizes.len()];
        if size.is_multiple_of(5) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let got = (&self.bytes[self.at..]).read(&mut into[..size])?;
        self.at += got;
        Ok(got)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pipe_in_any_pieces_equals_the_file(sizes in proptest::collection::vec(1..90_usize, 1..20)) {
        let expected = read_file(&rich()).unwrap();
        let pipe = Halting { bytes: rich(), at: 0, sizes, turn: 0 };
        prop_assert_eq!(read_from(pipe).unwrap(), expected);
    }
}

#[test]
fn a_file_that_is_followed_yields_what_is_added() {
    let whole = rich();
    let expected = read_file(&whole).unwrap();
    let file = Temporary::new(b"");
    let mut capture = open(Source::File { path: file.0.clone(), follow: true }).unwrap();
    assert!(capture.format().is_none());
    let mut writer = OpenOptions::new().append(true).open(&file.0).unwrap();
    let mut data = Vec::new();
    for piece in whole.chunks(13) {
        writer.write_all(piece).unwrap();
        loop {
            match capture.next(Duration::ZERO).unwrap() {
                Step::Record(record) => data.push(record.data.to_vec()),
                Step::Idle => break,
                Step::End => panic!("a file that is followed does not end"),
                _ => {}
            }
        }
    }
    let expected: Vec<_> = expected.records.into_iter().map(|it| it.data).collect();
    assert_eq!(data, expected);
}

#[cfg(unix)]
#[test]
fn a_fifo_is_read_as_a_file_is() {
    let place = Temporary::new(b"");
    std::fs::remove_file(&place.0).unwrap();
    if !std::process::Command::new("mkfifo").arg(&place.0).status().is_ok_and(|it| it.success()) {
        println!("left out: there is no mkfifo here");
        return;
    }
    let mut capture = open(Source::File { path: place.0.clone(), follow: false }).unwrap();
    assert!(matches!(capture.next(Duration::from_millis(5)), Ok(Step::Idle)));
    let path = place.0.clone();
    let writer = std::thread::spawn(move || {
        let mut fifo = OpenOptions::new().write(true).open(path).unwrap();
        rich().chunks(50).for_each(|piece| fifo.write_all(piece).unwrap());
    });
    assert_eq!(drain(&mut *capture).unwrap(), read_file(&rich()).unwrap());
    writer.join().unwrap();
}

#[test]
fn patience_is_kept_and_an_endless_source_is_left() {
    struct Endless(std::sync::mpsc::Sender<()>);
    impl Read for Endless {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.0.send(()).unwrap();
            into[..4].copy_from_slice(&[0xd4, 0xc3, 0xb2, 0xa1]);
            std::thread::sleep(Duration::from_millis(1));
            Ok(4)
        }
    }
    let (alive, reads) = std::sync::mpsc::channel();
    let capture = open(Source::Reader(Box::new(Endless(alive)))).unwrap();
    drop(capture);
    let begun = Instant::now();
    while reads.recv().is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(20), "the thread goes on for ever");
    }

    let file = Temporary::new(&rich()[..100]);
    let mut capture = open(Source::File { path: file.0.clone(), follow: true }).unwrap();
    let begun = Instant::now();
    while !matches!(capture.next(Duration::from_millis(60)).unwrap(), Step::Idle) {}
    assert!(begun.elapsed() >= Duration::from_millis(60));
}

#[test]
fn a_source_that_fails_keeps_what_came_before() {
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.0 > 0 {
                return Err(io::Error::other("the cable was pulled"));
            }
            self.0 = (&rich()[..]).read(into)?;
            Ok(self.0)
        }
    }
    let all = read_from(Failing(0)).unwrap();
    assert_eq!(all.records, read_file(&rich()).unwrap().records);
    assert!(all.notes.last().unwrap().2.contains("the cable was pulled"));
}
