//! Metric queries of Datadog: that they count, and that they count by the minute.

use firewatch_domain::fault::{Fault, FaultKind};

const COUNT: &str = ".as_count()";
const BY_MINUTE: &str = ".rollup(sum, 60)";
/// The longest query that is sent.
const LONGEST: usize = 4_000;

/// A query with its counts added up by the minute; a fault for one that does not count.
pub(super) fn by_minute(query: &str) -> Result<String, Fault> {
    let query = query.trim();
    let shown: String = query.chars().take(80).collect();
    if query.len() > LONGEST {
        return Err(refused(format!("A query of Datadog is longer than {LONGEST} bytes: {shown}…")));
    }
    if !query.contains(COUNT) {
        let cure = "write it as sum:metric{…}.as_count(), so that it counts events.";
        return Err(refused(format!("`{shown}` gives averages or rates of Datadog, which cannot be added up; {cure}")));
    }
    let mut out = String::with_capacity(query.len() + 2 * BY_MINUTE.len());
    let mut rest = query;
    while let Some(at) = rest.find(COUNT) {
        let (before, after) = rest.split_at(at + COUNT.len());
        out.push_str(before);
        rest = after;
        match rest.strip_prefix(".rollup(") {
            None => out.push_str(BY_MINUTE),
            // Sums of other lengths are read as they are and said to be coarse; anything but a sum is no count.
            Some(own) if own.trim_start().starts_with("sum") => {}
            Some(_) => return Err(refused(format!("`{shown}` rolls counts up by something other than sum; write .rollup(sum, 60)."))),
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn refused(message: String) -> Fault {
    Fault::new(FaultKind::QueryRefused, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_added_up_by_the_minute() {
        for (query, expected) in [
            ("sum:a{*}.as_count()", "sum:a{*}.as_count().rollup(sum, 60)"),
            (" sum:a{x:y} by {host}.as_count() ", "sum:a{x:y} by {host}.as_count().rollup(sum, 60)"),
            ("sum:a{*}.as_count().rollup(sum, 300)", "sum:a{*}.as_count().rollup(sum, 300)"),
            ("sum:a{*}.as_count() - sum:b{*}.as_count()", "sum:a{*}.as_count().rollup(sum, 60) - sum:b{*}.as_count().rollup(sum, 60)"),
            ("default_zero(sum:a{*}.as_count())", "default_zero(sum:a{*}.as_count().rollup(sum, 60))"),
        ] {
            assert_eq!(by_minute(query).unwrap(), expected);
        }
        for query in ["avg:a{*}", "sum:a{*}.as_rate()", "sum:a{*}.as_count().rollup(avg, 60)", "", &"x".repeat(5000)] {
            assert_eq!(by_minute(query).unwrap_err().kind, FaultKind::QueryRefused, "{query}");
        }
    }
}
