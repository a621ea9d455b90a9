//! What the person chose, and policies as the window edits them.

use chrono::NaiveTime;
use firewatch_domain::policy::{Action, Grade, Policy, Trigger};
use firewatch_domain::words;
use firewatch_store::{StoreError, Topic, Tx};
use serde_json::Value;

use crate::view::{PolicyRow, Settings};
use crate::{Engine, EngineError};

const KEY: &str = "settings";

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            theme: "system".to_owned(),
            quiet_on: false,
            quiet_from: "22:00".to_owned(),
            quiet_to: "07:00".to_owned(),
            quiet_holds_pages: false,
            heartbeat_url: String::new(),
            heartbeat_interval_s: 60.0,
            sound: true,
            start_at_login: false,
            close_keeps_watch: true,
        }
    }
}

impl Settings {
    /// As stored; what was never chosen, or is new in this version, is the default. The name is a fact of its own.
    pub(crate) fn of(tx: &Tx<'_>) -> Result<Self, StoreError> {
        let mut chosen = serde_json::to_value(Self::default())?;
        let stored: serde_json::Map<String, Value> = tx.meta_json(KEY)?;
        if let Some(fields) = chosen.as_object_mut() {
            fields.extend(stored);
        }
        let known: Self = serde_json::from_value(chosen).unwrap_or_default();
        Ok(Self { name: tx.meta("name")?.unwrap_or_default(), ..known })
    }

    /// Whether a local time lies in the quiet hours, which may reach over midnight.
    pub(crate) fn quiet_at(&self, local: NaiveTime) -> bool {
        let (Some(from), Some(to)) = (clock(&self.quiet_from), clock(&self.quiet_to)) else { return false };
        let inside = if from <= to { from <= local && local < to } else { from <= local || local < to };
        self.quiet_on && inside
    }
}

fn clock(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").ok()
}

impl Engine {
    /// Everything chosen, with the person's name.
    pub fn settings(&self) -> Result<Settings, EngineError> {
        self.read(|tx| Ok(Settings::of(tx)?))
    }

    /// Saves what was chosen, or says what does not hold and saves nothing.
    pub fn save_settings(&self, s: &Settings) -> Result<Settings, EngineError> {
        for (what, text) in [("from", &s.quiet_from), ("to", &s.quiet_to)] {
            clock(text).ok_or_else(|| {
                EngineError::Invalid(format!("quiet hours {what}: `{}` is not a time; write it as 22:00", words::plain(text, 20)))
            })?;
        }
        let url = s.heartbeat_url.trim();
        if !url.is_empty() {
            firewatch_domain::source::check_address(url, false, true)?;
        }
        if !(10.0..=86_400.0).contains(&s.heartbeat_interval_s) {
            return Err(EngineError::Invalid("the heartbeat's interval must be between 10 seconds and a day".to_owned()));
        }
        if !["system", "light", "dark"].contains(&s.theme.as_str()) {
            return Err(EngineError::Invalid("the theme is system, light or dark".to_owned()));
        }
        let chosen = Settings {
            name: String::new(),
            quiet_from: s.quiet_from.trim().to_owned(),
            quiet_to: s.quiet_to.trim().to_owned(),
            heartbeat_url: url.to_owned(),
            ..s.clone()
        };
        self.write(|tx| {
            tx.set_meta_json(KEY, &chosen)?;
            tx.set_meta("name", &words::plain(&s.name, 80))?;
            tx.touch(Topic::Settings);
            tx.touch(Topic::Frame);
            Ok(())
        })?;
        self.settings()
    }

    /// Sets the person's name.
    pub fn set_name(&self, name: &str) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.set_meta("name", &words::plain(name, 80))?))
    }

    /// The person's name and this replica's id, which is made on first asking.
    pub fn whoami(&self) -> Result<(String, String), EngineError> {
        self.write(|tx| Ok((tx.meta("name")?.unwrap_or_default(), self.replica(tx)?)))
    }

    pub(crate) fn replica(&self, tx: &Tx<'_>) -> Result<String, EngineError> {
        if let Some(id) = tx.meta("replica")? {
            return Ok(id);
        }
        let id = self.world.ids.fresh();
        tx.set_meta("replica", &id)?;
        Ok(id)
    }

    /// Policies in order.
    pub fn policies(&self) -> Result<Vec<PolicyRow>, EngineError> {
        self.read(|tx| Ok(tx.policies()?.into_iter().map(policy_row).collect()))
    }

    /// Adds (empty id) or changes a policy.
    pub fn save_policy(&self, row: &PolicyRow) -> Result<PolicyRow, EngineError> {
        let policy = self.policy_of(row)?;
        self.write(|tx| Ok(tx.put_policy(&policy)?))?;
        Ok(policy_row(policy))
    }

    /// Removes a policy.
    pub fn remove_policy(&self, id: &str) -> Result<(), EngineError> {
        self.write(|tx| Ok(tx.remove_policy(id)?))
    }

    fn policy_of(&self, row: &PolicyRow) -> Result<Policy, EngineError> {
        let only = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let trigger = match row.trigger.as_str() {
            "exhausted" => Trigger::Exhausted,
            "page_burn" => Trigger::PageBurn,
            other => return Err(EngineError::Invalid(format!("`{}` is no trigger; use exhausted or page_burn", words::plain(other, 40)))),
        };
        let action = match row.action.as_str() {
            "notify" => Action::Notify,
            "open_incident" => {
                let grade = Grade::parse(&row.severity);
                Action::OpenIncident {
                    grade: grade.ok_or_else(|| EngineError::Invalid("the severity is SEV0, SEV1, SEV2 or SEV3".to_owned()))?,
                }
            }
            other => return Err(EngineError::Invalid(format!("`{}` is no action; use notify or open_incident", words::plain(other, 40)))),
        };
        if row.hold_minutes > 7 * 24 * 60 {
            return Err(EngineError::Invalid("a trigger may hold for a week at most before it acts".to_owned()));
        }
        let id = if row.id.is_empty() { self.world.ids.fresh() } else { row.id.clone() };
        Ok(Policy {
            id,
            journey: only(&row.journey),
            environment: only(&row.environment),
            trigger,
            hold_minutes: i64::from(row.hold_minutes),
            action,
            enabled: row.enabled,
        })
    }
}

fn policy_row(p: Policy) -> PolicyRow {
    let (action, severity) = match p.action {
        Action::Notify => ("notify", "SEV2"),
        Action::OpenIncident { grade } => ("open_incident", grade.word()),
    };
    PolicyRow {
        id: p.id,
        journey: p.journey.unwrap_or_default(),
        environment: p.environment.unwrap_or_default(),
        trigger: p.trigger.word().to_owned(),
        hold_minutes: p.hold_minutes as u32,
        action: action.to_owned(),
        severity: severity.to_owned(),
        enabled: p.enabled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_reach_over_midnight() {
        let chosen = Settings { quiet_on: true, ..Settings::default() };
        let at = |text| clock(text).unwrap();
        assert!(chosen.quiet_at(at("23:00")) && chosen.quiet_at(at("06:59")) && chosen.quiet_at(at("22:00")));
        assert!(!chosen.quiet_at(at("07:00")) && !chosen.quiet_at(at("12:00")));
        assert!(!Settings::default().quiet_at(at("23:00")));
    }
}
