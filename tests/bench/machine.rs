//! What a figure depends on beside the program: cores and load.

/// Cores and the load of the last minute, as a line to print.
pub fn words() -> String {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let minute = load.split(' ').next().unwrap_or("?");
    format!("{cores} cores, load {minute}")
}
