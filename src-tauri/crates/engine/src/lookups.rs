//! Names known to a source, for whoever writes a definition: asked once in a while, kept for a few minutes, sorted by what was typed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use firewatch_domain::ports::Lookup;
use firewatch_domain::selector::Selector;
use firewatch_domain::words;

use crate::view::LookupForm;
use crate::{Engine, EngineError};

/// Names offered at once.
const MOST_OFFERED: usize = 50;
/// Answers kept, and for how long.
const MOST_KEPT: usize = 64;
const FRESH: Duration = Duration::from_mins(5);

/// A source's name and what it was asked.
type Asked = (String, Lookup);
/// The steady time of an answer, and the answer.
type Answered = (Duration, Arc<Vec<String>>);

/// What sources told lately.
#[derive(Debug, Default)]
pub(crate) struct Lookups(Mutex<BTreeMap<Asked, Answered>>);

impl Lookups {
    fn find(&self, key: &Asked, now: Duration) -> Option<Arc<Vec<String>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).filter(|(at, _)| now.saturating_sub(*at) < FRESH).map(|(_, names)| Arc::clone(names))
    }

    fn keep(&self, key: Asked, now: Duration, names: Arc<Vec<String>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (at, _)| now.saturating_sub(*at) < FRESH);
        if kept.len() >= MOST_KEPT
            && let Some(oldest) = kept.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| key.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(key, (now, names));
    }

    /// The sources changed: what they said may not hold.
    pub(crate) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Engine {
    /// Names of metrics, labels or values that fit what was typed, the best first.
    pub async fn look_up(self: &Arc<Self>, form: LookupForm) -> Result<Vec<String>, EngineError> {
        let lookup = lookup_of(&form)?;
        let key = (form.source.clone(), lookup.clone());
        let kept = self.lookups.find(&key, self.world.clock.steady());
        let names = if let Some(names) = kept {
            names
        } else {
            let record = self.source_named(&form.source).await?;
            let names = Arc::new(self.adapter(&record.config).await?.look_up(&lookup, self.now()).await?);
            self.lookups.keep(key, self.world.clock.steady(), Arc::clone(&names));
            names
        };
        Ok(fitting(&names, form.typed.trim()))
    }
}

fn lookup_of(form: &LookupForm) -> Result<Lookup, EngineError> {
    let text = form.selector.trim();
    // An unfinished selector narrows nothing yet.
    let selector = Selector::parse(text).unwrap_or(Selector { metric: None, matchers: Vec::new() });
    match form.what.as_str() {
        "metrics" => Ok(Lookup::Metrics),
        "labels" => Ok(Lookup::Labels(selector)),
        "values" if !form.label.trim().is_empty() => Ok(Lookup::Values(selector.without(form.label.trim()), form.label.trim().to_owned())),
        other => Err(EngineError::Invalid(format!("`{}` cannot be looked up; use metrics, labels or values", words::plain(other, 40)))),
    }
}

/// Those that begin as typed before those in which a word does, before those that merely hold all that was typed.
fn fitting(names: &[String], typed: &str) -> Vec<String> {
    let wanted = typed.to_lowercase();
    let parts: Vec<&str> = wanted.split_whitespace().collect();
    let mut found: Vec<(u8, usize, &String)> = Vec::new();
    for name in names {
        let low = name.to_lowercase();
        if !parts.iter().all(|part| low.contains(part)) {
            continue;
        }
        let rank = match parts.first() {
            Some(first) if low.starts_with(first) => 0,
            Some(first) if low.match_indices(first).any(|(at, _)| !low.as_bytes()[at - 1].is_ascii_alphanumeric()) => 1,
            Some(_) => 2,
            None => 0,
        };
        found.push((rank, name.len(), name));
    }
    if wanted.is_empty() {
        return found.into_iter().take(MOST_OFFERED).map(|(_, _, name)| name.clone()).collect();
    }
    found.sort();
    found.into_iter().take(MOST_OFFERED).map(|(_, _, name)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_typed_comes_first_and_words_may_be_left_out() {
        let names =
            ["grpc_server_handled_total", "http_requests_total", "process_requests", "requests_total", "xrequests"].map(str::to_owned);
        assert_eq!(fitting(&names, "requests"), ["requests_total", "process_requests", "http_requests_total", "xrequests"]);
        assert_eq!(fitting(&names, "HTTP tot"), ["http_requests_total"]);
        assert_eq!(fitting(&names, "nothing"), [""; 0]);
        assert_eq!(fitting(&names, "").len(), 5);
        let many: Vec<String> = (0..500).map(|i| format!("metric_{i:03}")).collect();
        assert_eq!(fitting(&many, "metric").len(), MOST_OFFERED);
    }

    #[test]
    fn an_unfinished_selector_narrows_nothing_and_a_label_does_not_narrow_itself() {
        let form = |what: &str, selector: &str, label: &str| LookupForm {
            source: "prom".to_owned(),
            what: what.to_owned(),
            selector: selector.to_owned(),
            label: label.to_owned(),
            typed: String::new(),
        };
        let all = Selector { metric: None, matchers: Vec::new() };
        assert_eq!(lookup_of(&form("labels", "up{jo", "")).unwrap(), Lookup::Labels(all));
        let up = Selector::parse("up{zone=\"a\"}").unwrap();
        assert_eq!(lookup_of(&form("values", "up{zone=\"a\",job=\"x\"}", "job")).unwrap(), Lookup::Values(up, "job".to_owned()));
        assert!(lookup_of(&form("values", "up", "")).is_err() && lookup_of(&form("series", "up", "")).is_err());
    }
}
