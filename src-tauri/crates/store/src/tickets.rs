//! Tickets of follow-ups.

use firewatch_domain::ticket::Ticket;
use rusqlite::{OptionalExtension, params};

use crate::{StoreError, Topic, Tx};

impl Tx<'_> {
    /// Writes how a follow-up's ticket stands.
    pub fn set_ticket(&self, ticket: &Ticket) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO ticket VALUES (?1, ?2, ?3)")?;
        put.execute(params![ticket.followup, ticket.tracker, serde_json::to_string(ticket)?])?;
        self.touch(Topic::FollowUps);
        Ok(())
    }

    /// The ticket of a follow-up.
    pub fn ticket(&self, followup: &str) -> Result<Option<Ticket>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM ticket WHERE followup = ?1")?;
        let text: Option<String> = query.query_row([followup], |row| row.get(0)).optional()?;
        Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    /// Tickets at a tracker.
    pub fn tickets_at(&self, tracker: &str) -> Result<Vec<Ticket>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM ticket WHERE tracker = ?1 ORDER BY followup")?;
        let texts = query.query_map([tracker], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// All tickets.
    pub fn tickets(&self) -> Result<Vec<Ticket>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT definition FROM ticket ORDER BY followup")?;
        let texts = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        texts.iter().map(|text| Ok(serde_json::from_str(text)?)).collect()
    }

    /// Forgets that a follow-up has a ticket; the ticket itself stays where it is.
    pub fn remove_ticket(&self, followup: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM ticket WHERE followup = ?1", [followup])?;
        self.touch(Topic::FollowUps);
        Ok(())
    }
}
