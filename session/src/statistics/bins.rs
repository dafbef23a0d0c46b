//! Time cut into equal parts, a bounded number of them however long it becomes.
//!
//! A part begins at a multiple of its width, counted from 1970, so that two parts can be put together when there are
//! too many, and what comes out does not depend on the order in which moments came.

use std::collections::VecDeque;

/// The narrowest part: a microsecond.
const NARROWEST: i64 = 1_000;

/// What a part of time holds.
pub trait Part: Clone + Default {
    /// Takes in what another part holds, which is later.
    fn join(&mut self, later: &Self);
}

/// Parts of time in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bins<T> {
    most: usize,
    /// Nanoseconds in a part.
    width: i64,
    /// Which multiple of the width the first part begins at.
    first: i64,
    parts: VecDeque<T>,
}

impl<T: Part> Bins<T> {
    /// No parts yet, and never more than `most`.
    pub fn new(most: usize) -> Self {
        Self { most: most.max(2), width: NARROWEST, first: 0, parts: VecDeque::new() }
    }

    /// Nanoseconds in a part.
    pub const fn width(&self) -> i64 {
        self.width
    }

    /// When the first part begins, in nanoseconds since 1970.
    pub const fn start(&self) -> i64 {
        self.first.saturating_mul(self.width)
    }

    /// The parts in order of time.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (i64, &T)> {
        let (start, width) = (self.start(), self.width);
        self.parts
            .iter()
            .enumerate()
            .map(move |(place, part)| (start.saturating_add(width.saturating_mul(place as i64)), part))
    }

    /// The part that a moment lies in.
    pub fn at(&mut self, time: i64) -> &mut T {
        let mut place = time.div_euclid(self.width);
        if self.parts.is_empty() {
            self.first = place;
            self.parts.push_back(T::default());
        }
        while self.span_with(place) > self.most as i64 {
            self.widen();
            place = time.div_euclid(self.width);
        }
        while place < self.first {
            self.parts.push_front(T::default());
            self.first -= 1;
        }
        let at = (place - self.first) as usize;
        if at >= self.parts.len() {
            self.parts.resize(at + 1, T::default());
        }
        &mut self.parts[at]
    }

    /// How many parts there are when the one at `place` is among them.
    fn span_with(&self, place: i64) -> i64 {
        let last = self.first + self.parts.len() as i64 - 1;
        place.max(last) - place.min(self.first) + 1
    }

    /// Puts every two parts together.
    fn widen(&mut self) {
        let mut wider: VecDeque<T> = VecDeque::with_capacity(self.parts.len() / 2 + 1);
        let first = self.first.div_euclid(2);
        for (place, part) in self.parts.drain(..).enumerate() {
            let at = ((self.first + place as i64).div_euclid(2) - first) as usize;
            match wider.get_mut(at) {
                Some(there) => there.join(&part),
                None => wider.push_back(part),
            }
        }
        (self.first, self.parts) = (first, wider);
        self.width = self.width.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Part for u64 {
        fn join(&mut self, later: &Self) {
            *self += later;
        }
    }

    /// Whatever the order and the distances, every moment is counted once, in a part that it lies in.
    #[test]
    fn moments_are_counted_where_they_lie() {
        let times = [0, 5, 1_000_000_000, 999, -3_000_000, 7_000, 12_345_678_901, i64::MAX / 4, 1];
        let count = |times: &[i64]| {
            let mut bins = Bins::<u64>::new(16);
            times.iter().for_each(|time| *bins.at(*time) += 1);
            bins
        };
        for len in 1..=times.len() {
            let bins = count(&times[..len]);
            assert!(bins.parts().len() <= 16);
            for (start, found) in bins.parts() {
                let inside = |time: &&i64| (start..start.saturating_add(bins.width())).contains(*time);
                assert_eq!(*found, times[..len].iter().filter(inside).count() as u64);
            }
            let mut backwards = times[..len].to_vec();
            backwards.reverse();
            assert_eq!(bins, count(&backwards));
        }
    }
}
