//! Records opened before their turn, so that more than one processor can.
//!
//! Where packets of a direction come in order, it can be told beforehand which of their bytes are a record, and which one:
//! that is a guess until their turn comes, and then what was opened is taken only if keys and number are the ones that are in
//! use. What is said is the same whether anybody guessed or not.
//!
//! ```text
//! packets to come ─► Course (records in order) ─► parcels ─► whoever has time
//!                          │                                      │
//!                          └─► Coming, of each direction ─► in their turn ─► the layer inside
//! ```

use std::collections::VecDeque;
use std::sync::Arc;

use super::keys::Phase;
use super::{Heard, Tls};
use crate::ids::End;
use crate::layer::Up;
use crate::outbox::Outbox;
use crate::packet::Packets;
use crate::tls::open::Opener;
use crate::tls::parcel::{Parcel, Piece};
use crate::tls::record::{ContentType, RecordHeader};

/// Records that go over together, and bytes of them.
const TOGETHER: usize = 64;
const ENOUGH: usize = 64 << 10;

/// Bytes that are not worth the way.
const FEW: usize = 2048;

/// Parcels that are kept to be used again.
const KEPT: usize = 32;

/// A record that is expected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coming {
    /// Where it begins in the stream, its header, and how many bytes it has with that.
    at: u64,
    head: [u8; RecordHeader::LEN],
    len: usize,
    /// How many of those have come.
    taken: usize,
    /// In which parcel it is, and where.
    parcel: usize,
    place: usize,
}

/// Where records are given away to, and the packets that they are in.
pub(crate) struct To<'a> {
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) packets: &'a Arc<dyn Packets>,
}

/// Parcels of the packets that are being looked at.
#[derive(Default)]
pub(crate) struct Ahead {
    /// By their numbers, where they are here.
    parcels: Vec<Option<Box<Parcel>>>,
    /// The one with records that are each in one packet.
    shared: Option<usize>,
    /// Some to be used again, in the places where they are.
    #[expect(clippy::vec_box)]
    spare: Vec<Box<Parcel>>,
}

impl Ahead {
    /// Begins a parcel, and says its number.
    fn begin(&mut self) -> usize {
        self.parcels.push(Some(self.spare.pop().unwrap_or_default()));
        self.parcels.len() - 1
    }

    fn parcel(&mut self, number: usize) -> Option<&mut Parcel> {
        self.parcels.get_mut(number)?.as_deref_mut()
    }

    /// A parcel has all that it will have. Where that is little, it is opened in its turn.
    fn complete(&mut self, number: usize, to: &mut To<'_>) {
        let Some(here) = self.parcels.get_mut(number) else { return };
        if let Some(parcel) = here {
            parcel.complete(to.packets);
        }
        if let Some(parcel) = here.take_if(|parcel| parcel.size() > FEW) {
            *here = to.outbox.open(number as u32, parcel);
        }
    }

    /// Nothing more is added to what packets to come are guessed to be.
    pub(crate) fn shared_is_over(&mut self, to: &mut To<'_>) {
        if let Some(shared) = self.shared.take() {
            self.complete(shared, to);
        }
    }

    /// A parcel whose records are opened.
    fn opened(&mut self, number: usize, outbox: &mut Outbox) -> Option<Box<Parcel>> {
        let mut parcel = self.parcels.get_mut(number)?.take().or_else(|| outbox.opened(number as u32))?;
        parcel.run();
        Some(parcel)
    }

    fn keep(&mut self, number: usize, parcel: Box<Parcel>) {
        if let Some(here) = self.parcels.get_mut(number) {
            *here = Some(parcel);
        }
    }

    /// The packets went by.
    pub(crate) fn over(&mut self, outbox: &mut Outbox) {
        for (number, parcel) in self.parcels.drain(..).enumerate() {
            let Some(mut parcel) = parcel.or_else(|| outbox.opened(number as u32)) else { continue };
            parcel.clear();
            if self.spare.len() < KEPT {
                self.spare.push(parcel);
            }
        }
    }
}

/// The records of one direction, as they are guessed to come.
pub(crate) struct Course {
    /// Where the next one begins in the stream.
    at: u64,
    opener: Arc<Opener>,
    sequence: u64,
    /// Its header, as far as it is there, and how many bytes are of all.
    head: [u8; RecordHeader::LEN],
    have: usize,
    /// How many of those the reader has.
    kept: usize,
    /// The parcel in which one is growing, or may.
    growing: Option<usize>,
    coming: VecDeque<Coming>,
}

impl Course {
    /// The next bytes of the direction. Says whether those behind them can be told, too.
    pub(crate) fn take(&mut self, piece: Piece, bytes: &[u8], ahead: &mut Ahead, to: &mut To<'_>) -> bool {
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            let missing = self.head.get_mut(self.have.min(RecordHeader::LEN)..).unwrap_or_default();
            missing.iter_mut().zip(rest).for_each(|(byte, from)| *byte = *from);
            let whole = if self.have + rest.len() < RecordHeader::LEN { None } else { Some(self.head) };
            let len = match whole.as_ref().map(|head| RecordHeader::parse(head)) {
                // What else there is may change the keys.
                Some(Some(header))
                    if header.content_type == ContentType::APPLICATION_DATA && header.is_plausible() =>
                {
                    RecordHeader::LEN + usize::from(header.len)
                }
                Some(_) => return false,
                None => usize::MAX,
            };
            let here = (len - self.have).min(rest.len());
            let alone = self.have == 0 && here == len;
            let fresh = ahead.parcels.len();
            let whose = if alone { &mut ahead.shared } else { &mut self.growing };
            let number = *whose.get_or_insert(fresh);
            if number == fresh {
                ahead.begin();
            }
            let Some(parcel) = ahead.parcel(number) else { return false };
            parcel.add(Piece { offset: piece.offset + used as u32, len: here as u32, ..piece });
            self.have += here;
            used += here;
            if self.have == len {
                let place = parcel.close(len, &self.opener, self.sequence);
                let full = parcel.records() >= TOGETHER || parcel.size() >= ENOUGH;
                let (head, taken) = (self.head, core::mem::take(&mut self.kept));
                self.coming.push_back(Coming { at: self.at, head, len, taken, parcel: number, place });
                self.at += len as u64;
                self.sequence = self.sequence.saturating_add(1);
                self.have = 0;
                if full {
                    let whose = if alone { &mut ahead.shared } else { &mut self.growing };
                    *whose = None;
                    ahead.complete(number, to);
                }
            }
        }
        true
    }

    /// Nothing more is told of it.
    pub(crate) fn over(&mut self, ahead: &mut Ahead, to: &mut To<'_>) {
        if let Some(growing) = self.growing.take() {
            ahead.complete(growing, to);
        }
    }
}

impl Tls {
    /// What comes of an end whose stream stands at `at`, as far as it can be told.
    pub(crate) fn course(&self, end: End, at: u64, ahead: &mut Ahead) -> Option<Course> {
        let direction = self.ends.get(end.index())?;
        let keyed = direction.half.keyed.as_ref().filter(|keyed| keyed.opener.opens_in_place())?;
        let read = matches!(direction.half.phase, Phase::Sealed | Phase::Traffic);
        let kept =
            direction.reader.held().filter(|_| read && !self.hopeless && self.known.server.is_some())?;
        let growing = (!kept.is_empty()).then(|| ahead.begin());
        if let Some(parcel) = growing.and_then(|growing| ahead.parcel(growing)) {
            parcel.begin(kept);
        }
        let mut head = [0; RecordHeader::LEN];
        head.iter_mut().zip(kept).for_each(|(byte, from)| *byte = *from);
        Some(Course {
            at: at.checked_sub(kept.len() as u64)?,
            opener: Arc::clone(&keyed.opener),
            sequence: keyed.sequence,
            head,
            have: kept.len(),
            kept: kept.len(),
            growing,
            coming: VecDeque::new(),
        })
    }

    /// These records are expected from now on. Says whether there are any.
    pub(crate) fn expect(&mut self, end: End, course: Course) -> bool {
        let direction = self.direction(end);
        direction.coming = course.coming;
        if direction.coming.is_empty() {
            return false;
        }
        // What the reader holds of the first one is in its parcel, too.
        direction.reader.rewind();
        true
    }

    /// Takes what was expected. Says whether that was all.
    pub(super) fn expected(
        &mut self,
        end: End,
        at: &mut u64,
        bytes: &mut &[u8],
        heard: &mut Heard,
        up: &mut Up<'_>,
    ) -> bool {
        while let Some(coming) = self.direction(end).coming.front_mut() {
            if coming.at + coming.taken as u64 != *at {
                self.expect_no_more(end, up.ahead, up.outbox);
                return false;
            }
            let len = (coming.len - coming.taken).min(bytes.len());
            coming.taken += len;
            *at += len as u64;
            *bytes = bytes.get(len..).unwrap_or_default();
            if coming.taken < coming.len {
                return true;
            }
            let coming = *coming;
            self.direction(end).coming.pop_front();
            let Some(parcel) = up.ahead.opened(coming.parcel, up.outbox) else { continue };
            self.came(end, &coming, &parcel, heard, up);
            up.ahead.keep(coming.parcel, parcel);
            if self.hopeless || heard.hold.is_some() {
                self.direction(end).coming.clear();
                return true;
            }
        }
        bytes.is_empty()
    }

    /// A record came that was expected: it is what it was guessed to be, or is opened in its turn.
    fn came(&mut self, end: End, coming: &Coming, parcel: &Parcel, heard: &mut Heard, up: &mut Up<'_>) {
        let direction = self.direction(end);
        let fits = parcel.opened(coming.place).filter(|(opener, sequence, ..)| {
            let keyed = direction.half.keyed.as_ref();
            keyed.is_some_and(|keyed| keyed.sequence == *sequence && Arc::ptr_eq(&keyed.opener, opener))
        });
        let sent;
        let sealed = match fits {
            Some((_, _, kind, plain)) => direction.reader.opened(coming.at, coming.head, (kind, plain)),
            None => {
                sent = parcel.sent(coming.place);
                direction.reader.whole(coming.at, &sent)
            }
        };
        let Some(sealed) = sealed else { return };
        if self.must_wait(end, &sealed) {
            heard.hold = Some(coming.at);
        } else {
            heard.release |= self.record(end, &sealed, up);
        }
    }

    /// What comes is read as if nobody had guessed.
    pub(crate) fn expect_no_more(&mut self, end: End, ahead: &mut Ahead, outbox: &mut Outbox) {
        let mut coming = core::mem::take(&mut self.direction(end).coming);
        let Some(first) = coming.pop_front().filter(|first| first.taken > 0) else { return };
        let Some(parcel) = ahead.opened(first.parcel, outbox) else { return };
        if let Some(taken) = parcel.sent(first.place).get(..first.taken) {
            self.direction(end).reader.resume(first.at, taken);
        }
        ahead.keep(first.parcel, parcel);
    }
}
