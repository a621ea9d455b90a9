//! `followup …`

use anyhow::{Result, bail};
use firewatch_domain::followup::{FollowUpStatus, effort_words};
use firewatch_engine::view::{FollowUpForm, FollowUpRow, FollowUpView, HypothesisPlace, ProveForm, ShipForm};
use firewatch_outside::Profile;

use crate::Outcome;
use crate::args::{FieldArgs, FollowUpCommand};
use crate::print::{Printer, table};

pub fn run(command: FollowUpCommand, profile: &Profile, printer: Printer) -> Result<Outcome> {
    let engine = &profile.engine;
    let alone = |id: &String| id.is_empty() || id == "-";
    let followup = match command {
        FollowUpCommand::List { incident, status, owner, overdue } => {
            if let Some(word) = status.as_ref().filter(|word| FollowUpStatus::parse(word).is_none()) {
                bail!("`{word}` is no status; use {}", FollowUpStatus::ALL.map(FollowUpStatus::word).join(", "));
            }
            let incident = incident.map(|id| engine.incident(&id).map(|incident| incident.id)).transpose()?;
            let mut rows = engine.followups()?;
            rows.retain(|row| incident.is_none() || row.incident == incident);
            rows.retain(|row| status.as_ref().is_none_or(|word| row.status.eq_ignore_ascii_case(word.trim())));
            rows.retain(|row| owner.as_ref().is_none_or(|owner| row.owner.eq_ignore_ascii_case(owner.trim())));
            rows.retain(|row| !overdue || row.deadline.as_deref() == Some("overdue"));
            return list(&rows, printer);
        }
        FollowUpCommand::Add { incident, title, entry, fields } => {
            let incident = (!alone(&incident)).then_some(incident);
            engine.add_followup(&FollowUpForm { title: Some(title), incident, entry, ..form(fields) })?
        }
        FollowUpCommand::Show { id } => engine.followup(&id)?,
        FollowUpCommand::Edit { id, title, incident, status, add_label, remove_label, fields } => {
            let listed = |labels: Vec<String>| (!labels.is_empty()).then(|| labels.join(","));
            let incident = incident.map(|id| if alone(&id) { String::new() } else { id });
            let (add_labels, remove_labels) = (listed(add_label), listed(remove_label));
            return change(&id, &FollowUpForm { title, incident, status, add_labels, remove_labels, ..form(fields) }, profile, printer);
        }
        FollowUpCommand::Done { id } => return change(&id, &settled(FollowUpStatus::Done), profile, printer),
        FollowUpCommand::Ship { id, environment, at } => engine.ship_followup(&id, &ShipForm { environment, at })?,
        FollowUpCommand::Prove { id, shipped, environment } => engine.prove(&id, &ProveForm { environment, shipped })?,
        FollowUpCommand::Drop { id } => return change(&id, &settled(FollowUpStatus::Dropped), profile, printer),
    };
    printer.show(&followup, || described(&followup))?;
    Ok(Outcome::Done)
}

/// One is printed whole, several as a list.
fn change(ids: &[String], form: &FollowUpForm, profile: &Profile, printer: Printer) -> Result<Outcome> {
    if let [id] = ids {
        let changed = profile.engine.change_followup(id, form)?;
        printer.show(&changed, || described(&changed))?;
        return Ok(Outcome::Done);
    }
    list(&profile.engine.change_followups(ids, form)?, printer)
}

fn settled(status: FollowUpStatus) -> FollowUpForm {
    FollowUpForm { status: Some(status.word().to_owned()), ..FollowUpForm::default() }
}

fn form(fields: FieldArgs) -> FollowUpForm {
    FollowUpForm {
        text: fields.text,
        owner: fields.owner,
        due: fields.due,
        kind: fields.kind,
        priority: fields.priority,
        effort: fields.effort,
        labels: (!fields.label.is_empty()).then(|| fields.label.join(",")),
        slo: fields.slo,
        journey: fields.journey,
        required: fields.required,
        hypothesis: fields.hypothesis,
        ..FollowUpForm::default()
    }
}

fn list(rows: &[FollowUpRow], printer: Printer) -> Result<Outcome> {
    printer.show(rows, || {
        if rows.is_empty() {
            return vec!["no follow-ups; write one down with `firewatchctl followup add`".to_owned()];
        }
        let lines = rows.iter().map(|row| {
            let ticket = row.ticket.as_ref().map(|ticket| ticket.key.clone().unwrap_or_else(|| ticket.state.clone()));
            vec![
                row.status.clone(),
                row.priority.clone(),
                due(row),
                row.owner.clone(),
                ticket.unwrap_or_default(),
                row.id.clone(),
                row.title.clone(),
            ]
        });
        table(&["STATUS", "PRIORITY", "DUE", "OWNER", "TICKET", "ID", "TITLE"], &lines.collect::<Vec<_>>())
    })?;
    Ok(Outcome::Done)
}

/// `2026-12-05 (weekend, soon)`.
fn due(row: &FollowUpRow) -> String {
    let Some(due) = &row.due else { return String::new() };
    let weekend = row.due_on_weekend.then_some("weekend");
    let deadline = row.deadline.as_deref().filter(|word| *word != "later");
    match weekend.into_iter().chain(deadline).collect::<Vec<_>>().join(", ") {
        marks if marks.is_empty() => due.clone(),
        marks => format!("{due} ({marks})"),
    }
}

fn described(followup: &FollowUpView) -> Vec<String> {
    let row = &followup.row;
    let mut lines = vec![format!("{} {} — {} ({})", row.status, row.kind, row.title, row.id)];
    let mut say = |name: &str, value: Option<String>| lines.extend(value.filter(|v| !v.is_empty()).map(|value| format!("{name}: {value}")));
    say("owner", Some(row.owner.clone()));
    say("due", Some(due(row)));
    say("priority", Some(row.priority.clone()));
    say("effort", row.effort_min.map(effort_words));
    say("labels", Some(row.labels.join(", ")));
    say("SLO", row.slo.clone());
    say("journey", row.journey.clone());
    say("incident", row.incident_title.clone().or_else(|| row.incident.clone()));
    say("entry", followup.entry_text.clone());
    say("required before", row.required.clone());
    say("ticket", row.ticket.as_ref().map(|t| format!("{} {}", t.key.as_deref().unwrap_or("none yet"), t.state)));
    if let Some(claimed) = &followup.claimed {
        lines.push(format!("hypothesis: {}", claimed.text));
        lines.extend(claimed.places.iter().flat_map(measured));
    }
    if !followup.text.is_empty() {
        lines.push(String::new());
        lines.extend(followup.text.lines().map(str::to_owned));
    }
    lines
}

/// What came of a hypothesis in an environment.
fn measured(place: &HypothesisPlace) -> Vec<String> {
    let next = place.next_look.as_ref().map(|at| format!("; looked at again {at}")).unwrap_or_default();
    match (&place.shipped, &place.proof) {
        (None, _) => vec![format!("{}: not shipped yet", place.environment)],
        (Some(shipped), None) => vec![format!("{}: shipped {shipped}, not looked at yet", place.environment)],
        (Some(shipped), Some(proof)) => {
            let mut lines = vec![format!("{}: {} (shipped {shipped}{next})", place.environment, proof.row.headline)];
            lines.push(format!("  {} before, {} after: {}", proof.before_words, proof.after_words, proof.row.why));
            lines.extend(proof.arithmetic.iter().map(|(what, how)| format!("  {what}: {how}")));
            if proof.row.verdict == "not_proven" {
                lines.push("  not proven: take it up again with `firewatchctl followup edit ID --status open`".to_owned());
            }
            lines
        }
    }
}
