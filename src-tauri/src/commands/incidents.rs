//! Incidents.

use firewatch_engine::view::{ChecklistRow, EvidenceView, IncidentPaper, IncidentView};

use super::{Held, blocking};
use crate::error::WireError;

/// All incidents without their timelines, open ones first.
#[tauri::command]
#[specta::specta]
pub async fn incidents(app: Held<'_>) -> Result<Vec<IncidentView>, WireError> {
    blocking(&app, |engine| engine.incident_heads()).await
}

/// One incident.
#[tauri::command]
#[specta::specta]
pub async fn incident(app: Held<'_>, id: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.incident(&id)).await
}

/// One incident with the end of its timeline, as acts on it answer.
#[tauri::command]
#[specta::specta]
pub async fn incident_end(app: Held<'_>, id: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.incident_end(&id)).await
}

/// Declares one.
#[tauri::command]
#[specta::specta]
pub async fn declare(app: Held<'_>, title: String, severity: String, slo_ids: Vec<String>) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.declare(&title, &severity, &slo_ids)).await
}

/// Writes into the timeline.
#[tauri::command]
#[specta::specta]
pub async fn add_entry(app: Held<'_>, id: String, text: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.add_entry(&id, &text)).await
}

/// Moves it to a phase; with a reason, although something holds it back.
#[tauri::command]
#[specta::specta]
pub async fn set_phase(app: Held<'_>, id: String, phase: String, despite: Option<String>) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| match despite {
        Some(reason) => engine.override_phase(&id, &phase, &reason),
        None => engine.set_phase(&id, &phase),
    })
    .await
}

/// Opens it again, with a reason.
#[tauri::command]
#[specta::specta]
pub async fn incident_reopen(app: Held<'_>, id: String, reason: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.reopen(&id, &reason)).await
}

/// Merges it into another, with a reason; answers the other.
#[tauri::command]
#[specta::specta]
pub async fn incident_merge(app: Held<'_>, id: String, into: String, reason: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.merge_incident(&id, &into, &reason)).await
}

/// Ticks an item of the checklist, or opens it again.
#[tauri::command]
#[specta::specta]
pub async fn check_item(app: Held<'_>, id: String, item: String, done: bool) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.check_item(&id, &item, done)).await
}

/// Hands a role over; it stays whose it is until the other confirms.
#[tauri::command]
#[specta::specta]
pub async fn role_offer(app: Held<'_>, id: String, role: String, person: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.offer_role(&id, &role, &person)).await
}

/// Confirms a hand-over with what was read back, or declines it with none.
#[tauri::command]
#[specta::specta]
pub async fn role_answer(app: Held<'_>, id: String, role: String, readback: Option<String>) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| match readback {
        Some(readback) => engine.confirm_role(&id, &role, &readback),
        None => engine.decline_role(&id, &role),
    })
    .await
}

/// Evidence as it was frozen.
#[tauri::command]
#[specta::specta]
pub async fn evidence(app: Held<'_>, hash: String) -> Result<EvidenceView, WireError> {
    blocking(&app, move |engine| engine.evidence(&hash)).await
}

/// The checklists of all severities and phases.
#[tauri::command]
#[specta::specta]
pub async fn checklists(app: Held<'_>) -> Result<Vec<ChecklistRow>, WireError> {
    blocking(&app, |engine| engine.checklists()).await
}

/// What is shipped of them.
#[tauri::command]
#[specta::specta]
pub async fn checklists_shipped(app: Held<'_>) -> Result<Vec<ChecklistRow>, WireError> {
    blocking(&app, |engine| Ok(engine.shipped_checklists())).await
}

/// Keeps the checklists whole.
#[tauri::command]
#[specta::specta]
pub async fn checklists_save(app: Held<'_>, rows: Vec<ChecklistRow>) -> Result<Vec<ChecklistRow>, WireError> {
    blocking(&app, move |engine| engine.save_checklists(&rows)).await
}

/// Says how grave it is.
#[tauri::command]
#[specta::specta]
pub async fn set_severity(app: Held<'_>, id: String, severity: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.set_severity(&id, &severity)).await
}

/// Gives a role to a person.
#[tauri::command]
#[specta::specta]
pub async fn assign_role(app: Held<'_>, id: String, role: String, person: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.assign_role(&id, &role, &person)).await
}

/// Begins a line of investigation.
#[tauri::command]
#[specta::specta]
pub async fn stream_open(app: Held<'_>, id: String, title: String, owner: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.open_stream(&id, &title, &owner)).await
}

/// Gives a stream to somebody.
#[tauri::command]
#[specta::specta]
pub async fn stream_own(app: Held<'_>, id: String, stream: String, owner: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.own_stream(&id, &stream, &owner)).await
}

/// Writes down what was heard from a stream.
#[tauri::command]
#[specta::specta]
pub async fn stream_say(app: Held<'_>, id: String, stream: String, text: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.hear_stream(&id, &stream, &text)).await
}

/// Closes a stream with what it found.
#[tauri::command]
#[specta::specta]
pub async fn stream_close(app: Held<'_>, id: String, stream: String, outcome: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.close_stream(&id, &stream, &outcome)).await
}

/// Marks a deploy, a mitigation or a rollback.
#[tauri::command]
#[specta::specta]
pub async fn entry_mark(app: Held<'_>, id: String, mark: String, text: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.mark(&id, &mark, &text)).await
}

/// Lets an entry read otherwise.
#[tauri::command]
#[specta::specta]
pub async fn entry_correct(app: Held<'_>, id: String, entry: String, text: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.correct_entry(&id, &entry, &text)).await
}

/// Strikes an entry.
#[tauri::command]
#[specta::specta]
pub async fn entry_strike(app: Held<'_>, id: String, entry: String, reason: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.strike_entry(&id, &entry, &reason)).await
}

/// Corrects a time, or takes the correction back with none.
#[tauri::command]
#[specta::specta]
pub async fn incident_time(
    app: Held<'_>,
    id: String,
    moment: String,
    at: Option<String>,
    reason: String,
) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.set_time(&id, &moment, at.as_deref(), &reason)).await
}

/// Writes it out as `md`, `html` or `json`.
#[tauri::command]
#[specta::specta]
pub async fn incident_export(app: Held<'_>, id: String, format: String) -> Result<IncidentPaper, WireError> {
    blocking(&app, move |engine| engine.export_incident(&id, &format)).await
}

/// The same, or whole as a `case` file, in a folder; answers its path.
#[tauri::command]
#[specta::specta]
pub async fn incident_write(app: Held<'_>, id: String, format: String, folder: String) -> Result<String, WireError> {
    blocking(&app, move |engine| engine.write_incident(&id, &format, std::path::Path::new(folder.trim()))).await
}

/// Takes a case file in.
#[tauri::command]
#[specta::specta]
pub async fn incident_import(app: Held<'_>, path: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.read_case_file(std::path::Path::new(path.trim()))).await
}

/// Opens the room: by the template with no `by`, at a link, or by a destination.
#[tauri::command]
#[specta::specta]
pub async fn room_open(app: Held<'_>, id: String, by: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.open_room(&id, &by)).await
}

/// Closes the room.
#[tauri::command]
#[specta::specta]
pub async fn room_close(app: Held<'_>, id: String) -> Result<IncidentView, WireError> {
    blocking(&app, move |engine| engine.close_room(&id)).await
}
