//! Whether this desktop lets a program take a key for itself, whatever window is in front.

use firewatch_domain::ports::{Check, Verdict};

/// How it stands, by what the session says of itself.
pub fn check() -> Check {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    judged(cfg!(target_os = "linux"), set("WAYLAND_DISPLAY"), set("DISPLAY"))
}

/// Whether a key can be taken at all.
pub fn can_be_taken() -> bool {
    check().verdict == Verdict::Ok
}

fn judged(linux: bool, wayland: bool, x11: bool) -> Check {
    let cure = "bind a key of your own to `firewatch --capture` in the desktop's keyboard settings";
    let (verdict, message, cure) = match (linux, wayland, x11) {
        (true, true, _) => (Verdict::Degraded, "this desktop (Wayland) lets no program take a key from anywhere", cure),
        (true, false, false) => (Verdict::Degraded, "there is no display, so no key can be taken from anywhere", cure),
        _ => (Verdict::Ok, "this desktop lets Firewatch take a key from anywhere", ""),
    };
    Check { name: "capture key", verdict, message: message.to_owned(), cure: cure.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_said_with_the_way_round_it() {
        let wayland = judged(true, true, true);
        assert_eq!(wayland.verdict, Verdict::Degraded);
        assert!(wayland.message.contains("Wayland") && wayland.cure.contains("firewatch --capture"));
        assert_eq!(judged(true, false, false).verdict, Verdict::Degraded);
        assert_eq!(judged(true, false, true).verdict, Verdict::Ok);
        assert_eq!(judged(false, false, false).verdict, Verdict::Ok);
    }
}
