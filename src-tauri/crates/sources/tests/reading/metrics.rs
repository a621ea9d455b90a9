//! A metrics server in memory: raw ranges, last values and counts over series that the test made up.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use firewatch_domain::selector::Selector;
use serde_json::json;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate, matchers};

/// Labels and samples (unix milliseconds, value as text).
pub type Series = (BTreeMap<String, String>, Vec<(i64, String)>);

/// The server's content.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Series.
    pub series: Mutex<Vec<Series>>,
    /// Samples later than this are not there yet, in unix milliseconds.
    pub present: AtomicI64,
    /// Queries that were asked, as (query, time).
    pub asked: Mutex<Vec<(String, String)>>,
    /// Queries that contain this text are refused.
    pub poison: Mutex<Option<String>>,
    /// The answer says that parts are missing.
    pub warning: Mutex<Option<String>>,
}

/// Labels from a selector-like text.
pub fn labels(text: &str) -> BTreeMap<String, String> {
    let selector = Selector::parse(text).unwrap();
    let name = selector.metric.iter().map(|m| ("__name__".to_owned(), m.clone()));
    name.chain(selector.matchers.iter().map(|m| (m.label.clone(), m.value.clone()))).collect()
}

/// A series from a selector-like text and (seconds, value) pairs.
pub fn series(text: &str, samples: &[(i64, f64)]) -> Series {
    (labels(text), samples.iter().map(|(s, v)| (s * 1000, v.to_string())).collect())
}

impl Metrics {
    /// A server over these series.
    pub async fn serve(series: Vec<Series>) -> (Arc<Self>, MockServer) {
        let metrics = Arc::new(Self { series: Mutex::new(series), present: AtomicI64::new(i64::MAX), ..Self::default() });
        let server = MockServer::start().await;
        Mock::given(matchers::any()).respond_with(Shared(Arc::clone(&metrics))).mount(&server).await;
        (metrics, server)
    }

    fn answer(&self, query: &str, time_ms: i64) -> Result<String, String> {
        if self.poison.lock().unwrap().as_deref().is_some_and(|poison| query.contains(poison)) {
            return Err("parse error: this one is poisoned".to_owned());
        }
        if query == "vector(1)" {
            return Ok("{\"metric\":{},\"value\":[0,\"1\"]}".to_owned());
        }
        if let Some(inner) = query.strip_prefix("last_over_time(").and_then(|q| q.strip_suffix(')')) {
            return Ok(self.range(inner, time_ms, true));
        }
        if let Some(rest) = query.strip_prefix("count by (") {
            let (by, selector) = rest.split_once(") (").unwrap();
            return Ok(self.count(&by.split(',').collect::<Vec<_>>(), selector.trim_end_matches(')')));
        }
        if let Some(selector) = query.strip_prefix("count(").and_then(|q| q.strip_suffix(')')) {
            return Ok(self.count(&[], selector));
        }
        Ok(self.range(query, time_ms, false))
    }

    fn range(&self, query: &str, time_ms: i64, last: bool) -> String {
        let (selector, reach) = query.rsplit_once('[').unwrap();
        let seconds: i64 = reach.trim_end_matches("s]").parse().unwrap();
        let matcher = Selector::parse(selector).unwrap().matcher().unwrap();
        let end = time_ms.min(self.present.load(Ordering::SeqCst));
        let mut out = String::new();
        for (labels, samples) in self.series.lock().unwrap().iter().filter(|(labels, _)| matcher.picks(labels)) {
            // Closed on both ends, as in version 2.
            let inside: Vec<&(i64, String)> = samples.iter().filter(|(ms, _)| *ms >= time_ms - seconds * 1000 && *ms <= end).collect();
            let Some(newest) = inside.last() else { continue };
            let comma = if out.is_empty() { "" } else { "," };
            let metric = serde_json::to_string(labels).unwrap();
            let pair = |(ms, v): &(i64, String)| format!("[{}.{:03},\"{v}\"]", ms / 1000, ms % 1000);
            if last {
                write!(out, "{comma}{{\"metric\":{metric},\"value\":[{},\"{}\"]}}", time_ms / 1000, newest.1).unwrap();
            } else {
                let values: Vec<String> = inside.iter().map(|s| pair(s)).collect();
                write!(out, "{comma}{{\"metric\":{metric},\"values\":[{}]}}", values.join(",")).unwrap();
            }
        }
        out
    }

    fn count(&self, by: &[&str], selector: &str) -> String {
        let matcher = Selector::parse(selector).unwrap().matcher().unwrap();
        let mut counts: BTreeMap<BTreeMap<&str, String>, u64> = BTreeMap::new();
        for (labels, _) in self.series.lock().unwrap().iter().filter(|(labels, _)| matcher.picks(labels)) {
            let key = by.iter().filter_map(|l| labels.get(*l).map(|v| (*l, v.clone()))).collect();
            *counts.entry(key).or_default() += 1;
        }
        let rows: Vec<String> = counts.iter().map(|(k, n)| json!({"metric": k, "value": [0, n.to_string()]}).to_string()).collect();
        rows.join(",")
    }
}

struct Shared(Arc<Metrics>);

impl Respond for Shared {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        self.0.respond(request)
    }
}

impl Respond for Metrics {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let form: BTreeMap<String, String> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let query = form.get("query").cloned().unwrap_or_default();
        let time = form.get("time").cloned().unwrap_or_default();
        let time_ms = (time.parse::<f64>().unwrap_or(0.0) * 1000.0).round() as i64;
        self.asked.lock().unwrap().push((query.clone(), time));
        match self.answer(&query, time_ms) {
            Ok(rows) => {
                let warning = self.warning.lock().unwrap().clone().map_or_else(String::new, |w| format!(",\"warnings\":[{}]", json!(w)));
                let body = format!("{{\"status\":\"success\"{warning},\"data\":{{\"resultType\":\"matrix\",\"result\":[{rows}]}}}}");
                // The times are made up, so the server tells none of its own.
                ResponseTemplate::new(200).insert_header("date", "none").set_body_raw(body, "application/json")
            }
            Err(text) => ResponseTemplate::new(400).set_body_json(json!({"status": "error", "errorType": "bad_data", "error": text})),
        }
    }
}
