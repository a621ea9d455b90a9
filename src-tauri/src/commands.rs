//! What the window may call: one file per noun, each command a few lines — call one verb off the window's thread, map the error.

pub mod backtest;
pub mod capture;
pub mod connections;
pub mod drill;
pub mod exclusions;
pub mod followups;
pub mod hours;
pub mod incidents;
pub mod ledger;
pub mod library;
pub mod oncall;
pub mod outbox;
pub mod policies;
pub mod postmortem;
pub mod relays;
pub mod services;
pub mod settings;
pub mod slos;
pub mod trackers;
pub mod watch;

use std::sync::Arc;

use firewatch_engine::{Engine, EngineError};
use tauri::State;

use crate::app::App;
use crate::error::WireError;

/// What a command is given of the program.
pub type Held<'a> = State<'a, Arc<App>>;

/// Runs a verb that blocks off the window's thread.
async fn blocking<T: Send + 'static>(
    app: &Held<'_>,
    verb: impl FnOnce(&Arc<Engine>) -> Result<T, EngineError> + Send + 'static,
) -> Result<T, WireError> {
    let engine = app.engine()?;
    let done = tauri::async_runtime::spawn_blocking(move || verb(&engine)).await;
    done.map_err(|lost| WireError::internal(lost.to_string()))?.map_err(WireError::from)
}
