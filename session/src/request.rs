//! How long after the other side's last word something was said: the time that an answer took.
//!
//! Of a message, the word is the latest message of the other side on the same connection with a smaller number (that is,
//! whose first frame came before this one's) that was complete by then; of a frame the same among frames; of a packet,
//! the latest packet before it of the other end of its TCP connection, with payload or without. A connection, and a
//! packet that is not TCP's, answer nothing.
//!
//! Whether it is an answer to that word only the application knows: what is told is who spoke last, and when.

use dissector::ids::{FrameId, MessageId, PacketId, Side};
use dissector::neighbor::Framing;

use crate::detail::Subject;
use crate::snapshot::Snapshot;

/// How many rows are looked at backwards. What was said longer ago is no request any more, and a side that speaks alone
/// must not make each of its rows dearer than the one before.
pub const REACH: u32 = 16_384;

/// Nanoseconds between the other side's last word and this; nothing where it said nothing within [`REACH`] rows.
pub fn since_request(snapshot: &Snapshot, subject: Subject) -> Option<i64> {
    let back = |row: u32| (row.saturating_sub(REACH)..row).rev();
    let (time, asked) = match subject {
        Subject::Message(id) => {
            let it = snapshot.message(id)?;
            let earlier = back(id.index()).filter_map(|row| snapshot.message(MessageId::new(row)));
            let mut others =
                earlier.filter(|other| other.connection == it.connection && other.side != it.side);
            (it.time, others.find(|other| other.time <= it.time)?.time)
        }
        Subject::Frame(id) => {
            let it = snapshot.frame(id)?;
            let earlier = back(id.index()).filter_map(|row| snapshot.frame(FrameId::new(row)));
            let mut others =
                earlier.filter(|other| other.connection == it.connection && other.side != it.side);
            (it.time, others.find(|other| other.time <= it.time)?.time)
        }
        Subject::Packet(id) => {
            let it = snapshot.packet(id)?;
            let (flow, end) = it.flow?;
            let earlier = back(id.index()).filter_map(|row| snapshot.packet(PacketId::new(row)));
            let mut others = earlier.filter(|other| other.flow == Some((flow, end.other())));
            (it.time, others.find(|other| other.time <= it.time)?.time)
        }
        // What HTTP carries answers the request of its exchange, where that is all that it brings.
        Subject::Delivery(id) => {
            let it = snapshot.delivery(id).filter(|it| it.side == Side::Server)?;
            let exchange = snapshot.exchange(it.exchange).filter(|it| it.framing == Framing::Whole)?;
            (it.time, exchange.asked)
        }
        Subject::Connection(_) => return None,
    };
    Some(time.saturating_sub(asked))
}
