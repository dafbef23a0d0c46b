//! How long Pongs take: each answers the newest Ping with its payload (RFC 6455 5.5.3).
//!
//! Pings that wait are remembered within bounds; what is beyond them is counted as not followed.

use std::collections::HashMap;

use dissector::ids::{ConnectionId, FrameId, Side};

use super::bins::{Bins, Part};
use super::histogram::Histogram;
use crate::round_trips;

/// Parts of time in the series of round trips.
const PARTS: usize = 1024;
/// Pings that may wait at once on all connections together.
const WAITING_ALTOGETHER: usize = 65_536;

/// Round trips that ended in a part of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trips {
    /// How many.
    pub count: u64,
    /// Their nanoseconds together.
    pub sum: u64,
    /// The slowest of them, with its Pong.
    pub slowest: Option<(u64, FrameId)>,
}

impl Part for Trips {
    fn join(&mut self, later: &Self) {
        self.count += later.count;
        self.sum = self.sum.saturating_add(later.sum);
        self.slowest = slower(self.slowest, later.slowest);
    }
}

/// The slower of two; of equals the earlier.
fn slower<T: Ord + Copy>(a: Option<(u64, T)>, b: Option<(u64, T)>) -> Option<(u64, T)> {
    a.into_iter().chain(b).max_by_key(|(time, at)| (*time, std::cmp::Reverse(*at)))
}

/// The Pings of one side and what became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Pings that were sent.
    pub pings: u64,
    /// Nanoseconds from a Ping to its Pong.
    pub trips: Histogram,
    /// The same over time.
    pub over_time: Bins<Trips>,
    /// The slowest, with its Ping and its Pong.
    pub slowest: Option<(u64, (FrameId, FrameId))>,
    /// Pings that a Pong to a newer one answers too.
    pub superseded: u64,
    /// Pings that nothing has answered.
    pub waiting: u64,
    /// Pings of which no more can be said: their bytes were never captured, or too many waited at once.
    pub not_followed: u64,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            pings: 0,
            trips: Histogram::default(),
            over_time: Bins::new(PARTS),
            slowest: None,
            superseded: 0,
            waiting: 0,
            not_followed: 0,
        }
    }
}

/// The Pings of both sides.
#[derive(Clone, Debug, Default)]
pub struct Pings {
    /// By who asks, client first.
    pub by: [Asked; 2],
    /// Pongs that answer no Ping that is known.
    pub unasked: u64,
    open: HashMap<ConnectionId, [round_trips::Pings<Ping>; 2]>,
    altogether: usize,
}

/// A Ping that waits.
#[derive(Clone, Debug)]
struct Ping {
    frame: FrameId,
    time: i64,
}

impl Pings {
    /// What readers need: everything but the Pings that wait.
    pub(super) fn published(&self) -> Self {
        Self { by: self.by.clone(), unasked: self.unasked, open: HashMap::new(), altogether: 0 }
    }

    /// A Ping; its payload where that was captured.
    pub(super) fn ping(
        &mut self,
        connection: ConnectionId,
        side: Side,
        frame: FrameId,
        time: i64,
        payload: Option<&[u8]>,
    ) {
        let asked = &mut self.by[side.index()];
        asked.pings += 1;
        let Some(payload) = payload.filter(|_| self.altogether < WAITING_ALTOGETHER) else {
            asked.not_followed += 1;
            return;
        };
        let open = &mut self.open.entry(connection).or_default()[side.index()];
        if open.ping(payload, Ping { frame, time }) {
            asked.not_followed += 1;
            asked.waiting -= 1;
            self.altogether -= 1;
        }
        asked.waiting += 1;
        self.altogether += 1;
    }

    /// A Pong.
    pub(super) fn pong(
        &mut self,
        connection: ConnectionId,
        side: Side,
        frame: FrameId,
        time: i64,
        payload: Option<&[u8]>,
    ) {
        let asker = side.other();
        let open = self.open.get_mut(&connection).map(|open| &mut open[asker.index()]);
        let answered = open.zip(payload).and_then(|(open, payload)| open.pong(payload));
        let Some((ping, place)) = answered else {
            self.unasked += 1;
            return;
        };
        let asked = &mut self.by[asker.index()];
        asked.superseded += place as u64;
        asked.waiting -= place as u64 + 1;
        self.altogether -= place + 1;
        let took = u64::try_from(time.saturating_sub(ping.time)).unwrap_or(0);
        asked.trips.add(took);
        asked.slowest = slower(asked.slowest, Some((took, (ping.frame, frame))));
        let part = Trips { count: 1, sum: took, slowest: Some((took, frame)) };
        asked.over_time.at(time).join(&part);
    }
}
