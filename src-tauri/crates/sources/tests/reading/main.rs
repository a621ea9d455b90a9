//! The sources from outside: against servers in memory, against servers that misbehave, and against a real Prometheus and `VictoriaMetrics`.

#[cfg(test)]
mod alerting;
#[cfg(test)]
mod asking;
#[cfg(test)]
mod datadog;
#[cfg(test)]
mod exactness;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fronts;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod native;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod probing;
#[cfg(test)]
mod programs;
#[cfg(test)]
mod real;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod victoria;
