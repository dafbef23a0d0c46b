//! Threads that inflate messages while the index goes on.
//!
//! A lane of work has one of them for as long as it has jobs, so that they are done in their order; then it may get
//! another one. Threads begin with the first work.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use dissector::outbox::{Job, Workers};

/// Jobs that go over together.
const TOGETHER: usize = 64;

/// Bytes of jobs that go over together, however few they are.
const ENOUGH: usize = 128 << 10;

/// What a job costs beside its bytes, in bytes.
const A_JOB: usize = 64;

/// The threads.
pub(crate) struct Pool {
    threads: Vec<Option<Thread>>,
    /// By lane, its jobs that were not given back, and the thread that has them.
    lanes: Vec<(u32, u32)>,
}

/// One of them.
struct Thread {
    /// Dropped first, so that the thread ends.
    jobs: Option<Sender<Vec<Job>>>,
    done: Receiver<Vec<Job>>,
    /// What goes over next, and its bytes.
    gathered: (Vec<Job>, usize),
    /// Bytes of jobs that were not given back.
    load: usize,
    /// What came back, and was not asked for yet.
    back: VecDeque<Job>,
    thread: Option<JoinHandle<()>>,
}

impl Pool {
    /// As many threads as that, one at least.
    pub(crate) fn new(threads: usize) -> Self {
        Self { threads: (0..threads.max(1)).map(|_| None).collect(), lanes: Vec::new() }
    }

    /// The thread that has least to do.
    fn idlest(&self) -> usize {
        let load = |thread: &Option<Thread>| thread.as_ref().map_or(0, |thread| thread.load);
        (0..self.threads.len()).min_by_key(|at| load(&self.threads[*at])).unwrap_or_default()
    }
}

impl Workers for Pool {
    fn take(&mut self, lane: u32, job: Job) {
        let lane = lane as usize;
        if lane >= self.lanes.len() {
            self.lanes.resize(lane + 1, (0, 0));
        }
        if self.lanes[lane].0 == 0 {
            self.lanes[lane].1 = self.idlest() as u32;
        }
        let (jobs, at) = &mut self.lanes[lane];
        *jobs += 1;
        let thread = self.threads[*at as usize].get_or_insert_with(Thread::begin);
        thread.load += job.size() + A_JOB;
        thread.gathered.1 += job.size();
        thread.gathered.0.push(job);
        if thread.gathered.0.len() >= TOGETHER || thread.gathered.1 >= ENOUGH {
            thread.hand_over();
        }
    }

    fn give(&mut self, lane: u32, wait: bool) -> Option<Job> {
        let (jobs, at) = self.lanes.get_mut(lane as usize)?;
        let empty = self.threads[*at as usize].as_ref()?.back.is_empty();
        if wait && empty {
            // Whoever waits wants all of it: the others are to begin, too.
            self.threads.iter_mut().flatten().for_each(Thread::hand_over);
        }
        let thread = self.threads[*at as usize].as_mut()?;
        if thread.back.is_empty() && thread.thread.is_some() {
            let more = if wait { thread.done.recv().ok() } else { thread.done.try_recv().ok() };
            match more {
                Some(more) => thread.back.extend(more),
                None if wait => panic!("a thread that inflates is gone"),
                None => return None,
            }
        }
        let job = thread.back.pop_front()?;
        thread.load = thread.load.saturating_sub(job.size() + A_JOB);
        *jobs = jobs.saturating_sub(1);
        Some(job)
    }
}

impl Thread {
    fn begin() -> Self {
        let (jobs, coming) = channel::<Vec<Job>>();
        let (going, done) = channel();
        let work = move || {
            for mut jobs in coming {
                jobs.iter_mut().for_each(Job::run);
                if going.send(jobs).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("inflate".into()).spawn(work).ok();
        Self { jobs: Some(jobs), done, gathered: (Vec::new(), 0), load: 0, back: VecDeque::new(), thread }
    }

    /// Lets the thread have what was gathered.
    fn hand_over(&mut self) {
        let (jobs, bytes) = &mut self.gathered;
        *bytes = 0;
        if self.thread.is_none() {
            // The system has no thread to give: the work is done here.
            self.back.extend(jobs.drain(..).map(|mut job| {
                job.run();
                job
            }));
            return;
        }
        if let Some(sender) = self.jobs.as_ref().filter(|_| !jobs.is_empty()) {
            // A thread that is gone is missed when something is asked of it.
            let _ = sender.send(std::mem::take(jobs));
        }
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
