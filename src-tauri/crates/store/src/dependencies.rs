//! What the person said about services: what they are called, whose they are, what they need.

use rusqlite::params;

use crate::{StoreError, Topic, Tx};

/// A service as described; one that SLOs name needs no description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRecord {
    /// Its unique name, as SLOs and alerts write it.
    pub name: String,
    /// Name for people; empty: the unique one.
    pub title: String,
    /// It is run by somebody else.
    pub third_party: bool,
}

impl Tx<'_> {
    /// All descriptions by name.
    pub fn services(&self) -> Result<Vec<ServiceRecord>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT name, title, third_party FROM service ORDER BY name")?;
        let rows = query.query_map([], |row| Ok(ServiceRecord { name: row.get(0)?, title: row.get(1)?, third_party: row.get(2)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Describes a service.
    pub fn put_service(&self, service: &ServiceRecord) -> Result<(), StoreError> {
        let mut put = self.conn.prepare_cached("INSERT OR REPLACE INTO service VALUES (?1, ?2, ?3)")?;
        put.execute(params![service.name, service.title, service.third_party])?;
        self.touch(Topic::Watch);
        Ok(())
    }

    /// Forgets a service and what it was said to need, or to be needed for. False when nothing was said about it.
    pub fn remove_service(&self, name: &str) -> Result<bool, StoreError> {
        let gone = self.conn.execute("DELETE FROM service WHERE name = ?1", [name])?
            + self.conn.execute("DELETE FROM dependency WHERE service = ?1 OR needs = ?1", [name])?;
        self.touch(Topic::Watch);
        Ok(gone > 0)
    }

    /// Declared dependencies: who, and what it needs.
    pub fn dependencies(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut query = self.conn.prepare_cached("SELECT service, needs FROM dependency ORDER BY service, needs")?;
        Ok(query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Declares one. False when it was declared before.
    pub fn add_dependency(&self, service: &str, needs: &str) -> Result<bool, StoreError> {
        self.touch(Topic::Watch);
        Ok(self.conn.prepare_cached("INSERT OR IGNORE INTO dependency VALUES (?1, ?2)")?.execute([service, needs])? == 1)
    }

    /// Takes one back. False when it was not declared.
    pub fn remove_dependency(&self, service: &str, needs: &str) -> Result<bool, StoreError> {
        self.touch(Topic::Watch);
        Ok(self.conn.prepare_cached("DELETE FROM dependency WHERE service = ?1 AND needs = ?2")?.execute([service, needs])? == 1)
    }
}
