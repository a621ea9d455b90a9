//! What can be typed about shifts.

use clap::Subcommand;

/// Who is on call.
#[derive(Debug, Subcommand)]
pub enum OncallCommand {
    /// Who is on call, now or at a time, and how you stand.
    Who {
        /// RFC 3339 or unix seconds.
        #[arg(long)]
        at: Option<String>,
    },
    /// Add a calendar of shifts: a file, or a secret address, which goes to the keyring.
    Add {
        /// Unique name.
        name: String,
        /// Path of an .ics file.
        #[arg(required_unless_present = "address_env", conflicts_with = "address_env")]
        path: Option<String>,
        /// Variable that holds the calendar's https or webcal address.
        #[arg(long, value_name = "VAR")]
        address_env: Option<String>,
        /// Zone of times that name none, such as Europe/Berlin.
        #[arg(long, default_value = "")]
        zone: String,
        /// Name of the calendar it overrides.
        #[arg(long, default_value = "")]
        over: String,
    },
    /// The calendars, and how reading them went.
    List,
    /// Read all calendars again now.
    Read,
    /// Remove a calendar.
    Remove {
        /// Its name.
        name: String,
    },
    /// The names you stand under in the calendars, apart by commas.
    Me {
        /// Such as `Jane Doe, jane@example.com`.
        names: String,
    },
    /// Let announcements wait while you are certainly off shift, or not.
    Only {
        /// `on` or `off`.
        #[arg(value_parser = ["on", "off"])]
        switch: String,
    },
    /// The note for who takes over; of your present or latest shift, or of a span.
    Handover {
        /// RFC 3339 or unix seconds.
        #[arg(long)]
        from: Option<String>,
        /// RFC 3339 or unix seconds.
        #[arg(long)]
        to: Option<String>,
    },
}
