//! Proving follow-ups: what one should improve is written down with it, and measured on the slices once it has shipped, environment
//! by environment. How a verdict comes about is in [`firewatch_domain::proof`].

pub(crate) mod places;
mod record;

use chrono::{DateTime, Utc};
use firewatch_domain::entry::Event;
use firewatch_domain::followup::{FollowUp, FollowUpChange, FollowUpStatus};
use firewatch_domain::hypothesis::{Aim, Hypothesis, Measure};
use firewatch_domain::minute::Minute;
use firewatch_domain::proof::{Figures, Proof, Verdict, judge, next_look, standing};
use firewatch_domain::words;
use firewatch_store::Tx;

use crate::view::{FollowUpView, HypothesisPreview, PreviewPlace, ProveForm, ShipForm};
use crate::{Engine, EngineError};
use places::{Place, places};
use record::load;

/// A claim about the future cannot be looked at; clocks differ by a little.
const SLACK_S: i64 = 120;

impl Engine {
    /// Looks at what the data say of a follow-up's hypothesis now, in every environment it has shipped to. Said to have shipped by
    /// the form, it is noted as such first.
    pub fn prove(&self, id: &str, form: &ProveForm) -> Result<FollowUpView, EngineError> {
        self.write(|tx| {
            let mut followup = tx.followup(id)?;
            if form.shipped.is_some() || form.environment.is_some() {
                let shipped = ShipForm { environment: form.environment.clone(), at: form.shipped.clone() };
                followup = self.shipped(tx, &followup, &shipped)?;
            }
            let hypothesis = claimed(&followup)?;
            if hypothesis.shipped.is_empty() {
                let how = "mark it done, or say when with --shipped";
                return Err(EngineError::Invalid(format!("“{}” has not shipped anywhere yet; {how}", words::plain(&followup.title, 80))));
            }
            self.measure(tx, &followup, true)?;
            self.followup_view(tx, &followup)
        })
    }

    /// Notes that a follow-up has shipped: to one environment or to all of its hypothesis, now or at a time.
    pub fn ship_followup(&self, id: &str, form: &ShipForm) -> Result<FollowUpView, EngineError> {
        self.write(|tx| {
            let followup = self.shipped(tx, &tx.followup(id)?, form)?;
            self.measure(tx, &followup, true)?;
            self.followup_view(tx, &followup)
        })
    }

    /// Looks at every follow-up whose time for it has come. Answers how many verdicts changed.
    pub fn prove_due(&self) -> Result<usize, EngineError> {
        let now = self.now();
        let due = self.read(|tx| {
            let last = tx.last_proofs()?;
            let due = |followup: &FollowUp| {
                let Some(hypothesis) = &followup.hypothesis else { return false };
                let proofs = last.get(&followup.id);
                hypothesis.shipped.iter().any(|(environment, shipped)| {
                    let last = proofs.into_iter().flatten().find(|p| p.environment == *environment && p.shipped == *shipped);
                    next_look(*shipped, last.map(|p| (p.at, p.verdict))).is_some_and(|look| look <= now)
                })
            };
            Ok(tx.followups()?.into_iter().filter(due).collect::<Vec<_>>())
        })?;
        let mut changed = 0;
        for followup in due {
            changed += self.write(|tx| self.measure(tx, &tx.followup(&followup.id)?, false))?;
        }
        Ok(changed)
    }

    /// What a hypothesis as typed means, and how its SLOs stand now. Nothing is kept.
    pub fn preview_hypothesis(&self, text: &str, slo: Option<&str>, incident: Option<&str>) -> Result<HypothesisPreview, EngineError> {
        let read = match Hypothesis::parse(text) {
            Ok(read) => read,
            Err(error) => return Ok(HypothesisPreview::at_fault(error.to_string())),
        };
        self.read(|tx| {
            let own = self.own_slo(tx, slo, incident)?;
            let places = match places(tx, &read, own.as_deref()) {
                Ok(places) => places,
                Err(EngineError::Field { message, .. }) => return Ok(HypothesisPreview::at_fault(message)),
                Err(other) => return Err(other),
            };
            let now = Minute::containing(self.now());
            let stands = places.iter().map(|place| -> Result<PreviewPlace, EngineError> {
                let measure = resolved(read.measure, place);
                let side = load(tx, &place.slo, now)?.map(|(record, reading)| standing(&record, &reading, measure));
                Ok(crate::show::place_row(place, measure, read.aim, side.unwrap_or_default()))
            });
            Ok(HypothesisPreview { claim: read.claim(), fault: None, places: stands.collect::<Result<_, _>>()? })
        })
    }

    /// A hypothesis as typed, with its SLO and environments found; an empty text takes it away.
    pub(crate) fn hypothesis_of(&self, tx: &Tx<'_>, before: &FollowUp, text: &str) -> Result<Option<Hypothesis>, EngineError> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let fault = |message: String| EngineError::Field { field: "hypothesis".to_owned(), message };
        let mut read = Hypothesis::parse(text).map_err(|error| fault(error.to_string()))?;
        let own = self.own_slo(tx, before.slo.as_deref(), before.incident.as_deref())?;
        let places = places(tx, &read, own.as_deref())?;
        read.slo = places.first().map(|place| place.base.clone()).unwrap_or_default();
        read.environments = places.into_iter().map(|place| place.slo.environment).collect();
        if let Some(before) = &before.hypothesis {
            read.shipped = before.shipped.clone();
            read.shipped.retain(|environment, _| read.environments.contains(environment));
        }
        Ok(Some(read))
    }

    /// What becoming done, or open again, does to when it shipped: done, it has shipped wherever nothing else was said; open again,
    /// it will ship anew.
    pub(crate) fn shipping(&self, before: Option<&FollowUp>, after: &mut FollowUp) {
        let Some(hypothesis) = &mut after.hypothesis else { return };
        let was_open = before.is_none_or(|before| before.status.open());
        if was_open && after.status == FollowUpStatus::Done {
            for environment in hypothesis.environments.clone() {
                hypothesis.shipped.entry(environment).or_insert_with(|| self.now());
            }
        } else if !was_open && after.status.open() {
            hypothesis.shipped.clear();
        }
    }

    fn shipped(&self, tx: &Tx<'_>, followup: &FollowUp, form: &ShipForm) -> Result<FollowUp, EngineError> {
        let at = form.at.as_deref().map(|text| self.time_of_shipping(text)).transpose()?.unwrap_or_else(|| self.now());
        let mut after = followup.clone();
        claimed(followup)?;
        let Some(hypothesis) = &mut after.hypothesis else { return Ok(after) };
        let environments = match form.environment.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            None => hypothesis.environments.clone(),
            Some(name) => {
                let known = hypothesis.environments.iter().find(|known| known.eq_ignore_ascii_case(name)).cloned();
                let all = hypothesis.environments.join(", ");
                let unknown = || EngineError::Invalid(format!("`{}` is none of its environments: {all}", words::plain(name, 60)));
                vec![known.ok_or_else(unknown)?]
            }
        };
        for environment in environments {
            hypothesis.ship(&environment, at);
        }
        self.keep_followup(tx, Some(followup), &after, &Self::author(tx)?)?;
        Ok(tx.followup(&followup.id)?)
    }

    fn time_of_shipping(&self, text: &str) -> Result<DateTime<Utc>, EngineError> {
        let text = text.trim();
        let read = match text.parse::<i64>() {
            Ok(seconds) => DateTime::from_timestamp(seconds, 0),
            Err(_) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
        };
        let how = "write it as 2026-11-22T04:00:00Z or in unix seconds";
        let at = read.ok_or_else(|| EngineError::Invalid(format!("`{}` is no time; {how}", words::plain(text, 40))))?;
        if at.timestamp() > self.now_s() + SLACK_S {
            return Err(EngineError::Invalid(format!("{} is still to come; say when it has shipped", words::plain(text, 40))));
        }
        Ok(at)
    }

    /// Looks at each environment that it has shipped to, in order: what is due, or all of them. What changed is told. Answers how many
    /// verdicts did.
    pub(crate) fn measure(&self, tx: &Tx<'_>, followup: &FollowUp, all: bool) -> Result<usize, EngineError> {
        let Some(hypothesis) = &followup.hypothesis else { return Ok(0) };
        let (now, mut changed) = (self.now(), 0);
        for environment in &hypothesis.environments {
            let Some(shipped) = hypothesis.shipped.get(environment) else { continue };
            let last = tx.last_proof(&followup.id, environment)?.filter(|last| last.shipped == *shipped);
            if !all && next_look(*shipped, last.as_ref().map(|p| (p.at, p.verdict))).is_none_or(|look| look > now) {
                continue;
            }
            let proof = self.measured(tx, hypothesis, environment, *shipped)?;
            let before = last.map_or(Verdict::NotEnoughData, |last| last.verdict);
            tx.put_proof(&followup.id, &proof)?;
            if proof.verdict != before {
                changed += 1;
                self.tell_proof(tx, followup, &proof)?;
            }
        }
        Ok(changed)
    }

    fn measured(&self, tx: &Tx<'_>, hypothesis: &Hypothesis, environment: &str, shipped: DateTime<Utc>) -> Result<Proof, EngineError> {
        let only = Hypothesis { environments: vec![environment.to_owned()], ..hypothesis.clone() };
        let (verdict, why, figures, slo, measure) = match places(tx, &only, None) {
            Ok(found) => match found.into_iter().next() {
                Some(place) => {
                    let measure = resolved(hypothesis.measure, &place);
                    let (verdict, why, figures) = judged(tx, &place, shipped, measure, hypothesis.aim)?;
                    (verdict, why, figures, place.slo.id, measure)
                }
                None => unmeasured("Its SLO is gone.", hypothesis.measure),
            },
            Err(EngineError::Field { message, .. }) => unmeasured(&message, hypothesis.measure),
            Err(other) => return Err(other),
        };
        let (environment, at) = (environment.to_owned(), self.now());
        Ok(Proof { verdict, why, environment, slo, shipped, at, measure, aim: hypothesis.aim, figures })
    }

    /// A verdict goes to the ticket, and into the incident's timeline.
    fn tell_proof(&self, tx: &Tx<'_>, followup: &FollowUp, proof: &Proof) -> Result<(), EngineError> {
        let found = format!("{} on {}. {}", proof.headline(), words::plain(&proof.environment, 60), proof.told());
        let reopen = if proof.verdict == Verdict::NotProven { "\n\nConsider taking it up again." } else { "" };
        self.comment_in(tx, &followup.id, &format!("Measured by Firewatch: {found}{reopen}"))?;
        let Some(incident) = &followup.incident else { return Ok(()) };
        let text = format!("{}: {found}", words::plain(&followup.title, 120));
        self.append(tx, incident, "Firewatch", &Event::FollowUp { followup: followup.id.clone(), change: FollowUpChange::Proof, text })
    }

    /// The SLO a follow-up is about: its own, else the first of its incident.
    fn own_slo(&self, tx: &Tx<'_>, slo: Option<&str>, incident: Option<&str>) -> Result<Option<String>, EngineError> {
        if let Some(slo) = slo.filter(|slo| !slo.trim().is_empty()) {
            return Ok(Some(slo.trim().to_owned()));
        }
        let Some(incident) = incident.filter(|id| !id.is_empty()) else { return Ok(None) };
        Ok(self.incident_of(tx, incident)?.slos.first().map(|slo| slo.id.clone()))
    }
}

fn judged(
    tx: &Tx<'_>,
    place: &Place,
    shipped: DateTime<Utc>,
    measure: Measure,
    aim: Aim,
) -> Result<(Verdict, String, Figures), EngineError> {
    if let Some((record, reading)) = load(tx, &place.slo, Minute::containing(shipped))? {
        return Ok(judge(&record, &reading, measure, aim));
    }
    let why = format!("Nothing was ever read of {}.", words::plain(&place.slo.name, 80));
    Ok((Verdict::NotEnoughData, why, Figures::default()))
}

fn unmeasured(why: &str, measure: Measure) -> (Verdict, String, Figures, String, Measure) {
    (Verdict::NotEnoughData, why.to_owned(), Figures::default(), String::new(), measure)
}

fn claimed(followup: &FollowUp) -> Result<&Hypothesis, EngineError> {
    followup.hypothesis.as_ref().ok_or_else(|| {
        let how = "say what it improves, as --hypothesis \"SLO improves 10x\"";
        EngineError::Invalid(format!("“{}” claims nothing that could be proven; {how}", words::plain(&followup.title, 80)))
    })
}

/// The quantile that the SLO promises, where none is named.
fn resolved(measure: Measure, place: &Place) -> Measure {
    match measure {
        Measure::Quantile { percent: None } => Measure::Quantile { percent: Some(place.slo.objective.ratio() * 100.0) },
        named => named,
    }
}
