//! permessage-deflate (RFC 7692): what was agreed, and inflating what was sent.
//!
//! ```text
//!  message ─► DEFLATE, sync flush ─► … 00 00 ff ff ─► last four bytes left out ─► payload   (7.2.1)
//!  payload ─► 00 00 ff ff appended ─► inflated, on the window of the messages before         (7.2.2)
//! ```
//! A message ends at a byte in front of an implied empty block, so the last 32 KiB of output are the
//! whole state there. Knows nothing of frames, and does not say whether parameters were allowed.

mod huffman;
mod inflate;
mod params;
mod trace;
pub mod window;

pub(in crate::websocket) use inflate::TAIL;
pub use inflate::{Broken, Inflated, Inflater, Tail, WINDOW, Why};
pub use params::{Params, Problem, WindowBits};
pub use trace::{Reach, Trace};

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, FlushCompress};
    use proptest::prelude::*;

    /// One message through an inflater, in chunks of `step` bytes.
    fn inflate(inflater: &mut Inflater, payload: &[u8], step: usize) -> Result<(Vec<u8>, Inflated), Broken> {
        let mut text = Vec::new();
        inflater.start();
        for chunk in payload.chunks(step) {
            inflater.feed(chunk, &mut |bytes| text.extend_from_slice(bytes))?;
        }
        let inflated = inflater.finish(&mut |bytes| text.extend_from_slice(bytes))?;
        assert_eq!(inflated.length, text.len() as u64);
        Ok((text, inflated))
    }

    /// Something like text, with matches near and far.
    fn text(seed: u64, len: usize) -> Vec<u8> {
        let mixed = |i: u64| (i / 7 % 300).wrapping_mul(seed | 1).wrapping_add(i / 900);
        (0..len as u64).map(|i| b"abcdefgh {}\":,01"[(mixed(i) >> 13) as usize % 16]).collect()
    }

    /// RFC 7692 7.2.1 with flate2, on a compressor that keeps its window.
    fn compress(compressor: &mut Compress, message: &[u8]) -> Vec<u8> {
        let mut payload = Vec::with_capacity(message.len() * 2 + 64);
        let before = compressor.total_in();
        while compressor.total_in() - before < message.len() as u64 || payload.len() == payload.capacity() {
            payload.reserve(4096);
            let rest = &message[(compressor.total_in() - before) as usize..];
            compressor.compress_vec(rest, &mut payload, FlushCompress::Sync).unwrap();
        }
        if message.is_empty() {
            return vec![0];
        }
        assert!(payload.ends_with(&[0, 0, 255, 255]));
        payload.truncate(payload.len() - 4);
        payload
    }

    /// The octets of RFC 7692 7.2.3.1 to 7.2.3.6, on one inflater and byte by byte.
    #[test]
    fn rfc7692_7_2_3_examples() {
        let cases = [
            ("f248cdc9c90700", "Hello", false),              // 7.2.3.1, one block
            ("f200110000", "Hello", false),                  // 7.2.3.2, again, on the window of the first
            ("f348cdc9c9070000", "Hello", true),             // 7.2.3.4, BFINAL
            ("f200110000", "Hello", false),                  // and the window goes on behind it
            ("000500faff48656c6c6f00", "Hello", false),      // 7.2.3.3, stored
            ("f248050000 00ffffcac9c90700", "Hello", false), // 7.2.3.5, two blocks
            ("00", "", false),                               // 7.2.3.6
        ];
        let mut inflater = Inflater::default();
        for (payload, text, final_block) in cases {
            let payload = hex::decode(payload.replace(' ', "")).unwrap();
            for step in [1, 100] {
                let window = inflater.window().to_vec();
                let (seen, inflated) = inflate(&mut inflater, &payload, step).unwrap();
                assert_eq!(seen, text.as_bytes());
                let expected = Inflated {
                    length: text.len() as u64,
                    wire: payload.len() as u64,
                    final_block,
                    tail: Tail::Removed,
                };
                assert_eq!(inflated, expected);
                if step == 1 {
                    inflater.resume(&window);
                }
            }
        }
    }

    /// How messages end that do not end as RFC 7692 7.2.1 wants; the next one is right all the same.
    #[test]
    fn rfc7692_7_2_1_other_tails() {
        for (payload, tail) in [
            ("f248cdc9c907000000ffff", Tail::Kept),
            ("f348cdc9c90700", Tail::AfterFinal),
            ("", Tail::Empty),
            ("f248cdc9c9", Tail::Ragged),
        ] {
            let mut inflater = Inflater::with_window(b"Hello");
            let (_, inflated) = inflate(&mut inflater, &hex::decode(payload).unwrap(), 3).unwrap();
            assert_eq!(inflated.tail, tail, "{payload}");
            let next = inflate(&mut inflater, &hex::decode("f248cdc9c90700").unwrap(), 1).unwrap();
            assert_eq!((next.0.as_slice(), next.1.tail), (&b"Hello"[..], Tail::Removed));
        }
    }

    /// A fault says where and why, and stays until a reset; the limit is exact.
    #[test]
    fn rfc1951_faults() {
        for (payload, at, why) in [
            ("07", 1, Why::BlockType),
            ("000500faee48656c6c6f00", 5, Why::StoredLength),
            ("f200110000", 3, Why::DistanceTooFar),
        ] {
            let mut inflater = Inflater::default();
            let broken = inflate(&mut inflater, &hex::decode(payload).unwrap(), 100).unwrap_err();
            assert_eq!((broken.at, broken.why), (at, why), "{payload}");
            inflater.start();
            assert_eq!(inflater.feed(&[0], &mut |_| panic!("output after a fault")), Err(broken));
            inflater.reset();
            assert!(inflate(&mut inflater, &[0], 1).is_ok());
        }
        let bomb = compress(&mut Compress::new(Compression::best(), false), &vec![7; 1_000_000]);
        for limit in [0, 1, 65_535, 999_999] {
            let mut seen = 0;
            let mut inflater = Inflater::new(limit);
            let broken = inflater.feed(&bomb, &mut |bytes| seen += bytes.len() as u64).unwrap_err();
            assert_eq!((broken.why, broken.output, seen), (Why::TooLarge, limit, limit));
        }
        assert!(inflate(&mut Inflater::new(1_000_000), &bomb, 1 << 20).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// The whole state between two messages is the window: resumed from it, any message comes out as in
        /// the straight run, and both as it went in.
        #[test]
        fn window_is_the_whole_state(
            seeds in proptest::collection::vec((any::<u64>(), 0usize..40_000), 1..12), step in 1usize..5000, level in 1u32..10,
        ) {
            let mut compressor = Compress::new(Compression::new(level), false);
            let mut straight = Inflater::default();
            for (seed, len) in seeds {
                let message = text(seed, len);
                let payload = compress(&mut compressor, &message);
                let mut resumed = Inflater::with_window(straight.window());
                let (seen, inflated) = inflate(&mut straight, &payload, step).unwrap();
                prop_assert_eq!(inflated.tail, Tail::Removed);
                prop_assert!(seen == message);
                prop_assert!(inflate(&mut resumed, &payload, payload.len()).unwrap() == (seen, inflated));
                prop_assert!(resumed.window() == straight.window());
            }
        }

        /// A trace agrees with the inflater on what it can say too: the length, whether an empty window would
        /// have done (RFC 7692 7.1.1), and a window that was kept to (7.1.2).
        #[test]
        fn trace_agrees(
            seeds in proptest::collection::vec((any::<u64>(), 1usize..20_000), 1..6), bits in 9u8..16, level in 1u32..10,
        ) {
            let mut compressor = Compress::new_with_window_bits(Compression::new(level), false, bits);
            for (seed, len) in seeds {
                let payload = compress(&mut compressor, &text(seed, len));
                let trace = Trace::of(&payload);
                prop_assert_eq!((trace.fault, trace.output), (None, len as u64));
                prop_assert!(trace.window_bits() <= bits, "{:?} for {}", trace.reach, bits);
                let alone = inflate(&mut Inflater::default(), &payload, payload.len()).is_ok();
                prop_assert_eq!(trace.before.is_none(), alone);
            }
        }

        /// On bytes that nobody compressed, a trace finds a fault exactly where the inflater does not come through.
        #[test]
        fn trace_faults(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
            let trace = Trace::of(&payload);
            let window = vec![b'x'; WINDOW];
            match inflate(&mut Inflater::with_window(&window), &payload, 1000) {
                // The one thing that an inflater's probe can overlook: a cut within code lengths.
                Ok((_, inflated)) if inflated.tail != Tail::Ragged => {
                    let unfinished = trace.fault.is_some_and(|(_, why)| why == Why::Unfinished);
                    prop_assert!(trace.fault.is_none() || unfinished, "{:?}", trace.fault);
                    prop_assert_eq!(trace.output, inflated.length);
                }
                _ => prop_assert!(trace.fault.is_some()),
            }
        }

        /// Nothing that can be fed panics, hangs or goes over the limit.
        #[test]
        fn any_bytes(payload in proptest::collection::vec(any::<u8>(), 0..300), step in 1usize..64) {
            let mut inflater = Inflater::new(100_000);
            for _ in 0..2 {
                if let Ok((text, _)) = inflate(&mut inflater, &payload, step) {
                    prop_assert!(text.len() <= 100_000);
                }
            }
        }
    }
}
