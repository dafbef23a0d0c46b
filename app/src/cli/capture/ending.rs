//! What is said when a capture has ended: how much there is, and why it ended where nobody had ended it.

use std::path::Path;

use anyhow::bail;
use session::Snapshot;
use session::capture::NoteKind;
use session::capture::live::report::{Counts, Ending};
use session::capture::live::tap::Ended;

use super::keep::Keep;
use crate::cli::reading::failure;
use crate::cli::words::{clean, count, plural, size};

/// Says it all; an error is what nobody had wanted.
pub(crate) fn say(snapshot: &Snapshot, ended: &Ended, keep: Option<&Keep>) -> anyhow::Result<()> {
    let name = keep.map_or(Path::new("the capture"), Keep::path);
    if let Some(keep) = keep {
        keep.whole(snapshot);
    }
    last_line(snapshot, ended, keep);
    why(ended)?;
    unwritten(name, snapshot)?;
    failure(name, snapshot)
}

/// Where what was captured could not be written on, or was no capture.
fn unwritten(name: &Path, snapshot: &Snapshot) -> anyhow::Result<()> {
    let noted = |kind| snapshot.notes.iter().find(move |note| note.kind == kind);
    match noted(NoteKind::Source).or_else(|| noted(NoteKind::Damaged)) {
        Some(note) => bail!("{}: {}", name.display(), note.says),
        None => Ok(()),
    }
}

/// Counts, as the last thing that is said.
fn last_line(snapshot: &Snapshot, ended: &Ended, keep: Option<&Keep>) {
    let packets = u64::from(snapshot.packet_count());
    let frames = plural(u64::from(snapshot.frame_count()), ["frame", "frames"]);
    let messages = plural(u64::from(snapshot.message_count()), ["message", "messages"]);
    let connections =
        plural(u64::from(snapshot.connections().len()), ["WebSocket connection", "WebSocket connections"]);
    let kept = keep.map_or(String::new(), |keep| {
        format!("; kept in {} ({})", clean(&keep.path().display().to_string()), size(keep.len()))
    });
    eprintln!("wscope: {}; {frames} and {messages} on {connections}{kept}", captured(packets, ended.counts));
}

/// `12 packets captured, 3 dropped by the system`
pub(crate) fn captured(packets: u64, counts: Counts) -> String {
    let packets = plural(packets, ["packet", "packets"]);
    format!("{packets} captured, {} dropped by the system", count(counts.dropped))
}

/// Why a capture ended that nobody had ended.
pub(crate) fn why(ended: &Ended) -> anyhow::Result<()> {
    for says in ended.said.iter().filter(|says| !says.is_empty()) {
        eprintln!("wscope: {}", clean(says));
    }
    match &ended.why {
        Ending::Asked | Ending::Enough | Ending::Unread => Ok(()),
        Ending::Devices(says) => bail!("the capture has ended: {says}; what came before is kept"),
        Ending::Disk(says) => bail!("no more could be written: {says}; what came before is whole"),
    }
}
