//! The list of postmortems, and the templates to begin one with.

use firewatch_casefile::import;
use firewatch_casefile::template::{self, Template};
use firewatch_domain::postmortem::standing;
use firewatch_domain::words;
use firewatch_store::Tx;
use serde::{Deserialize, Serialize};

use super::standing::{reviewers, state_word};
use crate::incidents::required;
use crate::show::rfc3339_s;
use crate::view::{PostmortemRow, TemplateRow};
use crate::{Engine, EngineError};

/// Where the person's own templates are kept.
const OWN: &str = "postmortem_templates";
/// Longest template, in characters.
const LONGEST: usize = 100_000;

/// A template of the person's own, as kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct OwnTemplate {
    key: String,
    title: String,
    about: String,
    /// Markdown; a fenced block marked `firewatch` is a live block of the kind it names.
    markdown: String,
    checklist: Vec<String>,
}

impl Engine {
    /// Every incident that has a postmortem or could have one, the newest incident first.
    pub fn postmortems(&self) -> Result<Vec<PostmortemRow>, EngineError> {
        let (mut rows, heads) = self.read(|tx| {
            let heads = tx.case_heads()?;
            let rows = self.all_incidents(tx)?.into_iter().map(|incident| {
                PostmortemRow {
                    // Whether there is a text to have a state is seen below.
                    state: state_word(&incident, heads.contains_key(&incident.id)),
                    severity: incident.severity.word().to_owned(),
                    phase: incident.phase.word().to_owned(),
                    drill: incident.drill,
                    edited_at: None,
                    edited_by: None,
                    words: 0.0,
                    reviewers: reviewers(&standing(&incident.entries)),
                    title: incident.title.clone(),
                    incident: incident.id.clone(),
                }
            });
            Ok((rows.collect::<Vec<_>>(), heads))
        })?;
        for row in &mut rows {
            let Some(head) = heads.get(&row.incident) else { continue };
            match self.words_of(&row.incident, head.id)? {
                Some(words) => {
                    row.words = words;
                    row.edited_at = Some(rfc3339_s(head.at_s));
                    row.edited_by = Some(head.author.clone());
                }
                // The document only carries the room so far.
                None => "none".clone_into(&mut row.state),
            }
        }
        Ok(rows)
    }

    /// Words of a document whose log ends at `head`, none while it has no text; counted once for each end.
    fn words_of(&self, incident: &str, head: i64) -> Result<Option<f64>, EngineError> {
        if let Some((counted, words)) = self.shelf().words.get(incident).copied()
            && counted == head
        {
            return Ok(words);
        }
        let words = self.read_case(incident, |_, _, held| {
            let count = || held.case.blocks().iter().map(|block| block.words().split_whitespace().count()).sum::<usize>() as f64;
            Ok((!held.case.is_blank()).then(count))
        })?;
        self.shelf().words.insert(incident.to_owned(), (head, words));
        Ok(words)
    }

    /// Templates to begin with, ours first.
    pub fn postmortem_templates(&self) -> Result<Vec<TemplateRow>, EngineError> {
        self.read(|tx| {
            let own = own(tx)?.into_iter().map(|own| TemplateRow { id: own.key, title: own.title, about: own.about, own: true });
            let ours = template::all().into_iter().map(|t| TemplateRow { id: t.key, title: t.title, about: t.about, own: false });
            Ok(ours.chain(own).collect())
        })
    }

    /// Keeps a template of the person's own, as Markdown; a fenced block marked `firewatch` is a live block of the kind it names.
    pub fn keep_template(&self, title: &str, about: &str, markdown: &str, checklist: &[String]) -> Result<TemplateRow, EngineError> {
        let title = words::plain(&required(title, "title", 80)?, 80);
        let markdown = required(markdown, "template", LONGEST)?;
        let key = format!("own-{}", self.world.ids.fresh());
        let checklist = checklist.iter().map(|point| words::plain(point, 200)).filter(|point| !point.is_empty()).collect();
        let kept = OwnTemplate { key, title, about: words::plain(about, 200), markdown, checklist };
        if built(&kept).blocks.is_empty() {
            return Err(EngineError::Invalid("the template has no text; write at least a heading".to_owned()));
        }
        self.write(|tx| {
            let mut all = own(tx)?;
            all.push(kept.clone());
            tx.set_meta_json(OWN, &all)?;
            Ok(TemplateRow { id: kept.key, title: kept.title, about: kept.about, own: true })
        })
    }

    /// Forgets a template of the person's own; documents begun with it stay as they are.
    pub fn forget_template(&self, key: &str) -> Result<(), EngineError> {
        self.write(|tx| {
            let mut all = own(tx)?;
            let before = all.len();
            all.retain(|own| own.key != key);
            if all.len() == before {
                return Err(EngineError::Invalid(format!("there is no template of yours `{}`", words::plain(key, 60))));
            }
            Ok(tx.set_meta_json(OWN, &all)?)
        })
    }

    /// A template by its key.
    pub(crate) fn postmortem_template(tx: &Tx<'_>, key: &str) -> Result<Template, EngineError> {
        let mut known: Vec<Template> = template::all();
        known.extend(own(tx)?.iter().map(built));
        let keys: Vec<String> = known.iter().map(|template| template.key.clone()).collect();
        known
            .into_iter()
            .find(|template| template.key == key)
            .ok_or_else(|| EngineError::Invalid(format!("there is no template `{}`; use {}", words::plain(key, 60), keys.join(", "))))
    }
}

fn own(tx: &Tx<'_>) -> Result<Vec<OwnTemplate>, EngineError> {
    Ok(tx.meta_json(OWN)?)
}

fn built(own: &OwnTemplate) -> Template {
    Template {
        key: own.key.clone(),
        title: own.title.clone(),
        about: own.about.clone(),
        blocks: template::live_fences(import::markdown(&own.markdown).blocks),
        checklist: own.checklist.clone(),
    }
}
