//! Histories with nothing unknown in them: OpenMetrics text for Prometheus, and the truth it was written from.
//!
//! Counts are whole numbers that a seed decides, so that a test can ask for equality and not for nearness. A sample at time t counts
//! what happened before t. Rates wobble by a tenth, because a constant rate hides mistakes of one minute.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Result;

mod truth;

pub use truth::{Counts, Sample, Truth};

/// Upper bounds of the latency buckets in seconds; `+Inf` follows. Written as OpenMetrics writes them (`1.0`).
pub const BOUNDARIES: [f64; 6] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Share of requests within each boundary on a normal day, in millionths.
const FAST: [u64; 6] = [700_000, 900_000, 970_000, 990_000, 999_000, 1_000_000];

const MILLION: u64 = 1_000_000;

/// A stretch of time and the many jobs that were watched in it.
#[derive(Debug, Clone)]
pub struct History {
    /// The first sample, unix seconds.
    pub start: i64,
    /// No sample after this, unix seconds.
    pub end: i64,
    /// Seconds between samples.
    pub step: i64,
    /// Decides the wobble of the rates.
    pub seed: u64,
    /// What happened, one per job.
    pub jobs: Vec<Job>,
}

/// One job: `http_requests_total{job,code}` and, with [`Job::latency`], `http_request_duration_seconds{job}`.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// The label `job`.
    pub name: String,
    /// Mean requests per second.
    pub rate: u64,
    /// Failing requests on a normal day, in millionths.
    pub bad_ppm: u64,
    /// When it was worse, or slower.
    pub incidents: Vec<Incident>,
    /// The process restarted here: two samples are missing, then counters start at 0.
    pub reset_at: Option<i64>,
    /// Nothing was scraped from here (inclusive) to there (exclusive); the counters went on.
    pub gap: Option<(i64, i64)>,
    /// Whether to write the histogram too.
    pub latency: bool,
}

/// A bad stretch: the steps that begin in it are worse.
#[derive(Debug, Clone, Copy, Default)]
pub struct Incident {
    /// First second, inclusive.
    pub from: i64,
    /// Last second, exclusive.
    pub to: i64,
    /// Failing requests in it, in millionths.
    pub bad_ppm: u64,
    /// Requests in it that take longer than two and a half seconds, in millionths.
    pub slow_ppm: u64,
}

/// The text for `promtool`, and what is true of it, by job.
#[derive(Debug, Clone)]
pub struct Written {
    /// OpenMetrics, ending with `# EOF`.
    pub text: String,
    /// The truth by job name.
    pub truth: BTreeMap<String, Truth>,
}

impl History {
    /// `days` of samples each `step` seconds, ending at the last whole step before `end`.
    pub fn ending(end: i64, days: i64, step: i64) -> Self {
        let end = end - end.rem_euclid(step);
        Self { start: end - days * 86_400, end, step, seed: 1, jobs: Vec::new() }
    }

    /// Adds a job.
    pub fn with(mut self, job: Job) -> Self {
        self.jobs.push(job);
        self
    }

    /// Works it all out.
    pub fn write(&self) -> Result<Written> {
        let mut truth = BTreeMap::new();
        for (job, number) in self.jobs.iter().zip(1..) {
            let noise = Noise::new(self.seed.wrapping_mul(1_000_003).wrapping_add(number));
            truth.insert(job.name.clone(), Truth { samples: self.live(job, noise), gap: job.gap });
        }
        let mut text = String::new();
        self.write_requests(&mut text, &truth)?;
        self.write_latency(&mut text, &truth)?;
        text.push_str("# EOF\n");
        Ok(Written { text, truth })
    }

    fn live(&self, job: &Job, mut noise: Noise) -> Vec<Sample> {
        let mut samples = Vec::new();
        let (mut total, mut bad) = (0, Tally::default());
        let mut within = [Tally::default(); BOUNDARIES.len()];
        for at in (self.start..=self.end).step_by(self.step.unsigned_abs() as usize) {
            let restarting = job.reset_at.is_some_and(|reset| (reset..reset + 2 * self.step).contains(&at));
            if restarting {
                (total, bad, within) = (0, Tally::default(), Default::default());
                continue;
            }
            if !job.gap.is_some_and(|(from, to)| (from..to).contains(&at)) {
                samples.push(Sample { at, good: total - bad.count, bad: bad.count, within: within.map(|tally| tally.count) });
            }
            let incident = job.incidents.iter().find(|incident| (incident.from..incident.to).contains(&at));
            let events = noise.wobble(job.rate * self.step.unsigned_abs());
            total += events;
            bad.add(events, incident.map_or(job.bad_ppm, |incident| incident.bad_ppm));
            for (tally, fast) in within.iter_mut().zip(FAST) {
                let slow = if fast == MILLION { 0 } else { incident.map_or(0, |incident| incident.slow_ppm) };
                tally.add(events, fast * (MILLION - slow) / MILLION);
            }
        }
        samples
    }

    fn write_requests(&self, text: &mut String, truth: &BTreeMap<String, Truth>) -> Result {
        text.push_str("# TYPE http_requests counter\n# HELP http_requests Requests by outcome.\n");
        for job in self.jobs.iter().map(|job| &job.name) {
            for (code, of) in [("200", (|sample| sample.good) as fn(&Sample) -> u64), ("500", |sample| sample.bad)] {
                for sample in &truth[job].samples {
                    writeln!(text, "http_requests_total{{job=\"{job}\",code=\"{code}\"}} {} {}", of(sample), sample.at)?;
                }
            }
        }
        Ok(())
    }

    fn write_latency(&self, text: &mut String, truth: &BTreeMap<String, Truth>) -> Result {
        let name = "http_request_duration_seconds";
        writeln!(text, "# TYPE {name} histogram\n# UNIT {name} seconds\n# HELP {name} How long requests took.")?;
        for job in self.jobs.iter().filter(|job| job.latency).map(|job| &job.name) {
            let samples = &truth[job].samples;
            for (index, boundary) in BOUNDARIES.iter().enumerate() {
                for sample in samples {
                    writeln!(text, "{name}_bucket{{job=\"{job}\",le=\"{boundary:?}\"}} {} {}", sample.within[index], sample.at)?;
                }
            }
            for series in [format!("_bucket{{job=\"{job}\",le=\"+Inf\"}}"), format!("_count{{job=\"{job}\"}}")] {
                for sample in samples {
                    writeln!(text, "{name}{series} {} {}", sample.good + sample.bad, sample.at)?;
                }
            }
            for sample in samples {
                writeln!(text, "{name}_sum{{job=\"{job}\"}} {:.1} {}", (sample.good + sample.bad) as f64 * 0.2, sample.at)?;
            }
        }
        Ok(())
    }
}

/// A running count of a share, without drift: what rounding leaves over is kept for the next step.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    count: u64,
    left_over: u64,
}

impl Tally {
    fn add(&mut self, events: u64, ppm: u64) {
        let millionths = self.left_over + events * ppm;
        self.count += millionths / MILLION;
        self.left_over = millionths % MILLION;
    }
}

/// Marsaglia's xorshift: enough for a wobble, and the same everywhere.
#[derive(Debug)]
struct Noise(u64);

impl Noise {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn wobble(&mut self, mean: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let tenth = mean / 10;
        mean - tenth + self.0 % (2 * tenth + 1)
    }
}
