//! Calendars of shifts, and the last good copy of each: offline is normal.

use firewatch_domain::oncall::Calendar;
use rusqlite::{OptionalExtension, Row, params};

use crate::{StoreError, Topic, Tx};

/// A calendar with how reading it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRecord {
    /// As configured.
    pub calendar: Calendar,
    /// What came with the copy, to ask whether it changed.
    pub mark: String,
    /// Unix seconds at which it was last read well.
    pub read_s: Option<i64>,
    /// Unix seconds at which reading was last tried.
    pub tried_s: Option<i64>,
    /// Why the last try failed.
    pub error: Option<String>,
}

const COLUMNS: &str = "definition, mark, read_s, tried_s, error";

impl Tx<'_> {
    /// Adds a calendar with its first copy; its name must be free.
    pub fn add_calendar(&self, calendar: &Calendar, bytes: &[u8], mark: &str, now_s: i64) -> Result<(), StoreError> {
        let sql = "INSERT OR IGNORE INTO calendar VALUES (?1, ?2, ?3, ?4, ?5, ?3, ?3, NULL)";
        if self.conn.execute(sql, params![calendar.name, serde_json::to_string(calendar)?, now_s, bytes, mark])? == 0 {
            return Err(StoreError::Taken { what: "calendar", name: calendar.name.clone() });
        }
        self.touch_schedule();
        Ok(())
    }

    /// All calendars in the order they were added.
    pub fn calendars(&self) -> Result<Vec<CalendarRecord>, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM calendar ORDER BY created_s, name"))?;
        let rows = query.query_map([], parts)?.collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(record).collect()
    }

    /// A calendar by name.
    pub fn calendar(&self, name: &str) -> Result<CalendarRecord, StoreError> {
        let mut query = self.conn.prepare_cached(&format!("SELECT {COLUMNS} FROM calendar WHERE name = ?1"))?;
        let found = query.query_row([name], parts).optional()?;
        record(found.ok_or_else(|| StoreError::Missing { what: "calendar", name: name.to_owned() })?)
    }

    /// The last good copy; none where there is none.
    pub fn calendar_copy(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT bytes FROM calendar WHERE name = ?1")?;
        Ok(query.query_row([name], |row| row.get::<_, Option<Vec<u8>>>(0)).optional()?.flatten())
    }

    /// A calendar was read: a new copy, or none where it had not changed.
    pub fn calendar_was_read(&self, name: &str, new: Option<(&[u8], &str)>, now_s: i64) -> Result<(), StoreError> {
        self.conn.execute("UPDATE calendar SET read_s = ?2, tried_s = ?2, error = NULL WHERE name = ?1", params![name, now_s])?;
        if let Some((bytes, mark)) = new {
            self.conn.execute("UPDATE calendar SET bytes = ?2, mark = ?3 WHERE name = ?1", params![name, bytes, mark])?;
        }
        self.touch_schedule();
        Ok(())
    }

    /// A calendar could not be read; the copy stays.
    pub fn calendar_failed(&self, name: &str, error: &str, now_s: i64) -> Result<(), StoreError> {
        self.conn.execute("UPDATE calendar SET tried_s = ?2, error = ?3 WHERE name = ?1", params![name, now_s, error])?;
        self.touch_schedule();
        Ok(())
    }

    /// Removes a calendar with its copy.
    pub fn remove_calendar(&self, name: &str) -> Result<Calendar, StoreError> {
        let removed = self.calendar(name)?.calendar;
        self.conn.execute("DELETE FROM calendar WHERE name = ?1", [name])?;
        self.touch_schedule();
        Ok(removed)
    }

    fn touch_schedule(&self) {
        self.touch(Topic::Settings);
        self.touch(Topic::Frame);
    }
}

type Parts = (String, String, Option<i64>, Option<i64>, Option<String>);

fn parts(row: &Row<'_>) -> rusqlite::Result<Parts> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn record((definition, mark, read_s, tried_s, error): Parts) -> Result<CalendarRecord, StoreError> {
    Ok(CalendarRecord { calendar: serde_json::from_str(&definition)?, mark, read_s, tried_s, error })
}
