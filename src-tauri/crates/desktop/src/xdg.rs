//! Notifications over the session bus, through notify-rust.
//!
//! notify-rust opens a connection per toast, and some servers answer only to that one (dunst), while others take every toast
//! away when the first connection closes (GNOME). So each toast's handle is held until the toast is gone, the oldest until none
//! is left ([`desk`]); and a line of our own ([`line`]) is subscribed before anything is shown, asks what the server can do, and
//! learns when it restarts. What both hear counts once.

mod desk;
mod line;

use std::sync::Arc;

use async_trait::async_trait;
use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::ports::{Announcer, Check, ToastAct, Verdict};
use firewatch_domain::words;
use notify_rust::{Hint, Notification, Timeout};
use tokio::sync::{Mutex, mpsc};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::shape::{Abilities, Shape};
use crate::trouble::{Trouble, said};
use desk::Desk;
use line::{Line, Server};

/// The desktop's notifications.
pub struct Desktop {
    app_name: String,
    desk: Arc<Desk>,
    /// Also the gate: one act toward the server at a time, so that two toasts of one key cannot pass each other.
    line: Mutex<Option<Line>>,
}

impl Desktop {
    /// Shows toasts as `app_name`, which is also the name of the desktop entry; acts on them arrive through `acts`.
    pub fn new(app_name: &str, acts: mpsc::UnboundedSender<(String, ToastAct)>) -> Self {
        Self { app_name: app_name.to_owned(), desk: Arc::new(Desk::new(acts)), line: Mutex::new(None) }
    }

    async fn put_up(&self, toast: &Toast) -> Result<(), Trouble> {
        let mut gate = self.line.lock().await;
        let line = self.connected(&mut gate).await?;
        let abilities = match line.capabilities().await {
            Ok(capabilities) => Abilities::declared(&capabilities),
            Err(trouble) => {
                *gate = None;
                return Err(trouble);
            }
        };
        let _expecting = self.desk.expect();
        let notification = self.notification(&toast.key, &Shape::of(toast, abilities));
        let handle = notification.show_async().await.map_err(|error| Trouble::Refused(said(&error)))?;
        Desk::stand(&self.desk, &toast.key, handle);
        Ok(())
    }

    fn notification(&self, key: &str, shape: &Shape) -> Notification {
        let mut notification = Notification::new();
        notification.appname(&self.app_name).icon("firewatch").summary(&shape.title).body(&shape.body);
        notification.urgency(match shape.urgency {
            Urgency::Low => notify_rust::Urgency::Low,
            Urgency::Normal => notify_rust::Urgency::Normal,
            Urgency::Critical => notify_rust::Urgency::Critical,
        });
        notification.timeout(if shape.stays { Timeout::Never } else { Timeout::Default });
        notification.hint(Hint::DesktopEntry(self.app_name.clone()));
        // Replaces also what a former run of ours, or a lost number, left standing.
        notification.hint(Hint::Custom("x-dunst-stack-tag".to_owned(), key.to_owned()));
        for (identifier, label) in &shape.actions {
            notification.action(identifier, label);
        }
        if let Some(sound) = shape.sound {
            notification.sound_name(sound);
        }
        if shape.quiet {
            notification.hint(Hint::SuppressSound(true));
        }
        if let Some(id) = self.desk.standing(key) {
            notification.id(id);
        }
        notification
    }

    async fn connected<'a>(&self, line: &'a mut Option<Line>) -> Result<&'a Line, Trouble> {
        let open = match line.take() {
            Some(open) if open.is_alive() => open,
            _ => Line::open(Arc::clone(&self.desk)).await?,
        };
        Ok(line.insert(open))
    }

    async fn ask(&self) -> Result<(Server, Vec<String>), Trouble> {
        let mut gate = self.line.lock().await;
        let line = self.connected(&mut gate).await?;
        Ok((line.server().await?, line.capabilities().await?))
    }

    async fn take_away(&self, key: &str) -> Result<(), Trouble> {
        let Some(id) = self.desk.standing(key) else { return Ok(()) };
        let mut gate = self.line.lock().await;
        self.connected(&mut gate).await?.close(id).await
    }
}

#[async_trait]
impl Announcer for Desktop {
    async fn show(&self, toast: &Toast) -> Result<(), String> {
        timeout(PATIENCE, self.put_up(toast)).await.unwrap_or(Err(Trouble::Silent)).map_err(|trouble| trouble.to_string())
    }

    async fn amend(&self, toast: &Toast) -> Result<(), String> {
        if self.desk.standing(&toast.key).is_none() {
            return Ok(());
        }
        self.show(toast).await
    }

    async fn close(&self, key: &str) {
        if let Err(trouble) = timeout(PATIENCE, self.take_away(key)).await.unwrap_or(Err(Trouble::Silent)) {
            tracing::debug!(%trouble, "a notification could not be taken away");
        }
        self.desk.gone(key);
    }

    async fn check(&self) -> Check {
        match timeout(PATIENCE, self.ask()).await.unwrap_or(Err(Trouble::Silent)) {
            Ok((server, capabilities)) => judge(&server, Abilities::declared(&capabilities)),
            Err(trouble) => {
                Check { name: "notifications", verdict: Verdict::Broken, message: trouble.message(), cure: trouble.cure().to_owned() }
            }
        }
    }
}

/// Names the server and what it lacks.
fn judge(server: &Server, can: Abilities) -> Check {
    let name = words::plain(&format!("{} {}", server.name, server.version), 80);
    let missing: Vec<&str> = [(can.actions, "buttons (`actions`)"), (can.body, "text below the headline (`body`)")]
        .iter()
        .filter(|(has, _)| !has)
        .map(|(_, what)| *what)
        .collect();
    if missing.is_empty() {
        return Check { name: "notifications", verdict: Verdict::Ok, message: format!("{name} shows notifications"), cure: String::new() };
    }
    Check {
        name: "notifications",
        verdict: Verdict::Degraded,
        message: format!("{name} shows notifications, but has no {}", missing.join(" and no ")),
        cure: "acknowledge and declare in the window or the tray; or use another server (dunst, mako)".to_owned(),
    }
}
