//! The sources from outside: against servers in memory, against servers that misbehave, and against a real Prometheus.

#[cfg(test)]
mod asking;
#[cfg(test)]
mod exactness;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod probing;
#[cfg(test)]
mod real;
#[cfg(test)]
mod sharing;
