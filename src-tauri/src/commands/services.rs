//! Services, what they need, and what of it burns.

use firewatch_engine::view::{DependencyView, ServiceRow};

use super::{Held, blocking};
use crate::error::WireError;

/// What an SLO, else a journey, depends on; who burned first at the top.
#[tauri::command]
#[specta::specta]
pub async fn dependencies(app: Held<'_>, journey_key: String, slo_id: Option<String>) -> Result<DependencyView, WireError> {
    blocking(&app, move |engine| engine.dependencies(&journey_key, slo_id.as_deref())).await
}

/// Every service that is known.
#[tauri::command]
#[specta::specta]
pub async fn services(app: Held<'_>) -> Result<Vec<ServiceRow>, WireError> {
    blocking(&app, |engine| engine.services()).await
}

/// A service needs another.
#[tauri::command]
#[specta::specta]
pub async fn service_depend(app: Held<'_>, service: String, needs: String) -> Result<Vec<ServiceRow>, WireError> {
    blocking(&app, move |engine| engine.depend(&service, &needs)).await
}

/// It does not.
#[tauri::command]
#[specta::specta]
pub async fn service_undepend(app: Held<'_>, service: String, needs: String) -> Result<Vec<ServiceRow>, WireError> {
    blocking(&app, move |engine| engine.undepend(&service, &needs)).await
}

/// What a service is called and who runs it.
#[tauri::command]
#[specta::specta]
pub async fn service_describe(app: Held<'_>, name: String, title: String, third_party: bool) -> Result<Vec<ServiceRow>, WireError> {
    blocking(&app, move |engine| engine.describe_service(&name, &title, third_party)).await
}

/// Forgets what was said about a service.
#[tauri::command]
#[specta::specta]
pub async fn service_forget(app: Held<'_>, name: String) -> Result<Vec<ServiceRow>, WireError> {
    blocking(&app, move |engine| engine.forget_service(&name)).await
}
