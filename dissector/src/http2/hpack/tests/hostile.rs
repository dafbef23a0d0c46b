//! Blocks that are wrong, or made to cost as much as they can (RFC 7541 7.3).

use super::{Random, decode, expected, lines, write};
use crate::http2::hpack::table::MOST;
use crate::http2::hpack::{Decoder, Fault, Huffman};

/// RFC 7541 2.3.3, 5 and 6: each way to be malformed, with its place.
#[test]
fn rfc7541_6_malformed() {
    for (block, told, fault, at) in [
        (&b"\x82\xFF"[..], 1, Fault::Short, 1),
        (b"\x82\x41", 1, Fault::Short, 2),
        (b"\x82\x41\x05abcd", 1, Fault::Short, 2),
        (b"\x40\x01a\xFF\xFF", 0, Fault::Short, 3),
        (b"\xFF\x80\x80\x80\x80\x80\x01", 0, Fault::Integer, 0),
        (b"\x3F\xFF\xFF\xFF\xFF\x1F", 0, Fault::Integer, 0),
        (b"\x84\x41\x81\x00", 1, Fault::Huffman(Huffman::Padding), 2),
        (b"\x84\x40\x82\xFF\xFF\x00", 1, Fault::Huffman(Huffman::Overlong), 2),
        (b"\x84\x41\x84\xFF\xFF\xFF\xFC", 1, Fault::Huffman(Huffman::EndOfString), 2),
        (b"\x80", 0, Fault::Index(0), 0),
        (b"\xBE", 0, Fault::Index(62), 0),
        (b"\x88\x7F\x00\x01x", 1, Fault::Index(63), 1),
        (b"\x0F\x2F\x01x", 0, Fault::Index(62), 0),
        (b"\x3F\xE2\x1F", 0, Fault::TableSize(4097), 0),
    ] {
        let (lines, decoded) = decode(&mut Decoder::new(), block);
        assert_eq!((lines.len(), decoded), (told, Err(fault.at(at))), "{block:02x?}");
    }
}

/// RFC 7541 4.2 and RFC 9113 4.3.1: a table that has to shrink, and when it has to say so.
#[test]
fn rfc7541_4_2_size_updates() {
    let facts = |decoder: &mut Decoder, block: &[u8]| {
        let decoded = decode(decoder, block).1.unwrap();
        (decoded.update_missing, decoded.update_late)
    };
    let update = |max| {
        let mut block = Vec::new();
        write::update(&mut block, max);
        block
    };
    let mut decoder = Decoder::new();
    // More is allowed: nothing has to be said, and nothing changes until it is.
    decoder.set_limit(8192);
    assert_eq!(decoder.table.max(), Some(4096));
    assert_eq!(facts(&mut decoder, b"\x82"), (false, false));
    assert_eq!(facts(&mut decoder, &update(8192)), (false, false));
    assert_eq!(decoder.table.max(), Some(8192));
    // Less is allowed, then more: the least has to be said.
    for (block, missing) in [
        (update(100), false),
        ([update(100), update(5000)].concat(), false),
        ([update(50), update(5000)].concat(), false),
        (update(5000), true),
        (vec![], true),
    ] {
        let mut decoder = Decoder::new();
        decoder.set_limit(100);
        decoder.set_limit(5000);
        assert_eq!(facts(&mut decoder, &[&block[..], b"\x82"].concat()), (missing, false), "{block:02x?}");
        assert_eq!(facts(&mut decoder, b"\x82"), (false, false));
    }
    assert_eq!(facts(&mut decoder, &[&b"\x82"[..], &update(10)].concat()), (false, true));
    assert_eq!(decoder.table.max(), Some(10));
    // 0 empties the table; what comes then finds no room.
    let mut decoder = Decoder::new();
    lines(&mut decoder, b"\x40\x01a\x01b");
    assert_eq!(decoder.table.extent(), (1, 34));
    assert_eq!(lines(&mut decoder, b"\x20\x40\x01c\x01d"), expected(&[("c", "d")]));
    assert_eq!(decoder.table.extent(), (0, 0));
    assert_eq!(decode(&mut decoder, b"\x3F\xE1\x1F\xBE").1, Err(Fault::Index(62).at(3)));
}

/// RFC 7541 4.4: a new entry may take its name from one that goes for it.
#[test]
fn rfc7541_4_4_name_of_an_entry_that_goes() {
    let mut decoder = Decoder::new();
    let block = b"\x3F\x09\x40\x04name\x02v1\x7E\x02v2\xBE"; // 40 bytes: one entry
    let [first, second] = [("name", "v1"), ("name", "v2")];
    assert_eq!(lines(&mut decoder, block), expected(&[first, second, second]));
    assert_eq!(decoder.table.extent(), (1, 38));
}

/// RFC 7541 7.3: a million references to one entry of 4,000 bytes. So much is told and no more, and the table
/// goes on.
#[test]
fn rfc7541_7_3_bomb_of_references() {
    let mut block = Vec::new();
    write::literal(&mut block, write::ADDED, Err(b"n"), &[b'v'; 4000], false);
    block.resize(block.len() + 1_000_000, 0xBE);
    write::literal(&mut block, write::ADDED, Err(b"last"), b"field", false);
    let mut decoder = Decoder::new();
    let (mut bytes, mut fields) = (0, 0);
    let decoded = decoder
        .decode(&block, &mut |field| {
            bytes += field.name.unwrap().len() + field.value.unwrap().len();
            fields += 1;
        })
        .unwrap();
    assert_eq!((decoded.told, decoded.told + decoded.left_out), (fields, 1_000_002));
    assert!(bytes > 250_000 && bytes < 256 << 10);
    assert_eq!(lines(&mut decoder, b"\xBE"), expected(&[("last", "field")]));
    // Fields of no length are not told without end either.
    let decoded = decoder.decode(&b"\x00\x00\x00".repeat(100_000), &mut |_| ()).unwrap();
    assert_eq!((decoded.told, decoded.left_out), (8192, 91808));
}

/// RFC 7541 7.3: entries that take a name of half a million bytes from each other cost neither time nor memory
/// for it.
#[test]
fn rfc7541_7_3_bomb_of_names() {
    let mut decoder = Decoder::new();
    decoder.set_limit(u32::MAX);
    let mut block = Vec::new();
    write::update(&mut block, u32::MAX);
    write::literal(&mut block, write::ADDED, Err(&[b'n'; 500_000]), b"", false);
    block.extend(b"\x7E\x00".repeat(200_000));
    // Copying them would be 100 GB.
    let decoded = decoder.decode(&block, &mut |_| ()).unwrap();
    assert_eq!((decoded.told, decoded.left_out), (0, 200_001));
    assert!(decoder.table.weight() <= MOST && decoder.table.extent().0 == 2);
}

/// Entries of the least size, as many as go in.
#[test]
fn rfc7541_7_3_bomb_of_entries() {
    let mut decoder = Decoder::new();
    decoder.set_limit(u32::MAX);
    let mut block = Vec::new();
    write::update(&mut block, u32::MAX);
    block.extend(b"\x40\x00\x00".repeat(100_000));
    decoder.decode(&block, &mut |_| ()).unwrap();
    assert_eq!((decoder.table.weight(), decoder.table.extent().0), (MOST, 1 << 15));
}

/// Bytes at random: no panic, what is told lies in the block in order, and the table stays within its bounds.
#[test]
fn rfc7541_any_bytes() {
    let mut random = Random::seeded(9113);
    let (mut whole, mut broken) = (0, 0);
    for round in 0..30_000 {
        let mut decoder = Decoder::new();
        match round % 3 {
            0 => decoder.lose(),
            1 => decoder.set_limit(random.below(100_000) as u32),
            _ => {}
        }
        for _ in 0..4 {
            let block = random.bytes(60);
            let mut behind = 0;
            let decoded = decoder.decode(&block, &mut |field| {
                assert!(
                    behind <= field.at.start && field.at.start < field.at.end && field.at.end <= block.len()
                );
                behind = field.at.end;
            });
            assert!(decoder.table.weight() <= MOST);
            match decoded {
                Ok(_) => whole += 1,
                Err(malformed) => {
                    assert!(malformed.at < block.len() || malformed.fault == Fault::Short);
                    assert!(!malformed.to_string().is_empty());
                    broken += 1;
                    decoder.lose();
                }
            }
        }
    }
    assert!(whole > 1000 && broken > 1000, "{whole} whole, {broken} broken");
}
