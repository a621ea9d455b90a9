//! What an exported incident tells, and in which order.

use std::fmt::Write;

use firewatch_casefile::live::{ChartMarkShown, ChartShown, chart_svg};
use firewatch_domain::hours::totals;
use serde_json::Value;

use super::{Block, Known, Paper, Part};
use crate::show::length;
use crate::view::SloCharts;

const TIMES: [&str; 5] = ["impact_start", "detected", "acknowledged", "mitigated", "resolved"];

pub(super) fn told(known: &Known) -> Paper {
    let view = &known.view;
    let mut facts = vec![
        ("Severity", view.severity.clone()),
        ("Phase", view.phase.clone()),
        ("SLOs", view.slos.join(", ")),
        ("Opened by", if view.opened_by_policy { "a policy" } else { "a person" }.to_owned()),
        ("Id", view.id.clone()),
        ("Written out", known.exported_at.clone()),
    ];
    if view.drill {
        facts.insert(0, ("Drill", "nothing here is real".to_owned()));
    }
    if let Some(room) = &view.room {
        let state = if room.closed { "closed" } else { "open" };
        facts.push(("War room", format!("{} ({state}) {}", room.url, room.note)));
    }
    facts.retain(|(_, value)| !value.trim().is_empty());
    let parts = [
        times(known),
        roles(known),
        streams(known),
        checklist(known),
        evidence(known),
        Some(timeline(known)),
        updates(known),
        followups(known),
        hours(known),
    ];
    Paper { title: view.title.clone(), facts, parts: parts.into_iter().flatten().collect() }
}

fn part(title: &'static str, head: &'static [&'static str], rows: Vec<Vec<String>>) -> Option<Part> {
    (!rows.is_empty()).then(|| Part { title, blocks: vec![Block::Table { head, rows }] })
}

fn times(known: &Known) -> Option<Part> {
    let times = serde_json::to_value(&known.view.times).unwrap_or_default();
    let row = |name: &&str| {
        let at = times[*name].as_str().unwrap_or("not known").to_owned();
        vec![name.replace('_', " "), at, known.view.corrected_times.get(*name).cloned().unwrap_or_default()]
    };
    part("Times", &["What", "When (UTC)", "Corrected because"], TIMES.iter().map(row).collect())
}

fn roles(known: &Known) -> Option<Part> {
    part("Roles", &["Role", "Person"], known.view.roles.iter().map(|(role, person)| vec![role.clone(), person.clone()]).collect())
}

fn streams(known: &Known) -> Option<Part> {
    let rows = known.view.streams.iter().map(|s| {
        let outcome =
            s.outcome.clone().map_or_else(|| "open".to_owned(), |found| if found.is_empty() { "closed".to_owned() } else { found });
        vec![s.title.clone(), s.owner.clone(), s.said.clone(), s.heard_at.clone(), outcome]
    });
    part("Streams", &["Stream", "Owner", "Heard last", "At (UTC)", "Outcome"], rows.collect())
}

fn checklist(known: &Known) -> Option<Part> {
    let rows = known.view.checklist.iter().map(|item| {
        let done = match (&item.done_by, &item.done_at) {
            (Some(by), Some(at)) => format!("{by}, {at}"),
            _ => "open".to_owned(),
        };
        vec![item.text.clone(), item.role.clone(), item.phase.clone(), done]
    });
    part("Checklist", &["What", "Role", "Phase", "Done"], rows.collect())
}

/// Charts as the store has them now, and what was kept as evidence at the time.
fn evidence(known: &Known) -> Option<Part> {
    let mut blocks = Vec::new();
    for (name, charts) in &known.charts {
        match charts {
            Some(charts) if !charts.t.is_empty() => blocks.extend(charted(known, name, charts)),
            _ => blocks.push(Block::Text(format!("{name}: nothing was read of it, or it is not defined any more."))),
        }
    }
    let kept: Vec<Vec<String>> = known.view.evidence.iter().map(|e| vec![e.at.clone(), e.text.clone(), e.hash.clone()]).collect();
    if !kept.is_empty() {
        blocks.push(Block::Table { head: &["Frozen at (UTC)", "What", "SHA-256"], rows: kept });
    }
    (!blocks.is_empty()).then_some(Part { title: "Evidence", blocks })
}

fn charted(known: &Known, name: &str, charts: &SloCharts) -> Vec<Block> {
    let marks: Vec<ChartMarkShown> = known
        .view
        .entries
        .iter()
        .filter(|entry| entry.kind == "marked" && entry.struck.is_none())
        .filter_map(|entry| {
            let at = chrono::DateTime::parse_from_rfc3339(&entry.at).ok()?.timestamp() as f64;
            Some(ChartMarkShown { at, text: entry.text.clone() })
        })
        .collect();
    let times = &known.incident.times;
    let from = times.impact_start.unwrap_or(known.incident.declared_at).timestamp() as f64;
    let to = times.mitigated.or(times.resolved).map(|at| at.timestamp() as f64);
    let chart = |what: &str, y: &[Option<f64>], objective: Option<f64>| {
        let shown = ChartShown {
            title: name.to_owned(),
            t: charts.t.clone(),
            y: y.to_vec(),
            objective,
            from: Some(from),
            to,
            marks: marks.clone(),
            ..ChartShown::default()
        };
        chart_svg(&shown, what).map(|svg| Block::Drawing { says: format!("{name}: {what}"), svg })
    };
    [chart("budget left", &charts.remaining, None), chart("indicator", &charts.sli, Some(charts.objective))].into_iter().flatten().collect()
}

fn timeline(known: &Known) -> Part {
    let (mut blocks, mut rows) = (Vec::new(), Vec::new());
    for entry in &known.view.entries {
        let mut text = entry.text.clone();
        if let Some(before) = &entry.before {
            let _ = write!(text, "\n(corrected; first: {before})");
        }
        if let Some(why) = &entry.struck {
            text = format!("STRUCK ({why}): {text}");
        }
        let star = if entry.starred { "★ " } else { "" };
        rows.push(vec![entry.at.clone(), format!("{star}{}", entry.kind.replace('_', " ")), entry.author.clone(), text]);
        if let Some((mime, base64)) = entry.picture.as_ref().and_then(|hash| known.pictures.get(hash)) {
            blocks.push(Block::Table { head: HEAD, rows: std::mem::take(&mut rows) });
            blocks.push(Block::Picture { mime: mime.clone(), base64: base64.clone(), says: entry.text.clone() });
        }
    }
    blocks.push(Block::Table { head: HEAD, rows });
    Part { title: "Timeline", blocks }
}

const HEAD: &[&str] = &["At (UTC)", "Kind", "Who", "What"];

fn updates(known: &Known) -> Option<Part> {
    let sent = |text: &str| {
        let acts = known.acts.iter().filter(|act| act.act == "post_update" && act.text.as_deref() == Some(text));
        acts.map(|act| format!("{}: {}", act.destination, act.state)).collect::<Vec<_>>().join(", ")
    };
    let rows = known.view.entries.iter().filter(|entry| entry.kind == "update");
    let rows = rows.map(|entry| vec![entry.at.clone(), entry.author.clone(), entry.text.clone(), sent(&entry.text)]);
    part("Status updates", &["At (UTC)", "Who", "Text", "Sent"], rows.collect())
}

/// Whatever the view knows of each: its text, or its named parts.
fn followups(known: &Known) -> Option<Part> {
    let all = serde_json::to_value(&known.view.followups).unwrap_or_default();
    let of = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let rows = all.as_array().into_iter().flatten().map(|one| match one.as_str() {
        Some(text) => vec![text.to_owned(), String::new(), String::new(), String::new(), String::new()],
        None => vec![of(one, "title"), of(one, "owner"), of(one, "due"), of(one, "status"), of(&one["ticket"], "key")],
    });
    part("Follow-ups", &["What", "Owner", "Due", "Status", "Ticket"], rows.collect())
}

fn hours(known: &Known) -> Option<Part> {
    let (all, people) = totals(&known.incident.efforts);
    let row = |who: &str, minutes: u32, night: u32| vec![who.to_owned(), length(minutes), length(night)];
    let mut rows: Vec<Vec<String>> = people.iter().map(|(who, total)| row(who, total.minutes, total.night)).collect();
    if rows.len() > 1 {
        rows.push(row("together", all.minutes, all.night));
    }
    part("Hours", &["Person", "Hours", "Of them at night"], rows)
}
