//! A look at packets to come: which of their bytes will be a direction's next ones.
//!
//! Follows only what comes in order, with nothing that waits before it; everything else is found out in its turn.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::{Direction, Flows, Live};
use crate::glance::Glance;
use crate::ids::End;
use crate::layer::{Ahead, Course, To};
use crate::link::{Pair, Segment, Sockets};
use crate::outbox::Outbox;
use crate::packet::Packet;
use crate::tls::parcel::Piece;

/// What is known of directions whose packets come next.
#[derive(Default)]
pub(super) struct Courses {
    /// By their sender and receiver.
    known: HashMap<Sockets, usize, RandomState>,
    told: Vec<Told>,
    /// Directions of which something is expected.
    expecting: Vec<(Pair, End)>,
}

/// What is told of a direction.
struct Told {
    pair: Pair,
    end: End,
    course: Option<Course>,
    /// The sequence number of the byte behind that, as long as it can be told.
    next: Option<u32>,
}

impl Flows {
    /// Looks at packets that come next, and has opened what they are guessed to carry.
    pub(crate) fn look_ahead<'a>(
        &mut self,
        coming: impl Iterator<Item = (Packet<'a>, &'a Glance)>,
        ahead: &mut Ahead,
        to: &mut To<'_>,
    ) {
        let Self { lives, courses: Courses { known, told, expecting }, .. } = self;
        // The direction of the packet before: its next one often follows.
        let mut last = None;
        for (place, (packet, glance)) in coming.enumerate() {
            let Some(segment) = glance.segment_of(&packet) else { continue };
            // A mere acknowledgment moves nothing.
            if segment.payload.is_empty() && is_plain(&segment) {
                continue;
            }
            let its = match last {
                Some((before, its)) if before == segment.sockets => its,
                _ => *known.entry(segment.sockets).or_insert_with(|| {
                    let live = lives.get(segment.sockets.pair()).map(Box::as_ref);
                    told.push(Told::of(&segment.sockets, live, ahead));
                    told.len() - 1
                }),
            };
            last = Some((segment.sockets, its));
            if let Some(told) = told.get_mut(its) {
                told.hear(&segment, place, ahead, to);
            }
        }
        ahead.shared_is_over(to);
        known.clear();
        for Told { pair, end, course, .. } in told.drain(..) {
            let Some(mut course) = course else { continue };
            course.over(ahead, to);
            if let Some(live) = lives.get_mut(&pair)
                && live.layer.expect(end, course)
            {
                expecting.push((pair, end));
            }
        }
    }

    /// The packets went by that were looked at.
    pub(crate) fn look_behind(&mut self, ahead: &mut Ahead, outbox: &mut Outbox) {
        for (pair, end) in self.courses.expecting.drain(..) {
            if let Some(live) = self.lives.get_mut(&pair) {
                live.layer.expect_no_more(end, ahead, outbox);
            }
        }
    }
}

/// Whether a segment is there whole and neither begins nor ends anything.
fn is_plain(segment: &Segment<'_>) -> bool {
    let flags = segment.flags;
    segment.cut == 0 && !flags.syn() && !flags.fin() && !flags.rst()
}

impl Told {
    /// A direction, of which a segment is to come.
    fn of(sockets: &Sockets, live: Option<&Live>, ahead: &mut Ahead) -> Self {
        let pair = *sockets.pair();
        let Some(live) = live else { return Self { pair, end: End::A, course: None, next: None } };
        let end = live.lower.sender(sockets);
        let next = live.directions.get(end.index()).and_then(Direction::expects);
        let course = next.and_then(|_| live.layer.course(end, ahead));
        Self { pair, end, course, next }
    }

    /// One more segment, of the packet at this place.
    fn hear(&mut self, segment: &Segment<'_>, place: usize, ahead: &mut Ahead, to: &mut To<'_>) {
        let (Some(next), Some(course)) = (self.next, &mut self.course) else { return };
        let len = segment.payload.len() as u32;
        let piece = Piece { packet: Some(place as u32), offset: segment.offset, len };
        let in_order = segment.seq == next && is_plain(segment);
        let goes_on = in_order && course.take(piece, segment.payload, ahead, to);
        self.next = goes_on.then(|| next.wrapping_add(len));
    }
}
