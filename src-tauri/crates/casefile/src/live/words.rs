//! How blocks read on paper: as headings, tables and sentences that every format can say.

use chrono::{DateTime, Utc};
use firewatch_domain::words;

use super::{ArithmeticShown, ChartShown, FollowUpsShown, RolesShown, Shown, TimelineShown, TimesShown};
use crate::tree::{Mark, Node};

/// Points a chart is told by where it cannot be drawn.
const POINTS: usize = 12;

/// What a block says, as blocks of text.
pub fn on_paper(shown: &Shown) -> Vec<Node> {
    match shown {
        Shown::Timeline(timeline) => titled("Timeline", timeline_table(timeline)),
        Shown::Budget(chart) => titled(&named("Budget", &chart.title), chart_table(chart, "left of the budget")),
        Shown::Indicator(chart) => titled(&named("Indicator", &chart.title), chart_table(chart, "good")),
        Shown::Arithmetic(arithmetic) => titled(&named("Arithmetic", &arithmetic.title), arithmetic_table(arithmetic)),
        Shown::Followups(followups) => titled("Follow-ups", followup_table(followups)),
        Shown::Roles(roles) => titled("Roles", roles_table(roles)),
        Shown::Times(times) => titled("Times", times_table(times)),
    }
}

fn titled(title: &str, inside: Node) -> Vec<Node> {
    vec![Node::new("paragraph", vec![Node::marked(title, vec![Mark::new("bold")])]), inside]
}

fn named(what: &str, title: &str) -> String {
    if title.is_empty() { what.to_owned() } else { format!("{what}: {}", words::plain(title, 200)) }
}

fn timeline_table(timeline: &TimelineShown) -> Node {
    let rows = timeline.rows.iter().map(|row| vec![line(&clock(&row.at)), line(&row.author), line(&row.text)]);
    table(&["When (UTC)", "Who", "What"], rows.collect(), "Nothing was written down.")
}

fn chart_table(chart: &ChartShown, what: &str) -> Node {
    let known: Vec<(f64, Option<f64>)> = chart.t.iter().copied().zip(chart.y.iter().copied()).collect();
    let step = known.len().div_ceil(POINTS).max(1);
    let mut picked: Vec<usize> = (0..known.len()).step_by(step).collect();
    // The worst is what a chart is looked at for.
    let worst = known.iter().enumerate().filter_map(|(at, (_, y))| Some((at, (*y)?))).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(at, _)| at);
    picked.extend(known.len().checked_sub(1));
    picked.extend(worst);
    picked.sort_unstable();
    picked.dedup();
    let rows = picked.into_iter().map(|at| {
        let (t, y) = known[at];
        vec![line(&clock_s(t)), line(&y.map_or("not known".to_owned(), |y| percent(chart, y)))]
    });
    table(&["When (UTC)", what], rows.collect(), "There is nothing to draw yet.")
}

fn percent(chart: &ChartShown, ratio: f64) -> String {
    if chart.objective.is_some() { words::sli(ratio) } else { words::percent(ratio) }
}

fn arithmetic_table(arithmetic: &ArithmeticShown) -> Node {
    let rows = arithmetic.lines.iter().map(|step| vec![line(&step.label), line(step.value.as_deref().unwrap_or("not known"))]);
    table(&["What", "Figure"], rows.collect(), "The incident names no SLO whose budget it spent.")
}

fn followup_table(followups: &FollowUpsShown) -> Node {
    let rows = followups.rows.iter().map(|row| {
        let ticket = match (&row.ticket, &row.url) {
            (Some(key), Some(url)) if crate::import::is_openable(url) => {
                Node::new("paragraph", vec![Node::marked(key, vec![Mark::link(url)])])
            }
            (Some(key), _) => Node::paragraph(key),
            (None, _) => Node::paragraph(""),
        };
        let proof = row.proof.clone().unwrap_or_default();
        vec![line(&row.title), line(&row.owner), line(row.due.as_deref().unwrap_or_default()), line(&row.status), ticket, line(&proof)]
    });
    table(&["Follow-up", "Owner", "Due", "Status", "Ticket", "Proof"], rows.collect(), "There are no follow-ups.")
}

fn roles_table(roles: &RolesShown) -> Node {
    let rows = roles.rows.iter().map(|row| vec![line(&row.role), line(&row.person)]);
    table(&["Role", "Person"], rows.collect(), "Nobody took a role.")
}

fn times_table(times: &TimesShown) -> Node {
    let rows = times.rows.iter().map(|row| {
        let at = row.at.as_deref().map_or("not known".to_owned(), clock);
        let after = row.after_s.map(|after| format!("{} after", words::duration(after))).unwrap_or_default();
        vec![line(&row.label), line(&at), line(&after)]
    });
    table(&["What", "When (UTC)", "Since impact"], rows.collect(), "Nothing is known of its times.")
}

fn line(text: &str) -> Node {
    Node::paragraph(&words::plain(text, 2_000))
}

fn table(heads: &[&str], rows: Vec<Vec<Node>>, nothing: &str) -> Node {
    if rows.is_empty() {
        return Node::paragraph(nothing);
    }
    let cells = |kind: &str, row: Vec<Node>| Node::new("tableRow", row.into_iter().map(|cell| Node::new(kind, vec![cell])).collect());
    let mut all = vec![cells("tableHeader", heads.iter().map(|head| Node::paragraph(head)).collect())];
    all.extend(rows.into_iter().map(|row| cells("tableCell", row)));
    Node::new("table", all)
}

fn clock(at: &str) -> String {
    match DateTime::parse_from_rfc3339(at) {
        Ok(at) => at.with_timezone(&Utc).format("%Y-%m-%d %H:%M:%S").to_string(),
        Err(_) => at.to_owned(),
    }
}

fn clock_s(t: f64) -> String {
    DateTime::from_timestamp(t as i64, 0).map_or(String::new(), |at| at.format("%Y-%m-%d %H:%M").to_string())
}
