//! All that a thing says, in one piece: what is looked through, copied and saved. Shows nothing and keeps nothing.

use dissector::ids::FrameId;

use crate::content::{Content, Patchy, Why};
use crate::detail::{Detail, Subject, TabKind};
use crate::snapshot::Snapshot;

impl Content {
    /// What a thing says, at most `limit` bytes of it: a message unmasked, joined and inflated, a frame's payload
    /// unmasked, a packet as it was captured, a connection's request, a message over HTTP unpacked. Bytes that were never captured are holes.
    pub fn said(&mut self, snapshot: &Snapshot, subject: Subject, limit: u64) -> Result<Patchy, Why> {
        let whole = |bytes| Patchy { bytes, holes: Vec::new() };
        match subject {
            Subject::Packet(id) => self.packet(snapshot, id).map(whole),
            Subject::Frame(id) => self.payload(snapshot, id, limit),
            Subject::Message(id) => {
                let message = snapshot.message(id).ok_or(Why::Unfinished)?;
                match self.message(snapshot, id, limit) {
                    Ok(bytes) => Ok(whole(bytes)),
                    // Of what was sent as it is, a part says something too.
                    Err(Why::NotCaptured | Why::Unfinished) if !message.compressed => {
                        self.joined(snapshot, &message, limit)
                    }
                    Err(why) => Err(why),
                }
            }
            Subject::Delivery(id) => match self.delivery(snapshot, id, limit) {
                Ok(bytes) => Ok(whole(bytes)),
                // Of what is not packed, a part says something too.
                Err(Why::NotCaptured) => self.delivered(snapshot, id, limit).map(|(patchy, _)| patchy),
                Err(why) => Err(why),
            },
            Subject::Connection(id) => {
                let request = snapshot.connection(id).and_then(|connection| connection.request.clone());
                request.map(|head| whole(head.raw.to_vec())).ok_or(Why::NotCaptured)
            }
        }
    }

    fn payload(&mut self, snapshot: &Snapshot, id: FrameId, limit: u64) -> Result<Patchy, Why> {
        let bytes = self.frame(snapshot, id, limit)?;
        if bytes.cut { Err(Why::TooLarge) } else { Ok(bytes.payload) }
    }
}

impl Detail {
    /// The tab, and the byte in it, at which stands what [`Content::said`] says of the same thing.
    pub fn said_at(&self) -> Option<(usize, usize)> {
        let tab = |kind| self.tabs.iter().position(|tab| tab.kind == kind);
        match self.subject {
            Subject::Packet(id) => Some((tab(TabKind::Captured(id))?, 0)),
            // What the panes show of a fragment is its whole message.
            Subject::Frame(id) => tab(TabKind::Unmasked(id)).map(|tab| (tab, 0)).or_else(|| {
                let frame = self.frames.iter().find(|frame| frame.id == id)?;
                Some((frame.tab, frame.range.start + frame.header.len()))
            }),
            Subject::Message(_) | Subject::Delivery(_) => {
                self.payload.place.as_ref().map(|(tab, range)| (*tab, range.start))
            }
            Subject::Connection(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use dissector::ids::{MessageId, PacketId};

    use super::*;
    use crate::Options;
    use crate::detail::detail;

    /// What is looked through is what is shown, byte for byte and at the same place: of every packet, frame and
    /// message, masked or not, in fragments, compressed, with holes.
    #[test]
    fn said_is_what_is_shown() {
        let samples = [
            "tour.pcapng",
            "fragments-and-ping.pcap",
            "deflate-fragmented.pcap",
            "gap.pcap",
            "snaplen-96.pcap",
        ];
        let mut compared = 0;
        for name in samples {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name);
            let source = capture::Source::File { path, follow: false };
            let options = Options::default();
            let snapshot = crate::read(capture::open(source).unwrap().as_mut(), &options, &mut |_| {});
            let packets = (0..snapshot.packet_count()).map(|row| Subject::Packet(PacketId::new(row)));
            let frames = (0..snapshot.frame_count()).map(|row| Subject::Frame(FrameId::new(row)));
            let messages = (0..snapshot.message_count()).map(|row| Subject::Message(MessageId::new(row)));
            let mut content = Content::default();
            for subject in packets.chain(frames).chain(messages) {
                let Ok(said) = content.said(&snapshot, subject, u64::MAX) else { continue };
                let shown = detail(&snapshot, &mut content, subject);
                let Some((tab, at)) = shown.said_at() else {
                    assert!(said.bytes.is_empty(), "{name}: {subject:?} is not shown");
                    continue;
                };
                let bytes = shown.tabs[tab].bytes.get(at..at + said.bytes.len());
                assert_eq!(bytes, Some(&said.bytes[..]), "{name}: {subject:?}");
                compared += 1;
            }
        }
        assert!(compared > 500, "{compared}");
    }
}
