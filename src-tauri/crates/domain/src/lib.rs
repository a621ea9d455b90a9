//! The nouns of Firewatch and the rules among them.
//!
//! Nothing here does I/O, reads a clock, or knows a runtime or SQL: every rule is a pure function of its arguments, so that
//! it can be tested by table and replayed over history. [`ports`] names what the engine asks of the world.

pub mod alert;
pub mod alerting;
pub mod announcement;
pub mod checklist;
pub mod definition;
pub mod dependencies;
pub mod destination;
pub mod detection;
pub mod entry;
pub mod evaluation;
pub mod exclusion;
pub mod fault;
pub mod folding;
pub mod followup;
pub mod history;
pub mod hours;
pub mod hypothesis;
pub mod impact;
pub mod incident;
pub mod indicator;
pub mod journey;
pub mod ledger;
pub mod merging;
pub mod method;
pub mod minute;
pub mod objective;
pub mod oncall;
pub mod outbox;
pub mod picture;
pub mod policy;
pub mod ports;
pub mod postmortem;
pub mod promise;
pub mod promql;
pub mod proof;
pub mod relay;
pub mod replay;
pub mod search;
pub mod selector;
pub mod slo;
pub mod source;
pub mod state;
pub mod stream;
pub mod sums;
pub mod ticket;
pub mod tracker;
pub mod turn;
pub mod update;
pub mod window;
pub mod words;
