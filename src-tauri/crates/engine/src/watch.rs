//! The watch: one task per source, one for telling, one for the house's own pulse. It sleeps by the runtime and reckons by
//! the clock, so that a machine that slept makes one catch-up and no burst.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Utc};
use firewatch_domain::minute::Minute;
use firewatch_domain::source::SourceConfig;
use firewatch_store::Topic;
use tokio::sync::watch::Receiver;
use tokio::task::{AbortHandle, JoinSet};

use crate::awake::{BEAT_S, Beat, Noticed};
use crate::view::Settings;
use crate::{Engine, EngineError};

/// The longest real time between two looks at what is due.
const TICK: Duration = Duration::from_secs(1);
/// The desktop's parts are looked at this often, in seconds.
const CHECKUP_S: i64 = 300;
/// Seconds between two looks at the clocks of open incidents.
const NUDGES_S: i64 = 30;
/// Seconds between two looks at due dates.
const REMINDERS_S: i64 = 900;
/// Seconds between two looks at what is to be proven.
const PROOFS_S: i64 = 300;
/// Watched folders are looked at this often, in seconds.
const FOLDERS_S: u64 = 10;
/// Old updates of postmortems are joined this often, in seconds.
const TIDY_S: i64 = 900;
/// A verified backup this often, in seconds.
const BACKUP_S: i64 = 86_400;

/// When a source is due. Pure, so that sleep, jumps and bursts can be tested without waiting.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    due: Option<DateTime<Utc>>,
    interval: chrono::Duration,
    jitter: f64,
}

impl Schedule {
    /// Due at once, then every `interval_s`, a little apart from other sources by name.
    pub fn new(name: &str, interval_s: u64) -> Self {
        let hash = name.bytes().fold(17_u32, |h, b| h.wrapping_mul(31).wrapping_add(u32::from(b)));
        Self { due: None, interval: chrono::Duration::seconds(interval_s as i64), jitter: f64::from(hash % 1000) / 1000.0 }
    }

    /// Whether it is due. A clock that went back makes it due, too: nothing is known of when it would be.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.due.is_none_or(|due| now >= due || due - now > self.interval * 2)
    }

    /// Notes a poll that began at `now`. What was missed meanwhile is not made up for: the poll covered it.
    pub fn polled(&mut self, now: DateTime<Utc>) {
        let spread = self.interval.num_milliseconds() as f64 * 0.1 * (self.jitter - 0.5);
        let first = if self.due.is_none() { spread.abs() } else { 0.0 };
        self.due = Some(now + self.interval + chrono::Duration::milliseconds(first as i64));
    }
}

impl Engine {
    /// Watches until `stop` turns true. Errors of single rounds are told where they belong and never end the watch.
    pub async fn watch(self: &Arc<Self>, stop: Receiver<bool>) {
        self.watching.store(true, Ordering::Relaxed);
        let mut tasks = JoinSet::new();
        let mut ringing = tasks.spawn(Self::ring(Arc::clone(self), stop.clone()));
        let mut delivering = tasks.spawn(Self::deliver(Arc::clone(self), stop.clone()));
        let mut ticketing = tasks.spawn(Self::keep_tickets(Arc::clone(self), stop.clone()));
        let mut pulsing = tasks.spawn(Self::pulse(Arc::clone(self), stop.clone()));
        let mut listening = tasks.spawn(Self::hear_others(Arc::clone(self), stop.clone()));
        tasks.spawn(Self::keep_calendars(Arc::clone(self), stop.clone()));
        self.listen_for_relays();
        let mut carrying = tasks.spawn(Self::keep_relays(Arc::clone(self), stop.clone()));
        let mut watching: BTreeMap<String, (SourceConfig, AbortHandle)> = BTreeMap::new();
        let mut folders = Schedule::new("folders", FOLDERS_S);
        while !*stop.borrow() {
            if folders.is_due(self.now()) {
                folders.polled(self.now());
                if let Err(error) = self.read_folders().await {
                    tracing::error!(%error, "the watched folders could not be read");
                }
            }
            let Ok(sources) = self.blocking(|engine| engine.read(|tx| Ok(tx.sources()?))).await else {
                // What runs goes on; the store may answer again in a moment.
                pause(&stop, TICK, &self.hurry).await;
                continue;
            };
            watching.retain(|name, (config, task)| {
                let kept = sources.iter().any(|s| s.config == *config && s.config.name == *name);
                if !kept {
                    task.abort();
                }
                // A task that fell over is started again below: silence is the failure.
                kept && !fell_over(task, name)
            });
            if fell_over(&ringing, "announcing") {
                ringing = tasks.spawn(Self::ring(Arc::clone(self), stop.clone()));
            }
            if fell_over(&delivering, "delivering") {
                delivering = tasks.spawn(Self::deliver(Arc::clone(self), stop.clone()));
            }
            if fell_over(&ticketing, "reading tickets") {
                ticketing = tasks.spawn(Self::keep_tickets(Arc::clone(self), stop.clone()));
            }
            if fell_over(&carrying, "carrying documents") {
                carrying = tasks.spawn(Self::keep_relays(Arc::clone(self), stop.clone()));
            }
            if fell_over(&pulsing, "the pulse") {
                pulsing = tasks.spawn(Self::pulse(Arc::clone(self), stop.clone()));
            }
            if fell_over(&listening, "hearing other programs") {
                listening = tasks.spawn(Self::hear_others(Arc::clone(self), stop.clone()));
            }
            for record in sources {
                let name = record.config.name.clone();
                watching.entry(name).or_insert_with(|| {
                    let task = tasks.spawn(Self::watch_source(Arc::clone(self), record.config.clone(), stop.clone()));
                    (record.config, task)
                });
            }
            pause(&stop, TICK, &self.hurry).await;
        }
        while tasks.join_next().await.is_some() {}
        self.blocking(|engine| engine.write_rows()).await.ok();
    }

    /// What the list shows is written down, so that the next start can paint it at once.
    fn write_rows(&self) -> Result<(), EngineError> {
        let now = Minute::containing(self.now());
        self.write(|tx| {
            let mut book = self.book();
            if book.is_open() {
                book.pages(tx, now)?.values_mut().try_for_each(|page| Self::write_row(tx, page, now))?;
            }
            Ok(())
        })
    }

    /// Reads every source once and all history that is missing; for `firewatchctl poll`.
    pub async fn poll_once(self: &Arc<Self>) -> Result<Vec<(String, crate::read::Round)>, EngineError> {
        self.read_folders().await?;
        let sources = self.blocking(|engine| engine.read(|tx| Ok(tx.sources()?))).await?;
        let mut rounds = Vec::new();
        for record in sources {
            let round = self.poll(&record.config).await?;
            while self.read_back(&record.config).await? {}
            rounds.push((record.config.name, round));
        }
        self.blocking(|engine| engine.prove_due()).await?;
        Ok(rounds)
    }

    /// Lets every source be polled without waiting for its time.
    pub fn poll_now(&self) {
        self.hurry.notify_waiters();
    }

    async fn watch_source(self: Arc<Self>, config: SourceConfig, stop: Receiver<bool>) {
        let mut schedule = Schedule::new(&config.name, config.interval_s);
        while !*stop.borrow() {
            let paused = self.blocking(|engine| engine.read(|tx| engine.paused_until(tx))).await.ok().flatten().is_some();
            let now = self.now();
            if !paused && schedule.is_due(now) {
                schedule.polled(now);
                if let Err(error) = self.poll(&config).await {
                    tracing::error!(%error, source = %config.name, "a round of polling could not be kept");
                }
            } else if paused || !self.read_back(&config).await.unwrap_or(false) {
                let hurried = pause(&stop, self.real(TICK), &self.hurry).await;
                if hurried {
                    schedule = Schedule::new(&config.name, config.interval_s);
                }
            }
        }
    }

    /// Works through announcements as soon as the bell rings, and every few seconds for reminders.
    async fn ring(self: Arc<Self>, stop: Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.announce().await {
                tracing::error!(%error, "announcements could not be worked through");
            }
            pause(&stop, 5 * TICK, &self.bell).await;
        }
        // What the last round ordered is told before the end.
        self.announce().await.ok();
    }

    /// Sign of life, absence, heartbeat, check-ups, backups.
    async fn pulse(self: Arc<Self>, stop: Receiver<bool>) {
        let mut beat = Beat::default();
        let (mut next_beat, mut next_ping, mut next_checkup, mut next_backup) = (0, 0, 0, self.now_s() + 60);
        let (mut next_nudge, mut next_reminder, mut next_proof) = (0, 0, 0);
        let mut next_tidy = self.now_s() + TIDY_S;
        while !*stop.borrow() {
            let now_s = self.now_s();
            if now_s >= next_beat {
                next_beat = now_s + BEAT_S;
                let noticed = self.blocking(move |engine| {
                    let noticed = engine.beat(&mut beat)?;
                    Ok((noticed, beat))
                });
                if let Ok((noticed, after)) = noticed.await {
                    beat = after;
                    if noticed == Noticed::Back {
                        self.hurry.notify_waiters();
                    }
                }
            }
            if now_s >= next_nudge {
                next_nudge = now_s + NUDGES_S;
                if let Err(error) = self.blocking(|engine| engine.nudge()).await {
                    tracing::error!(%error, "the clocks of the incidents could not be looked at");
                }
            }
            if now_s >= next_ping {
                next_ping = now_s + self.ping().await;
            }
            if now_s >= next_checkup {
                next_checkup = now_s + CHECKUP_S;
                self.refresh_degraded().await.ok();
            }
            if now_s >= next_reminder {
                next_reminder = now_s + REMINDERS_S;
                if let Err(error) = self.blocking(|engine| engine.remind()).await {
                    tracing::error!(%error, "due dates could not be looked at");
                }
            }
            if now_s >= next_proof {
                next_proof = now_s + PROOFS_S;
                if let Err(error) = self.blocking(|engine| engine.prove_due()).await {
                    tracing::error!(%error, "what has shipped could not be looked at");
                }
            }
            if now_s >= next_backup && !self.drill {
                next_backup = now_s + BACKUP_S;
                let stamp = self.now().format("%Y%m%dT%H%M%SZ").to_string();
                if let Err(error) = self.blocking(move |engine| engine.daily_backup(&stamp)).await {
                    tracing::warn!(%error, "the daily backup could not be made");
                }
            }
            if now_s >= next_tidy {
                next_tidy = now_s + TIDY_S;
                if let Err(error) = self.blocking(|engine| engine.tidy_postmortems()).await {
                    tracing::warn!(%error, "old updates of a postmortem could not be joined; they stay as they are");
                }
            }
            pause(&stop, self.real(TICK).max(Duration::from_millis(200)), &tokio::sync::Notify::new()).await;
        }
    }

    /// Hears what other programs write, apart from the pulse: a desktop that does not answer would keep it waiting.
    async fn hear_others(self: Arc<Self>, stop: Receiver<bool>) {
        let mut version = self.version_at_start;
        while !*stop.borrow() {
            self.notice_others(&mut version).await;
            pause(&stop, self.real(TICK).max(Duration::from_millis(200)), &tokio::sync::Notify::new()).await;
        }
    }

    async fn notice_others(self: &Arc<Self>, version: &mut Option<i64>) {
        let Ok(found) = self.blocking(|engine| Ok(engine.store.data_version()?)).await else { return };
        if version.replace(found).is_some_and(|before| before != found) {
            self.forget();
            self.post_bell.notify_one();
            self.store.tell(&Topic::ALL.into());
        }
    }

    /// Pings the outside heartbeat; answers the seconds until the next.
    async fn ping(self: &Arc<Self>) -> i64 {
        let known = self.blocking(|engine| engine.read(|tx| Ok((Settings::of(tx)?, engine.paused_until(tx)?.is_some())))).await;
        let (chosen, paused) = known.unwrap_or_default();
        if chosen.heartbeat_url.is_empty() || paused || self.drill {
            return BEAT_S;
        }
        let outcome = self.world.heartbeat.ping(&chosen.heartbeat_url).await;
        let error = outcome.err().unwrap_or_default();
        self.blocking(move |engine| engine.write(|tx| Ok(tx.set_meta("heartbeat_error", &error)?))).await.ok();
        chosen.heartbeat_interval_s as i64
    }

    fn daily_backup(&self, stamp: &str) -> Result<(), EngineError> {
        let latest: Option<i64> = self.read(|tx| Ok(tx.meta("backup_s")?.and_then(|text| text.parse().ok())))?;
        if latest.is_some_and(|at| self.now_s() - at < BACKUP_S) {
            return Ok(());
        }
        self.store.check()?;
        self.store.back_up(stamp)?;
        self.write(|tx| Ok(tx.set_meta("backup_s", &self.now_s().to_string())?))
    }

    /// Real time for a span of the engine's time.
    fn real(&self, span: Duration) -> Duration {
        span.div_f64(self.world.clock.pace().max(1.0)).max(Duration::from_millis(50))
    }
}

fn fell_over(task: &AbortHandle, name: &str) -> bool {
    let ended = task.is_finished();
    if ended {
        tracing::error!(task = name, "a part of the watch fell over and is started again");
    }
    ended
}

/// Waits for a while, for the bell, or for the end. True when the bell rang.
pub(crate) async fn pause(stop: &Receiver<bool>, span: Duration, bell: &tokio::sync::Notify) -> bool {
    let mut stop = stop.clone();
    tokio::select! {
        () = tokio::time::sleep(span) => false,
        () = bell.notified() => true,
        _ = stop.wait_for(|stop| *stop) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + s, 0).unwrap()
    }

    #[test]
    fn a_night_asleep_makes_one_poll() {
        let mut schedule = Schedule::new("prom", 30);
        let mut polls = 0;
        for second in (0..300).chain(29_100..29_131) {
            if schedule.is_due(at(second)) {
                schedule.polled(at(second));
                polls += 1;
            }
        }
        assert_eq!(polls, 10 + 1 + 1, "ten before the night, one on waking, one half a minute later");
    }

    #[test]
    fn a_clock_set_back_does_not_stop_the_watch() {
        let mut schedule = Schedule::new("prom", 30);
        schedule.polled(at(10_000));
        assert!(!schedule.is_due(at(10_010)));
        assert!(schedule.is_due(at(6_400)));
    }
}
