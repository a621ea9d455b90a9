//! Adding SLOs: from documents, from suggestions, as a probe; and removing them.

use std::sync::Arc;

use firewatch_documents::{Context, Draft, Verdict};
use firewatch_domain::alerting::Alerting;
use firewatch_domain::indicator::Indicator;
use firewatch_domain::method::{EmptySlices, Method};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::objective::Objective;
use firewatch_domain::ports::Proposal;
use firewatch_domain::slo::{Slo, Stage, check_name, name_from};
use firewatch_domain::source::{SourceKind, check_address};
use firewatch_domain::window::Window;
use firewatch_domain::words;
use firewatch_store::{FileRecord, SloRecord, Tx};

use crate::backtest::stored::Stock;
use crate::folders::{claimed, place};
use crate::page::needed;
use crate::sources::PROBE;
use crate::view::{AcceptedSuggestion, DroppedFile, ImportLine, ProbeForm, Suggestion};
use crate::{Engine, EngineError};

/// Files and bytes taken in one import.
const MOST_FILES: usize = 2000;
const LARGEST_FILE: usize = 8 << 20;

impl Engine {
    /// All definitions by name.
    pub fn slos(&self) -> Result<Vec<Slo>, EngineError> {
        self.read(|tx| Ok(tx.slos()?))
    }

    /// A definition by name or id.
    pub fn slo(&self, name: &str) -> Result<Slo, EngineError> {
        self.read(|tx| Ok(tx.find_slo(name)?))
    }

    /// Imports documents for a source. Each is imported, warned or rejected with its reason; what is good is kept.
    pub async fn import(
        self: &Arc<Self>,
        files: Vec<DroppedFile>,
        source: &str,
        environment: &str,
    ) -> Result<Vec<ImportLine>, EngineError> {
        self.source_named(source).await?;
        if files.len() > MOST_FILES {
            return Err(EngineError::Invalid(format!(
                "{} files at once are more than {MOST_FILES}; import them folder by folder",
                files.len()
            )));
        }
        if let Some(large) = files.iter().find(|f| f.text.len() > LARGEST_FILE) {
            return Err(EngineError::Invalid(format!("{} is larger than 8 MB; no SLO document is", words::plain(&large.name, 120))));
        }
        let context = Context { source: source.to_owned(), environment: environment.to_owned() };
        let lines = self.blocking(move |engine| engine.take_documents(&files, &context)).await?;
        self.changed();
        Ok(lines)
    }

    fn take_documents(&self, files: &[DroppedFile], context: &Context) -> Result<Vec<ImportLine>, EngineError> {
        self.write(|tx| self.take_files(tx, files, context, None))
    }

    /// Keeps what documents define; `folder` is the watched one they stand in, if any.
    pub(crate) fn take_files(
        &self,
        tx: &Tx<'_>,
        files: &[DroppedFile],
        context: &Context,
        folder: Option<&str>,
    ) -> Result<Vec<ImportLine>, EngineError> {
        let texts: Vec<(String, String)> = files.iter().map(|f| (f.name.clone(), f.text.clone())).collect();
        let outcomes = firewatch_documents::read_all(&texts, context);
        outcomes
            .into_iter()
            .map(|outcome| {
                let mut line = ImportLine {
                    file: outcome.file,
                    line: outcome.line,
                    name: outcome.name.map(|n| words::plain(&n, 120)),
                    outcome: String::new(),
                    messages: Vec::new(),
                    id: None,
                };
                let remarks = |remarks: Vec<firewatch_documents::Remark>| {
                    remarks.iter().map(|r| words::plain(&format!("{}. {}", r.message.trim_end_matches('.'), r.cure), 600)).collect()
                };
                match outcome.verdict {
                    Verdict::Imported(draft) => self.keep_draft(tx, *draft, folder, &mut line)?,
                    Verdict::Warned(draft, why) => {
                        line.messages = remarks(why);
                        self.keep_draft(tx, *draft, folder, &mut line)?;
                    }
                    Verdict::Understood { kind, remarks: why } => {
                        if why.is_empty() { "imported" } else { "warned" }.clone_into(&mut line.outcome);
                        line.messages = remarks(why);
                        line.messages.insert(0, format!("{kind} understood; it defines no SLO of its own"));
                    }
                    Verdict::Rejected(why) => (line.outcome, line.messages) = ("rejected".to_owned(), remarks(why)),
                }
                Ok(line)
            })
            .collect()
    }

    /// Keeps a draft unless its definition is refused, and says everything there is against it.
    fn keep_draft(&self, tx: &Tx<'_>, draft: Draft, folder: Option<&str>, line: &mut ImportLine) -> Result<(), EngineError> {
        let slo = draft.into_slo(self.world.ids.fresh());
        if let Some(why) = claimed(tx, &slo, folder)? {
            "rejected".clone_into(&mut line.outcome);
            line.messages.push(words::plain(&why, 600));
            return Ok(());
        }
        let against = slo.objections();
        let refused = against.iter().any(|o| o.refused);
        line.messages.extend(against.iter().filter(|o| o.refused == refused).map(|o| words::plain(&o.message, 600)));
        if refused {
            "rejected".clone_into(&mut line.outcome);
            return Ok(());
        }
        let old = tx.slo_by_name(&slo.name)?;
        // How much traffic there is, is known only of events that were counted before.
        if let Some(old) = old.as_ref().filter(|old| old.indicator.counts_as(&slo.indicator)) {
            let a_day = Stock::load(tx, old.clone(), 0, &[])?.events_a_day()?;
            line.messages.extend(a_day.and_then(|a_day| slo.promise().traffic_warning(a_day)));
        }
        if line.messages.is_empty() { "imported" } else { "warned" }.clone_into(&mut line.outcome);
        if let Some(old) = &old {
            tx.drop_file(&old.id)?;
        }
        let same = old.filter(|old| folder.is_some() && *old == Slo { id: old.id.clone(), ..slo.clone() });
        let note = format!("imported from {}", words::plain(&line.file, 200));
        let id = same.map_or_else(|| self.keep_slo(tx, &slo, &note), |old| Ok(old.id))?;
        if let Some(folder) = folder {
            let place = FileRecord { slo: id.clone(), folder: folder.to_owned(), file: line.file.clone(), line: line.line, gone_s: None };
            tx.put_file(&place)?;
        }
        line.id = Some(id);
        Ok(())
    }

    /// Keeps a definition and notes why; answers its id, which is the old one when it replaces.
    pub(crate) fn keep_slo(&self, tx: &Tx<'_>, slo: &Slo, note: &str) -> Result<String, EngineError> {
        if let Some(why) = claimed(tx, slo, None)? {
            return Err(EngineError::Invalid(why));
        }
        if let Some(objection) = slo.objections().into_iter().find(|o| o.refused) {
            return Err(EngineError::Field { field: objection.field.to_owned(), message: objection.message });
        }
        let before = tx.slo_by_name(&slo.name)?;
        let kept = tx.put_slo(slo, self.now_s())?;
        let now = Minute::containing(self.now());
        if let Some(old) = before.filter(|old| needed(slo.window, now).from < needed(old.window, now).from)
            && let Some(series) = tx.series_of(&old.id)?
        {
            // The longer window reaches further back than was ever read.
            tx.add_gap(series.id, Span::new(needed(slo.window, now).from, needed(old.window, now).from))?;
        }
        let id = match kept {
            SloRecord::Created => slo.id.clone(),
            SloRecord::Replaced => tx.find_slo(&slo.name)?.id,
        };
        tx.note_revision(&id, self.now_s(), &Self::author(tx)?, &words::plain(note, 400))?;
        Ok(id)
    }

    /// Removes an SLO with its history.
    pub async fn remove_slo(self: &Arc<Self>, name: &str) -> Result<(), EngineError> {
        let name = name.to_owned();
        let remove = move |tx: &Tx<'_>| {
            let slo = tx.find_slo(&name)?;
            if let Some(place) = place(tx, &slo.id)? {
                let message = format!("`{}` is defined by {place}; remove it there, and then here", slo.name);
                return Err(EngineError::Invalid(message));
            }
            tx.remove_slo(&slo.id)?;
            Ok(())
        };
        self.blocking(move |engine| engine.write(remove)).await?;
        self.changed();
        Ok(())
    }

    /// Adds an SLO on the built-in probe.
    pub async fn add_probe(self: &Arc<Self>, form: ProbeForm) -> Result<ImportLine, EngineError> {
        let line = self.blocking(move |engine| engine.keep_probe(&form)).await?;
        self.changed();
        Ok(line)
    }

    fn keep_probe(&self, form: &ProbeForm) -> Result<ImportLine, EngineError> {
        let name = form.name.trim();
        check_name(name)?;
        let url = check_address(&form.url, false, true)?;
        if !(1.0..=60_000.0).contains(&form.under_ms) {
            return Err(EngineError::Invalid(
                "an answer counts as good within 1 ms to 60 s; choose a limit in between, such as 500ms".to_owned(),
            ));
        }
        if !(1.0..=3600.0).contains(&form.interval_s) {
            return Err(EngineError::Invalid(
                "a probe runs every second at most and every hour at least; choose an interval such as 15s".to_owned(),
            ));
        }
        let objective = Objective::from_percent(&form.objective_percent.to_string())?;
        let window = Window::parse(&form.window)?;
        let source = self.built_in(PROBE, SourceKind::Probe, form.interval_s as u64)?;
        let host = url.host_str().unwrap_or(name).to_owned();
        let slo = Slo {
            id: self.world.ids.fresh(),
            name: name.to_owned(),
            title: name.to_owned(),
            description: format!("{host} answers within {} ms", form.under_ms),
            journey: host.clone(),
            service: host,
            environment: if form.environment.trim().is_empty() { "production".to_owned() } else { form.environment.trim().to_owned() },
            source: source.name,
            indicator: Indicator::Probe { url: url.to_string(), under_ms: form.under_ms as u64, interval_s: form.interval_s as u64 },
            objective,
            window,
            method: Method::default(),
            empty: EmptySlices::default(),
            alerting: Alerting::default(),
            stage: Stage::default(),
            weight: 1,
            annotations: std::collections::BTreeMap::new(),
        };
        let id = self.write(|tx| match tx.slo_by_name(name)? {
            Some(_) => Err(firewatch_store::StoreError::Taken { what: "SLO", name: name.to_owned() }.into()),
            None => self.keep_slo(tx, &slo, "added as a probe"),
        })?;
        Ok(ImportLine {
            file: "probe".to_owned(),
            line: None,
            name: Some(name.to_owned()),
            outcome: "imported".to_owned(),
            messages: Vec::new(),
            id: Some(id),
        })
    }

    /// SLOs proposed from what a source has.
    pub async fn suggestions(self: &Arc<Self>, source: &str) -> Result<Vec<Suggestion>, EngineError> {
        let proposals = self.proposals(source).await?;
        self.blocking(move |engine| {
            engine.read(|tx| {
                proposals
                    .into_iter()
                    .map(|p| {
                        let exists = tx.slo_by_name(&p.name)?.is_some();
                        Ok(suggestion(p, exists))
                    })
                    .collect()
            })
        })
        .await
    }

    async fn proposals(self: &Arc<Self>, source: &str) -> Result<Vec<Proposal>, EngineError> {
        let record = self.source_named(source).await?;
        Ok(self.adapter(&record.config).await?.suggest(self.now()).await?)
    }

    /// Takes suggestions as the person accepted them.
    pub async fn accept(self: &Arc<Self>, source: &str, accepted: Vec<AcceptedSuggestion>) -> Result<Vec<ImportLine>, EngineError> {
        let proposals = self.proposals(source).await?;
        let source = source.to_owned();
        let lines = self.blocking(move |engine| {
            engine.write(|tx| {
                accepted
                    .iter()
                    .map(|wanted| {
                        let kept = proposals
                            .iter()
                            .find(|p| p.key == wanted.key)
                            .ok_or_else(|| EngineError::Invalid("the source no longer has what this was made from".to_owned()));
                        let kept = kept
                            .and_then(|p| engine.slo_from(p, wanted, &source))
                            .and_then(|slo| engine.keep_slo(tx, &slo, &format!("taken as suggested by {source}")));
                        Ok(accepted_line(&source, wanted, kept))
                    })
                    .collect::<Result<Vec<_>, EngineError>>()
            })
        });
        let lines = lines.await?;
        self.changed();
        Ok(lines)
    }

    fn slo_from(&self, p: &Proposal, wanted: &AcceptedSuggestion, source: &str) -> Result<Slo, EngineError> {
        let title = words::plain(&wanted.title, words::LONGEST_SHOWN);
        let name = if title.is_empty() || title == p.title { wanted.name.clone() } else { name_from(&title) };
        check_name(&name)?;
        let or = |text: &str, other: String| if text.trim().is_empty() { other } else { text.trim().to_owned() };
        Ok(Slo {
            id: self.world.ids.fresh(),
            title: if title.is_empty() { p.title.clone() } else { title },
            name,
            description: String::new(),
            journey: p.journey.clone().unwrap_or_else(|| or(&wanted.journey, p.service.clone())),
            service: p.service.clone(),
            environment: p.environment.clone().unwrap_or_else(|| or(&wanted.environment, "production".to_owned())),
            source: source.to_owned(),
            indicator: p.indicator.clone(),
            objective: Objective::from_percent(&wanted.objective_percent.to_string())?,
            window: Window::parse(&wanted.window)?,
            method: Method::default(),
            empty: EmptySlices::default(),
            alerting: Alerting::default(),
            stage: Stage::default(),
            weight: 1,
            annotations: std::collections::BTreeMap::new(),
        })
    }

    /// Definitions changed: what is held is read anew and polling does not wait.
    pub(crate) fn changed(&self) {
        self.book().forget();
        self.lookups.forget();
        self.hurry.notify_waiters();
    }
}

fn suggestion(p: Proposal, exists: bool) -> Suggestion {
    let queries: Vec<String> = p.indicator.queries().into_iter().map(|(role, query)| format!("{role}: {query}")).collect();
    Suggestion {
        key: p.key,
        name: if p.name.is_empty() { name_from(&p.title) } else { p.name },
        title: words::plain(&p.title, 120),
        service: words::plain(&p.service, 120),
        origin: p.origin.to_owned(),
        indicator: words::plain(&queries.join("; "), 600),
        objective_percent: p.objective_percent.parse().unwrap_or(99.0),
        window: p.window,
        recent_sli: p.recent_sli,
        exists,
    }
}

fn accepted_line(source: &str, wanted: &AcceptedSuggestion, kept: Result<String, EngineError>) -> ImportLine {
    let (outcome, messages, id) = match kept {
        Ok(id) => ("imported", Vec::new(), Some(id)),
        Err(error) => ("rejected", vec![error.to_string()], None),
    };
    ImportLine {
        file: format!("suggestion of {source}"),
        line: None,
        name: Some(wanted.name.clone()),
        outcome: outcome.to_owned(),
        messages,
        id,
    }
}
