//! An incident given out whole: Markdown, one page of HTML, JSON. Each needs nothing else, and nothing in it runs: what people and
//! machines wrote stays text.

mod html;
mod markdown;
mod story;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firewatch_domain::hours::totals;
use firewatch_domain::incident::Incident;
use firewatch_domain::slo::name_from;
use firewatch_domain::words;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::show::rfc3339;
use crate::view::{ActRow, IncidentPaper, IncidentView, SloCharts};
use crate::{Engine, EngineError};

/// Charts of one export, pictures of one, and their bytes together.
const MOST_CHARTS: usize = 12;
const MOST_PICTURES: usize = 60;
const MOST_BYTES: usize = 40 * 1024 * 1024;
/// Hours before the incident that charts show.
const BEFORE_H: i64 = 3;

/// What is written out, before it is known in which form.
pub(crate) struct Paper {
    title: String,
    facts: Vec<(&'static str, String)>,
    parts: Vec<Part>,
}

struct Part {
    title: &'static str,
    blocks: Vec<Block>,
}

enum Block {
    Text(String),
    Table {
        head: &'static [&'static str],
        rows: Vec<Vec<String>>,
    },
    /// Drawn by us: the only mark-up that goes in as it is.
    Drawing {
        svg: String,
        says: String,
    },
    Picture {
        mime: String,
        base64: String,
        says: String,
    },
}

/// Everything that is known of an incident.
struct Known {
    view: IncidentView,
    incident: Arc<Incident>,
    acts: Vec<ActRow>,
    charts: Vec<(String, Option<SloCharts>)>,
    pictures: BTreeMap<String, (String, String)>,
    exported_at: String,
}

impl Engine {
    /// An incident as `md`, `html` or `json`.
    pub fn export_incident(&self, id: &str, format: &str) -> Result<IncidentPaper, EngineError> {
        let known = self.known(id)?;
        let text = match format {
            "md" => markdown::written(&story::told(&known)),
            "html" => html::written(&story::told(&known)),
            "json" => json_of(&known)?,
            other => {
                let shown = words::plain(other, 20);
                return Err(EngineError::Invalid(format!(
                    "`{shown}` is no format of an incident; use md, html or json, or write it as a case file"
                )));
            }
        };
        let start: String = name_from(&known.view.title).chars().take(48).collect();
        let day = known.incident.declared_at.format("%Y-%m-%d");
        let name = format!("{day}-{}.{format}", start.trim_matches(['-', '.']));
        Ok(IncidentPaper { format: format.to_owned(), name, text })
    }

    /// The same, or whole as a `case` file, in a folder; answers its path. A file of the same name is replaced.
    pub fn write_incident(&self, id: &str, format: &str, folder: &Path) -> Result<String, EngineError> {
        let at_folder = |message: String| EngineError::Field { field: "folder".to_owned(), message };
        if !folder.is_absolute() {
            return Err(at_folder("write the whole path of a folder, such as /srv/incidents".to_owned()));
        }
        let (name, bytes) = match format {
            "case" => self.case_file(id)?,
            _ => self.export_incident(id, format).map(|paper| (paper.name, paper.text.into_bytes()))?,
        };
        let path = folder.join(name);
        let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|error| {
            at_folder(format!("{} cannot be written: {error}; choose another folder", words::plain(&path.display().to_string(), 200)))
        })?;
        Ok(path.display().to_string())
    }

    fn known(&self, id: &str) -> Result<Known, EngineError> {
        let (view, incident) = self.read(|tx| {
            let incident = self.incident_of(tx, id)?;
            Ok((self.shown(tx, &incident, None)?, incident))
        })?;
        let now = self.now();
        let end = incident.times.resolved.unwrap_or(now).min(now);
        let hours = (now - incident.declared_at.min(end)).num_hours() + BEFORE_H;
        let charts =
            incident.slos.iter().take(MOST_CHARTS).map(|slo| (slo.name.clone(), self.slo_charts(&slo.id, Some(hours.max(1) as f64)).ok()));
        let charts = charts.collect();
        let mut pictures: BTreeMap<String, (String, String)> = BTreeMap::new();
        let mut bytes = 0;
        for hash in view.entries.iter().filter_map(|entry| entry.picture.as_ref()).take(MOST_PICTURES) {
            if let Some(found) = self.picture(hash)?
                && bytes + found.bytes.len() <= MOST_BYTES
            {
                bytes += found.bytes.len();
                pictures.insert(hash.clone(), (found.mime, STANDARD.encode(found.bytes)));
            }
        }
        Ok(Known { acts: self.acts_about(&view.id)?, view, incident, charts, pictures, exported_at: rfc3339(now) })
    }
}

fn json_of(known: &Known) -> Result<String, EngineError> {
    let (total, people) = totals(&known.incident.efforts);
    let people: BTreeMap<&String, _> =
        people.iter().map(|(who, t)| (who, json!({ "minutes": t.minutes, "night_minutes": t.night }))).collect();
    let pictures: BTreeMap<&String, _> =
        known.pictures.iter().map(|(hash, (mime, base64))| (hash, json!({ "mime": mime, "base64": base64 }))).collect();
    let whole = json!({
        "format": "firewatch-incident",
        "version": 1,
        "exported_at": known.exported_at,
        "incident": known.view,
        "hours": { "minutes": total.minutes, "night_minutes": total.night, "people": people },
        "acts": known.acts,
        "pictures": pictures,
    });
    serde_json::to_string_pretty(&whole).map_err(|error| EngineError::Invalid(error.to_string()))
}

/// Text without what would make it read as something else: control characters and direction overrides. Line ends stay.
fn clean(text: &str) -> String {
    text.split('\n').map(|line| words::plain(line, usize::MAX - 1)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
