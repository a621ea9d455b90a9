//! The fault corpus: for each kind of source hundreds of malformed answers, each with the one named state that must follow. Nothing
//! malformed is ever seen as calm, nothing panics, nothing takes longer than its bounds.
//!
//! `case` is a case, `transport` and `shapes` are the tables that hold for every source, one file per source adds its own, `driver` plays
//! them over `wire`'s sockets.

#[cfg(test)]
mod alertmanager;
#[cfg(test)]
mod case;
#[cfg(test)]
mod datadog;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod probe;
#[cfg(test)]
mod prometheus;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod wire;
