//! Secrets that are put into a capture afterwards: in front of everything, and all else as it was.

use std::time::Duration;

use capture::format::put_in_front;
use capture::{NSS_KEY_LOG, Source, Step, open};

use crate::support::{End, Temporary, read_file, rich};

const LOG: &[u8] = b"CLIENT_RANDOM 00 11\n";

/// Of both byte orders, and of the older format.
#[test]
fn secrets_come_first_and_all_else_stays() {
    let section = |end: End| {
        let packet = end.packet(0, 1_000, b"payload", &[]);
        [end.section(), end.interface(1, 0, &[(2, b"lo")]), packet].concat()
    };
    let pcap = End::Little.pcap(0xa1b2_c3d4, 1, &[b"one", b"two"]);
    for bytes in [rich(), section(End::Little), section(End::Big), pcap] {
        let before = read_file(&bytes).unwrap();
        let file = Temporary::new(&bytes);
        put_in_front(&file.0, NSS_KEY_LOG, LOG).unwrap();
        let after = read_file(&std::fs::read(&file.0).unwrap()).unwrap();
        assert_eq!(after.secrets.first().unwrap(), &(NSS_KEY_LOG, LOG.to_vec()));
        let data = |all: &crate::support::All| -> Vec<_> {
            all.records.iter().map(|it| (it.time, it.link, it.data.clone(), it.comment.clone())).collect()
        };
        assert_eq!(data(&after), data(&before));
        let mut capture = open(Source::File { path: file.0.clone(), follow: false }).unwrap();
        assert!(matches!(capture.next(Duration::ZERO).unwrap(), Step::Secrets { .. }), "they come first");
    }
}

/// What is no capture stays as it was, and nothing lies beside it.
#[test]
fn what_is_no_capture_is_left_alone() {
    let file = Temporary::new(b"GET / HTTP/1.1");
    assert!(put_in_front(&file.0, NSS_KEY_LOG, LOG).is_err());
    assert_eq!(std::fs::read(&file.0).unwrap(), b"GET / HTTP/1.1");
    let name = format!(".{}.new", file.0.file_name().unwrap().to_string_lossy());
    assert!(!file.0.with_file_name(name).exists());
}
