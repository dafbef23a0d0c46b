//! The thread behind the conversation: finds the items of one connection, reads what is in sight, writes it down.
//!
//! What is in sight comes first, a stride of the search next, a copy last. The newest question wins.

use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use session::conversation::{Finder, Form, Items, Look, Memory, export, look};
use session::dissector::ids::ConnectionId;
use session::{Content, Snapshot};

/// The thread, as the window sees it.
pub struct Worker {
    shared: Arc<Shared>,
}

/// What the thread has found.
pub enum Answer {
    /// The items that are known by now.
    Items(Items),
    /// What is known of some of them, by their places.
    Looks(Vec<(u32, Look)>),
    /// The conversation as text.
    Copy(Form, String),
}

struct Shared {
    desk: Mutex<Desk>,
    work: Condvar,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// What is asked, and what came of it.
#[derive(Default)]
struct Desk {
    /// Counts the connections that were asked for; what belongs to an earlier one is thrown away.
    turn: u64,
    asked: Option<(Arc<Snapshot>, ConnectionId)>,
    places: Range<u32>,
    copy: Option<Form>,
    fresh: bool,
    answers: Vec<Answer>,
    over: bool,
}

/// One look at the desk.
struct Task {
    turn: u64,
    snapshot: Arc<Snapshot>,
    connection: ConnectionId,
    places: Range<u32>,
    copy: Option<Form>,
}

/// Frames that are looked at between two looks at the desk.
const STRIDE: u32 = 65_536;
/// Frames whose messages are heard for what answers what, between two such looks: these are read.
const HEARD: u32 = 8_192;

impl Worker {
    /// Starts the thread; `wake` is called from it when something is done.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { desk: Mutex::default(), work: Condvar::new(), wake: Box::new(wake) });
        let theirs = Arc::clone(&shared);
        // Without a thread nothing is ever found, and the pane says that it is looking.
        let _ = std::thread::Builder::new().name("conversation".into()).spawn(move || theirs.run());
        Self { shared }
    }

    /// Asks for the items of another connection, or of another pass over the capture.
    pub fn another(&self, snapshot: &Arc<Snapshot>, connection: ConnectionId) {
        let mut desk = self.shared.desk();
        let asked = Some((Arc::clone(snapshot), connection));
        *desk = Desk { turn: desk.turn + 1, asked, fresh: true, ..Desk::default() };
        self.shared.work.notify_one();
    }

    /// Says that there is a larger snapshot.
    pub fn grown(&self, snapshot: &Arc<Snapshot>) {
        let mut desk = self.shared.desk();
        if let Some((known, _)) = &mut desk.asked {
            *known = Arc::clone(snapshot);
            desk.fresh = true;
            self.shared.work.notify_one();
        }
    }

    /// Asks for what is in sight.
    pub fn see(&self, places: Range<u32>) {
        let mut desk = self.shared.desk();
        if desk.places != places {
            desk.places = places;
            desk.fresh = true;
            self.shared.work.notify_one();
        }
    }

    /// Asks for the conversation as text.
    pub fn copy(&self, form: Form) {
        let mut desk = self.shared.desk();
        desk.copy = Some(form);
        desk.fresh = true;
        self.shared.work.notify_one();
    }

    /// What was done since the last call.
    pub fn done(&self) -> Vec<Answer> {
        std::mem::take(&mut self.shared.desk().answers)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.desk().over = true;
        self.shared.work.notify_one();
    }
}

/// What the thread knows of the connection that it looks at.
struct Known {
    turn: u64,
    finder: Finder,
    items: Items,
    content: Content,
    memory: Memory,
    /// Strides in which it was heard what answers what.
    heard: u32,
    /// What was looked at last, among how many items, and after how many strides.
    looked: (Range<u32>, u32, u32),
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut known: Option<Known> = None;
        let mut busy = false;
        while let Some(task) = self.next(busy) {
            let mut its = known.take().filter(|known| known.turn == task.turn).unwrap_or_else(|| Known {
                turn: task.turn,
                finder: Finder::new(task.connection),
                items: Items::default(),
                content: Content::default(),
                memory: Memory::new(task.connection, Vec::new()),
                heard: 0,
                looked: (0..0, 0, 0),
            });
            busy = !self.work(&task, &mut its);
            known = Some(its);
        }
    }

    /// One step; whether nothing more is to be done.
    fn work(&self, task: &Task, its: &mut Known) -> bool {
        let Some(connection) = task.snapshot.connection(task.connection) else { return true };
        let found = its.finder.step(&task.snapshot, STRIDE);
        let before = (its.items.len(), its.items.complete);
        its.items = its.finder.items(found);
        if its.heard == 0 || before != (its.items.len(), found) {
            self.put(task.turn, Answer::Items(its.items.clone()));
        }
        let complete = its.memory.hear(&task.snapshot, &mut its.content, HEARD) && found;
        its.heard += 1;
        let places = task.places.start..task.places.end.min(its.items.len());
        // What stands far behind may answer what is in sight.
        let again = if its.heard.is_power_of_two() { its.heard } else { its.looked.2 };
        let looked = (places.clone(), its.items.len(), again);
        // An open message may have been completed without another item.
        if !places.is_empty() && (looked != its.looked || complete) {
            let Known { content, memory, items, .. } = its;
            let looks = look(&task.snapshot, content, items, places, memory);
            self.put(task.turn, Answer::Looks(looks));
            its.looked = looked;
        }
        if let (Some(form), true) = (task.copy, complete) {
            let stop = || self.desk().turn != task.turn;
            let Known { content, memory, items, .. } = its;
            let text = export(&task.snapshot, content, connection, items, form, memory, &stop);
            self.desk().copy.take_if(|asked| *asked == form);
            self.put(task.turn, Answer::Copy(form, text));
        }
        complete
    }

    fn next(&self, busy: bool) -> Option<Task> {
        let mut desk = self.desk();
        loop {
            if desk.over {
                return None;
            }
            if let (Some((snapshot, connection)), true) = (&desk.asked, desk.fresh || busy) {
                let task = Task {
                    turn: desk.turn,
                    snapshot: Arc::clone(snapshot),
                    connection: *connection,
                    places: desk.places.clone(),
                    copy: desk.copy,
                };
                desk.fresh = false;
                return Some(task);
            }
            desk = self.work.wait(desk).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(&self, turn: u64, answer: Answer) {
        let mut desk = self.desk();
        if desk.turn == turn {
            desk.answers.push(answer);
            drop(desk);
            (self.wake)();
        }
    }
}
