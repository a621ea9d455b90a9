//! Writing definitions: the list, what the editor starts from, saving with its history, drafts, export.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use firewatch_domain::indicator::Indicator;
use firewatch_domain::slo::{Slo, name_from};
use firewatch_domain::source::SourceKind;
use firewatch_store::{StoreError, Tx};

use crate::folders::place;
use crate::forms::{changes, form_of, slo_of};
use crate::preview::objected;
use crate::sources::PROBE;
use crate::view::{
    AlertingForm, DefinitionRow, DroppedFile, FieldFault, IndicatorForm, MethodForm, RevisionRow, SloEditor, SloForm, WindowForm,
};
use crate::write_out::write_files;
use crate::{Engine, EngineError};

/// Past definitions that are shown.
const MOST_REVISIONS: u32 = 100;

impl Engine {
    /// All definitions by name.
    pub fn definition_rows(&self) -> Result<Vec<DefinitionRow>, EngineError> {
        self.read(|tx| {
            let changed = tx.last_revisions()?;
            let row = |slo: Slo| -> Result<DefinitionRow, EngineError> {
                let (at, note) = changed.get(&slo.id).cloned().unzip();
                Ok(DefinitionRow {
                    kind: form_of(&slo).indicator.kind,
                    objective: slo.objective.ratio(),
                    window: slo.window.to_string(),
                    stage: slo.stage.word().to_owned(),
                    changed_at: at.map(|s| s as f64),
                    note: note.unwrap_or_default(),
                    file: place(tx, &slo.id)?,
                    id: slo.id,
                    name: slo.name,
                    title: slo.title,
                    journey: slo.journey,
                    service: slo.service,
                    environment: slo.environment,
                    source: slo.source,
                })
            };
            tx.slos()?.into_iter().map(row).collect()
        })
    }

    /// What the editor starts from: a definition by name or id, a copy of one, or nothing yet.
    pub fn slo_editor(&self, slo: Option<&str>, copy: bool) -> Result<SloEditor, EngineError> {
        self.read(|tx| {
            let all = tx.slos()?;
            let known = |of: fn(&Slo) -> &String| all.iter().map(of).cloned().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
            let found = slo.map(|name| tx.find_slo(name)).transpose()?;
            let (form, revisions) = match &found {
                Some(slo) if copy => (copy_of(&all, slo), Vec::new()),
                Some(slo) => (form_of(slo), revisions(tx, &slo.id)?),
                None => (blank(tx)?, Vec::new()),
            };
            let draft = if copy { None } else { draft_of(tx, form.id.as_deref())? };
            Ok(SloEditor {
                draft: draft.filter(|draft| *draft != form),
                form,
                revisions,
                file: found.as_ref().filter(|_| !copy).map(|slo| place(tx, &slo.id)).transpose()?.flatten(),
                journeys: known(|slo| &slo.journey),
                services: known(|slo| &slo.service),
                environments: known(|slo| &slo.environment),
            })
        })
    }

    /// Saves what was typed, as a new definition or a change of one; answers its id. Nothing is kept when anything is wrong. History
    /// stays when its events are the same ones; else it is read anew.
    pub async fn save_slo(self: &Arc<Self>, form: SloForm) -> Result<String, EngineError> {
        let id = self.blocking(move |engine| engine.keep_form(&form)).await?;
        self.changed();
        Ok(id)
    }

    fn keep_form(&self, form: &SloForm) -> Result<String, EngineError> {
        let id = form.id.clone().unwrap_or_else(|| self.world.ids.fresh());
        let slo = slo_of(form, id).map_err(first)?;
        if let Some(refused) = objected(&slo).into_iter().find(|objected| objected.refused) {
            return Err(first(vec![refused.said]));
        }
        self.write(|tx| {
            Self::refuse_unfit(tx, &slo)?;
            let taken = |field: &str, error: StoreError| match error {
                StoreError::Taken { .. } => EngineError::Field { field: field.to_owned(), message: error.to_string() },
                other => other.into(),
            };
            if form.id.is_some() {
                tx.rename_slo(&slo.id, &slo.name).map_err(|error| taken("name", error))?;
            } else if tx.slo_by_name(&slo.name)?.is_some() {
                return Err(taken("name", StoreError::Taken { what: "SLO", name: slo.name.clone() }));
            }
            let note = match (form.note.trim(), form.id.is_some()) {
                ("", true) => "changed",
                ("", false) => "created",
                (note, _) => note,
            };
            let id = self.keep_slo(tx, &slo, note)?;
            tx.clear_meta(&draft_key(form.id.as_deref()))?;
            Ok(id)
        })
    }

    /// What no single field shows: a source that is not there, or that cannot read such an indicator.
    pub(crate) fn refuse_unfit(tx: &Tx<'_>, slo: &Slo) -> Result<(), EngineError> {
        let fault = |field: &str, message: String| Err(EngineError::Field { field: field.to_owned(), message });
        let Ok(source) = tx.source(&slo.source) else {
            return fault("source", format!("No source is called {}; connect it first, or choose another.", slo.source));
        };
        let (fits, cure) = match (&slo.indicator, &source.config.kind) {
            (Indicator::Probe { .. }, kind) => (matches!(kind, SourceKind::Probe), "choose the source probe"),
            (Indicator::Drill { .. }, kind) => (matches!(kind, SourceKind::Drill), "choose the source of the drill"),
            (Indicator::Datadog { .. }, kind) => (matches!(kind, SourceKind::Datadog { .. }), "choose a Datadog"),
            (_, kind) => (matches!(kind, SourceKind::Prometheus { .. }), "choose a metrics server"),
        };
        if !fits {
            return fault("source", format!("{} cannot read such an indicator; {cure}.", slo.source));
        }
        Ok(())
    }

    /// Keeps what is being typed, until it is saved or thrown away.
    pub fn keep_slo_draft(&self, form: &SloForm) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.set_meta_json(&draft_key(form.id.as_deref()), form)?))
    }

    /// Throws away what was typed. `id`: the definition it was to change.
    pub fn drop_slo_draft(&self, id: Option<&str>) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.clear_meta(&draft_key(id))?))
    }

    /// Definitions as OpenSLO v1 documents, by name or id; all where none is named.
    pub fn export_slos(&self, names: &[String]) -> Result<Vec<DroppedFile>, EngineError> {
        self.read(|tx| {
            let slos = if names.is_empty() { tx.slos()? } else { names.iter().map(|n| tx.find_slo(n)).collect::<Result<_, _>>()? };
            Ok(slos.iter().map(|slo| DroppedFile { name: format!("{}.yaml", slo.name), text: firewatch_documents::write(slo) }).collect())
        })
    }
}

impl Engine {
    /// Writes definitions as OpenSLO v1 files into a folder, which is made where it is missing; answers their paths.
    pub fn write_slos(&self, names: &[String], folder: &Path) -> Result<Vec<String>, EngineError> {
        let files = self.export_slos(names)?;
        write_files(folder, "/srv/slos", files.into_iter().map(|file| (file.name, file.text)))
    }
}

/// The first fault as an error; the preview tells all of them.
pub(crate) fn first(faults: Vec<FieldFault>) -> EngineError {
    match faults.into_iter().next() {
        Some(fault) => EngineError::Field { field: fault.field, message: fault.message },
        None => EngineError::Invalid("the definition does not hold".to_owned()),
    }
}

fn draft_key(id: Option<&str>) -> String {
    format!("slo_draft/{}", id.unwrap_or("new"))
}

fn draft_of(tx: &Tx<'_>, id: Option<&str>) -> Result<Option<SloForm>, StoreError> {
    // What an older version wrote may not fit any more; then it is as if nothing had been typed.
    Ok(tx.meta(&draft_key(id))?.and_then(|text| serde_json::from_str(&text).ok()))
}

fn revisions(tx: &Tx<'_>, id: &str) -> Result<Vec<RevisionRow>, StoreError> {
    let revisions = tx.revisions(id, MOST_REVISIONS)?;
    let rows = revisions.iter().enumerate().map(|(i, revision)| RevisionRow {
        at: revision.at_s as f64,
        author: revision.author.clone(),
        note: revision.note.clone(),
        changes: revisions.get(i + 1).map(|before| changes(&before.slo, &revision.slo)).unwrap_or_default(),
        form: form_of(&revision.slo),
    });
    Ok(rows.collect())
}

/// A copy for another environment, threshold or journey: the same but for its id, its name and what it may tell.
fn copy_of(all: &[Slo], slo: &Slo) -> SloForm {
    let base = name_from(&slo.name).chars().take(56).collect::<String>();
    let names = std::iter::once(format!("{base}-copy")).chain((2..).map(|n| format!("{base}-copy-{n}")));
    let name = names.into_iter().find(|name| all.iter().all(|other| other.name != *name)).unwrap_or_default();
    SloForm { id: None, name, stage: "testing".to_owned(), ..form_of(slo) }
}

/// What a new definition starts from.
fn blank(tx: &Tx<'_>) -> Result<SloForm, StoreError> {
    let sources = tx.sources()?;
    let source = sources.iter().find(|s| s.config.name != PROBE).or(sources.first());
    Ok(SloForm {
        source: source.map(|s| s.config.name.clone()).unwrap_or_default(),
        environment: "production".to_owned(),
        indicator: IndicatorForm { kind: "ratio".to_owned(), fields: [("counts".to_owned(), "bad".to_owned())].into() },
        objective: "99.9".to_owned(),
        window: WindowForm { duration: "30d".to_owned(), ..WindowForm::default() },
        method: MethodForm { kind: "occurrences".to_owned(), slice: "5m".to_owned(), target: "95".to_owned() },
        empty: "leave_out".to_owned(),
        alerting: AlertingForm {
            scaling: "constant_share".to_owned(),
            own: false,
            rules: ["page:14.4@1h/5m", "page:6@6h/30m", "ticket:3@1d/2h", "ticket:1@3d/6h"].map(str::to_owned).into(),
            minimum_events: "0".to_owned(),
        },
        stage: "active".to_owned(),
        weight: "1".to_owned(),
        ..SloForm::default()
    })
}
