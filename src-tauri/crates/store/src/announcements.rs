//! What the person is told, from the moment it was ordered until it was acknowledged. The inbox keeps all.

use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use crate::{StoreError, Topic, Tx};

/// Where an announcement stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Not shown yet.
    #[default]
    Waiting,
    /// Shown.
    Shown,
    /// Shown as part of another.
    Folded,
    /// Held back by quiet hours, a snooze or an acknowledgement; shown later or only in the inbox.
    Held,
}

impl Delivery {
    /// As stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Shown => "shown",
            Self::Folded => "folded",
            Self::Held => "held",
        }
    }

    fn parse(text: &str) -> Self {
        match text {
            "shown" => Self::Shown,
            "folded" => Self::Folded,
            "held" => Self::Held,
            _ => Self::Waiting,
        }
    }
}

/// An announcement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Announcement {
    /// Id.
    pub id: String,
    /// Journey it folds under.
    pub journey_key: String,
    /// SLO it is about.
    pub slo: Option<String>,
    /// Unix seconds of the turn.
    pub at_s: i64,
    /// `critical`, `normal`, `low`.
    pub urgency: String,
    /// Headline.
    pub title: String,
    /// Body.
    pub body: String,
    /// Worth waking somebody.
    pub pages: bool,
    /// For the worse.
    pub worsens: bool,
    /// Where it stands.
    pub delivery: Delivery,
    /// Which rule decided that.
    pub why: String,
    /// Unix seconds of its first showing.
    pub shown_at_s: Option<i64>,
    /// Times it was raised again.
    pub raises: u32,
    /// Unix seconds of acknowledgement.
    pub acknowledged_at_s: Option<i64>,
    /// Not opened yet.
    pub unread: bool,
    /// Key of the toast it was shown in.
    pub toast: Option<String>,
    /// Severity of the incident that is proposed.
    pub proposal: Option<String>,
    /// The incident that was opened for the proposal.
    pub incident: Option<String>,
    /// Further turns that were folded into that toast.
    pub turns: u32,
    /// Firing alerts the person was told are folded under it.
    pub alerts: u32,
    /// Unix seconds of the latest amendment of its toast.
    pub amended_at_s: Option<i64>,
}

impl Announcement {
    /// What holds of each that was just ordered: it waits, and nobody has read it.
    pub fn ordered() -> Self {
        Self { unread: true, ..Self::default() }
    }
}

/// How an announcement was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Showing<'a> {
    /// Unix seconds.
    pub at_s: i64,
    /// Key of the toast.
    pub toast: &'a str,
    /// Further turns folded into it.
    pub turns: u32,
    /// Firing alerts folded under it.
    pub alerts: u32,
}

const COLUMNS: &str = "id, journey_key, slo, at_s, urgency, title, body, pages, worsens, delivery, why, shown_at_s, raises, acknowledged_at_s, unread, toast, proposal, incident, turns, alerts, amended_at_s";

impl Tx<'_> {
    /// Orders an announcement; one with the same id is left as it is.
    pub fn order_announcement(&self, a: &Announcement) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "INSERT OR IGNORE INTO announcement (id, journey_key, slo, at_s, urgency, title, body, pages, worsens, delivery, why, proposal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?;
        put.execute(params![
            a.id,
            a.journey_key,
            a.slo,
            a.at_s,
            a.urgency,
            a.title,
            a.body,
            a.pages,
            a.worsens,
            a.delivery.word(),
            a.why,
            a.proposal
        ])?;
        self.touch(Topic::Inbox);
        Ok(())
    }

    /// Those in one stand, oldest first.
    pub fn announcements_in(&self, delivery: Delivery) -> Result<Vec<Announcement>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM announcement WHERE delivery = ?1 ORDER BY at_s, id LIMIT 5000");
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_map([delivery.word()], announcement)?.collect::<Result<Vec<_>, _>>()?)
    }

    /// Shown pages nobody acknowledged, since a moment.
    pub fn unacknowledged_pages(&self, since_s: i64) -> Result<Vec<Announcement>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM announcement WHERE at_s >= ?1 AND delivery = 'shown' AND pages AND acknowledged_at_s IS NULL ORDER BY at_s DESC, id DESC LIMIT 500"
        );
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_map([since_s], announcement)?.collect::<Result<Vec<_>, _>>()?)
    }

    /// The inbox, newest first.
    pub fn inbox(&self, limit: u32) -> Result<Vec<Announcement>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM announcement ORDER BY at_s DESC, id DESC LIMIT ?1");
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_map([limit], announcement)?.collect::<Result<Vec<_>, _>>()?)
    }

    /// Proposals since a moment that were neither taken nor acknowledged, newest first.
    pub fn open_proposals(&self, since_s: i64) -> Result<Vec<Announcement>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM announcement WHERE at_s >= ?1 AND proposal IS NOT NULL AND incident IS NULL AND acknowledged_at_s IS NULL ORDER BY at_s DESC, id DESC LIMIT 100"
        );
        let mut query = self.conn.prepare_cached(&sql)?;
        Ok(query.query_map([since_s], announcement)?.collect::<Result<Vec<_>, _>>()?)
    }

    /// One announcement.
    pub fn announcement(&self, id: &str) -> Result<Announcement, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM announcement WHERE id = ?1"))?;
        let found = query.query_row([id], announcement).optional()?;
        found.ok_or_else(|| StoreError::Missing { what: "announcement", name: id.to_owned() })
    }

    /// A proposal was taken (with the incident opened for it) or put away.
    pub fn settle_proposal(&self, id: &str, incident: Option<&str>, at_s: i64) -> Result<(), StoreError> {
        let sql = "UPDATE announcement SET incident = ?2, acknowledged_at_s = coalesce(acknowledged_at_s, ?3), unread = 0 WHERE id = ?1";
        self.conn.prepare_cached(sql)?.execute(params![id, incident, at_s])?;
        self.touch(Topic::Inbox);
        self.touch(Topic::Frame);
        Ok(())
    }

    /// Notes what became of one, and why; `shown`: when, and in which toast.
    pub fn mark_announcement(&self, id: &str, delivery: Delivery, why: &str, shown: Option<Showing<'_>>) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "UPDATE announcement SET delivery = ?2, why = ?3, shown_at_s = coalesce(shown_at_s, ?4), toast = coalesce(?5, toast),
             turns = coalesce(?6, turns), alerts = coalesce(?7, alerts) WHERE id = ?1",
        )?;
        let shown_as = params![
            id,
            delivery.word(),
            why,
            shown.map(|s| s.at_s),
            shown.map(|s| s.toast),
            shown.map(|s| s.turns),
            shown.map(|s| s.alerts)
        ];
        put.execute(shown_as)?;
        self.touch(Topic::Inbox);
        self.touch(Topic::Frame);
        Ok(())
    }

    /// Notes that one was raised again.
    pub fn mark_raised(&self, id: &str, at_s: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE announcement SET raises = raises + 1, shown_at_s = ?2 WHERE id = ?1")?
            .execute(params![id, at_s])?;
        self.touch(Topic::Inbox);
        Ok(())
    }

    /// Notes that the toast of one now tells of so many alerts.
    pub fn mark_amended(&self, id: &str, alerts: u32, at_s: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE announcement SET alerts = ?2, amended_at_s = ?3 WHERE id = ?1")?
            .execute(params![id, alerts, at_s])?;
        self.touch(Topic::Inbox);
        Ok(())
    }

    /// The latest shown announcement of each journey that was shown since a moment, is for the worse and was not acknowledged.
    pub fn standing_announcements(&self, since_s: i64) -> Result<Vec<Announcement>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM announcement WHERE at_s >= ?1 AND delivery = 'shown' AND acknowledged_at_s IS NULL ORDER BY shown_at_s DESC, at_s DESC, id DESC LIMIT 500"
        );
        let mut query = self.conn.prepare_cached(&sql)?;
        let mut seen = std::collections::BTreeSet::new();
        let rows = query.query_map([since_s], announcement)?.collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().filter(|a| seen.insert(a.journey_key.clone()) && a.worsens).collect())
    }

    /// Acknowledges everything of a journey that was ordered so far.
    pub fn acknowledge_announcements(&self, journey_key: &str, at_s: i64) -> Result<(), StoreError> {
        let sql = "UPDATE announcement SET acknowledged_at_s = ?2, unread = 0 WHERE journey_key = ?1 AND acknowledged_at_s IS NULL";
        self.conn.prepare_cached(sql)?.execute(params![journey_key, at_s])?;
        self.touch(Topic::Inbox);
        self.touch(Topic::Frame);
        Ok(())
    }

    /// One was looked at, or everything.
    pub fn mark_read(&self, id: Option<&str>) -> Result<(), StoreError> {
        self.conn.execute("UPDATE announcement SET unread = 0 WHERE unread AND id = coalesce(?1, id)", [id])?;
        self.touch(Topic::Inbox);
        self.touch(Topic::Frame);
        Ok(())
    }

    /// How many were not looked at.
    pub fn unread(&self) -> Result<u32, StoreError> {
        Ok(self.conn.prepare_cached("SELECT count(*) FROM announcement WHERE unread")?.query_row([], |row| row.get(0))?)
    }
}

fn announcement(row: &Row<'_>) -> rusqlite::Result<Announcement> {
    let delivery: String = row.get(9)?;
    Ok(Announcement {
        id: row.get(0)?,
        journey_key: row.get(1)?,
        slo: row.get(2)?,
        at_s: row.get(3)?,
        urgency: row.get(4)?,
        title: row.get(5)?,
        body: row.get(6)?,
        pages: row.get(7)?,
        worsens: row.get(8)?,
        delivery: Delivery::parse(&delivery),
        why: row.get(10)?,
        shown_at_s: row.get(11)?,
        raises: row.get(12)?,
        acknowledged_at_s: row.get(13)?,
        unread: row.get(14)?,
        toast: row.get(15)?,
        proposal: row.get(16)?,
        incident: row.get(17)?,
        turns: row.get(18)?,
        alerts: row.get(19)?,
        amended_at_s: row.get(20)?,
    })
}
