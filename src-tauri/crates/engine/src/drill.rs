//! The drill: the Settings story through the real machinery, in a profile of its own, at its own pace.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firewatch_domain::ports::Clock;
use firewatch_domain::source::SourceKind;

use firewatch_store::ServiceRecord;

use crate::engine::DRILL;
use crate::view::AcceptedSuggestion;
use crate::{Engine, EngineError};

const SOURCE: &str = "drill";
/// Seconds between polls, of the story's time.
const INTERVAL_S: u64 = 60;
/// The story starts this long ago, so that at a usual pace its times are not in the future.
const STARTS_BEFORE_S: i64 = 6 * 3600;
const STOP: &str = "drill_stop";

/// The profile of the drill beside a real one.
pub fn folder(profile: &Path) -> PathBuf {
    profile.join("drill")
}

/// A clock that runs `pace` times as fast as the one it stands on.
pub struct StoryClock {
    base: Arc<dyn Clock>,
    began: Duration,
    start: DateTime<Utc>,
    pace: f64,
}

impl StoryClock {
    /// A story that starts a few hours ago and runs `pace` times as fast.
    pub fn new(base: Arc<dyn Clock>, pace: f64) -> Self {
        let start = base.now() - chrono::Duration::seconds(STARTS_BEFORE_S);
        Self { began: base.steady(), start, pace, base }
    }

    /// When the story starts.
    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    fn passed(&self) -> Duration {
        self.base.steady().saturating_sub(self.began).mul_f64(self.pace)
    }
}

impl Clock for StoryClock {
    fn now(&self) -> DateTime<Utc> {
        self.start + chrono::Duration::from_std(self.passed()).unwrap_or_default()
    }

    fn steady(&self) -> Duration {
        self.passed()
    }

    fn pace(&self) -> f64 {
        self.pace
    }
}

/// Checks a speed: simulated seconds per real second.
pub fn check_speed(speed: f64) -> Result<f64, EngineError> {
    if speed.is_finite() && (1.0..=600.0).contains(&speed) {
        Ok(speed)
    } else {
        Err(EngineError::Invalid(format!("a speed of {speed} cannot be played; choose 1 to 600, such as 60")))
    }
}

impl Engine {
    /// Sets the stage: the story's source and all its SLOs.
    pub async fn set_the_stage(self: &Arc<Self>) -> Result<(), EngineError> {
        self.blocking(|engine| {
            engine.write(|tx| {
                tx.set_meta(DRILL, "yes")?;
                engine.remember_pace(tx)?;
                Ok(tx.clear_meta(STOP)?)
            })?;
            engine.built_in(SOURCE, SourceKind::Drill, INTERVAL_S).map(|_| ())
        })
        .await?;
        let wanted = self.suggestions(SOURCE).await?.into_iter().map(|s| AcceptedSuggestion {
            key: s.key,
            name: s.name,
            title: s.title,
            objective_percent: s.objective_percent,
            window: s.window,
            environment: String::new(),
            journey: String::new(),
        });
        self.accept(SOURCE, wanted.collect()).await?;
        let record = self.source_named(SOURCE).await?;
        let needs = self.adapter(&record.config).await?.needs();
        self.blocking(move |engine| {
            engine.write(|tx| {
                for (service, needed, third_party) in needs {
                    tx.add_dependency(&service, &needed)?;
                    tx.put_service(&ServiceRecord { name: needed, title: String::new(), third_party })?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Asks whoever plays this profile's drill to stop.
    pub fn ask_to_stop(&self) -> Result<(), EngineError> {
        self.write(|tx| {
            tx.set_meta(STOP, "yes")?;
            tx.touch(firewatch_store::Topic::Frame);
            Ok(())
        })
    }

    /// Whether it was asked to stop.
    pub fn stop_asked(&self) -> Result<bool, EngineError> {
        self.read(|tx| Ok(tx.meta(STOP)?.is_some()))
    }

    /// Where the story stands.
    pub(crate) fn story_line(&self) -> Option<String> {
        self.drill.then(|| self.kept_adapter(SOURCE)?.story_line(self.now())).flatten()
    }
}

/// Clears the stage of an earlier drill: a drill starts anew each time. Nothing of a real profile is touched.
pub fn clear(profile: &Path) -> Result<PathBuf, EngineError> {
    let folder = folder(profile);
    for name in ["firewatch.db", "firewatch.db-wal", "firewatch.db-shm"] {
        let path = folder.join(name);
        if let Err(why) = std::fs::remove_file(&path)
            && why.kind() != std::io::ErrorKind::NotFound
        {
            return Err(EngineError::Store(firewatch_store::StoreError::ReadOnly { path, why: why.to_string() }));
        }
    }
    Ok(folder)
}
