//! Goes on behind a hole that hid where records begin: tries what looks like a record until one opens.
//!
//! That one opened is proof enough: a tag fits by chance once in 2¹²⁸. Its number is not known either, as the
//! hole hid how many records there were, so each that could be is tried.

use super::Tls;
use super::keys::Half;
use super::reader::{Reader, Sealed};
use crate::ids::End;
use crate::tls::record::RecordHeader;

/// The shortest record that carries something: a header, a byte of content and a tag.
const SHORTEST: u64 = RecordHeader::LEN as u64 + 17;

/// Numbers that are tried for one record.
const MOST_NUMBERS: u64 = 1024;

/// Records that are tried in one piece.
const MOST_TRIED: usize = 4;

impl Tls {
    /// Looks for a record in what the reader holds: where it is, and what is there from it on.
    pub(super) fn search(&mut self, end: End, reader: &mut Reader, missing: u64) -> Option<(u64, Vec<u8>)> {
        let mut plain = core::mem::take(&mut self.plain);
        let half = &mut self.direction(end).half;
        let mut from = 0;
        let mut found = None;
        for _ in 0..MOST_TRIED {
            let Some((start, sealed)) = reader.candidate(from) else { break };
            if half.opens_as(&sealed, missing, &mut plain) {
                found = Some(start);
                break;
            }
            from = start + 1;
        }
        self.plain = plain;
        match found {
            Some(start) => Some(reader.found(start)),
            None => {
                reader.forget();
                None
            }
        }
    }
}

impl Half {
    /// Whether a record opens by a number that it could have, `missing` bytes behind the last one.
    fn opens_as(&mut self, sealed: &Sealed<'_>, missing: u64, plain: &mut Vec<u8>) -> bool {
        let Some(keyed) = &mut self.keyed else { return false };
        let most = (missing / SHORTEST + 2).min(MOST_NUMBERS);
        let numbers = keyed.sequence..keyed.sequence.saturating_add(most);
        let opens = |number: &u64| {
            keyed.opener.open(*number, &sealed.head, sealed.fragment, sealed.before.bytes(), plain).is_ok()
        };
        match numbers.into_iter().find(opens) {
            Some(number) => {
                keyed.sequence = number;
                true
            }
            None => false,
        }
    }
}
