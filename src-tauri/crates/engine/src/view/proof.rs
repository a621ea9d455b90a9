//! Hypotheses and proofs as the window and `firewatchctl followup` show them.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A measured effect: the public contract of `proof` in `firewatchctl followup list --json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ProofRow {
    /// `proven`, `not_proven` or `not_enough_data`.
    pub verdict: String,
    /// How many times better: before divided by after; none where that cannot be known.
    pub factor: Option<f64>,
    /// Before: a share of bad events, 0 to 1, or seconds.
    pub before: Option<f64>,
    /// After.
    pub after: Option<f64>,
    /// Where it was measured.
    pub environment: String,
    /// `errors`, or a quantile such as `p95`.
    pub measure: String,
    /// What was claimed: `improve 10×`, `under 500 ms`.
    pub aim: String,
    /// Ends of the interval of the factor, or of the value after where a limit was claimed; none is unbounded.
    pub interval: Option<(Option<f64>, Option<f64>)>,
    /// Confidence of the interval, 0.95 or 0.99.
    pub level: Option<f64>,
    /// How the interval comes about.
    pub method: String,
    /// What it stands on.
    pub samples: Samples,
    /// Days that count.
    pub days: u32,
    /// `proven, 10.2×`.
    pub headline: String,
    /// The verdict's reason in sentences.
    pub why: String,
    /// When it shipped, RFC 3339.
    pub shipped: String,
    /// When this was reckoned, RFC 3339.
    pub at: String,
}

/// What a proof stands on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Samples {
    /// Before it shipped.
    pub before: Sample,
    /// After.
    pub after: Sample,
}

/// One side of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Sample {
    /// Bad events.
    pub bad: f64,
    /// All events.
    pub total: f64,
    /// Minutes that count.
    pub minutes: f64,
    /// Minutes left out by exclusions.
    pub excluded: f64,
}

/// What a follow-up should improve, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct HypothesisView {
    /// As a sentence that can be typed again.
    pub text: String,
    /// What is claimed.
    pub claim: String,
    /// Environments in order.
    pub places: Vec<HypothesisPlace>,
    /// What was found before, the newest first: verdicts that changed, and those of earlier shippings.
    pub earlier: Vec<ProofRow>,
}

/// A hypothesis in one environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct HypothesisPlace {
    /// Environment.
    pub environment: String,
    /// When it shipped there, RFC 3339.
    pub shipped: Option<String>,
    /// When it is looked at next, RFC 3339; none when it is settled or has not shipped.
    pub next_look: Option<String>,
    /// What was measured last.
    pub proof: Option<ProofDetail>,
}

/// A proof that opens to its arithmetic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ProofDetail {
    /// In short.
    #[serde(flatten)]
    pub row: ProofRow,
    /// Before, in words.
    pub before_words: String,
    /// After, in words.
    pub after_words: String,
    /// The boundaries a quantile was interpolated between, in words.
    pub interpolated: Option<String>,
    /// The interval, in words.
    pub interval_words: Option<String>,
    /// Before and after by the hour of the week from Monday 00:00 UTC.
    pub week: Vec<(Option<f64>, Option<f64>)>,
    /// Day by day.
    pub by_day: Vec<ProofDay>,
    /// Line by line: what, and how it was reckoned.
    pub arithmetic: Vec<(String, String)>,
}

/// A day of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Type)]
pub struct ProofDay {
    /// Days after shipping, from 1.
    pub day: u32,
    /// Before.
    pub before: Option<f64>,
    /// After.
    pub after: Option<f64>,
    /// Hours of it that count.
    pub hours: u32,
}

/// What a hypothesis as typed means.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct HypothesisPreview {
    /// What is wrong with it, and the cure.
    pub fault: Option<String>,
    /// What is claimed.
    pub claim: String,
    /// How it stands where it is about.
    pub places: Vec<PreviewPlace>,
}

/// How an SLO stands that a hypothesis is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct PreviewPlace {
    /// Environment.
    pub environment: String,
    /// SLO's name.
    pub slo: String,
    /// SLO's title.
    pub title: String,
    /// Its measure over the last week, in words; none where nothing was counted.
    pub now: Option<String>,
    /// What it would have to become, in words.
    pub aimed: Option<String>,
    /// Events of that week.
    pub total: f64,
    /// Minutes observed of its 10,080.
    pub minutes: f64,
}

/// When and where something shipped; what is absent is now, and everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShipForm {
    /// Environment.
    pub environment: Option<String>,
    /// RFC 3339 or unix seconds.
    pub at: Option<String>,
}

/// What to note before looking.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ProveForm {
    /// It shipped to this environment only.
    pub environment: Option<String>,
    /// When it shipped.
    pub shipped: Option<String>,
}

impl HypothesisPreview {
    /// It means nothing.
    pub(crate) fn at_fault(fault: String) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }
}
