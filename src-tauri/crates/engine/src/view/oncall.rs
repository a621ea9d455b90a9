//! Who is on call: people, the person's own standing, calendars, and the note that is handed over.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Somebody is on call for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct ShiftRow {
    /// Who, as the calendar names them.
    pub person: String,
    /// Calendar it stands in.
    pub calendar: String,
    /// Level as written; 0 where none is.
    pub level: u32,
    /// RFC 3339.
    pub from: String,
    /// RFC 3339, exclusive.
    pub to: String,
    /// It is the person's own.
    pub mine: bool,
}

/// A calendar as read; never its address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct CalendarRow {
    /// Unique name.
    pub name: String,
    /// Path of the file, or where its address is kept.
    pub place: String,
    /// Zone of times that name none; empty for the person's.
    pub zone: String,
    /// Name of the calendar it overrides; empty for none.
    pub over: String,
    /// When it was last read well, RFC 3339.
    pub read_at: Option<String>,
    /// Why it could not be read since.
    pub error: Option<String>,
    /// Shifts within reach.
    pub shifts: u32,
    /// Whom it names.
    pub people: Vec<String>,
    /// What was not understood or was cut.
    pub remarks: Vec<String>,
}

/// Who is on call, now or at a given time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct OnCallView {
    /// The instant it is about, RFC 3339.
    pub at: String,
    /// On call then, highest level first.
    pub people: Vec<ShiftRow>,
    /// Shifts of the two weeks after, in order.
    pub coming: Vec<ShiftRow>,
    /// `on`, `off` or `unknown`: how the person at this desk stands.
    pub duty: String,
    /// End of the shift that lasts, or beginning of the next; RFC 3339.
    pub until: Option<String>,
    /// Why it is not known.
    pub why: Option<String>,
    /// What is held back because of it, in words.
    pub held: Option<String>,
    /// Names the person is looked for under.
    pub names: Vec<String>,
    /// Where all this is from.
    pub calendars: Vec<CalendarRow>,
}

/// A calendar to add.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct CalendarForm {
    /// Unique name.
    pub name: String,
    /// Path of a file, or an https or webcal address, which goes to the keyring.
    pub place: String,
    /// Zone of times that name none; empty for the person's.
    pub zone: String,
    /// Name of the calendar it overrides; empty for none.
    pub over: String,
}

/// A note for who takes over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct HandoverNote {
    /// RFC 3339.
    pub from: String,
    /// RFC 3339.
    pub to: String,
    /// The note, as text to be sent on.
    pub text: String,
}
