//! A proposal in words and figures.

use firewatch_domain::alerting::trim_number;
use firewatch_domain::minute::{DAY, MINUTE_S};
use firewatch_domain::objective::Objective;
use firewatch_domain::slo::Slo;
use firewatch_domain::words;

use super::judge::{Gain, Judged};
use crate::backtest::{Replayed, rfc};
use crate::view::{Arithmetic, Tightening};

pub(super) fn told(slo: &Slo, judged: &Judged, present: &Replayed) -> Tightening {
    let (tried, now) = (&judged.replayed.view, &present.view);
    let (alerts, present_alerts) = (tried.alerts.len(), now.alerts.len());
    let mut arithmetic = vec![Arithmetic {
        figure: "alerts".to_owned(),
        value: signed(alerts as i64 - present_alerts as i64),
        formula: "alerts at the proposal − alerts as it stands".to_owned(),
        numbers: format!(
            "{alerts} ({} pages, {} tickets) − {present_alerts} ({} pages, {} tickets), {} to {}",
            tried.pages, tried.tickets, now.pages, now.tickets, tried.from, tried.to
        ),
    }];
    let (mut incident, mut about, mut earlier_s) = (None, None, None);
    match &judged.gain {
        Gain::Earlier { incident: id, title, warned, would_warn } => {
            earlier_s = warned.map(|warned| (warned.since(*would_warn) * MINUTE_S) as f64);
            (incident, about) = (id.clone(), Some(title.clone()));
            arithmetic.insert(
                0,
                Arithmetic {
                    figure: "earlier".to_owned(),
                    value: earlier_s.map_or_else(|| "warned at all".to_owned(), words::duration),
                    formula: "first warning along the journey as it stands − first warning at the proposal".to_owned(),
                    numbers: format!("{} − {}", warned.map_or_else(|| "none".to_owned(), rfc), rfc(*would_warn)),
                },
            );
        }
        Gain::Silenced { wolves } => arithmetic.push(Arithmetic {
            figure: "wolves".to_owned(),
            value: wolves.to_string(),
            formula: "alerts that belong to no incident and no exhausted budget".to_owned(),
            numbers: format!("{wolves} as it stands, 0 at the proposal"),
        }),
    }
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), words::percent);
    arithmetic.push(Arithmetic {
        figure: "most consumed".to_owned(),
        value: share(tried.consumed_max),
        formula: "largest share of the budget that was ever gone".to_owned(),
        numbers: format!("{} at the proposal, {} as it stands", share(tried.consumed_max), share(now.consumed_max)),
    });
    arithmetic.push(Arithmetic {
        figure: "nights woken".to_owned(),
        value: tried.nights_woken.to_string(),
        formula: "nights with a page or an exhausted budget, 22:00 to 07:00".to_owned(),
        numbers: format!("{} at the proposal, {} as it stands", tried.nights_woken, now.nights_woken),
    });
    Tightening {
        slo: slo.id.clone(),
        name: slo.name.clone(),
        title: words::plain(&slo.title, 120),
        direction: if matches!(judged.gain, Gain::Silenced { .. }) { "looser" } else { "tighter" }.to_owned(),
        objective_percent: percent(judged.slo.objective),
        under_s: judged.slo.indicator.threshold(),
        present_objective_percent: percent(slo.objective),
        present_under_s: slo.indicator.threshold(),
        sentence: sentence(judged, present),
        arithmetic,
        incident,
        about,
        earlier_s,
        alerts: alerts as u32,
        present_alerts: present_alerts as u32,
    }
}

fn sentence(judged: &Judged, present: &Replayed) -> String {
    let found = &judged.replayed.found;
    let days = (found.over.len() as f64 / DAY as f64).round();
    let more = found.alerts.len() as i64 - present.found.alerts.len() as i64;
    let change = match more {
        0 => "no more alerts".to_owned(),
        1 => "1 more alert".to_owned(),
        n if n > 1 => format!("{n} more alerts"),
        -1 => "1 alert fewer".to_owned(),
        n => format!("{} alerts fewer", -n),
    };
    let promise = promise(&judged.slo);
    match &judged.gain {
        Gain::Earlier { warned: Some(warned), would_warn, .. } => {
            let earlier = spoken(warned.since(*would_warn));
            format!("At {promise} you would have been warned {earlier} earlier, with {change} in {days} days.")
        }
        Gain::Earlier { warned: None, .. } => {
            format!("At {promise} you would have been warned, as nothing did; with {change} in {days} days.")
        }
        Gain::Silenced { wolves } => {
            format!(
                "At {promise} {wolves} alerts without an incident would not have been, {change} in {days} days, and no incident is missed."
            )
        }
    }
}

/// `9 days` from two days on; the arithmetic has it exactly.
fn spoken(minutes: i64) -> String {
    if minutes >= 2 * DAY { format!("{:.0} days", minutes as f64 / DAY as f64) } else { words::duration((minutes * MINUTE_S) as f64) }
}

/// `99 % under 500 ms`.
pub(super) fn promise(slo: &Slo) -> String {
    let objective = format!("{} %", percent(slo.objective));
    match slo.indicator.threshold() {
        Some(under) if under < 1.0 => format!("{objective} under {} ms", trim_number(under * 1000.0)),
        Some(under) => format!("{objective} under {} s", trim_number(under)),
        None => objective,
    }
}

/// An objective as typed.
pub(super) fn percent(objective: Objective) -> String {
    objective.to_string().trim_end_matches('%').trim_end().to_owned()
}

fn signed(difference: i64) -> String {
    match difference {
        n if n > 0 => format!("+{n}"),
        n if n < 0 => format!("−{}", -n),
        _ => "0".to_owned(),
    }
}
