//! What can be typed about hours.

use clap::Subcommand;

/// Hours of work on an incident.
#[derive(Debug, Subcommand)]
pub enum HoursCommand {
    /// All hours, by spell and by person.
    List {
        /// Incident.
        id: String,
    },
    /// Write hours down; they stay private until they are shared.
    Add {
        /// Incident.
        id: String,
        /// How long: 1h30m, 90m, 1:30 or 1.5.
        length: String,
        /// Who, if not you.
        #[arg(long, default_value = "")]
        person: String,
        /// When it began, RFC 3339 or unix seconds; else so long before now.
        #[arg(long, default_value = "")]
        from: String,
        /// On what.
        #[arg(long, default_value = "")]
        note: String,
        /// Zone of the person's night, such as Europe/Berlin.
        #[arg(long, default_value = "")]
        zone: String,
        /// Share it at once.
        #[arg(long)]
        share: bool,
    },
    /// Start your clock.
    Start {
        /// Incident.
        id: String,
        /// On what.
        #[arg(default_value = "")]
        note: String,
    },
    /// Stop your clock.
    Stop {
        /// Incident.
        id: String,
    },
    /// Share private hours: they become an entry.
    Share {
        /// Incident.
        id: String,
        /// Row.
        row: String,
    },
    /// Forget private hours.
    Remove {
        /// Incident.
        id: String,
        /// Row.
        row: String,
    },
}
