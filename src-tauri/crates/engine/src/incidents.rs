//! Commanding an incident: declare, write, move on, resolve. Every act is an entry.

use firewatch_domain::entry::{Cause, Entry, Event, Hlc, SloRef};
use firewatch_domain::incident::{Incident, Phase, fold};
use firewatch_domain::policy::Grade;
use firewatch_domain::slo::Slo;
use firewatch_domain::state::{Burn, Word};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};

use crate::show::{incident_view, journey_title};
use crate::view::IncidentView;
use crate::{Engine, EngineError};

/// Incidents shown at once.
const MOST: u32 = 500;
/// Longest entry, in characters.
const LONGEST_ENTRY: usize = 20_000;
const ROLES: [&str; 5] = ["commander", "communications", "scribe", "operations", "subject expert"];

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
            self.append(tx, &id, &author, &Event::Declared { title, severity, slos, cause: None, drill: self.drill, impact_s })?;
            Self::view_of(tx, &id)
        })
    }

    /// A title and a severity that hold.
    pub(crate) fn checked_declaration(title: &str, severity: &str) -> Result<(String, Grade), EngineError> {
        Ok((required(title, "title", 200)?, grade(severity)?))
    }

    /// All incidents: open ones first, the gravest and newest on top.
    pub fn incidents(&self) -> Result<Vec<IncidentView>, EngineError> {
        self.read(|tx| {
            let mut incidents = Self::all_incidents(tx)?;
            incidents.sort_by_key(|i| (!i.phase.open(), i.phase.open().then_some(i.severity), std::cmp::Reverse(i.declared_at)));
            Ok(incidents.iter().map(incident_view).collect())
        })
    }

    /// One incident.
    pub fn incident(&self, id: &str) -> Result<IncidentView, EngineError> {
        self.read(|tx| Self::view_of(tx, id))
    }

    /// Writes into the timeline.
    pub fn add_entry(&self, id: &str, text: &str) -> Result<IncidentView, EngineError> {
        let text = required(text, "text", LONGEST_ENTRY)?;
        self.act(id, &Event::Note { text })
    }

    /// Moves an incident to a phase.
    pub fn set_phase(&self, id: &str, phase: &str) -> Result<IncidentView, EngineError> {
        let known: Vec<&str> = Phase::ALL.iter().map(|p| p.word()).collect();
        let phase = Phase::parse(phase)
            .ok_or_else(|| EngineError::Invalid(format!("`{}` is no phase; use {}", words::plain(phase, 40), known.join(", "))))?;
        if phase == Phase::Merged {
            return Err(EngineError::Invalid("merging would have to name the other incident; cancel this one instead".to_owned()));
        }
        self.write(|tx| {
            let incident = Self::incident_of(tx, id)?;
            let author = Self::author(tx)?;
            self.append(tx, &incident.id, &author, &Event::Phase { phase })?;
            if !phase.open() {
                self.close_room_of(tx, &incident, &author)?;
            }
            Self::view_of(tx, &incident.id)
        })
    }

    /// Says how grave it is.
    pub fn set_severity(&self, id: &str, severity: &str) -> Result<IncidentView, EngineError> {
        let severity = grade(severity)?;
        self.act(id, &Event::Severity { severity })
    }

    /// Gives a role to a person; an empty person gives it up.
    pub fn assign_role(&self, id: &str, role: &str, person: &str) -> Result<IncidentView, EngineError> {
        let role = required(role, "role", 60)?.to_lowercase().replace('-', " ");
        let role = ROLES.iter().find(|r| **r == role).map_or(role, |r| (*r).to_owned());
        self.act(id, &Event::Role { role, person: words::plain(person, 80) })
    }

    pub(crate) fn act(&self, id: &str, event: &Event) -> Result<IncidentView, EngineError> {
        self.write(|tx| {
            let incident = Self::incident_of(tx, id)?;
            let author = Self::author(tx)?;
            self.append(tx, &incident.id, &author, event)?;
            Self::view_of(tx, &incident.id)
        })
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
        Ok(tx.append_entry(&entry)?)
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
        let open = Self::open_incidents(tx)?.into_iter().find(|i| i.slos.iter().any(|s| journey.contains(&s.id)));
        if let Some(open) = open {
            if !open.slos.contains(&concerned) {
                let text = format!("{} joined by policy", words::plain(&slo.title, 80));
                self.append(tx, &open.id, author, &Event::Turned { slo: concerned, text, state: state.text().to_owned() })?;
            }
            return Ok(open.id);
        }
        let title = format!("{}: {}", journey_title(&slo.journey, &slo.environment), state.text());
        let id = self.world.ids.fresh();
        self.append(
            tx,
            &id,
            author,
            &Event::Declared { title, severity, slos: vec![concerned], cause: Some(cause), drill: self.drill, impact_s: None },
        )?;
        Ok(id)
    }

    pub(crate) fn open_incidents(tx: &Tx<'_>) -> Result<Vec<Incident>, EngineError> {
        let mut open: Vec<Incident> = Self::all_incidents(tx)?.into_iter().filter(|i| i.phase.open()).collect();
        open.sort_by_key(|i| (i.severity, std::cmp::Reverse(i.declared_at)));
        Ok(open)
    }

    pub(crate) fn all_incidents(tx: &Tx<'_>) -> Result<Vec<Incident>, EngineError> {
        let ids = tx.incident_ids(MOST)?;
        let folded = ids.iter().map(|id| Ok(fold(tx.entries(id)?))).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(folded.into_iter().flatten().collect())
    }

    /// By id, or by the beginning of an id when only one fits.
    pub(crate) fn incident_of(tx: &Tx<'_>, id: &str) -> Result<Incident, EngineError> {
        let missing = || StoreError::Missing { what: "incident", name: words::plain(id, 60) };
        let mut fitting = tx.incident_ids(MOST)?.into_iter().filter(|known| known == id || id.len() >= 4 && known.starts_with(id));
        let found = fitting.next().ok_or_else(missing)?;
        if fitting.next().is_some() {
            return Err(EngineError::Invalid(format!("several incidents begin with `{}`; give more of the id", words::plain(id, 60))));
        }
        Ok(fold(tx.entries(&found)?).ok_or_else(missing)?)
    }

    pub(crate) fn view_of(tx: &Tx<'_>, id: &str) -> Result<IncidentView, EngineError> {
        Ok(incident_view(&Self::incident_of(tx, id)?))
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
