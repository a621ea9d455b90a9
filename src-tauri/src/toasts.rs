//! What the person chooses on a notification, carried to the engine that sent it and to the window.

use std::sync::Arc;

use firewatch_domain::ports::ToastAct;
use firewatch_engine::Engine;
use tauri::AppHandle;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::windows;

/// Heeds the choices until the sender is gone.
pub fn heed(handle: AppHandle, engine: Arc<Engine>, mut acts: UnboundedReceiver<(String, ToastAct)>) {
    tauri::async_runtime::spawn(async move {
        while let Some((key, act)) = acts.recv().await {
            let engine = Arc::clone(&engine);
            match tauri::async_runtime::spawn_blocking(move || engine.heed(&key, act)).await {
                Ok(Ok(Some(to))) => windows::show(&handle, Some(to)),
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::error!(%error, "the choice on a notification could not be carried out"),
                Err(lost) => tracing::error!(%lost, "the choice on a notification was lost"),
            }
        }
    });
}
