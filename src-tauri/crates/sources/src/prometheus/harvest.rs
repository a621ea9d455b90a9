//! The samples a group of indicators came home with, series by series.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::difference::Start;
use super::index::Index;
use super::native::Shape;
use super::want::Role;
use super::wire::{Labels, Matrix, Row, Sample};

/// One series.
#[derive(Debug)]
pub(crate) struct Track {
    /// Its labels as the server wrote them.
    pub text: Arc<str>,
    /// Upper bound, for a bucket of a histogram.
    pub le: Option<f64>,
    /// It is wanted as a native histogram.
    pub native: bool,
    /// Samples in the order of time; of a native histogram its counts of all events.
    pub samples: Vec<Sample>,
    /// The buckets of a native histogram, one shape beside each sample; empty otherwise.
    pub shapes: Vec<Shape>,
    /// The buckets of the sample that `start` speaks of.
    pub before: Option<Shape>,
    /// What is known before them.
    pub start: Start,
}

/// Series and who wants them.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    /// All wanted series.
    pub tracks: Vec<Track>,
    /// Member to its roles and tracks.
    pub shares: HashMap<usize, Vec<(Role, usize)>>,
    /// Tracks that go on where others of another name ended.
    pub renamed: HashSet<usize>,
    /// Series nobody wanted.
    pub unwanted: usize,
    /// What the server said is missing.
    pub warning: Option<String>,
    /// Text to track; `None` for what nobody wanted.
    known: HashMap<Arc<str>, Option<usize>>,
    /// Labels to track. `VictoriaMetrics` writes the labels of one series in another order where it computes than where it does not.
    named: HashMap<String, Option<usize>>,
}

impl Harvest {
    /// Adds an answer whose samples are newer than all before.
    pub(crate) fn absorb(&mut self, matrix: Matrix<'_>, index: &Index) {
        for row in matrix.result {
            if let Some(track) = self.track(&row, index) {
                let track = &mut self.tracks[track];
                let last = track.samples.last().map_or(i64::MIN, |s| s.ms);
                if track.native {
                    for histogram in row.histograms.into_iter().filter(|h| h.sample.ms > last) {
                        track.samples.push(histogram.sample);
                        track.shapes.push(histogram.shape);
                    }
                } else {
                    track.samples.extend(row.values.into_iter().filter(|s| s.ms > last));
                }
            }
        }
    }

    /// Adds an answer whose samples are older than all before.
    pub(crate) fn precede(&mut self, matrix: Matrix<'_>, index: &Index) {
        for row in matrix.result {
            if let Some(track) = self.track(&row, index) {
                let track = &mut self.tracks[track];
                let first = track.samples.first().map_or(i64::MAX, |s| s.ms);
                if track.native {
                    let older = row.histograms.into_iter().take_while(|h| h.sample.ms < first);
                    let (samples, shapes): (Vec<Sample>, Vec<Shape>) = older.map(|h| (h.sample, h.shape)).unzip();
                    track.samples.splice(0..0, samples);
                    track.shapes.splice(0..0, shapes);
                } else {
                    track.samples.splice(0..0, row.values.into_iter().take_while(|s| s.ms < first));
                }
            }
        }
    }

    /// Tracks of a member.
    pub(crate) fn share(&self, member: usize) -> &[(Role, usize)] {
        self.shares.get(&member).map_or(&[], Vec::as_slice)
    }

    /// The track of a series by its labels, in whatever order.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        match self.known.get(text) {
            Some(known) => *known,
            None => self.named.get(&identity(&Labels::read(text)?)).copied().flatten(),
        }
    }

    fn track(&mut self, row: &Row<'_>, index: &Index) -> Option<usize> {
        let text = row.metric.get();
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let labels = Labels::read(text).unwrap_or_default();
        let identity = identity(&labels);
        let text: Arc<str> = Arc::from(text);
        if let Some(known) = self.named.get(&identity) {
            self.known.insert(text, *known);
            return *known;
        }
        let slots = index.picks(&labels);
        let wanted = (!slots.is_empty()).then_some(self.tracks.len());
        for slot in &slots {
            self.shares.entry(slot.member).or_default().push((slot.role, self.tracks.len()));
        }
        if wanted.is_some() {
            let le = slots.iter().any(|s| s.role == Role::Bucket).then(|| labels.get("le").parse().ok()).flatten();
            let native = slots.iter().any(|s| s.role == Role::Native);
            self.tracks.push(Track {
                text: Arc::clone(&text),
                le,
                native,
                samples: Vec::new(),
                shapes: Vec::new(),
                before: None,
                start: Start::Unknown,
            });
        } else {
            self.unwanted += 1;
        }
        self.known.insert(text, wanted);
        self.named.insert(identity, wanted);
        wanted
    }
}

/// Labels in one order, apart by a sign that no text holds.
fn identity(labels: &Labels<'_>) -> String {
    let mut pairs: Vec<(&str, &str)> = labels.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref())).collect();
    pairs.sort_unstable();
    let mut text = String::with_capacity(pairs.iter().map(|(name, value)| name.len() + value.len() + 2).sum());
    for (name, value) in pairs {
        text.extend([name, "\u{1}", value, "\u{2}"]);
    }
    text
}
