//! `incident …`

use clap::Subcommand;

/// Incidents.
#[derive(Debug, Subcommand)]
pub enum IncidentCommand {
    /// Declare one.
    Declare {
        /// Title.
        title: String,
        /// SEV0 to SEV3.
        #[arg(long)]
        severity: String,
        /// SLO concerned.
        #[arg(long)]
        slo: Vec<String>,
    },
    /// List them, open ones first.
    List,
    /// Show one whole.
    Show {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// Write into the timeline.
    Entry {
        /// Incident.
        id: String,
        /// Text; `-` writes every line of standard input as an entry and answers each once it is kept.
        text: String,
    },
    /// Move to a phase.
    Phase {
        /// Incident.
        id: String,
        /// Phase.
        phase: String,
        /// Why it moves on although something holds it back.
        #[arg(long, value_name = "REASON")]
        despite: Option<String>,
    },
    /// Give a role to a person, or hand it over to be confirmed.
    Role {
        /// Incident.
        id: String,
        /// Role.
        role: String,
        /// Person; empty gives the role up.
        #[arg(required_unless_present_any = ["confirm", "decline"], conflicts_with_all = ["confirm", "decline"])]
        person: Option<String>,
        /// Hand it over: it stays whose it is until the person confirms.
        #[arg(long, requires = "person")]
        hand_over: bool,
        /// The person to whom it was handed confirms, with what they read back.
        #[arg(long, value_name = "READBACK", num_args = 0..=1, default_missing_value = "", conflicts_with = "decline")]
        confirm: Option<String>,
        /// The hand-over does not happen.
        #[arg(long)]
        decline: bool,
    },
    /// Say how grave it is.
    Severity {
        /// Incident.
        id: String,
        /// SEV0 to SEV3.
        severity: String,
    },
    /// Tick an item of the checklist off.
    Check {
        /// Incident.
        id: String,
        /// Its id, as `incident show` lists it.
        item: String,
        /// It is open again.
        #[arg(long)]
        undo: bool,
    },
    /// Show what was frozen when it was declared; whole with `--json`.
    Evidence {
        /// Incident, or the hash of evidence.
        id: String,
        /// Write the bytes that were hashed to a file.
        #[arg(long, value_name = "FILE")]
        out: Option<std::path::PathBuf>,
    },
    /// Say that it is part of another.
    Merge {
        /// Incident that ends here.
        id: String,
        /// Incident that goes on with the entries of both.
        into: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// It was none.
    Cancel {
        /// Incident.
        id: String,
    },
    /// It is not over.
    Reopen {
        /// Incident.
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Begin a line of investigation, or write down what was heard from one.
    Stream {
        /// Incident.
        id: String,
        /// Its title.
        title: String,
        /// Who owns it.
        #[arg(long)]
        owner: Option<String>,
        /// What was heard.
        #[arg(long)]
        said: Option<String>,
        /// It is over, and this is what it found.
        #[arg(long, value_name = "OUTCOME")]
        close: Option<String>,
    },
    /// Mark what was done to the system.
    Mark {
        /// Incident.
        id: String,
        /// `deploy`, `mitigation` or `rollback`.
        mark: String,
        /// In words.
        text: String,
    },
    /// Lay a stretch of an SLO to it: what was spent there is its own in the ledger, no longer unexplained.
    Attach {
        /// Incident.
        id: String,
        /// SLO.
        slo: String,
        /// First moment, RFC 3339 or unix seconds.
        #[arg(long, value_name = "T")]
        from: String,
        /// First moment after.
        #[arg(long, value_name = "T")]
        to: String,
    },
    /// Let an entry read otherwise; its first text is kept.
    Correct {
        /// Incident.
        id: String,
        /// Entry.
        entry: String,
        /// New text.
        text: String,
    },
    /// Strike an entry: it stays and counts no more.
    Strike {
        /// Incident.
        id: String,
        /// Entry.
        entry: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Correct one of its times.
    Time {
        /// Incident.
        id: String,
        /// `impact_start`, `detected`, `acknowledged`, `mitigated` or `resolved`.
        moment: String,
        /// RFC 3339 or unix seconds; without it the correction is taken back.
        at: Option<String>,
        /// Why.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Open the war room, or close it.
    Room {
        /// Incident.
        id: String,
        /// A link, or a destination such as Zoom; else the template of the settings.
        #[arg(long, default_value = "")]
        by: String,
        /// Close it.
        #[arg(long)]
        close: bool,
    },
    /// Post a status update, exactly as given.
    Update {
        /// Incident.
        id: String,
        /// Text.
        text: String,
        /// Destination; without one it is only written into the timeline.
        #[arg(long, value_name = "NAME")]
        to: Vec<String>,
    },
    /// Write it out whole: Markdown, one page of HTML, JSON, or a case file that another Firewatch takes in.
    Export {
        /// Incident.
        id: String,
        /// `md`, `html`, `json` or `case`.
        #[arg(long, default_value = "md")]
        format: String,
        /// Into this file; a case file always goes into one.
        #[arg(long, value_name = "FILE", required_if_eq("format", "case"))]
        out: Option<std::path::PathBuf>,
    },
    /// Take a case file in: what is known stays, what is new comes to it.
    Import {
        /// The file.
        file: std::path::PathBuf,
    },
    /// It is over.
    Resolve {
        /// Incident.
        id: String,
        /// Why it is, although something holds it back.
        #[arg(long, value_name = "REASON")]
        despite: Option<String>,
    },
}
