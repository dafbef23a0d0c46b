//! How a connection ended, in facts for people: who began it, what was heard last, what each side's API reports.
//!
//! Reads the last frames of one connection, within bounds. Knows no window.

use std::sync::Arc;

use dissector::event::Ending as Tcp;
use dissector::ids::{ConnectionId, FrameId, Side};
use dissector::websocket::close::{Body, Reported, reported};
use dissector::websocket::opcode::Opcode;

use crate::content::Content;
use crate::model::{Connection, Frame, How};
use crate::snapshot::Snapshot;
use crate::verdicts::Found;

/// A step on the way to the end.
#[derive(Clone, Debug)]
pub enum Step {
    /// A Close frame, with its code and reason.
    Close {
        /// The frame.
        frame: FrameId,
        /// When, in nanoseconds since 1970.
        time: i64,
        /// The status code.
        code: Option<u16>,
        /// What is wrong with it.
        found: Vec<Arc<Found>>,
        /// The reason; what is not UTF-8 with a sign in its place.
        reason: String,
    },
    /// The TCP stream ended.
    Tcp(Tcp),
}

/// How a connection ended.
#[derive(Clone, Debug)]
pub struct Ending {
    /// Whether there was a WebSocket connection that could end.
    pub opened: bool,
    /// By what.
    pub how: How,
    /// Its stream of HTTP/2, which then ends where else TCP does (RFC 8441 5).
    pub stream: Option<u32>,
    /// The error code of the RST_STREAM that ended it (RFC 9113 6.4).
    pub reset: Option<u32>,
    /// RFC 6455 7.1.4: the closing handshake was complete before TCP ended.
    pub clean: bool,
    /// What each side did, the Close frames before TCP, each in order.
    pub steps: Vec<(Side, Step)>,
    /// Nanoseconds without a frame before the first Close, or before the connection's last packet where there
    /// was no Close.
    pub idle: Option<i64>,
    /// The last Ping of a side that no Pong of the other followed.
    pub unanswered: Vec<(Side, FrameId)>,
    /// What each side's API reports, client first; none while it is open, or where it never was.
    pub reported: Option<[Reported; 2]>,
}

/// Frames that are looked at, the last ones first.
const LOOKED_AT: u32 = 1_000_000;

/// Bytes of a control frame's payload (RFC 6455 5.5), and as many more as broken ones may have.
const BODY: u64 = 4096;

/// How a connection ended, as far as it did.
pub fn ending(snapshot: &Snapshot, content: &mut Content, id: ConnectionId) -> Option<Ending> {
    let connection = snapshot.connection(id)?;
    let closing = &connection.closing;
    let how = closing.how();
    let mut steps = Vec::new();
    for side in [Side::Client, Side::Server] {
        if let Some((frame, close)) = &closing.close[side.index()] {
            let time = snapshot.frame(*frame).map_or(connection.end, |frame| frame.time);
            let reason = String::from_utf8_lossy(&close.reason).into_owned();
            steps.push((
                side,
                Step::Close {
                    frame: *frame,
                    time,
                    code: close.code,
                    found: snapshot.findings_of(*frame),
                    reason,
                },
            ));
        }
    }
    let first = closing.first().map(|(side, _)| side);
    steps.sort_by_key(|(side, _)| Some(*side) != first);
    steps.extend(closing.tcp.iter().map(|(side, ending)| (*side, Step::Tcp(*ending))));
    let close = first.and_then(|side| closing.close[side.index()].as_ref()).map(|(frame, _)| *frame);
    let (heard, unanswered) = last_frames(snapshot, connection, close);
    let began = match close.and_then(|id| snapshot.frame(id)) {
        Some(frame) => Some(frame.time),
        None => (how != How::EndOfCapture).then_some(connection.end),
    };
    let idle = began.zip(heard).map(|(began, heard)| began.saturating_sub(heard));
    let reported = (connection.accepted && how != How::EndOfCapture).then(|| {
        [Side::Server, Side::Client].map(|sender| {
            let close = closing.close[sender.index()].as_ref().map(|(frame, _)| *frame);
            let payload =
                close.and_then(|id| content.frame(snapshot, id, BODY).ok()).map(|it| it.payload.bytes);
            reported(payload.as_deref().map(Body::read))
        })
    });
    Some(Ending {
        opened: connection.accepted,
        how,
        stream: connection.carrier.stream,
        reset: closing.reset.map(|(_, code)| code),
        clean: closing.clean(),
        steps,
        idle,
        unanswered,
        reported,
    })
}

/// When the last frame before `close` was complete, and the Pings that were not answered.
fn last_frames(
    snapshot: &Snapshot,
    connection: &Connection,
    close: Option<FrameId>,
) -> (Option<i64>, Vec<(Side, FrameId)>) {
    let mut heard = None;
    let mut left: u32 = connection.frames.iter().sum();
    let mut ponged = [false; 2];
    let mut pings: [Option<Option<FrameId>>; 2] = [None; 2];
    for index in (0..snapshot.frame_count()).rev().take(LOOKED_AT as usize) {
        if left == 0 {
            break;
        }
        let Some(frame) = snapshot.frame(FrameId::new(index)) else { break };
        if frame.connection != connection.id {
            continue;
        }
        left -= 1;
        let Frame { id, side, time, header, .. } = frame;
        if heard.is_none() && close.is_none_or(|close| id < close) {
            heard = Some(time);
        }
        match header.opcode {
            Opcode::PONG => ponged[side.index()] = true,
            Opcode::PING => {
                let answered = ponged[side.other().index()];
                pings[side.index()].get_or_insert((!answered).then_some(id));
            }
            _ => {}
        }
        if heard.is_some() && pings.iter().all(Option::is_some) {
            break;
        }
    }
    let unanswered = [Side::Client, Side::Server]
        .into_iter()
        .filter_map(|side| Some((side, pings[side.index()].flatten()?)));
    (heard, unanswered.collect())
}
