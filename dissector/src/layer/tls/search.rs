//! Goes on behind a hole that hid where records begin: tries what looks like a record until one opens.
//!
//! That one opened is proof enough: a tag fits by chance once in 2¹²⁸. Its number is not known either, as the
//! hole hid how many records there were, so each that could be is tried.

use core::ops::Range;
use std::sync::Arc;

use super::keys::{Half, Phase};
use super::reader::{Reader, Sealed};
use super::{Tls, Up};
use crate::ids::End;
use crate::tls::open::{Opener, Refused};
use crate::tls::record::RecordHeader;
use crate::tls::schedule;

/// The shortest record that carries something: a header, a byte of content and a tag.
const SHORTEST: u64 = RecordHeader::LEN as u64 + 17;

/// Numbers that are tried for one record.
const MOST_NUMBERS: u64 = 1024;

/// Records that are tried in one piece.
const MOST_TRIED: usize = 4;

/// What it costs to try a record at all, in bytes.
const COST: u64 = 1024;

/// Bytes that are tried, each as often as it is, before a search is given up.
const MOST_BYTES: u64 = 256 << 20;

/// Changes of keys in a row that may have gone by unseen (RFC 8446 4.6.3).
const MOST_UPDATES: usize = 3;

/// Keys that may have come into use unseen.
struct Ahead {
    phase: Phase,
    opener: Arc<Opener>,
    secret: Vec<u8>,
    /// How many updates lie between.
    updates: u32,
}

impl Tls {
    /// Looks for a record in what the reader holds: where it is, and what is there from it on.
    pub(super) fn search(
        &mut self,
        end: End,
        reader: &mut Reader,
        missing: u64,
        up: &mut Up<'_>,
    ) -> Option<(u64, Vec<u8>)> {
        let most = (missing / SHORTEST + 2).min(MOST_NUMBERS);
        let mut plain = core::mem::take(&mut self.plain);
        let (mut tried, mut found) = (0, None);
        for _ in 0..MOST_TRIED {
            let Some((start, sealed)) = reader.candidate() else { break };
            if self.direction(end).half.opens_as(&sealed, most, &mut plain)
                || self.opens_ahead(end, &sealed, most, &mut plain, up)
            {
                found = Some(start);
                break;
            }
            // With the keys in use, and with those that may have come since.
            tried += most * (COST + u64::from(sealed.header.len)) * (1 + MOST_UPDATES as u64);
            reader.refuse(start);
        }
        self.plain = plain;
        if let Some(start) = found {
            self.direction(end).tried = 0;
            return Some(reader.found(start));
        }
        reader.forget();
        let direction = self.direction(end);
        direction.tried = direction.tried.saturating_add(tried);
        if direction.tried > MOST_BYTES {
            let span = reader.give_up(self.stream(end));
            self.refused(span, Refused::NoRecord, up);
        }
        None
    }

    /// Whether a record that seems not to be encrypted opens with keys whose coming into use was not captured.
    pub(super) fn opens_unseen(&mut self, end: End, sealed: &Sealed<'_>, up: &mut Up<'_>) -> bool {
        if !self.direction(end).torn {
            return false;
        }
        let mut plain = core::mem::take(&mut self.plain);
        let opens = self.opens_ahead(end, sealed, 1, &mut plain, up);
        self.plain = plain;
        opens
    }

    /// Whether a record opens, by one of its first `most` numbers, with keys that may have come into use unseen. They
    /// are in use then.
    pub(super) fn opens_ahead(
        &mut self,
        end: End,
        sealed: &Sealed<'_>,
        most: u64,
        plain: &mut Vec<u8>,
        up: &mut Up<'_>,
    ) -> bool {
        for Ahead { phase, opener, secret, updates } in self.ahead(end, up) {
            if let Some(number) = opens_by(&opener, 0..most, sealed, plain) {
                let side = self.side(end);
                if let Some(count) = self.secured.updates.get_mut(side.index()) {
                    *count = count.saturating_add(updates);
                }
                self.change_keys(end, Some((opener, secret)), phase);
                if let Some(keyed) = &mut self.direction(end).half.keyed {
                    keyed.sequence = number;
                }
                return true;
            }
        }
        false
    }

    /// The keys that may come next in a direction.
    fn ahead(&mut self, end: End, up: &mut Up<'_>) -> Vec<Ahead> {
        let side = self.side(end);
        let Some(version) = self.known.version() else { return Vec::new() };
        let mut phase = self.direction(end).half.phase;
        let mut ahead = Vec::new();
        if !version.is_tls13() {
            let opener = (phase == Phase::Plain).then(|| self.known.tls12(side, up.secrets)).flatten();
            ahead.extend(opener.map(|opener| Ahead {
                phase: Phase::Sealed,
                opener,
                secret: Vec::new(),
                updates: 0,
            }));
        }
        while let (true, Some(next)) = (version.is_tls13(), phase.next()) {
            phase = next;
            let keys = self.known.tls13(side, phase, up.secrets);
            ahead.extend(keys.map(|(opener, secret)| Ahead { phase, opener, secret, updates: 0 }));
        }
        self.note_keys(self.known.keys);
        if let (Phase::Traffic, Some(suite)) = (self.direction(end).half.phase, self.known.suite()) {
            let secret = self.direction(end).half.keyed.as_ref().map(|keyed| keyed.secret.clone());
            let secrets = core::iter::successors(secret, |secret| schedule::next_secret(suite, secret));
            for (secret, updates) in secrets.skip(1).take(MOST_UPDATES).zip(1..) {
                let opener = Opener::tls13(suite, &secret).map(|opener| Arc::new(opener.as_of(version)));
                ahead.extend(opener.map(|opener| Ahead { phase: Phase::Traffic, opener, secret, updates }));
            }
        }
        ahead
    }
}

impl Half {
    /// Whether a record opens with the keys in use by one of the `most` numbers that are next.
    fn opens_as(&mut self, sealed: &Sealed<'_>, most: u64, plain: &mut Vec<u8>) -> bool {
        let Some(keyed) = &mut self.keyed else { return false };
        let numbers = keyed.sequence..keyed.sequence.saturating_add(most);
        let number = opens_by(&keyed.opener, numbers, sealed, plain);
        keyed.sequence = number.unwrap_or(keyed.sequence);
        number.is_some()
    }
}

/// By which of these numbers a record opens.
fn opens_by(
    opener: &Opener,
    mut numbers: Range<u64>,
    sealed: &Sealed<'_>,
    plain: &mut Vec<u8>,
) -> Option<u64> {
    let Sealed { head, fragment, before, .. } = sealed;
    numbers.find(|number| opener.open(*number, head, fragment, before.bytes(), plain).is_ok())
}
