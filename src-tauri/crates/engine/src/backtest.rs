//! Replaying history: a definition as tried beside the same as it stands.

mod change;
pub(crate) mod incidents;
mod run;
pub(crate) mod stored;

pub use change::{Change, seconds};
pub(crate) use run::of_sums;
pub use run::{Replayed, over, replayed};

use chrono::Local;
use chrono_tz::Tz;
use firewatch_domain::history::History;
use firewatch_domain::minute::Minute;
use firewatch_domain::replay::nights_woken;
use firewatch_domain::slo::Slo;
use firewatch_domain::words;

use crate::EngineError;
use crate::view::Backtest;

/// History replayed where nothing else is asked for, in days.
pub const USUAL_DAYS: i64 = 90;

/// Replays counts from a file; touches no profile. `minutes`: how far back from the end of the file, all of it where `None`.
pub fn backtest_counts(
    slo: &Slo,
    change: &Change,
    history: &History,
    minutes: Option<i64>,
    clocks: Clocks,
) -> Result<Backtest, EngineError> {
    let tried = change.applied(slo, None)?;
    let span = over(history, history.newest(), minutes);
    let present = replayed(slo, history, span, clocks);
    let run = if tried == *slo { present.clone() } else { replayed(&tried, history, span, clocks) };
    Ok(Backtest {
        name: tried.name.clone(),
        notes: run.notes.clone(),
        run: run.view,
        compared_with: present.view,
        incidents: Vec::new(),
        zone: clocks.name().to_owned(),
        t: Vec::new(),
        boundaries: Vec::new(),
    })
}

/// By whose clocks nights are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clocks {
    /// The machine's.
    Local,
    /// Those of a zone.
    Of(Tz),
}

impl Clocks {
    /// A zone by its IANA name; the machine's clocks where none is named.
    pub fn parse(name: Option<&str>) -> Result<Self, EngineError> {
        let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(Self::Local) };
        name.parse().map(Self::Of).map_err(|_| {
            EngineError::Invalid(format!("`{}` is no time zone; write an IANA name such as Europe/Berlin or UTC", words::plain(name, 60)))
        })
    }

    /// Name of the zone, or `local`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Of(zone) => zone.name(),
        }
    }

    /// Zone of calendar windows that are tried.
    pub fn calendar(&self) -> &'static str {
        match self {
            Self::Local => "UTC",
            Self::Of(zone) => zone.name(),
        }
    }

    fn nights(self, at: impl IntoIterator<Item = Minute>) -> usize {
        match self {
            Self::Local => nights_woken(at, &Local),
            Self::Of(zone) => nights_woken(at, &zone),
        }
    }
}

pub(crate) fn rfc(minute: Minute) -> String {
    crate::show::rfc3339(minute.start())
}
