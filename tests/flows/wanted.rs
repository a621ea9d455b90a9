//! What the flows want watched, as documents a person would write.

/// An OpenSLO v1 document of a ratio: `part` is `good` or `bad`.
pub fn ratio(name: &str, journey: &str, part: &str, queries: [&str; 2], target: &str, window: &str) -> String {
    let [of_part, of_total] = queries;
    format!(
        "apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}
  annotations: {{firewatch.dev/journey: {journey}}}
spec:
  service: {journey}
  budgetingMethod: Occurrences
  timeWindow: [{{duration: {window}, isRolling: true}}]
  objectives: [{{target: {target}}}]
  indicator:
    metadata: {{name: {name}}}
    spec:
      ratioMetric:
        counter: true
        {part}: {{metricSource: {{type: Prometheus, spec: {{query: '{of_part}'}}}}}}
        total: {{metricSource: {{type: Prometheus, spec: {{query: '{of_total}'}}}}}}
"
    )
}

/// Failing requests of a job against all of them; its journey is called like the SLO.
pub fn availability(name: &str, job: &str, target: &str, window: &str) -> String {
    let bad = format!("http_requests_total{{job=\"{job}\",code=~\"5..\"}}");
    let all = format!("http_requests_total{{job=\"{job}\"}}");
    ratio(name, name, "bad", [&bad, &all], target, window)
}
