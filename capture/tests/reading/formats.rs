//! Each format, in both byte orders, compressed and not, reads as what was written.

use std::io::Write;

use capture::format::{NewInterface, Packet, PcapNgWriter};
use capture::{LinkType, NoteKind};
use flate2::{Compression, write::GzEncoder};

use crate::support::{End, read, read_file, rich};

#[test]
fn pcap_in_every_magic_and_byte_order() {
    for end in [End::Little, End::Big] {
        for (magic, tick) in [(0xa1b2_c3d4, 1_000), (0xa1b2_3c4d, 1), (0xa1b2_cd34, 1_000)] {
            // The upper bits of the network field tell of the frame check sequence.
            let all = read_file(&end.pcap(magic, 0x2400_0001, &[b"one", b"", b"three"])).unwrap();
            let got: Vec<_> =
                all.records.iter().map(|it| (it.time, it.link, it.wire_len, it.data.as_slice())).collect();
            let time = |n: i64| n * 1_000_000_000 + 5 * n * tick;
            assert_eq!(
                got,
                [(time(1), 1, 10, &b"one"[..]), (time(2), 1, 7, b""), (time(3), 1, 12, b"three")]
            );
            assert_eq!(all.notes, []);
        }
    }
}

#[test]
fn pcapng_with_sections_interfaces_and_all_blocks() {
    let all = read(&rich()).unwrap();
    let got: Vec<_> = all
        .records
        .iter()
        .map(|it| (it.interface, it.link, it.time, it.wire_len, it.data.as_slice(), it.comment.as_deref()))
        .collect();
    assert_eq!(
        got,
        [
            (0, 1, 1_000_000_001, 12, &b"first"[..], Some("look\ntwice")),
            // 1536 ticks of 2^-10 seconds, after an offset of 7 seconds.
            (1, 101, 8_500_000_000, 13, b"second", None),
            (1, 101, 8_500_000_000, 9, b"simple", None),
            (2, 276, 2_000_003_000, 7, b"", Some("empty")),
            (2, 276, 77_000, 3, b"old", None),
        ]
    );
    assert_eq!(all.secrets, [(capture::NSS_KEY_LOG, b"KEYS!".to_vec())]);
    assert_eq!(all.names, ["127.0.0.1 localhost"]);
    assert_eq!(
        all.interfaces,
        [
            "0 Ethernet Some(\"eth0\") nanoseconds",
            "1 raw IP None 2^-10 seconds",
            "2 Linux cooked v2 None microseconds"
        ]
    );
    let kinds: Vec<_> = all.notes.iter().map(|it| it.1).collect();
    assert_eq!(
        kinds,
        [
            // Four before the packet; five more by the statistics' nine.
            NoteKind::Dropped { packets: 4 },
            NoteKind::Skipped,
            NoteKind::Dropped { packets: 5 },
            NoteKind::Comment,
            NoteKind::Damaged,
            NoteKind::Dropped { packets: 3 },
        ]
    );
}

#[test]
fn what_is_written_is_read() {
    let mut writer = PcapNgWriter::new(Vec::new(), "a test").unwrap();
    writer.secrets(capture::NSS_KEY_LOG, b"CLIENT_RANDOM").unwrap();
    let link = LinkType::ETHERNET;
    let id = writer
        .interface(&NewInterface {
            link,
            snap_len: 9,
            name: Some("lo"),
            filter: Some("tcp"),
            ..NewInterface::default()
        })
        .unwrap();
    let long = "ä".repeat(40_000);
    for (time, data, comment) in
        [(1, &b"abc"[..], None), (i64::MAX, b"", Some("odd")), (-5, b"x", Some(&*long))]
    {
        writer.packet(&Packet { interface: id, time, wire_len: 3, data, comment }).unwrap();
    }
    assert!(writer.packet(&Packet { interface: 1, ..Packet::default() }).is_err(), "not described");
    writer.statistics(id, 5, 10, 2).unwrap();
    let all = read_file(&writer.into_inner()).unwrap();
    let got: Vec<_> = all.records.iter().map(|it| (it.time, it.data.as_slice())).collect();
    assert_eq!(got, [(1, &b"abc"[..]), (i64::MAX, b""), (0, b"x")]);
    assert_eq!(all.records[1].comment.as_deref(), Some("odd"));
    assert!(long.starts_with(all.records[2].comment.as_deref().unwrap()), "cut between characters");
    assert_eq!(all.secrets[0].1, b"CLIENT_RANDOM");
    assert_eq!(all.notes[0].1, NoteKind::Dropped { packets: 2 });
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut to = GzEncoder::new(Vec::new(), Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    // Several blocks, so that a cut leaves whole ones before it.
    let blocks = lz4_flex::frame::FrameInfo::new().block_size(lz4_flex::frame::BlockSize::Max64KB);
    let mut to = lz4_flex::frame::FrameEncoder::with_frame_info(blocks, Vec::new());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

/// Larger than a zstd block and any buffer on the way.
fn large() -> Vec<u8> {
    let packets: Vec<Vec<u8>> = (0..3000_u32).map(|n| n.to_be_bytes().repeat(1 + n as usize % 200)).collect();
    let slices: Vec<&[u8]> = packets.iter().map(Vec::as_slice).collect();
    End::Little.pcap(0xa1b2_c3d4, 1, &slices)
}

#[test]
fn compressed_in_one_piece_or_several_equals_plain() {
    let plain = large();
    let expected = read_file(&plain).unwrap();
    assert_eq!(expected.records.len(), 3000);
    let (front, back) = plain.split_at(plain.len() / 3);
    for pack in [gzip, zstd, lz4] {
        assert_eq!(read_file(&pack(&plain)).unwrap(), expected);
        assert_eq!(read(&[pack(front), pack(b""), pack(back)].concat()).unwrap(), expected);
    }
    let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc", &zstd(front), &gzip(back)].concat();
    assert_eq!(read_file(&skippable).unwrap(), expected);
    let trailing = read_file(&[gzip(&plain), b"trailing".to_vec()].concat()).unwrap();
    assert_eq!((trailing.records, trailing.notes[0].1), (expected.records, NoteKind::Skipped));
}

#[test]
fn compressed_and_cut_keeps_what_came_before() {
    let plain = large();
    let whole = read_file(&plain).unwrap().records;
    for pack in [gzip, zstd, lz4] {
        let packed = pack(&plain);
        for part in [3, 5, 7, 9] {
            let cut = packed.len() * part / 10;
            let all = read_file(&packed[..cut]).unwrap();
            assert!(whole.starts_with(&all.records));
            assert!(
                all.records.len() > whole.len() * (part - 2) / 10,
                "{} of a cut at {part}0 %",
                all.records.len()
            );
            assert_eq!(all.notes[0].1, NoteKind::Cut, "{:?}", all.notes);
        }
    }
}
