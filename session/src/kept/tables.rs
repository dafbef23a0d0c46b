//! A snapshot as tables, and back: one table after the other in the order that is written here.
//!
//! Rows that are packed are written as they are. What was opened with keys is not written, nor are the keys.

use std::io::{self, Read, Write};
use std::sync::Arc;

use capture::{Format, Interface, Note, Progress};
use dissector::ids::PacketId;

use super::blocks::{Reader, Writer};
use super::bounds::Bounds;
use super::refusal::Refusal;
use super::value::{Input, Value};
use crate::column::{CHUNK, Rows};
use crate::feed::Reached;
use crate::packing::{MOST, Packed, Row};
use crate::paged::{Paged, Pages};
use crate::row::FrameRow;
use crate::snapshot::{Snapshot, State};
use crate::sparse::{Entries, Sparse};
use crate::tables::Tables;

/// Packed rows as their parts, and the numbers of all parts.
impl Value for Packed {
    fn write(&self, out: &mut Vec<u8>) {
        let (parts, numbers) = self.apart();
        (self.len() as u32).write(out);
        parts.write(out);
        out.extend_from_slice(numbers);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        let len = u32::read(input).filter(|len| *len as usize <= CHUNK)?;
        let parts = <[(u64, u8, bool); MOST]>::read(input)?;
        let width: usize = parts.iter().map(|(_, width, _)| usize::from(*width)).sum();
        Self::together(len, parts, input.bytes(width * len as usize)?)
    }
}

/// A column by its chunks; the last is the one that was not full.
fn write_rows<W: Write, T: Row>(to: &mut Writer<'_, W>, rows: &Rows<T>) -> io::Result<()> {
    to.table(rows.sealed().iter().cloned().chain([Arc::new(Packed::new(rows.tail()))]))
}

fn read_rows<R: Read, T: Row>(
    from: &mut Reader<R>,
    mut check: impl FnMut(u32, &Packed) -> Option<()>,
) -> Result<Rows<T>, Refusal> {
    let (mut sealed, mut tail) = (Vec::new(), None);
    from.table(|number, chunk: Arc<Packed>| {
        let begin = number.checked_mul(CHUNK as u32)?;
        check(begin, &chunk)?;
        match tail {
            // Nothing stands behind a chunk that is not full.
            Some(_) => return None,
            None if chunk.len() == CHUNK => sealed.push(chunk),
            None => tail = Some((0..chunk.len()).map(|place| chunk.row(place)).collect::<Vec<T>>()),
        }
        Some(())
    })?;
    Ok(Rows::of(sealed, &tail.ok_or(Refusal::Damaged)?))
}

fn read_entries<R: Read, T: Value + Copy>(
    from: &mut Reader<R>,
    check: impl Fn(u32, &T) -> Option<()>,
) -> Result<Entries<T>, Refusal> {
    let mut entries = Sparse::default();
    from.table(|_, (key, entry): (u32, T)| {
        check(key, &entry)?;
        entries.push(key, entry);
        Some(())
    })?;
    Ok(entries.publish())
}

fn read_pages<R: Read, T: Value + Clone>(
    from: &mut Reader<R>,
    check: impl Fn(u32, &T) -> Option<()>,
) -> Result<Pages<T>, Refusal> {
    let mut pages = Paged::default();
    from.table(|place, row: T| {
        check(place, &row)?;
        pages.push(row);
        Some(())
    })?;
    Ok(pages.publish())
}

/// Writes all of a snapshot but what it has of its capture.
pub(super) fn write<W: Write>(to: &mut Writer<'_, W>, snapshot: &Snapshot) -> io::Result<()> {
    to.table([Bounds::of(snapshot)])?;
    write_rows(to, &snapshot.packets)?;
    write_rows(to, &snapshot.extents)?;
    write_rows(to, &snapshot.frames)?;
    write_rows(to, &snapshot.messages)?;
    to.table(snapshot.frames_more.iter())?;
    to.table(snapshot.messages_more.iter())?;
    to.table(snapshot.checkpoints.iter().cloned())?;
    to.table(snapshot.connections().iter().cloned())?;
    to.table(snapshot.flows().iter().copied())?;
    to.table(snapshot.findings().iter().cloned())?;
    to.table(snapshot.findings_of.iter())?;
    to.table(snapshot.secured.iter().cloned())?;
    to.table([snapshot.format.clone()])?;
    to.table([snapshot.progress])?;
    to.table([snapshot.links.to_vec()])?;
    to.table([Arc::clone(&snapshot.broken)])?;
    to.table([Arc::clone(&snapshot.totals)])?;
    to.table(snapshot.interfaces.iter().cloned())?;
    to.table(snapshot.notes.iter().cloned())?;
    to.table(snapshot.comments.iter().cloned())?;
    to.table(snapshot.push_sessions().iter().cloned())?;
    to.table(snapshot.exchanges().iter().copied())?;
    write_rows(to, &snapshot.neighbors.deliveries)?;
    to.table(snapshot.neighbors.joined.iter())?;
    to.table([snapshot.neighbors.tallies])
}

/// Reads a snapshot of this capture.
pub(super) fn read<R: Read>(
    from: &mut Reader<R>,
    capture: &dyn capture::Growing,
) -> Result<Snapshot, Refusal> {
    let bounds: Bounds = from.one()?;
    let rules = dissector::rules::rules().count();
    // The few whose payload is longer than the capture: most of it must be missing.
    let mut long: Vec<(u32, FrameRow)> = Vec::new();
    let mut snapshot = Snapshot::cut(&mut Tables::default(), &Reached::of(capture), State::Done);
    snapshot.packets = read_rows(from, |begin, chunk| bounds.packets(begin, chunk))?;
    snapshot.extents = read_rows(from, |begin, chunk| bounds.extents(begin, chunk))?;
    snapshot.frames = read_rows(from, |begin, chunk| {
        long.extend(bounds.long(begin, chunk));
        bounds.frames(begin, chunk)
    })?;
    snapshot.messages = read_rows(from, |begin, chunk| bounds.messages(begin, chunk))?;
    snapshot.frames_more = read_entries(from, |key, more| bounds.frame_more(key, more))?;
    for (place, row) in long {
        let missing = snapshot.frames_more.entry(place).map_or(0, |more| more.missing);
        bounds.payload(row, missing).ok_or(Refusal::Damaged)?;
    }
    snapshot.messages_more = read_entries(from, |key, more| bounds.message_more(key, more))?;
    snapshot.checkpoints = read_pages(from, |_, checkpoint| bounds.checkpoint(checkpoint))?;
    snapshot.connections = read_pages(from, |place, connection| bounds.connection(place, connection))?;
    snapshot.flows = read_pages(from, |place, flow| bounds.flow(place, flow))?;
    snapshot.findings = read_pages(from, |_, found: &Arc<_>| bounds.finding(rules, found))?;
    snapshot.findings_of = read_entries(from, |frame, place| bounds.finding_of(frame, *place))?;
    snapshot.secured = read_pages(from, |_, _| Some(()))?;
    snapshot.format = from.one::<Option<Format>>()?;
    snapshot.progress = from.one::<Progress>()?;
    snapshot.links = Arc::from(from.one::<Vec<u16>>()?);
    snapshot.broken = from.one()?;
    snapshot.totals = from.one()?;
    snapshot.interfaces = Arc::from(from.all::<Arc<Interface>>()?);
    snapshot.notes = Arc::from(from.all::<Arc<Note>>()?);
    let comments = from.all::<(PacketId, Arc<str>)>()?;
    let rising = comments.is_sorted_by(|(before, _), (after, _)| before < after);
    snapshot.comments = Arc::from(comments);
    let neighbors = &mut snapshot.neighbors;
    neighbors.sessions = read_pages(from, |place, session| bounds.session(place, session))?;
    neighbors.exchanges = read_pages(from, |place, exchange| bounds.exchange(place, exchange))?;
    neighbors.deliveries = read_rows(from, |_, chunk| bounds.deliveries(chunk))?;
    neighbors.joined = read_entries(from, |connection, session| bounds.joined(connection, *session))?;
    neighbors.tallies = from.one()?;
    // What a row may refer to is there, all of it, and nothing follows.
    if Bounds::of(&snapshot) == bounds && rising && from.is_over() {
        Ok(snapshot)
    } else {
        Err(Refusal::Damaged)
    }
}

/// A snapshot that came of reading a capture to its end, with nothing that was opened and no key in it.
pub(super) fn is_fit(snapshot: &Snapshot) -> bool {
    let sound = |note: &Note| note.kind != capture::NoteKind::Source;
    snapshot.state == State::Done
        && snapshot.records.is_empty()
        && snapshot.openers.is_empty()
        && snapshot.secured.iter().all(|secured| !secured.keys.are_known())
        && snapshot.notes.iter().all(|note| sound(note))
}

/// Whether a capture's bytes are those of its file, and not unpacked from it: unpacking takes longer than reading.
pub(super) fn is_plain(capture: &dyn capture::Growing) -> bool {
    capture.format().is_some_and(|format| format.compression.is_none())
}
