//! One SLO opened: every figure with its arithmetic.

use std::collections::BTreeMap;

use firewatch_domain::evaluation::{Standing, pace_lookback};
use firewatch_domain::minute::{MINUTE_S, Minute};
use firewatch_domain::slo::Slo;
use firewatch_domain::window::lookback_text;
use firewatch_domain::words::{self, count, duration, percent};
use url::Url;

use super::forecast::{forecasts, time_budget};
use super::notes::{notes, why_estimated};
use crate::page::Page;
use crate::view::{Arithmetic, BurnRow, IndicatorQuery, Link, SloDetail, SloStatus, TurnRow};
use crate::{Engine, EngineError};
use std::sync::Arc;

const TURNS: u32 = 50;

impl Engine {
    /// One SLO opened.
    pub async fn slo_detail(self: &Arc<Self>, id: &str) -> Result<SloDetail, EngineError> {
        let id = id.to_owned();
        let mut detail = self.blocking(move |engine| engine.detail_of(&id)).await?;
        let record = self.source_named(&detail.status.source).await.ok();
        if let Some(record) = record
            && let Ok(source) = self.adapter(&record.config).await
        {
            for query in &mut detail.queries {
                query.url = source.page(&query.query).filter(|url| link(url).is_some());
            }
        }
        Ok(detail)
    }

    fn detail_of(&self, id: &str) -> Result<SloDetail, EngineError> {
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let slo = tx.find_slo(id)?;
            let said = tx.attention()?.remove(&slo.journey_key()).unwrap_or_default();
            let incident = self.open_incidents(tx)?.into_iter().find(|i| i.concerns(&slo.id));
            let turns = tx.turns(&slo.id, TURNS)?;
            let mut book = self.book();
            let page = book.page(tx, &slo.id, now)?;
            let standing = page.standing(tx)?;
            let mut status = self.status_of(tx, page)?;
            let mut row = Self::row(page, standing.as_ref());
            (row.state, row.reason) = (status.state.clone(), status.reason.clone());
            self.fold_into(tx, std::slice::from_mut(&mut status))?;
            row.alerts = status.folded_alerts.own;
            Ok(SloDetail {
                arithmetic: standing.as_ref().map(|s| arithmetic(&slo, page, s, &status)).unwrap_or_default(),
                forecasts: standing.as_ref().filter(|_| page.history().is_none()).map(|s| forecasts(&slo, s)).unwrap_or_default(),
                time_budget: standing.as_ref().filter(|_| page.history().is_none()).map(|s| time_budget(&slo, s)),
                notes: standing.as_ref().map(|s| notes(&slo, page, s)).unwrap_or_default(),
                read_at: tx.source(&slo.source).ok().and_then(|record| record.health.ok_at_s).map(|s| s as f64),
                burn_table: standing.as_ref().map(|s| burn_table(&slo, s)).unwrap_or_default(),
                queries: slo
                    .indicator
                    .queries()
                    .into_iter()
                    .map(|(role, query)| IndicatorQuery { role: role.to_owned(), query, url: None })
                    .collect(),
                links: links(&slo.annotations),
                turns: turns.into_iter().map(|t| TurnRow { at: t.at.start_s() as f64, text: t.text, state: t.state }).collect(),
                journey_key: slo.journey_key(),
                acknowledged: said.acknowledged_at_s.is_some() && status.state != "calm",
                snoozed_until: said.snoozed_until_s.filter(|until| *until > self.now_s()).map(|s| s as f64),
                incident_id: incident.map(|i| i.id.clone()),
                description: words::plain(&slo.description, 2000),
                row,
                status,
            })
        })
    }
}

fn line(figure: &str, value: String, formula: &str, numbers: String) -> Arithmetic {
    Arithmetic { figure: figure.to_owned(), value, formula: formula.to_owned(), numbers }
}

fn arithmetic(slo: &Slo, page: &Page, standing: &Standing, status: &SloStatus) -> Vec<Arithmetic> {
    let t = &standing.tally;
    let counts = t.counts(slo.unit());
    let (good, bad, total) = (count(counts.good), count(counts.bad), count(counts.total));
    let so_far = duration((standing.window.len() * MINUTE_S) as f64);
    let window = duration((slo.window.period(standing.at).len() * MINUTE_S) as f64);
    let budget = slo.objective.budget_ppb() as f64 / 1e9;
    let mut lines = Vec::new();
    if let Some(sli) = t.sli() {
        lines.push(line("sli", words::sli(sli), "good / total", format!("{good} / {total} in {so_far}")));
    }
    if let (Some(allowed), Some(consumed)) = (status.budget.allowed, status.budget.consumed) {
        let allowed = count(allowed.floor());
        lines.push(line(
            "allowed",
            format!("{allowed} bad"),
            "(1 − objective) × total",
            format!("(1 − {}) × {total}", trimmed(slo.objective.ratio())),
        ));
        lines.push(line(
            "consumed",
            percent(consumed),
            "bad / allowed",
            format!("{bad} bad of {total} in {so_far}; allowed {allowed}; {} spent", percent(consumed)),
        ));
        lines.push(line("remaining", percent(1.0 - consumed), "1 − consumed", format!("1 − {}", trimmed(consumed))));
    }
    let pace = pace_lookback(&page.promise.rules);
    if let Some(rule) = standing.rules.iter().find(|r| r.rule.long == pace)
        && let Some(rate) = rule.long.burn(slo.objective)
    {
        let over = duration((pace * MINUTE_S) as f64);
        let counts = rule.long.counts(slo.unit());
        let numbers = format!("({} bad / {} over {over}) / {}", count(counts.bad), count(counts.total), trimmed(budget));
        lines.push(line("burn_rate", words::burn(rate), "(bad / total over the look-back) / (1 − objective)", numbers));
        // Of a calendar period what is left of the whole of it counts.
        let left = status.budget.projected.as_ref().map(|p| p.remaining).or(status.budget.remaining);
        if let (Some(seconds), Some(remaining)) = (status.time_to_exhaustion_s, left) {
            let numbers =
                format!("{} × {window} / {} (the pace of the last {over}, with traffic as it is)", percent(remaining), words::burn(rate));
            lines.push(line("time_to_exhaustion", duration(seconds), "remaining × window / burn rate", numbers));
        }
    }
    let seen = format!(
        "{} of {} minutes; {} unobserved",
        count(t.observed as f64),
        count(standing.expected() as f64),
        duration(status.unobserved_s)
    );
    lines.push(line("coverage", percent(status.coverage), "observed minutes / minutes of the window", seen));
    if t.estimated {
        lines.push(line("estimated", "yes".to_owned(), "counts are exact only where every sample was read", why_estimated(slo, page)));
    }
    lines
}

/// Up to six significant decimals, without trailing zeros.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn burn_table(slo: &Slo, standing: &Standing) -> Vec<BurnRow> {
    let rows = standing.rules.iter().map(|r| BurnRow {
        severity: r.rule.severity.word().to_owned(),
        long: lookback_text(r.rule.long),
        short: lookback_text(r.rule.short),
        factor: r.rule.factor(),
        long_rate: r.long.burn(slo.objective),
        short_rate: r.short.burn(slo.objective),
        long_bad: r.long.counts(slo.unit()).bad,
        long_total: r.long.counts(slo.unit()).total,
        short_bad: r.short.counts(slo.unit()).bad,
        short_total: r.short.counts(slo.unit()).total,
        coverage: r.coverage,
        firing: r.firing,
        frozen: r.frozen,
        share: r.rule.share(slo.window),
    });
    rows.collect()
}

/// Annotations that are links people follow; only http and https, without credentials.
fn links(annotations: &BTreeMap<String, String>) -> Vec<Link> {
    let found = annotations.iter().filter_map(|(key, value)| Some(Link { label: label(key), url: link(value)? }));
    found.take(20).collect()
}

fn label(key: &str) -> String {
    let last = key.rsplit('/').next().unwrap_or(key);
    words::plain(&last.trim_end_matches("_url").trim_end_matches("-url").replace(['_', '-'], " "), 40)
}

/// The address in full, if it is one that may be opened.
pub(crate) fn link(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let safe =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none() && url.host_str().is_some();
    (safe && text.len() <= 4096 && !text.chars().any(char::is_control)).then(|| url.to_string())
}

impl Engine {
    /// An address that may be handed to the system's browser, or why not.
    pub fn checked_link(text: &str) -> Result<String, EngineError> {
        link(text).ok_or_else(|| {
            EngineError::Invalid(format!(
                "`{}` is not opened: only http and https addresses without credentials are",
                words::plain(text, 80)
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_links() {
        for good in ["https://runbooks.example/x?y=1#z", "http://10.0.0.1:9090/graph"] {
            assert!(link(good).is_some(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "https://u:p@h/",
            "smb://h/x",
            "\\\\h\\x",
            "https://h/\u{0}",
            "vscode://x",
            " ",
            "JaVaScRiPt:alert(1)",
        ] {
            assert!(link(bad).is_none(), "{bad}");
        }
    }
}
