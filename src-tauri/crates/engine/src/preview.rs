//! What history says of a definition while it is written: read from the source in bounded pieces, judged, drawn, and not kept. A newer
//! look takes the place of one that still runs.

use std::sync::Arc;

use firewatch_domain::definition::Objection;
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::indicator::{Layout, Meaning, Projection};
use firewatch_domain::minute::{DAY, HOUR, MINUTE_S, Minute, Span};
use firewatch_domain::ports::{ReadRequest, Reading};
use firewatch_domain::slo::Slo;
use firewatch_domain::words;

use crate::forms::slo_of;
use crate::view::{FieldFault, SloCharts, SloForm, SloPreview};
use crate::{Engine, EngineError};

/// The longest look back, in hours, and what is read at once, in minutes.
const LONGEST: f64 = 7.0 * 24.0;
const PIECE: i64 = DAY;
/// Steps of the chart, at most.
const STEPS: i64 = 240;
/// Below this share of good events somebody has probably swapped good and bad.
const ABSURD: f64 = 0.5;
/// Below this observed share the figures say little.
const LITTLE: f64 = 0.5;

impl Engine {
    /// Looks at a definition as typed, over the last `hours`. What is wrong with it is told at its fields; only what can be read is read.
    pub async fn preview_slo(self: &Arc<Self>, form: SloForm, hours: f64) -> Result<SloPreview, EngineError> {
        let mut newer = self.previews.subscribe();
        self.previews.send_modify(|count| *count += 1);
        newer.mark_unchanged();
        let mine = *newer.borrow();
        tokio::select! {
            looked = self.look_at(form, hours) => looked,
            _ = newer.wait_for(|count| *count != mine) => Err(EngineError::Invalid("a newer look took the place of this one".to_owned())),
        }
    }

    /// What is wrong with a definition as typed, and what should be looked at, without asking its source.
    pub fn check_slo(&self, form: &SloForm) -> Result<SloPreview, EngineError> {
        let mut looked = SloPreview { faults: slo_of(form, String::new()).err().unwrap_or_default(), ..SloPreview::default() };
        let Ok(slo) = slo_of(&named(form), form.id.clone().unwrap_or_default()) else { return Ok(looked) };
        objections(&slo, &mut looked);
        self.read(|tx| {
            if let Err(EngineError::Field { field, message }) = Self::refuse_unfit(tx, &slo) {
                looked.faults.push(FieldFault { field, message });
            }
            let other = tx.slo_by_name(form.name.trim())?.filter(|other| form.id.as_deref() != Some(&other.id));
            if let Some(other) = other {
                let message = format!("An SLO is called {} already; choose another name.", other.name);
                looked.faults.push(FieldFault { field: "name".to_owned(), message });
            }
            if let Some(before) = form.id.as_deref().and_then(|id| tx.slo(id).ok()) {
                looked.rebuilds = !before.indicator.counts_as(&slo.indicator) || before.source != slo.source;
            }
            Ok(looked)
        })
    }

    async fn look_at(self: &Arc<Self>, form: SloForm, hours: f64) -> Result<SloPreview, EngineError> {
        let (typed, checked) = (form.clone(), Arc::clone(self));
        let mut looked = checked.blocking(move |engine| engine.check_slo(&typed)).await?;
        // A form without a name yet is looked at all the same.
        let Ok(slo) = slo_of(&named(&form), form.id.clone().unwrap_or_default()) else { return Ok(looked) };
        if looked.faults.iter().any(|fault| fault.field == "source") {
            return Ok(looked);
        }
        let config = self.source_named(&slo.source).await?.config;
        let source = self.adapter(&config).await?;
        if !source.has_history() {
            return Ok(looked);
        }
        let now = Minute::containing(self.now());
        let whole = Span::ending(now, ((hours.clamp(1.0, LONGEST) * HOUR as f64) as i64).max(1));
        let mut seen = Seen::over(whole);
        let mut to = whole.to;
        while to > whole.from {
            let span = Span::new(whole.from.max(to.plus(-PIECE)), to);
            let request = ReadRequest { key: 0, indicator: slo.indicator.clone(), span, seen_before: false, series: seen.series };
            let mut answer = source.read(&[request], self.now()).await;
            looked.requests += answer.cost.requests;
            match answer.outcomes.pop().map(|(_, outcome)| outcome) {
                Some(Ok(reading)) => seen.take(&slo, reading),
                // What the server does not have any more never was.
                Some(Err(fault)) if seen.layout.is_some() && matches!(fault.kind, FaultKind::NoSeries | FaultKind::SeriesVanished) => break,
                Some(Err(fault)) => {
                    unread(&fault, &mut looked);
                    return Ok(looked);
                }
                None => break,
            }
            to = span.from;
        }
        seen.judge(&slo, &mut looked);
        Ok(looked)
    }
}

/// The same with what says nothing about the figures filled in.
fn named(form: &SloForm) -> SloForm {
    let or = |text: &str, other: &str| if text.trim().is_empty() { other.to_owned() } else { text.to_owned() };
    SloForm {
        name: "preview".to_owned(),
        title: String::new(),
        description: String::new(),
        journey: String::new(),
        service: or(&form.service, "preview"),
        environment: or(&form.environment, "preview"),
        weight: "1".to_owned(),
        annotations: Vec::new(),
        ..form.clone()
    }
}

/// What can be said against a definition before anything is read.
fn objections(slo: &Slo, looked: &mut SloPreview) {
    for Objected { refused, said } in objected(slo) {
        if refused { looked.faults.push(said) } else { looked.warnings.push(said) }
    }
}

/// What is said against a definition, at a field of its form.
pub(crate) struct Objected {
    /// It cannot be kept.
    pub refused: bool,
    /// What, and where.
    pub said: FieldFault,
}

/// Everything against a definition.
pub(crate) fn objected(slo: &Slo) -> Vec<Objected> {
    let at = |objection: Objection| {
        let field = match objection.field {
            "rules" => "alerting.scaling",
            "method" => "method.slice",
            other => other,
        };
        Objected { refused: objection.refused, said: FieldFault { field: field.to_owned(), message: sentence(&objection.message) } }
    };
    slo.objections().into_iter().map(at).collect()
}

/// Nothing could be read, and whether that is the definition's fault.
fn unread(fault: &Fault, looked: &mut SloPreview) {
    let said = |field: &str, message: String| FieldFault { field: field.to_owned(), message };
    match fault.kind {
        FaultKind::NoSuchBoundary => looked.faults.push(said("indicator.threshold", sentence(&fault.message))),
        FaultKind::QueryRefused | FaultKind::NotANumber => looked.faults.push(said("indicator", sentence(&fault.message))),
        FaultKind::NoSeries | FaultKind::SeriesVanished => {
            let message = format!("{} It can be saved, and stays blind until there is something.", sentence(&fault.message));
            looked.warnings.push(said("indicator", message));
        }
        _ => looked.warnings.push(said("source", format!("It cannot be looked at now: {}", fault.message))),
    }
}

/// What was read so far, minute by minute, the newest piece first.
struct Seen {
    span: Span,
    /// Good and all, per minute of the span; none where nobody looked.
    minutes: Vec<Option<(u64, u64)>>,
    layout: Option<Layout>,
    series: Option<u64>,
    estimated: bool,
    /// Minutes in which the part was more than the whole, and the worst of them.
    beyond: (u64, Option<(u64, u64)>),
}

impl Seen {
    fn over(span: Span) -> Self {
        Self { span, minutes: vec![None; span.len() as usize], layout: None, series: None, estimated: false, beyond: (0, None) }
    }

    fn take(&mut self, slo: &Slo, reading: Reading) {
        let projection = reading.layout.projection(&slo.indicator);
        self.estimated |= reading.estimated;
        self.series = Some(self.series.unwrap_or(0).max(reading.series));
        if let Some(projection) = projection {
            for (i, columns) in reading.slices.iter().enumerate() {
                let at = reading.from.plus(i as i64).since(self.span.from);
                let (Some(columns), true) = (columns, (0..self.span.len()).contains(&at)) else { continue };
                self.minutes[at as usize] = Some(self.counted(projection, columns));
            }
        }
        self.layout = Some(reading.layout);
    }

    fn counted(&mut self, projection: Projection, columns: &[u64]) -> (u64, u64) {
        let figure = |i: usize| columns.get(i).copied().unwrap_or(0);
        let (part, other) = (figure(projection.part), figure(projection.other));
        if projection.meaning != Meaning::GoodAndBad && part > other {
            self.beyond.0 += 1;
            self.beyond.1 = self.beyond.1.into_iter().chain([(part, other)]).max();
        }
        projection.good_and_total(part, other)
    }

    fn judge(self, slo: &Slo, looked: &mut SloPreview) {
        looked.series = self.series.unwrap_or(0) as f64;
        looked.estimated = self.estimated;
        let (good, total) = self.minutes.iter().flatten().fold((0, 0), |(good, total), (g, t)| (good + g, total + t));
        looked.charts = Some(charts(slo, self.span, &self.minutes));
        let scale = slo.indicator.scale() as f64;
        (looked.good, looked.total) = (Some(good as f64 / scale), Some(total as f64 / scale));
        looked.inexact = slo.indicator.inexact().filter(|_| self.estimated).map(str::to_owned);
        looked.sli = (total > 0).then(|| good as f64 / total as f64);
        self.warn(slo, total, looked);
    }

    fn warn(&self, slo: &Slo, total: u64, looked: &mut SloPreview) {
        let length = words::duration((self.span.len() * MINUTE_S) as f64);
        let mut say = |field: &str, message: String| looked.warnings.push(FieldFault { field: field.to_owned(), message });
        let (observed, scale) = (self.minutes.iter().flatten().count(), slo.indicator.scale() as f64);
        if let (minutes, Some((part, whole))) = self.beyond {
            say(
                "indicator",
                format!(
                    "In {} of {observed} minutes the part was more than the whole, at most {} of {}: the first counter must be a part of the second.",
                    words::count(minutes as f64),
                    words::count(part as f64 / scale),
                    words::count(whole as f64 / scale)
                ),
            );
        }
        if (observed as f64) < LITTLE * self.span.len() as f64 {
            say("indicator", format!("Only {observed} of the {} minutes of the last {length} were observed.", self.span.len()));
        }
        if total == 0 {
            say("indicator", format!("No event at all in the last {length}: without traffic there is no budget and no burn."));
            return;
        }
        let sli = looked.sli.unwrap_or(1.0);
        let burn = (1.0 - sli) / (1.0 - slo.objective.ratio());
        let mut say = |field: &str, message: String| looked.warnings.push(FieldFault { field: field.to_owned(), message });
        if sli < ABSURD {
            say("indicator", format!("Only {} of the events are good. Are good and bad swapped?", words::percent(sli)));
        } else if burn > 1.0 {
            let message = format!("Over the last {length} this burns {}, faster than the budget allows.", words::burn(burn));
            say("objective", message);
        }
        let a_day = total as f64 / scale * DAY as f64 / observed.max(1) as f64;
        if let Some(message) = slo.promise().traffic_warning(a_day) {
            say("alerting.minimum_events", sentence(&message));
        }
    }
}

/// The indicator step by step; nothing is said of a budget, since its window was not read.
fn charts(slo: &Slo, span: Span, minutes: &[Option<(u64, u64)>]) -> SloCharts {
    let step = (span.len() + STEPS - 1) / STEPS;
    let scale = slo.indicator.scale() as f64;
    let mut charts = SloCharts {
        objective: slo.objective.ratio(),
        step_s: (step * MINUTE_S) as f64,
        window_from: span.from.start_s() as f64,
        ..SloCharts::default()
    };
    for (i, part) in minutes.chunks(step as usize).enumerate() {
        let (mut good, mut total, mut low) = (0, 0, None::<f64>);
        for (g, t) in part.iter().flatten() {
            (good, total) = (good + g, total + t);
            low = low.into_iter().chain((*t > 0).then(|| *g as f64 / *t as f64)).reduce(f64::min);
        }
        let observed = part.iter().flatten().count();
        let seen = observed > 0;
        charts.t.push(span.from.plus(i as i64 * step + part.len() as i64).start_s() as f64);
        charts.sli.push((total > 0).then(|| good as f64 / total as f64));
        charts.low.push(low);
        charts.total.push(seen.then_some(total as f64 / scale));
        charts.bad.push(seen.then_some((total - good) as f64 / scale));
        charts.unobserved.push((part.len() - observed) as f64);
        charts.empty.push(part.iter().flatten().filter(|(_, t)| *t == 0).count() as f64);
        charts.excluded.push(0.0);
        charts.remaining.push(None);
        charts.spent.push(0.0);
    }
    charts
}

fn sentence(text: &str) -> String {
    let mut chars = text.trim_end_matches('.').chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).chain(['.']).collect()
}
