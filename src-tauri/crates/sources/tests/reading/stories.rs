//! What real servers are filled with, and what is true about it.

use std::fmt::Write as _;

use firewatch_domain::indicator::{Counts, Indicator};

use crate::asking::ratio;

/// What the counters of one job show at a moment: good and bad.
pub type Counter = fn(i64, i64) -> Option<(u64, u64)>;

pub const RPM: u64 = 600;

fn steady(_end: i64, n: i64) -> Option<(u64, u64)> {
    let total = u64::try_from(n).ok()? * RPM;
    let bad = total * 500 / 1_000_000;
    Some((total - bad, bad))
}

/// Restarts twelve hours before the end, after five minutes without samples.
fn restarting(end: i64, n: i64) -> Option<(u64, u64)> {
    let restart = end - 12 * 60;
    match n {
        n if n < restart => steady(end, n),
        n if n < restart + 5 => None,
        n => steady(end, n - restart - 4),
    }
}

/// Fifteen minutes without samples a day before the end, while everything fails.
fn unseen(end: i64, n: i64) -> Option<(u64, u64)> {
    let (from, to) = (end - 1440, end - 1425);
    if from < 0 {
        return steady(end, n);
    }
    let lost = (n.min(to) - from).max(0) as u64 * RPM;
    let (good, bad) = steady(end, n)?;
    (!(from + 1..to).contains(&n)).then_some((good - lost, bad + lost))
}

/// Away for a day and two hours, five days before the end, and counting on where it stopped.
fn away(end: i64, n: i64) -> Option<(u64, u64)> {
    let (from, to) = (end - 7200, end - 5640);
    (from < 0 || !(from..to).contains(&n)).then(|| steady(end, n)).flatten()
}

pub const JOBS: [(&str, Counter); 4] = [("steady", steady), ("restarting", restarting), ("unseen", unseen), ("away", away)];

/// History of `minutes` up to the minute `end`, a sample a minute, seven seconds past it.
pub fn history(end: i64, minutes: i64, extra: usize) -> String {
    let mut text = String::from("# TYPE http_requests counter\n");
    let names = (0..extra).map(|i| format!("extra{i:04}"));
    let jobs = JOBS.iter().map(|(job, counter)| ((*job).to_owned(), *counter, minutes));
    for (job, counter, minutes) in jobs.chain(names.map(|name| (name, steady as Counter, 30))) {
        for n in (end - minutes)..=end {
            let Some((good, bad)) = counter(end - (end - minutes), n - (end - minutes)) else { continue };
            let second = n * 60 + 7;
            writeln!(text, "http_requests_total{{job=\"{job}\",code=\"200\"}} {good} {second}").unwrap();
            writeln!(text, "http_requests_total{{job=\"{job}\",code=\"500\"}} {bad} {second}").unwrap();
        }
    }
    text.push_str("# EOF\n");
    text
}

/// Good and bad between two minutes of the story, restarts included.
pub fn truth(counter: Counter, end: i64, from: i64, to: i64) -> (u64, u64) {
    let mut sum = (0, 0);
    let mut before = (0..=from).rev().find_map(|n| counter(end, n)).unwrap();
    for now in (from + 1..=to).filter_map(|n| counter(end, n)) {
        let new = |before: u64, now: u64| now.checked_sub(before).unwrap_or(now);
        sum = (sum.0 + new(before.0, now.0), sum.1 + new(before.1, now.1));
        before = now;
    }
    sum
}

pub fn availability(job: &str) -> Indicator {
    let part = format!("http_requests_total{{job=\"{job}\",code=~\"5..\"}}");
    ratio(Counts::Bad, &part, &format!("http_requests_total{{job=\"{job}\"}}"))
}
