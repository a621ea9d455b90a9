//! An SLO as a strict OpenSLO v1 document, which [`crate::read`] takes back with the same meaning.
//!
//! Texts are always quoted and escaped, numbers are written from integers, and what OpenSLO has no word for (journey,
//! environment, the kind of a gauge) stands in annotations of our own. The source's address and keys are never written.

use std::fmt::Write;

use firewatch_domain::indicator::{Counts, Indicator, Measure};
use firewatch_domain::objective::{Objective, WHOLE};
use firewatch_domain::selector::{Comparison, Selector};
use firewatch_domain::slo::Slo;

use crate::belonging::{ENVIRONMENT, INDICATOR, JOURNEY};
use crate::source::{DRILL, PROBE};

/// The document.
pub fn write(slo: &Slo) -> String {
    let mut page = Page(String::new());
    page.line(0, "apiVersion: openslo/v1");
    page.line(0, "kind: SLO");
    page.line(0, "metadata:");
    page.text(1, "name", &slo.name);
    page.text(1, "displayName", &slo.title);
    page.line(1, "annotations:");
    for (key, value) in annotations(slo) {
        page.text(2, &quoted(key), value);
    }
    page.line(0, "spec:");
    page.text(1, "description", &slo.description);
    page.text(1, "service", &slo.service);
    page.line(1, "indicator:");
    page.line(2, "metadata:");
    page.text(3, "name", &slo.name);
    page.line(2, "spec:");
    page.indicator(&slo.indicator, &slo.source);
    page.line(1, "timeWindow:");
    page.line(2, &format!("- duration: {}", slo.window));
    page.line(2, "  isRolling: true");
    page.line(1, "budgetingMethod: Occurrences");
    page.line(1, "objectives:");
    page.line(2, &format!("- target: {}", ratio_text(slo.objective)));
    if matches!(slo.indicator, Indicator::Gauge { .. }) {
        page.line(2, "  op: gte");
        page.line(2, "  value: 1");
    }
    page.0
}

fn annotations(slo: &Slo) -> Vec<(&str, &str)> {
    let mut all = vec![(JOURNEY, slo.journey.as_str()), (ENVIRONMENT, slo.environment.as_str())];
    if matches!(slo.indicator, Indicator::Gauge { .. }) {
        all.push((INDICATOR, "gauge"));
    }
    let ours = [JOURNEY, ENVIRONMENT, INDICATOR];
    let kept = slo.annotations.iter().filter(|(key, _)| !ours.contains(&key.as_str()));
    all.extend(kept.map(|(key, value)| (key.as_str(), value.as_str())));
    all
}

/// The text written so far.
struct Page(String);

impl Page {
    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.0, "{}{text}", "  ".repeat(depth));
    }

    fn text(&mut self, depth: usize, key: &str, value: &str) {
        self.line(depth, &format!("{key}: {}", quoted(value)));
    }

    fn indicator(&mut self, indicator: &Indicator, source: &str) {
        match indicator {
            Indicator::Ratio { counts, part, total } => {
                let key = if *counts == Counts::Good { "good" } else { "bad" };
                self.ratio(key, &part.to_string(), &total.to_string(), source);
            }
            Indicator::Halves { good, bad } => self.ratio("good", &good.to_string(), &format!("sum({good}) + sum({bad})"), source),
            Indicator::Latency { buckets, total, threshold } => {
                let good = bucket(buckets, *threshold).to_string();
                self.ratio("good", &good, &total.to_string(), source);
            }
            Indicator::Gauge { up } => {
                self.line(3, "thresholdMetric:");
                self.metric_source(4, "Prometheus", source, &[("query", quoted(&up.to_string()))]);
            }
            Indicator::Threshold { gauge: query, .. } => {
                self.line(3, "thresholdMetric:");
                self.metric_source(4, "Prometheus", source, &[("query", quoted(&query.to_string()))]);
            }
            Indicator::RawRatio { counts, ratio } => self.raw(*counts, &ratio.to_string(), source),
            Indicator::Native { histogram, threshold } => {
                let spec = [("histogram", quoted(&histogram.to_string())), ("threshold", threshold.to_string())];
                self.own("Prometheus", source, &spec);
            }
            Indicator::PromQl { measure } => match measure {
                Measure::Counts { counts, part, total } => {
                    let key = if *counts == Counts::Good { "good" } else { "bad" };
                    self.ratio(key, part.as_str(), total.as_str(), source);
                }
                Measure::Ratio { counts, ratio } => self.raw(*counts, ratio.as_str(), source),
                Measure::Threshold { value, .. } => {
                    self.line(3, "thresholdMetric:");
                    self.metric_source(4, "Prometheus", source, &[("query", quoted(value.as_str()))]);
                }
            },
            Indicator::Probe { url, under_ms, interval_s } => {
                let spec = [("url", quoted(url)), ("underMilliseconds", under_ms.to_string()), ("intervalSeconds", interval_s.to_string())];
                self.own(PROBE, source, &spec);
            }
            Indicator::Drill { key, threshold } => {
                let mut spec = vec![("key", quoted(key))];
                spec.extend(threshold.map(|threshold| ("threshold", threshold.to_string())));
                self.own(DRILL, source, &spec);
            }
        }
    }

    fn ratio(&mut self, part: &str, query: &str, total: &str, source: &str) {
        self.line(3, "ratioMetric:");
        self.line(4, "counter: true");
        for (key, query) in [(part, query), ("total", total)] {
            self.line(4, &format!("{key}:"));
            self.metric_source(5, "Prometheus", source, &[("query", quoted(query))]);
        }
    }

    fn raw(&mut self, counts: Counts, query: &str, source: &str) {
        self.line(3, "ratioMetric:");
        self.line(4, if counts == Counts::Good { "rawType: success" } else { "rawType: failure" });
        self.line(4, "raw:");
        self.metric_source(5, "Prometheus", source, &[("query", quoted(query))]);
    }

    /// Our own indicators are no queries; both sides name the same thing, since OpenSLO asks for two.
    fn own(&mut self, kind: &str, source: &str, spec: &[(&str, String)]) {
        self.line(3, "ratioMetric:");
        self.line(4, "counter: true");
        for key in ["good:", "total:"] {
            self.line(4, key);
            self.metric_source(5, kind, source, spec);
        }
    }

    fn metric_source(&mut self, depth: usize, kind: &str, source: &str, spec: &[(&str, String)]) {
        self.line(depth, "metricSource:");
        self.text(depth + 1, "metricSourceRef", source);
        self.line(depth + 1, &format!("type: {kind}"));
        self.line(depth + 1, "spec:");
        for (key, value) in spec {
            self.line(depth + 2, &format!("{key}: {value}"));
        }
    }
}

fn bucket(buckets: &Selector, threshold: f64) -> Selector {
    buckets.without("le").with("le", Comparison::Equal, &threshold.to_string())
}

/// `999000000` of a billion as `0.999`.
fn ratio_text(objective: Objective) -> String {
    let digits = format!("{:09}", objective.ppb() % WHOLE);
    format!("0.{}", digits.trim_end_matches('0'))
}

/// A double-quoted YAML scalar in ASCII-safe form: nothing in it can end the quotes, start a key or vanish on screen.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            ' ' => out.push(' '),
            c if c.is_control() || c.is_whitespace() || !is_plain(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters YAML lets stand unescaped and a reader can see.
fn is_plain(c: char) -> bool {
    !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}')
}
