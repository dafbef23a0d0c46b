//! What one side says in compressed messages, for as long as it takes, at the price of copying.
//!
//! The side's texts come round again after many times the window of DEFLATE, so from the second round on every message
//! finds the same 32 KiB before it as in the round before (RFC 7692 7.1.1). What zlib made of it then is right for ever,
//! and is only copied; it refers back as it would in a stream that never comes round.

use flate2::{Compress, Compression, FlushCompress};

use super::{Random, Texts};

/// Bytes of text after which it comes round: 16 windows.
const ROUND: usize = 512 << 10;

/// The texts of one side of a connection.
pub(super) struct Script {
    /// Made when it is first needed: it takes a quarter of a megabyte. Gone when nothing is left to compress.
    compressor: Option<Compress>,
    lines: Vec<Line>,
    /// Bytes of the lines that there are.
    len: usize,
    next: usize,
    round: u32,
}

/// A message: what is said, and how it goes over the wire.
#[derive(Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) deflated: Vec<u8>,
}

impl Script {
    pub(super) const fn new() -> Self {
        Self { compressor: None, lines: Vec::new(), len: 0, next: 0, round: 0 }
    }

    /// The next message.
    pub(super) fn next(&mut self, texts: &Texts, random: &mut Random) -> &Line {
        if self.round > 0 && self.next == self.lines.len() {
            (self.next, self.round) = (0, self.round + 1);
        }
        if self.round == 0 {
            let mut line = Line::default();
            texts.json(100, 1500, random, &mut line.text);
            self.len += line.text.len();
            self.lines.push(line);
            self.round = u32::from(self.len >= ROUND);
        }
        let place = self.next;
        self.next += 1;
        let line = &mut self.lines[place];
        if self.round < 3 {
            let compressor = self.compressor.get_or_insert_with(|| Compress::new(Compression::fast(), false));
            deflate(compressor, line.text.as_bytes(), &mut line.deflated);
        } else {
            self.compressor = None;
        }
        line
    }
}

/// RFC 7692 7.2.1: compressed up to a sync flush, of which the last four bytes are left out.
fn deflate(compressor: &mut Compress, text: &[u8], into: &mut Vec<u8>) {
    into.clear();
    into.reserve(text.len() + 64);
    // Into memory with room to spare, compressing cannot fail.
    let _ = compressor.compress_vec(text, into, FlushCompress::Sync);
    into.truncate(into.len().saturating_sub(4));
}
