//! What the person would have seen: the notification daemon, what it showed, and a click on it.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, bail};
use zbus::zvariant::OwnedValue;

use super::{NOTIFICATIONS, Session, bus};
use crate::{Result, wait};

const PATH: &str = "/org/freedesktop/Notifications";
/// dunst's own interface.
const DUNST: &str = "org.dunstproject.cmd0";

/// One notification as it came onto the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The daemon's number; a replacement has the number of what it replaced.
    pub id: u32,
    /// Who sent it.
    pub app: String,
    /// How urgent.
    pub urgency: Urgency,
    /// The headline.
    pub summary: String,
    /// The text.
    pub body: String,
}

/// The three urgencies of the specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// May be missed.
    Low,
    /// The usual one.
    Normal,
    /// Stays until it is dismissed.
    Critical,
}

impl Session {
    /// Starts the notification daemon, or starts it again.
    pub async fn start_notifications(&mut self) -> Result {
        self.stop_notifications().await?;
        let config = self.folder.path().join("dunstrc");
        let dunst = self.spawn("dunst", "dunst", &["-config", &config.to_string_lossy()])?;
        let dunst = self.dunst.insert(dunst);
        bus::owned(&self.connection, dunst, NOTIFICATIONS).await
    }

    /// Ends the notification daemon; no other starts in its place.
    pub async fn stop_notifications(&mut self) -> Result {
        self.dunst = None;
        bus::left(&self.connection, NOTIFICATIONS).await
    }

    /// Everything that came onto the screen since the session began, in order, replacements too.
    pub fn notifications(&self) -> Result<Vec<Notification>> {
        let shown = std::fs::read_to_string(self.folder.path().join("shown")).unwrap_or_default();
        let fields: Vec<&str> = shown.split_terminator('\0').collect();
        fields.as_chunks::<5>().0.iter().map(read).collect()
    }

    /// Waits until `count` notifications came onto the screen, and answers all there are.
    pub async fn notified(&self, count: usize, limit: Duration) -> Result<Vec<Notification>> {
        wait::until(format!("{count} notifications"), limit, async || {
            Ok(Some(self.notifications()?).filter(|notifications| notifications.len() >= count))
        })
        .await
        .with_context(|| format!("came so far: {:#?}", self.notifications()))
    }

    /// How many are on the screen now.
    pub async fn displayed(&self) -> Result<u32> {
        bus::property(&self.connection, NOTIFICATIONS, PATH, DUNST, "displayedLength").await
    }

    /// The summaries the daemon keeps of closed notifications (`dunstctl history`), newest first.
    pub async fn history(&self) -> Result<Vec<String>> {
        let closed: Vec<HashMap<String, OwnedValue>> = self.dunst("NotificationListHistory").await?.body().deserialize()?;
        closed.iter().map(|one| Ok(one.get("summary").context("no summary")?.downcast_ref::<String>()?)).collect()
    }

    /// Clicks on the newest notification: its default action.
    pub async fn click_notification(&self) -> Result {
        let call = self.connection.call_method(Some(NOTIFICATIONS), PATH, Some(DUNST), "NotificationAction", &0_u32);
        call.await.map(drop).context("click on the notification")
    }

    /// Dismisses all that are on the screen; they go to the history.
    pub async fn dismiss_notifications(&self) -> Result {
        self.dunst("NotificationCloseAll").await.map(drop)
    }

    async fn dunst(&self, method: &str) -> Result<zbus::Message> {
        let call = self.connection.call_method(Some(NOTIFICATIONS), PATH, Some(DUNST), method, &());
        call.await.with_context(|| format!("call {method}"))
    }
}

fn read([id, app, urgency, summary, body]: &[&str; 5]) -> Result<Notification> {
    let urgency = match *urgency {
        "LOW" => Urgency::Low,
        "NORMAL" => Urgency::Normal,
        "CRITICAL" => Urgency::Critical,
        other => bail!("an urgency {other}"),
    };
    let id = id.parse().context("the number of a notification")?;
    Ok(Notification { id, app: (*app).to_owned(), urgency, summary: (*summary).to_owned(), body: (*body).to_owned() })
}
