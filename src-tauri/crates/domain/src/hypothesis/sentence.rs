//! Reading a hypothesis word by word. What is no word of ours names the SLO.

use std::collections::BTreeMap;

use super::{Aim, Hypothesis, HypothesisError, Measure};
use crate::words::plain;

/// Longest sentence, in characters.
const LONGEST: usize = 300;
/// Most environments.
const MOST_ENVIRONMENTS: usize = 8;
/// The greatest factor that means something.
const GREATEST: f64 = 1e6;

/// Words that say that something gets better, or nothing at all.
const VERBS: [&str; 16] = [
    "improve", "improves", "improved", "better", "faster", "quicker", "fewer", "less", "lower", "fall", "falls", "drop", "drops", "shrink",
    "shrinks", "speeds",
];
const FILLERS: [&str; 21] = [
    "by", "at", "least", "is", "are", "be", "gets", "get", "becomes", "become", "will", "should", "to", "the", "of", "than", "before",
    "and", "stays", "goes", "up",
];
const LIMITS: [&str; 6] = ["under", "below", "<", "≤", "<=", "most"];

pub(super) fn read(text: &str) -> Result<Hypothesis, HypothesisError> {
    if text.chars().count() > LONGEST {
        return Err(error(format!("a hypothesis has at most {LONGEST} characters; say it shorter, such as SLO improves 10x")));
    }
    let tokens = tokens(text);
    let mut read = Read::default();
    let mut i = 0;
    while i < tokens.len() {
        i += read.take(&tokens[i..])?;
    }
    read.whole(text)
}

/// What was understood so far.
#[derive(Default)]
struct Read {
    name: Vec<String>,
    environments: Vec<String>,
    percent: Option<f64>,
    measure: Option<Measure>,
    factor: Option<f64>,
    limit: Option<(f64, Unit)>,
    verb: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Share,
    Seconds,
}

impl Read {
    /// Understands the next words; how many there were.
    fn take(&mut self, rest: &[String]) -> Result<usize, HypothesisError> {
        let (word, next) = (rest[0].to_lowercase(), rest.get(1));
        if LIMITS.contains(&word.as_str()) {
            let limit = next.ok_or_else(|| error(format!("`{word}` what? Write a limit, such as under 500ms or under 0.5%")))?;
            let read = quantity(limit).ok_or_else(|| {
                error(format!("`{}` is no limit; write a duration such as 500ms, or a share such as 0.5%", plain(limit, 40)))
            })?;
            if read.1 == Unit::Share && read.0 >= 1.0 {
                return Err(error(format!("`{}` of all events is no limit; use less than 100 %", plain(limit, 40))));
            }
            if self.limit.replace(read).is_some() {
                return Err(error("there are two limits; state one hypothesis, and another follow-up for the other".to_owned()));
            }
            return Ok(2);
        }
        if let Some(factor) = factor(&word)? {
            self.aim(factor)?;
            return Ok(1);
        }
        if self.verb
            && let Some((share, Unit::Share)) = quantity(&word)
        {
            if share >= 1.0 {
                return Err(error(format!("nothing improves by {word}; use less than 100 %, or a factor such as 10x")));
            }
            self.aim(1.0 / (1.0 - share))?;
            return Ok(1);
        }
        if let Some((_, unit)) = quantity(&word) {
            let sort = if unit == Unit::Share { "errors under" } else { "p95 under" };
            return Err(error(format!("what about {word}? Write {sort} {word}, or by how much it improves, as 10x")));
        }
        match word.as_str() {
            "," | "" | "slo" => {}
            "on" | "in" => return self.take_environments(&rest[1..]).map(|count| count + 1),
            "then" if !self.name.is_empty() => {
                let before = self.name.pop();
                let after = next.filter(|next| is_environment(next)).cloned();
                let both: Option<Vec<String>> = before.zip(after).map(|(before, after)| vec![before, after]);
                self.environments.extend(both.ok_or_else(|| error("then where? Write on staging then production".to_owned()))?);
                return Ok(2);
            }
            "then" => {
                let after = next.filter(|next| is_environment(next)).cloned();
                self.environments.push(after.ok_or_else(|| error("then where? Write on staging then production".to_owned()))?);
                return Ok(2);
            }
            "errors" | "error" | "failures" => self.measure(Measure::Errors)?,
            "ratio" | "rate" if self.measure == Some(Measure::Errors) => {}
            "latency" | "faster" | "quicker" | "speeds" => {
                self.measure(Measure::Quantile { percent: None })?;
                self.verb |= word != "latency";
            }
            "median" => self.percentile(50.0)?,
            verb if VERBS.contains(&verb) => self.verb = true,
            // A title may have them inside.
            filler if FILLERS.contains(&filler) && (self.verb || self.name.is_empty()) => {}
            other => match other.strip_prefix('p').and_then(|percent| percent.parse::<f64>().ok()) {
                Some(percent) => self.percentile(percent)?,
                None if self.verb && other.parse::<f64>().is_ok() => {
                    return Err(error(format!(
                        "`{other}` says too little; write {other}x for so many times better, or {other}% for a share"
                    )));
                }
                None => self.name.push(rest[0].clone()),
            },
        }
        Ok(1)
    }

    /// Environments, until a word is none.
    fn take_environments(&mut self, rest: &[String]) -> Result<usize, HypothesisError> {
        let mut count = 0;
        for token in rest {
            let word = token.to_lowercase();
            if !matches!(word.as_str(), "then" | "," | "and" | "first") {
                if !is_environment(token) {
                    break;
                }
                self.environments.push(token.clone());
            }
            count += 1;
        }
        if self.environments.is_empty() {
            return Err(error("on which environment? Write on staging then production".to_owned()));
        }
        Ok(count)
    }

    fn aim(&mut self, factor: f64) -> Result<(), HypothesisError> {
        if self.factor.replace(factor).is_some() {
            return Err(error("there are two factors; state one hypothesis, and another follow-up for the other".to_owned()));
        }
        Ok(())
    }

    fn percentile(&mut self, percent: f64) -> Result<(), HypothesisError> {
        if !(percent > 0.0 && percent < 100.0) {
            return Err(error(format!("there is no p{percent}; use more than 0 and less than 100, such as p95")));
        }
        self.percent = Some(percent);
        self.measure(Measure::Quantile { percent: None })
    }

    fn measure(&mut self, measure: Measure) -> Result<(), HypothesisError> {
        if self.measure.replace(measure).is_some_and(|before| before != measure) {
            return Err(error("errors or latency? State one of them, such as errors improve 10x, or p95 improves 10x".to_owned()));
        }
        Ok(())
    }

    fn whole(mut self, text: &str) -> Result<Hypothesis, HypothesisError> {
        while self.name.last().is_some_and(|word| FILLERS.contains(&word.to_lowercase().as_str())) {
            self.name.pop();
        }
        let aim = match (self.factor, self.limit) {
            (Some(_), Some(_)) => return Err(error("a factor or a limit? State one of them, such as 10x or under 500ms".to_owned())),
            (Some(factor), None) => Aim::Factor(factor),
            (None, Some((limit, _))) => Aim::Threshold { limit },
            (None, None) if self.verb => Aim::Factor(1.0),
            (None, None) => {
                let said = if text.trim().is_empty() { "it is empty".to_owned() } else { format!("`{}` claims nothing", plain(text, 80)) };
                return Err(error(format!("{said}; write what gets better and by how much: SLO improves 10x, or SLO p95 under 500ms")));
            }
        };
        let limit = self.limit.map(|(_, unit)| unit);
        let measure = match (self.measure, limit) {
            (Some(Measure::Errors), Some(Unit::Seconds)) => {
                return Err(error("a share of errors is no duration; write errors under 0.5%, or p95 under 500ms".to_owned()));
            }
            (Some(Measure::Quantile { .. }), Some(Unit::Share)) => {
                return Err(error("a latency is no share; write p95 under 500ms, or errors under 0.5%".to_owned()));
            }
            (Some(Measure::Quantile { .. }), _) | (None, Some(Unit::Seconds)) => Measure::Quantile { percent: self.percent },
            (Some(Measure::Errors) | None, _) => Measure::Errors,
        };
        let mut environments: Vec<String> = Vec::new();
        for environment in self.environments {
            if environments.contains(&environment) {
                return Err(error(format!("{} is named twice", plain(&environment, 40))));
            }
            environments.push(environment);
        }
        if environments.len() > MOST_ENVIRONMENTS {
            return Err(error(format!("more than {MOST_ENVIRONMENTS} environments cannot be followed; name fewer")));
        }
        let slo = plain(&self.name.join(" "), 200);
        Ok(Hypothesis { slo, environments, measure, aim, shipped: BTreeMap::new() })
    }
}

/// Words, with numbers and their units as one, and signs apart.
fn tokens(text: &str) -> Vec<String> {
    let apart = text.replace("->", " then ").replace('→', " then ").replace('≤', " ≤ ").replace("<=", " ≤ ");
    let apart = apart.replace('<', " < ").replace([',', ';'], " , ").replace(": ", " , ");
    let mut tokens: Vec<String> = Vec::new();
    for word in apart.split_whitespace() {
        let is_unit =
            matches!(word.to_lowercase().as_str(), "x" | "×" | "times" | "fold" | "-fold" | "%" | "percent" | "ms" | "s" | "us" | "µs");
        match tokens.last_mut() {
            Some(number) if is_unit && number.parse::<f64>().is_ok() => number.push_str(match word {
                "percent" => "%",
                "times" | "fold" | "-fold" => "x",
                word => word,
            }),
            _ => tokens.push(word.to_owned()),
        }
    }
    tokens
}

/// `10x`, `10.2×`, `3-fold`.
fn factor(word: &str) -> Result<Option<f64>, HypothesisError> {
    let number = ["x", "×", "-fold", "fold"].iter().find_map(|unit| word.strip_suffix(unit));
    let Some(factor) = number.and_then(|number| number.parse::<f64>().ok()) else { return Ok(None) };
    if factor > 1.0 && factor <= GREATEST {
        return Ok(Some(factor));
    }
    Err(error(format!("`{word}` is no improvement; write more than 1 and at most a million times, such as 10x")))
}

/// `0.5%`, `500ms`, `1.5s`.
fn quantity(word: &str) -> Option<(f64, Unit)> {
    let units = [("%", 0.01, Unit::Share), ("us", 1e-6, Unit::Seconds), ("µs", 1e-6, Unit::Seconds), ("ms", 1e-3, Unit::Seconds)];
    let units = units.into_iter().chain([("s", 1.0, Unit::Seconds), ("min", 60.0, Unit::Seconds)]);
    units.into_iter().find_map(|(unit, scale, sort)| {
        let value = word.to_lowercase().strip_suffix(unit)?.parse::<f64>().ok()? * scale;
        (value > 0.0 && value.is_finite()).then_some((value, sort))
    })
}

fn is_environment(word: &str) -> bool {
    let lower = word.to_lowercase();
    let ours = VERBS.contains(&lower.as_str()) || FILLERS.contains(&lower.as_str()) || LIMITS.contains(&lower.as_str());
    let letter = lower.chars().next().is_some_and(char::is_alphabetic);
    letter
        && !ours
        && lower.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && factor(&lower).is_ok_and(|f| f.is_none())
}

fn error(message: String) -> HypothesisError {
    HypothesisError(message)
}
