//! The real world, assembled once for the window and for `firewatchctl`: clock, ids, sources, keyring, desktop, heartbeat,
//! and where a profile lies. The engine below sees only ports; the faces above only ask for an open profile.

mod calendars;
mod clock;
mod heartbeat;
mod profile;

pub use calendars::CalendarReader;
pub use clock::{SystemClock, UuidIds};
pub use heartbeat::Pinger;
pub use profile::{Profile, data_folder};
