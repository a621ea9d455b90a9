//! Follow-ups as shown: with the names of what they refer to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use firewatch_domain::followup::{Deadline, FollowUp, on_weekend};
use firewatch_domain::incident::Phase;
use firewatch_store::{StoreError, Tx};

use super::incident::rfc3339;
use super::{decisive, proof_row};
use crate::EngineError;
use crate::view::FollowUpRow;

/// What rows need beside the follow-ups themselves, read once for many.
pub(crate) struct FollowUps {
    incidents: BTreeMap<String, String>,
    slos: BTreeMap<String, String>,
    today: NaiveDate,
}

impl FollowUps {
    /// `incidents`: titles by id.
    pub fn new(incidents: BTreeMap<String, String>, today: NaiveDate) -> Self {
        Self { incidents, slos: BTreeMap::new(), today }
    }

    /// As in a list.
    pub fn row(&mut self, tx: &Tx<'_>, f: &FollowUp) -> Result<FollowUpRow, EngineError> {
        let proofs = if f.hypothesis.is_some() { tx.last_proofs_of(&f.id)? } else { Vec::new() };
        Ok(FollowUpRow {
            id: f.id.clone(),
            incident: f.incident.clone(),
            incident_title: f.incident.as_ref().and_then(|id| self.incidents.get(id)).cloned(),
            title: f.title.clone(),
            kind: f.kind.word().to_owned(),
            priority: f.priority.word().to_owned(),
            owner: f.owner.clone(),
            due: f.due.map(|due| due.to_string()),
            deadline: f.deadline(self.today).map(Deadline::word).map(str::to_owned),
            due_on_weekend: f.due.is_some_and(on_weekend),
            effort_min: f.effort_min,
            labels: f.labels.iter().cloned().collect(),
            status: f.status.word().to_owned(),
            entry: f.entry.clone(),
            passage: f.passage.clone(),
            slo: f.slo.as_ref().map(|id| self.slo(tx, id)).transpose()?,
            journey: f.journey.clone(),
            required: f.required.map(Phase::word).map(str::to_owned),
            author: f.author.clone(),
            created: rfc3339(f.created),
            updated: rfc3339(f.updated),
            ticket: crate::tickets::ticket_row(tx, f)?,
            hypothesis: f.hypothesis.as_ref().map(ToString::to_string),
            proof: f.hypothesis.as_ref().and_then(|hypothesis| decisive(hypothesis, &proofs)).map(proof_row),
        })
    }

    /// The name of an SLO; its id where it is gone.
    fn slo(&mut self, tx: &Tx<'_>, id: &str) -> Result<String, EngineError> {
        if let Some(name) = self.slos.get(id) {
            return Ok(name.clone());
        }
        let name = match tx.slo(id) {
            Ok(slo) => slo.name,
            Err(StoreError::Missing { .. }) => id.to_owned(),
            Err(other) => return Err(other.into()),
        };
        self.slos.insert(id.to_owned(), name.clone());
        Ok(name)
    }
}
