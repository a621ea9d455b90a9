//! Sloth's own files (`version: prometheus/v1`) and its Kubernetes objects, which differ in spelling only.
//!
//! What Sloth assumes is assumed here too: the window is 30 days, and an SLO's id is its service and its name. Plug-ins
//! that make indicators are Go code and cannot run here; those that only shape Sloth's rules are named and left out.

use firewatch_domain::indicator::{Counts, Indicator};
use firewatch_domain::method::Method;
use firewatch_domain::minute::DAY;
use firewatch_domain::window::Window;
use firewatch_domain::words::plain;

use crate::belonging::{self, Belonging, Tags};
use crate::counters::{self, Side};
use crate::evaluated;
use crate::field::{Field, shown};
use crate::notes::Notes;
use crate::openslo::Read;
use crate::ours::Ours;
use crate::outcome::Context;
use crate::promise::{self, Promise};

/// Longest title kept.
const LONGEST_TITLE: usize = 250;
/// Most SLOs of one specification.
const MOST: usize = 500;

/// Reads a file of Sloth's own format.
pub(crate) fn read_own(object: &Field<'_>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let version = object.get("version");
    if version.raw() != Some("prometheus/v1") {
        let message = format!("`{}` is no version that is read", shown(version.raw().unwrap_or_default()));
        notes.fault(&version, message, "Sloth's files say version: prometheus/v1");
        return vec![(object.line(), None, notes.verdict(None))];
    }
    slos(object, &Tags::default(), object, notes, context)
}

/// Reads a Kubernetes object of Sloth.
pub(crate) fn read_kubernetes(object: &Field<'_>, context: &Context) -> Read {
    let mut notes = Notes::default();
    let kind = object.get("kind");
    let metadata = object.get("metadata");
    match kind.required(&mut notes, "write kind: PrometheusServiceLevel") {
        Some("PrometheusServiceLevel") => {
            let tags = Tags::of(&metadata, &mut notes);
            return slos(&object.get("spec"), &tags, object, notes, context);
        }
        Some("AlertWindows") => {
            notes.warn(
                &kind,
                "is a catalogue of alert windows, which is not used",
                "Firewatch fits the Workbook's windows to each SLO's own",
            );
            return vec![(object.line(), None, notes.understood("AlertWindows"))];
        }
        Some(other) => notes.fault(&kind, format!("`{}` is no kind of Sloth", shown(other)), "write PrometheusServiceLevel"),
        None => {}
    }
    vec![(object.line(), metadata.get("name").line_text(), notes.verdict(None))]
}

/// The SLOs of a specification; `owner` is the object they are reported under when there are none.
fn slos(spec: &Field<'_>, owner_tags: &Tags, owner: &Field<'_>, mut notes: Notes, context: &Context) -> Read {
    let service = belonging::service(&spec.get("service"), &mut notes);
    plugins(&spec.get_any(&["slo_plugins", "sloPlugins"]).get("chain"), &mut notes);
    let list = spec.get("slos");
    let items = list.items(&mut notes);
    if items.is_empty() || items.len() > MOST {
        notes.fault(&list, format!("holds {} SLOs", items.len()), format!("write 1 to {MOST} of them in one specification"));
        return vec![(owner.line(), service, notes.verdict(None))];
    }
    let read = |slo: Field<'_>| {
        let mut notes = notes.clone();
        let belonging = belonging(&slo, spec, owner_tags, service.clone(), &mut notes);
        plugins(&slo.get("plugins").get("chain"), &mut notes);
        let objective = promise::percent(&slo.get("objective"), &mut notes);
        let indicator = indicator(&slo.get("sli"), &mut notes);
        let promise = Promise { objective, window: Window::from_minutes(30 * DAY).ok(), method: Some(Method::Occurrences) };
        let name = belonging.name.clone().or_else(|| slo.get("name").line_text());
        (slo.line(), name, notes.verdict(belonging.draft(indicator, promise, context)))
    };
    items.into_iter().map(read).collect()
}

fn belonging(slo: &Field<'_>, spec: &Field<'_>, owner: &Tags, service: Option<String>, notes: &mut Notes) -> Belonging {
    let own = slo.get("name").required(notes, "name the SLO: lower case letters, digits and `-`").map(str::to_owned);
    let full = service.as_ref().zip(own).map(|(service, own)| format!("{service}-{own}"));
    let mut tags = Tags::default();
    let alerting = slo.get("alerting");
    tags.annotate(&alerting.get("annotations"), notes);
    for alert in [["page_alert", "pageAlert"], ["ticket_alert", "ticketAlert"]] {
        tags.annotate(&alerting.get_any(&alert).get("annotations"), notes);
    }
    tags.label(&slo.get("labels"), notes);
    tags.label(&spec.get("labels"), notes);
    Belonging {
        name: full.as_deref().and_then(|full| belonging::fitted(&slo.get("name"), full, notes)),
        title: plain(&full.unwrap_or_default(), LONGEST_TITLE),
        description: slo.get("description").paragraph(),
        journey: tags.journey().or_else(|| owner.journey()),
        environment: tags.environment(slo, notes).or_else(|| owner.environment(slo, notes)),
        ours: Ours::read(&tags, slo, notes),
        annotations: tags.kept(),
        service,
    }
}

/// Plug-ins that shape the rules Sloth generates: the indicator stays the same without them.
fn plugins(chain: &Field<'_>, notes: &mut Notes) {
    let ids: Vec<String> = chain.items(notes).iter().filter_map(|plugin| plugin.get("id").line_text()).collect();
    if !ids.is_empty() {
        let message = format!("holds plug-ins that cannot run here: {}", shown(&ids.join(", ")));
        notes.warn(chain, message, "they shape Sloth's rules, not the indicator; check that none of them matters");
    }
}

fn indicator(sli: &Field<'_>, notes: &mut Notes) -> Option<Indicator> {
    let [events, raw, plugin] = ["events", "raw", "plugin"].map(|key| sli.get(key));
    if plugin.is_given() {
        let id = plugin.get("id").line_text().unwrap_or_default();
        let message = format!("is the plug-in `{}`, Go code that cannot run here", shown(&id));
        notes.fault(&plugin, message, "write the queries it makes as sli.events with error and total");
        return None;
    }
    if raw.is_given() {
        return evaluated::ratio(Counts::Bad, &raw.get_any(&["error_ratio_query", "errorRatioQuery"]), false, notes);
    }
    if !events.is_given() {
        notes.fault(&events, "is missing", "add the error and total queries");
        return None;
    }
    let errors = Side::read(events.get_any(&["error_query", "errorQuery"]), None, notes);
    let total = Side::read(events.get_any(&["total_query", "totalQuery"]), None, notes);
    counters::pair(Counts::Bad, errors?, total?, notes)
}
