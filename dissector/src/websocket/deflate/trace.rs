//! How far a compressed message reaches back, read from its symbols without inflating it (RFC 1951 3.2).
//!
//! An inflater with the largest window accepts what a smaller one would not, and cannot tell that a
//! context should have been empty. This can: RFC 7692 7.1.1 and 7.1.2 bind the sender to distances.

use super::huffman::{Code, DISTANCES, LENGTHS, fixed, lengths};
use super::inflate::{TAIL, WINDOW, Why};

/// What the symbols of one message say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Blocks: stored, with fixed codes, with dynamic codes; the empty one at the end is counted.
    pub blocks: [u32; 3],
    /// Blocks with BFINAL set.
    pub final_blocks: u32,
    /// Bytes that the message inflates to.
    pub output: u64,
    /// The farthest reference: what window the sender used at least.
    pub reach: Option<Reach>,
    /// The reference that goes farthest before the message's own first byte, and how far: none in a
    /// message that began with an empty window.
    pub before: Option<Reach>,
    /// Where the symbols stop making sense, and why. What stands above holds up to there.
    pub fault: Option<(u64, Why)>,
}

/// A back-reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The bit where its length symbol begins: eight times the byte, plus the bit from the least significant one.
    pub bit: u64,
    /// How far, in bytes: at most 32,768.
    pub distance: u32,
}

impl Trace {
    /// Reads a whole message's payload, unmasked, as it was on the wire.
    pub fn of(payload: &[u8]) -> Self {
        let tail: &[u8] = if payload.is_empty() || payload.ends_with(&TAIL) { &[] } else { &TAIL };
        let mut bits = Reader { payload, tail, at: 0 };
        let mut trace = Self::default();
        while trace.fault.is_none() && bits.left() > 0 {
            let block = bits.at;
            if let Err(why) = trace.block(&mut bits) {
                let end = payload.len() as u64 * 8;
                // In the four octets that nobody sent, every fault is the missing end of a block.
                let why = if bits.at > end || bits.left() == 0 { Why::Unfinished } else { why };
                trace.fault = Some((bits.at.max(block).min(end), why));
            }
        }
        trace
    }

    /// The window, in bits, that the sender needed at least: 8 to 15 (RFC 7692 7.1.2).
    pub fn window_bits(&self) -> u8 {
        let distance = self.reach.map_or(0, |reach| reach.distance);
        (8..15).find(|bits| distance <= 1 << bits).unwrap_or(15)
    }

    fn block(&mut self, bits: &mut Reader<'_>) -> Result<(), Why> {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => {
                bits.align();
                let (len, complement) = (bits.take(16)?, bits.take(16)?);
                if len != !complement & 0xFFFF {
                    return Err(Why::StoredLength);
                }
                self.count(0);
                self.output += bits.skip(u64::from(len) * 8)?;
            }
            1 => {
                self.count(1);
                let (literals, distances) = fixed();
                self.symbols(bits, &literals, &distances)?;
            }
            2 => {
                self.count(2);
                let (literals, distances) = dynamic(bits)?;
                self.symbols(bits, &literals, &distances)?;
            }
            _ => return Err(Why::BlockType),
        }
        if last {
            self.final_blocks += 1;
            bits.align();
            if bits.at == bits.payload.len() as u64 * 8 {
                bits.tail = &[];
            }
        }
        Ok(())
    }

    fn symbols(&mut self, bits: &mut Reader<'_>, literals: &Code, distances: &Code) -> Result<(), Why> {
        loop {
            let bit = bits.at;
            let symbol = bits.symbol(literals)?;
            match symbol {
                0..=255 => self.output += 1,
                256 => return Ok(()),
                _ => {
                    let &(base, extra) = LENGTHS.get(usize::from(symbol - 257)).ok_or(Why::Symbol)?;
                    let length = u32::from(base) + bits.take(extra)?;
                    let symbol = bits.symbol(distances)?;
                    let &(base, extra) = DISTANCES.get(usize::from(symbol)).ok_or(Why::Symbol)?;
                    let distance = u32::from(base) + bits.take(extra)?;
                    self.refer(Reach { bit, distance });
                    self.output += u64::from(length);
                }
            }
        }
    }

    fn refer(&mut self, reach: Reach) {
        if self.reach.is_none_or(|farthest| farthest.distance < reach.distance) {
            self.reach = Some(reach);
        }
        let own = u32::try_from(self.output).unwrap_or(WINDOW as u32);
        let distance = reach.distance.saturating_sub(own);
        if distance > 0 && self.before.is_none_or(|farthest| farthest.distance < distance) {
            self.before = Some(Reach { distance, ..reach });
        }
    }

    fn count(&mut self, kind: usize) {
        if let Some(count) = self.blocks.get_mut(kind) {
            *count = count.saturating_add(1);
        }
    }
}

/// The codes of a dynamic block (RFC 1951 3.2.7).
fn dynamic(bits: &mut Reader<'_>) -> Result<(Code, Code), Why> {
    let literals = bits.take(5)? as usize + 257;
    let distances = bits.take(5)? as usize + 1;
    let codes = bits.take(4)? as usize + 4;
    if literals > 286 || distances > 30 {
        return Err(Why::Codes);
    }
    let mut lens = [0; 19];
    for &place in ORDER.iter().take(codes) {
        if let Some(len) = lens.get_mut(place) {
            *len = bits.take(3)? as u8;
        }
    }
    let code = Code::new(&lens, true).ok_or(Why::Codes)?;
    let lens = lengths(literals + distances, || {
        let symbol = bits.symbol(&code)?;
        let extra = match symbol {
            16 => bits.take(2)?,
            17 => bits.take(3)?,
            18 => bits.take(7)?,
            _ => 0,
        };
        Ok((symbol, extra))
    })?;
    let (of_literals, of_distances) = lens.split_at_checked(literals).ok_or(Why::Codes)?;
    if of_literals.get(256).is_none_or(|&len| len == 0) {
        return Err(Why::Codes);
    }
    let literals = Code::new(of_literals, false).ok_or(Why::Codes)?;
    Ok((literals, Code::new(of_distances, false).ok_or(Why::Codes)?))
}

/// The order in which the code lengths' own code lengths stand (RFC 1951 3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Bits from the least significant one, of the payload and the octets behind it.
struct Reader<'a> {
    payload: &'a [u8],
    tail: &'a [u8],
    at: u64,
}

impl Reader<'_> {
    fn left(&self) -> u64 {
        ((self.payload.len() + self.tail.len()) as u64 * 8).saturating_sub(self.at)
    }

    /// At least 25 bits, zeros behind the end.
    fn peek(&self) -> u32 {
        let at = (self.at / 8) as usize;
        let word = match self.payload.get(at..).and_then(<[u8]>::first_chunk) {
            Some(word) => u32::from_le_bytes(*word),
            None => {
                let rest = self.payload.get(at..).unwrap_or_default();
                let behind = self.tail.get(at.saturating_sub(self.payload.len())..).unwrap_or_default();
                let mut word = [0; 4];
                word.iter_mut().zip(rest.iter().chain(behind)).for_each(|(to, from)| *to = *from);
                u32::from_le_bytes(word)
            }
        };
        word >> (self.at % 8)
    }

    /// A number of up to 16 bits.
    fn take(&mut self, bits: u8) -> Result<u32, Why> {
        let number = self.peek() & ((1 << bits) - 1);
        self.skip(u64::from(bits))?;
        Ok(number)
    }

    fn symbol(&mut self, code: &Code) -> Result<u16, Why> {
        let (symbol, bits) = code.decode(self.peek()).ok_or(Why::Symbol)?;
        self.skip(u64::from(bits))?;
        Ok(symbol)
    }

    /// Moves on, and says how many bytes that were.
    fn skip(&mut self, bits: u64) -> Result<u64, Why> {
        if self.left() < bits {
            self.at += self.left();
            return Err(Why::Unfinished);
        }
        self.at += bits;
        Ok(bits / 8)
    }

    fn align(&mut self) {
        self.at = self.at.next_multiple_of(8);
    }
}
