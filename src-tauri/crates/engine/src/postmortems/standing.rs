//! A postmortem's way from draft to published: its state, its readers, its checklist. Each step is an entry of the incident.

use firewatch_casefile::live::{self, Shown};
use firewatch_casefile::template;
use firewatch_domain::entry::Event;
use firewatch_domain::incident::Incident;
use firewatch_domain::postmortem::{PostmortemState, Standing, standing};
use firewatch_domain::words;
use firewatch_store::Tx;

use super::FROM_CORE;
use super::shelf::Held;
use crate::incidents::required;
use crate::show::rfc3339;
use crate::view::{PostmortemStanding, ReviewPoint, ReviewerRow};
use crate::{Engine, EngineError};

impl Engine {
    /// How a postmortem stands.
    pub fn postmortem_standing(&self, id: &str) -> Result<PostmortemStanding, EngineError> {
        self.read_case(id, |tx, id, held| self.standing_of(tx, id, held))
    }

    /// Moves a postmortem: `draft`, `in_review` or `published`. Publishing puts what the live blocks show into the document;
    /// going back lets them follow the incident again.
    pub fn set_postmortem_state(&self, id: &str, state: &str) -> Result<PostmortemStanding, EngineError> {
        let to = PostmortemState::parse(state).ok_or_else(|| {
            let known: Vec<&str> = PostmortemState::ALL.iter().map(|state| state.word()).collect();
            EngineError::Invalid(format!("`{}` is no state of a postmortem; use {}", words::plain(state, 40), known.join(", ")))
        })?;
        // Charts are read before the document is locked: they need the book.
        let shown = if to == PostmortemState::Published { self.shown_blocks(id)? } else { Vec::new() };
        self.edit_case(id, |tx, id, held| {
            if held.case.is_blank() {
                return Err(EngineError::Invalid("there is no postmortem yet; open it and write one first".to_owned()));
            }
            let now = standing(&self.incident_of(tx, id)?.entries);
            if now.state == to {
                return self.standing_of(tx, id, held);
            }
            let author = Self::author(tx)?;
            if to == PostmortemState::Published {
                self.freeze_blocks(tx, id, held, &author, &shown)?;
            } else if now.state == PostmortemState::Published {
                self.note_edit(tx, id, held, &author, held.case.thaw_blocks())?;
            }
            self.append(tx, id, &author, &Event::PostmortemState { state: to })?;
            self.standing_of(tx, id, held)
        })
    }

    /// Asks somebody to read it.
    pub fn ask_reviewer(&self, id: &str, person: &str) -> Result<PostmortemStanding, EngineError> {
        let person = words::plain(&required(person, "reviewer", 80)?, 80);
        self.review_step(id, &Event::Reviewer { person, approved: false })
    }

    /// Somebody read it and holds it to be right, or takes that back.
    pub fn approve_postmortem(&self, id: &str, person: &str, approved: bool) -> Result<PostmortemStanding, EngineError> {
        let person = words::plain(&required(person, "reviewer", 80)?, 80);
        self.review_step(id, &Event::Reviewer { person, approved })
    }

    /// Somebody need not read it after all.
    pub fn release_reviewer(&self, id: &str, person: &str) -> Result<PostmortemStanding, EngineError> {
        self.review_step(id, &Event::ReviewerReleased { person: words::plain(person, 80) })
    }

    /// Ticks a point of the checklist, or opens it again.
    pub fn check_postmortem(&self, id: &str, item: &str, done: bool) -> Result<PostmortemStanding, EngineError> {
        let item = words::plain(&required(item, "point", 200)?, 200);
        self.review_step(id, &Event::PostmortemChecked { item, done })
    }

    fn review_step(&self, id: &str, event: &Event) -> Result<PostmortemStanding, EngineError> {
        self.edit_case(id, |tx, id, held| {
            self.append(tx, id, &Self::author(tx)?, event)?;
            self.standing_of(tx, id, held)
        })
    }

    fn standing_of(&self, tx: &Tx<'_>, id: &str, held: &Held) -> Result<PostmortemStanding, EngineError> {
        let incident = self.incident_of(tx, id)?;
        let now = standing(&incident.entries);
        let key = held.case.template().unwrap_or_else(|| template::DEFAULT.to_owned());
        let points = Self::postmortem_template(tx, &key).map(|template| template.checklist).unwrap_or_default();
        Ok(PostmortemStanding {
            incident: id.to_owned(),
            state: if held.case.is_blank() { "none".to_owned() } else { now.state.word().to_owned() },
            published_at: now.published.map(rfc3339),
            reviewers: reviewers(&now),
            checklist: points.into_iter().map(|text| ReviewPoint { done_by: now.checked.get(&text).cloned(), text }).collect(),
        })
    }

    /// What the live blocks show goes into the document.
    fn freeze_blocks(&self, tx: &Tx<'_>, id: &str, held: &mut Held, author: &str, shown: &[Asked]) -> Result<(), EngineError> {
        let find = |kind: &str, slo: Option<&str>| {
            shown.iter().find(|asked| asked.kind == kind && asked.slo.as_deref() == slo).map(|asked| asked.shown.text())
        };
        self.note_edit(tx, id, held, author, held.case.freeze_blocks(find))
    }

    /// Writes an edit of the core's own into the log, with the person as its author.
    pub(super) fn note_edit(
        &self,
        tx: &Tx<'_>,
        id: &str,
        held: &mut Held,
        author: &str,
        update: Option<Vec<u8>>,
    ) -> Result<(), EngineError> {
        let Some(update) = update else { return Ok(()) };
        held.last = tx.add_case_update(id, self.now_s(), author, FROM_CORE, &update)?;
        let own = held.case.client();
        self.name(tx, id, held, &[own], author)
    }

    /// What each live block of a document shows now.
    pub(super) fn shown_blocks(&self, id: &str) -> Result<Vec<Asked>, EngineError> {
        let (id, wanted) = self.read_case(id, |_, id, held| Ok((id.to_owned(), live::wanted(&held.case.blocks()))))?;
        let ask = |(kind, slo): (String, Option<String>)| {
            let shown = self.shown_block(&id, &kind, slo.as_deref())?;
            Ok(shown.map(|shown| Asked { kind, slo, shown }))
        };
        let all = wanted.into_iter().map(ask).collect::<Result<Vec<_>, EngineError>>()?;
        Ok(all.into_iter().flatten().collect())
    }
}

/// What a block of a kind shows.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Kind.
    pub kind: String,
    /// SLO it is about.
    pub slo: Option<String>,
    /// What it shows.
    pub shown: Shown,
}

/// Readers in the order of their names.
pub(super) fn reviewers(standing: &Standing) -> Vec<ReviewerRow> {
    standing.reviewers.iter().map(|(person, approved)| ReviewerRow { person: person.clone(), approved: *approved }).collect()
}

/// How the postmortem of an incident stands, for a list.
pub(super) fn state_word(incident: &Incident, begun: bool) -> String {
    if begun { standing(&incident.entries).state.word().to_owned() } else { "none".to_owned() }
}
