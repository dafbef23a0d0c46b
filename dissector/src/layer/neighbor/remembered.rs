//! Requests and answers of which nothing is told yet: what comes later may show what they are.

use std::sync::Arc;

use super::content::{Content, Piece};
use super::kind;
use super::polls::Key;
use super::say::{say_answer, say_exchange};
use crate::head::Head;
use crate::ids::{End, ExtentId, SessionId, Side};
use crate::layer::{FlowOf, Up};
use crate::neighbor::{Coding, Framing, Place, Transport};

/// Pieces of a body that are remembered of an answer that may be a poll's; one in more chunks is none.
const MOST_PIECES: usize = 64;

/// A request of which nothing was told yet.
pub(super) struct Open {
    pub(super) head: Arc<Head>,
    pub(super) request: Place,
    /// Where its body lies, where its head says how long that is.
    pub(super) body: Option<Piece>,
    pub(super) key: Option<(Key, u64)>,
    pub(super) asked: i64,
    pub(super) flow: FlowOf,
    pub(super) client: End,
}

/// An answer that may be a poll's, on its way or gone by.
pub(super) struct Remembered {
    pub(super) question: Open,
    pub(super) answer: Place,
    pub(super) status: u16,
    pub(super) coding: Coding,
    pub(super) pieces: Vec<Piece>,
    pub(super) passed: u64,
    pub(super) last: Option<ExtentId>,
    pub(super) asked: i64,
    /// When its head was there, and when it was over.
    pub(super) headed: i64,
    pub(super) answered: i64,
}

impl Remembered {
    /// Whether all its pieces are known.
    pub(super) fn is_whole(&self) -> bool {
        self.pieces.len() <= MOST_PIECES
    }

    /// Content that went by, in one piece with what came before where that ends there.
    pub(super) fn piece(&mut self, at: u64, len: u64) {
        let room = self.pieces.len() <= MOST_PIECES;
        match self.pieces.last_mut() {
            Some((begun, so_far)) if *begun + *so_far == at => *so_far += len,
            _ if len == 0 || !room => {}
            _ => self.pieces.push((at, len)),
        }
    }

    /// Tells it as an exchange of a session.
    pub(super) fn tell(self, session: SessionId, transport: Transport, up: &mut Up<'_>) {
        let Open { head, request, flow, client, .. } = &self.question;
        let (exchange, bodies) =
            say_exchange(session, transport, (*request, kind::coding(head), self.asked), flow, *client, up);
        let answer = (self.answer, self.status, self.coding, self.headed);
        say_answer(exchange, answer, transport, Framing::Whole, up);
        let mut content = Content::new(exchange, Side::Server, bodies[1], Some(Framing::Whole));
        content.replay(&self.pieces, self.last, up);
        content.passed = self.passed;
        content.end(true, self.answer.extent, up);
    }
}
