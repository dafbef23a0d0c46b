//! Looks for the next believable frame header where it is not known where one begins: after a gap, or in a
//! capture that begins in the middle.
//!
//! A header alone proves nothing: one in sixteen pairs of random bytes could be one. What counts is a chain:
//! each header says where the next one must be. Every step of it that fits adds evidence, counted in bits (a
//! random stream fits with a chance of 2⁻ᵇⁱᵗˢ); enough bits are believed. Nothing is kept of the bytes.

mod chain;

use self::chain::{BOUNDARY_BITS, Chain, Fares};
use crate::websocket::opcode::Opcode;

/// How sure one wants to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    /// WebSocket is known to be there.
    Expected,
    /// The same, and no more bytes will come.
    ExpectedAtEnd,
    /// Anything could be there.
    Unexpected,
    /// The same, and no more bytes will come.
    UnexpectedAtEnd,
}

impl Certainty {
    /// Bits of evidence that are enough.
    const fn bits(self) -> u32 {
        match self {
            Self::Expected => 20,
            Self::ExpectedAtEnd => 12,
            Self::Unexpected => 40,
            Self::UnexpectedAtEnd => 26,
        }
    }
}

/// Where a header is believed to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Believed {
    pub(crate) at: u64,
    /// Whether its frames are masked: a client's.
    pub(crate) masked: bool,
}

/// Chains that are followed at once.
const MOST_CHAINS: usize = 16;

/// Bytes after which a search where nothing is known to be found is given up.
const TIRED: u64 = 4 << 20;

/// Offsets of a piece, from its beginning, that are tried as the beginning of a chain where no chain is going on.
const DEPTH: usize = 4096;

/// A search going on.
#[derive(Debug, Default)]
pub(crate) struct Search {
    begun: Option<u64>,
    seen: u64,
    chains: Vec<Chain>,
    masked: Option<bool>,
    /// Whether RSV1 may be set.
    uncompressed: bool,
}

impl Search {
    /// A search that begins at an offset.
    pub(crate) fn from(at: u64) -> Self {
        Self { begun: Some(at), seen: at, ..Self::default() }
    }

    /// What is known of the frames that are looked for.
    pub(crate) fn expect(&mut self, masked: bool, compressed: bool) {
        self.masked = Some(masked);
        self.uncompressed = !compressed;
        let unfit = |chain: &Chain| chain.masked != masked;
        self.chains.retain(|chain| !unfit(chain));
    }

    /// Where the search began.
    pub(crate) fn begun(&self) -> Option<u64> {
        self.begun
    }

    /// Whether more was seen than is worth it.
    pub(crate) fn is_tired(&self) -> bool {
        self.seen.saturating_sub(self.begun.unwrap_or(self.seen)) > TIRED
    }

    /// Bytes that were never captured.
    pub(crate) fn gap(&mut self, at: u64, len: u64) {
        self.begun.get_or_insert(at);
        let end = at.saturating_add(len);
        self.seen = end;
        self.chains.retain(|chain| chain.next >= end && chain.part_len == 0);
        // What is next to be captured begins where a segment does.
        for chain in self.chains.iter_mut().filter(|chain| chain.next == end) {
            chain.bits += BOUNDARY_BITS;
        }
    }

    /// The next piece.
    pub(crate) fn bytes(&mut self, at: u64, bytes: &[u8]) {
        self.begun.get_or_insert(at);
        let end = at + bytes.len() as u64;
        self.seen = end;
        for mut chain in core::mem::take(&mut self.chains) {
            if chain.follow(at, bytes, &mut |_| true) {
                self.keep(chain);
            }
        }
        let depth = if self.chains.is_empty() { DEPTH.min(bytes.len()) } else { 1 };
        let mut fares = Fares::default();
        for skip in 0..depth {
            let start = at + skip as u64;
            if self.chains.iter().any(|chain| chain.start == start) {
                continue;
            }
            let Some(masked) = bytes.get(skip..).and_then(|rest| self.begins(rest)) else { continue };
            let mut chain = Chain::new(start, masked, if skip == 0 { BOUNDARY_BITS } else { 0 });
            // Inside a piece a header must be confirmed by what follows it there.
            let enough = if skip == 0 { 0 } else { Certainty::ExpectedAtEnd.bits() };
            if fares.follow(&mut chain, at, bytes, enough) {
                self.keep(chain);
            }
            if skip > 0 && !self.chains.is_empty() {
                break;
            }
        }
        if self.chains.len() > MOST_CHAINS {
            self.chains.sort_by_key(|chain| (core::cmp::Reverse(chain.bits), chain.start));
            self.chains.truncate(MOST_CHAINS);
        }
    }

    /// Of chains that go on alike, the one with the most evidence is enough.
    fn keep(&mut self, chain: Chain) {
        if !self.chains.iter().any(|known| known.covers(&chain)) {
            self.chains.retain(|known| !chain.covers(known));
            self.chains.push(chain);
        }
    }

    /// Whether two bytes could begin a frame of the kind that is looked for; whether it is masked.
    fn begins(&self, bytes: &[u8]) -> Option<bool> {
        let (first, second) = (*bytes.first()?, *bytes.get(1)?);
        let rsv = if self.uncompressed { 0x70 } else { 0x30 };
        let opcode = Opcode(first & 15);
        let masked = second & 0x80 != 0;
        let fits = first & rsv == 0
            && !opcode.is_reserved()
            && (!opcode.is_control() || (first & 0xc0 == 0x80 && second & 0x7f <= 125));
        (fits && self.masked.is_none_or(|expected| expected == masked)).then_some(masked)
    }

    /// Where a header is believed to begin, if that is certain enough.
    pub(crate) fn believed(&self, certainty: Certainty) -> Option<Believed> {
        let asked = matches!(certainty, Certainty::Expected | Certainty::ExpectedAtEnd);
        let likely = self.chains.iter().filter(|chain| chain.bits >= certainty.bits());
        let best = likely
            .filter(|chain| asked || chain.telling)
            .max_by_key(|chain| (chain.bits, core::cmp::Reverse(chain.start)))?;
        Some(Believed { at: best.start, masked: best.masked })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::websocket::header::{FrameHeader, Parsed};
    use crate::websocket::mask::unmask;

    fn frame(masked: bool, text: &str) -> Vec<u8> {
        let mut header = FrameHeader::new(Opcode::TEXT, text.len() as u64);
        header.mask = masked.then_some([0x30, 0x34, 0x6c, 0xd3]);
        let mut bytes = header.write();
        let mut payload = text.as_bytes().to_vec();
        if let Some(key) = header.mask {
            unmask(&mut payload, key, 0);
        }
        bytes.extend(payload);
        bytes
    }

    /// After a gap the first whole frame is found, wherever it begins in a piece.
    #[test]
    fn a_frame_is_found_after_the_rest_of_a_payload() {
        for masked in [true, false] {
            let mut stream: Vec<u8> = (0..100u32).map(|i| (i * i * 7 + 13) as u8).collect();
            (0..5).for_each(|i| stream.extend(frame(masked, &format!("message number {i}"))));
            let mut search = Search::from(1000);
            search.expect(masked, false);
            search.bytes(1000, &stream);
            assert_eq!(search.believed(Certainty::Expected), Some(Believed { at: 1100, masked }));
        }
    }

    /// Masked text looks like a key and text behind it wherever two of its bytes look like a header: wherever a capture
    /// begins in it, what is believed is a frame that was sent, or leads to one at once.
    #[test]
    fn masked_text_is_not_taken_for_frames() {
        const WORDS: [&str; 6] =
            ["order", "temperature", "42.5", "{\"user\":", "from there to", "\"id\":[7,8]}"];
        let mut state = 7_u64;
        let mut below = |end: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % end
        };
        let (mut stream, mut starts) = (Vec::new(), Vec::new());
        for _ in 0..400 {
            starts.push(stream.len() as u64);
            let text: String = (0..8 + below(40)).map(|_| WORDS[below(6) as usize]).collect();
            let mut header = FrameHeader::new(Opcode::TEXT, text.len() as u64);
            header.mask = Some([below(256) as u8, below(256) as u8, below(256) as u8, below(256) as u8]);
            let mut payload = text.into_bytes();
            unmask(&mut payload, header.mask.unwrap_or_default(), 0);
            stream.extend(header.write());
            stream.extend(payload);
        }
        let (mut tried, mut wrong) = (0, 0);
        for cut in (0..stream.len() - 20_000).step_by(7) {
            let mut search = Search::from(0);
            search.expect(true, false);
            let mut at = cut as u64;
            let mut believed = None;
            for piece in stream[cut..].chunks(500) {
                search.bytes(at, piece);
                at += piece.len() as u64;
                believed = search.believed(Certainty::Expected);
                if believed.is_some() {
                    break;
                }
            }
            tried += 1;
            let at = believed.map(|it| it.at).unwrap_or_default();
            if starts.binary_search(&at).is_ok() {
                continue;
            }
            // One in front of true ones may fit by chance; it leads to them.
            wrong += 1;
            let Parsed::Done { value, used } = FrameHeader::parse(&stream[at as usize..]) else {
                panic!("{at}")
            };
            let next = at + used as u64 + value.payload_len;
            assert!(starts.binary_search(&next).is_ok(), "from {cut}: {at}, then {next}");
        }
        assert!(wrong * 100 < tried, "{wrong} of {tried}");
    }

    /// A header that is cut by every piece's end is followed all the same, where its first two bytes came in one.
    #[test]
    fn chains_go_on_across_pieces() {
        let stream: Vec<u8> = (0..4).flat_map(|_| frame(true, "hello, world")).collect();
        for step in 2..stream.len() {
            let mut search = Search::from(0);
            let mut at = 0;
            for piece in stream.chunks(step) {
                search.bytes(at, piece);
                at += piece.len() as u64;
            }
            // Text gives evidence only where it came with its header, so less is asked of short pieces.
            assert_eq!(search.believed(Certainty::ExpectedAtEnd).map(|it| it.at), Some(0), "{step}");
        }
    }

    /// What is full of headers that prove nothing is walked over once, and not once for each of them.
    #[test]
    fn a_stream_of_empty_frames_takes_no_longer_than_others() {
        for piece in [100, 60_000] {
            let mut search = Search::from(0);
            let mut at = 0;
            while at < 4_000_000 {
                let mut bytes = vec![0; piece];
                bytes[0] = 0xff;
                search.bytes(at, &bytes);
                at += piece as u64;
            }
            assert_eq!(search.believed(Certainty::UnexpectedAtEnd), None);
        }
    }

    /// Length prefixes, random bytes and TLS records are not taken for frames.
    #[test]
    fn other_protocols_are_not_believed() {
        let mut random = 1u32;
        let mut byte = || {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 24) as u8
        };
        for _ in 0..200 {
            let mut search = Search::from(0);
            let mut at = 0;
            for _ in 0..50 {
                let piece: Vec<u8> = (0..200).map(|_| byte()).collect();
                search.bytes(at, &piece);
                at += 200;
            }
            assert_eq!(search.believed(Certainty::Unexpected), None);
        }
        // DNS over TCP: two bytes of length, then as many bytes.
        let mut search = Search::from(0);
        for i in 0..100u64 {
            let mut piece = vec![0, 0x33];
            piece.resize(2 + 0x33, 0x41);
            search.bytes(i * 0x35, &piece);
        }
        assert_eq!(search.believed(Certainty::UnexpectedAtEnd), None);
    }
}
