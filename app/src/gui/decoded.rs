//! What messages say by their connections' protocols: one line for a row, all of it for what is selected. Made on the
//! content thread. Knows no widget.

use session::decoding::{Decoding, is_plain};
use session::detail::Detail;
use session::dissector::decoders::{Decoder, Part, Stopped, decoder};
use session::dissector::event::Outcome;
use session::dissector::ids::{MessageId, Side};
use session::{Content, Snapshot};

use super::preview::preview;

/// A message in one line, and what the columns say of it.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What it says, or how its content begins.
    pub words: String,
    /// What its connection speaks, where something tells it.
    pub protocol: Option<&'static Decoder>,
    /// The first thing that it says.
    pub part: Option<Part>,
}

/// What the selection says, as far as it stands in no tree.
#[derive(Debug)]
pub struct Spoken {
    /// What read it.
    pub decoder: &'static Decoder,
    /// Who said it.
    pub side: Side,
    /// The line of the detail tree below which its fields are.
    pub root: usize,
    /// What it says, in order.
    pub parts: Vec<Part>,
    /// Where reading stopped.
    pub stopped: Option<Stopped>,
    /// What was left out, and by which limit.
    pub limited: Option<&'static str>,
}

/// Longer messages are read as a whole only where they are looked at.
const SUMMARIZED: u64 = 1 << 20;

/// A message in one line.
pub fn line(snapshot: &Snapshot, content: &mut Content, decoding: &mut Decoding, id: MessageId) -> Line {
    let plain = |content: &mut Content| preview(snapshot, content, id);
    let message = snapshot.message(id).filter(|message| message.outcome == Some(Outcome::Whole));
    let Some(message) = message else { return Line { words: plain(content), ..Line::default() } };
    let Some(protocol) = decoding.decoder(content, snapshot, &message) else {
        return Line { words: plain(content), ..Line::default() };
    };
    let protocol = Some(protocol);
    if message.len.unwrap_or(message.wire_len).max(message.wire_len) > SUMMARIZED {
        let words = format!("{}  (over 1 MiB: decoded where it is looked at)", plain(content));
        return Line { words, protocol, part: None };
    }
    let Ok(bytes) = content.message(snapshot, id, session::content::SHOWN) else {
        return Line { words: plain(content), protocol, part: None };
    };
    let decoded = decoding.decoded(content, snapshot, &message, &bytes, false);
    let words = if is_plain(&decoded) { plain(content) } else { decoded.summary() };
    Line { words, protocol, part: decoded.parts.into_iter().next() }
}

/// What the selection says, where that is more than text, bytes or JSON; its fields are added to the tree of `detail`.
pub fn spoken(
    snapshot: &Snapshot,
    content: &mut Content,
    decoding: &mut Decoding,
    detail: &mut Detail,
) -> Option<Spoken> {
    let message = detail.spoken(snapshot)?;
    let bytes = detail.payload_bytes().to_vec();
    let decoded = decoding.decoded(content, snapshot, &message, &bytes, true);
    // Each of them has a view of its own.
    let bare = match decoded.protocol {
        "text" | "data" => true,
        "json" => decoded.stopped.is_none() && decoded.limited.is_none(),
        _ => false,
    };
    let read_by = decoder(decoded.protocol).filter(|_| !bare)?;
    let summary = decoded.first().map(|part| part.summary.clone()).unwrap_or_default();
    let root = detail.say(read_by.title, summary, decoded.fields)?;
    let (parts, stopped, limited) = (decoded.parts, decoded.stopped, decoded.limited);
    Some(Spoken { decoder: read_by, side: message.side, root, parts, stopped, limited })
}
