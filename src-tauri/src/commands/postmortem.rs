//! Postmortems. The document itself travels as Yjs updates in base64: text costs a third more than the bytes, and a tenth of what
//! a list of numbers would.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firewatch_engine::view::{ComparedBlock, Document, HistoryRow, PostmortemRow, PostmortemStanding, ReviewerRow, TemplateRow};
use serde::Serialize;
use specta::Type;

use super::{Held, blocking};
use crate::error::WireError;

/// A document as it is opened.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PostmortemView {
    /// Incident.
    pub incident: String,
    /// Its title.
    pub title: String,
    /// `none` while there is no document; `draft`, `in_review`, `published`.
    pub state: String,
    /// Who is to read it.
    pub reviewers: Vec<ReviewerRow>,
    /// Who writes here.
    pub me: String,
    /// The whole document as a Yjs update (version 1), base64.
    pub update: String,
    /// Why it may not be written in, where it may not.
    pub read_only: Option<String>,
    /// Why no editor may open it, not even to show it, where none may.
    pub strange: Option<String>,
    /// Kept updates that no longer read: their text is missing.
    pub damaged: u32,
}

/// What is new in a document.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PostmortemNews {
    /// As a Yjs update (version 1), base64.
    pub update: String,
    /// Why no editor may show it, where none may.
    pub strange: Option<String>,
}

/// Every incident that has, or could have, a postmortem.
#[tauri::command]
#[specta::specta]
pub async fn postmortems(app: Held<'_>) -> Result<Vec<PostmortemRow>, WireError> {
    blocking(&app, |engine| engine.postmortems()).await
}

/// What a postmortem can begin with.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_templates(app: Held<'_>) -> Result<Vec<TemplateRow>, WireError> {
    blocking(&app, |engine| engine.postmortem_templates()).await
}

/// The document of an incident, or that there is none yet.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_open(app: Held<'_>, id: String) -> Result<PostmortemView, WireError> {
    let (standing, opened, title, me) = blocking(&app, move |engine| {
        let standing = engine.postmortem_standing(&id)?;
        let opened = if standing.state == "none" { None } else { Some(engine.open_postmortem(&id)?) };
        Ok((standing, opened, engine.incident(&id)?.title, engine.settings()?.name))
    })
    .await?;
    Ok(PostmortemView {
        incident: standing.incident,
        title,
        state: standing.state,
        reviewers: standing.reviewers,
        me,
        update: opened.as_ref().map(|opened| STANDARD.encode(&opened.update)).unwrap_or_default(),
        damaged: opened.as_ref().map_or(0, |opened| opened.damaged),
        strange: opened.as_ref().and_then(|opened| opened.strange.clone()),
        read_only: opened.and_then(|opened| opened.read_only),
    })
}

/// Begins the document from a template, unless somebody has, and opens it.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_start(app: Held<'_>, id: String, template: String) -> Result<PostmortemView, WireError> {
    let incident = id.clone();
    blocking(&app, move |engine| engine.begin_postmortem(&id, &template)).await?;
    postmortem_open(app, incident).await
}

/// Takes in what the person wrote; it is kept for good when this answers.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_edit(app: Held<'_>, id: String, update: String) -> Result<(), WireError> {
    let update = bytes(&update)?;
    blocking(&app, move |engine| engine.edit_postmortem(&id, &update)).await
}

/// What somebody at a state vector (base64) lacks.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_pull(app: Held<'_>, id: String, state_vector: String) -> Result<PostmortemNews, WireError> {
    let state_vector = bytes(&state_vector)?;
    let (update, strange) = blocking(&app, move |engine| {
        let update = engine.pull_postmortem(&id, &state_vector)?;
        // Asked afterwards: it may know more than the update has, never less.
        Ok((update, engine.postmortem_strange(&id)?))
    })
    .await?;
    Ok(PostmortemNews { update: STANDARD.encode(update), strange })
}

/// How it stands.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_standing(app: Held<'_>, id: String) -> Result<PostmortemStanding, WireError> {
    blocking(&app, move |engine| engine.postmortem_standing(&id)).await
}

/// What a live block shows now, as a JSON text; none for a kind that is not known.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_block(app: Held<'_>, id: String, kind: String, slo: Option<String>) -> Result<Option<String>, WireError> {
    let block = blocking(&app, move |engine| engine.postmortem_block(&id, &kind, slo.as_deref())).await?;
    Ok(block.map(|block| block.data))
}

/// Moves it between draft, review and published.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_move(app: Held<'_>, id: String, state: String) -> Result<PostmortemStanding, WireError> {
    blocking(&app, move |engine| engine.set_postmortem_state(&id, &state)).await
}

/// Asks somebody to read it, or notes that they approve of it.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_reviewer(app: Held<'_>, id: String, person: String, approved: bool) -> Result<PostmortemStanding, WireError> {
    blocking(&app, move |engine| if approved { engine.approve_postmortem(&id, &person, true) } else { engine.ask_reviewer(&id, &person) })
        .await
}

/// Somebody need not read it after all.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_release(app: Held<'_>, id: String, person: String) -> Result<PostmortemStanding, WireError> {
    blocking(&app, move |engine| engine.release_reviewer(&id, &person)).await
}

/// Ticks a point of the checklist, or opens it again.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_check(app: Held<'_>, id: String, item: String, done: bool) -> Result<PostmortemStanding, WireError> {
    blocking(&app, move |engine| engine.check_postmortem(&id, &item, done)).await
}

/// Who wrote when.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_history(app: Held<'_>, id: String) -> Result<Vec<HistoryRow>, WireError> {
    blocking(&app, move |engine| engine.postmortem_history(&id)).await
}

/// One moment against another, or against now.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_compare(app: Held<'_>, id: String, from: String, to: Option<String>) -> Result<Vec<ComparedBlock>, WireError> {
    blocking(&app, move |engine| engine.compare_postmortem(&id, &from, to.as_deref())).await
}

/// Puts blocks of a moment back before the block that is now the `at`th.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_restore(app: Held<'_>, id: String, moment: String, first: u32, count: u32, at: u32) -> Result<(), WireError> {
    blocking(&app, move |engine| engine.restore_postmortem(&id, &moment, first as usize, count as usize, at as usize)).await
}

/// The document as Markdown, HTML, Jira markup or JSON.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_export(app: Held<'_>, id: String, format: String) -> Result<Document, WireError> {
    blocking(&app, move |engine| engine.export_postmortem(&id, &format)).await
}

/// The same as a file in a folder; answers its path.
#[tauri::command]
#[specta::specta]
pub async fn postmortem_write(app: Held<'_>, id: String, format: String, folder: String) -> Result<String, WireError> {
    blocking(&app, move |engine| engine.write_postmortem(&id, &format, &PathBuf::from(folder.trim()))).await
}

fn bytes(text: &str) -> Result<Vec<u8>, WireError> {
    STANDARD.decode(text).map_err(|_| WireError::invalid("what came is no base64; open the postmortem again"))
}
