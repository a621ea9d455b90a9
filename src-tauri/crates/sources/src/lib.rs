//! Monitoring APIs, read only.
//!
//! Each source answers the same question: what happened to these indicators in these minutes? What it could not see it says
//! as a fault, with the cure; it never answers with calm in place of blindness.

mod alertmanager;
mod connector;
mod datadog;
mod drill;
mod exchange;
mod limits;
mod probe;
mod prometheus;
mod verdict;

pub use alertmanager::MOST_ALERTS;
pub use connector::Connector;
pub use drill::Drill;
pub use limits::Limits;
pub use prometheus::MAX_RAW_SERIES;
