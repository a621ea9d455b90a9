//! What a toast becomes, given what the notification server can do: plain values, so that the rules can be tested by table.

use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::ports::ToastAct;
use firewatch_domain::words;

/// Longest headline and body, in characters: a lock screen is no log.
const LONGEST_TITLE: usize = 200;
const LONGEST_BODY: usize = 600;

/// The desktop's alert sound, by its name in the freedesktop sound naming specification.
const ALERT_SOUND: &str = "dialog-warning";

/// What the server declares, as far as it changes what we send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Abilities {
    /// Buttons, and clicks on the toast.
    pub(crate) actions: bool,
    /// Anything but the headline.
    pub(crate) body: bool,
    /// The body is read as markup, so that ours must be escaped.
    pub(crate) markup: bool,
}

impl Abilities {
    /// From the server's list of capabilities.
    pub(crate) fn declared(capabilities: &[String]) -> Self {
        let has = |name: &str| capabilities.iter().any(|c| c == name);
        Self { actions: has("actions"), body: has("body"), markup: has("body-markup") }
    }
}

/// A toast as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) urgency: Urgency,
    /// Stays until it is acted upon.
    pub(crate) stays: bool,
    /// Identifier and label.
    pub(crate) actions: Vec<(&'static str, &'static str)>,
    pub(crate) sound: Option<&'static str>,
    pub(crate) quiet: bool,
}

impl Shape {
    /// Cuts, escapes and dresses a toast for a server.
    pub(crate) fn of(toast: &Toast, can: Abilities) -> Self {
        let (title, body) = (words::plain(&toast.title, LONGEST_TITLE), words::plain(&toast.body, LONGEST_BODY));
        let (title, body) =
            if can.body { (title, body) } else { (words::plain(&format!("{title}: {body}"), LONGEST_TITLE), String::new()) };
        let sound = (toast.sound && !toast.silent).then_some(ALERT_SOUND);
        Self {
            title,
            body: if can.markup { escaped(&body) } else { body },
            urgency: toast.urgency,
            stays: toast.urgency == Urgency::Critical,
            actions: if can.actions { actions(toast.actions) } else { Vec::new() },
            sound,
            quiet: sound.is_none(),
        }
    }
}

/// `default` is the click on the toast itself; desktops show up to three buttons beside it.
fn actions(about_a_journey: bool) -> Vec<(&'static str, &'static str)> {
    let mut actions = vec![("default", "Open")];
    if about_a_journey {
        actions.extend([("acknowledge", "Acknowledge"), ("declare", "Declare incident"), ("snooze", "Snooze 1 h")]);
    }
    actions
}

/// What an invoked action asks for.
pub(crate) fn act(identifier: &str) -> Option<ToastAct> {
    match identifier {
        "default" | "open" => Some(ToastAct::Open),
        "acknowledge" => Some(ToastAct::Acknowledge),
        "declare" => Some(ToastAct::Declare),
        "snooze" => Some(ToastAct::Snooze),
        _ => None,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Abilities = Abilities { actions: true, body: true, markup: true };

    fn toast() -> Toast {
        Toast {
            key: "customer-settings/production".to_owned(),
            title: "Customer settings & co is burning".to_owned(),
            body: "first load <14×> too fast & rising".to_owned(),
            urgency: Urgency::Critical,
            silent: false,
            sound: true,
            actions: true,
        }
    }

    #[test]
    fn markup_is_escaped_only_where_it_is_read() {
        assert_eq!(Shape::of(&toast(), ALL).body, "first load &lt;14×&gt; too fast &amp; rising");
        assert_eq!(Shape::of(&toast(), Abilities { markup: false, ..ALL }).body, "first load <14×> too fast & rising");
        assert_eq!(Shape::of(&toast(), ALL).title, "Customer settings & co is burning", "headlines are never markup");
    }

    #[test]
    fn buttons_only_where_the_server_has_them_and_the_toast_is_about_something() {
        let labels = |toast: &Toast, can| Shape::of(toast, can).actions.iter().map(|a| a.1).collect::<Vec<_>>();
        assert_eq!(labels(&toast(), ALL), ["Open", "Acknowledge", "Declare incident", "Snooze 1 h"]);
        assert_eq!(labels(&Toast { actions: false, ..toast() }, ALL), ["Open"]);
        assert!(labels(&toast(), Abilities { actions: false, ..ALL }).is_empty());
        for (identifier, _) in actions(true) {
            assert!(act(identifier).is_some(), "{identifier}");
        }
        assert_eq!(act("__closed"), None);
    }

    #[test]
    fn only_the_critical_stays_and_only_the_loud_sounds() {
        assert!(Shape::of(&toast(), ALL).stays);
        assert!(!Shape::of(&Toast { urgency: Urgency::Normal, ..toast() }, ALL).stays);
        assert_eq!(Shape::of(&toast(), ALL).sound, Some(ALERT_SOUND));
        for quiet in [Toast { silent: true, ..toast() }, Toast { sound: false, ..toast() }] {
            let shape = Shape::of(&quiet, ALL);
            assert!(shape.quiet && shape.sound.is_none());
        }
    }

    #[test]
    fn texts_are_cut_and_disarmed_again() {
        let huge = Toast { title: "t".repeat(5000), body: "b\u{202E}\u{7}".repeat(5000), ..toast() };
        let shape = Shape::of(&huge, ALL);
        assert_eq!((shape.title.chars().count(), shape.body.chars().count()), (200, 600));
        assert!(shape.body.chars().all(|c| c == 'b' || c == '…'));
        let bare = Shape::of(&toast(), Abilities { body: false, ..ALL });
        assert!(bare.title.contains("burning: first load") && bare.body.is_empty());
    }
}
