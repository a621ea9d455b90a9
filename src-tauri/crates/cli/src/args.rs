//! What can be typed.

mod exclude;
mod followup;
mod hours;
mod incident;
mod oncall;
mod postmortem;
mod relay;
mod slo;
mod source;
mod tracker;

use std::path::PathBuf;

use clap::{Args as Arguments, Parser, Subcommand};

pub use exclude::{ExcludeArgs, ExcludeCommand};
pub use followup::{FieldArgs, FollowUpCommand};
pub use hours::HoursCommand;
pub use incident::IncidentCommand;
pub use oncall::OncallCommand;
pub use postmortem::PostmortemCommand;
pub use relay::{RelayCommand, SetRelay};
pub use slo::SloCommand;
pub use source::{AddCommand, DatadogArgs, PlaceArgs, SourceCommand};
pub use tracker::{AddTracker, JiraArgs, JiraKind, TicketCommand, TrackerCommand};

/// Firewatch without a window.
#[derive(Debug, Parser)]
#[command(name = "firewatchctl", version, about, propagate_version = true)]
pub struct Args {
    /// Profile folder; else the platform's data folder.
    #[arg(long, global = true, env = "FIREWATCH_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// Print CSV; lists and figures only.
    #[arg(long, global = true, conflicts_with = "json")]
    pub csv: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Everything that was ever written down.
    Search {
        /// Words, found by their beginning; phrases between quotes.
        #[arg(required = true)]
        query: Vec<String>,
        /// Most finds.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// The person's name and this replica's id.
    Whoami {
        /// Set the name.
        #[arg(long)]
        name: Option<String>,
    },
    /// Monitoring APIs.
    #[command(subcommand)]
    Source(SourceCommand),
    /// Service level objectives.
    #[command(subcommand)]
    Slo(SloCommand),
    /// Read every due source, backfill gaps, evaluate, store turns.
    Poll {
        /// One round; without it rounds go on until interrupted.
        #[arg(long)]
        once: bool,
    },
    /// The whole engine in the foreground: poll, announce, keep watching.
    Watch,
    /// Every SLO as it stands.
    Status {
        /// Only these.
        names: Vec<String>,
    },
    /// What spent the budget of an SLO: incidents, and what nobody explained.
    Ledger {
        /// Its name.
        name: String,
    },
    /// Leave minutes out of the figures, with a reason; list them, take one back.
    Exclude(ExcludeArgs),
    /// Services and what they need.
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Firing alerts of Alertmanager and Prometheus, and under which journey each is folded.
    Alerts(AlertsArgs),
    /// A definition against counts from a file; touches no profile.
    Evaluate {
        /// OpenSLO, Sloth or Pyrra file.
        #[arg(long, value_name = "FILE")]
        slo: PathBuf,
        /// CSV with the header `time,good,total`, one row a minute.
        #[arg(long, value_name = "FILE")]
        counts: PathBuf,
        /// Exclusive end of the last minute counted, RFC 3339 or unix seconds; else the end of the counts.
        #[arg(long, value_name = "T")]
        at: Option<String>,
    },
    /// Replay history against a definition, as it is or changed.
    Backtest(BacktestArgs),
    /// Incidents.
    #[command(subcommand)]
    Incident(IncidentCommand),
    /// Work that comes out of incidents.
    #[command(subcommand, name = "followup")]
    FollowUp(FollowUpCommand),
    /// Postmortems.
    #[command(subcommand)]
    Postmortem(PostmortemCommand),
    /// What is ordered when a budget shrinks, burns or cannot be seen.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Where status updates and war rooms go.
    #[command(subcommand)]
    Destination(DestinationCommand),
    /// Hours of work on an incident.
    #[command(subcommand)]
    Hours(HoursCommand),
    /// Who is on call, the calendars it is known from, and the note for the next shift.
    #[command(subcommand)]
    Oncall(OncallCommand),
    /// Acts toward the outside world.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Tickets of follow-ups.
    #[command(subcommand)]
    Ticket(TicketCommand),
    /// Where tickets live.
    #[command(subcommand)]
    Tracker(TrackerCommand),
    /// Where incidents and postmortems are shared.
    #[command(subcommand)]
    Relay(RelayCommand),
    /// Carry out what waits to go out, and read tickets.
    Sync {
        /// Once; without it until interrupted.
        #[arg(long)]
        once: bool,
    },
    /// Practise.
    #[command(subcommand)]
    Drill(DrillCommand),
    /// Look at every part: notifications, tray, keyring, clock, sources, database.
    Doctor,
}

/// A replay.
#[derive(Debug, Arguments)]
pub struct BacktestArgs {
    /// Name of an SLO of the profile, or a file that defines some.
    #[arg(long, value_name = "NAME|FILE")]
    pub slo: String,
    /// Counts instead of the stored history: CSV with the header `time,good,total`, one row a minute.
    #[arg(long, value_name = "FILE")]
    pub counts: Option<PathBuf>,
    /// Another objective, as a percentage.
    #[arg(long, value_name = "PERCENT")]
    pub objective: Option<String>,
    /// Another latency boundary, such as 500ms.
    #[arg(long, value_name = "DURATION")]
    pub under: Option<String>,
    /// Another window, such as 30d; calendar periods as 1w, 1M, 1Q.
    #[arg(long, value_name = "DURATION")]
    pub window: Option<String>,
    /// Another method: `occurrences`, `timeslices:5m:95` or `ratio_timeslices:5m`.
    #[arg(long)]
    pub method: Option<String>,
    /// Time slices without traffic: `leave_out`, `good` or `bad`.
    #[arg(long)]
    pub empty: Option<String>,
    /// Rules instead of the present ones, such as page:14.4@1h/5m, or ticket:1@36h for a single window.
    #[arg(long, value_name = "RULE")]
    pub rule: Vec<String>,
    /// How far back; 90d of stored history, all of a file.
    #[arg(long, value_name = "DURATION")]
    pub last: Option<String>,
    /// Zone by whose clocks nights are counted, such as Europe/Berlin; else the machine's.
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
}

/// Services.
#[derive(Debug, Subcommand)]
pub enum ServiceCommand {
    /// List them with what they need.
    List,
    /// Say that a service needs another.
    Depend {
        /// Which.
        service: String,
        /// What it needs.
        needs: String,
    },
    /// Take that back.
    Undepend {
        /// Which.
        service: String,
        /// What it was said to need.
        needs: String,
    },
    /// Say what a service is called and who runs it.
    Describe {
        /// Its name, as SLOs and alerts write it.
        name: String,
        /// Name for people.
        #[arg(long, default_value = "")]
        title: String,
        /// Somebody else runs it.
        #[arg(long)]
        third_party: bool,
    },
    /// Forget what was said about a service.
    Forget {
        /// Its name.
        name: String,
    },
    /// What a journey depends on, who burned first at the top.
    Burning {
        /// As `production/customer-settings`.
        #[arg(value_name = "ENVIRONMENT/JOURNEY")]
        journey: String,
    },
}

/// Which alerts.
#[derive(Debug, Arguments)]
pub struct AlertsArgs {
    /// Only those folded under this journey, as `production/customer-settings`.
    #[arg(long, value_name = "ENVIRONMENT/JOURNEY")]
    pub journey: Option<String>,
    /// Only those folded nowhere.
    #[arg(long, conflicts_with = "journey")]
    pub elsewhere: bool,
}

/// Destinations.
#[derive(Debug, Subcommand)]
pub enum DestinationCommand {
    /// Add one.
    #[command(subcommand)]
    Add(AddDestination),
    /// List them.
    List,
    /// Ask one and tell the truth, posting nothing.
    Test {
        /// Its name.
        name: String,
    },
    /// Remove one with its secret.
    Remove {
        /// Its name.
        name: String,
    },
}

/// Add a destination.
#[derive(Debug, Subcommand)]
pub enum AddDestination {
    /// A Slack incoming webhook.
    SlackWebhook {
        /// Unique name.
        name: String,
        /// Variable that holds the webhook's address; it goes to the keyring.
        #[arg(long, value_name = "VAR")]
        address_env: String,
    },
    /// A Slack bot in a channel.
    SlackBot {
        /// Unique name.
        name: String,
        /// Channel id.
        #[arg(long)]
        channel: String,
        /// Variable that holds the bot's token; it goes to the keyring.
        #[arg(long, value_name = "VAR")]
        token_env: String,
        /// Another base of the API.
        #[arg(long, value_name = "URL")]
        api: Option<String>,
    },
    /// A Teams workflow.
    Teams {
        /// Unique name.
        name: String,
        /// Variable that holds the workflow's address; it goes to the keyring.
        #[arg(long, value_name = "VAR")]
        address_env: String,
    },
    /// Files in a folder.
    Folder {
        /// Unique name.
        name: String,
        /// The folder.
        path: PathBuf,
    },
    /// Zoom by server-to-server OAuth.
    Zoom {
        /// Unique name.
        name: String,
        /// Account id.
        #[arg(long)]
        account: String,
        /// Client id.
        #[arg(long)]
        client: String,
        /// Variable that holds the client secret; it goes to the keyring.
        #[arg(long, value_name = "VAR")]
        secret_env: String,
        /// User who owns the meetings.
        #[arg(long, default_value = "me")]
        user: String,
        /// Another base of the API.
        #[arg(long, value_name = "URL")]
        api: Option<String>,
        /// Another base of the sign-in.
        #[arg(long, value_name = "URL")]
        sign_in: Option<String>,
    },
}

/// The outbox.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List acts, newest first.
    List,
    /// Send one again.
    Retry {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// Say how one ended.
    Settle {
        /// Its id, or the beginning of it.
        id: String,
        /// `done:KEY` or `drop`.
        #[arg(long = "as", value_name = "HOW")]
        how: String,
    },
}

/// Policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Order something when something holds.
    Add {
        /// `consumed:50`, `days-left:3`, `burn-page`, `burn-ticket`, `exhausted` or `blind`.
        #[arg(long)]
        trigger: String,
        /// `notify`, `propose` (an incident, to be opened by one key) or `open` (it).
        #[arg(long, default_value = "open")]
        order: String,
        /// SEV0 to SEV3, of the incident.
        #[arg(long, default_value = "SEV2")]
        severity: String,
        /// How long it must hold.
        #[arg(long, default_value = "0m", value_name = "DURATION")]
        hold: String,
        /// Only this journey.
        #[arg(long, default_value = "")]
        journey: String,
        /// Only this service.
        #[arg(long, default_value = "")]
        service: String,
        /// Only this environment.
        #[arg(long, default_value = "")]
        environment: String,
    },
    /// List them.
    List,
    /// Remove one.
    Remove {
        /// Its id.
        id: String,
    },
}

/// Practise.
#[derive(Debug, Subcommand)]
pub enum DrillCommand {
    /// Play a story, in the foreground, in a profile of its own.
    Start {
        /// Which: `settings`.
        story: String,
        /// Simulated seconds per real second.
        #[arg(long, default_value_t = 60.0)]
        speed: f64,
    },
    /// Stop the one that is playing.
    Stop,
    /// How the one that was played last went: time to acknowledge, to declare, to the first update.
    Score,
}
