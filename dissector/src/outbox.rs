//! What was found and cannot be said yet, because something before it is still being worked out elsewhere.
//!
//! Everything is said in the order in which it was found, whoever worked it out and however long that took: so nothing
//! that is said depends on it. Has no thread; whoever has some is a [`Workers`].

use std::collections::VecDeque;

use crate::Verdict;
use crate::event::{Event, Frame, Message, Sink};
use crate::ids::{ConnectionId, End, FlowId, PacketId};
use crate::rules::{Finding, Judge};
pub use crate::websocket::message::Job;

/// Whoever works things out meanwhile.
pub trait Workers: Send {
    /// Takes a job. Jobs of one lane are done in their order.
    fn take(&mut self, lane: u32, job: Job);
    /// The oldest job of a lane that was not given back yet, if it is done; with `wait`, once it is.
    fn give(&mut self, lane: u32, wait: bool) -> Option<Job>;
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

/// Something to be said.
pub(crate) enum Item {
    Event(Event),
    Frame(Frame),
    /// A message whose content is being inflated in this lane.
    Pending(u32),
    Gone(Gone),
    /// See [`Judge::heard`].
    Heard {
        flow: FlowId,
        end: End,
        acknowledged: u64,
        reached: u64,
    },
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

/// What may wait, before the work is waited for: items, and bytes of jobs.
const MOST: (usize, usize) = (1 << 14, 4 << 20);

/// Buffers that are kept to be used again, and how large one of them may be.
const KEPT: usize = 1024;
const LARGEST_KEPT: usize = 16 << 10;

/// What waits to be said.
pub(crate) struct Outbox {
    waiting: VecDeque<(Then, Item)>,
    workers: Option<Box<dyn Workers>>,
    /// Bytes of jobs that are not done, as far as is known.
    bytes: usize,
    /// Sizes of those jobs, oldest first.
    sizes: VecDeque<usize>,
    /// Buffers and jobs to be used again.
    buffers: Vec<Vec<u8>>,
    jobs: Vec<Job>,
    /// The packet that is being looked at.
    pub(crate) now: Then,
}

impl Default for Outbox {
    fn default() -> Self {
        let now = Then { packet: PacketId::new(0), time: 0, extents: ALL };
        Self {
            waiting: VecDeque::new(),
            workers: None,
            bytes: 0,
            sizes: VecDeque::new(),
            buffers: Vec::new(),
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

    /// Whether nothing waits, so that what is found can be said at once.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    #[cold]
    pub(crate) fn push(&mut self, extents: u32, item: Item) {
        self.waiting.push_back((Then { extents, ..self.now }, item));
    }

    /// Takes a buffer that is not needed any more.
    pub(crate) fn keep(&mut self, mut buffer: Vec<u8>) {
        if self.buffers.len() < KEPT {
            buffer.shrink_to(LARGEST_KEPT);
            self.buffers.push(buffer);
        }
    }

    /// A job that is over, for its memory.
    pub(crate) fn used_job(&mut self) -> Option<Job> {
        self.jobs.pop()
    }

    /// A buffer for a job's bytes.
    pub(crate) fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    /// Gives work away; what comes of it is said in its turn.
    pub(crate) fn work(&mut self, lane: u32, extents: u32, job: Job) {
        let Some(workers) = &mut self.workers else { return };
        self.bytes = self.bytes.saturating_add(job.size());
        self.sizes.push_back(job.size());
        workers.take(lane, job);
        self.push(extents, Item::Pending(lane));
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
            let done = match item {
                Item::Pending(lane) => {
                    let (items, bytes) = MOST;
                    let wait = all || self.waiting.len() > items || self.bytes > bytes;
                    let Some(workers) = &mut self.workers else { break };
                    let Some(done) = workers.give(*lane, wait) else { break };
                    self.bytes = self.bytes.saturating_sub(self.sizes.pop_front().unwrap_or_default());
                    Some(done)
                }
                _ => None,
            };
            if told != Some((then.packet, then.extents)) {
                audience.at(then);
                told = Some((then.packet, then.extents));
            }
            match (done, item) {
                (Some(job), _) => {
                    self.waiting.pop_front();
                    self.done(job, audience);
                }
                // Most of what waits is heard where it lies.
                (None, Item::Frame(frame)) => {
                    audience.frame(frame);
                    self.waiting.pop_front();
                }
                (None, _) => {
                    let Some((_, item)) = self.waiting.pop_front() else { break };
                    audience.hear(item);
                }
            }
        }
        audience.at(self.now);
    }

    /// Says what came of a job, and keeps its memory.
    pub(crate) fn done(&mut self, mut job: Job, audience: &mut Audience<'_>) {
        if let Some(message) = job.message() {
            audience.message(message);
        }
        if let Some(checkpoint) = job.checkpoint() {
            audience.hear(Item::Event(checkpoint));
        }
        self.keep(job.over());
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
            (Item::Heard { flow, end, acknowledged, reached }, Some(judge)) => {
                judge.heard(flow, end, acknowledged, reached);
            }
            (Item::FlowOver { flow, capture_over }, Some(judge)) => {
                told(judge.over(flow, capture_over), *sink);
            }
            (Item::ConnectionOver(connection), Some(judge)) => told(judge.tunnel_over(connection), *sink),
            (Item::CaptureOver, Some(judge)) => told(judge.capture_over(), *sink),
            (
                Item::Heard { .. } | Item::FlowOver { .. } | Item::ConnectionOver(_) | Item::CaptureOver,
                None,
            ) => {}
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
