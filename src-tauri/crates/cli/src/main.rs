//! `firewatchctl`: the engine without a window, for scripts, headless machines, and anyone who would rather type.
//!
//! Its words and JSON fields are a public contract, see `docs/cli.md`. Exit: 0 done, 1 failed, 2 usage, 3 partly rejected.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod face;
mod print;
mod terminal;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;
use crate::print::Printer;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All of it was done.
    Done,
    /// Part of the input was rejected, the rest done and named.
    Partly,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("FIREWATCH_LOG"))
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let args = Args::parse();
    let printer = Printer::new(args.json, args.csv);
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the runtime could not be started: {error}")),
    };
    let outcome = runtime.block_on(commands::run(args, printer));
    // A keyring that waits for its prompt must not hold the exit.
    runtime.shutdown_background();
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Partly) => ExitCode::from(3),
        Err(error) => failed(&format!("{error:#}")),
    }
}

fn failed(message: &str) -> ExitCode {
    notice(message);
    ExitCode::from(1)
}

/// Something to be known beside the result of a command.
#[expect(clippy::print_stderr, reason = "messages belong there, results on standard output")]
fn notice(message: &str) {
    eprintln!("firewatchctl: {message}");
}
