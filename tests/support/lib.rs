//! The test bench: real parts, started for one test and ended with it.
//!
//! Firewatch is judged against the programs it meets in the world, so the bench starts those: a Prometheus with a history whose every
//! count is known, an Alertmanager, a notification daemon, a panel with a tray, a keyring, the window itself. Only what real programs
//! cannot do on demand is played by code of ours: a service that breaks when told to ([`target`]), a server that lies ([`hostile`]).
//!
//! All of it lives on the loopback interface and on free ports, in temporary folders, beside a desktop session somebody may be using.
//! Every wait is bounded and fails with the last words of the process that was waited for. Dropping a part ends its processes.
//!
//! A test that needs a program which is not installed asks [`parts::present`] first.

pub mod alertmanager;
pub mod cli;
pub mod history;
pub mod hostile;
pub mod http;
pub mod jira;
pub mod parts;
pub mod process;
pub mod prometheus;
pub mod relay;
pub mod session;
pub mod target;
pub mod wait;
pub mod window;

/// What a test returns: any error, with the story that led to it.
pub type Result<T = ()> = anyhow::Result<T>;
