//! Taking a proposal over: the definition, its history, and the timeline of the incident it came from, in one transaction.

use std::sync::Arc;

use firewatch_domain::entry::Event;
use firewatch_domain::objective::Objective;
use firewatch_domain::slo::Slo;
use firewatch_domain::words;

use super::told::{percent, promise};
use crate::backtest::Change;
use crate::backtest::stored::boundaries;
use crate::view::{AdoptForm, Adopted};
use crate::{Engine, EngineError};

/// Longest reason, in characters.
const LONGEST_WHY: usize = 600;

impl Engine {
    /// Adopts another objective and boundary for an SLO. Its history stays; adopting the answer's `undo` takes it back.
    pub async fn adopt(self: &Arc<Self>, form: AdoptForm) -> Result<Adopted, EngineError> {
        let adopted = self.blocking(move |engine| engine.keep_adopted(&form)).await?;
        self.changed();
        Ok(adopted)
    }

    fn keep_adopted(&self, form: &AdoptForm) -> Result<Adopted, EngineError> {
        self.write(|tx| {
            let before = tx.find_slo(&form.slo)?;
            let under_s = form.under_s.filter(|under| before.indicator.threshold() != Some(*under));
            let change = Change { objective: Some(Objective::from_percent(&form.objective_percent)?), under_s, ..Change::default() };
            let after = change.applied(&before, boundaries(tx, &before)?.as_deref())?;
            if after == before {
                return Err(EngineError::Invalid(format!("{} promises {} already", before.name, promise(&before))));
            }
            if let Some(refused) = after.objections().into_iter().find(|o| o.refused) {
                return Err(EngineError::Invalid(refused.message));
            }
            let told = format!("{} → {}", promise(&before), promise(&after));
            let why = words::plain(&form.why, LONGEST_WHY);
            let note = if why.is_empty() { told.clone() } else { format!("{told}. {why}") };
            self.keep_slo(tx, &after, &note)?;
            if let Some(incident) = form.incident.as_deref().filter(|id| !id.is_empty()) {
                let text = format!("Objective of {} changed: {note}", words::plain(&before.title, 120));
                let author = Self::author(tx)?;
                let incident = self.incident_of(tx, incident)?;
                self.append(tx, &incident.id, &author, &Event::Note { text })?;
            }
            Ok(Adopted { slo: before.id.clone(), name: before.name.clone(), change: told, undo: undo(&before, form) })
        })
    }
}

fn undo(before: &Slo, form: &AdoptForm) -> AdoptForm {
    AdoptForm {
        slo: before.id.clone(),
        objective_percent: percent(before.objective),
        under_s: before.indicator.threshold(),
        incident: form.incident.clone(),
        why: "Taken back.".to_owned(),
    }
}
