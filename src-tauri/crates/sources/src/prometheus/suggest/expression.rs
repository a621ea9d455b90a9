//! Finding the bare selectors inside the ratio expressions that SLO generators write. What is not understood is not proposed.

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::selector::{Comparison, Selector};

/// An error ratio as an indicator that can be read exactly.
pub(super) fn indicator(expression: &str) -> Option<Indicator> {
    let expression = bare(expression);
    if let Some((one, ratio)) = split(expression, '-').filter(|(one, _)| bare(one) == "1") {
        debug_assert_eq!(bare(one), "1");
        let (good, total) = split(bare(ratio), '/')?;
        return Some(Indicator::Ratio { counts: Counts::Good, part: rate(good)?, total: rate(total)? });
    }
    let (errors, total) = split(expression, '/')?;
    if let Some((all, good)) = split(bare(errors), '-') {
        return difference(all, good, total);
    }
    Some(Indicator::Ratio { counts: Counts::Bad, part: rate(errors)?, total: rate(total)? })
}

/// All less the good ones: of a histogram, a boolean gauge, or two counters.
fn difference(all: &str, good: &str, total: &str) -> Option<Indicator> {
    let ((counted, all), (summed, good)) = (sum(all)?, sum(good)?);
    if counted == "count_over_time" && summed == "sum_over_time" && all == good {
        return Some(Indicator::Gauge { up: all });
    }
    let total = rate(total)?;
    let threshold = good.equal("le").and_then(|le| le.parse::<f64>().ok());
    match threshold {
        Some(threshold) if good.metric.as_deref().is_some_and(|name| name.ends_with("_bucket")) => {
            Some(Indicator::Latency { buckets: good.without("le"), total, threshold })
        }
        Some(_) => None,
        None => Some(Indicator::Ratio { counts: Counts::Good, part: good, total }),
    }
}

/// The selector of `sum(rate(selector[5m]))`.
fn rate(expression: &str) -> Option<Selector> {
    let (function, selector) = sum(expression)?;
    matches!(function, "rate" | "increase" | "irate").then_some(selector)
}

/// Function and selector of a sum over a function of a range.
fn sum(expression: &str) -> Option<(&str, Selector)> {
    let inner = bare(expression).strip_prefix("sum")?.trim_start();
    // `sum by (a) (…)` and `sum(…) by (a)` mean the same here: all of it.
    let inner = match inner.strip_prefix("by").or_else(|| inner.strip_prefix("without")) {
        Some(rest) => after(rest.trim_start())?,
        None => inner,
    };
    let end = closing(inner)?;
    let rest = inner[end + 1..].trim();
    if !(rest.is_empty() || rest.starts_with("by") || rest.starts_with("without")) {
        return None;
    }
    let call = bare(&inner[..=end]);
    let (function, argument) = call.split_once('(')?;
    let (selector, range) = argument.trim().strip_suffix(')')?.rsplit_once('[')?;
    let plain = range.trim_end().strip_suffix(']')?.chars().all(|c| c.is_ascii_alphanumeric());
    let selector = Selector::parse(selector)
        .ok()
        .filter(|s| plain && s.matchers.iter().all(|m| m.comparison != Comparison::Equal || m.label != "__name__"))?;
    Some((function.trim(), selector))
}

/// What follows the parenthesis at the start.
fn after(text: &str) -> Option<&str> {
    closing(text).map(|end| text[end + 1..].trim_start())
}

/// Without surrounding space and parentheses.
fn bare(text: &str) -> &str {
    let text = text.trim();
    match closing(text) {
        Some(end) if end + 1 == text.len() => bare(&text[1..end]),
        _ => text,
    }
}

/// Where the parenthesis at the start closes.
fn closing(text: &str) -> Option<usize> {
    text.starts_with('(').then(|| levels(text).find(|(_, c, depth)| *c == ')' && *depth == 0).map(|(at, ..)| at)).flatten()
}

/// Splits at an operator outside of all brackets and texts.
fn split(text: &str, operator: char) -> Option<(&str, &str)> {
    let at = levels(text).find(|(_, c, depth)| *c == operator && *depth == 0).map(|(at, ..)| at)?;
    Some((&text[..at], &text[at + 1..]))
}

/// Characters outside of quoted texts with their depth; a closing bracket has the depth of its opening one.
fn levels(text: &str) -> impl Iterator<Item = (usize, char, usize)> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    text.char_indices().filter_map(move |(at, c)| {
        if let Some(q) = quote {
            let ends = c == q && !escaped;
            escaped = c == '\\' && !escaped && q != '`';
            if ends {
                quote = None;
            }
            return None;
        }
        match c {
            '"' | '\'' | '`' => {
                quote = Some(c);
                return None;
            }
            '(' | '{' | '[' => {
                depth += 1;
                return Some((at, c, depth - 1));
            }
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        Some((at, c, depth))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(expression: &str) -> Option<Vec<String>> {
        Some(indicator(expression)?.queries().into_iter().map(|(role, query)| format!("{role} {query}")).collect())
    }

    #[test]
    fn finds_selectors_in_what_generators_write() {
        for (expression, expected) in [
            (
                "(sum(rate(e{job=\"a/b-c\",code=~\"(5..|429)\"}[5m])))\n/\n(sum(rate(t{job=\"a/b-c\"}[5m])))",
                vec!["bad e{job=\"a/b-c\",code=~\"(5..|429)\"}", "total t{job=\"a/b-c\"}"],
            ),
            ("sum by (x) (rate(e[5m])) / sum by (x) (rate(t[5m]))", vec!["bad e", "total t"]),
            ("sum(rate(e[5m])) by (x) / sum(increase(t[5m])) by (x)", vec!["bad e", "total t"]),
            ("1 - (sum(rate(g[5m])) / sum(rate(t[5m])))", vec!["good g", "total t"]),
            (
                "(sum(rate(d_count{j=\"a\"}[5m])) - sum(rate(d_bucket{j=\"a\",le=\"0.25\"}[5m]))) / sum(rate(d_count{j=\"a\"}[5m]))",
                vec!["buckets d_bucket{j=\"a\"}", "total d_count{j=\"a\"}"],
            ),
            (
                "(sum(count_over_time(up{j=\"a\"}[3m])) - sum(sum_over_time(up{j=\"a\"}[3m]))) / sum(count_over_time(up{j=\"a\"}[3m]))",
                vec!["up up{j=\"a\"}"],
            ),
        ] {
            assert_eq!(queries(expression), Some(expected.into_iter().map(str::to_owned).collect()), "{expression}");
        }
    }

    #[test]
    fn does_not_guess() {
        for expression in [
            "avg(rate(e[5m])) / sum(rate(t[5m]))",
            "sum(rate(e[5m])) / sum(rate(t[5m])) * 2",
            "sum(rate(e[5m] offset 5m)) / sum(rate(t[5m]))",
            "sum(e) / sum(t)",
            "vector(1)",
            "",
            "((((",
            "sum(rate(e[5m])) or vector(0) / sum(rate(t[5m]))",
        ] {
            assert_eq!(queries(expression), None, "{expression}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[-sumrate(){}\\[\\]/ \"\\\\1é]{0,40}") {
            let _ = indicator(&text);
        }
    }
}
