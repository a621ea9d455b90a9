//! Transport errors in plain words, without addresses or anything secret in them.

use std::error::Error;
use std::time::Duration;

use firewatch_domain::fault::{Fault, FaultKind};

/// Why nothing came.
pub(crate) fn transport(place: &str, error: &reqwest::Error, patience: Duration) -> Fault {
    if error.is_timeout() {
        let message = if error.is_connect() {
            format!("{place} takes no connection in time; check the address, the VPN and the firewall.")
        } else {
            format!("{place} did not answer within {} s; it may be overloaded, or the network slow.", seconds(patience))
        };
        return Fault::new(FaultKind::TimedOut, message);
    }
    let deep = deepest(error);
    let lower = deep.to_lowercase();
    let (seen, cure) = if lower.contains("refused") {
        ("connection refused".to_owned(), "is the server running, and the port right?")
    } else if lower.contains("lookup") || lower.contains("dns") || lower.contains("not known") || lower.contains("resolve") {
        ("the name is not known here".to_owned(), "check the spelling, the network and the VPN.")
    } else if lower.contains("certificate") || lower.contains("unknownissuer") {
        (format!("its certificate is not trusted ({deep})"), "add the issuing authority to the system's certificates.")
    } else if lower.contains("unreachable") || lower.contains("no route") {
        ("no route leads there".to_owned(), "check the network and the VPN.")
    } else {
        (deep, "check the address and the network.")
    };
    Fault::new(FaultKind::Unreachable, format!("{place} cannot be reached: {seen}; {cure}"))
}

/// Why the body broke off.
pub(crate) fn broken(place: &str, error: &reqwest::Error, received: usize, patience: Duration) -> Fault {
    if error.is_timeout() {
        let message = format!("{place} began to answer but did not finish within {} s ({received} bytes came).", seconds(patience));
        return Fault::new(FaultKind::TimedOut, message);
    }
    if error.is_decode() {
        let message = format!("{place} sent a compressed answer that cannot be unpacked; something between may have changed it.");
        return Fault::new(FaultKind::NotTheApi, message);
    }
    Fault::new(FaultKind::Unreachable, format!("The connection to {place} broke after {received} bytes of the answer."))
}

/// The innermost cause; outer ones repeat the address.
fn deepest(error: &reqwest::Error) -> String {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    let mut text = String::from("the connection failed");
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

fn seconds(patience: Duration) -> String {
    if patience.as_millis().is_multiple_of(1000) { patience.as_secs().to_string() } else { format!("{:.1}", patience.as_secs_f64()) }
}
