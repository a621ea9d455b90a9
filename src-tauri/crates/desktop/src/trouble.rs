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

/// An error's text, short enough to be shown.
pub(crate) fn short(error: &impl std::fmt::Display) -> String {
    firewatch_domain::words::plain(&error.to_string(), 160)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_cure() {
        assert_eq!(
            Trouble::Absent.to_string(),
            "no notification server answers; start dunst, mako or your desktop's; announcements are in the inbox meanwhile"
        );
    }
}
