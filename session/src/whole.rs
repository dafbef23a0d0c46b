//! All that a thing says, in one piece: what is looked through, copied and saved. Shows nothing and keeps nothing.

use dissector::ids::FrameId;

use crate::content::{Content, Patchy, Why};
use crate::detail::Subject;
use crate::snapshot::Snapshot;

impl Content {
    /// What a thing says, at most `limit` bytes of it: a message unmasked, joined and inflated, a frame's payload
    /// unmasked, a packet as it was captured, a connection's request. Bytes that were never captured are holes.
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
