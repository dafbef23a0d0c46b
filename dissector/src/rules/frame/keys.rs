//! Masking keys (RFC 6455 5.3): "The masking key needs to be unpredictable".
//!
//! Each rule speaks once where a habit begins, not at every frame of it. What a good source of keys would do
//! once in 2⁶⁴ captures is no accident.

use crate::ids::Side;
use crate::rules::facts::Seen;
use crate::rules::judge::KEYS_TOGETHER;
use crate::rules::{Point, Report};

/// The same as [`KEYS_TOGETHER`].
const TOGETHER: usize = KEYS_TOGETHER as usize;

/// Of 32 random bytes 30 differ; so few do with a chance below 10⁻²⁰.
const FEW: u32 = 12;

/// RFC 6455 10.3: without masking, a client's payload can look like HTTP to a proxy.
pub(super) fn zero(seen: &Seen<'_>, report: &mut Report<'_>) {
    let header = &seen.frame.header;
    let before = seen.party().keys.back();
    if header.mask == Some([0; 4]) && header.payload_len > 0 && before != Some(&[0; 4]) && seen.in_step() {
        report.against(seen.frame.side, key(seen, String::new()));
    }
}

/// RFC 6455 5.3: "the client MUST pick a fresh masking key from the set of allowed 32-bit values."
pub(super) fn reused(seen: &Seen<'_>, report: &mut Report<'_>) {
    let party = seen.party();
    let Some(mask) = seen.frame.header.mask.filter(|mask| party.keys.back() == Some(mask)) else { return };
    // Once may be luck of 2⁻³²; this is the second time.
    if party.same_keys == 1 && seen.frame.side == Side::Client {
        report.against(Side::Client, key(seen, format!("{} for the third time in a row", hex(mask))));
    }
}

/// RFC 6455 5.3: "the masking key for a given frame MUST NOT make it simple for a server/proxy to predict the
/// masking key for a subsequent frame."
pub(super) fn predictable(seen: &Seen<'_>, report: &mut Report<'_>) {
    let (party, side) = (seen.party(), seen.frame.side);
    let Some(mask) = seen.frame.header.mask.filter(|_| side == Side::Client) else { return };
    if party.frames % KEYS_TOGETHER != KEYS_TOGETHER - 1 {
        return;
    }
    let keys: Vec<[u8; 4]> = party.keys.iter().copied().chain([mask]).collect();
    let (before, now) = keys.split_at(keys.len().saturating_sub(TOGETHER));
    let before = before.get(before.len().saturating_sub(TOGETHER)..).unwrap_or_default();
    if let Some(habit) = habit(now).filter(|_| habit(before).is_none()) {
        report.against(Side::Client, key(seen, habit));
    }
}

/// What gives these keys away, if something does. The same key over and over is told elsewhere.
fn habit(keys: &[[u8; 4]]) -> Option<String> {
    let keys: &[[u8; 4]; TOGETHER] = keys.try_into().ok()?;
    if keys.windows(2).all(|pair| matches!(pair, [a, b] if a == b)) {
        return None;
    }
    for read in [u32::from_be_bytes, u32::from_le_bytes] {
        let numbers = keys.map(read);
        let mut steps = [0; TOGETHER - 1];
        for (step, pair) in steps.iter_mut().zip(numbers.windows(2)) {
            *step = diff(pair);
        }
        if steps.contains(&0) {
            continue;
        }
        if let [first, ..] = steps.as_slice()
            && steps.iter().all(|step| step == first)
        {
            let size = first.cast_signed();
            return Some(format!("each of {} keys is the one before it plus {size}", keys.len()));
        }
        // x' = a·x + c has d' = a·d, so that d·d'' = d'·d' modulo 2³².
        let geometric = |three: &[u32]| matches!(three, [a, b, c] if a.wrapping_mul(*c) == b.wrapping_mul(*b) && b.trailing_zeros() < 8);
        if steps.windows(3).all(geometric) {
            return Some(format!("{} keys of a linear congruential generator", keys.len()));
        }
    }
    let mut seen = [0u64; 4];
    for byte in keys.iter().flatten() {
        if let Some(word) = seen.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }
    let different: u32 = seen.iter().map(|word| word.count_ones()).sum();
    (different <= FEW).then(|| format!("{} keys of {different} different bytes", keys.len()))
}

fn diff(pair: &[u32]) -> u32 {
    match pair {
        [a, b] => b.wrapping_sub(*a),
        _ => 0,
    }
}

fn key(seen: &Seen<'_>, text: String) -> Point {
    let at = 2 + seen.frame.header.form.extra() as u64;
    Point { span: Some(seen.span(at, 4)), seen: text, ..Point::default() }
}

fn hex([a, b, c, d]: [u8; 4]) -> String {
    format!("{a:02x}{b:02x}{c:02x}{d:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::bench::{Bench, frame, masked_by};

    fn sent(keys: impl IntoIterator<Item = [u8; 4]>) -> Bench {
        let bench = Bench::new().open();
        keys.into_iter().fold(bench, |bench, key| bench.client(&masked_by(key, 0x81, b"hello"))).close()
    }

    fn random(seed: u64) -> impl Iterator<Item = [u8; 4]> {
        let mut state = seed;
        core::iter::repeat_with(move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed >> 31) as u32).to_be_bytes()
        })
    }

    /// One finding where zeros begin; none for a server, which has no key.
    #[test]
    fn zero_key() {
        let bench = sent([[0; 4], [1, 2, 3, 4], [0, 0, 0, 1]]);
        assert_eq!(bench.only("mask-key-zero").1, [0; 4]);
        assert!(!sent([[0, 0, 0, 1]]).raises("mask-key-zero"));
        assert!(!Bench::new().open().server(&frame(0x81, b"x")).close().raises("mask-key-zero"));
    }

    /// A key may come twice by chance, and not three times.
    #[test]
    fn reused_key() {
        let key = [9, 8, 7, 6];
        assert!(!sent([key, key, [1, 2, 3, 4], key]).raises("mask-key-reused"));
        assert_eq!(sent([key; 9]).only("mask-key-reused").1, key);
        assert!(!sent([key; 20]).raises("mask-key-predictable"));
    }

    /// Counters, generators and keys of few bytes are seen once each, eight frames on.
    #[test]
    fn predictable_keys() {
        let code = "mask-key-predictable";
        let counter = |n: u32| (0xfffe + n * 0x0100_0000).to_le_bytes();
        assert!(sent((0..30).map(counter)).only(code).2.contains("plus"));
        assert!(!sent((0..6).map(|n: u32| n.to_be_bytes())).raises(code));
        let mut state = 12345u32;
        let generator = core::iter::repeat_with(|| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
            state.to_be_bytes()
        });
        assert!(sent(generator.take(16)).only(code).2.contains("generator"));
        let digits = random(1).map(|key| key.map(|byte| b'0' + byte % 10));
        assert!(sent(digits.take(40)).only(code).2.contains("different bytes"));
    }

    /// 2,000 × 8 keys of a good source, and windows of it that begin anywhere, have no habit.
    #[test]
    fn random_keys_are_spared() {
        let keys: Vec<_> = random(7).take(16_000).collect();
        assert!(keys.windows(8).all(|keys| habit(keys).is_none()));
        assert!(!sent(keys.into_iter().take(200)).raises("mask-key-predictable"));
    }
}
