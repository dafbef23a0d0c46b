//! JSON texts, each put together from pieces that were made before: as cheap as copying.

use std::fmt::Write;

use super::Random;

/// Bytes of the text that pieces are taken from.
const POOL: usize = 64 << 10;

/// Pieces of text.
pub struct Texts {
    pool: String,
    /// Where a word begins, and the longest text may be taken from.
    starts: Vec<u32>,
}

impl Texts {
    /// Pieces of texts that are not longer than `most`.
    pub fn new(most: u64, random: &mut Random) -> Self {
        let (mut pool, mut starts) = (String::new(), Vec::new());
        while pool.len() < POOL + most as usize {
            if pool.len() < POOL {
                starts.push(pool.len() as u32);
            }
            pool.push_str(random.word());
            pool.push(' ');
        }
        Self { pool, starts }
    }

    /// Puts a JSON text of `least` to `most` bytes into `text`, in place of what it held.
    pub fn json(&self, least: u64, most: u64, random: &mut Random, text: &mut String) {
        let len = (least + random.below(most - least)) as usize;
        text.clear();
        let (user, time) = (random.below(5000), random.below(1 << 32));
        // Writing to a string cannot fail.
        let _ = write!(text, r#"{{"type":"message","user":{user},"time":{time},"text":""#);
        let from = self.starts[random.below(self.starts.len() as u64) as usize] as usize;
        let room = len.saturating_sub(text.len() + 2);
        text.push_str(&self.pool[from..self.pool.floor_char_boundary(from + room)]);
        text.push_str("\"}");
    }
}
