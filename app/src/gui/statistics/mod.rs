//! Statistics in the window: what is to be seen of them, and the cards made of the newest numbers.
//!
//! ```text
//! session::statistics ─► worker ─► cards (words, plots, tables) ─► panel, SVG, PNG, CSV
//! ```

pub mod cards;
pub mod chart;
pub mod export;
pub mod picture;
pub mod plot;
pub mod svg;
pub mod worker;

use std::sync::Arc;

use session::Snapshot;
use session::dissector::ids::ConnectionId;

use self::cards::{Card, Choice, Scene};
use self::worker::{Gathered, Of, Worker};

/// The state of the pane.
pub struct Pane {
    worker: Worker,
    gathered: Option<Gathered>,
    /// The stretch of time that is looked at more closely.
    pub range: Option<(i64, i64)>,
    /// What the user chose to see.
    pub choice: Choice,
    /// Where a drag over the time began, from 0 to 1.
    pub dragged: Option<f32>,
    cards: Arc<Vec<Card>>,
    /// What the cards were made with.
    made: Option<(Choice, Option<(i64, i64)>)>,
}

impl Pane {
    /// Nothing is gathered before it is looked at.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        Self {
            worker: Worker::new(wake),
            gathered: None,
            range: None,
            choice: Choice::default(),
            dragged: None,
            cards: Arc::default(),
            made: None,
        }
    }

    /// Asks for what is to be seen, and takes what has come.
    pub fn refresh(&mut self, connection: Option<ConnectionId>, snapshot: &Arc<Snapshot>) {
        let of = Of { connection, range: self.range };
        self.worker.want(of, snapshot);
        if let Some(gathered) = self.worker.take() {
            self.gathered = Some(gathered);
            self.made = None;
        }
        // What is of another pass, or of another connection, leads to other rows.
        let stale = self.gathered.as_ref().is_some_and(|gathered| {
            gathered.of.connection != connection || !gathered.snapshot.of_same_pass(snapshot)
        });
        if stale {
            (self.gathered, self.made, self.cards) = (None, None, Arc::default());
        }
        let Some(gathered) = self.gathered.as_ref().filter(|_| self.made != Some((self.choice, self.range)))
        else {
            return;
        };
        // Until the stretch was looked at more closely, it is shown as far as it is known.
        let near = gathered.near.as_deref().filter(|_| gathered.of.range == self.range);
        let scene = Scene {
            figures: &gathered.figures,
            near,
            range: self.range,
            snapshot: &gathered.snapshot,
            choice: self.choice,
        };
        self.cards = Arc::new(cards::all(&scene));
        self.made = Some((self.choice, self.range));
    }

    /// The cards, none before the first numbers have come.
    pub fn cards(&self) -> &Arc<Vec<Card>> {
        &self.cards
    }

    /// Rows that were looked at, of all, while that is not done.
    pub fn progress(&self) -> Option<(u64, u64)> {
        let gathered = self.gathered.as_ref()?;
        (!gathered.complete).then_some(gathered.progress)
    }

    /// Whether the newest numbers are those of all rows of a snapshot.
    pub fn complete(&self, snapshot: &Arc<Snapshot>) -> bool {
        self.gathered.as_ref().is_some_and(|gathered| {
            gathered.complete && Arc::ptr_eq(&gathered.snapshot, snapshot) && gathered.of.range == self.range
        })
    }

    /// The time that the first card shows: the stretch, or all of it.
    pub fn shown(&self) -> Option<(i64, i64)> {
        let bins = self.gathered.as_ref()?.figures.over_time.as_ref()?;
        let all = bins.width().saturating_mul(bins.parts().len() as i64);
        self.range.or(Some((bins.start(), bins.start().saturating_add(all)))).filter(|(from, to)| from < to)
    }

    /// Looks at a part of the time that is shown more closely; both ends from 0 to 1.
    pub fn zoom_to(&mut self, from: f32, to: f32) {
        let Some((start, end)) = self.shown() else { return };
        let at = |share: f32| start.saturating_add(((end - start) as f64 * f64::from(share)) as i64);
        let (from, to) = (at(from.min(to).clamp(0.0, 1.0)), at(from.max(to).clamp(0.0, 1.0)));
        // Nothing is narrower than the narrowest part of time.
        if to - from >= 1_000 {
            self.range = Some((from, to));
        }
    }

    /// Looks at twice as much of the time, or at all where that is more than there is.
    pub fn zoom_out(&mut self) {
        let Some((from, to)) = self.range.take() else { return };
        let Some((first, last)) = self.shown() else { return };
        let half = (to - from) / 2;
        let wider = (from.saturating_sub(half).max(first), to.saturating_add(half).min(last));
        self.range = Some(wider).filter(|wider| *wider != (first, last));
    }

    /// Moves the stretch by a share of its length.
    pub fn shift(&mut self, share: f32) {
        let Some((from, to)) = self.range.take() else { return };
        let Some((first, last)) = self.shown() else { return };
        let by = ((to - from) as f64 * f64::from(share)) as i64;
        let by = by.clamp((first - from).min(0), (last - to).max(0));
        self.range = Some((from + by, to + by));
    }

    /// The display filter that lets only the stretch through.
    pub fn filter(&self) -> Option<String> {
        let (from, to) = self.range?;
        let [from, to] = [from, to - 1].map(cards::epoch);
        Some(format!("frame.time_epoch >= {from} && frame.time_epoch <= {to}"))
    }
}
