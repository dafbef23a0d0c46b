//! What one more frame changes in the ledger of its connection, and the kinds that it is of.

use crate::event::{Frame, Part};
use crate::ids::Side;
use crate::rules::facts::{Cut, Ledger, Moment, On, OpenMessage, Party, Ping};
use crate::span::Span;
use crate::websocket::opcode::Opcode;

/// Masking keys of one side that are remembered.
pub(super) const KEYS: usize = 16;

/// Keys that are looked at together.
pub(in crate::rules) const KEYS_TOGETHER: u32 = 8;

/// Payloads above this are worth a word: Python's websockets and others refuse larger messages unless told otherwise.
pub(in crate::rules) const LARGE: u64 = 1 << 20;

/// Pings of one side that are remembered.
const PINGS: usize = 64;

/// The kinds that a frame is of, as bits of [`On`].
pub(super) fn kinds(frame: &Frame, ledger: &Ledger) -> u16 {
    let mut on = by_itself(frame) | by_ledger(ledger, frame.side);
    if frame.header.opcode.is_control() {
        on &= !(On::Fragment as u16);
    }
    if let Some(key) = frame.header.mask {
        let party = ledger.party(frame.side);
        if party.keys.back() == Some(&key) || before_a_look(party.frames) == 0 {
            on |= On::Key as u16;
        }
    }
    on
}

/// The kinds that a frame is of, whatever was before it.
pub(super) fn by_itself(frame: &Frame) -> u16 {
    let header = &frame.header;
    let mut on = On::Any as u16;
    match header.opcode {
        Opcode::CLOSE => on |= On::Control as u16 | On::Close as u16,
        Opcode::PING => on |= On::Control as u16 | On::Ping as u16,
        Opcode::PONG => on |= On::Control as u16 | On::Pong as u16,
        opcode if opcode.is_control() => on |= On::Control as u16,
        _ if frame.part != Part::Whole => on |= On::Fragment as u16,
        _ => {}
    }
    let masked = frame.side == Side::Client;
    let reserved = header.rsv & 3 != 0 || (header.rsv1() && !frame.compressed) || header.opcode.is_reserved();
    if reserved || header.mask.is_some() != masked || !header.is_minimal() || header.has_length_msb() {
        on |= On::Odd as u16 | On::Astray as u16;
    }
    if frame.missing > 0 || frame.truncated || frame.resynchronized {
        on |= On::Torn as u16;
    }
    if frame.resynchronized {
        on |= On::Astray as u16;
    }
    if header.mask == Some([0; 4]) {
        on |= On::Key as u16;
    }
    let text = frame.utf8.is_none_or(|verdict| verdict.is_valid());
    if !text || frame.like_json || header.payload_len > LARGE {
        on |= On::Telling as u16;
    }
    on
}

/// The kinds that the next data frame of a side is of, whatever is in it.
pub(super) fn by_ledger(ledger: &Ledger, side: Side) -> u16 {
    let mut on = 0;
    if ledger.party(side).open.is_some() {
        on |= On::Fragment as u16;
    }
    if ledger.party(side).closed.is_some() {
        on |= On::AfterClose as u16;
    }
    if ledger.party(side.other()).faults.iter().any(|fault| !fault.told) {
        on |= On::AfterFault as u16;
    }
    on
}

/// Masked frames before the one at which the last keys are looked at together: often at the beginning, where a bad
/// source of keys shows itself, and now and then later.
pub(super) fn before_a_look(frames: u32) -> u32 {
    let every = if frames < 8 * KEYS_TOGETHER { KEYS_TOGETHER } else { 8 * KEYS_TOGETHER };
    every - 1 - frames % every
}

/// One more masking key.
pub(super) fn keep_key(party: &mut Party, key: [u8; 4]) {
    if party.keys.len() == KEYS {
        party.keys.pop_front();
    }
    party.keys.push_back(key);
}

/// What a frame changes in the ledger.
pub(super) fn remember(ledger: &mut Ledger, frame: &Frame, at: Moment) {
    let peer = frame.side.other();
    if frame.header.opcode == Opcode::PONG {
        // RFC 6455 5.5.3: a Pong answers the Ping with the same body, and with it all that came before.
        let pings = &mut ledger.party_mut(peer).pings;
        if let Some(place) = pings.iter().rposition(|ping| Some(&ping.payload) == frame.echo.as_ref()) {
            let same = |ping: &Ping| Some(&ping.payload) == frame.echo.as_ref();
            let others = pings.drain(..=place).filter(same).count().saturating_sub(1);
            let party = ledger.party_mut(peer);
            party.settled = party.settled.saturating_add(others as u32);
        } else {
            let asked = !pings.is_empty();
            let party = ledger.party_mut(peer);
            let asked = asked || party.settled > 0;
            party.settled = party.settled.saturating_sub(1);
            ledger.party_mut(frame.side).unasked |= !asked;
        }
    }
    let party = ledger.party_mut(frame.side);
    party.frames = party.frames.saturating_add(1);
    if frame.message.is_some() {
        party.parts = party.parts.saturating_add(1);
        party.reserved |= frame.header.rsv != 0;
    }
    if !frame.truncated {
        party.last = Some(at);
    }
    party.searched |= frame.resynchronized;
    party.strange = party.strange.with(frame);
    if frame.truncated {
        let (missing, payload_len) = (frame.missing, frame.header.payload_len);
        let len = frame.header.frame_len().saturating_sub(missing);
        let span = Span { stream: frame.stream, at: frame.at, len };
        party.torn = Some(Box::new(Cut { frame: frame.id, span, payload_len, missing }));
    }
    if let Some(key) = frame.header.mask {
        party.same_keys = if party.keys.back() == Some(&key) { party.same_keys.saturating_add(1) } else { 0 };
        keep_key(party, key);
    }
    match frame.header.opcode {
        Opcode::CLOSE => {
            let code = frame.close.as_ref().and_then(|close| close.code);
            if party.closed.is_none() {
                let len = (frame.header.len() as u64).saturating_add(frame.header.payload_len);
                party.closed = Some((frame.id, code, at));
                party.close_span = Some(Span { stream: frame.stream, at: frame.at, len });
                party.closed_inside = party.open.map(Box::new);
            }
        }
        Opcode::PING => {
            if party.pings.len() == PINGS {
                party.pings.pop_front();
            }
            let payload = frame.echo.clone().unwrap_or_default();
            let span = Span { stream: frame.stream, at: frame.at, len: frame.header.frame_len() };
            party.pings.push_back(Ping { frame: frame.id, payload, span, sent: at });
        }
        _ => {}
    }
    let bytes = frame.header.payload_len;
    let empty = u32::from(bytes == 0);
    match frame.part {
        Part::None => {}
        Part::Whole => {
            party.messages = party.messages.saturating_add(1);
            party.open = None;
        }
        Part::First => {
            party.messages = party.messages.saturating_add(1);
            let header = Span { stream: frame.stream, at: frame.at, len: frame.header.len() as u64 };
            party.open = Some(OpenMessage { first: frame.id, header, frames: 1, bytes, empty });
        }
        Part::Middle => {
            if let Some(open) = &mut party.open {
                open.frames = open.frames.saturating_add(1);
                open.bytes = open.bytes.saturating_add(bytes);
                open.empty = open.empty.saturating_add(empty);
            }
        }
        Part::Last => party.open = None,
    }
}
