//! An SLO as a strict OpenSLO v1 document, which [`crate::read`] takes back with the same meaning.
//!
//! Texts are always quoted and escaped, numbers are written from integers, and what OpenSLO has no word or no room for
//! stands in annotations of our own. A pair of look-backs does not fit into an OpenSLO policy with its single condition:
//! the pairs stand in an annotation, and one policy for each look-back serves other tools. The source's address and keys
//! are never written.

use std::collections::BTreeMap;
use std::fmt::Write;

use firewatch_domain::alerting::{Rule, Scaling};
use firewatch_domain::indicator::{Counts, Datadog, Indicator, Measure, Op};
use firewatch_domain::method::{EmptySlices, Method};
use firewatch_domain::objective::WHOLE;
use firewatch_domain::selector::{Comparison, Selector};
use firewatch_domain::slo::{LONGEST_NAME, Slo, Stage};
use firewatch_domain::window::{Window, lookback_text};

use crate::datadog::SLO;
use crate::ours::{
    ANNOTATION, DESCRIPTION, EMPTY, ENVIRONMENT, INDICATOR, JOURNEY, MINIMUM, NAME, PREFIX, RULES, SCALING, STAGE, TITLE, WEIGHT,
    rules_text, wrapped,
};
use crate::source::{DATADOG, DRILL, HISTOGRAM, PROBE};

/// Longest display name and description that OpenSLO takes, in characters.
const LONGEST_TITLE: usize = 63;
const LONGEST_DESCRIPTION: usize = 1050;
/// Longest parts of an annotation's key.
const LONGEST_DOMAIN: usize = 253;
const LONGEST_KEY: usize = 63;

/// The document.
pub fn write(slo: &Slo) -> String {
    let mut page = Page(String::new());
    let name = label(&slo.name);
    page.line(0, "apiVersion: openslo/v1");
    page.line(0, "kind: SLO");
    page.line(0, "metadata:");
    page.text(1, "name", &name);
    page.text(1, "displayName", &cut(&slo.title, LONGEST_TITLE));
    page.line(1, "annotations:");
    for (key, value) in annotations(slo) {
        page.text(2, &quoted(&key), &value);
    }
    page.line(0, "spec:");
    page.text(1, "description", &cut(&slo.description, LONGEST_DESCRIPTION));
    page.text(1, "service", &slo.service);
    page.line(1, "indicator:");
    page.line(2, "metadata:");
    page.text(3, "name", &name);
    page.line(2, "spec:");
    page.indicator(&slo.indicator, &slo.source);
    page.window(slo.window);
    page.objective(slo);
    page.policies(&name, &slo.rules());
    page.0
}

fn annotations(slo: &Slo) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let mut odd = 0;
    for (key, value) in slo.annotations.iter().filter(|(key, _)| !key.starts_with(PREFIX)) {
        if is_key(key) {
            all.insert(key.clone(), value.clone());
        } else {
            odd += 1;
            all.insert(format!("{ANNOTATION}{odd}"), wrapped(key, value));
        }
    }
    let mut ours = |key: &str, value: String| all.insert(key.to_owned(), value);
    ours(JOURNEY, slo.journey.clone());
    ours(ENVIRONMENT, slo.environment.clone());
    ours(RULES, rules_text(slo.alerting.rules.is_some(), &slo.rules()));
    let extra = [
        (NAME, slo.name.clone(), label(&slo.name) != slo.name),
        (TITLE, slo.title.clone(), cut(&slo.title, LONGEST_TITLE) != slo.title),
        (DESCRIPTION, slo.description.clone(), cut(&slo.description, LONGEST_DESCRIPTION) != slo.description),
        (INDICATOR, "gauge".to_owned(), matches!(slo.indicator, Indicator::Gauge { .. })),
        (INDICATOR, "promql".to_owned(), matches!(slo.indicator, Indicator::PromQl { .. })),
        (EMPTY, slo.empty.word().to_owned(), slo.empty != EmptySlices::default()),
        (STAGE, slo.stage.word().to_owned(), slo.stage != Stage::default()),
        (WEIGHT, slo.weight.to_string(), slo.weight != 1),
        (SCALING, "constant_factor".to_owned(), slo.alerting.scaling == Scaling::ConstantFactor),
        (MINIMUM, slo.alerting.minimum_events.to_string(), slo.alerting.minimum_events > 0),
    ];
    for (key, value, _) in extra.into_iter().filter(|(_, _, said)| *said) {
        ours(key, value);
    }
    all
}

/// A name as OpenSLO takes it: a DNS label, which has no dots.
fn label(name: &str) -> String {
    let dashed = name.replace('.', "-");
    dashed.chars().take(LONGEST_NAME).collect::<String>().trim_matches('-').to_owned()
}

fn is_label(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= LONGEST_NAME && text.chars().all(fits) && !text.starts_with('-') && !text.ends_with('-')
}

/// A key as Kubernetes and OpenSLO take it: perhaps a domain and a slash, then letters, digits, `-`, `_` and `.`.
fn is_key(key: &str) -> bool {
    let (domain, name) = key.split_once('/').map_or((None, key), |(domain, name)| (Some(domain), name));
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let named = name.len() <= LONGEST_KEY && name.chars().all(fits) && edge(name.chars().next()) && edge(name.chars().last());
    named && domain.is_none_or(|domain| domain.len() < LONGEST_DOMAIN && domain.split('.').all(is_label))
}

fn cut(text: &str, longest: usize) -> String {
    let short = text.chars().count() <= longest;
    if short { text.to_owned() } else { text.chars().take(longest - 1).chain(['…']).collect() }
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
            Indicator::Ratio { counts, part, total } => self.ratio(true, *counts, &part.to_string(), &total.to_string(), source),
            Indicator::Halves { good, bad } => {
                self.ratio(true, Counts::Good, &good.to_string(), &format!("sum({good}) + sum({bad})"), source);
            }
            Indicator::Latency { buckets, total, threshold } => {
                self.ratio(true, Counts::Good, &bucket(buckets, *threshold).to_string(), &total.to_string(), source);
            }
            Indicator::Gauge { up: query } | Indicator::Threshold { gauge: query, .. } => self.threshold(&query.to_string(), source),
            Indicator::RawRatio { counts, ratio } => self.raw(*counts, &ratio.to_string(), source),
            Indicator::Native { histogram, threshold } => self.native(histogram, *threshold, source),
            Indicator::PromQl { measure } => match measure {
                Measure::Counts { counts, part, total } => self.ratio(false, *counts, part.as_str(), total.as_str(), source),
                Measure::Ratio { counts, ratio } => self.raw(*counts, ratio.as_str(), source),
                Measure::Threshold { value, .. } => self.threshold(value.as_str(), source),
            },
            Indicator::Datadog { asks: Datadog::Counts { counts, part, total } } => {
                self.ratio_of(DATADOG, true, *counts, [part, total], source);
            }
            Indicator::Datadog { asks: Datadog::Slo { id } } => self.own(DATADOG, source, &[(SLO, quoted(id))]),
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

    fn ratio(&mut self, counter: bool, counts: Counts, query: &str, total: &str, source: &str) {
        self.ratio_of("Prometheus", counter, counts, [query, total], source);
    }

    fn ratio_of(&mut self, kind: &str, counter: bool, counts: Counts, [query, total]: [&str; 2], source: &str) {
        self.line(3, "ratioMetric:");
        self.line(4, &format!("counter: {counter}"));
        for (key, query) in [(if counts == Counts::Good { "good" } else { "bad" }, query), ("total", total)] {
            self.line(4, &format!("{key}:"));
            self.metric_source(5, kind, source, &[("query", quoted(query))]);
        }
    }

    fn raw(&mut self, counts: Counts, query: &str, source: &str) {
        self.line(3, "ratioMetric:");
        self.line(4, "counter: false");
        self.line(4, if counts == Counts::Good { "rawType: success" } else { "rawType: failure" });
        self.line(4, "raw:");
        self.metric_source(5, "Prometheus", source, &[("query", quoted(query))]);
    }

    fn threshold(&mut self, query: &str, source: &str) {
        self.line(3, "thresholdMetric:");
        self.metric_source(4, "Prometheus", source, &[("query", quoted(query))]);
    }

    /// For other tools as queries that count; for us the histogram and its boundary beside them.
    fn native(&mut self, histogram: &Selector, threshold: f64, source: &str) {
        let rate = format!("sum(rate({histogram}[5m]))");
        let queries = [
            ("good:", format!("histogram_fraction(-Inf, {threshold}, {rate}) * histogram_count({rate})")),
            ("total:", format!("histogram_count({rate})")),
        ];
        self.line(3, "ratioMetric:");
        self.line(4, "counter: false");
        for (key, query) in queries {
            let own = [("query", quoted(&query)), (HISTOGRAM, quoted(&histogram.to_string())), ("threshold", threshold.to_string())];
            self.line(4, key);
            self.metric_source(5, "Prometheus", source, &own);
        }
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
        if is_label(source) {
            self.text(depth + 1, "metricSourceRef", source);
        }
        self.line(depth + 1, &format!("type: {kind}"));
        self.line(depth + 1, "spec:");
        for (key, value) in spec {
            self.line(depth + 2, &format!("{key}: {value}"));
        }
    }

    fn window(&mut self, window: Window) {
        self.line(1, "timeWindow:");
        self.line(2, &format!("- duration: {window}"));
        match window.calendar() {
            None => self.line(2, "  isRolling: true"),
            Some(calendar) => {
                self.line(2, "  isRolling: false");
                self.line(2, "  calendar:");
                self.text(4, "startTime", &calendar.start.format("%Y-%m-%d %H:%M:%S").to_string());
                self.text(4, "timeZone", calendar.zone.name());
            }
        }
    }

    fn objective(&mut self, slo: &Slo) {
        let (word, slice) = match slo.method {
            Method::Occurrences => ("Occurrences", None),
            Method::Timeslices { minutes, target } => ("Timeslices", Some((minutes, Some(target.ppb())))),
            Method::RatioTimeslices { minutes } => ("RatioTimeslices", Some((minutes, None))),
        };
        self.line(1, &format!("budgetingMethod: {word}"));
        self.line(1, "objectives:");
        self.line(2, &format!("- target: {}", ratio_text(slo.objective.ppb())));
        if let Some((op, bound)) = comparison(&slo.indicator) {
            self.line(2, &format!("  op: {}", op.word()));
            self.line(2, &format!("  value: {bound}"));
        }
        if let Some((minutes, target)) = slice {
            if let Some(target) = target {
                self.line(2, &format!("  timeSliceTarget: {}", ratio_text(target)));
            }
            self.line(2, &format!("  timeSliceWindow: {}", lookback_text(minutes)));
        }
    }

    /// One policy for each look-back of each rule.
    fn policies(&mut self, name: &str, rules: &[Rule]) {
        if rules.is_empty() {
            return;
        }
        self.line(1, "alertPolicies:");
        for (i, rule) in rules.iter().enumerate() {
            let lone = rule.long == rule.short;
            let looks = if lone { vec![rule.long] } else { vec![rule.long, rule.short] };
            for look in looks {
                let (severity, over) = (rule.severity.word(), lookback_text(look));
                let ending = format!("{severity}-{}-{over}", i + 1);
                let room = LONGEST_NAME - ending.len() - 1;
                let called = format!("{}-{ending}", name.chars().take(room).collect::<String>().trim_end_matches('-'));
                let meant = if lone { String::new() } else { format!("; meant together with the other look-back of {}", rule.text()) };
                self.policy(&called, severity, &over, rule.factor(), &format!("Burns faster than {} over {over}{meant}.", rule.factor()));
            }
        }
    }

    fn policy(&mut self, name: &str, severity: &str, over: &str, factor: f64, description: &str) {
        self.line(2, "- kind: AlertPolicy");
        self.line(2, "  metadata:");
        self.text(4, "name", name);
        self.line(2, "  spec:");
        self.text(4, "description", description);
        self.line(4, "alertWhenBreaching: true");
        self.line(4, "conditions:");
        self.line(5, "- kind: AlertCondition");
        self.line(5, "  metadata:");
        self.text(7, "name", name);
        self.line(5, "  spec:");
        self.text(7, "severity", severity);
        self.line(7, "condition:");
        self.line(8, "kind: burnrate");
        self.line(8, "op: gt");
        self.line(8, &format!("threshold: {factor}"));
        self.line(8, &format!("lookbackWindow: {over}"));
        self.line(8, "alertAfter: 0m");
        self.line(4, "notificationTargets:");
        self.line(5, "- kind: AlertNotificationTarget");
        self.line(5, "  metadata:");
        self.text(7, "name", "on-call");
        self.line(5, "  spec:");
        self.text(7, "target", "desktop");
    }
}

/// How a good value compares, where the objective says so.
fn comparison(indicator: &Indicator) -> Option<(Op, f64)> {
    match indicator {
        Indicator::Gauge { .. } => Some((Op::Gte, 1.0)),
        Indicator::Threshold { op, bound, .. } | Indicator::PromQl { measure: Measure::Threshold { op, bound, .. } } => Some((*op, *bound)),
        _ => None,
    }
}

fn bucket(buckets: &Selector, threshold: f64) -> Selector {
    buckets.without("le").with("le", Comparison::Equal, &threshold.to_string())
}

/// `999000000` of a billion as `0.999`.
fn ratio_text(ppb: u64) -> String {
    let digits = format!("{:09}", ppb % WHOLE);
    let fraction = digits.trim_end_matches('0');
    if fraction.is_empty() { (ppb / WHOLE).to_string() } else { format!("{}.{fraction}", ppb / WHOLE) }
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
