//! `relay …`

use clap::{Args as Arguments, Subcommand, ValueEnum};

/// Where case files are shared.
#[derive(Debug, Subcommand)]
pub enum RelayCommand {
    /// Share at a relay or in a folder; another address under the same name takes its place.
    Set(SetRelay),
    /// How every relay stands.
    #[command(alias = "list")]
    Status,
    /// Whether a relay answers and lets us in.
    Test {
        /// Its name.
        #[arg(default_value = "team")]
        name: String,
    },
    /// Change what is shared: these incidents, or all.
    Share {
        /// Name of the relay.
        name: String,
        /// Incidents; one that others offer is taken by its id.
        #[arg(required_unless_present = "all")]
        incident: Vec<String>,
        /// Every incident, and every one that others share there.
        #[arg(long, conflicts_with = "incident")]
        all: bool,
    },
    /// Share no more; what came stays.
    Remove {
        /// Its name.
        name: String,
    },
}

/// A relay.
#[derive(Debug, Arguments)]
pub struct SetRelay {
    /// `wss://…` of a Hocuspocus or y-websocket server, or a folder that something else carries between machines.
    pub at: String,
    /// Unique name.
    #[arg(long, default_value = "team")]
    pub name: String,
    /// What it is; found out where it is not said.
    #[arg(long)]
    pub kind: Option<RelayKindArg>,
    /// Variable that holds the token.
    #[arg(long, value_name = "VAR")]
    pub token_env: Option<String>,
    /// Let everything travel unencrypted.
    #[arg(long, alias = "allow-plain-ws")]
    pub allow_plain_http: bool,
    /// Share this incident alone; may be given several times. Without it every incident is shared.
    #[arg(long, value_name = "ID")]
    pub incident: Vec<String>,
}

/// Which kind of relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RelayKindArg {
    /// A Hocuspocus server.
    Hocuspocus,
    /// A y-websocket server.
    YWebsocket,
    /// A shared folder.
    Folder,
}

impl RelayKindArg {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hocuspocus => "hocuspocus",
            Self::YWebsocket => "y_websocket",
            Self::Folder => "folder",
        }
    }
}
