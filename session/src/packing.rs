//! Rows that are sealed, packed: each part of a row takes as many bytes as its values in this chunk differ in.
//!
//! Offsets, times and numbers of neighboring rows lie near each other, so that a row of 24 bytes takes about ten. Any
//! row is read by itself. Knows nothing of what a part means, but that a missing number stands as [`NONE`].

/// Parts of a row, at the most.
pub const MOST: usize = 6;

/// Stands for "none" where a row number is stored.
pub const NONE: u32 = u32::MAX;

/// A row that can be packed.
pub trait Row: Copy + Send + Sync + 'static {
    /// How many parts it has.
    const USED: usize = MOST;
    /// Its parts; those that it does not have are 0.
    fn apart(self) -> [u64; MOST];
    /// The row of these parts.
    fn together(parts: [u64; MOST]) -> Self;
}

impl Row for u32 {
    const USED: usize = 1;
    #[inline]
    fn apart(self) -> [u64; MOST] {
        [self.into(), 0, 0, 0, 0, 0]
    }
    fn together([row, ..]: [u64; MOST]) -> Self {
        row as Self
    }
}

/// One part of all rows of a chunk.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    /// What is added to each number as it is stored.
    base: u64,
    /// The bits of a number as it is stored.
    mask: u64,
    /// Where its numbers begin among the chunk's bytes.
    at: u32,
    /// Bytes of a number.
    width: u8,
    /// Whether some have no value: a 0 stands for that, and others are stored with 1 added.
    none: bool,
}

/// Rows that never change again.
#[derive(Debug)]
pub struct Packed {
    len: u32,
    parts: [Part; MOST],
    bytes: Box<[u8]>,
}

/// A number is read as eight bytes, whatever its width.
const READ: usize = 8;

/// Rows that are unpacked together, their parts beside each other: as many as lie near the processor.
pub(crate) const BLOCK: usize = 64;

impl Packed {
    /// Packs rows.
    pub fn new<T: Row>(rows: &[T]) -> Self {
        let mut bytes = Vec::with_capacity(size_of_val(rows) + READ);
        // A loop for each place, so that only the numbers of that place are looked at in it.
        let parts = [
            Part::of(rows.iter().map(|row| row.apart()[0]), &mut bytes),
            Part::of(rows.iter().map(|row| row.apart()[1]), &mut bytes),
            Part::of(rows.iter().map(|row| row.apart()[2]), &mut bytes),
            Part::of(rows.iter().map(|row| row.apart()[3]), &mut bytes),
            Part::of(rows.iter().map(|row| row.apart()[4]), &mut bytes),
            Part::of(rows.iter().map(|row| row.apart()[5]), &mut bytes),
        ];
        bytes.resize(bytes.len() + READ, 0);
        Self { len: rows.len() as u32, parts, bytes: bytes.into_boxed_slice() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The row at `index`, which is one of them.
    #[inline]
    pub fn row<T: Row>(&self, index: usize) -> T {
        T::together(core::array::from_fn(|place| match self.parts.get(place) {
            Some(part) if place < T::USED => part.number(&self.bytes, index),
            _ => 0,
        }))
    }

    /// Adds the rows from `from` on to `into`, up to [`BLOCK`] of them: part by part, which takes a fraction of the time
    /// that row by row takes.
    pub(crate) fn block<T: Row>(&self, from: usize, into: &mut Vec<T>) {
        let count = self.len().saturating_sub(from).min(BLOCK);
        let mut numbers = [[0_u64; BLOCK]; MOST];
        for (part, numbers) in self.parts.iter().zip(&mut numbers).take(T::USED) {
            part.numbers(&self.bytes, from, &mut numbers[..count]);
        }
        into.extend((0..count).map(|row| T::together(core::array::from_fn(|part| numbers[part][row]))));
    }

    /// The numbers of a part in order.
    #[inline]
    pub(crate) fn numbers(&self, part: usize) -> impl Iterator<Item = u64> + '_ {
        let part = self.parts[part];
        (0..self.len()).map(move |index| part.number(&self.bytes, index))
    }

    /// Whether all numbers of a part are less than `end`; with `none` also where some have no value. Most often that is
    /// known without looking at each.
    pub(crate) fn is_under(&self, part: usize, end: u64, none: bool) -> bool {
        let Part { base, mask, none: some, .. } = self.parts[part];
        if !some && base.checked_add(mask).is_some_and(|most| most < end) {
            return true;
        }
        self.numbers(part).all(|number| number < end || none && number == u64::from(NONE))
    }

    /// Of each part its base, how many bytes a number takes, and whether some have no value; and the numbers.
    pub(crate) fn apart(&self) -> ([(u64, u8, bool); MOST], &[u8]) {
        let parts = self.parts.map(|part| (part.base, part.width, part.none));
        (parts, self.bytes.get(..self.bytes.len() - READ).unwrap_or_default())
    }

    /// The rows that were taken apart so; nothing where these are none.
    pub(crate) fn together(len: u32, parts: [(u64, u8, bool); MOST], numbers: &[u8]) -> Option<Self> {
        let mut at = 0_u32;
        let mut all = [Part::default(); MOST];
        for (part, (base, width, none)) in all.iter_mut().zip(parts) {
            *part = Part { base, mask: Part::mask(width)?, at, width, none };
            at = at.checked_add(len.checked_mul(width.into())?)?;
        }
        let mut bytes = Vec::with_capacity(numbers.len() + READ);
        bytes.extend_from_slice(numbers);
        bytes.resize(numbers.len() + READ, 0);
        (numbers.len() == at as usize).then(|| Self { len, parts: all, bytes: bytes.into_boxed_slice() })
    }

    /// Bytes that it takes.
    #[cfg(test)]
    fn size(&self) -> usize {
        self.bytes.len()
    }
}

impl Part {
    /// Adds the numbers of a column to `bytes`.
    #[inline(always)]
    fn of(column: impl ExactSizeIterator<Item = u64> + Clone, bytes: &mut Vec<u8>) -> Self {
        const NO: u64 = NONE as u64;
        let (mut least, mut greatest, mut nones) = (u64::MAX, 0, 0);
        for number in column.clone() {
            let is_none = number == NO;
            nones += usize::from(is_none);
            least = least.min(if is_none { u64::MAX } else { number });
            greatest = greatest.max(if is_none { 0 } else { number });
        }
        let (least, greatest, none) = match nones {
            0 => (least.min(greatest), greatest, false),
            all if all == column.len() => (NO, NO, false),
            // Where the others leave no room for one more, all are stored as they are.
            _ if greatest - least == u64::MAX => (0, u64::MAX, false),
            _ => (least, greatest, true),
        };
        let base = least.wrapping_sub(u64::from(none));
        let span = greatest.wrapping_sub(base);
        let width = (u64::BITS - span.leading_zeros()).div_ceil(8) as usize;
        let mask = Self::mask(width as u8).unwrap_or(u64::MAX);
        let part = Self { base, mask, at: bytes.len() as u32, width: width as u8, none };
        match (width, none) {
            (0, _) => {}
            (1, false) => bytes.extend(column.map(|number| number.wrapping_sub(base) as u8)),
            (2, false) => Self::store::<2>(column.map(|number| number.wrapping_sub(base)), bytes),
            (3, false) => Self::store::<3>(column.map(|number| number.wrapping_sub(base)), bytes),
            (4, false) => Self::store::<4>(column.map(|number| number.wrapping_sub(base)), bytes),
            _ => {
                let stored =
                    column.map(|number| if none && number == NO { 0 } else { number.wrapping_sub(base) });
                match width {
                    1 => Self::store::<1>(stored, bytes),
                    2 => Self::store::<2>(stored, bytes),
                    3 => Self::store::<3>(stored, bytes),
                    4 => Self::store::<4>(stored, bytes),
                    _ => stored.for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()[..width])),
                }
            }
        }
        part
    }

    /// The bits of a number of `width` bytes, where there are such numbers.
    fn mask(width: u8) -> Option<u64> {
        match usize::from(width) {
            READ => Some(u64::MAX),
            less if less < READ => Some((1 << (8 * less)) - 1),
            _ => None,
        }
    }

    /// Adds numbers of `WIDTH` bytes.
    #[inline(always)]
    fn store<const WIDTH: usize>(column: impl ExactSizeIterator<Item = u64>, bytes: &mut Vec<u8>) {
        let begin = bytes.len();
        bytes.resize(begin + column.len() * WIDTH, 0);
        let (places, _) = bytes[begin..].as_chunks_mut::<WIDTH>();
        for (place, number) in places.iter_mut().zip(column) {
            place.copy_from_slice(&number.to_le_bytes()[..WIDTH]);
        }
    }

    /// The numbers from `from` on.
    fn numbers(self, bytes: &[u8], from: usize, into: &mut [u64]) {
        let stored = bytes.get(self.at as usize + from * usize::from(self.width)..).unwrap_or_default();
        match usize::from(self.width) {
            // All are the same.
            0 => return into.fill(self.base),
            1 => Self::load::<1>(stored, into),
            2 => Self::load::<2>(stored, into),
            3 => Self::load::<3>(stored, into),
            4 => Self::load::<4>(stored, into),
            width => {
                for (number, at) in into.iter_mut().zip((0..).step_by(width)) {
                    let stored = stored.get(at..).and_then(|bytes| bytes.first_chunk::<READ>());
                    *number = u64::from_le_bytes(stored.copied().unwrap_or_default()) & self.mask;
                }
            }
        }
        let value = |stored: u64| self.base.wrapping_add(stored);
        if self.none {
            into.iter_mut().for_each(|it| *it = if *it == 0 { NONE.into() } else { value(*it) });
        } else {
            into.iter_mut().for_each(|it| *it = value(*it));
        }
    }

    /// Numbers of `WIDTH` bytes as they are stored.
    #[inline(always)]
    fn load<const WIDTH: usize>(stored: &[u8], into: &mut [u64]) {
        let (places, _) = stored.as_chunks::<WIDTH>();
        for (number, place) in into.iter_mut().zip(places) {
            let mut wide = [0; READ];
            wide[..WIDTH].copy_from_slice(place);
            *number = u64::from_le_bytes(wide);
        }
    }

    #[inline]
    fn number(self, bytes: &[u8], index: usize) -> u64 {
        let at = self.at as usize + index * usize::from(self.width);
        let stored = bytes.get(at..).and_then(|bytes| bytes.first_chunk::<READ>());
        let stored = u64::from_le_bytes(stored.copied().unwrap_or_default()) & self.mask;
        if self.none && stored == 0 { NONE.into() } else { self.base.wrapping_add(stored) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row for [u64; MOST] {
        fn apart(self) -> [u64; MOST] {
            self
        }
        fn together(parts: [u64; MOST]) -> Self {
            parts
        }
    }

    /// Whatever the numbers are, they come back as they were.
    #[test]
    fn numbers_come_back() {
        let mut state = 1_u64;
        let mut random = move || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state ^ state >> 29
        };
        let none = u64::from(NONE);
        for shift in 0..64 {
            let base = random();
            let rows: Vec<[u64; MOST]> = (0..300)
                .map(|row| {
                    let near = base.wrapping_add(random() >> shift);
                    let seldom = if row % 7 == 0 { none } else { near };
                    [near, seldom, random() >> shift, none, (random() >> shift) % 3 + none - 1, base]
                })
                .collect();
            let packed = Packed::new(&rows);
            assert_eq!(packed.len(), rows.len());
            for (index, row) in rows.iter().enumerate() {
                assert_eq!(packed.row::<[u64; MOST]>(index), *row, "{shift} {index}");
            }
            let mut all: Vec<[u64; MOST]> = Vec::new();
            (0..rows.len()).step_by(BLOCK).for_each(|from| packed.block(from, &mut all));
            assert_eq!(all, rows, "{shift}");
            let (parts, numbers) = packed.apart();
            let again = Packed::together(packed.len, parts, numbers).unwrap();
            assert!((0..rows.len()).all(|index| again.row::<[u64; MOST]>(index) == rows[index]));
            assert!(Packed::together(packed.len + 1, parts, numbers).is_none());
        }
    }

    /// Numbers that rise take no more bytes than their range, and equal ones none.
    #[test]
    fn near_numbers_take_little() {
        let rows: Vec<[u64; MOST]> =
            (0..4096).map(|row| [(1 << 40) | (row * 200), row, 7, 9, 0, u64::from(NONE)]).collect();
        assert_eq!(Packed::new(&rows).size(), 4096 * (3 + 2) + READ);
    }
}
