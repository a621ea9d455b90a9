//! What is to be tried, read from what people type.

use firewatch_domain::alerting::{Rule, trim_number};
use firewatch_domain::indicator::same_bound;
use firewatch_domain::method::{EmptySlices, Method, Ratio};
use firewatch_domain::objective::Objective;
use firewatch_domain::slo::Slo;
use firewatch_domain::window::{Window, lookback_text, parse_minutes};
use firewatch_domain::words;

use crate::EngineError;
use crate::view::ChangeForm;

/// Where calendar periods are reckoned from unless the definition says otherwise: a first of January that was a Monday.
const ANCHOR: &str = "2024-01-01 00:00:00";
/// Rules at once.
const MOST_RULES: usize = 16;

/// Changes to a definition.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// Another objective.
    pub objective: Option<Objective>,
    /// Another latency boundary, in seconds.
    pub under_s: Option<f64>,
    /// Another window.
    pub window: Option<Window>,
    /// Another budgeting method.
    pub method: Option<Method>,
    /// Another reading of time slices without traffic.
    pub empty: Option<EmptySlices>,
    /// Other rules.
    pub rules: Option<Vec<Rule>>,
}

impl Change {
    /// From what was typed. `zone`: whose calendar a calendar window follows.
    pub fn parse(form: &ChangeForm, zone: &str) -> Result<Self, EngineError> {
        let typed = |text: &Option<String>| text.as_ref().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
        if form.rules.len() > MOST_RULES {
            return Err(EngineError::Invalid(format!("{} rules are more than {MOST_RULES}; try fewer at once", form.rules.len())));
        }
        let rules = form.rules.iter().map(|text| Rule::parse(text).map_err(|e| EngineError::Invalid(e.to_string())));
        let rules: Vec<Rule> = rules.collect::<Result<_, _>>()?;
        Ok(Self {
            objective: typed(&form.objective).map(|text| Objective::from_percent(&text)).transpose()?,
            under_s: typed(&form.under).map(|text| seconds(&text)).transpose()?,
            window: typed(&form.window).map(|text| window(&text, zone)).transpose()?,
            method: typed(&form.method).map(|text| method(&text)).transpose()?,
            empty: typed(&form.empty).map(|text| empty(&text)).transpose()?,
            rules: (!rules.is_empty()).then_some(rules),
        })
    }

    /// The definition with these changes. `bounds`: the latency boundaries its history holds, in its own unit; none where
    /// only good and total are known.
    pub fn applied(&self, slo: &Slo, bounds: Option<&[f64]>) -> Result<Slo, EngineError> {
        let mut tried = slo.clone();
        tried.objective = self.objective.unwrap_or(slo.objective);
        tried.window = self.window.unwrap_or(slo.window);
        tried.method = self.method.unwrap_or(slo.method);
        tried.empty = self.empty.unwrap_or(slo.empty);
        if let Some(rules) = &self.rules {
            tried.alerting.rules = Some(rules.clone());
            rules.iter().try_for_each(|rule| fits(rule, &tried))?;
        }
        if let Some(under_s) = self.under_s {
            tried.indicator = slo.indicator.clone().with_threshold(boundary(under_s, bounds)?);
        }
        Ok(tried)
    }
}

fn fits(rule: &Rule, slo: &Slo) -> Result<(), EngineError> {
    if rule.long > slo.window.minutes() {
        let (long, window) = (lookback_text(rule.long), slo.window);
        return Err(EngineError::Invalid(format!(
            "the look-back {long} of `{}` is longer than the window {window}; choose a shorter one",
            rule.written()
        )));
    }
    if rule.reachable(slo.objective) {
        return Ok(());
    }
    let (factor, budget) = (rule.factor(), 1.0 - slo.objective.ratio());
    let (needed, most) = (trim_number(factor * budget * 100.0), trim_number(1.0 / budget));
    Err(EngineError::Invalid(format!(
        "`{}` can never fire: {}× of a budget of {} needs more than {needed} % errors, and a burn rate at {} never exceeds {most}×; choose a smaller factor",
        rule.written(),
        trim_number(factor),
        words::percent(budget),
        slo.objective
    )))
}

/// A boundary that is kept, by its seconds; histograms in milliseconds are understood.
fn boundary(under_s: f64, bounds: Option<&[f64]>) -> Result<f64, EngineError> {
    let Some(bounds) = bounds else {
        let why = "another latency boundary needs the counts per boundary, and only good and total are known here";
        return Err(EngineError::Invalid(format!("{why}; leave `under` as it is, or replay an SLO on a histogram")));
    };
    let found = [under_s, under_s * 1000.0].into_iter().find_map(|wanted| bounds.iter().find(|bound| same_bound(**bound, wanted)));
    found.copied().ok_or_else(|| {
        let kept: Vec<String> = bounds.iter().map(|b| trim_number(*b)).collect();
        EngineError::Invalid(format!("no counts are kept for a boundary of {under_s} s; choose one of {}", kept.join(", ")))
    })
}

/// `500ms`, `1s`, `2m`, in seconds.
pub fn seconds(text: &str) -> Result<f64, EngineError> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let parsed = units.iter().find_map(|(unit, factor)| Some(text.trim().strip_suffix(unit)?.trim().parse::<f64>().ok()? * factor));
    parsed
        .filter(|s| s.is_finite() && *s > 0.0)
        .ok_or_else(|| EngineError::Invalid(format!("`{}` is not a duration; write it as 500ms or 1s", words::plain(text, 40))))
}

fn window(text: &str, zone: &str) -> Result<Window, EngineError> {
    match (Window::parse(text), text.chars().last()) {
        (Ok(window), _) => Ok(window),
        (Err(_), Some('M' | 'Q' | 'Y')) => Ok(Window::parse_calendar(text, ANCHOR, zone)?),
        (Err(error), _) => Err(error.into()),
    }
}

fn method(text: &str) -> Result<Method, EngineError> {
    let unreadable = || {
        let cure = "write occurrences, timeslices:5m:95 (length and target in per cent) or ratio_timeslices:5m";
        EngineError::Invalid(format!("`{}` is no budgeting method; {cure}", words::plain(text, 60)))
    };
    let mut parts = text.split(':').map(str::trim);
    let word = parts.next().unwrap_or_default();
    let minutes = parts.next().map(|m| parse_minutes(m).filter(|m| *m <= 24 * 60).ok_or_else(unreadable)).transpose()?;
    let target = parts.next().map(|t| target(t).ok_or_else(unreadable)).transpose()?;
    match (word, minutes, target, parts.next()) {
        ("occurrences", None, None, None) => Ok(Method::Occurrences),
        ("timeslices", Some(minutes), Some(target), None) => Ok(Method::Timeslices { minutes, target }),
        ("ratio_timeslices", Some(minutes), None, None) => Ok(Method::RatioTimeslices { minutes }),
        _ => Err(unreadable()),
    }
}

/// A target in per cent, up to 100.
fn target(text: &str) -> Option<Ratio> {
    if text == "100" {
        return Ratio::parse("1").ok();
    }
    Ratio::from_ppb(Objective::from_percent(text).ok()?.ppb()).ok()
}

fn empty(text: &str) -> Result<EmptySlices, EngineError> {
    [EmptySlices::LeaveOut, EmptySlices::Good, EmptySlices::Bad].into_iter().find(|e| e.word() == text).ok_or_else(|| {
        EngineError::Invalid(format!("`{}` says nothing about empty slices; write leave_out, good or bad", words::plain(text, 40)))
    })
}
