//! Sources as configured, and how their last poll went.

use firewatch_domain::source::SourceConfig;
use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Topic, Tx};

/// How the last poll of a source went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Health {
    /// Unix seconds of the last good read.
    pub ok_at_s: Option<i64>,
    /// What went wrong last; none when the last poll was good.
    pub error: Option<String>,
    /// Round trips of the last poll.
    pub requests: Option<u32>,
    /// Milliseconds of the last poll.
    pub poll_ms: Option<u32>,
    /// Bytes of the last poll.
    pub bytes: Option<u64>,
}

/// A source with its health.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRecord {
    /// As configured.
    pub config: SourceConfig,
    /// How it goes.
    pub health: Health,
}

impl Tx<'_> {
    /// Adds a source; its name must be free.
    pub fn add_source(&self, config: &SourceConfig, now_s: i64) -> Result<(), StoreError> {
        let taken = self.source(&config.name).is_ok();
        if taken {
            return Err(StoreError::Taken { what: "source", name: config.name.clone() });
        }
        let mut put = self.conn.prepare_cached("INSERT INTO source (id, name, config, created_s) VALUES (?1, ?2, ?3, ?4)")?;
        put.execute(params![config.id, config.name, serde_json::to_string(config)?, now_s])?;
        self.touch(Topic::Sources);
        self.touch(Topic::Frame);
        Ok(())
    }

    /// All sources in the order they were added.
    pub fn sources(&self) -> Result<Vec<SourceRecord>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT config, ok_at_s, error, requests, poll_ms, bytes FROM source ORDER BY created_s, name")?;
        let rows = query.query_map([], parts)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(record).collect()
    }

    /// A source by name.
    pub fn source(&self, name: &str) -> Result<SourceRecord, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT config, ok_at_s, error, requests, poll_ms, bytes FROM source WHERE name = ?1")?;
        let row = query.query_row([name], parts).optional()?;
        record(row.ok_or_else(|| StoreError::Missing { what: "source", name: name.to_owned() })?)
    }

    /// Changes the configuration of a source that is there.
    pub fn change_source(&self, config: &SourceConfig) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("UPDATE source SET config = ?2 WHERE name = ?1")?;
        put.execute(params![config.name, serde_json::to_string(config)?])?;
        self.touch(Topic::Sources);
        Ok(())
    }

    /// Removes a source; its SLOs stay and go blind.
    pub fn remove_source(&self, name: &str) -> Result<SourceRecord, StoreError> {
        let record = self.source(name)?;
        self.conn.execute("DELETE FROM source WHERE name = ?1", [name])?;
        self.forget_alerts(name)?;
        self.touch(Topic::Sources);
        self.touch(Topic::Watch);
        Ok(record)
    }

    /// Notes how a poll went. An error keeps the time of the last good read.
    pub fn set_health(&self, name: &str, health: &Health) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached(
            "UPDATE source SET ok_at_s = coalesce(?2, ok_at_s), error = ?3, requests = coalesce(?4, requests), poll_ms = coalesce(?5, poll_ms),
             bytes = coalesce(?6, bytes) WHERE name = ?1",
        )?;
        put.execute(params![name, health.ok_at_s, health.error, health.requests, health.poll_ms, health.bytes.map(|b| b as i64)])?;
        self.touch(Topic::Sources);
        Ok(())
    }
}

type Parts = (String, Health);

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    let bytes: Option<i64> = row.get(5)?;
    let health =
        Health { ok_at_s: row.get(1)?, error: row.get(2)?, requests: row.get(3)?, poll_ms: row.get(4)?, bytes: bytes.map(|b| b as u64) };
    Ok((row.get(0)?, health))
}

fn record((config, health): Parts) -> Result<SourceRecord, StoreError> {
    Ok(SourceRecord { config: serde_json::from_str(&config)?, health })
}
