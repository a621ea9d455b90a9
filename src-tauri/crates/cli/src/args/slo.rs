//! `slo …`

use std::path::PathBuf;

use clap::Subcommand;

/// Service level objectives.
#[derive(Debug, Subcommand)]
pub enum SloCommand {
    /// Import OpenSLO, Sloth, Pyrra files or folders.
    Import {
        /// Files or folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// Source the SLOs are read from.
        #[arg(long)]
        source: String,
        /// Environment where a document names none.
        #[arg(long, default_value = "production")]
        environment: String,
    },
    /// An SLO on the built-in probe.
    Probe {
        /// Unique name.
        name: String,
        /// Address to GET.
        url: String,
        /// Good when answered within.
        #[arg(long)]
        under: String,
        /// Objective as a percentage.
        #[arg(long)]
        objective: String,
        /// Window.
        #[arg(long, default_value = "30d")]
        window: String,
        /// Time between probes.
        #[arg(long, default_value = "15s")]
        interval: String,
        /// Environment.
        #[arg(long, default_value = "production")]
        environment: String,
    },
    /// List them.
    List,
    /// Show one whole.
    Show {
        /// Its name.
        name: String,
    },
    /// Watch a folder of documents as the source of truth: what it defines is created, changed and marked as it says.
    WatchFolder {
        /// The folder.
        folder: PathBuf,
        /// Source the SLOs are read from.
        #[arg(long)]
        source: String,
        /// Environment where a document names none.
        #[arg(long, default_value = "production")]
        environment: String,
    },
    /// Stop watching a folder; its SLOs stay and may be changed by hand.
    UnwatchFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// List the watched folders with what is wrong in them.
    Folders,
    /// Write them as OpenSLO v1 files.
    Export {
        /// Only these.
        names: Vec<String>,
        /// Folder to write into.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Remove one with its history.
    Remove {
        /// Its name.
        name: String,
    },
    /// What history proposes: tighter objectives that would have warned earlier, looser ones where it only cried wolf.
    Propose {
        /// An SLO; without it, name an incident.
        #[arg(required_unless_present = "incident")]
        name: Option<String>,
        /// Along the journeys of this incident.
        #[arg(long, value_name = "ID", conflicts_with = "name")]
        incident: Option<String>,
        /// How far back.
        #[arg(long, default_value = "90d", value_name = "DURATION")]
        last: String,
        /// Zone by whose clocks nights are counted; else the machine's.
        #[arg(long, value_name = "ZONE")]
        zone: Option<String>,
    },
    /// Take over another objective; its history stays.
    Adopt {
        /// Its name.
        name: String,
        /// Objective as a percentage.
        #[arg(long, value_name = "PERCENT")]
        objective: String,
        /// Latency boundary, such as 500ms; else the present one.
        #[arg(long, value_name = "DURATION")]
        under: Option<String>,
        /// Incident it came from; it is written into its timeline.
        #[arg(long, value_name = "ID")]
        incident: Option<String>,
        /// Why.
        #[arg(long, default_value = "", value_name = "TEXT")]
        why: String,
    },
}
