//! How TCP ended under a connection: who was first, by what, and how long nobody had said anything.

use crate::event::{Ending, Opening};
use crate::ids::Side;
use crate::rules::facts::{Ledger, Moment};

/// The end of the TCP connection under a WebSocket connection that had been opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Death {
    /// Who ended it first.
    pub(super) side: Side,
    /// By what.
    pub(super) how: Ending,
    /// When.
    pub(super) at: Moment,
    /// Nanoseconds since the last frame of either side or, without frames, since the answer.
    pub(super) silence: i64,
}

impl Death {
    /// Nothing where it was never opened, or never ended.
    pub(super) fn of(ledger: &Ledger) -> Option<Self> {
        if !ledger.accepted {
            return None;
        }
        let ended = |side| ledger.party(side).ended.map(|(how, at)| (side, how, at));
        let ends = [Side::Client, Side::Server].into_iter().filter_map(ended);
        let (side, how, at) = ends.min_by_key(|(_, _, at)| at.packet)?;
        let last = ledger.last_before_end.or(ledger.answered).unwrap_or(ledger.began);
        Some(Self { side, how, at, silence: at.time.saturating_sub(last.time).max(0) })
    }

    /// The same, where neither side has sent a Close, and one would have been seen.
    pub(super) fn without_close(ledger: &Ledger) -> Option<Self> {
        let silent = ledger.parties.iter().all(|party| party.closed.is_none());
        Self::of(ledger).filter(|_| silent && sees_frames(ledger))
    }

    /// `the server sent FIN first`
    pub(super) fn says(&self) -> String {
        format!("the {} sent {} first", self.side.name(), name(self.how))
    }
}

/// Whether a frame of either side would have been seen: all was, or both sides' frames were found and nothing
/// of them was lost.
pub(super) fn sees_frames(ledger: &Ledger) -> bool {
    let found = ledger.parties.iter().all(|party| party.frames > 0 && party.lost == 0);
    ledger.complete() || ledger.opening != Opening::Handshake && ledger.heard == [true; 2] && found
}

/// `FIN` or `RST`.
pub(super) fn name(how: Ending) -> &'static str {
    match how {
        Ending::Fin => "FIN",
        Ending::Rst => "RST",
    }
}

/// A span of time in nanoseconds: `340 µs`, `12 ms`, `60.0 s`, `5 min 00 s`, `2 h 05 min`.
pub(super) fn spell(nanoseconds: i64) -> String {
    let microseconds = nanoseconds.max(0) / 1000;
    let milliseconds = microseconds / 1000;
    let seconds = milliseconds / 1000;
    match seconds {
        0 if milliseconds == 0 => format!("{microseconds} µs"),
        0 => format!("{milliseconds} ms"),
        1..=119 => format!("{seconds}.{} s", milliseconds % 1000 / 100),
        120..=3599 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        _ => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
    }
}
