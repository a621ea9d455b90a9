//! What can be typed about follow-ups.

use clap::{Args as Arguments, Subcommand};

/// Follow-ups.
#[derive(Debug, Subcommand)]
pub enum FollowUpCommand {
    /// Write one down.
    Add {
        /// Incident it comes out of, by id or the beginning of one; `-` for none.
        incident: String,
        /// What is to be done, in one line.
        title: String,
        /// Entry of the timeline it is made from.
        #[arg(long, value_name = "ID")]
        entry: Option<String>,
        /// The rest.
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// List them: open ones first, the earliest due on top.
    List {
        /// Only of this incident.
        #[arg(long, value_name = "ID")]
        incident: Option<String>,
        /// Only in this status: `open`, `doing`, `done` or `dropped`.
        #[arg(long)]
        status: Option<String>,
        /// Only of this person; an empty text for nobody's.
        #[arg(long, value_name = "PERSON")]
        owner: Option<String>,
        /// Only what is overdue.
        #[arg(long)]
        overdue: bool,
    },
    /// Show one whole.
    Show {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// Change one, or several alike.
    Edit {
        /// Ids, or the beginnings of them.
        #[arg(required = true)]
        id: Vec<String>,
        /// Another title.
        #[arg(long)]
        title: Option<String>,
        /// Another incident, by id; an empty text for none.
        #[arg(long, value_name = "ID")]
        incident: Option<String>,
        /// `open`, `doing`, `done` or `dropped`.
        #[arg(long)]
        status: Option<String>,
        /// A label more.
        #[arg(long, value_name = "LABEL")]
        add_label: Vec<String>,
        /// A label less.
        #[arg(long, value_name = "LABEL")]
        remove_label: Vec<String>,
        /// The rest; an empty text takes away what is there.
        #[command(flatten)]
        fields: FieldArgs,
    },
    /// It is done; where it claims something, it counts as shipped from now on, unless that was said.
    Done {
        /// Ids, or the beginnings of them.
        #[arg(required = true)]
        id: Vec<String>,
    },
    /// It has shipped: what it claims is measured from then on.
    Ship {
        /// Its id, or the beginning of it.
        id: String,
        /// To this environment only; else to all of its hypothesis.
        #[arg(long, value_name = "E")]
        environment: Option<String>,
        /// When, as RFC 3339 or unix seconds; else now.
        #[arg(long, value_name = "T")]
        at: Option<String>,
    },
    /// Look at what the data say of its hypothesis now.
    Prove {
        /// Its id, or the beginning of it.
        id: String,
        /// It shipped at this time, as RFC 3339 or unix seconds.
        #[arg(long, value_name = "T")]
        shipped: Option<String>,
        /// … to this environment only.
        #[arg(long, value_name = "E", requires = "shipped")]
        environment: Option<String>,
    },
    /// It will not be done; it stays, and says so.
    Drop {
        /// Ids, or the beginnings of them.
        #[arg(required = true)]
        id: Vec<String>,
    },
}

/// What a follow-up says beside its title.
#[derive(Debug, Default, Arguments)]
pub struct FieldArgs {
    /// What is to be done, at length, as Markdown.
    #[arg(long)]
    pub text: Option<String>,
    /// Who does it.
    #[arg(long, value_name = "PERSON")]
    pub owner: Option<String>,
    /// Until the end of which day: `2026-12-04`, a moment, `14d`, `today` or `tomorrow`.
    #[arg(long, value_name = "D")]
    pub due: Option<String>,
    /// `prevent`, `detect`, `mitigate` or `investigate`.
    #[arg(long)]
    pub kind: Option<String>,
    /// `highest`, `high`, `medium`, `low` or `lowest`.
    #[arg(long)]
    pub priority: Option<String>,
    /// What it took, or will: `45m`, `2h`, `3d` (a day being eight hours).
    #[arg(long)]
    pub effort: Option<String>,
    /// A label, without spaces; of all of them the only ones.
    #[arg(long, value_name = "LABEL")]
    pub label: Vec<String>,
    /// SLO it should help.
    #[arg(long, value_name = "NAME")]
    pub slo: Option<String>,
    /// Journey it should help.
    #[arg(long, value_name = "NAME")]
    pub journey: Option<String>,
    /// What it should improve: `SLO improves 10x`, `SLO p95 under 500ms on staging then production`.
    #[arg(long, value_name = "SENTENCE")]
    pub hypothesis: Option<String>,
    /// The incident does not become `resolved`, or `reviewed`, before it is settled.
    #[arg(long, value_name = "PHASE")]
    pub required: Option<String>,
}
