//! Why a notification cannot be shown, in words, each with its cure.

/// What is wrong with the notification server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}; {}; announcements are in the inbox meanwhile", self.message(), self.cure())]
pub(crate) enum Trouble {
    /// The session bus cannot be reached.
    NoBus(String),
    /// Nobody answers to the name.
    Absent,
    /// It does not answer in time.
    Silent,
    /// It answers with an error.
    Refused(String),
}

impl Trouble {
    /// What was seen.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::NoBus(seen) => format!("there is no session bus ({seen})"),
            Self::Absent => "no notification server answers".to_owned(),
            Self::Silent => format!("the notification server does not answer within {} s", crate::PATIENCE.as_secs()),
            Self::Refused(seen) => format!("the notification server refuses ({seen})"),
        }
    }

    /// What the person can do.
    pub(crate) fn cure(&self) -> &'static str {
        match self {
            Self::NoBus(_) => "start Firewatch from within a desktop session",
            Self::Absent => "start dunst, mako or your desktop's",
            Self::Silent | Self::Refused(_) => "restart it, or start another (dunst, mako)",
        }
    }
}

/// Why the session bus cannot be reached, in words a person can act on.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn bus_words(error: &zbus::Error) -> String {
    use std::io::ErrorKind;
    match error {
        zbus::Error::InputOutput(io) => match io.kind() {
            ErrorKind::NotFound => "nothing is at its address".to_owned(),
            ErrorKind::ConnectionRefused => "nothing listens at its address".to_owned(),
            ErrorKind::PermissionDenied => "this user may not speak on it".to_owned(),
            _ => short(io),
        },
        zbus::Error::Address(_) => "DBUS_SESSION_BUS_ADDRESS names none".to_owned(),
        zbus::Error::Handshake(_) => "it does not let this program in".to_owned(),
        other => short(other),
    }
}

/// What a service on the bus says itself, without the name of the error that the bus puts before it.
#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) fn said(error: &impl std::fmt::Display) -> String {
    let text = short(error);
    match text.split_once(": ") {
        Some((name, said)) if name.contains('.') && !name.contains(' ') && !said.trim().is_empty() => said.trim().to_owned(),
        _ => text,
    }
}

/// An error's text, short enough to be shown.
pub(crate) fn short(error: &impl std::fmt::Display) -> String {
    firewatch_domain::words::plain(&error.to_string(), 160)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(unix, not(target_os = "macos")))]
    #[test]
    fn the_bus_fails_in_words() {
        let io = |kind| zbus::Error::InputOutput(std::sync::Arc::new(std::io::Error::from(kind)));
        assert_eq!(bus_words(&io(std::io::ErrorKind::NotFound)), "nothing is at its address");
        assert_eq!(bus_words(&zbus::Error::Address("unsupported transport".to_owned())), "DBUS_SESSION_BUS_ADDRESS names none");
        assert_eq!(said(&"org.freedesktop.DBus.Error.LimitsExceeded: too many notifications"), "too many notifications");
        assert_eq!(said(&"broken pipe: gone"), "broken pipe: gone");
    }

    #[test]
    fn it_names_the_cure() {
        assert_eq!(
            Trouble::Absent.to_string(),
            "no notification server answers; start dunst, mako or your desktop's; announcements are in the inbox meanwhile"
        );
    }
}
