//! What is known where blocks were missed or a table is too large to be kept (RFC 7541 2.3 and 4).

use super::{decode, expected, lines, write};
use crate::http2::hpack::table::{MOST, MOST_UNSURE};
use crate::http2::hpack::{Decoder, Fault};

fn lost() -> Decoder {
    let mut decoder = Decoder::new();
    decoder.lose();
    decoder
}

/// Entries that are added later are known, the static ones always, and those behind them are nobody's guess.
#[test]
fn rfc7541_2_3_3_entries_from_before_are_unseen() {
    let mut decoder = Decoder::new();
    lines(&mut decoder, b"\x40\x01a\x01b");
    decoder.lose();
    let read = lines(&mut decoder, b"\x82\xBE\x40\x01c\x01d\xBE\xBF\xFF\xFF\xFF\xFF\x0F");
    let [get, new, unseen] = [(":method", "GET"), ("c", "d"), ("?", "?")];
    assert_eq!(read, expected(&[get, unseen, new, new, unseen, unseen]));
    // A name that nobody saw makes an entry with a value only.
    let read = lines(&mut decoder, b"\x7F\x00\x01v\xBE\xBF\x0F\x2F\x01w");
    assert_eq!(read, expected(&[("?", "v"), ("?", "v"), new, ("?", "w")]));
    // The index 0 is wrong whatever the table holds.
    assert_eq!(decode(&mut decoder, b"\x82\x80").1, Err(Fault::Index(0).at(1)));
}

/// RFC 7541 4.3: the size becomes known when it is told, and with it what has to be gone.
#[test]
fn rfc7541_4_3_a_size_update_makes_certain() {
    let mut decoder = lost();
    lines(&mut decoder, b"\x40\x01a\x01b");
    // 68 bytes are room for two entries of 34: an unseen one may be there.
    assert_eq!(lines(&mut decoder, b"\x3F\x25\xBF"), expected(&[("?", "?")]));
    // 65 are not.
    assert_eq!(lines(&mut decoder, b"\x3F\x22\xBE"), expected(&[("a", "b")]));
    assert_eq!(decode(&mut decoder, b"\xBF").1, Err(Fault::Index(63).at(0)));
    let mut decoder = lost();
    assert_eq!(decode(&mut decoder, b"\x20\xBE").1, Err(Fault::Index(62).at(1)));
}

/// RFC 7541 4.3: unseen entries are gone when newer ones had to go.
#[test]
fn rfc7541_4_3_eviction_makes_certain() {
    let mut decoder = lost();
    lines(&mut decoder, b"\x3F\x45"); // 100
    lines(&mut decoder, b"\x40\x01a\x01b");
    assert_eq!(lines(&mut decoder, b"\xBF"), expected(&[("?", "?")]));
    lines(&mut decoder, b"\x40\x01c\x01d");
    // 68 of 100: the smallest entry has 32.
    assert_eq!(lines(&mut decoder, b"\xC0"), expected(&[("?", "?")]));
    lines(&mut decoder, b"\x40\x01e\x01f");
    assert_eq!(lines(&mut decoder, b"\xBE\xBF"), expected(&[("e", "f"), ("c", "d")]));
    assert_eq!(decode(&mut decoder, b"\xC0").1, Err(Fault::Index(64).at(0)));
    // RFC 7541 4.4: an entry that is too large empties the table.
    let mut decoder = lost();
    lines(&mut decoder, b"\x3F\x03\x40\x01a\x01b\x40\x01c\x03def");
    assert_eq!(decoder.table.extent(), (0, 0));
    assert_eq!(decode(&mut decoder, b"\xBE").1, Err(Fault::Index(62).at(0)));
}

/// RFC 7541 6.3: a table that nobody knows the limit of can have any size.
#[test]
fn rfc7541_6_3_no_limit_is_known() {
    let mut update = Vec::new();
    write::update(&mut update, u32::MAX);
    assert_eq!(decode(&mut Decoder::new(), &update).1, Err(Fault::TableSize(u32::MAX).at(0)));
    let mut decoder = lost();
    lines(&mut decoder, &update);
    decoder.set_limit(100);
    assert_eq!(decode(&mut decoder, &update).1, Err(Fault::TableSize(u32::MAX).at(0)));
}

/// A block with `count` entries of 1,032 bytes each, numbered from `from`.
fn entries(from: usize, count: usize) -> Vec<u8> {
    let mut block = Vec::new();
    for number in from..from + count {
        let value = format!("{number:0999}");
        write::literal(&mut block, write::ADDED, Err(b"n"), value.as_bytes(), false);
    }
    block
}

/// A table that may be larger than what is kept of one: the newest are kept and right, the rest is unseen.
#[test]
fn rfc7541_4_1_large_tables_are_kept_in_part() {
    for (mut decoder, most, max) in
        [(Decoder::new(), MOST, Some(1 << 24)), (lost(), MOST, Some(1 << 24)), (lost(), MOST_UNSURE, None)]
    {
        if let Some(max) = max {
            decoder.set_limit(max);
            let mut block = Vec::new();
            write::update(&mut block, max);
            lines(&mut decoder, &block);
        }
        let kept = most / 1032;
        for from in (0..2000).step_by(100) {
            lines(&mut decoder, &entries(from, 100));
            assert!(decoder.table.weight() <= most);
        }
        assert_eq!(decoder.table.extent().0, kept as usize);
        let at = |decoder: &mut Decoder, index| {
            let mut block = Vec::new();
            write::indexed(&mut block, 62 + index);
            lines(decoder, &block)
        };
        assert_eq!(at(&mut decoder, 0), expected(&[("n", &format!("{:0999}", 1999))]));
        let oldest = format!("{:0999}", 2000 - kept);
        assert_eq!(at(&mut decoder, kept as u32 - 1), expected(&[("n", &oldest)]));
        assert_eq!(at(&mut decoder, kept as u32), expected(&[("?", "?")]));
    }
}

/// An entry that is larger than what is kept keeps its place, so that the others are counted rightly.
#[test]
fn rfc7541_4_4_large_entries_keep_their_place() {
    let mut decoder = Decoder::new();
    decoder.set_limit(1 << 24);
    let mut block = Vec::new();
    write::update(&mut block, 1 << 24);
    write::literal(&mut block, write::ADDED, Err(b"a"), b"b", false);
    write::literal(&mut block, write::ADDED, Err(b"large"), &vec![b'x'; MOST as usize], false);
    write::literal(&mut block, write::ADDED, Err(b"coded"), &vec![b'0'; MOST as usize * 3 / 2], true);
    let decoded = decode(&mut decoder, &block).1.unwrap();
    assert_eq!((decoded.told, decoded.left_out), (1, 2));
    let block = b"\x40\x01c\x01d\xBE\xBF\xC0\xC1";
    let [first, last, unseen] = [("a", "b"), ("c", "d"), ("?", "?")];
    assert_eq!(lines(&mut decoder, block), expected(&[last, last, unseen, unseen, first]));
    // Its size counts: a table of 2 MiB and a half has room for one of the two and for no third.
    let mut block = Vec::new();
    write::update(&mut block, 5 << 19);
    assert_eq!(lines(&mut decoder, &block), []);
    assert_eq!(decode(&mut decoder, b"\xC0").1.map(|decoded| decoded.told), Err(Fault::Index(64).at(0)));
}
