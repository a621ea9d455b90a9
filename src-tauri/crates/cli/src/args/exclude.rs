//! What can be typed about exclusions.

use clap::{Args as Arguments, Subcommand};

/// Exclusions.
#[derive(Debug, Arguments)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ExcludeArgs {
    /// Look at what is excluded, or take it back.
    #[command(subcommand)]
    pub command: Option<ExcludeCommand>,
    /// SLO, or a journey with `--journey`.
    #[arg(required = true)]
    pub name: Option<String>,
    /// The name is a journey: every SLO of it.
    #[arg(long)]
    pub journey: bool,
    /// Environment of the journey.
    #[arg(long, default_value = "production")]
    pub environment: String,
    /// First moment, RFC 3339 or unix seconds.
    #[arg(long, required = true, value_name = "T")]
    pub from: Option<String>,
    /// First moment after.
    #[arg(long, required = true, value_name = "T")]
    pub to: Option<String>,
    /// Why.
    #[arg(long, required = true, value_name = "TEXT")]
    pub reason: Option<String>,
}

/// What to do with exclusions.
#[derive(Debug, Subcommand)]
pub enum ExcludeCommand {
    /// List them, those taken back too.
    List,
    /// Take one back: its minutes count again.
    Undo {
        /// Its id, or the beginning of it.
        id: String,
    },
}
