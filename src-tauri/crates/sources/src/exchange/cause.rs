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
    if is_no_http(&lower) {
        return Fault::new(FaultKind::NotTheApi, no_http(place, &deep));
    }
    let (seen, cure) = if lower.contains("refused") {
        ("connection refused".to_owned(), "is the server running, and the port right?")
    } else if let Some(told) = certificate(&lower) {
        // Before names: what is wrong with a certificate may speak of its `DnsName`.
        told
    } else if lower.contains("lookup") || lower.contains("dns") || lower.contains("not known") || lower.contains("resolve") {
        ("the name is not known here".to_owned(), "check the spelling, the network and the VPN.")
    } else if lower.contains("unreachable") || lower.contains("no route") {
        ("no route leads there".to_owned(), "check the network and the VPN.")
    } else {
        (deep, "check the address and the network.")
    };
    Fault::new(FaultKind::Unreachable, format!("{place} cannot be reached: {seen}; {cure}"))
}

/// What is wrong with a certificate, and what to do.
fn certificate(lower: &str) -> Option<(String, &'static str)> {
    let (seen, cure) = if lower.contains("certificate expired") || lower.contains("expired") {
        ("its certificate has run out", "have it renewed; if it is new, check this machine's clock.")
    } else if lower.contains("not valid yet") || lower.contains("notvalidyet") {
        ("its certificate is not valid yet", "check this machine's clock.")
    } else if lower.contains("not valid for name") || lower.contains("notvalidforname") {
        ("its certificate is for another name", "enter the name that stands in the certificate.")
    } else if lower.contains("unknownissuer") || lower.contains("unknown issuer") || lower.contains("badsignature") {
        // The last: somebody else signed it under the name of an authority that is known.
        let cure = "if that is your company's, add its authority to the operating system's certificates.";
        ("its certificate comes from an authority this machine does not know", cure)
    } else if lower.contains("causedasendentity") {
        let cure =
            "if it is yours, add it to the operating system's certificates as one that may sign, and have it sign one for the server.";
        ("its certificate is an authority's own, or signed by itself", cure)
    } else if lower.contains("certificate") {
        return Some((format!("its certificate is not accepted ({lower})"), "have it looked at."));
    } else if lower.contains("corrupt message") || lower.contains("invalidcontenttype") {
        ("it does not speak TLS on this port", "enter the address with http://, or the port for https.")
    } else {
        return None;
    };
    Some((seen.to_owned(), cure))
}

fn is_no_http(lower: &str) -> bool {
    ["invalid http", "invalid content-length", "head is too large", "unexpected message from", "invalid chunk"]
        .iter()
        .any(|s| lower.contains(s))
}

fn no_http(place: &str, deep: &str) -> String {
    format!("{place} answers, but not in sound HTTP ({deep}); check the port, and whether the address should begin with https.")
}

/// Why the body broke off.
pub(crate) fn broken(place: &str, error: &reqwest::Error, received: usize, patience: Duration) -> Fault {
    if error.is_timeout() {
        let message = format!("{place} began to answer but did not finish within {} s ({received} bytes came).", seconds(patience));
        return Fault::new(FaultKind::TimedOut, message);
    }
    let deep = deepest(error);
    let lower = deep.to_lowercase();
    if is_no_http(&lower) {
        return Fault::new(FaultKind::NotTheApi, no_http(place, &deep));
    }
    if ["gzip", "deflate", "crc", "unexpected end of file"].iter().any(|sign| lower.contains(sign)) {
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
