//! Trackers and tickets.

use firewatch_engine::view::{ChoiceRow, SourceTest, TicketView, TrackerForm, TrackerFound, TrackerRow, WayRow};

use super::{Held, blocking};
use crate::error::WireError;

/// Trackers with what waits for them.
#[tauri::command]
#[specta::specta]
pub async fn trackers(app: Held<'_>) -> Result<Vec<TrackerRow>, WireError> {
    blocking(&app, |engine| engine.trackers()).await
}

/// Looks around with what was typed; nothing is kept. With no project only the lists come.
#[tauri::command]
#[specta::specta]
pub async fn tracker_discover(app: Held<'_>, form: TrackerForm) -> Result<TrackerFound, WireError> {
    Ok(app.engine()?.discover_tracker(form, None).await?)
}

/// Adds a tracker.
#[tauri::command]
#[specta::specta]
pub async fn tracker_add(app: Held<'_>, form: TrackerForm) -> Result<TrackerRow, WireError> {
    Ok(app.engine()?.add_tracker(form, None).await?)
}

/// Changes constants, the token's last day, whether tickets are made by themselves.
#[tauri::command]
#[specta::specta]
pub async fn tracker_change(app: Held<'_>, form: TrackerForm) -> Result<TrackerRow, WireError> {
    blocking(&app, move |engine| engine.change_tracker(&form)).await
}

/// Tests a tracker, making nothing anybody would see.
#[tauri::command]
#[specta::specta]
pub async fn tracker_test(app: Held<'_>, name: String) -> Result<SourceTest, WireError> {
    Ok(app.engine()?.test_tracker(&name).await?)
}

/// Removes a tracker; its tickets stay.
#[tauri::command]
#[specta::specta]
pub async fn tracker_remove(app: Held<'_>, name: String) -> Result<(), WireError> {
    Ok(app.engine()?.remove_tracker(&name).await?)
}

/// People of a tracker by a part of their name.
#[tauri::command]
#[specta::specta]
pub async fn tracker_people(app: Held<'_>, name: String, query: String) -> Result<Vec<ChoiceRow>, WireError> {
    Ok(app.engine()?.tracker_people(&name, &query).await?)
}

/// Says who of a tracker's people an owner is.
#[tauri::command]
#[specta::specta]
pub async fn tracker_person(app: Held<'_>, name: String, owner: String, account: String, shown: String) -> Result<TrackerRow, WireError> {
    blocking(&app, move |engine| engine.name_person(&name, &owner, &account, &shown)).await
}

/// So many links really broke: the next round believes it.
#[tauri::command]
#[specta::specta]
pub async fn tracker_believe(app: Held<'_>, name: String) -> Result<TrackerRow, WireError> {
    blocking(&app, move |engine| engine.release_brake(&name)).await
}

/// The ticket of a follow-up.
#[tauri::command]
#[specta::specta]
pub async fn ticket(app: Held<'_>, followup: String) -> Result<Option<TicketView>, WireError> {
    blocking(&app, move |engine| engine.ticket(&followup)).await
}

/// Has a ticket made; with no tracker named, at the only one.
#[tauri::command]
#[specta::specta]
pub async fn ticket_make(app: Held<'_>, followup: String, tracker: String) -> Result<TicketView, WireError> {
    blocking(&app, move |engine| engine.make_ticket(&followup, &tracker)).await
}

/// Joins a follow-up with an issue that is there already.
#[tauri::command]
#[specta::specta]
pub async fn ticket_link(app: Held<'_>, followup: String, tracker: String, key: String) -> Result<TicketView, WireError> {
    blocking(&app, move |engine| engine.link_ticket(&followup, &tracker, &key)).await
}

/// Takes the link away; both sides stay as they are.
#[tauri::command]
#[specta::specta]
pub async fn ticket_unlink(app: Held<'_>, followup: String) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.unlink_ticket(&followup)).await
}

/// Settles a conflict in a field: `ours` or `theirs`.
#[tauri::command]
#[specta::specta]
pub async fn ticket_settle(app: Held<'_>, followup: String, field: String, pick: String) -> Result<TicketView, WireError> {
    blocking(&app, move |engine| engine.settle_conflict(&followup, &field, &pick)).await
}

/// Comments on a ticket.
#[tauri::command]
#[specta::specta]
pub async fn ticket_comment(app: Held<'_>, followup: String, text: String) -> Result<TicketView, WireError> {
    blocking(&app, move |engine| engine.comment_ticket(&followup, &text)).await
}

/// Steps that a ticket's status offers right now.
#[tauri::command]
#[specta::specta]
pub async fn ticket_ways(app: Held<'_>, followup: String) -> Result<Vec<WayRow>, WireError> {
    Ok(app.engine()?.ticket_ways(&followup).await?)
}

/// Remembers which status stands for a category in the project, and goes on with it.
#[tauri::command]
#[specta::specta]
pub async fn ticket_way(app: Held<'_>, followup: String, category: String, status: String) -> Result<TicketView, WireError> {
    blocking(&app, move |engine| engine.choose_way(&followup, &category, &status)).await
}
