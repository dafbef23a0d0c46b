//! Numbers, bytes and texts from a seed.

/// SplitMix64: small, and the same everywhere.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A source that always says the same for the same seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `limit`.
    pub const fn below(&mut self, limit: u64) -> u64 {
        self.number() % limit
    }

    /// One or the other.
    pub const fn coin(&mut self) -> bool {
        self.number() >> 63 == 1
    }

    /// Puts `len` bytes into `bytes`, in place of what it held.
    pub fn fill(&mut self, len: usize, bytes: &mut Vec<u8>) {
        bytes.resize(len, 0);
        let mut words = bytes.chunks_exact_mut(8);
        for word in &mut words {
            word.copy_from_slice(&self.number().to_le_bytes());
        }
        let rest = words.into_remainder();
        let last = self.number().to_le_bytes();
        rest.copy_from_slice(&last[..rest.len()]);
    }

    /// A word as people say it.
    pub const fn word(&mut self) -> &'static str {
        WORDS[self.below(WORDS.len() as u64) as usize]
    }

    /// Puts a JSON text of `least` to about `most` bytes into `text`, in place of what it held.
    pub fn json(&mut self, least: u64, most: u64, text: &mut String) {
        use std::fmt::Write;

        let len = (least + self.below(most - least)) as usize;
        text.clear();
        let (user, time) = (self.below(5000), self.below(1 << 32));
        // Writing to a string cannot fail.
        let _ = write!(text, r#"{{"type":"message","user":{user},"time":{time},"text":""#);
        while text.len() + 2 < len {
            text.push_str(self.word());
            text.push(' ');
        }
        text.push_str("\"}");
    }
}

const WORDS: [&str; 16] = [
    "hello",
    "the",
    "price",
    "of",
    "tomorrow's",
    "coffee",
    "is",
    "17.25",
    "Grüße",
    "and",
    "who",
    "knows",
    "日本",
    "updates",
    "later",
    "ok",
];
