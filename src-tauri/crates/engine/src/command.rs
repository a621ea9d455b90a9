//! Commanding an incident: phases behind gates, checklists, roles handed over and read back, incidents that turn out to be one.

use firewatch_domain::checklist::{held_by, items};
use firewatch_domain::entry::Event;
use firewatch_domain::followup::{FollowUp, followups_in_the_way};
use firewatch_domain::incident::{Incident, Phase};
use firewatch_domain::words;

use crate::incidents::{grade, required};
use crate::view::IncidentView;
use crate::{Engine, EngineError};

/// Longest reason, read-back, item.
const LONGEST: usize = 1000;
const ROLES: [&str; 5] = ["commander", "communications", "scribe", "operations", "subject expert"];

impl Engine {
    /// Moves an incident to a phase. What holds it back is told, and nothing is written.
    pub fn set_phase(&self, id: &str, phase: &str) -> Result<IncidentView, EngineError> {
        self.enter(id, parsed_phase(phase)?, None, "")
    }

    /// Moves an incident to a phase although something holds it back; both are written down.
    pub fn override_phase(&self, id: &str, phase: &str, reason: &str) -> Result<IncidentView, EngineError> {
        let reason = required(reason, "reason", LONGEST)?;
        self.enter(id, parsed_phase(phase)?, Some(&reason), "")
    }

    /// Opens an incident again that was over.
    pub fn reopen(&self, id: &str, reason: &str) -> Result<IncidentView, EngineError> {
        self.enter(id, Phase::Investigating, None, &required(reason, "reason", LONGEST)?)
    }

    fn enter(&self, id: &str, phase: Phase, despite: Option<&str>, why: &str) -> Result<IncidentView, EngineError> {
        if phase == Phase::Merged {
            return Err(EngineError::Invalid("merging has to name the other incident: use merge".to_owned()));
        }
        let incident = self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            let author = Self::author(tx)?;
            let open = held_back(&incident, phase, &Self::followups_of_family(tx, &incident)?);
            match despite {
                None if !open.is_empty() => return Err(EngineError::Held { phase: phase.word(), open }),
                Some(reason) if !open.is_empty() => {
                    self.append(tx, &incident.id, &author, &Event::GateOverridden { phase, open, reason: reason.to_owned() })?;
                }
                _ => {}
            }
            let event = if phase.open() && !incident.phase.open() {
                Event::Reopened { phase, reason: why.to_owned() }
            } else {
                Event::Phase { phase }
            };
            self.append(tx, &incident.id, &author, &event)?;
            if !phase.open() {
                self.close_room_of(tx, &incident, &author)?;
            }
            Ok(incident.id.clone())
        })?;
        self.incident_end(&incident)
    }

    /// Says how grave it is; its checklist becomes that of the severity, what was done stays done.
    pub fn set_severity(&self, id: &str, severity: &str) -> Result<IncidentView, EngineError> {
        let severity = grade(severity)?;
        let incident = self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            let author = Self::author(tx)?;
            self.append(tx, &incident.id, &author, &Event::Severity { severity })?;
            let list = items(&Self::templates(tx)?, severity);
            if list != incident.checklist {
                self.append(tx, &incident.id, &author, &Event::Checklist { items: list })?;
            }
            Ok(incident.id.clone())
        })?;
        self.incident_end(&incident)
    }

    /// An item of the checklist, by its id, was done, or is open again.
    pub fn check_item(&self, id: &str, item: &str, done: bool) -> Result<IncidentView, EngineError> {
        self.act_on(id, |incident| {
            let known = incident.checklist.iter().find(|i| i.id == item);
            let missing =
                || EngineError::Invalid(format!("the checklist has no item `{}`; look at the list again", words::plain(item, 60)));
            let item = known.ok_or_else(missing)?.id.clone();
            // Said twice is said once.
            Ok((incident.done.contains_key(&item) != done).then_some(Event::Checked { item, done }))
        })
    }

    /// Gives a role to a person at once; an empty person gives it up.
    pub fn assign_role(&self, id: &str, role: &str, person: &str) -> Result<IncidentView, EngineError> {
        let role = role_name(role)?;
        self.act(id, &Event::Role { role, person: words::plain(person, 80) })
    }

    /// Hands a role over: it stays whose it is until the other confirms.
    pub fn offer_role(&self, id: &str, role: &str, person: &str) -> Result<IncidentView, EngineError> {
        let (role, person) = (role_name(role)?, words::plain(&required(person, "person", 80)?, 80));
        self.act_on(id, |incident| {
            if incident.roles.get(&role) == Some(&person) {
                return Err(EngineError::Invalid(format!("{role} is {person}'s already")));
            }
            Ok(Some(Event::RoleOffered { role, person }))
        })
    }

    /// The person to whom a role was handed confirms, with what they read back.
    pub fn confirm_role(&self, id: &str, role: &str, readback: &str) -> Result<IncidentView, EngineError> {
        let (role, readback) = (role_name(role)?, words::plain(readback, LONGEST));
        self.act_on(id, |incident| {
            let person = offered(incident, &role)?;
            Ok(Some(Event::RoleConfirmed { role, person, readback }))
        })
    }

    /// A hand-over does not happen.
    pub fn decline_role(&self, id: &str, role: &str) -> Result<IncidentView, EngineError> {
        let role = role_name(role)?;
        self.act_on(id, |incident| {
            let person = offered(incident, &role)?;
            Ok(Some(Event::RoleDeclined { role, person }))
        })
    }

    /// Merges an incident into another: its entries are shown with the other's from here on. Striking the entry takes it back.
    pub fn merge_incident(&self, id: &str, into: &str, reason: &str) -> Result<IncidentView, EngineError> {
        let reason = required(reason, "reason", LONGEST)?;
        let survivor = self.write(|tx| {
            let (merged, survivor) = (self.incident_of(tx, id)?, self.incident_of(tx, into)?);
            if merged.id == survivor.id {
                return Err(EngineError::Invalid("these are one incident already".to_owned()));
            }
            let author = Self::author(tx)?;
            self.close_room_of(tx, &merged, &author)?;
            self.append(tx, &merged.id, &author, &Event::Merged { into: survivor.id.clone(), reason })?;
            Ok(survivor.id.clone())
        })?;
        self.incident_end(&survivor)
    }

    /// Writes what the incident as it stands makes of a wish; nothing, where it makes nothing of it.
    fn act_on(&self, id: &str, event: impl FnOnce(&Incident) -> Result<Option<Event>, EngineError>) -> Result<IncidentView, EngineError> {
        let incident = self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            if let Some(event) = event(&incident)? {
                self.append(tx, &incident.id, &Self::author(tx)?, &event)?;
            }
            Ok(incident.id.clone())
        })?;
        self.incident_end(&incident)
    }
}

/// What holds an incident back from a phase, in words.
fn held_back(incident: &Incident, to: Phase, followups: &[FollowUp]) -> Vec<String> {
    let items = held_by(incident, to).into_iter().map(|item| format!("{} ({})", words::plain(&item.text, 200), item.phase.word()));
    // Going back is always free.
    let work = followups_in_the_way(to, followups).into_iter().filter(|_| to > incident.phase);
    items.chain(work.map(|followup| format!("follow-up {}", words::plain(&followup.title, 200)))).collect()
}

fn offered(incident: &Incident, role: &str) -> Result<String, EngineError> {
    let offer = incident.offered.get(role);
    let none = || EngineError::Invalid(format!("nobody was handed {}; hand it over first", words::plain(role, 60)));
    Ok(offer.ok_or_else(none)?.person.clone())
}

fn role_name(role: &str) -> Result<String, EngineError> {
    let role = required(role, "role", 60)?.to_lowercase().replace('-', " ");
    Ok(ROLES.iter().find(|known| **known == role).map_or(role, |known| (*known).to_owned()))
}

fn parsed_phase(phase: &str) -> Result<Phase, EngineError> {
    let known: Vec<&str> = Phase::ALL.iter().map(|p| p.word()).collect();
    Phase::parse(phase).ok_or_else(|| EngineError::Invalid(format!("`{}` is no phase; use {}", words::plain(phase, 40), known.join(", "))))
}
