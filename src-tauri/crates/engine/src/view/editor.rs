//! Definitions as they are listed, written and looked at beforehand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use super::SloCharts;

/// One definition in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct DefinitionRow {
    /// Stable id.
    pub id: String,
    /// Unique name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// Journey.
    pub journey: String,
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// Source name.
    pub source: String,
    /// Kind of its indicator, as in [`IndicatorForm`].
    pub kind: String,
    /// Target ratio, 0 to 1.
    pub objective: f64,
    /// Window as `30d`.
    pub window: String,
    /// `testing` or `active`.
    pub stage: String,
    /// Unix seconds of the last change of the definition.
    pub changed_at: Option<f64>,
    /// What the last change was.
    pub note: String,
    /// The watched file it comes from; such a definition is changed there.
    pub file: Option<String>,
}

/// A definition as typed. Numbers are text, so that what was typed comes back with its fault.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct SloForm {
    /// Id of the definition that is changed; none for a new one.
    pub id: Option<String>,
    /// Unique name.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it means.
    pub description: String,
    /// Journey; the service's where empty.
    pub journey: String,
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// Source name.
    pub source: String,
    /// Where the events come from.
    pub indicator: IndicatorForm,
    /// Objective as a percentage, such as `99.9`.
    pub objective: String,
    /// Over which window.
    pub window: WindowForm,
    /// How events become a budget.
    pub method: MethodForm,
    /// What a time slice without traffic counts as: `leave_out`, `good` or `bad`.
    pub empty: String,
    /// When it alerts.
    pub alerting: AlertingForm,
    /// `testing` or `active`.
    pub stage: String,
    /// Weight within its journey, from 1.
    pub weight: String,
    /// Runbook, dashboard and others.
    pub annotations: Vec<AnnotationForm>,
    /// Why it is changed, for its history.
    pub note: String,
}

/// An indicator as typed: its kind, and the fields of that kind by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct IndicatorForm {
    /// `ratio`, `halves`, `latency`, `native`, `gauge`, `threshold`, `raw_ratio`, `promql_counts`, `promql_ratio`, `promql_threshold`,
    /// `datadog_counts`, `datadog_slo`, `drill` or `probe`.
    pub kind: String,
    /// Fields by name, such as `total`.
    pub fields: BTreeMap<String, String>,
}

/// A window as typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct WindowForm {
    /// Periods of the calendar instead of the last so many minutes.
    pub calendar: bool,
    /// `30d`, or `1M` for the calendar.
    pub duration: String,
    /// A boundary of the calendar's periods, as `2026-01-01 00:00`.
    pub start: String,
    /// IANA zone of the calendar.
    pub zone: String,
}

/// A budgeting method as typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct MethodForm {
    /// `occurrences`, `timeslices` or `ratio_timeslices`.
    pub kind: String,
    /// Length of a time slice, as `5m`.
    pub slice: String,
    /// Percentage of good events that makes a time slice good.
    pub target: String,
}

/// Alerting as typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct AlertingForm {
    /// `constant_share` or `constant_factor`.
    pub scaling: String,
    /// Rules of its own instead of the Workbook's.
    pub own: bool,
    /// The rules that hold, as `page:14.4@1h/5m`.
    pub rules: Vec<String>,
    /// Events a rule's long look-back must hold before it fires.
    pub minimum_events: String,
}

/// An annotation as typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct AnnotationForm {
    /// `runbook`, `dashboard`, …
    pub key: String,
    /// Address or text.
    pub value: String,
}

/// What is the matter with one field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FieldFault {
    /// The field, as `indicator.total`; empty for the whole.
    pub field: String,
    /// What, and the cure.
    pub message: String,
}

/// Everything the editor starts from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct SloEditor {
    /// The definition as it stands, or what a new one starts from.
    pub form: SloForm,
    /// What was typed before and never saved.
    pub draft: Option<SloForm>,
    /// Its past definitions, newest first.
    pub revisions: Vec<RevisionRow>,
    /// The watched file it comes from; then it is read-only here.
    pub file: Option<String>,
    /// Journeys known.
    pub journeys: Vec<String>,
    /// Services known.
    pub services: Vec<String>,
    /// Environments known.
    pub environments: Vec<String>,
}

/// A past definition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct RevisionRow {
    /// Unix seconds.
    pub at: f64,
    /// Who changed it.
    pub author: String,
    /// Why, where it was said.
    pub note: String,
    /// What changed against the one before, in words.
    pub changes: Vec<String>,
    /// The definition as it was, to go back to.
    pub form: SloForm,
}

/// What history says of a definition that is being written. Nothing of it is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct SloPreview {
    /// What must be mended before it can be saved.
    pub faults: Vec<FieldFault>,
    /// What should be looked at; it can be saved all the same.
    pub warnings: Vec<FieldFault>,
    /// The indicator over the time that was read; none where nothing could be.
    pub charts: Option<SloCharts>,
    /// Good events.
    pub good: Option<f64>,
    /// All events.
    pub total: Option<f64>,
    /// `good / total`.
    pub sli: Option<f64>,
    /// Time series behind it.
    pub series: f64,
    /// The counts are estimates.
    pub estimated: bool,
    /// Why they can only be estimates, where that is the indicator's nature.
    pub inexact: Option<String>,
    /// Round trips it took.
    pub requests: u32,
    /// Saving this reads the history anew: its events are others than before.
    pub rebuilds: bool,
}

/// What names are wanted of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct LookupForm {
    /// Source name.
    pub source: String,
    /// `metrics`, `labels` or `values`.
    pub what: String,
    /// The selector whose labels or values are wanted; may be empty.
    pub selector: String,
    /// The label whose values are wanted.
    pub label: String,
    /// What was typed so far.
    pub typed: String,
}
