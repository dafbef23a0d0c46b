//! In which order rows are shown: that of the capture, or by a column, found on a thread of its own.
//!
//! While rows are sorted they stand in the order of the capture; what comes after that stands behind them until they are
//! sorted again, at most about once a second. The newest wish wins, and what an older one is doing ends within a stride.
//! What is looked at stays what it is, as it is known by id.
//!
//! It costs 4 bytes a row, kept; while it is done another 12: the keys, 8 bytes each, and room to merge in. Ten million
//! rows keep 40 MB and borrow 120 MB more. Words that rows are sorted by are kept once each and stand by their rank.

mod merge;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicBool};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use session::Snapshot;
use session::column::Rows;

use super::columns::{self, Sortable, Value};
use super::state::Tab;
use super::table::{By, Sorted};

/// The rows that are to be sorted, as they stand in the order of the capture.
#[derive(Clone)]
pub enum Listed {
    /// So many from the first on.
    All(u32),
    /// These.
    Some(Rows<u32>),
}

/// Rows in the order of a column.
pub struct Order {
    rows: Arc<Vec<u32>>,
    column: &'static dyn Sortable,
    descending: bool,
    /// What they were sorted by: of this moment, as a message that was open then has another length now.
    snapshot: Arc<Snapshot>,
}

/// The orders of the tables of an open capture.
pub struct Sorting {
    tables: [Kept; TABS],
    tell: Sender<(Tab, Arc<AtomicBool>, Order)>,
    told: Receiver<(Tab, Arc<AtomicBool>, Order)>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Kept {
    by: Option<By>,
    order: Option<Order>,
    /// What tells the thread that works on it to end.
    working: Option<Arc<AtomicBool>>,
    begun: Option<Instant>,
    /// How long it took.
    took: Duration,
    /// Whether what was sorted, or is being sorted, was all there will be.
    last: bool,
}

const TABS: usize = Tab::ALL.len();
/// How long rows stand as they were sorted while more come.
const PAUSE: Duration = Duration::from_secs(1);

impl Listed {
    /// How many there are.
    pub fn len(&self) -> u32 {
        match self {
            Self::All(count) => *count,
            Self::Some(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn row(&self, place: u32) -> Option<u32> {
        match self {
            Self::All(count) => (place < *count).then_some(place),
            Self::Some(rows) => rows.row(place),
        }
    }
}

impl Order {
    /// How many rows stand in it.
    pub fn len(&self) -> u32 {
        self.rows.len() as u32
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row at a place.
    pub fn row(&self, place: u32) -> Option<u32> {
        self.rows.get(place as usize).copied()
    }

    /// All of them, for who looks through them on another thread.
    pub const fn rows(&self) -> &Arc<Vec<u32>> {
        &self.rows
    }

    /// The place of a row, found by halving: no second table says where each row went.
    pub fn place(&self, row: u32) -> Option<u32> {
        let (mut words, mut others) = (String::new(), String::new());
        let value = self.column.value(&self.snapshot, row, &mut words);
        let place = self.rows.partition_point(|other| {
            let known = self.column.value(&self.snapshot, *other, &mut others);
            let by = compare((known, &others), (value, &words), self.descending);
            by.then(other.cmp(&row)) == Ordering::Less
        });
        (self.rows.get(place) == Some(&row)).then_some(place as u32)
    }
}

/// Which of two stands first; one without a value is last, whichever way.
fn compare(one: (Value, &str), other: (Value, &str), descending: bool) -> Ordering {
    let by = match (one.0, other.0) {
        (Value::Number(one), Value::Number(other)) => one.cmp(&other),
        (Value::Words, Value::Words) => one.1.cmp(other.1),
        (Value::None, Value::None) => Ordering::Equal,
        (Value::None, _) => return Ordering::Greater,
        (_, Value::None) => return Ordering::Less,
        (Value::Number(_), Value::Words) => Ordering::Less,
        (Value::Words, Value::Number(_)) => Ordering::Greater,
    };
    if descending { by.reverse() } else { by }
}

impl Sorting {
    /// Everything in the order of the capture; `wake` is called when that has changed.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (tell, told) = channel();
        Self { tables: Default::default(), tell, told, wake }
    }

    /// The order of a table, where it is sorted.
    pub fn order(&self, tab: Tab) -> Option<&Order> {
        self.tables[tab as usize].order.as_ref()
    }

    /// What a table is to be sorted by, and whether that is still being done.
    pub fn sorted(&self, tab: Tab) -> Sorted {
        let kept = &self.tables[tab as usize];
        Sorted { by: kept.by, busy: kept.by.is_some() && kept.order.is_none() }
    }

    /// Whether a table stands as it is to stay: in the order of the capture, or sorted with all its rows.
    pub fn settled(&self, tab: Tab) -> bool {
        let kept = &self.tables[tab as usize];
        kept.by.is_none() || (kept.order.is_some() && kept.working.is_none() && kept.last)
    }

    /// Sorts a table by a column, or puts it back in the order of the capture.
    pub fn sort_by(&mut self, tab: Tab, by: Option<By>) {
        let kept = &mut self.tables[tab as usize];
        if kept.by != by {
            kept.stop();
            *kept = Kept { by, ..Kept::default() };
        }
    }

    /// Sorts everything by what it was sorted by before.
    pub fn like(&mut self, before: &Self) {
        for tab in Tab::ALL {
            self.sort_by(tab, before.tables[tab as usize].by);
        }
    }

    /// Other rows are listed: what was sorted is none of theirs.
    pub fn forget(&mut self) {
        for kept in &mut self.tables {
            kept.stop();
            *kept = Kept { by: kept.by, ..Kept::default() };
        }
    }

    /// Takes what was sorted, and begins anew where there are more rows; `last` says that no more will come.
    pub fn keep_up(&mut self, tab: Tab, snapshot: &Arc<Snapshot>, listed: Listed, last: bool) {
        while let Ok((tab, of, order)) = self.told.try_recv() {
            let kept = &mut self.tables[tab as usize];
            if kept.working.as_ref().is_some_and(|working| Arc::ptr_eq(working, &of)) {
                kept.took = kept.begun.map_or(Duration::ZERO, |begun| begun.elapsed());
                (kept.order, kept.working) = (Some(order), None);
            }
        }
        let kept = &mut self.tables[tab as usize];
        let Some(by) = kept.by.filter(|_| kept.working.is_none()) else { return };
        let Some(column) = columns::sortable(tab, by.column) else { return };
        let stale = match &kept.order {
            None => true,
            Some(order) => order.len() < listed.len() || (last && !kept.last),
        };
        // A sort that took long is not begun again at once.
        let rested = kept.begun.is_none_or(|begun| begun.elapsed() >= PAUSE + kept.took * 2);
        if !stale || !(rested || last) {
            return;
        }
        let over = Arc::new(AtomicBool::new(false));
        kept.working = Some(Arc::clone(&over));
        (kept.begun, kept.last) = (Some(Instant::now()), last);
        let (tell, wake, snapshot) = (self.tell.clone(), Arc::clone(&self.wake), Arc::clone(snapshot));
        // Without a thread the rows stay as they were captured.
        let _ = std::thread::Builder::new().name("sort".into()).spawn(move || {
            let cancelled = || over.load(atomic::Ordering::Relaxed);
            if let Some(rows) = sort(column, by.descending, &snapshot, &listed, &cancelled) {
                let order = Order { rows: Arc::new(rows), column, descending: by.descending, snapshot };
                // Whoever does not listen any more has no use for it.
                let _ = tell.send((tab, Arc::clone(&over), order));
                wake();
            }
        });
    }
}

impl Kept {
    fn stop(&self) {
        if let Some(working) = &self.working {
            working.store(true, atomic::Ordering::Relaxed);
        }
    }
}

impl Drop for Sorting {
    fn drop(&mut self) {
        self.tables.iter().for_each(Kept::stop);
    }
}

/// Rows whose keys are looked up between two looks at whether it is still wanted.
const STRIDE: u32 = 16_384;
/// The key of a row without a value: behind all others.
const LAST: u64 = u64::MAX;

/// The listed rows in the order of a column; nothing where that is no longer wanted. Equal rows stay as captured.
fn sort(
    column: &dyn Sortable,
    descending: bool,
    snapshot: &Snapshot,
    listed: &Listed,
    cancelled: &dyn Fn() -> bool,
) -> Option<Vec<u32>> {
    let mut keys: Vec<u64> = Vec::with_capacity(listed.len() as usize);
    let (mut words, mut known) = (String::new(), HashMap::<Box<str>, u64>::new());
    for place in 0..listed.len() {
        if place % STRIDE == 0 && cancelled() {
            return None;
        }
        let value = listed.row(place).map_or(Value::None, |row| column.value(snapshot, row, &mut words));
        keys.push(match value {
            Value::None => LAST,
            Value::Number(number) => number.min(LAST - 1),
            Value::Words => match known.get(words.as_str()) {
                Some(word) => *word,
                None => {
                    let word = known.len() as u64;
                    known.insert(words.as_str().into(), word);
                    word
                }
            },
        });
    }
    if !known.is_empty() {
        let mut ranked: Vec<(Box<str>, u64)> = known.into_iter().collect();
        ranked.sort_unstable();
        let mut ranks = vec![0; ranked.len()];
        for (rank, (_, word)) in ranked.into_iter().enumerate() {
            ranks[word as usize] = rank as u64;
        }
        keys.iter_mut().filter(|key| **key != LAST).for_each(|key| *key = ranks[*key as usize]);
    }
    if descending {
        keys.iter_mut().filter(|key| **key != LAST).for_each(|key| *key = LAST - 1 - *key);
    }
    let mut places = merge::order(&keys, cancelled)?;
    drop(keys);
    if let Listed::Some(rows) = listed {
        places.iter_mut().for_each(|place| *place = rows.row(*place).unwrap_or(*place));
    }
    Some(places)
}
