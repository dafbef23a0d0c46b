//! Random field sections, written by two encoders and read by two decoders.

use std::collections::VecDeque;

use super::{Random, write};
use crate::http2::hpack::{Decoder, static_table};

/// A name and a value.
type Pair = (Vec<u8>, Vec<u8>);

fn ours(decoder: &mut Decoder, block: &[u8]) -> Vec<Pair> {
    let mut fields = Vec::new();
    let decoded = decoder.decode(block, &mut |field| {
        fields.push((field.name.unwrap().to_vec(), field.value.unwrap().to_vec()));
    });
    assert_eq!(decoded.map(|decoded| decoded.told), Ok(fields.len()), "{block:02x?}");
    fields
}

/// Few names and values, so that they come again, and some that are long.
fn pair(random: &mut Random) -> Pair {
    let name = match random.below(4) {
        0 => static_table::entry(random.below(61) as u32 + 1).unwrap().0.to_owned(),
        _ => format!("x-name-{}", random.below(40)),
    };
    let value = match random.below(6) {
        0 => random.bytes(300),
        1 => Vec::new(),
        _ => format!("value {}", random.below(30)).into_bytes(),
    };
    (name.into_bytes(), value)
}

/// What the other encoder writes is read alike, and is what was written.
#[test]
fn rfc7541_second_opinion_on_its_own_blocks() {
    let mut random = Random::seeded(1);
    for _ in 0..30 {
        let mut encoder = loona_hpack::Encoder::new();
        let mut theirs = loona_hpack::Decoder::new();
        let mut decoder = Decoder::new();
        for _ in 0..40 {
            let fields: Vec<Pair> = (0..random.below(20)).map(|_| pair(&mut random)).collect();
            let block = encoder.encode(fields.iter().map(|(name, value)| (&name[..], &value[..])));
            assert_eq!(ours(&mut decoder, &block), fields);
            assert_eq!(theirs.decode(&block).unwrap(), fields);
        }
    }
}

/// An encoder that chooses at random among all that RFC 7541 allows.
struct Wild {
    random: Random,
    table: VecDeque<Pair>,
    max: usize,
}

impl Wild {
    fn trim(&mut self) {
        let size = |table: &VecDeque<Pair>| -> usize {
            table.iter().map(|(name, value)| name.len() + value.len() + 32).sum()
        };
        while size(&self.table) > self.max {
            self.table.pop_back();
        }
    }

    /// An index, and its entry.
    fn entry(&mut self) -> (u32, Pair) {
        let index = self.random.below(61 + self.table.len()) as u32 + 1;
        let pair = match static_table::entry(index) {
            Some((name, value)) => (name.as_bytes().to_vec(), value.as_bytes().to_vec()),
            None => self.table[index as usize - 62].clone(),
        };
        (index, pair)
    }

    /// A block and its fields, at least one.
    fn block(&mut self, limit: usize) -> (Vec<u8>, Vec<Pair>) {
        let (mut block, mut fields) = (Vec::new(), Vec::new());
        if self.random.below(4) == 0 {
            self.max = self.random.below(limit + 1);
            write::update(&mut block, self.max as u32);
            self.trim();
        }
        for _ in 0..=self.random.below(20) {
            let huffman = self.random.below(4) == 0;
            let how = [write::ADDED, write::ADDED, write::PLAIN, write::NEVER][self.random.below(4)];
            let (index, entry) = self.entry();
            let (name, value) = pair(&mut self.random);
            let field = match self.random.below(3) {
                0 => {
                    write::indexed(&mut block, index);
                    fields.push(entry);
                    continue;
                }
                1 => {
                    write::literal(&mut block, how, Ok(index), &value, huffman);
                    (entry.0, value)
                }
                _ => {
                    write::literal(&mut block, how, Err(&name), &value, huffman);
                    (name, value)
                }
            };
            if how == write::ADDED {
                self.table.push_front(field.clone());
                self.trim();
            }
            fields.push(field);
        }
        (block, fields)
    }
}

/// Every way to write a field, with size updates: both decoders read what was written. One that now and then loses
/// track says of each field the same or nothing.
#[test]
fn rfc7541_second_opinion_on_wild_blocks() {
    let mut unseen = 0;
    for seed in 1..=20 {
        let limit = [0, 100, 4096, 20_000][seed as usize % 4];
        let mut wild = Wild { random: Random::seeded(seed), table: VecDeque::new(), max: limit };
        let mut theirs = loona_hpack::Decoder::new();
        theirs.set_max_allowed_table_size(limit);
        let mut decoder = Decoder::new();
        decoder.set_limit(limit as u32);
        let mut lost = Decoder::new();
        // Both have to begin with the size that the encoder begins with.
        let mut update = Vec::new();
        write::update(&mut update, limit as u32);
        ours(&mut decoder, &update);
        theirs.set_max_table_size(limit);
        for round in 0..60 {
            let (block, fields) = wild.block(limit);
            assert_eq!(ours(&mut decoder, &block), fields);
            assert_eq!(theirs.decode(&block).unwrap(), fields);
            if round % 20 == 10 {
                lost.lose();
            }
            if round < 10 {
                continue;
            }
            let mut fields = fields.iter();
            let read = lost.decode(&block, &mut |field| {
                let (name, value) = fields.next().unwrap();
                unseen += usize::from(field.name.is_none()) + usize::from(field.value.is_none());
                assert!(field.name.is_none_or(|read| read == name), "{block:02x?}");
                assert!(field.value.is_none_or(|read| read == value), "{block:02x?}");
            });
            assert!(read.is_ok_and(|read| read.left_out == 0));
        }
    }
    assert!(unseen > 100, "{unseen}");
}
