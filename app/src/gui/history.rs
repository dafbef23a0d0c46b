//! Where the user has been: what was looked at, in order, to go back to and forward again.
//!
//! Things are remembered by where they stand in the capture, which holds in every pass over it. A run of rows that
//! somebody walks through with the arrow keys is two visits: where it began and where it ended.

use session::place::Place;

use super::state::Tab;

/// What was looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Visit {
    /// The table that was in front.
    pub tab: Tab,
    /// The thing.
    pub place: Place,
    /// The finding through which it was chosen, and the pass in which it has that number.
    pub finding: Option<(u32, u32)>,
    /// Its place among the rows that were shown.
    pub row: Option<u64>,
}

/// All visits, and the one that is now.
#[derive(Clone, Debug, Default)]
pub struct History {
    visits: Vec<Visit>,
    now: usize,
    /// Whether the last visit was reached by walking, row by row.
    walking: bool,
}

/// Visits that are remembered.
const KEPT: usize = 500;

impl History {
    /// Something is looked at. What one has come back from is forgotten.
    pub fn visit(&mut self, visit: Visit) {
        if let Some(now) = self.visits.get_mut(self.now) {
            if now.place == visit.place && now.finding.map(|it| it.0) == visit.finding.map(|it| it.0) {
                (now.tab, now.row) = (visit.tab, visit.row);
                return;
            }
            let near = now.tab == visit.tab
                && now.row.zip(visit.row).is_some_and(|(before, row)| before.abs_diff(row) == 1);
            self.visits.truncate(self.now + 1);
            if near && self.walking {
                self.visits.truncate(self.now);
            }
            self.walking = near;
        }
        self.visits.push(visit);
        if self.visits.len() > KEPT {
            self.visits.remove(0);
        }
        self.now = self.visits.len() - 1;
    }

    /// Goes back.
    pub fn back(&mut self) -> Option<Visit> {
        self.now = self.now.checked_sub(1)?;
        self.walking = false;
        self.visits.get(self.now).cloned()
    }

    /// Goes forward.
    pub fn forward(&mut self) -> Option<Visit> {
        let visit = self.visits.get(self.now + 1).cloned()?;
        self.now += 1;
        self.walking = false;
        Some(visit)
    }

    /// Whether there is something to go back to.
    pub const fn has_back(&self) -> bool {
        self.now > 0
    }

    /// Whether there is something to go forward to.
    pub const fn has_forward(&self) -> bool {
        self.now + 1 < self.visits.len()
    }
}

#[cfg(test)]
mod tests {
    use session::dissector::ids::PacketId;

    use super::*;

    fn packet(number: u32) -> Visit {
        let place = Place::Packet(PacketId::new(number));
        Visit { tab: Tab::Packets, place, finding: None, row: Some(number.into()) }
    }

    /// Back and forward lead along what was visited; a new visit forgets what one has come back from; a walk through
    /// rows is where it began and where it ended; and there is an end to what is remembered.
    #[test]
    fn leads_back() {
        let mut history = History::default();
        assert!(history.back().is_none() && history.forward().is_none() && !history.has_back());
        for number in [5, 100, 101, 102, 103, 900, 900] {
            history.visit(packet(number));
        }
        assert_eq!(history.back(), Some(packet(103)));
        assert_eq!(history.back(), Some(packet(100)));
        assert_eq!(history.forward(), Some(packet(103)));
        assert!(history.has_forward());
        history.visit(packet(7));
        assert!(!history.has_forward());
        assert_eq!((history.back(), history.back()), (Some(packet(103)), Some(packet(100))));
        for number in 0..2000 {
            history.visit(packet(number * 10));
        }
        assert_eq!(std::iter::from_fn(|| history.back()).count(), KEPT - 1);
    }
}
