//! Numbers counted by how great they are, in classes that grow with them.
//!
//! Below 128 every number is a class of its own; above, each power of two is cut into 64, so that a quantile is at
//! most 1.6 % too small. Knows no unit.

/// Bits of a number by which it is told apart.
const BITS: u32 = 6;

/// How often numbers of each class were met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    classes: Vec<u64>,
    count: u64,
    sum: u128,
    least: u64,
    greatest: u64,
}

impl Histogram {
    /// Counts a number.
    pub fn add(&mut self, number: u64) {
        let class = class(number);
        if class >= self.classes.len() {
            self.classes.resize(class + 1, 0);
        }
        self.classes[class] += 1;
        self.least = if self.count == 0 { number } else { self.least.min(number) };
        self.greatest = self.greatest.max(number);
        self.count += 1;
        self.sum += u128::from(number);
    }

    /// The numbers of both.
    pub fn with(&self, other: &Self) -> Self {
        let mut both =
            if self.count == 0 { Self { least: u64::MAX, ..Self::default() } } else { self.clone() };
        if other.count > 0 {
            both.classes.resize(both.classes.len().max(other.classes.len()), 0);
            both.classes.iter_mut().zip(&other.classes).for_each(|(ours, theirs)| *ours += theirs);
            both.least = both.least.min(other.least);
        }
        both.greatest = both.greatest.max(other.greatest);
        (both.count, both.sum) = (both.count + other.count, both.sum + other.sum);
        both
    }

    /// How many numbers were counted.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// All of them together.
    pub const fn sum(&self) -> u128 {
        self.sum
    }

    /// The least, and the greatest.
    pub fn ends(&self) -> Option<(u64, u64)> {
        (self.count > 0).then_some((self.least, self.greatest))
    }

    /// The number that `share` of all are not greater than: 0.5 gives the median.
    pub fn quantile(&self, share: f64) -> Option<u64> {
        let (least, greatest) = self.ends()?;
        let rank = ((self.count as f64 * share).ceil() as u64).clamp(1, self.count);
        if rank == self.count {
            return Some(greatest);
        }
        let mut passed = 0;
        let class = self.classes.iter().position(|count| {
            passed += count;
            passed >= rank
        })?;
        Some(begin(class).clamp(least, greatest))
    }

    /// How many numbers lie in each power of two: first 0 alone, then 1, then 2 to 3, 4 to 7 and so on.
    pub fn octaves(&self) -> Vec<u64> {
        let mut octaves = Vec::new();
        for (class, count) in self.classes.iter().enumerate() {
            let octave = (u64::BITS - begin(class).leading_zeros()) as usize;
            if octave >= octaves.len() {
                octaves.resize(octave + 1, 0);
            }
            octaves[octave] += count;
        }
        octaves
    }
}

/// The class of a number.
fn class(number: u64) -> usize {
    let octave = (u64::BITS - 1).saturating_sub(number.leading_zeros());
    let shift = octave.saturating_sub(BITS);
    ((u64::from(shift) << BITS) + (number >> shift)) as usize
}

/// The least number of a class.
fn begin(class: usize) -> u64 {
    let shift = ((class as u64) >> BITS).saturating_sub(1);
    (class as u64 - (shift << BITS)) << shift
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A class begins with its least number, and the next one right behind its last.
    #[test]
    fn classes_leave_nothing_out() {
        for class_of in 0..2000 {
            let least = begin(class_of);
            assert_eq!(class(least), class_of);
            assert_eq!(class(begin(class_of + 1) - 1), class_of);
        }
        assert_eq!(begin(class(u64::MAX)).leading_ones(), BITS + 1);
    }

    /// Quantiles against those of the sorted numbers themselves.
    #[test]
    fn quantiles_are_near() {
        let numbers: Vec<u64> = (0..1000u64).map(|place| place * place * 17 % 100_003).collect();
        let mut histogram = Histogram::default();
        numbers.iter().for_each(|number| histogram.add(*number));
        let mut sorted = numbers;
        sorted.sort_unstable();
        for share in [0.0, 0.1, 0.5, 0.9, 0.99, 1.0] {
            let exact = sorted[((1000.0_f64 * share).ceil() as usize).clamp(1, 1000) - 1];
            let found = histogram.quantile(share).unwrap();
            assert!(found <= exact && exact - found <= exact / 64, "{share}: {found} for {exact}");
        }
        assert_eq!(histogram.octaves().iter().sum::<u64>(), 1000);
        assert_eq!(histogram.ends(), Some((sorted[0], sorted[999])));
    }
}
