//! `slo …`

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use firewatch_domain::words;
use firewatch_engine::view::{AdoptForm, DroppedFile, FolderRow, ImportLine, ProbeForm, TighteningForm};
use firewatch_outside::Profile;
use serde_json::{Value, json};

use super::milliseconds;
use crate::Outcome;
use crate::args::SloCommand;
use crate::print::{Printer, table};

/// Folders are read this deep.
const DEEPEST: usize = 12;

pub async fn run(command: SloCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    match command {
        SloCommand::Import { paths, source, environment } => import(&paths, &source, &environment, profile, printer).await,
        SloCommand::Probe { name, url, under, objective, window, interval, environment } => {
            let objective_percent = objective
                .trim_end_matches('%')
                .trim()
                .parse()
                .with_context(|| format!("`{objective}` is not a percentage; write it as 99.5"))?;
            // Checked as typed, so that the message speaks of what was typed.
            firewatch_domain::objective::Objective::from_percent(&objective)?;
            let form = ProbeForm {
                name,
                url,
                under_ms: milliseconds(&under)?,
                objective_percent,
                window,
                interval_s: milliseconds(&interval)? / 1000.0,
                environment,
            };
            let line = profile.engine.add_probe(form).await?;
            printer.show(&line, || {
                vec![format!("{} added ({})", line.name.clone().unwrap_or_default(), line.id.clone().unwrap_or_default())]
            })?;
            Ok(Outcome::Done)
        }
        SloCommand::List => list(profile, printer),
        SloCommand::Show { name } => show(&name, profile, printer),
        SloCommand::Export { names, out } => export(&names, &out, profile, printer),
        SloCommand::Propose { name, incident, last, zone } => {
            super::tighten::propose(&TighteningForm { slo: name, incident, days: super::tighten::days(&last)?, zone }, profile, printer)
        }
        SloCommand::Adopt { name, objective, under, incident, why } => {
            let under_s = under.map(|text| firewatch_engine::backtest::seconds(&text)).transpose()?;
            let form = AdoptForm { slo: name, objective_percent: objective, under_s, incident, why };
            super::tighten::adopt(form, profile, printer).await
        }
        SloCommand::WatchFolder { folder, source, environment } => {
            let row = profile.engine.watch_folder(&folder, &source, &environment).await?;
            printer.show(&row, || folder_lines(&row))?;
            let rejected = row.remarks.iter().any(|line| line.outcome == "rejected");
            Ok(if rejected { Outcome::Partly } else { Outcome::Done })
        }
        SloCommand::UnwatchFolder { folder } => {
            let row = profile.engine.unwatch_folder(&folder.display().to_string()).await?;
            printer.show(&row, || vec![format!("{} is no longer watched; its SLOs stay", row.path)])?;
            Ok(Outcome::Done)
        }
        SloCommand::Folders => {
            let rows = profile.engine.folders()?;
            printer.show(&rows, || rows.iter().flat_map(folder_lines).collect())?;
            Ok(Outcome::Done)
        }
        SloCommand::Remove { name } => {
            profile.engine.remove_slo(&name).await?;
            printer.show(&json!({ "removed": name }), || vec![format!("{name} removed with its history")])?;
            Ok(Outcome::Done)
        }
    }
}

async fn import(paths: &[PathBuf], source: &str, environment: &str, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, DEEPEST, &mut files)?;
    }
    if files.is_empty() {
        bail!("no .yaml, .yml or .json file is in {}", paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", "));
    }
    let lines = profile.engine.import(files, source, environment).await?;
    printer.show(&lines, || lines.iter().flat_map(described).collect())?;
    let rejected = lines.iter().filter(|l| l.outcome == "rejected").count();
    match (rejected, lines.len()) {
        (0, _) => Ok(Outcome::Done),
        (rejected, all) if rejected == all => bail!("nothing could be imported; the reasons stand above"),
        _ => Ok(Outcome::Partly),
    }
}

fn folder_lines(row: &FolderRow) -> Vec<String> {
    let state = row.error.clone().unwrap_or_else(|| format!("{} SLOs", row.slos));
    let head = format!("{}  ({}, {})  {state}", row.path, row.source, row.environment);
    let gone = row.gone.iter().map(|name| format!("gone      {name}  (no file defines it any more; remove it with slo remove)"));
    std::iter::once(head).chain(gone).chain(row.remarks.iter().flat_map(described)).collect()
}

fn described(line: &ImportLine) -> Vec<String> {
    let place = line.line.map_or_else(|| line.file.clone(), |n| format!("{}:{n}", line.file));
    let head = format!("{:<9} {}  ({place})", line.outcome, line.name.as_deref().unwrap_or("(no name)"));
    std::iter::once(head).chain(line.messages.iter().map(|m| format!("          {m}"))).collect()
}

fn collect(path: &Path, depth: usize, files: &mut Vec<DroppedFile>) -> Result<()> {
    let meta = std::fs::metadata(path).with_context(|| format!("{} cannot be read", path.display()))?;
    if !meta.is_dir() {
        let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        files.push(DroppedFile { name: path.display().to_string(), text: String::from_utf8_lossy(&bytes).into_owned() });
        return Ok(());
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(path)?.flatten().map(|e| e.path()).collect();
    inside.sort();
    for entry in inside {
        let known = entry.extension().is_some_and(|e| ["yaml", "yml", "json"].iter().any(|k| e.eq_ignore_ascii_case(k)));
        if entry.is_dir() && depth > 0 || entry.is_file() && known {
            collect(&entry, depth - usize::from(entry.is_dir()), files)?;
        }
    }
    Ok(())
}

fn list(profile: &Profile, printer: Printer) -> Result<Outcome> {
    let slos = profile.engine.slos()?;
    let rows: Vec<Value> = slos
        .iter()
        .map(|s| json!({ "id": s.id, "name": s.name, "title": s.title, "journey": s.journey, "service": s.service, "environment": s.environment, "source": s.source, "objective": s.objective.ratio(), "window": s.window.to_string() }))
        .collect();
    printer.show(&rows, || {
        let cells = slos.iter().map(|s| {
            vec![s.name.clone(), s.journey.clone(), s.environment.clone(), s.source.clone(), s.objective.to_string(), s.window.to_string()]
        });
        table(&["SLO", "JOURNEY", "ENVIRONMENT", "SOURCE", "OBJECTIVE", "WINDOW"], &cells.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

fn show(name: &str, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let slo = profile.engine.slo(name)?;
    let file = profile.engine.defined_by(&slo.id)?;
    let mut value = serde_json::to_value(&slo)?;
    if let Some(object) = value.as_object_mut() {
        object.insert("objective".to_owned(), json!(slo.objective.ratio()));
        object.insert("window".to_owned(), json!(slo.window.to_string()));
        object.insert("file".to_owned(), json!(file));
        object.insert(
            "queries".to_owned(),
            slo.indicator.queries().into_iter().map(|(role, query)| json!({ "role": role, "query": query })).collect(),
        );
    }
    printer.show(&value, || {
        let mut lines = vec![
            format!("{} — {}", slo.name, slo.title),
            format!("{} over {}, {} / {} / {}", slo.objective, slo.window, slo.journey, slo.service, slo.environment),
        ];
        lines.extend(slo.indicator.queries().into_iter().map(|(role, query)| format!("{role:<8} {query}")));
        lines.extend(slo.annotations.iter().map(|(key, text)| format!("{key}: {}", words::plain(text, 200))));
        lines
    })?;
    Ok(Outcome::Done)
}

fn export(names: &[String], out: &Path, profile: &Profile, printer: Printer) -> Result<Outcome> {
    std::fs::create_dir_all(out).with_context(|| format!("{} cannot be made", out.display()))?;
    let slos =
        if names.is_empty() { profile.engine.slos()? } else { names.iter().map(|n| profile.engine.slo(n)).collect::<Result<_, _>>()? };
    let mut written = Vec::new();
    for slo in slos {
        let path = out.join(format!("{}.yaml", slo.name));
        std::fs::write(&path, firewatch_documents::write(&slo)).with_context(|| format!("{} cannot be written", path.display()))?;
        written.push(path.display().to_string());
    }
    printer.show(&written, || written.clone())?;
    Ok(Outcome::Done)
}
