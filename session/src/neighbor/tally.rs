//! What messages cost by each transport, counted while they are found.

use dissector::neighbor::Transport;

/// Transports that HTTP has.
pub const TRANSPORTS: [Transport; 4] =
    [Transport::Polling, Transport::LongPolling, Transport::HttpStreaming, Transport::EventStream];

/// What one transport was used for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sessions that used it.
    pub sessions: u64,
    /// Requests, with their answers.
    pub exchanges: u64,
    /// Messages of each side, client first.
    pub messages: [u64; 2],
    /// Answers that brought nothing.
    pub empty: u64,
    /// Bytes of messages.
    pub payload: u64,
    /// Bytes of heads, of framing, and of bodies that are no messages.
    pub overhead: u64,
    /// Answers that were counted in what follows.
    pub answers: u64,
    /// Nanoseconds from requests to their answers' heads, in all.
    pub waited: u64,
    /// The longest of them.
    pub longest: u64,
}

/// What each transport was used for, in the order of [`TRANSPORTS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tallies(pub [Tally; TRANSPORTS.len()]);

impl Tallies {
    /// The transports that were used, with what for.
    pub fn used(&self) -> impl Iterator<Item = (Transport, &Tally)> {
        TRANSPORTS.into_iter().zip(&self.0).filter(|(_, tally)| tally.exchanges > 0)
    }

    pub(super) fn of(&mut self, transport: Transport) -> &mut Tally {
        let place = TRANSPORTS.iter().position(|it| *it == transport).unwrap_or(0);
        &mut self.0[place]
    }
}

impl Tally {
    /// An answer came.
    pub(super) fn answered(&mut self, waited: i64) {
        let waited = u64::try_from(waited).unwrap_or(0);
        self.answers += 1;
        self.waited = self.waited.saturating_add(waited);
        self.longest = self.longest.max(waited);
    }

    /// Nanoseconds from a request to its answer's head, on average; nothing where there was no answer.
    pub fn mean(&self) -> Option<u64> {
        self.waited.checked_div(self.answers)
    }

    /// Messages of both sides.
    pub fn both(&self) -> u64 {
        self.messages[0] + self.messages[1]
    }
}
