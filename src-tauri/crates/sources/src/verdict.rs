//! How a check of a source's test went, in the same words for every kind of source.

use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::ports::{Check, Verdict};

/// The check a fault belongs to.
pub(crate) fn name_of(kind: FaultKind) -> &'static str {
    match kind {
        FaultKind::SignInRefused | FaultKind::SecretMissing => "sign-in",
        FaultKind::ClockSkew => "clock",
        _ => "answer",
    }
}

/// As it should.
pub(crate) fn ok(name: &'static str, message: String) -> Check {
    Check { name, verdict: Verdict::Ok, message, cure: String::new() }
}

/// Works, but less.
pub(crate) fn degraded(name: &'static str, message: String, cure: &str) -> Check {
    Check { name, verdict: Verdict::Degraded, message, cure: cure.to_owned() }
}

/// Does not work, and what to do.
pub(crate) fn broken(name: &'static str, fault: &Fault) -> Check {
    let cure = match fault.kind {
        FaultKind::Unreachable | FaultKind::TimedOut => "Check the address, the network and the VPN, then test again.",
        FaultKind::SignInRefused => "Enter user and password or the token again, and check what it may read.",
        FaultKind::NotTheApi | FaultKind::Redirected => {
            "Open the address in a browser and see what answers; enter the server's own address."
        }
        FaultKind::RateLimited => "Wait, and poll less often.",
        FaultKind::ClockSkew => "Set the clock of this machine or of the server.",
        _ => "Look into the server's own log, then test again.",
    };
    Check { name, verdict: Verdict::Broken, message: fault.message.clone(), cure: cure.to_owned() }
}
