//! What was found and cannot be said yet, because something before it is still being worked out elsewhere.
//!
//! Everything is said in the order in which it was found, whoever worked it out and however long that took: so nothing
//! that is said depends on it. Has no thread; whoever has some is a [`Workers`].

use std::collections::VecDeque;

use crate::Verdict;
use crate::event::{Event, Frame, Message, Sink};
use crate::ids::{ConnectionId, End, FlowId, PacketId};
use crate::rules::{Finding, Judge};
use crate::tls::parcel::Parcel;
use crate::websocket::message::Job;

/// Whoever works things out meanwhile.
pub trait Workers: Send {
    /// Takes work. What stands in one queue is done in its order.
    fn take(&mut self, queue: Queue, work: Work);
    /// The oldest work of a queue that was not given back yet, if it is done; with `wait`, once it is.
    fn give(&mut self, queue: Queue, wait: bool) -> Option<Work>;
}

/// Work that is done in its order, beside that of other queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Messages of one direction, each of which may go on with what the one before it inflated to.
    Messages(u32),
    /// Records of TLS, which do not depend on each other.
    Records(u32),
}

/// Something to be worked out.
pub enum Work {
    /// Messages to be inflated.
    Messages(Box<Job>),
    /// Records of TLS to be opened.
    Records(Box<Parcel>),
}

impl Work {
    /// Works it out.
    pub fn run(&mut self) {
        match self {
            Self::Messages(job) => job.run(),
            Self::Records(parcel) => parcel.run(),
        }
    }
}

/// A packet that has gone by.
#[derive(Clone, Copy, Debug)]
pub struct Gone {
    /// What it was.
    pub verdict: Verdict,
    /// How many bytes of it were captured.
    pub captured: u32,
    /// Whether the snap length cut it.
    pub cut: bool,
}

/// A packet of a TCP connection was heard; see [`Judge::heard`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) flow: FlowId,
    pub(crate) end: End,
    pub(crate) acknowledged: u64,
    pub(crate) reached: u64,
}

/// Something to be said.
pub(crate) enum Item {
    Event(Event),
    Frame(Frame),
    /// A message whose content is being inflated in this lane.
    Pending(u32),
    Gone(Gone),
    Heard(Heard),
    /// Both, of a packet in which there was nothing else.
    Passed(Heard, Gone),
    FlowOver {
        flow: FlowId,
        capture_over: bool,
    },
    ConnectionOver(ConnectionId),
    CaptureOver,
}

/// A moment in which something was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Then {
    pub(crate) packet: PacketId,
    pub(crate) time: i64,
    /// How many extents had been said.
    pub(crate) extents: u32,
}

/// Stands for all extents there are.
const ALL: u32 = u32::MAX;

/// What may wait, before the work is waited for: items, and bytes of messages.
const MOST: (usize, usize) = (1 << 13, 4 << 20);

/// Messages of a lane that go over together, and bytes of them.
const TOGETHER: usize = 16;
const ENOUGH: usize = 128 << 10;

/// Jobs that are kept to be used again.
const KEPT: usize = 256;

/// What waits to be said.
pub(crate) struct Outbox {
    waiting: VecDeque<(Then, Item)>,
    workers: Option<Box<dyn Workers>>,
    /// By their numbers.
    lanes: Vec<Lane>,
    /// Those with a job that grows, and maybe some others.
    growing: Vec<u32>,
    /// Bytes of messages that were not said.
    bytes: usize,
    /// Jobs to be used again, in the places where they are.
    #[expect(clippy::vec_box)]
    jobs: Vec<Box<Job>>,
    /// The packet that is being looked at.
    pub(crate) now: Then,
}

/// Messages of one direction on their way.
#[derive(Default)]
struct Lane {
    /// A job that grows, until it goes over.
    growing: Option<Box<Job>>,
    /// Whether the lane is listed among those with one.
    listed: bool,
    /// Jobs that went over and did not come back.
    away: u32,
    /// One that came back, with something left to say.
    back: Option<Box<Job>>,
}

impl Default for Outbox {
    fn default() -> Self {
        let now = Then { packet: PacketId::new(0), time: 0, extents: ALL };
        Self {
            waiting: VecDeque::new(),
            workers: None,
            lanes: Vec::new(),
            growing: Vec::new(),
            bytes: 0,
            jobs: Vec::new(),
            now,
        }
    }
}

/// Whoever is told.
pub(crate) struct Audience<'a> {
    pub(crate) judge: Option<&'a mut Judge>,
    pub(crate) sink: &'a mut dyn Sink,
}

impl Outbox {
    pub(crate) fn employ(&mut self, workers: Box<dyn Workers>) {
        self.workers = Some(workers);
    }

    /// Whether there is anybody to give work to.
    pub(crate) fn has_workers(&self) -> bool {
        self.workers.is_some()
    }

    /// Gives records away to be opened; where nobody is there to take them, they are given back.
    pub(crate) fn open(&mut self, queue: u32, parcel: Box<Parcel>) -> Option<Box<Parcel>> {
        let Some(workers) = &mut self.workers else { return Some(parcel) };
        workers.take(Queue::Records(queue), Work::Records(parcel));
        None
    }

    /// Records that were given away, once they are opened.
    pub(crate) fn opened(&mut self, queue: u32) -> Option<Box<Parcel>> {
        match self.workers.as_mut()?.give(Queue::Records(queue), true)? {
            Work::Records(parcel) => Some(parcel),
            Work::Messages(_) => None,
        }
    }

    /// Whether nothing waits, so that what is found can be said at once.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    #[cold]
    pub(crate) fn push(&mut self, extents: u32, item: Item) {
        self.waiting.push_back((Then { extents, ..self.now }, item));
    }

    /// A packet has gone by, in front of which something waits.
    pub(crate) fn push_gone(&mut self, extents: u32, gone: Gone) {
        match self.waiting.back_mut() {
            Some((_, item)) if let Item::Heard(heard) = *item => *item = Item::Passed(heard, gone),
            _ => self.push(extents, Item::Gone(gone)),
        }
    }

    /// A job that is over, for its memory.
    pub(crate) fn used_job(&mut self) -> Option<Box<Job>> {
        self.jobs.pop()
    }

    /// Adds a message of `size` bytes to the job that grows in a lane, or to a new one; what comes of it is said in its
    /// turn. `add` is given the job, or one that is over, for its memory.
    pub(crate) fn work(
        &mut self,
        lane: u32,
        extents: u32,
        size: usize,
        add: impl FnOnce(Result<Box<Job>, Option<Box<Job>>>) -> Box<Job>,
    ) {
        let Self { lanes, growing, jobs, .. } = self;
        let at = lane as usize;
        if at >= lanes.len() {
            lanes.resize_with(at + 1, Lane::default);
        }
        let Some(its) = lanes.get_mut(at) else { return };
        let job = add(its.growing.take().ok_or_else(|| jobs.pop()));
        let enough = job.messages() >= TOGETHER || job.size() >= ENOUGH;
        its.growing = Some(job);
        if !core::mem::replace(&mut its.listed, true) {
            growing.push(lane);
        }
        self.bytes = self.bytes.saturating_add(size);
        self.push(extents, Item::Pending(lane));
        if enough {
            self.hand_over(lane);
        }
    }

    /// What has grown in a lane goes over.
    fn hand_over(&mut self, lane: u32) {
        let (Some(its), Some(workers)) = (self.lanes.get_mut(lane as usize), &mut self.workers) else {
            return;
        };
        if let Some(job) = its.growing.take() {
            its.away += 1;
            workers.take(Queue::Messages(lane), Work::Messages(job));
        }
    }

    /// Whether the next message of a lane can be said. `wait`: whether it is waited for.
    fn is_back(&mut self, lane: u32, wait: bool) -> bool {
        let Some(Lane { away, back, .. }) = self.lanes.get(lane as usize) else { return false };
        if back.is_some() {
            return true;
        }
        if *away == 0 {
            if !wait {
                return false;
            }
            // Jobs that are waited for before they are large will not grow large: the others are to begin, too.
            for lane in core::mem::take(&mut self.growing) {
                if let Some(its) = self.lanes.get_mut(lane as usize) {
                    its.listed = false;
                }
                self.hand_over(lane);
            }
        }
        let (Some(its), Some(workers)) = (self.lanes.get_mut(lane as usize), &mut self.workers) else {
            return false;
        };
        its.back = match workers.give(Queue::Messages(lane), wait) {
            Some(Work::Messages(job)) => Some(job),
            Some(Work::Records(_)) | None => None,
        };
        its.away = its.away.saturating_sub(u32::from(its.back.is_some()));
        its.back.is_some()
    }

    /// Says what can be said by now. Where too much waits, the work is waited for.
    #[inline]
    pub(crate) fn drain(&mut self, audience: &mut Audience<'_>) {
        if !self.waiting.is_empty() {
            self.say(audience, false);
        }
    }

    /// Says everything, when the work is done.
    pub(crate) fn settle(&mut self, audience: &mut Audience<'_>) {
        if !self.waiting.is_empty() {
            self.say(audience, true);
        }
    }

    #[cold]
    fn say(&mut self, audience: &mut Audience<'_>, all: bool) {
        let mut told = None;
        while let Some((then, item)) = self.waiting.front() {
            let then = *then;
            if let Item::Pending(lane) = *item {
                let (items, bytes) = MOST;
                let wait = all || self.waiting.len() > items || self.bytes > bytes;
                if !self.is_back(lane, wait) {
                    break;
                }
            }
            if told != Some((then.packet, then.extents)) {
                audience.at(then);
                told = Some((then.packet, then.extents));
            }
            match self.waiting.front() {
                Some((_, Item::Pending(lane))) => {
                    let lane = *lane;
                    self.waiting.pop_front();
                    self.say_next(lane, audience);
                }
                // Most of what waits is heard where it lies.
                Some((_, Item::Frame(frame))) => {
                    audience.frame(frame);
                    self.waiting.pop_front();
                }
                _ => {
                    let Some((_, item)) = self.waiting.pop_front() else { break };
                    audience.hear(item);
                }
            }
        }
        audience.at(self.now);
    }

    /// Says the next message of a lane, of which a job came back.
    fn say_next(&mut self, lane: u32, audience: &mut Audience<'_>) {
        let Some(back) = self.lanes.get_mut(lane as usize).map(|lane| &mut lane.back) else { return };
        let Some(job) = back.as_mut() else { return };
        let said = audience.next_of(job);
        self.bytes = self.bytes.saturating_sub(said);
        if let Some(over) = back.take_if(|job| job.is_said()) {
            self.keep(over);
        }
    }

    /// A job is over, and its memory is kept.
    pub(crate) fn keep(&mut self, mut job: Box<Job>) {
        job.over();
        if self.jobs.len() < KEPT {
            self.jobs.push(job);
        }
    }
}

impl Audience<'_> {
    /// What follows was found then.
    pub(crate) fn at(&mut self, then: Then) {
        if let Some(judge) = &mut self.judge {
            judge.at(then.packet, then.time);
        }
        self.sink.at(then.packet, then.time, then.extents);
    }

    /// Hears something.
    pub(crate) fn hear(&mut self, item: Item) {
        let Self { judge, sink } = self;
        match (item, judge) {
            (Item::Event(event), Some(judge)) => {
                let findings = judge.see(&event);
                sink.event(event);
                told(findings, *sink);
            }
            (Item::Event(event), None) => sink.event(event),
            (Item::Frame(frame), _) => self.frame(&frame),
            (Item::Gone(gone), _) => sink.packet(&gone),
            (Item::Heard(heard), Some(judge)) => judge.heard(heard),
            (Item::Passed(heard, gone), judge) => {
                if let Some(judge) = judge {
                    judge.heard(heard);
                }
                sink.packet(&gone);
            }
            (Item::FlowOver { flow, capture_over }, Some(judge)) => {
                told(judge.over(flow, capture_over), *sink);
            }
            (Item::ConnectionOver(connection), Some(judge)) => told(judge.tunnel_over(connection), *sink),
            (Item::CaptureOver, Some(judge)) => told(judge.capture_over(), *sink),
            (Item::Heard(_) | Item::FlowOver { .. } | Item::ConnectionOver(_) | Item::CaptureOver, None) => {}
            // It is heard when it is done.
            (Item::Pending(_), _) => {}
        }
    }

    /// Hears of a frame, which there are most of.
    #[inline]
    pub(crate) fn frame(&mut self, frame: &Frame) {
        let Some(judge) = self.judge.as_deref_mut() else { return self.sink.frame(frame) };
        let findings = judge.see_frame(frame);
        self.sink.frame(frame);
        told(findings, self.sink);
    }

    /// Hears of the next message that was inflated, and says how many bytes it had on the wire.
    pub(crate) fn next_of(&mut self, job: &mut Job) -> usize {
        let Some((message, checkpoint)) = job.next() else { return 0 };
        self.message(message);
        let size = message.wire_len;
        if let Some(checkpoint) = checkpoint {
            self.hear(Item::Event(checkpoint));
        }
        size as usize
    }

    /// Hears of a message that was worked out elsewhere.
    fn message(&mut self, message: &Message) {
        let Some(judge) = self.judge.as_deref_mut() else { return self.sink.message(message) };
        let findings = judge.see_message(message);
        self.sink.message(message);
        told(findings, self.sink);
    }
}

/// Tells what the rules found.
fn told(findings: impl Iterator<Item = Finding>, sink: &mut dyn Sink) {
    findings.for_each(|finding| sink.event(Event::Finding(Box::new(finding))));
}
