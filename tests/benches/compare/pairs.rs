//! Two processes in turn on the same file: what one takes as a multiple of the other, run by run.

use crate::meter::{Taken, measure};
use crate::{Bench, Outcome};

/// What both took in each run.
pub(crate) struct Pairs(Vec<[Taken; 2]>);

impl Pairs {
    /// Runs both in turn. After a run that took a quarter of the patience or more there is no other one: what moves by
    /// seconds does not move a ratio of minutes.
    pub(crate) fn run(bench: &Bench, first: &[String], second: &[String]) -> Outcome<Self> {
        let patience = bench.options.patience();
        let mut pairs = Vec::new();
        while pairs.len() < bench.options.runs() {
            let taken = [measure(first, patience)?, measure(second, patience)?];
            pairs.push(taken);
            if taken.iter().any(|one| !one.ended || one.wall > patience.as_secs_f64() / 4.0) {
                break;
            }
        }
        Ok(Self(pairs))
    }

    /// The median of the second's measure over the first's.
    pub(crate) fn ratio(&self, of: fn(&Taken) -> f64) -> f64 {
        median(self.0.iter().map(|[first, second]| of(second) / of(first)).collect())
    }

    /// The median of a measure of the first or the second.
    pub(crate) fn of(&self, which: usize, of: fn(&Taken) -> f64) -> f64 {
        median(self.0.iter().map(|pair| of(&pair[which])).collect())
    }

    /// Whether each process ended by itself.
    pub(crate) fn ended(&self) -> bool {
        self.0.iter().flatten().all(|taken| taken.ended)
    }

    /// How many runs there were.
    pub(crate) fn runs(&self) -> usize {
        self.0.len()
    }
}

/// The one in the middle, or between the two that are.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    match numbers.as_slice() {
        [] => 0.0,
        numbers if numbers.len() % 2 == 1 => numbers[middle],
        numbers => f64::midpoint(numbers[middle - 1], numbers[middle]),
    }
}
