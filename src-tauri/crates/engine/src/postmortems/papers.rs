//! Out and in: a postmortem written out in a format, and text from elsewhere taken into it.

use std::path::Path;

use firewatch_casefile::Drawer;
use firewatch_casefile::export::Paper;
use firewatch_casefile::{import, live};
use firewatch_domain::words;

use super::barred;
use crate::view::{Document, ImportedText};
use crate::write_out::write_files;
use crate::{Engine, EngineError};

/// Longest text that is taken in, in bytes.
const LONGEST: usize = 16 << 20;
const FORMATS: [&str; 4] = ["md", "html", "json", "jira"];

impl Engine {
    /// A postmortem written out: `md`, `html`, `json` or `jira`. Live blocks say what they say now, or what they said when it was
    /// published.
    pub fn export_postmortem(&self, id: &str, format: &str) -> Result<Document, EngineError> {
        if !FORMATS.contains(&format) {
            let format = words::plain(format, 40);
            return Err(EngineError::Invalid(format!("`{format}` is no format of a postmortem; use {}", FORMATS.join(", "))));
        }
        let paper = self.paper(id)?;
        let text = match format {
            "md" => paper.markdown(),
            "html" => paper.html(),
            "jira" => paper.wiki(),
            _ => serde_json::to_string_pretty(&paper.json()).map_err(firewatch_store::StoreError::from)?,
        };
        let ending = if format == "jira" { "txt" } else { format };
        Ok(Document { format: format.to_owned(), name: format!("{}.{ending}", file_name(&paper.title)), text })
    }

    /// The same as a file in a folder, which is made where it is missing; answers its path.
    pub fn write_postmortem(&self, id: &str, format: &str, folder: &Path) -> Result<String, EngineError> {
        let paper = self.export_postmortem(id, format)?;
        Ok(write_files(folder, "/srv/postmortems", [(paper.name, paper.text)])?.swap_remove(0))
    }

    /// Takes text in behind what is there: `md` or `html`, sanitised. Answers what came in and what was left out.
    pub fn import_postmortem(&self, id: &str, text: &str, format: &str) -> Result<ImportedText, EngineError> {
        if text.len() > LONGEST {
            return Err(EngineError::Invalid(format!("the text has {} MB; at most 16 are taken in, split it", text.len() >> 20)));
        }
        let mut came = match format {
            "md" => import::markdown(text),
            "html" => import::html(text),
            _ => {
                let format = words::plain(format, 40);
                return Err(EngineError::Invalid(format!("`{format}` cannot be taken in; use md or html")));
            }
        };
        self.open_postmortem(id)?;
        let front = self.paper(id)?.front();
        // What an export of ours puts above the text would stand there twice.
        let known = came.blocks.iter().zip(&front).take_while(|(came, ours)| came == ours).count();
        came.blocks.drain(..known);
        if came.blocks.is_empty() {
            return Err(EngineError::Invalid("there is nothing in it to take in; give a file with text".to_owned()));
        }
        self.edit_case(id, |tx, id, held| {
            if let Some(why) = barred(tx, id, held)? {
                return Err(EngineError::Invalid(why));
            }
            let author = Self::author(tx)?;
            let images = held.case.put(Drawer::Images, came.images.iter().map(|(hash, data)| (hash.as_str(), data.as_str())));
            self.note_edit(tx, id, held, &author, images)?;
            let blocks = held.case.insert_blocks(usize::MAX, &came.blocks);
            self.note_edit(tx, id, held, &author, Some(blocks))?;
            Ok(ImportedText { incident: id.to_owned(), blocks: came.blocks.len() as f64, notes: came.notes })
        })
    }

    /// What a postmortem says now, ready to be written out.
    pub(crate) fn paper(&self, id: &str) -> Result<Paper, EngineError> {
        let shown = self.shown_blocks(id)?;
        let (id, blocks, images) = self.read_case(id, |_, id, held| {
            if held.case.is_blank() {
                return Err(EngineError::Invalid("there is no postmortem yet; open it and write one first".to_owned()));
            }
            Ok((id.to_owned(), held.case.blocks(), held.case.list(Drawer::Images)))
        })?;
        let standing = self.postmortem_standing(&id)?;
        let incident = self.incident(&id)?;
        let mut facts = vec![("Severity".to_owned(), incident.severity), ("Phase".to_owned(), incident.phase)];
        let since = |label: &str, at: Option<String>| at.map(|at| (label.to_owned(), at));
        facts.extend(since("Impact began", incident.times.impact_start));
        facts.extend(since("Resolved", incident.times.resolved));
        facts.push(("Postmortem".to_owned(), standing.state.replace('_', " ")));
        facts.extend(since("Published", standing.published_at));
        if incident.drill {
            facts.push(("Drill".to_owned(), "a replayed story, not a real incident".to_owned()));
        }
        let find =
            |kind: &str, slo: Option<&str>| shown.iter().find(|s| s.kind == kind && s.slo.as_deref() == slo).map(|s| s.shown.clone());
        Ok(Paper { title: incident.title, facts, blocks: live::filled(blocks, &find), images: images.into_iter().collect() })
    }
}

/// A name for a file: letters, digits and hyphens of a title.
fn file_name(title: &str) -> String {
    let kept: String = title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = kept.split('-').filter(|part| !part.is_empty()).take(12).collect::<Vec<_>>().join("-");
    if name.is_empty() { "postmortem".to_owned() } else { name }
}
