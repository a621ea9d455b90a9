//! What the window and the CLI are shown: plain values, named as in the product's words, ready to cross the wire.
//!
//! Every figure that cannot be known is `null`, never 0 or 1. Times are unix seconds (`f64`, whole), durations seconds,
//! counts whole numbers that fit an `f64`. Text from outside travels as text and is never markup.

mod alerts;
mod backtest;
mod capture;
mod charts;
mod connections;
mod dependencies;
mod detail;
mod editor;
mod evidence;
mod exclusion;
mod folder;
mod followup;
mod hours;
mod incident;
mod ledger;
mod oncall;
mod outbox;
mod paper;
mod postmortem;
mod proof;
mod relay;
mod score;
mod search;
mod settings;
mod status;
mod ticket;
mod tightening;
mod watch;

pub use alerts::*;
pub use backtest::*;
pub use capture::*;
pub use charts::*;
pub use connections::*;
pub use dependencies::*;
pub use detail::*;
pub use editor::*;
pub use evidence::*;
pub use exclusion::*;
pub use folder::*;
pub use followup::*;
pub use hours::*;
pub use incident::*;
pub use ledger::*;
pub use oncall::*;
pub use outbox::*;
pub use paper::*;
pub use postmortem::*;
pub use proof::*;
pub use relay::*;
pub use score::*;
pub use search::*;
pub use settings::*;
pub use status::*;
pub use ticket::*;
pub use tightening::*;
pub use watch::*;
