//! Every published figure of the conformance folder's vectors, reckoned by the engine. A case that asks for something this test
//! does not know fails it, and so does one that is missing.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use firewatch_domain::alerting::{Rule, Severity};
use firewatch_domain::evaluation::{Standing, Tally, evaluate, time_to_exhaustion};
use firewatch_domain::method::{EmptySlices, Method, Observed, Ratio};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::objective::Objective;
use firewatch_domain::promise::Promise;
use firewatch_domain::window::Window;
use firewatch_tests::{Result, parts};
use serde_json::{Map, Value};

const CASES: usize = 45;
/// Where the evaluations stand: far enough for every window.
const AT: i64 = 1_000_000;
/// Events a minute where a case names only ratios: every ratio of the cases is whole in them.
const TRAFFIC: u64 = 10_000_000;

#[test]
fn every_vector_is_reckoned() -> Result {
    let beside = parts::checkout().join("../shared");
    let shared = std::env::var_os("FIREWATCH_SHARED").map_or(beside, PathBuf::from);
    let file = shared.join("conformance/slo/vectors/public_vectors.json");
    if !file.exists() {
        ensure!(std::env::var("CI").as_deref() != Ok("true"), "{} is not there", file.display());
        eprintln!("SKIP: {} is not there", file.display());
        return Ok(());
    }
    let document: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let cases = document["cases"].as_array().context("cases")?;
    let ids: BTreeSet<&str> = cases.iter().filter_map(|case| case["id"].as_str()).collect();
    ensure!(cases.len() >= CASES && ids.len() == cases.len(), "{} cases with {} ids", cases.len(), ids.len());
    for case in cases {
        let id = case["id"].as_str().context("id")?;
        let known = Case::read(case["input"].as_object().context("input")?).with_context(|| id.to_owned())?;
        let expected = case["expect"].as_object().context("expect")?;
        ensure!(!expected.is_empty(), "{id} expects nothing");
        for (what, expected) in expected {
            let found = known.figure(what).with_context(|| format!("{id}: {what}"))?;
            ensure!(same(&found, expected), "{id}: {what} is {found}, {expected} is published");
        }
    }
    Ok(())
}

/// Booleans, words and whole numbers exactly, figures within a ten-thousandth: they are printed rounded.
fn same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() <= 1e-4 * b.abs().max(1e-9)
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (a, b) => a == b,
    }
}

/// A case's input.
#[derive(Debug, Default)]
struct Case {
    objective: Option<f64>,
    window: Option<Window>,
    error_ratio: Option<f64>,
    budget_remaining: Option<f64>,
    duration_s: Option<f64>,
    look_back_s: Option<f64>,
    long: Vec<String>,
    short: Option<String>,
    factor: Option<f64>,
    burn_rate: Option<f64>,
    budget_share: Vec<f64>,
    good: Option<u64>,
    bad: Option<u64>,
    total: Option<u64>,
    requests_per_hour: Option<u64>,
    min_valid_events: u64,
    slice: Option<String>,
    attack: Option<f64>,
    normal: Option<f64>,
    target: Option<f64>,
}

impl Case {
    fn read(input: &Map<String, Value>) -> Result<Self> {
        let mut case = Self::default();
        for (key, value) in input {
            let number = value.as_f64();
            let text = value.as_str().map(str::to_owned);
            match key.as_str() {
                "objective" => case.objective = number,
                "window" | "slo_window" => case.window = Some(Window::parse(&text.context("window")?)?),
                "error_ratio" => case.error_ratio = number,
                "budget_remaining" => case.budget_remaining = number,
                "duration_s" => case.duration_s = number,
                "alert_window_s" => case.look_back_s = number,
                "long" => {
                    case.long = value.as_array().map_or_else(
                        || text.into_iter().collect(),
                        |all| all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
                    );
                }
                "short" => case.short = text,
                "factor" => case.factor = number,
                "burn_rate" => case.burn_rate = number,
                "budget_share" => {
                    case.budget_share =
                        value.as_array().map_or_else(|| number.into_iter().collect(), |all| all.iter().filter_map(Value::as_f64).collect());
                }
                "good" => case.good = value.as_u64(),
                "bad" => case.bad = value.as_u64(),
                "total" => case.total = value.as_u64(),
                "requests_per_hour" => case.requests_per_hour = value.as_u64(),
                "min_valid_events" => case.min_valid_events = value.as_u64().context("a count")?,
                "slice" => case.slice = text,
                "attack_ratio" => case.attack = number,
                "normal_ratio" => case.normal = number,
                "timeslice_target_below" => case.target = number,
                other => bail!("nobody knows the input `{other}`"),
            }
        }
        Ok(case)
    }

    fn figure(&self, what: &str) -> Result<Value> {
        Ok(match what {
            "burn_rate" | "max_burn_rate" => {
                self.steady(if what == "burn_rate" { self.error_ratio.context("ratio")? } else { 1.0 })?.burn[&60].into()
            }
            "time_to_exhaustion_s" => self.exhaustion_s()?.into(),
            "time_to_exhaustion_h" => self.exhaustion_s()?.map(|s| s / 3600.0).into(),
            "factor" => self.rules()?[0].factor().into(),
            "factors" => self.rules()?.iter().map(Rule::factor).collect(),
            "severity" => self.rules()?[0].severity.word().into(),
            "error_ratio_threshold_at_99_9" => self.rules()?[0].threshold(Objective::from_percent("99.9")?).into(),
            "alert_window_h" => {
                // The long look-back after which the share is spent at the factor.
                let minutes = self.budget_share[0] * self.window()?.minutes() as f64 / self.factor.context("factor")?;
                let rule = Rule::spending((self.budget_share[0] * 1000.0) as u64, Severity::Page, (minutes as i64, 1), self.window()?);
                ensure!((rule.factor() - self.factor.unwrap_or(0.0)).abs() < 1e-9, "{rule:?}");
                (rule.long as f64 / 60.0).into()
            }
            "detect_s" | "page_starts_s" | "long_crosses_s" => self.own(false)?.fires_after_s(self.objective()?, self.ratio()?, 0.0).into(),
            "short_crosses_s" => self.own(true)?.fires_after_s(self.objective()?, self.ratio()?, 0.0).into(),
            "reset_s" | "page_clears_after_end_s" => self.own(false)?.clears_after_s(self.objective()?, self.ratio()?, 0.0).into(),
            "long_clears_after_end_s" => {
                let rule = self.own(false)?;
                Rule { short: rule.long, ..rule }.clears_after_s(self.objective()?, self.ratio()?, 0.0).into()
            }
            "budget_consumed" => self.consumed()?.into(),
            "hourly_error_ratio" => self.hour()?.sli().map(|sli| 1.0 - sli).into(),
            "burn_rate_1h" => self.hour()?.burn(self.objective()?).into(),
            "allowed_bad_30d" => self.month()?.allowed(self.objective()?).map(f64::floor).into(),
            "fires_14_4x_1h" => Rule::workbook(self.window()?)[0].reachable(self.objective()?).into(),
            "alert_36x_1h_fires" => {
                let rule = Rule::spending(50, Severity::Page, (60, 5), self.window()?);
                let objective = Objective::from_percent("99.9")?;
                let bad = (self.burn_rate.context("burn")? * objective.budget_ppb() as f64) as u64;
                rule.exceeded(bad, 1_000_000_000, objective).into()
            }
            "page" | "ticket" => self.steady(self.ratio()?)?.rules.iter().any(|r| r.rule.severity.word() == what && r.firing).into(),
            "sli" => self.counted().sli().into(),
            "valid" => (self.counted().total > 0 && !self.judged()?.rules[0].too_few).into(),
            "alert" => self.judged()?.rules[0].firing.into(),
            "slices" => self.under_attack(0)?.tally.total.into(),
            "budget_slices" => self.under_attack(0)?.tally.allowed(self.objective()?).into(),
            "bad_slices_to_exhaust" => {
                (1..=self.window()?.minutes()).find(|minutes| self.under_attack(*minutes).is_ok_and(|s| s.exhausted)).into()
            }
            "minutes_to_exhaust" => {
                let whole = (1..=self.window()?.minutes())
                    .find(|minutes| self.under_attack(*minutes).is_ok_and(|s| s.exhausted))
                    .context("never")?;
                let (before, after) = (self.under_attack(whole - 1)?.consumed, self.under_attack(whole)?.consumed);
                let (before, after) = (before.context("consumed")?, after.context("consumed")?);
                ((whole - 1) as f64 + (1.0 - before) / (after - before)).into()
            }
            other => bail!("nobody knows how to reckon `{other}`"),
        })
    }

    fn objective(&self) -> Result<Objective> {
        Ok(Objective::from_ratio(&format!("{}", self.objective.context("an objective")?))?)
    }

    fn window(&self) -> Result<Window> {
        self.window.context("a window")
    }

    fn ratio(&self) -> Result<f64> {
        self.error_ratio.context("an error ratio")
    }

    fn exhaustion_s(&self) -> Result<Option<f64>> {
        let burn = match self.burn_rate {
            Some(burn) => Some(burn),
            None => self.steady(self.ratio()?)?.burn[&60],
        };
        Ok(time_to_exhaustion(Some(1.0 - self.budget_remaining.unwrap_or(1.0)), burn, self.window()?.minutes()))
    }

    /// The rules of the named look-backs and shares; the Workbook's own where they are in it.
    fn rules(&self) -> Result<Vec<Rule>> {
        let window = self.window()?;
        let rules = self.long.iter().zip(&self.budget_share).map(|(long, share)| {
            let long = minutes(long)?;
            let short = self.short.as_deref().map_or(Ok(long), minutes)?;
            let named = Rule::spending((share * 1000.0).round() as u64, Severity::Page, (long, short), window);
            let workbook = Rule::workbook(window).into_iter().find(|r| r.long == long && (r.factor() - named.factor()).abs() < 1e-12);
            Ok(workbook.unwrap_or(named))
        });
        rules.collect()
    }

    /// The rule with the case's factor; with the short look-back alone when asked.
    fn own(&self, short: bool) -> Result<Rule> {
        let long = match (self.long.first(), self.look_back_s) {
            (Some(long), _) => minutes(long)?,
            (None, Some(seconds)) => seconds as i64 / 60,
            (None, None) => bail!("no look-back"),
        };
        let back = self.short.as_deref().map_or(Ok(long), minutes)?;
        let factor_num = (self.factor.context("a factor")? * 10.0).round() as u64;
        Ok(Rule { severity: Severity::Page, long: if short { back } else { long }, short: back, factor_num, factor_den: 10 })
    }

    /// A constant error ratio for longer than any window.
    fn steady(&self, ratio: f64) -> Result<Standing> {
        let promise = Promise::plain(self.objective()?, self.window()?);
        let bad = (ratio * TRAFFIC as f64).round() as u64;
        Ok(evaluate(&promise, Minute(AT), Some(Minute(0)), &[], |span| {
            events(span.len() as u64 * (TRAFFIC - bad), span.len() as u64 * TRAFFIC, span)
        }))
    }

    /// An error ratio for a while, good before it; or one bad request in an hour of so many.
    fn consumed(&self) -> Result<Option<f64>> {
        let (promise, window) = (Promise::plain(self.objective()?, self.window()?), self.window()?);
        if self.requests_per_hour.is_some() {
            return Ok(self.month()?.burn(self.objective()?));
        }
        let minutes = (self.duration_s.context("a duration")? / 60.0) as i64;
        let bad = (self.ratio()? * TRAFFIC as f64).round() as u64;
        let incident = Span::ending(Minute(AT), minutes);
        let standing = evaluate(&promise, Minute(AT), Some(Minute(0)), &[], |span| {
            let total = span.len() as u64 * TRAFFIC;
            events(total - span.overlap(incident).len() as u64 * bad, total, span)
        });
        ensure!(standing.window.len() == window.minutes());
        Ok(standing.consumed)
    }

    fn hour(&self) -> Result<Tally> {
        let (bad, total) = (self.bad.context("bad")?, self.requests_per_hour.context("requests")?);
        Ok(events(total - bad, total, Span::ending(Minute(AT), 60)))
    }

    fn month(&self) -> Result<Tally> {
        let window = self.window()?;
        let total = self.requests_per_hour.context("requests")? * window.minutes() as u64 / 60;
        Ok(events(total - self.bad.context("bad")?, total, Span::ending(Minute(AT), window.minutes())))
    }

    /// Good and all; a side without data counts as none.
    fn counted(&self) -> Tally {
        let bad = self.bad.unwrap_or(0);
        let total = self.total.unwrap_or(self.good.unwrap_or(0) + bad);
        let good = self.good.unwrap_or(total - bad);
        events(good, total, Span::ending(Minute(AT), 60))
    }

    /// The counts against an ordinary promise.
    fn judged(&self) -> Result<Standing> {
        let plain = Promise::plain(Objective::from_percent("99")?, Window::parse("30d")?);
        let promise = Promise { minimum_events: self.min_valid_events, ..plain };
        let counted = self.counted();
        Ok(evaluate(&promise, Minute(AT), Some(Minute(0)), &[], |span| Tally { observed: span.len(), ..counted }))
    }

    /// The last minutes at the attack's ratio, all before them as usual, under a slice method.
    fn under_attack(&self, minutes_long: i64) -> Result<Standing> {
        let slice = minutes(self.slice.as_deref().context("a slice")?)?;
        let method = match self.target {
            Some(target) => Method::Timeslices { minutes: slice, target: Ratio::parse(&target.to_string())? },
            None => Method::RatioTimeslices { minutes: slice },
        };
        let method = if self.attack.is_none() { Method::Timeslices { minutes: slice, target: Ratio::parse("0.99")? } } else { method };
        let promise = Promise { method, ..Promise::plain(self.objective()?, self.window()?) };
        let (attack, normal) = (self.attack.unwrap_or(0.0), self.normal.unwrap_or(1.0));
        let worth = |ratio: f64| {
            let good = (ratio * TRAFFIC as f64).round() as u64;
            method.judge(EmptySlices::LeaveOut, Observed { good, total: TRAFFIC, minutes: slice, expected: slice }).unwrap_or_default()
        };
        let (bad_one, good_one) = (worth(attack), worth(normal));
        let incident = Span::ending(Minute(AT), minutes_long);
        Ok(evaluate(&promise, Minute(AT), Some(Minute(0)), &[], |span| {
            let hit = span.overlap(incident).len() as u64;
            let rest = span.len() as u64 - hit;
            let (good, total) = (hit * bad_one.0 + rest * good_one.0, hit * bad_one.1 + rest * good_one.1);
            Tally { good, total, events: span.len() as u64 * TRAFFIC, observed: span.len(), estimated: false }
        }))
    }
}

fn events(good: u64, total: u64, span: Span) -> Tally {
    Tally { good, total, events: total, observed: span.len(), estimated: false }
}

fn minutes(text: &str) -> Result<i64> {
    firewatch_domain::window::parse_minutes(text).with_context(|| format!("`{text}` is no duration"))
}
