//! Clients that come back again and again, seen over all connections of the capture.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::ids::Side;
use crate::rules::death::spell;
use crate::rules::facts::{Attempt, Register, Whole};
use crate::rules::{Point, Report};

/// Attempts that make a storm, and the nanoseconds that they take at the most.
const STORM: (usize, i64) = (10, 10_000_000_000);

/// Pauses in a row that must not have grown.
const PAUSES: usize = 5;

/// Nanoseconds on average up to which a pause asks to grow: who waits longer does no harm.
const SHORT: i64 = 30_000_000_000;

/// Nanoseconds after which a connection had been a good one, and the client may come back at once.
const GOOD: i64 = 10_000_000_000;

pub(super) fn storm(whole: &Whole<'_>, report: &mut Report<'_>) {
    for run in failed_runs(whole) {
        if let Some(span) = storms(run)
            && let Some(last) = run.last()
        {
            let times = STORM.0;
            report_on(report, last, run, &format!("{times} of them within {}", spell(span)));
        }
    }
}

pub(super) fn no_backoff(whole: &Whole<'_>, report: &mut Report<'_>) {
    for run in failed_runs(whole) {
        // A storm says it all.
        if storms(run).is_some() {
            continue;
        }
        let pauses: Vec<i64> = pauses(run);
        let (early, late) = pauses.split_at(pauses.len() / 2);
        let (early, late) = (mean(early), mean(late));
        // RFC 6455 7.2.3: "subsequent reconnect attempts SHOULD be delayed by increasingly longer amounts of
        // time, using a method such as truncated binary exponential backoff".
        let grows = late.saturating_mul(2) >= early.saturating_mul(3).saturating_add(100_000_000);
        if pauses.len() >= PAUSES
            && mean(&pauses) <= SHORT
            && !grows
            && let Some(last) = run.last()
        {
            let seen = format!("pauses of {} at first and {} at last", spell(early), spell(late));
            report_on(report, last, run, &seen);
        }
    }
}

fn report_on(report: &mut Report<'_>, last: &Attempt, run: &[&Attempt], what: &str) {
    let target = String::from_utf8_lossy(&last.target);
    let times = run.len();
    let Attempt { client, server, .. } = last;
    let seen = format!("{times} failed attempts of {client} at {target} of {server}, {what}");
    report.against_connection(Side::Client, last, Point { seen, ..Point::default() });
}

/// Attempts that failed one after the other, which are sought once.
fn failed_runs<'a>(whole: &'a Whole<'_>) -> &'a [Vec<&'a Attempt>] {
    whole.failed.get_or_init(|| runs(whole.register))
}

/// Attempts that failed one after the other: of each client at each endpoint the longest row, in order of time.
fn runs<'a>(register: &'a Register) -> Vec<Vec<&'a Attempt>> {
    // Of each client at each endpoint: how many failed. All of a row did but for its last, and few rows are long enough.
    let mut failures: HashMap<_, usize, RandomState> = HashMap::default();
    for attempt in register.attempts.iter().filter(|attempt| failed(attempt)) {
        *failures.entry(endpoint(attempt)).or_default() += 1;
    }
    let mut groups: HashMap<_, Vec<Vec<&Attempt>>, RandomState> = HashMap::default();
    let often = |attempt: &&Attempt| failures.get(&endpoint(attempt)).is_some_and(|times| *times >= PAUSES);
    for attempt in register.attempts.iter().filter(often) {
        let runs = groups.entry(endpoint(attempt)).or_default();
        let before = runs.last().and_then(|run| run.last().copied());
        let goes_on = before.is_some_and(|before| {
            failed(before) && over(before).is_some_and(|over| over <= attempt.began.time)
        });
        match runs.last_mut().filter(|_| goes_on) {
            Some(run) => run.push(attempt),
            None => runs.push(vec![attempt]),
        }
    }
    let longest = |runs: Vec<Vec<&'a Attempt>>| {
        // A row's last attempt may have been the one that went well.
        let failing = runs.into_iter().map(|mut run| {
            if run.last().is_some_and(|last| over(last).is_some() && !failed(last)) {
                run.pop();
            }
            run
        });
        failing.max_by_key(Vec::len).filter(|run| run.len() > PAUSES)
    };
    let mut runs: Vec<_> = groups.into_values().filter_map(longest).collect();
    runs.sort_by_key(|run| run.last().map(|last| last.connection));
    runs
}

/// Who wanted to go where.
fn endpoint(attempt: &Attempt) -> (core::net::IpAddr, core::net::SocketAddr, &[u8]) {
    (attempt.client, attempt.server, &attempt.target)
}

/// When an attempt was over: refused or ended.
fn over(attempt: &Attempt) -> Option<i64> {
    let over = if attempt.accepted { attempt.ended } else { attempt.answered.or(attempt.ended) };
    over.map(|over| over.time)
}

/// Whether an attempt came to nothing, or not for long and by nobody's wish.
fn failed(attempt: &Attempt) -> bool {
    let lived = over(attempt).map(|over| over.saturating_sub(attempt.began.time));
    lived.is_some_and(|lived| lived < GOOD && !(attempt.accepted && attempt.wished))
}

/// The nanoseconds that the quickest attempts of a storm took.
fn storms(run: &[&Attempt]) -> Option<i64> {
    let (times, within) = STORM;
    let spans = run.windows(times).filter_map(|run| {
        let (first, last) = (run.first()?, run.last()?);
        Some(last.began.time.saturating_sub(first.began.time))
    });
    spans.min().filter(|span| *span <= within)
}

fn pauses(run: &[&Attempt]) -> Vec<i64> {
    let pause = |pair: &[&Attempt]| {
        let [before, next] = pair else { return None };
        Some(next.began.time.saturating_sub(over(before)?))
    };
    run.windows(2).filter_map(pause).collect()
}

fn mean(times: &[i64]) -> i64 {
    let sum = times.iter().fold(0i64, |sum, time| sum.saturating_add(*time));
    sum.checked_div(times.len() as i64).unwrap_or(0)
}
