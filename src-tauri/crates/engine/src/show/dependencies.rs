//! What a journey or an SLO depends on, and which of it burned first.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use firewatch_domain::dependencies::Reached;
use firewatch_domain::minute::Minute;
use firewatch_domain::slo::Slo;
use firewatch_domain::state::{Burn, State, Word};
use firewatch_domain::words;
use firewatch_store::Tx;

use crate::view::{DependencyRow, DependencyView};
use crate::{Engine, EngineError};

/// An SLO and how it stands.
type Standing = (Arc<Slo>, State);

impl Engine {
    /// What an SLO, else a journey, depends on.
    pub fn dependencies(&self, journey_key: &str, slo: Option<&str>) -> Result<DependencyView, EngineError> {
        self.read(|tx| {
            let all = self.standings(tx)?;
            let graph = self.graph(tx)?;
            let subject: Vec<&Standing> = match slo {
                Some(id) => all.iter().filter(|(s, _)| s.id == id || s.name == id).collect(),
                None => all.iter().filter(|(s, _)| s.journey_key() == journey_key).collect(),
            };
            let Some((first, _)) = subject.first() else {
                return Ok(DependencyView { of: Vec::new(), burn_since: None, first: None, rows: Vec::new() });
            };
            let environment = first.environment.clone();
            let roots = roots(&subject, |service, other| graph.of(service).any(|needed| needed == other));
            let of_roots = subject.iter().filter(|(s, _)| roots.contains(&s.service.as_str()));
            let since = of_roots.filter_map(|(_, state)| burn_since(state)).min();
            let described: BTreeMap<String, (String, bool)> =
                tx.services()?.into_iter().map(|s| (s.name, (s.title, s.third_party))).collect();
            let counts = tx.alert_counts()?;
            let alerts = |id: &str| counts.iter().filter(|((_, slo), _)| slo == id).map(|(_, count)| count.firing).sum::<u32>();
            let row = |reached: Reached| {
                let own = || all.iter().filter(|(s, _)| s.service == reached.service && s.environment == environment);
                let worst = own().max_by_key(|(s, state)| (gravity(state), Reverse(s.name.clone())));
                let burns = own().filter_map(|(_, state)| burn_since(state)).min();
                let (title, third_party) = described.get(&reached.service).cloned().unwrap_or_default();
                DependencyRow {
                    title: words::plain(if title.is_empty() { &reached.service } else { &title }, 120),
                    third_party,
                    depth: reached.depth,
                    via: reached.via.filter(|_| reached.depth > 1),
                    state: worst.map(|(_, state)| state.word().text().to_owned()),
                    slo_id: worst.map(|(s, _)| s.id.clone()),
                    burn_since: burns.map(|m| m.start_s() as f64),
                    earlier_s: burns.zip(since).map(|(burns, since)| (since.start_s() - burns.start_s()) as f64),
                    alerts: own().map(|(s, _)| alerts(&s.id)).sum(),
                    service: reached.service,
                }
            };
            let mut rows: Vec<DependencyRow> =
                graph.reach(roots.iter().copied()).into_iter().filter(|reached| reached.depth > 0).map(row).collect();
            rows.sort_by(|a, b| burned_first(a).partial_cmp(&burned_first(b)).unwrap_or(std::cmp::Ordering::Equal));
            let first = first_to_burn(&rows, since.is_some());
            Ok(DependencyView {
                of: roots.into_iter().map(str::to_owned).collect(),
                burn_since: since.map(|m| m.start_s() as f64),
                first,
                rows,
            })
        })
    }

    /// Every SLO with its state as it is to be shown now.
    fn standings(&self, tx: &Tx<'_>) -> Result<Vec<Standing>, EngineError> {
        let mut book = self.book();
        let pages = book.pages(tx, Minute::containing(self.now()))?.values();
        pages.map(|page| Ok((Arc::clone(&page.slo), self.shown_state(tx, page)?))).collect()
    }
}

/// Services of the subject that no other of them needs; all of them where they need each other in a circle.
fn roots<'a>(subject: &[&'a Standing], needs: impl Fn(&str, &str) -> bool) -> Vec<&'a str> {
    let mut services: Vec<&str> = subject.iter().map(|(slo, _)| slo.service.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    let top: Vec<&str> = services.iter().copied().filter(|service| !services.iter().any(|other| needs(other, service))).collect();
    if top.is_empty() { services } else { top }
}

fn burn_since(state: &State) -> Option<Minute> {
    (state.burn != Burn::None).then_some(state.burn_since)
}

fn gravity(state: &State) -> u8 {
    match state.word() {
        Word::Exhausted => 3,
        Word::Burning => 2,
        Word::Blind => 1,
        Word::Calm => 0,
    }
}

/// What burns by the time it began; then what is exhausted, cannot be seen, is watched by nobody, is calm; near before far.
fn burned_first(row: &DependencyRow) -> (u8, f64, u32, &str) {
    let class = match (row.burn_since, row.state.as_deref()) {
        (Some(_), _) => 0,
        (None, Some("exhausted")) => 1,
        (None, Some("blind")) => 2,
        (None, None) => 3,
        (None, Some(_)) => 4,
    };
    (class, row.burn_since.unwrap_or(0.0), row.depth, &row.service)
}

fn first_to_burn(rows: &[DependencyRow], subject_burns: bool) -> Option<String> {
    let first = rows.iter().find(|row| row.burn_since.is_some())?;
    Some(match first.earlier_s {
        Some(s) if s > 0.0 => format!("{} started burning {} earlier", first.title, words::duration(s)),
        Some(s) if s < 0.0 => format!("{} started burning {} later", first.title, words::duration(-s)),
        Some(_) => format!("{} started burning in the same minute", first.title),
        None if subject_burns => return None,
        None => format!("{} burns, and what depends on it does not yet", first.title),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(service: &str, state: Option<&str>, burn_since: Option<f64>, earlier_s: Option<f64>) -> DependencyRow {
        DependencyRow {
            service: service.to_owned(),
            title: service.to_owned(),
            third_party: false,
            depth: 1,
            via: None,
            state: state.map(str::to_owned),
            slo_id: None,
            burn_since,
            earlier_s,
            alerts: 0,
        }
    }

    #[test]
    fn who_burned_first_stands_first_and_the_unseen_before_the_calm() {
        let mut rows = vec![
            row("calm", Some("calm"), None, None),
            row("unwatched", None, None, None),
            row("late", Some("burning"), Some(400.0), Some(-60.0)),
            row("blind", Some("blind"), None, None),
            row("stripe", Some("exhausted"), Some(100.0), Some(240.0)),
            row("spent", Some("exhausted"), None, None),
        ];
        rows.sort_by(|a, b| burned_first(a).partial_cmp(&burned_first(b)).unwrap());
        assert_eq!(rows.iter().map(|r| r.service.as_str()).collect::<Vec<_>>(), ["stripe", "late", "spent", "blind", "unwatched", "calm"]);
        assert_eq!(first_to_burn(&rows, true).as_deref(), Some("stripe started burning 4 min earlier"));
        assert_eq!(first_to_burn(&rows[1..], true).as_deref(), Some("late started burning 1 min later"));
        assert_eq!(first_to_burn(&rows[2..], true), None);
    }
}
