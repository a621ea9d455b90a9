//! What the person chose.

use chrono::NaiveTime;
use chrono_tz::Tz;
use firewatch_domain::hours::Night;
use firewatch_domain::words;
use firewatch_store::{StoreError, Topic, Tx};
use serde_json::Value;

use crate::view::Settings;
use crate::{Engine, EngineError};

const KEY: &str = "settings";
/// Own roles at most.
const MOST_ROLES: usize = 20;
/// Needs nothing but a browser; the random part is its only secret.
const ROOM_TEMPLATE: &str = "https://meet.jit.si/{incident}-{random}";

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
            room_template: ROOM_TEMPLATE.to_owned(),
            own_roles: Vec::new(),
            severity_names: vec![String::new(); 4],
            on_call_as: String::new(),
            only_on_call: false,
            zone: String::new(),
            night_from: "22:00".to_owned(),
            night_to: "07:00".to_owned(),
            capture_key: "Ctrl+Alt+Space".to_owned(),
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

/// Each once, as roles are written in entries.
fn own_roles(typed: &[String]) -> Vec<String> {
    let mut roles: Vec<String> = Vec::new();
    for role in typed.iter().map(|role| words::plain(role.trim(), 60).to_lowercase()) {
        if !role.is_empty() && !roles.contains(&role) && roles.len() < MOST_ROLES {
            roles.push(role);
        }
    }
    roles
}

/// One for each severity; two of the same name could not be told apart.
fn severity_names(typed: &[String]) -> Result<Vec<String>, EngineError> {
    let names: Vec<String> = (0..4).map(|n| typed.get(n).map(|name| words::plain(name.trim(), 30)).unwrap_or_default()).collect();
    let twice = names.iter().enumerate().find(|(n, name)| !name.is_empty() && names[..*n].contains(*name));
    match twice {
        Some((_, name)) => Err(EngineError::Invalid(format!("two severities are called `{name}`; give each a name of its own"))),
        None => Ok(names),
    }
}

impl Settings {
    /// Names under which the person stands in calendars of shifts.
    pub(crate) fn on_call_names(&self) -> Vec<String> {
        let given = if self.on_call_as.trim().is_empty() { &self.name } else { &self.on_call_as };
        given.split([',', ';']).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
    }

    /// The person's zone: as chosen, else the machine's, else UTC.
    pub(crate) fn person_zone(&self) -> Tz {
        let chosen = self.zone.trim().parse().ok();
        chosen.or_else(|| iana_time_zone::get_timezone().ok()?.parse().ok()).unwrap_or(Tz::UTC)
    }

    /// The person's night.
    pub(crate) fn night(&self) -> Night {
        let usual = Night::default();
        Night {
            from: clock(&self.night_from).unwrap_or(usual.from),
            to: clock(&self.night_to).unwrap_or(usual.to),
            zone: self.person_zone(),
        }
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
        let times = [
            ("quiet hours from", &s.quiet_from),
            ("quiet hours to", &s.quiet_to),
            ("night hours from", &s.night_from),
            ("night hours to", &s.night_to),
        ];
        for (what, text) in times {
            clock(text)
                .ok_or_else(|| EngineError::Invalid(format!("{what}: `{}` is not a time; write it as 22:00", words::plain(text, 20))))?;
        }
        let zone = s.zone.trim();
        if !zone.is_empty() && zone.parse::<Tz>().is_err() {
            let shown = words::plain(zone, 60);
            let message = format!("`{shown}` is no time zone; write an IANA name such as Europe/Berlin, or nothing for the machine's");
            return Err(EngineError::Field { field: "zone".to_owned(), message });
        }
        let url = s.heartbeat_url.trim();
        if !url.is_empty() {
            firewatch_domain::source::check_address(url, false, true)?;
        }
        if !(10.0..=86_400.0).contains(&s.heartbeat_interval_s) {
            return Err(EngineError::Invalid("the heartbeat's interval must be between 10 seconds and a day".to_owned()));
        }
        if !s.room_template.trim().is_empty() && !s.room_template.trim().starts_with("https://") {
            return Err(EngineError::Invalid(
                "the room must be an https link, such as https://meet.example.com/{incident}-{random}".to_owned(),
            ));
        }
        if !["system", "light", "dark"].contains(&s.theme.as_str()) {
            return Err(EngineError::Invalid("the theme is system, light or dark".to_owned()));
        }
        let chosen = Settings {
            name: String::new(),
            quiet_from: s.quiet_from.trim().to_owned(),
            quiet_to: s.quiet_to.trim().to_owned(),
            heartbeat_url: url.to_owned(),
            own_roles: own_roles(&s.own_roles),
            severity_names: severity_names(&s.severity_names)?,
            zone: zone.to_owned(),
            on_call_as: words::plain(&s.on_call_as, 400),
            night_from: s.night_from.trim().to_owned(),
            night_to: s.night_to.trim().to_owned(),
            capture_key: words::plain(&s.capture_key, 60),
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_have_names_of_their_own() {
        let names = |names: &[&str]| severity_names(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(names(&["down", " bad "]).unwrap(), ["down", "bad", "", ""]);
        assert!(names(&["down", "down"]).unwrap_err().to_string().contains("two severities"));
    }

    #[test]
    fn quiet_hours_reach_over_midnight() {
        let chosen = Settings { quiet_on: true, ..Settings::default() };
        let at = |text| clock(text).unwrap();
        assert!(chosen.quiet_at(at("23:00")) && chosen.quiet_at(at("06:59")) && chosen.quiet_at(at("22:00")));
        assert!(!chosen.quiet_at(at("07:00")) && !chosen.quiet_at(at("12:00")));
        assert!(!Settings::default().quiet_at(at("23:00")));
    }
}
