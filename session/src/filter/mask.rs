//! Which of some rows are meant: a bit for each of a few thousand that follow each other.

/// Rows that are sifted together.
pub const ROWS: usize = 4096;

/// A bit for each of [`ROWS`] rows.
#[derive(Clone, PartialEq, Eq)]
pub struct Mask([u64; ROWS / 64]);

impl Mask {
    /// None of them.
    pub const NONE: Self = Self([0; ROWS / 64]);

    /// The first `count`.
    pub fn first(count: usize) -> Self {
        let mut mask = Self::NONE;
        for (place, word) in mask.0.iter_mut().enumerate() {
            *word = match count.saturating_sub(place * 64) {
                0 => 0,
                rest if rest >= 64 => u64::MAX,
                rest => (1 << rest) - 1,
            };
        }
        mask
    }

    /// Those from one place up to another.
    pub fn range(from: usize, to: usize) -> Self {
        Self::first(to).without(&Self::first(from))
    }

    /// Whether it is one of them.
    pub fn has(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Takes one more.
    pub fn set(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(place, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest.wrapping_sub(1);
                (bit < 64).then_some(place * 64 + bit)
            })
        })
    }

    /// Those of them for which `held` says so, and those for which it cannot say.
    pub(super) fn split(&self, mut held: impl FnMut(usize) -> Option<bool>) -> (Self, Self) {
        let (mut passed, mut open) = (Self::NONE, Self::NONE);
        for (place, word) in self.0.iter().enumerate() {
            let (mut rest, mut bits, mut unknown) = (*word, 0, 0);
            while rest != 0 {
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                match held(place * 64 + bit as usize) {
                    Some(holds) => bits |= u64::from(holds) << bit,
                    None => unknown |= 1 << bit,
                }
            }
            (passed.0[place], open.0[place]) = (bits, unknown);
        }
        (passed, open)
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }
    pub(super) fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }
    pub(super) fn xor(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }
    pub(super) fn without(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    fn zip(&self, other: &Self, with: fn(u64, u64) -> u64) -> Self {
        let mut mask = self.clone();
        mask.0.iter_mut().zip(&other.0).for_each(|(mine, its)| *mine = with(*mine, *its));
        mask
    }
}

impl FromIterator<usize> for Mask {
    fn from_iter<I: IntoIterator<Item = usize>>(rows: I) -> Self {
        let mut mask = Self::NONE;
        rows.into_iter().for_each(|row| mask.set(row));
        mask
    }
}
