//! How connections end, and what of them is not there: by TCP, by a stream of HTTP/2, by holes in the capture.

use super::Judge;
use super::known::Place;
use crate::event::{Ending, StreamEnding};
use crate::ids::{ConnectionId, End, FlowId, Side};
use crate::span::Span;

impl Judge {
    /// Asks what is to be asked at the end, and remembers nothing more.
    pub(super) fn forget(&mut self, place: Place, capture_over: bool) {
        if let Some(mut known) = self.flows.take(place)
            && let Some(ledger) = known.take_ledger()
        {
            self.end(&ledger, capture_over);
        }
    }

    /// One end of a connection sends no more.
    pub(super) fn ended(&mut self, place: Place, end: End, how: Ending) {
        let now = self.now;
        let Some(known) = self.flows.at(place) else { return };
        if let Some(ended) = known.ended.get_mut(end.index()) {
            ended.get_or_insert((how, now));
        }
        let Some(ledger) = known.ledger() else { return };
        if ledger.parties.iter().all(|party| party.ended.is_none()) {
            let last = ledger.parties.iter().filter_map(|party| party.last);
            ledger.last_before_end = last.max_by_key(|last| last.packet);
        }
        let party = ledger.party_mut(ledger.side(end));
        if party.ended.is_none() {
            party.ended = Some((how, now));
            party.acknowledged_at_end = party.acknowledged;
        }
        self.register.ended(ledger);
    }

    /// A stream of HTTP/2 ended in one direction, or was torn down (RFC 8441 5).
    pub(super) fn stream_over(
        &mut self,
        connection: ConnectionId,
        side: Side,
        how: StreamEnding,
        span: Span,
    ) {
        let Some(place) = self.place(connection) else { return };
        let Some(Some(ledger)) = self.ledger_of(connection) else { return };
        let client = ledger.client;
        ledger.party_mut(side).stream_over.get_or_insert_with(|| Box::new((how, span)));
        let end = if side == Side::Client { client } else { client.other() };
        self.ended(place, end, if how == StreamEnding::EndStream { Ending::Fin } else { Ending::Rst });
    }

    /// Bytes of a stream are not there, or cannot be read.
    pub(super) fn lost(&mut self, flow: FlowId, span: Span, cut: bool) {
        let end = span.stream.end();
        for place in self.flows.places(flow) {
            let Some(known) = self.flows.at(place) else { continue };
            if let Some(lost) = known.lost.get_mut(end.index()) {
                *lost = lost.saturating_add(span.len);
            }
            if let Some(ledger) = known.ledger() {
                let party = ledger.party_mut(ledger.side(end));
                party.lost = party.lost.saturating_add(span.len);
                party.cut = party.cut.saturating_add(if cut { span.len } else { 0 });
            }
        }
    }
}
