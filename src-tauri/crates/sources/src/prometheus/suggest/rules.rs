//! SLOs that Sloth or Pyrra already wrote as recording rules.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use firewatch_domain::objective::Objective;
use firewatch_domain::window::Window;
use regex::Regex;
use serde::Deserialize;

use super::expression::indicator;
use super::{Idea, WINDOW};
use crate::exchange::Setback;
use crate::prometheus::inquiry::Inquiry;
use crate::prometheus::wire::open;

static LEFT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\(1 ?- ?(0?\.[0-9]+)\)").ok());
static INCREASE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r":increase([0-9]+[hdw])$").ok());

#[derive(Deserialize)]
struct Groups {
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    rules: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    #[serde(default)]
    name: String,
    #[serde(default)]
    query: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// One idea per SLO whose selectors can be read out of its rules.
pub(super) async fn ideas(inquiry: &Inquiry<'_>) -> Result<Vec<Idea>, Setback> {
    // Proxies and long-term stores often have no rules; that is no reason to propose nothing.
    let Ok(body) = inquiry.get("api/v1/rules").await else { return Ok(Vec::new()) };
    let Ok(told) = open::<Groups>(inquiry.exchange.place(), &body) else { return Ok(Vec::new()) };
    let rules: Vec<Rule> = told.data.groups.into_iter().flat_map(|g| g.rules).collect();
    Ok(sloth(&rules).into_iter().chain(pyrra(&rules)).collect())
}

fn sloth(rules: &[Rule]) -> Vec<Idea> {
    let number = |record: &str, id: &str| {
        let rule = rules.iter().find(|r| r.name == record && r.labels.get("sloth_id").is_some_and(|v| v == id))?;
        Some(rule.query.trim().strip_prefix("vector(")?.strip_suffix(')')?.trim().to_owned())
    };
    let errors = rules.iter().filter(|r| r.name == "slo:sli_error:ratio_rate5m");
    let idea = |rule: &Rule| {
        let id = rule.labels.get("sloth_id")?;
        let slo = rule.labels.get("sloth_slo").unwrap_or(id);
        let service = rule.labels.get("sloth_service").unwrap_or(id);
        let days = number("slo:time_period:days", id).map(|days| format!("{days}d")).filter(|text| Window::parse(text).is_ok());
        Some(Idea {
            key: format!("sloth:{id}"),
            name: id.clone(),
            title: format!("{service}: {}", slo.replace(['-', '_'], " ")),
            service: service.clone(),
            origin: "sloth rules",
            indicator: indicator(&rule.query)?,
            objective: number("slo:objective:ratio", id).and_then(|ratio| percent(&ratio)).unwrap_or_else(|| "99.9".to_owned()),
            window: days.unwrap_or_else(|| WINDOW.to_owned()),
            recent: None,
        })
    };
    errors.filter_map(idea).collect()
}

fn pyrra(rules: &[Rule]) -> Vec<Idea> {
    let mut ideas: BTreeMap<&str, Idea> = BTreeMap::new();
    for rule in rules.iter().filter(|r| r.name.contains(":burnrate")) {
        let Some(slo) = rule.labels.get("slo") else { continue };
        if ideas.contains_key(slo.as_str()) {
            continue;
        }
        let Some(indicator) = indicator(&rule.query) else { continue };
        let of_slo = || rules.iter().filter(|r| r.labels.get("slo") == Some(slo));
        let objective = of_slo().find_map(|r| percent(LEFT.as_ref()?.captures(&r.query)?.get(1)?.as_str()));
        let window = of_slo().find_map(|r| Some(INCREASE.as_ref()?.captures(&r.name)?.get(1)?.as_str().to_owned()));
        let service = rule.labels.get("job").or_else(|| rule.labels.get("service")).unwrap_or(slo).clone();
        let idea = Idea {
            key: format!("pyrra:{slo}"),
            name: slo.clone(),
            title: slo.replace(['-', '_'], " "),
            service,
            origin: "pyrra rules",
            indicator,
            objective: objective.unwrap_or_else(|| "99".to_owned()),
            window: window.filter(|text| Window::parse(text).is_ok()).unwrap_or_else(|| WINDOW.to_owned()),
            recent: None,
        };
        ideas.insert(slo, idea);
    }
    ideas.into_values().collect()
}

/// `0.999` as `99.9`.
fn percent(ratio: &str) -> Option<String> {
    let ratio = if ratio.starts_with('.') { format!("0{ratio}") } else { ratio.to_owned() };
    let objective = Objective::from_ratio(&ratio).ok()?;
    Some(objective.to_string().trim_end_matches([' ', '%']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str, query: &str, labels: &[(&str, &str)]) -> Rule {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Rule { name: name.to_owned(), query: query.to_owned(), labels }
    }

    #[test]
    fn reads_what_sloth_wrote() {
        let id: [(&str, &str); 3] = [("sloth_id", "shop-availability"), ("sloth_service", "shop"), ("sloth_slo", "availability")];
        let errors =
            "(sum(rate(http_requests_total{code=~\"5..\",job=\"shop\"}[5m]))) / (sum(rate(http_requests_total{job=\"shop\"}[5m])))";
        let rules = [
            rule("slo:sli_error:ratio_rate5m", errors, &id),
            rule("slo:objective:ratio", "vector(0.9990000000)", &id),
            rule("slo:time_period:days", "vector(28)", &id),
        ];
        let ideas = sloth(&rules);
        assert_eq!(ideas.len(), 1);
        assert_eq!((ideas[0].objective.as_str(), ideas[0].window.as_str(), ideas[0].service.as_str()), ("99.9", "28d", "shop"));
    }

    #[test]
    fn reads_what_pyrra_wrote() {
        let labels = [("slo", "api-errors"), ("job", "api")];
        let rate = "sum(rate(http_requests_total{code=~\"5..\",job=\"api\"}[5m])) / sum(rate(http_requests_total{job=\"api\"}[5m]))";
        let rules = [
            rule("http_requests:burnrate5m", rate, &labels),
            rule("http_requests:increase2w", "sum by (code) (increase(http_requests_total[2w]))", &labels),
            rule("ErrorBudgetBurn", "http_requests:burnrate5m{slo=\"api-errors\"} > (14 * (1 - 0.995))", &labels),
        ];
        let ideas = pyrra(&rules);
        assert_eq!(ideas.len(), 1);
        assert_eq!((ideas[0].objective.as_str(), ideas[0].window.as_str()), ("99.5", "2w"));
    }
}
