//! Indicators as typed: a kind and its fields by name.

use firewatch_domain::indicator::{Counts, Datadog, Indicator, Measure, Op};
use firewatch_domain::promql::PromQl;
use firewatch_domain::selector::Selector;
use firewatch_domain::source::check_address;
use firewatch_domain::words;

use super::Faults;
use crate::view::IndicatorForm;

/// The indicator that was typed; everything that is wrong with it is noted.
pub(super) fn indicator_of(form: &IndicatorForm, faults: &mut Faults) -> Option<Indicator> {
    let mut desk = Desk { form, faults };
    match form.kind.as_str() {
        "ratio" => {
            let (counts, part, total) = (desk.counts(), desk.selector("part"), desk.selector("total"));
            Some(Indicator::Ratio { counts: counts?, part: part?, total: total? })
        }
        "halves" => {
            let (good, bad) = (desk.selector("good"), desk.selector("bad"));
            Some(Indicator::Halves { good: good?, bad: bad? })
        }
        "latency" => {
            let (buckets, total, threshold) = (desk.selector("buckets"), desk.selector("total"), desk.number("threshold", true));
            Some(Indicator::Latency { buckets: buckets?, total: total?, threshold: threshold? })
        }
        "gauge" => Some(Indicator::Gauge { up: desk.selector("up")? }),
        "threshold" => {
            let (gauge, op, bound) = (desk.selector("gauge"), desk.op(), desk.number("bound", false));
            Some(Indicator::Threshold { gauge: gauge?, op: op?, bound: bound? })
        }
        "raw_ratio" => {
            let (counts, ratio) = (desk.counts(), desk.selector("ratio"));
            Some(Indicator::RawRatio { counts: counts?, ratio: ratio? })
        }
        "native" => {
            let (histogram, threshold) = (desk.selector("histogram"), desk.number("threshold", true));
            Some(Indicator::Native { histogram: histogram?, threshold: threshold? })
        }
        "promql_counts" => {
            let (counts, part, total) = (desk.counts(), desk.promql("part"), desk.promql("total"));
            Some(Indicator::PromQl { measure: Measure::Counts { counts: counts?, part: part?, total: total? } })
        }
        "promql_ratio" => {
            let (counts, ratio) = (desk.counts(), desk.promql("ratio"));
            Some(Indicator::PromQl { measure: Measure::Ratio { counts: counts?, ratio: ratio? } })
        }
        "promql_threshold" => {
            let (value, op, bound) = (desk.promql("value"), desk.op(), desk.number("bound", false));
            Some(Indicator::PromQl { measure: Measure::Threshold { value: value?, op: op?, bound: bound? } })
        }
        "datadog_counts" => {
            let (counts, part, total) = (desk.counts(), desk.count_query("part"), desk.count_query("total"));
            Some(Indicator::Datadog { asks: Datadog::Counts { counts: counts?, part: part?, total: total? } })
        }
        "datadog_slo" => Some(Indicator::Datadog { asks: Datadog::Slo { id: desk.word("id")? } }),
        "drill" => {
            let key = desk.word("key");
            let threshold = if desk.text("threshold").is_empty() { Some(None) } else { desk.number("threshold", true).map(Some) };
            Some(Indicator::Drill { key: key?, threshold: threshold? })
        }
        "probe" => {
            let (url, under_ms) = (desk.url("url"), desk.whole("under_ms", 1..=60_000));
            let interval_s = desk.whole("interval_s", 1..=3600);
            Some(Indicator::Probe { url: url?, under_ms: under_ms?, interval_s: interval_s? })
        }
        "" => {
            faults.add("indicator.kind", "choose how good and all events are counted");
            None
        }
        other => {
            faults.add("indicator.kind", format!("`{}` is no kind of indicator that can be typed here", words::plain(other, 40)));
            None
        }
    }
}

/// The indicator as it would have been typed.
pub(super) fn form_of(indicator: &Indicator) -> IndicatorForm {
    let (kind, fields): (&str, Vec<(&str, String)>) = match indicator {
        Indicator::Ratio { counts, part, total } => {
            ("ratio", vec![("counts", counts_word(*counts)), ("part", part.to_string()), ("total", total.to_string())])
        }
        Indicator::Halves { good, bad } => ("halves", vec![("good", good.to_string()), ("bad", bad.to_string())]),
        Indicator::Latency { buckets, total, threshold } => {
            ("latency", vec![("buckets", buckets.to_string()), ("total", total.to_string()), ("threshold", threshold.to_string())])
        }
        Indicator::Gauge { up } => ("gauge", vec![("up", up.to_string())]),
        Indicator::Threshold { gauge, op, bound } => {
            ("threshold", vec![("gauge", gauge.to_string()), ("op", op.word().to_owned()), ("bound", bound.to_string())])
        }
        Indicator::RawRatio { counts, ratio } => ("raw_ratio", vec![("counts", counts_word(*counts)), ("ratio", ratio.to_string())]),
        Indicator::Native { histogram, threshold } => {
            ("native", vec![("histogram", histogram.to_string()), ("threshold", threshold.to_string())])
        }
        Indicator::PromQl { measure } => measured(measure),
        Indicator::Datadog { asks: Datadog::Counts { counts, part, total } } => {
            ("datadog_counts", vec![("counts", counts_word(*counts)), ("part", part.clone()), ("total", total.clone())])
        }
        Indicator::Datadog { asks: Datadog::Slo { id } } => ("datadog_slo", vec![("id", id.clone())]),
        Indicator::Probe { url, under_ms, interval_s } => {
            ("probe", vec![("url", url.clone()), ("under_ms", under_ms.to_string()), ("interval_s", interval_s.to_string())])
        }
        Indicator::Drill { key, threshold } => {
            ("drill", vec![("key", key.clone()), ("threshold", threshold.map_or_else(String::new, |t| t.to_string()))])
        }
    };
    IndicatorForm { kind: kind.to_owned(), fields: fields.into_iter().map(|(name, text)| (name.to_owned(), text)).collect() }
}

fn measured(measure: &Measure) -> (&'static str, Vec<(&'static str, String)>) {
    let text = |query: &PromQl| query.as_str().to_owned();
    match measure {
        Measure::Counts { counts, part, total } => {
            ("promql_counts", vec![("counts", counts_word(*counts)), ("part", text(part)), ("total", text(total))])
        }
        Measure::Ratio { counts, ratio } => ("promql_ratio", vec![("counts", counts_word(*counts)), ("ratio", text(ratio))]),
        Measure::Threshold { value, op, bound } => {
            ("promql_threshold", vec![("value", text(value)), ("op", op.word().to_owned()), ("bound", bound.to_string())])
        }
    }
}

fn counts_word(counts: Counts) -> String {
    match counts {
        Counts::Good => "good",
        Counts::Bad => "bad",
    }
    .to_owned()
}

/// Reads fields, noting what is wrong with each.
struct Desk<'a> {
    form: &'a IndicatorForm,
    faults: &'a mut Faults,
}

impl Desk<'_> {
    fn text(&self, name: &str) -> &str {
        self.form.fields.get(name).map_or("", |text| text.trim())
    }

    fn selector(&mut self, name: &str) -> Option<Selector> {
        let text = self.text(name).to_owned();
        let field = format!("indicator.{name}");
        if text.is_empty() {
            self.faults.add(field, "name the metric, with conditions on its labels where needed: http_requests_total{job=\"api\"}");
            return None;
        }
        self.faults.take(&field, Selector::parse(&text))
    }

    fn number(&mut self, name: &str, positive: bool) -> Option<f64> {
        let number = self.text(name).parse::<f64>().ok().filter(|n| n.is_finite() && (*n > 0.0 || !positive));
        if number.is_none() {
            let which = if positive { "a number above 0" } else { "a number" };
            self.faults.add(format!("indicator.{name}"), format!("write {which}, such as 0.5"));
        }
        number
    }

    fn whole(&mut self, name: &str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let text = self.text(name).to_owned();
        self.faults.whole(&format!("indicator.{name}"), &text, bounds, None)
    }

    fn url(&mut self, name: &str) -> Option<String> {
        let text = self.text(name).to_owned();
        self.faults.take(&format!("indicator.{name}"), check_address(&text, false, true)).map(|url| url.to_string())
    }

    fn promql(&mut self, name: &str) -> Option<PromQl> {
        let text = self.text(name).to_owned();
        self.faults.take(&format!("indicator.{name}"), PromQl::parse(&text))
    }

    fn count_query(&mut self, name: &str) -> Option<String> {
        let text = self.text(name).to_owned();
        let counts = Datadog::counts_events(&text);
        if !counts {
            self.faults.add(format!("indicator.{name}"), "write a query that counts events: sum:requests{env:prod}.as_count()");
        }
        counts.then_some(text)
    }

    /// An id or key of someone else's.
    fn word(&mut self, name: &str) -> Option<String> {
        let text = self.text(name).to_owned();
        let holds = !text.is_empty() && text.len() <= 200 && text.chars().all(|c| c.is_ascii_graphic());
        if !holds {
            self.faults.add(format!("indicator.{name}"), "write it without blanks, as it is called there");
        }
        holds.then_some(text)
    }

    fn op(&mut self) -> Option<Op> {
        let op = Op::parse(self.text("op"));
        if op.is_none() {
            self.faults.add("indicator.op", "say how a good value compares: lt, lte, gt or gte");
        }
        op
    }

    fn counts(&mut self) -> Option<Counts> {
        match self.text("counts") {
            "good" => Some(Counts::Good),
            "bad" => Some(Counts::Bad),
            _ => {
                self.faults.add("indicator.counts", "say whether good or bad events are counted");
                None
            }
        }
    }
}
