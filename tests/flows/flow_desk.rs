//! What stands on the desk during an incident, run by its command line: the schedule, hours, what is caught and what is given out;
//! the same without a network; and that no secret is left anywhere.

mod cut;
mod hours;
mod oncall;
mod secrets;

use anyhow::Context;
use firewatch_tests::Result;
use firewatch_tests::cli::Cli;
use serde_json::Value;

/// An open incident, and its id.
async fn incident(cli: &Cli) -> Result<String> {
    id_of(&cli.json(&["incident", "declare", "Settings slow", "--severity", "SEV2"]).await?)
}

fn id_of(value: &Value) -> Result<String> {
    Ok(value["id"].as_str().context("an id")?.to_owned())
}
