//! Whatever is cut off or changed, what stood before is there, nothing panics and nothing loops.

use capture::{CaptureError, NoteKind};
use proptest::prelude::*;

use crate::support::{All, End, read, read_file, rich};

fn samples() -> [Vec<u8>; 2] {
    [End::Big.pcap(0xa1b2_3c4d, 1, &[b"one", b"", b"three"]), rich()]
}

#[test]
fn every_cut_yields_a_prefix() {
    for sample in samples() {
        let whole = read(&sample).unwrap();
        for cut in 0..sample.len() {
            let all = match read_file(&sample[..cut]) {
                Ok(all) => all,
                Err(
                    CaptureError::Empty { .. } | CaptureError::Unknown { .. } | CaptureError::Text { .. },
                ) if cut < 4 => {
                    continue;
                }
                Err(error) => panic!("cut at {cut}: {error}"),
            };
            assert!(whole.records.starts_with(&all.records), "cut at {cut}");
            assert_eq!(read(&sample[..cut]).unwrap(), all, "a pipe and a file cut at {cut}");
            let cuts = all.notes.iter().filter(|it| it.1 == NoteKind::Cut).count();
            assert!(cuts <= 1);
            // Where nothing is lost to a boundary, a cut is always told.
            let told: All = All { notes: vec![], ..all };
            if told.records.len() < whole.records.len() && cuts == 0 {
                let rest = read_file(&sample[..cut + 1]).unwrap();
                assert_eq!(rest.notes.iter().filter(|it| it.1 == NoteKind::Cut).count(), 1, "cut at {cut}");
            }
        }
    }
}

#[test]
fn damage_ends_the_capture_and_says_where() {
    let mut pcap = End::Little.pcap(0xa1b2_c3d4, 1, &[b"one", b"two"]);
    let second = 24 + 16 + 3;
    pcap[second + 11] = 0x7f;
    let all = read_file(&pcap).unwrap();
    assert_eq!((all.records.len(), all.notes[0].0, all.notes[0].1), (1, second as u64, NoteKind::Damaged));

    // Too long for the file and for any snap length: damage rather than a cut.
    pcap[second + 11] = 1;
    assert_eq!(read_file(&pcap).unwrap().notes[0].1, NoteKind::Damaged);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_behind_a_magic(magic in 0..5_usize, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let magics: [&[u8]; 5] = [
            &[0xd4, 0xc3, 0xb2, 0xa1],
            &[0x0a, 0x0d, 0x0d, 0x0a],
            &[0x1f, 0x8b, 0x08],
            &[0x28, 0xb5, 0x2f, 0xfd],
            &[0x04, 0x22, 0x4d, 0x18],
        ];
        let _ = read(&[magics[magic], &bytes].concat());
    }

    #[test]
    fn random_changes(
        which in 0..2_usize,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut sample = samples()[which].clone();
        for (place, byte) in changes {
            let place = place.index(sample.len());
            sample[place] = byte;
        }
        if let (Ok(file), Ok(pipe)) = (read_file(&sample), read(&sample)) {
            prop_assert_eq!(file, pipe);
        }
    }
}
