//! Another present than ours: what a server would answer at a moment of a prepared history, and without the series of one job.

use chrono::DateTime;
use serde_json::Value;

/// When it is there, and what is gone there.
#[derive(Debug, Clone, Default)]
pub(super) struct Present {
    /// Unix seconds; ours where none was set.
    pub(super) now_s: Option<i64>,
    /// The job whose series are gone.
    pub(super) hidden_job: Option<String>,
}

impl Present {
    /// Nothing of it differs from here.
    pub(super) fn is_ours(&self) -> bool {
        self.now_s.is_none() && self.hidden_job.is_none()
    }

    /// Takes out of an answer what is not there.
    pub(super) fn clip(&self, document: &mut Value) {
        let Some(series) = document.pointer_mut("/data/result").and_then(Value::as_array_mut) else { return };
        if let Some(job) = self.hidden_job.as_deref() {
            series.retain(|one| one["metric"]["job"] != job);
        }
        let Some(now_s) = self.now_s else { return };
        for values in series.iter_mut().filter_map(|one| one.get_mut("values")?.as_array_mut()) {
            values.retain(|pair| pair[0].as_f64().is_some_and(|at| at <= now_s as f64));
        }
        series.retain(|one| one.get("values").and_then(Value::as_array).is_none_or(|values| !values.is_empty()));
    }
}

/// A moment as the `Date` header writes it.
pub(super) fn dated(unix_s: i64) -> String {
    DateTime::from_timestamp(unix_s, 0).unwrap_or_default().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
