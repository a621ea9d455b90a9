//! Follow-ups: written down from an incident, from one of its entries, or alone; changed one by one or many at once. Every
//! change goes through one door, so that the incident's timeline has it too.

use chrono::{Local, NaiveDate};
use firewatch_domain::entry::Event;
use firewatch_domain::followup::{FollowUp, FollowUpChange, FollowUpError, FollowUpKind, FollowUpStatus, Priority};
use firewatch_domain::followup::{parse_due, parse_effort};
use firewatch_domain::incident::{Incident, Phase};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};

use crate::show::{FollowUps, entry_text, hypothesis_view, incident_view};
use crate::view::{FollowUpForm, FollowUpRow, FollowUpView, IncidentView};
use crate::{Engine, EngineError};

/// Most follow-ups that are changed at once.
const MOST_AT_ONCE: usize = 5000;
/// Longest name of an owner or a journey, in characters.
const LONGEST_NAME: usize = 80;

impl Engine {
    /// All follow-ups: open ones first, the most urgent on top.
    pub fn followups(&self) -> Result<Vec<FollowUpRow>, EngineError> {
        self.read(|tx| {
            let mut all = tx.followups()?;
            all.sort_by_key(|f| (!f.status.open(), f.due.is_none(), f.due, f.priority, f.created));
            let mut shown = self.shown_followups(tx)?;
            all.iter().map(|followup| shown.row(tx, followup)).collect()
        })
    }

    /// One follow-up, by its id or the beginning of it.
    pub fn followup(&self, id: &str) -> Result<FollowUpView, EngineError> {
        self.read(|tx| self.followup_view(tx, &tx.followup(id)?))
    }

    /// Writes a follow-up down.
    pub fn add_followup(&self, form: &FollowUpForm) -> Result<FollowUpView, EngineError> {
        self.write(|tx| {
            let author = Self::author(tx)?;
            let blank = FollowUp { replica: self.replica(tx)?, ..FollowUp::new(self.world.ids.fresh(), "", &author, self.now()) };
            let new = self.filled_in(tx, &blank, form)?;
            self.keep_followup(tx, None, &new, &author)?;
            self.ticket_by_itself(tx, &new)?;
            self.followup_view(tx, &tx.followup(&new.id)?)
        })
    }

    /// Changes a follow-up.
    pub fn change_followup(&self, id: &str, form: &FollowUpForm) -> Result<FollowUpView, EngineError> {
        self.write(|tx| {
            let before = tx.followup(id)?;
            let after = self.filled_in(tx, &before, form)?;
            self.keep_followup(tx, Some(&before), &after, &Self::author(tx)?)?;
            let after = tx.followup(&before.id)?;
            self.measure(tx, &after, false)?;
            self.followup_view(tx, &after)
        })
    }

    /// Changes many follow-ups alike: all of them, or none where one cannot be so.
    pub fn change_followups(&self, ids: &[String], form: &FollowUpForm) -> Result<Vec<FollowUpRow>, EngineError> {
        if ids.len() > MOST_AT_ONCE {
            return Err(EngineError::Invalid(format!("more than {MOST_AT_ONCE} follow-ups at once; choose fewer")));
        }
        self.write(|tx| {
            let author = Self::author(tx)?;
            let mut shown = self.shown_followups(tx)?;
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids {
                let before = tx.followup(id)?;
                let named = |error: EngineError| match error {
                    EngineError::Field { field, message } => {
                        EngineError::Field { field, message: format!("“{}”: {message}", words::plain(&before.title, 60)) }
                    }
                    other => other,
                };
                let after = self.filled_in(tx, &before, form).map_err(named)?;
                self.keep_followup(tx, Some(&before), &after, &author).map_err(named)?;
                rows.push(shown.row(tx, &tx.followup(&before.id)?)?);
            }
            Ok(rows)
        })
    }

    /// The one door by which a follow-up is written or changed: checked, stamped, told to its incident's timeline. What changes
    /// nothing writes nothing.
    pub(crate) fn keep_followup(&self, tx: &Tx<'_>, before: Option<&FollowUp>, after: &FollowUp, author: &str) -> Result<(), EngineError> {
        if before == Some(after) {
            return Ok(());
        }
        after.check().map_err(at_field)?;
        let mut after = FollowUp { updated: self.now(), ..after.clone() };
        self.shipping(before, &mut after);
        tx.put_followup(&after)?;
        self.ticket_follows(tx, &after)?;
        let title = words::plain(&after.title, 120);
        let tell = |incident: Option<&String>, change: FollowUpChange, text: String| match incident {
            Some(incident) => self.append(tx, incident, author, &Event::FollowUp { followup: after.id.clone(), change, text }),
            None => Ok(()),
        };
        let Some(before) = before.filter(|before| before.incident == after.incident) else {
            if let Some(before) = before {
                tell(before.incident.as_ref(), FollowUpChange::Changed, format!("{title}: it belongs elsewhere now"))?;
            }
            return tell(after.incident.as_ref(), FollowUpChange::Added, introduced(&after, title));
        };
        match before.differences(&after).join(", ") {
            said if said.is_empty() => Ok(()),
            said => tell(after.incident.as_ref(), before.change_to(&after), format!("{title}: {said}")),
        }
    }

    pub(crate) fn shown_followups(&self, tx: &Tx<'_>) -> Result<FollowUps, EngineError> {
        Ok(FollowUps::new(tx.incident_titles()?, self.today()))
    }

    /// An incident as shown, with the follow-ups of all that were merged into it.
    pub(crate) fn shown(&self, tx: &Tx<'_>, incident: &Incident, most: Option<usize>) -> Result<IncidentView, EngineError> {
        let mut shown = FollowUps::new([(incident.id.clone(), incident.title.clone())].into(), self.today());
        let rows = Self::followups_of_family(tx, incident)?.iter().map(|f| shown.row(tx, f)).collect::<Result<_, _>>()?;
        Ok(incident_view(incident, most, rows))
    }

    /// What an incident and those merged into it leave to be done.
    pub(crate) fn followups_of_family(tx: &Tx<'_>, incident: &Incident) -> Result<Vec<FollowUp>, EngineError> {
        let mut all = tx.followups_of(&incident.id)?;
        for merged in &incident.absorbed {
            all.extend(tx.followups_of(merged)?);
        }
        Ok(all)
    }

    /// The person's day.
    pub(crate) fn today(&self) -> NaiveDate {
        self.now().with_timezone(&Local).date_naive()
    }

    pub(crate) fn followup_view(&self, tx: &Tx<'_>, followup: &FollowUp) -> Result<FollowUpView, EngineError> {
        let entry_text = match (&followup.incident, &followup.entry) {
            (Some(incident), Some(entry)) => {
                let incident = self.incident_of(tx, incident)?;
                incident.entries.iter().find(|e| e.id == *entry).map(|entry| entry_text(&incident, entry))
            }
            _ => None,
        };
        let claimed = match &followup.hypothesis {
            Some(hypothesis) => Some(hypothesis_view(hypothesis, &tx.proofs(&followup.id)?)),
            None => None,
        };
        Ok(FollowUpView { row: self.shown_followups(tx)?.row(tx, followup)?, text: followup.text.clone(), entry_text, claimed })
    }

    /// A follow-up with what a form says.
    fn filled_in(&self, tx: &Tx<'_>, before: &FollowUp, form: &FollowUpForm) -> Result<FollowUp, EngineError> {
        let mut new = before.clone();
        if let Some(title) = &form.title {
            title.trim().clone_into(&mut new.title);
        }
        if let Some(text) = &form.text {
            text.trim_end().clone_into(&mut new.text);
        }
        new.kind = word("kind", form.kind.as_ref(), new.kind, FollowUpKind::parse, &FollowUpKind::ALL.map(FollowUpKind::word))?;
        new.priority = word("priority", form.priority.as_ref(), new.priority, Priority::parse, &Priority::ALL.map(Priority::word))?;
        new.status =
            word("status", form.status.as_ref(), new.status, FollowUpStatus::parse, &FollowUpStatus::ALL.map(FollowUpStatus::word))?;
        if let Some(owner) = &form.owner {
            new.owner = words::plain(owner, LONGEST_NAME);
        }
        if let Some(typed) = &form.due {
            let today = self.today();
            let read = |text: &str| {
                let how = "write the day as 2026-12-04, or 14d from today";
                parse_due(text, today, &Local).ok_or_else(|| fault("due", format!("`{}` is no day; {how}", words::plain(text, 40))))
            };
            new.due = given(typed).map(read).transpose()?;
        }
        if let Some(typed) = &form.effort {
            let read = |text: &str| {
                let how = "write it as 45m, 2h or 3d, a day being eight hours";
                parse_effort(text).ok_or_else(|| fault("effort", format!("`{}` is no effort; {how}", words::plain(text, 40))))
            };
            new.effort_min = given(typed).map(read).transpose()?;
        }
        if let Some(typed) = &form.labels {
            new.labels = labels(typed).collect();
        }
        new.labels.extend(form.add_labels.iter().flat_map(|typed| labels(typed)));
        for label in form.remove_labels.iter().flat_map(|typed| labels(typed)) {
            new.labels.remove(&label);
        }
        self.place(tx, &mut new, form)?;
        if let Some(text) = &form.hypothesis {
            new.hypothesis = self.hypothesis_of(tx, &new, text)?;
        }
        Ok(new)
    }

    /// Where it comes from, and what it is about.
    fn place(&self, tx: &Tx<'_>, new: &mut FollowUp, form: &FollowUpForm) -> Result<(), EngineError> {
        if let Some(id) = &form.incident {
            new.incident = given(id).map(|id| self.incident_of(tx, id).map(|incident| incident.id.clone())).transpose()?;
        }
        if let Some(entry) = &form.entry {
            new.entry = given(entry).map(|entry| self.entry_of(tx, new.incident.as_deref(), entry)).transpose()?;
        }
        if let Some(passage) = &form.passage {
            new.passage = given(passage).map(|passage| words::plain(passage, LONGEST_NAME));
        }
        if let Some(name) = &form.slo {
            let found = |name: &str| match tx.find_slo(name) {
                Ok(slo) => Ok(slo.id),
                Err(StoreError::Missing { .. }) => {
                    Err(fault("slo", format!("there is no SLO `{}`; look at slo list", words::plain(name, 80))))
                }
                Err(other) => Err(other.into()),
            };
            new.slo = given(name).map(found).transpose()?;
        }
        if let Some(journey) = &form.journey {
            new.journey = given(journey).map(|journey| words::plain(journey, LONGEST_NAME));
        }
        if let Some(phase) = &form.required {
            let read = |text: &str| {
                let how = "use resolved or reviewed";
                Phase::parse(text).ok_or_else(|| fault("required", format!("`{}` is no phase; {how}", words::plain(text, 40))))
            };
            new.required = given(phase).map(read).transpose()?;
        }
        Ok(())
    }

    /// An entry of the incident, by its id or the beginning of it.
    fn entry_of(&self, tx: &Tx<'_>, incident: Option<&str>, entry: &str) -> Result<String, EngineError> {
        let incident = incident.ok_or_else(|| fault("entry", "an entry belongs to an incident; name that, too".to_owned()))?;
        let incident = self.incident_of(tx, incident)?;
        let mut fitting = incident.entries.iter().filter(|e| e.id == entry || entry.len() >= 4 && e.id.starts_with(entry));
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok(one.id.clone()),
            _ => Err(fault("entry", format!("the incident has no entry `{}`", words::plain(entry, 60)))),
        }
    }
}

/// `Load in parallel, owned by Ana, due 2026-12-04`.
fn introduced(new: &FollowUp, title: String) -> String {
    let mut said = vec![title];
    if !new.owner.is_empty() {
        said.push(format!("owned by {}", new.owner));
    }
    said.extend(new.due.map(|due| format!("due {due}")));
    said.extend(new.required.map(|phase| format!("required before {}", phase.word())));
    said.join(", ")
}

fn word<T>(field: &str, typed: Option<&String>, before: T, parse: impl Fn(&str) -> Option<T>, known: &[&str]) -> Result<T, EngineError> {
    let Some(text) = typed else { return Ok(before) };
    parse(text).ok_or_else(|| fault(field, format!("`{}` is no {field}; use {}", words::plain(text, 40), known.join(", "))))
}

fn labels(typed: &str) -> impl Iterator<Item = String> + '_ {
    typed.split([',', ' ', '\t', '\n']).map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned)
}

/// A text, unless it is empty.
fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn fault(field: &str, message: String) -> EngineError {
    EngineError::Field { field: field.to_owned(), message }
}

fn at_field(error: FollowUpError) -> EngineError {
    fault(error.field, error.message)
}
