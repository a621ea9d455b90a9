//! Turns the text of foreign SLO files into drafts, and SLOs into OpenSLO v1.
//!
//! People bring definitions from other tools: OpenSLO (v1, v1alpha, v2alpha), Sloth (its own files and Kubernetes
//! objects), Pyrra and slo-generator. Every object of a file ends in exactly one [`Outcome`]: imported, warned, rejected or understood, and every
//! remark names the place and the cure, since a definition that is half understood would watch the wrong thing.
//! Schedules come as iCalendar and become shifts.
//! Nothing here reads files, clocks or networks; a file's text comes in, and hostile text costs bounded time and memory.

mod alerts;
mod belonging;
mod calendar;
mod counters;
mod counts;
mod datadog;
mod evaluated;
mod field;
mod import;
mod node;
mod notes;
mod openslo;
mod openslo_alpha;
mod ours;
mod outcome;
mod parse;
mod promise;
mod pyrra;
mod query;
mod references;
mod slo_generator;
mod sloth;
mod source;
mod write;

pub use calendar::{CalendarError, MOST_BYTES as LONGEST_CALENDAR, Shifts, read_shifts};
pub use counts::{CountsError, read_counts};
pub use import::{read, read_all};
pub use outcome::{Context, Draft, Outcome, Remark, Standing, Verdict};
pub use write::write;
