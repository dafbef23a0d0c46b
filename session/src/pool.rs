//! Threads that inflate messages while the index goes on.
//!
//! Each lane of work has one of them, which does its jobs in their order. Threads begin with the first work.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use dissector::outbox::{Done, Job, Workers};

/// Jobs that go over together.
const TOGETHER: usize = 64;

/// Bytes of jobs that go over together, however few they are.
const ENOUGH: usize = 128 << 10;

/// The threads.
pub(crate) struct Pool {
    threads: Vec<Option<Thread>>,
}

/// One of them.
struct Thread {
    /// Dropped first, so that the thread ends.
    jobs: Option<Sender<Vec<Job>>>,
    done: Receiver<Vec<Done>>,
    /// What goes over next, and its bytes.
    gathered: (Vec<Job>, usize),
    /// What came back, and was not asked for yet.
    back: VecDeque<Done>,
    thread: Option<JoinHandle<()>>,
}

impl Pool {
    /// As many threads as that, one at least.
    pub(crate) fn new(threads: usize) -> Self {
        Self { threads: (0..threads.max(1)).map(|_| None).collect() }
    }

    fn thread(&mut self, lane: u32) -> &mut Option<Thread> {
        let count = self.threads.len();
        &mut self.threads[lane as usize % count]
    }
}

impl Workers for Pool {
    fn take(&mut self, lane: u32, job: Job) {
        let thread = self.thread(lane).get_or_insert_with(Thread::begin);
        thread.gathered.1 += job.size();
        thread.gathered.0.push(job);
        if thread.gathered.0.len() >= TOGETHER || thread.gathered.1 >= ENOUGH {
            thread.hand_over();
        }
    }

    fn give(&mut self, lane: u32, wait: bool) -> Option<Done> {
        let thread = self.thread(lane).as_ref().map(|thread| thread.back.is_empty());
        if wait && thread == Some(true) {
            // Whoever waits wants all of it: the others are to begin, too.
            self.threads.iter_mut().flatten().for_each(Thread::hand_over);
        }
        let thread = self.thread(lane).as_mut()?;
        if thread.back.is_empty() && thread.thread.is_some() {
            let more = if wait { thread.done.recv().ok() } else { thread.done.try_recv().ok() };
            match more {
                Some(more) => thread.back.extend(more),
                None if wait => panic!("a thread that inflates is gone"),
                None => return None,
            }
        }
        thread.back.pop_front()
    }
}

impl Thread {
    fn begin() -> Self {
        let (jobs, coming) = channel::<Vec<Job>>();
        let (going, done) = channel();
        let work = move || {
            for jobs in coming {
                let done: Vec<Done> = jobs.into_iter().map(Job::run).collect();
                if going.send(done).is_err() {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("inflate".into()).spawn(work).ok();
        Self { jobs: Some(jobs), done, gathered: (Vec::new(), 0), back: VecDeque::new(), thread }
    }

    /// Lets the thread have what was gathered.
    fn hand_over(&mut self) {
        let (jobs, bytes) = &mut self.gathered;
        *bytes = 0;
        if self.thread.is_none() {
            // The system has no thread to give: the work is done here.
            self.back.extend(jobs.drain(..).map(Job::run));
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
