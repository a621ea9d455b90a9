//! What can be typed about postmortems.

use std::path::PathBuf;

use clap::Subcommand;

/// Postmortems.
#[derive(Debug, Subcommand)]
pub enum PostmortemCommand {
    /// List incidents with how their postmortem stands.
    List,
    /// Print one; begun from a template where there is none yet.
    Show {
        /// Incident.
        id: String,
        /// `md`, `html`, `json` or `jira`.
        #[arg(long, default_value = "md")]
        format: String,
        /// Template to begin with, where there is none yet.
        #[arg(long)]
        template: Option<String>,
    },
    /// Take text in behind what is there, sanitised.
    Import {
        /// Incident.
        id: String,
        /// Markdown, or HTML by its ending; `-` for standard input, as Markdown.
        file: PathBuf,
    },
    /// Its moments, newest first; with `--from` what changed since one.
    History {
        /// Incident.
        id: String,
        /// A moment of the history.
        #[arg(long, value_name = "MOMENT")]
        from: Option<String>,
        /// Another, later one; else now.
        #[arg(long, value_name = "MOMENT", requires = "from")]
        to: Option<String>,
    },
    /// Who wrote what stands there now.
    Blame {
        /// Incident.
        id: String,
    },
    /// Bring a passage of a moment back.
    Restore {
        /// Incident.
        id: String,
        /// Moment.
        moment: String,
        /// First block of the passage, from 0.
        #[arg(long, default_value_t = 0)]
        first: usize,
        /// How many blocks.
        #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
        count: usize,
        /// Present block before which it is put; else at the end.
        #[arg(long, default_value_t = usize::MAX, hide_default_value = true)]
        at: usize,
    },
    /// Ask for reviewers, approve, tick the checklist.
    Review {
        /// Incident.
        id: String,
        /// Somebody who is to read it.
        #[arg(long, value_name = "PERSON")]
        ask: Vec<String>,
        /// Somebody who read it and holds it to be right.
        #[arg(long, value_name = "PERSON")]
        approve: Vec<String>,
        /// A point of the checklist that was looked at.
        #[arg(long, value_name = "POINT")]
        check: Vec<String>,
    },
    /// Move it to `draft`, `in_review` or `published`.
    State {
        /// Incident.
        id: String,
        /// State.
        state: String,
    },
    /// Publish it: its live blocks keep what they show now.
    Publish {
        /// Incident.
        id: String,
    },
    /// Templates to begin with.
    Templates,
    /// Keep a template of your own from a Markdown file; a fenced block marked `firewatch` is a live block of the kind it names.
    Template {
        /// Its title.
        title: String,
        /// Markdown.
        file: PathBuf,
        /// What it is for.
        #[arg(long, default_value = "")]
        about: String,
        /// A point of its checklist.
        #[arg(long, value_name = "POINT")]
        check: Vec<String>,
    },
    /// Remove a template of your own; what was begun with it stays.
    TemplateRemove {
        /// Its id, as `templates` shows it.
        id: String,
    },
}
