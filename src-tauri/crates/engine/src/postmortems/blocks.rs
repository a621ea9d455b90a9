//! What live blocks show: the incident as it stands, in the shapes the document keeps.

use chrono::{DateTime, Utc};
use firewatch_casefile::live::{
    ArithmeticLine, ArithmeticShown, ChartMarkShown, ChartShown, FollowUpShown, FollowUpsShown, RoleShown, RolesShown, Shown, TimeShown,
    TimelineRow, TimelineShown, TimesShown,
};
use firewatch_domain::words;

use crate::view::{BlockData, ChartMark, FollowUpRow, IncidentView, LedgerView, ProofRow, SloCharts};
use crate::{Engine, EngineError};

/// Kinds of entries that tell no story of their own.
const SILENT: &[&str] = &[
    "acknowledged",
    "checked",
    "checklist",
    "corrected",
    "effort",
    "evidence",
    "follow_up",
    "impact",
    "postmortem_checked",
    "postmortem_state",
    "reviewer",
    "reviewer_released",
    "role_declined",
    "role_offered",
    "starred",
    "stream_owned",
    "struck",
    "timed",
    "turned",
];
/// Seconds of calm shown before and behind an incident on its charts.
const CALM_S: f64 = 3_600.0;

impl Engine {
    /// What a block of a kind shows now, as the JSON text it would keep; none for a kind that is not known.
    pub fn postmortem_block(&self, id: &str, kind: &str, slo: Option<&str>) -> Result<Option<BlockData>, EngineError> {
        let shown = self.shown_block(id, kind, slo)?;
        Ok(shown.map(|shown| BlockData { kind: kind.to_owned(), slo: slo.map(str::to_owned), data: shown.text() }))
    }

    pub(super) fn shown_block(&self, id: &str, kind: &str, slo: Option<&str>) -> Result<Option<Shown>, EngineError> {
        let incident = self.incident(id)?;
        let about = slo.map(str::to_owned).or_else(|| incident.slos.first().cloned());
        Ok(Some(match kind {
            "timeline" => Shown::Timeline(timeline(&incident)),
            "roles" => Shown::Roles(roles(&incident)),
            "times" => Shown::Times(times(&incident)),
            "followups" => Shown::Followups(FollowUpsShown { rows: incident.followups.iter().map(followup).collect() }),
            "budget" => Shown::Budget(self.chart(&incident, about.as_deref(), |charts| (charts.remaining.clone(), None))),
            "indicator" => Shown::Indicator(self.chart(&incident, about.as_deref(), |charts| (charts.sli.clone(), Some(charts.objective)))),
            "arithmetic" => Shown::Arithmetic(self.arithmetic(&incident, about.as_deref())),
            _ => return Ok(None),
        }))
    }

    fn chart(
        &self,
        incident: &IncidentView,
        slo: Option<&str>,
        column: impl Fn(&SloCharts) -> (Vec<Option<f64>>, Option<f64>),
    ) -> ChartShown {
        let Some(slo) = slo else { return ChartShown::default() };
        let mut shown = ChartShown { slo: slo.to_owned(), title: slo.to_owned(), ..ChartShown::default() };
        let (from, to) = (seconds(incident.times.impact_start.as_deref()), seconds(incident.times.resolved.as_deref()));
        (shown.from, shown.to) = (from, to);
        shown.marks = marks(incident);
        let hours = from.map(|from| ((self.now_s() as f64 - from + CALM_S) / 3_600.0).max(1.0));
        // An SLO that was removed has nothing to draw; the block says which it was.
        let Ok(charts) = self.slo_charts(slo, hours) else { return shown };
        shown.title = self.read(|tx| Ok(tx.find_slo(slo)?.title)).unwrap_or_else(|_| slo.to_owned());
        let (column, objective) = column(&charts);
        shown.objective = objective;
        let end = to.map_or(f64::INFINITY, |to| to + CALM_S.max((to - from.unwrap_or(to)) / 2.0));
        let kept = charts.t.iter().zip(column).filter(|(t, _)| **t <= end);
        (shown.t, shown.y) = kept.map(|(t, y)| (*t, y)).unzip();
        shown
            .marks
            .extend(charts.turns.into_iter().map(|ChartMark { at, text, .. }| ChartMarkShown { at, text: words::plain(&text, 200) }));
        shown.marks.sort_by(|a, b| a.at.total_cmp(&b.at));
        shown
    }

    fn arithmetic(&self, incident: &IncidentView, slo: Option<&str>) -> ArithmeticShown {
        let Some(slo) = slo else { return ArithmeticShown::default() };
        let title = self.read(|tx| Ok(tx.find_slo(slo)?.title)).unwrap_or_else(|_| slo.to_owned());
        let lines = self.slo_ledger(slo).map(|ledger| spent(incident, &ledger)).unwrap_or_default();
        ArithmeticShown { slo: slo.to_owned(), title, lines }
    }
}

/// What the incident spent of the present window's budget, step by step.
fn spent(incident: &IncidentView, ledger: &LedgerView) -> Vec<ArithmeticLine> {
    let own: Vec<_> = ledger.rows.iter().filter(|row| row.incident.as_deref() == Some(&incident.id)).collect();
    let (bad, total) = (own.iter().map(|row| row.bad).sum::<f64>(), own.iter().map(|row| row.total).sum::<f64>());
    let share = ledger.allowed.filter(|allowed| *allowed > 0.0).map(|allowed| bad / allowed);
    let line = |label: &str, value: Option<String>| ArithmeticLine { label: label.to_owned(), value };
    let mut lines = vec![line("Window", Some(format!("{} to {}", ledger.window_start, ledger.window_end)))];
    for row in &own {
        lines.push(line(
            &format!("Bad from {} to {}", row.from, row.to),
            Some(format!("{} of {}", words::count(row.bad), words::count(row.total))),
        ));
    }
    if own.is_empty() {
        lines.push(line("Bad by this incident", Some("none within the window".to_owned())));
    } else if own.len() > 1 {
        lines.push(line("Bad by this incident", Some(format!("{} of {}", words::count(bad), words::count(total)))));
    }
    lines.push(line("The window's budget allows", ledger.allowed.map(|allowed| format!("{} bad", words::count(allowed.floor())))));
    lines.push(line(
        "Spent by this incident",
        share.map(|share| format!("{} ÷ allowed = {} of the budget", words::count(bad), words::percent(share))),
    ));
    let others = ledger.bad.zip(ledger.allowed).filter(|(_, allowed)| *allowed > 0.0);
    lines.push(line("Spent in the window by everything", others.map(|(bad, allowed)| words::percent(bad / allowed))));
    lines
}

/// What somebody starred; where nobody did, whatever tells the story.
fn timeline(incident: &IncidentView) -> TimelineShown {
    let holds = || incident.entries.iter().filter(|entry| entry.struck.is_none());
    let starred = holds().any(|entry| entry.starred);
    let rows = holds().filter(|entry| if starred { entry.starred } else { !SILENT.contains(&entry.kind.as_str()) });
    let rows = rows.map(|entry| TimelineRow {
        id: entry.id.clone(),
        at: entry.at.clone(),
        author: entry.author.clone(),
        kind: entry.kind.clone(),
        text: entry.text.clone(),
    });
    TimelineShown { rows: rows.collect() }
}

fn roles(incident: &IncidentView) -> RolesShown {
    RolesShown { rows: incident.roles.iter().map(|(role, person)| RoleShown { role: role.clone(), person: person.clone() }).collect() }
}

fn times(incident: &IncidentView) -> TimesShown {
    let t = &incident.times;
    let start = seconds(t.impact_start.as_deref());
    let row = |label: &str, at: &Option<String>| TimeShown {
        label: label.to_owned(),
        after_s: seconds(at.as_deref()).zip(start).map(|(at, start)| at - start).filter(|after| *after >= 0.0 && label != "Impact began"),
        at: at.clone(),
    };
    TimesShown {
        rows: vec![
            row("Impact began", &t.impact_start),
            row("Detected", &t.detected),
            row("Acknowledged", &t.acknowledged),
            row("Mitigated", &t.mitigated),
            row("Resolved", &t.resolved),
        ],
    }
}

fn followup(row: &FollowUpRow) -> FollowUpShown {
    FollowUpShown {
        id: row.id.clone(),
        title: row.title.clone(),
        owner: row.owner.clone(),
        due: row.due.clone(),
        status: row.status.clone(),
        ticket: row.ticket.as_ref().and_then(|ticket| ticket.key.clone()),
        url: row.ticket.as_ref().and_then(|ticket| ticket.url.clone()),
        proof: row.proof.as_ref().map(proven),
    }
}

/// `proven, 10.2× better`.
fn proven(proof: &ProofRow) -> String {
    let verdict = match proof.verdict.as_str() {
        "proven" => "proven",
        "not_proven" => "not proven",
        _ => "not enough data",
    };
    match proof.factor {
        Some(factor) => format!("{verdict}, {}", words::burn(factor)),
        None => verdict.to_owned(),
    }
}

/// What was done to the system.
fn marks(incident: &IncidentView) -> Vec<ChartMarkShown> {
    let marked = incident.entries.iter().filter(|entry| entry.kind == "marked" && entry.struck.is_none());
    marked.filter_map(|entry| Some(ChartMarkShown { at: seconds(Some(&entry.at))?, text: words::plain(&entry.text, 200) })).collect()
}

fn seconds(at: Option<&str>) -> Option<f64> {
    DateTime::parse_from_rfc3339(at?).ok().map(|at| at.with_timezone(&Utc).timestamp() as f64)
}
