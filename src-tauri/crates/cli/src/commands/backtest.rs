//! `backtest`: history replayed against a definition, as it is or changed.

use std::path::Path;

use anyhow::{Context, Result, bail};
use firewatch_domain::minute::DAY;
use firewatch_domain::slo::Slo;
use firewatch_domain::window::parse_minutes;
use firewatch_domain::words;
use firewatch_engine::backtest::{Change, Clocks, backtest_counts};
use firewatch_engine::view::{Backtest, BacktestForm, BacktestRun, ChangeForm};
use firewatch_outside::Profile;
use serde_json::{Value, json};

use super::counts::{counts, definitions};
use crate::Outcome;
use crate::args::BacktestArgs;
use crate::face::or_dash;
use crate::print::{Printer, table};

/// Replays from a file of counts where one is given and the definition is a file's: no profile is needed.
pub fn from_files(args: &BacktestArgs, printer: Printer) -> Result<Option<Outcome>> {
    let path = Path::new(&args.slo);
    let (Some(file), true) = (&args.counts, path.is_file()) else { return Ok(None) };
    let (slos, partly) = definitions(path)?;
    against(&slos, file, args, printer)?;
    Ok(Some(if partly { Outcome::Partly } else { Outcome::Done }))
}

/// Replays with what a profile knows: its definition, its history, or both.
pub fn from_profile(args: &BacktestArgs, profile: &Profile, printer: Printer) -> Result<Outcome> {
    if let Some(file) = &args.counts {
        against(&[profile.engine.slo(&args.slo)?], file, args, printer)?;
        return Ok(Outcome::Done);
    }
    let days = last(args)?.map_or(firewatch_engine::backtest::USUAL_DAYS as f64, |minutes| minutes as f64 / DAY as f64);
    let path = Path::new(&args.slo);
    if !path.is_file() {
        show(&[profile.engine.backtest(&asked(args, &args.slo, days))?], printer)?;
        return Ok(Outcome::Done);
    }
    let (slos, partly) = definitions(path)?;
    let replayed = slos.iter().map(|slo| {
        if profile.engine.slo(&slo.name).is_err() {
            bail!("no history of `{}` is kept here; import and poll it first, or give its counts with --counts", slo.name);
        }
        Ok(profile.engine.backtest_as(slo, &asked(args, &slo.name, days))?)
    });
    show(&replayed.collect::<Result<Vec<_>>>()?, printer)?;
    Ok(if partly { Outcome::Partly } else { Outcome::Done })
}

fn against(slos: &[Slo], file: &Path, args: &BacktestArgs, printer: Printer) -> Result<()> {
    let (clocks, minutes) = (clocks(args)?, last(args)?);
    let change = Change::parse(&form(args), clocks.calendar())?;
    let history = counts(file)?;
    let replayed = slos.iter().map(|slo| Ok(backtest_counts(slo, &change, &history, minutes, clocks)?));
    show(&replayed.collect::<Result<Vec<_>>>()?, printer)
}

fn asked(args: &BacktestArgs, slo: &str, days: f64) -> BacktestForm {
    BacktestForm { slo: slo.to_owned(), change: form(args), days, zone: args.zone.clone() }
}

fn form(args: &BacktestArgs) -> ChangeForm {
    ChangeForm {
        objective: args.objective.clone(),
        under: args.under.clone(),
        window: args.window.clone(),
        method: args.method.clone(),
        empty: args.empty.clone(),
        rules: args.rule.clone(),
    }
}

fn clocks(args: &BacktestArgs) -> Result<Clocks> {
    Ok(Clocks::parse(args.zone.as_deref())?)
}

fn last(args: &BacktestArgs) -> Result<Option<i64>> {
    let minutes = |text: &String| parse_minutes(text).with_context(|| format!("`{text}` is not a stretch of time; write it as 90d or 12h"));
    args.last.as_ref().map(minutes).transpose()
}

fn show(replayed: &[Backtest], printer: Printer) -> Result<()> {
    let lines = || replayed.iter().flat_map(told).collect();
    let rows = || replayed.iter().flat_map(rows).collect();
    match replayed {
        [one] => printer.show_rows(&without_chart(one)?, lines, rows)?,
        several => printer.show_rows(&several.iter().map(without_chart).collect::<Result<Vec<_>>>()?, lines, rows)?,
    }
    Ok(())
}

/// The contract without the figures that only the window draws.
fn without_chart(backtest: &Backtest) -> Result<Value> {
    let mut value = serde_json::to_value(backtest)?;
    if let Some(object) = value.as_object_mut() {
        object.retain(|key, _| !["left", "t", "boundaries"].contains(&key.as_str()));
        if let Some(present) = object.get_mut("compared_with").and_then(Value::as_object_mut) {
            present.remove("left");
        }
    }
    Ok(value)
}

/// For people: both definitions beside each other, then the alerts of the one that was tried.
fn told(backtest: &Backtest) -> Vec<String> {
    let (tried, present) = (&backtest.run, &backtest.compared_with);
    let mut lines = vec![format!("{}, {} to {}", backtest.name, tried.from, tried.to)];
    let figure = |what: &str, of: &dyn Fn(&BacktestRun) -> String| vec![what.to_owned(), of(tried), of(present)];
    let share = |share: Option<f64>| or_dash(share.map(words::percent));
    lines.extend(table(
        &["", "TRIED", "AS IT STANDS"],
        &[
            figure("objective", &|r| format!("{} over {}", percent(r.objective), r.window)),
            figure("method", &|r| r.method.clone()),
            figure("good within", &|r| or_dash(r.under_s.map(|s| format!("{s} s")))),
            figure("pages", &|r| r.pages.to_string()),
            figure("tickets", &|r| r.tickets.to_string()),
            figure("nights woken", &|r| r.nights_woken.to_string()),
            figure("times exhausted", &|r| r.exhausted.len().to_string()),
            figure("most consumed", &|r| share(r.consumed_max)),
            figure("observed", &|r| share(r.coverage)),
        ],
    ));
    let alerts: Vec<_> =
        tried.alerts.iter().map(|a| vec![a.severity.clone(), a.start.clone(), or_dash(a.end.clone()), share(a.spent)]).collect();
    if !alerts.is_empty() {
        lines.push(String::new());
        lines.extend(table(&["SEVERITY", "START", "END", "SPENT BEFORE"], &alerts));
    }
    for incident in &backtest.incidents {
        let lead = incident.earlier_s.filter(|s| *s != 0.0).map(|s| format!(" by {}", words::duration(s.abs()))).unwrap_or_default();
        lines.push(format!("incident {}: {}{lead}", incident.title, incident.verdict));
    }
    lines.extend(backtest.notes.iter().map(|note| format!("note: {note}")));
    lines
}

/// An objective with all its digits.
fn percent(ratio: f64) -> String {
    format!("{} %", (ratio * 1e9).round() / 1e7)
}

/// For spreadsheets: one row an alert or exhausted stretch.
fn rows(backtest: &Backtest) -> Vec<Value> {
    let of = |definition: &'static str, run: &BacktestRun| {
        let name = &backtest.name;
        let alerts = run.alerts.iter().map(move |a| {
            json!({ "name": name, "definition": definition, "what": a.severity, "start": a.start, "end": a.end, "spent": a.spent })
        });
        let gone = run.exhausted.iter().map(
            move |s| json!({ "name": name, "definition": definition, "what": "exhausted", "start": s.start, "end": s.end, "spent": null }),
        );
        alerts.chain(gone).collect::<Vec<_>>()
    };
    of("tried", &backtest.run).into_iter().chain(of("as it stands", &backtest.compared_with)).collect()
}
