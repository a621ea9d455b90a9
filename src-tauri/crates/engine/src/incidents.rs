//! Incidents: declare them, list them, write into them. Every act is an entry.

use firewatch_domain::checklist::items;
use firewatch_domain::entry::{Cause, Entry, Event, Hlc, SloRef};
use firewatch_domain::policy::Grade;
use firewatch_domain::slo::Slo;
use firewatch_domain::state::{Burn, Word};
use firewatch_domain::words;
use firewatch_store::Tx;

use crate::show::journey_title;
use crate::view::IncidentView;
use crate::{Engine, EngineError};

/// Longest entry, in characters.
const LONGEST_ENTRY: usize = 20_000;

impl Engine {
    /// Declares an incident. `slos`: names or ids.
    pub fn declare(&self, title: &str, severity: &str, slos: &[String]) -> Result<IncidentView, EngineError> {
        let (title, severity) = Self::checked_declaration(title, severity)?;
        self.write(|tx| {
            let slos =
                slos.iter().map(|s| tx.find_slo(s).map(|slo| SloRef { id: slo.id, name: slo.name })).collect::<Result<Vec<_>, _>>()?;
            let id = self.world.ids.fresh();
            let author = Self::author(tx)?;
            let impact_s = burning_since(tx, &slos)?;
            self.begin(tx, &id, &author, &Event::Declared { title, severity, slos, cause: None, drill: self.drill, impact_s })?;
            self.view_of(tx, &id)
        })
    }

    /// A title and a severity that hold.
    pub(crate) fn checked_declaration(title: &str, severity: &str) -> Result<(String, Grade), EngineError> {
        Ok((required(title, "title", 200)?, grade(severity)?))
    }

    /// All incidents whole: open ones first, the gravest and newest on top.
    pub fn incidents(&self) -> Result<Vec<IncidentView>, EngineError> {
        self.listed(None)
    }

    /// The same without their timelines, for a list.
    pub fn incident_heads(&self) -> Result<Vec<IncidentView>, EngineError> {
        self.listed(Some(0))
    }

    fn listed(&self, most: Option<usize>) -> Result<Vec<IncidentView>, EngineError> {
        self.read(|tx| {
            let mut incidents = self.all_incidents(tx)?;
            incidents.sort_by_key(|i| (!i.phase.open(), i.phase.open().then_some(i.severity), std::cmp::Reverse(i.declared_at)));
            incidents.iter().map(|incident| self.shown(tx, incident, most)).collect()
        })
    }

    /// One incident, whole. One that was merged is told alone.
    pub fn incident(&self, id: &str) -> Result<IncidentView, EngineError> {
        self.looked_up(id, None)
    }

    /// One incident with the last entries of its timeline, as many as an act answers with.
    pub fn incident_end(&self, id: &str) -> Result<IncidentView, EngineError> {
        self.looked_up(id, self.answered_with())
    }

    fn looked_up(&self, id: &str, most: Option<usize>) -> Result<IncidentView, EngineError> {
        self.read(|tx| {
            let incident = {
                let mut folds = self.folds(tx)?;
                let found = folds.find(id)?;
                folds.incident(tx, &found)?
            };
            self.shown(tx, &incident, most)
        })
    }

    /// Writes into the timeline.
    pub fn add_entry(&self, id: &str, text: &str) -> Result<IncidentView, EngineError> {
        let text = required(text, "text", LONGEST_ENTRY)?;
        self.act(id, &Event::Note { text })
    }

    pub(crate) fn act(&self, id: &str, event: &Event) -> Result<IncidentView, EngineError> {
        let incident = self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            let author = Self::author(tx)?;
            self.append(tx, &incident.id, &author, event)?;
            Ok(incident.id.clone())
        })?;
        self.incident_end(&incident)
    }

    /// Declares in the running transaction: with its checklist, and with what is known at this moment.
    pub(crate) fn begin(&self, tx: &Tx<'_>, id: &str, author: &str, declared: &Event) -> Result<(), EngineError> {
        self.append(tx, id, author, declared)?;
        let Event::Declared { severity, slos, cause, impact_s, .. } = declared else { return Ok(()) };
        let list = items(&Self::templates(tx)?, *severity);
        if !list.is_empty() {
            self.append(tx, id, author, &Event::Checklist { items: list })?;
        }
        self.freeze(tx, id, slos, cause.as_ref().map(|c| c.since_s).or(*impact_s))
    }

    /// Appends an entry in the running transaction.
    pub(crate) fn append(&self, tx: &Tx<'_>, incident: &str, author: &str, event: &Event) -> Result<(), EngineError> {
        let (kind, payload) = event.stored();
        let replica = self.replica(tx)?;
        let hlc = Hlc::after(tx.latest_hlc()?.as_ref(), self.now().timestamp_millis(), &replica);
        let entry = Entry {
            id: self.world.ids.fresh(),
            incident: incident.to_owned(),
            at: self.now(),
            hlc,
            author: author.to_owned(),
            kind,
            version: 1,
            payload,
            corrects: None,
        };
        tx.append_entry(&entry)?;
        Ok(())
    }

    /// Opens an incident for a fire, or joins the SLO to the open one of its journey. Answers its id.
    pub(crate) fn open_for(
        &self,
        tx: &Tx<'_>,
        slo: &Slo,
        state: Word,
        author: &str,
        severity: Grade,
        cause: Cause,
    ) -> Result<String, EngineError> {
        let concerned = SloRef { id: slo.id.clone(), name: slo.name.clone() };
        let journey: Vec<String> = tx.slos()?.into_iter().filter(|s| s.journey_key() == slo.journey_key()).map(|s| s.id).collect();
        let open = self.open_incidents(tx)?.into_iter().find(|i| i.slos.iter().any(|s| journey.contains(&s.id)));
        if let Some(open) = open {
            if !open.slos.contains(&concerned) {
                let text = format!("{} joined by policy", words::plain(&slo.title, 80));
                self.append(tx, &open.id, author, &Event::Turned { slo: concerned, text, state: state.text().to_owned() })?;
            }
            return Ok(open.id.clone());
        }
        let title = format!("{}: {}", journey_title(&slo.journey, &slo.environment), state.text());
        let id = self.world.ids.fresh();
        self.begin(
            tx,
            &id,
            author,
            &Event::Declared { title, severity, slos: vec![concerned], cause: Some(cause), drill: self.drill, impact_s: None },
        )?;
        Ok(id)
    }
}

/// When the first of some SLOs that burn now began to.
fn burning_since(tx: &Tx<'_>, slos: &[SloRef]) -> Result<Option<i64>, EngineError> {
    let mut first = None;
    for slo in slos {
        let burning = tx.state(&slo.id)?.filter(|state| state.burn != Burn::None);
        first = first.into_iter().chain(burning.map(|state| state.burn_since.start_s())).min();
    }
    Ok(first)
}

/// A severity as typed.
pub(crate) fn grade(text: &str) -> Result<Grade, EngineError> {
    Grade::parse(text)
        .ok_or_else(|| EngineError::Invalid(format!("`{}` is no severity; use SEV0, SEV1, SEV2 or SEV3", words::plain(text, 40))))
}

pub(crate) fn required(text: &str, what: &str, longest: usize) -> Result<String, EngineError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(EngineError::Invalid(format!("the {what} is empty; write something")));
    }
    if text.chars().count() > longest {
        return Err(EngineError::Invalid(format!("the {what} is longer than {longest} characters; shorten it")));
    }
    Ok(text.to_owned())
}
