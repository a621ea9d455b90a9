//! What can be typed about trackers.

use clap::{Args as Arguments, Subcommand, ValueEnum};

/// `tracker …`
#[derive(Debug, Subcommand)]
pub enum TrackerCommand {
    /// Add a tracker; what it demands is found out before anything is kept.
    #[command(subcommand)]
    Add(AddTracker),
    /// Every tracker with what waits for it.
    List,
    /// Sign-in, permissions, type, demanded fields, the token's end.
    Test {
        /// Its name.
        name: String,
    },
    /// Change what was chosen: constants, the token's last day.
    Set {
        /// Its name.
        name: String,
        /// A constant for a demanded field, as FIELD=VALUE; an option by its name.
        #[arg(long, value_name = "FIELD=VALUE")]
        field: Vec<String>,
        /// Last day of the token, as 2026-12-04.
        #[arg(long, value_name = "DAY")]
        expires: Option<String>,
        /// Whether new follow-ups become tickets by themselves.
        #[arg(long)]
        automatic: Option<bool>,
    },
    /// Say who of the tracker's people an owner is.
    Person {
        /// Its name.
        name: String,
        /// The owner, as written here.
        owner: String,
        /// Account id (Cloud) or user name (Data Center).
        account: String,
    },
    /// So many links really broke: let the next round believe it.
    Believe {
        /// Its name.
        name: String,
    },
    /// Remove a tracker; its tickets stay where they are.
    Remove {
        /// Its name.
        name: String,
    },
}

/// Kinds of trackers.
#[derive(Debug, Subcommand)]
pub enum AddTracker {
    /// Jira Cloud or Data Center.
    Jira(JiraArgs),
}

/// A Jira.
#[derive(Debug, Arguments)]
pub struct JiraArgs {
    /// Unique name.
    pub name: String,
    /// Base address, with any context path.
    pub url: String,
    /// Which of the two.
    #[arg(long)]
    pub kind: JiraKind,
    /// Cloud: whose token it is.
    #[arg(long)]
    pub email: Option<String>,
    /// Variable that holds the API token or personal access token.
    #[arg(long, value_name = "VAR")]
    pub token_env: String,
    /// Key of the project.
    #[arg(long, value_name = "KEY")]
    pub project: String,
    /// Type of new issues, by name or id.
    #[arg(long, default_value = "Task", value_name = "TYPE")]
    pub issue_type: String,
    /// A constant for a demanded field, as FIELD=VALUE; an option by its name.
    #[arg(long, value_name = "FIELD=VALUE")]
    pub field: Vec<String>,
    /// Last day of the token, as 2026-12-04.
    #[arg(long, value_name = "DAY")]
    pub expires: Option<String>,
    /// Make tickets only when asked for.
    #[arg(long)]
    pub by_hand: bool,
    /// Put no label on new tickets.
    #[arg(long)]
    pub no_label: bool,
    /// Let the token travel unencrypted.
    #[arg(long)]
    pub allow_plain_http: bool,
}

/// Which Jira.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum JiraKind {
    /// Jira Cloud.
    Cloud,
    /// Jira Data Center.
    Datacenter,
}

/// `ticket …`
#[derive(Debug, Subcommand)]
pub enum TicketCommand {
    /// A follow-up's ticket with its conflicts and comments.
    Show {
        /// Follow-up.
        id: String,
    },
    /// Have a ticket made for a follow-up.
    Make {
        /// Follow-up.
        id: String,
        /// Tracker; not needed where there is only one.
        #[arg(long, default_value = "")]
        tracker: String,
    },
    /// Join a follow-up with an issue that is there already.
    Link {
        /// Follow-up.
        id: String,
        /// Key of the issue.
        key: String,
        /// Tracker; not needed where there is only one.
        #[arg(long, default_value = "")]
        tracker: String,
    },
    /// Take the link away; both sides stay as they are.
    Unlink {
        /// Follow-up.
        id: String,
    },
    /// Settle a conflict.
    Settle {
        /// Follow-up.
        id: String,
        /// `summary`, `description`, `status`, `assignee`, `priority` or `due`.
        field: String,
        /// `ours` or `theirs`.
        pick: String,
    },
    /// Comment on the ticket.
    Comment {
        /// Follow-up.
        id: String,
        /// Markdown.
        text: String,
    },
    /// Steps that the ticket's status offers; with a choice, remember it for the project.
    Step {
        /// Follow-up.
        id: String,
        /// `new`, `indeterminate` or `done`.
        #[arg(requires = "status")]
        category: Option<String>,
        /// Id of the status to go to.
        status: Option<String>,
    },
}
