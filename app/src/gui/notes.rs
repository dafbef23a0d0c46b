//! What the user put beside rows: marks, time references, comments.
//!
//! Each is kept by its place in the capture, which holds in every pass over it and in another run; what stands there is
//! looked up again whenever the numbers of frames and messages may mean other things. How it is kept on disk: `store`.

pub mod store;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use session::Snapshot;
use session::dissector::ids::PacketId;
use session::place::Place;

use super::inspector;
use super::state::Selection;

/// What stands beside one row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// It is marked.
    #[serde(skip_serializing_if = "is_false")]
    pub mark: bool,
    /// Times of the rows after it count from it.
    #[serde(skip_serializing_if = "is_false")]
    pub reference: bool,
    /// What was written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub comment: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
const fn is_false(is: &bool) -> bool {
    !*is
}

/// The notes of a capture.
#[derive(Debug, Default)]
pub struct Notes {
    entries: Vec<Entry>,
    /// Where the note of a thing stands among the entries.
    of: HashMap<Selection, usize>,
    references: Vec<(PacketId, i64)>,
    /// The pass over the capture whose numbers are known.
    pass: Option<u32>,
    /// The entry that is looked up next.
    next: usize,
    changed: bool,
}

#[derive(Debug)]
struct Entry {
    place: Place,
    /// What stands there, once it is known.
    at: Option<Selection>,
    /// Whether that was looked up.
    settled: bool,
    note: Note,
}

/// Notes that a capture has at most.
pub const NOTES: usize = 4096;
/// Characters of a comment.
pub const COMMENT: usize = 2000;
/// Places that are looked up in a pass of drawing, as each takes a walk through some rows.
const LOOKED_UP: usize = 32;

impl Note {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        !self.mark && !self.reference && self.comment.is_empty()
    }
}

impl Notes {
    /// The note beside a thing.
    pub fn of(&self, selection: Selection) -> Option<&Note> {
        Some(&self.entries[*self.of.get(&selection)?].note)
    }

    /// The time of the latest time reference at or before a packet.
    pub fn reference_before(&self, packet: PacketId) -> Option<i64> {
        let after = self.references.partition_point(|(reference, _)| *reference <= packet);
        Some(self.references[after.checked_sub(1)?].1)
    }

    /// Whether there is a time reference.
    pub fn has_references(&self) -> bool {
        !self.references.is_empty()
    }

    /// What is marked, in no order.
    pub fn marked(&self) -> impl Iterator<Item = Selection> {
        self.entries.iter().filter(|entry| entry.note.mark).filter_map(|entry| entry.at)
    }

    /// Changes the note beside a thing; whether there was room for it.
    pub fn change(
        &mut self,
        snapshot: &Snapshot,
        selection: Selection,
        change: impl FnOnce(&mut Note),
    ) -> bool {
        let known = self.of.get(&selection).copied();
        let place = known.map(|index| self.entries[index].place);
        let Some(place) = place.or_else(|| Place::of(snapshot, inspector::subject(selection))) else {
            return false;
        };
        let mut note = known.map_or_else(Note::default, |index| self.entries[index].note.clone());
        change(&mut note);
        if note.comment.chars().count() > COMMENT {
            note.comment = note.comment.chars().take(COMMENT).collect();
        }
        match known {
            Some(index) => self.entries[index].note = note,
            None if note.is_empty() => return true,
            None if self.entries.len() >= NOTES => return false,
            None => {
                self.entries.push(Entry { place, at: Some(selection), settled: true, note });
            }
        }
        self.entries.retain(|entry| !entry.note.is_empty());
        self.index(snapshot);
        self.changed = true;
        true
    }

    /// Takes over what was kept of the capture before; what was noted since stands.
    pub fn restore(&mut self, kept: Vec<(Place, Note)>) {
        for (place, note) in kept {
            if self.entries.len() < NOTES && self.entries.iter().all(|entry| entry.place != place) {
                self.entries.push(Entry { place, at: None, settled: false, note });
            }
        }
    }

    /// What is to be kept.
    pub fn kept(&self) -> Vec<(Place, Note)> {
        self.entries.iter().map(|entry| (entry.place, entry.note.clone())).collect()
    }

    /// They are to be kept elsewhere from now on.
    pub fn touch(&mut self) {
        self.changed = !self.entries.is_empty();
    }

    /// Whether something changed since the last call.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Looks up what stands at the places that were read by now, a few in each call.
    pub fn look_up(&mut self, snapshot: &Snapshot, reading: bool) {
        if self.pass != Some(snapshot.generation) {
            self.pass = Some(snapshot.generation);
            self.entries.iter_mut().for_each(|entry| (entry.at, entry.settled) = (None, false));
            self.index(snapshot);
        }
        let (mut tried, mut found) = (0, false);
        for _ in 0..self.entries.len() {
            if tried == LOOKED_UP {
                break;
            }
            self.next = (self.next + 1) % self.entries.len();
            let entry = &mut self.entries[self.next];
            let read = entry.place.packet().index() < snapshot.packet_count();
            if entry.settled || (reading && !read) {
                continue;
            }
            // Without its keys a frame is only the packet that it lies in: that is not where the note belongs.
            let there = entry.place.find(snapshot);
            let there = there.filter(|there| Place::of(snapshot, *there) == Some(entry.place));
            entry.at = there.map(inspector::selection);
            entry.settled = there.is_some() || !reading;
            tried += 1;
            found |= there.is_some();
        }
        if found {
            self.index(snapshot);
        }
    }

    /// Whether places are still to be looked up.
    pub fn pending(&self) -> bool {
        self.entries.iter().any(|entry| !entry.settled)
    }

    fn index(&mut self, snapshot: &Snapshot) {
        let known = self.entries.iter().enumerate();
        self.of = known.filter_map(|(index, entry)| Some((entry.at?, index))).collect();
        let references = self.entries.iter().filter(|entry| entry.note.reference && entry.at.is_some());
        let times = references.filter_map(|entry| {
            let packet = entry.place.packet();
            Some((packet, snapshot.packet(packet)?.time))
        });
        self.references = times.collect();
        self.references.sort_unstable();
    }
}
