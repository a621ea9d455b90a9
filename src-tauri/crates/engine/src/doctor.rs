//! The doctor: every part looked at, each ok, degraded or broken, with the cure.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::ports::{Check, Verdict};
use firewatch_domain::source::{SecretPlace, SourceConfig};
use firewatch_domain::words;

use crate::view::{Degraded, DoctorLine, Settings, SourceTest};
use crate::{Engine, EngineError};

/// What the lines about relays begin with.
const RELAY: &str = "relay ";

impl Engine {
    /// Looks at every part, sources and relays included.
    pub async fn doctor(self: &Arc<Self>) -> Result<Vec<DoctorLine>, EngineError> {
        let mut lines = self.look_at_desktop().await?;
        lines.push(self.blocking(|engine| Ok(engine.database_line())).await?);
        for record in self.blocking(|engine| engine.read(|tx| Ok(tx.sources()?))).await? {
            let name = record.config.name.clone();
            lines.extend(variable_line(&record.config));
            lines.push(worst(format!("source {name}"), &self.test_source(&name).await?));
        }
        for row in self.blocking(|engine| engine.relays()).await? {
            lines.push(worst(format!("{RELAY}{}", row.name), &self.test_relay(&row.name).await?));
        }
        lines.extend(self.blocking(|engine| engine.folder_lines()).await?);
        lines.extend(self.blocking(|engine| engine.schedule_lines()).await?);
        lines.extend(self.blocking(|engine| engine.capture_key_line()).await?);
        let heartbeat =
            self.blocking(|engine| engine.read(|tx| Ok((Settings::of(tx)?.heartbeat_url, tx.meta("heartbeat_error")?)))).await?;
        lines.push(heartbeat_line(&heartbeat.0, heartbeat.1));
        self.remember(&lines);
        Ok(lines)
    }

    /// Notifications, tray, keyring, clock: without asking any source.
    async fn look_at_desktop(self: &Arc<Self>) -> Result<Vec<DoctorLine>, EngineError> {
        let mut checks = vec![self.world.announcer.check().await];
        for checkup in &self.world.checkups {
            checks.push(checkup.check().await);
        }
        checks.push(self.blocking(|engine| Ok(engine.world.secrets.check())).await?);
        checks.push(self.clock_check());
        Ok(checks.into_iter().map(line).collect())
    }

    /// Refreshes what the frame says is degraded.
    pub(crate) async fn refresh_degraded(self: &Arc<Self>) -> Result<(), EngineError> {
        let mut lines = self.look_at_desktop().await?;
        lines.extend(self.recovery_line());
        self.remember(&lines);
        Ok(())
    }

    fn remember(&self, lines: &[DoctorLine]) {
        // A full disk is known at once, and stays no longer than it is.
        let elsewhere = |part: &str| part.starts_with("source ") || part.starts_with(RELAY);
        let wrong = lines.iter().filter(|l| l.verdict != "ok" && !elsewhere(&l.part) && l.part != "disk");
        let mut wrong: Vec<Degraded> =
            wrong.map(|l| Degraded { part: l.part.clone(), message: l.message.clone(), cure: l.cure.clone() }).collect();
        if let Some(line) = self.recovery_line().filter(|_| !wrong.iter().any(|d| d.part == "database")) {
            wrong.push(Degraded { part: line.part, message: line.message, cure: line.cure });
        }
        let mut kept = self.degraded.lock().unwrap_or_else(PoisonError::into_inner);
        if *kept != wrong {
            *kept = wrong;
            drop(kept);
            self.store.tell(&[firewatch_store::Topic::Frame].into());
        }
    }

    /// What works less than it should, as last looked at, and what is known at once.
    pub(crate) fn degraded_now(&self) -> Vec<Degraded> {
        let known = self.degraded.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let full = self.disk_line().map(|line| Degraded { part: line.part, message: line.message, cure: line.cure });
        full.into_iter().chain(known).collect()
    }

    fn disk_line(&self) -> Option<DoctorLine> {
        (self.disk_full_s.load(Ordering::Relaxed) != 0).then(|| DoctorLine {
            part: "disk".to_owned(),
            verdict: "broken".to_owned(),
            message: "the disk is full: nothing new is kept, and SLOs go blind".to_owned(),
            cure: "free some space; what was missed is read back then".to_owned(),
        })
    }

    fn recovery_line(&self) -> Option<DoctorLine> {
        let recovery = self.store.recovery()?;
        let restored = recovery
            .restored
            .as_ref()
            .map_or("a new, empty one took its place".to_owned(), |_| "the newest backup took its place".to_owned());
        Some(DoctorLine {
            part: "database".to_owned(),
            verdict: "degraded".to_owned(),
            message: format!("the database was damaged and is kept as {}; {restored}", recovery.set_aside.display()),
            cure: "history is read back from the sources; keep the damaged file if you miss anything".to_owned(),
        })
    }

    fn database_line(&self) -> DoctorLine {
        if let Some(line) = self.recovery_line() {
            return line;
        }
        let broken = |message: String| DoctorLine {
            part: "database".to_owned(),
            verdict: "broken".to_owned(),
            message,
            cure: "restart Firewatch: it sets the damaged file aside and restores a backup".to_owned(),
        };
        if let Err(error) = self.store.check() {
            return broken(error.to_string());
        }
        // Whether there is space is known only by writing.
        let written = self.write(|tx| Ok(tx.set_meta("looked_at_s", &self.now_s().to_string())?));
        if let Some(line) = self.disk_line() {
            return line;
        }
        if let Err(error) = written {
            return DoctorLine { cure: "see what keeps the profile's folder from being written".to_owned(), ..broken(error.to_string()) };
        }
        if let Some(kept) = self.store.set_aside().last() {
            return DoctorLine {
                part: "database".to_owned(),
                verdict: "degraded".to_owned(),
                message: format!("sound; an earlier one was damaged and is kept as {}", kept.display()),
                cure: "delete or move that file once you miss nothing".to_owned(),
            };
        }
        let place = self.store.path().map_or_else(|| "memory".to_owned(), |p| p.display().to_string());
        DoctorLine { part: "database".to_owned(), verdict: "ok".to_owned(), message: format!("sound, in {place}"), cure: String::new() }
    }

    fn clock_check(&self) -> Check {
        let year = self.now().format("%Y").to_string().parse::<i32>().unwrap_or(0);
        let sane = (2025..2100).contains(&year);
        Check {
            name: "clock",
            verdict: if sane { Verdict::Ok } else { Verdict::Broken },
            message: format!("this machine says {}", self.now().format("%Y-%m-%d %H:%M:%S UTC")),
            cure: if sane { String::new() } else { "set the clock; nothing can be read at a wrong time".to_owned() },
        }
    }

    /// Shows something that concerns the program itself, such as that it goes on without a window. Best effort.
    pub async fn tell(&self, toast: &Toast) {
        if let Err(why) = self.world.announcer.show(toast).await {
            tracing::warn!(%why, "the person could not be told");
        }
    }

    /// Sends a notification through the whole path and tells what came of it.
    pub async fn test_notification(self: &Arc<Self>) -> Result<DoctorLine, EngineError> {
        let toast = Toast {
            key: "test".to_owned(),
            title: "Firewatch can reach you".to_owned(),
            body: "This is a test. If you see it, notifications work.".to_owned(),
            urgency: Urgency::Normal,
            silent: false,
            sound: false,
            actions: false,
        };
        let part = "notifications".to_owned();
        Ok(match self.world.announcer.show(&toast).await {
            Ok(()) => DoctorLine {
                part,
                verdict: "ok".to_owned(),
                message: "the notification server took it; you should see it now".to_owned(),
                cure: "if you do not, look for do-not-disturb or focus modes".to_owned(),
            },
            Err(why) => DoctorLine {
                part,
                verdict: "broken".to_owned(),
                message: words::plain(&why, 300),
                cure: "start a notification server; announcements stay in the inbox meanwhile".to_owned(),
            },
        })
    }
}

/// What matters most of a test, in one line.
fn worst(part: String, test: &SourceTest) -> DoctorLine {
    let wrong = test.lines.iter().rposition(|line| line.verdict == "broken");
    let wrong = wrong.or_else(|| test.lines.iter().rposition(|line| line.verdict != "ok"));
    match wrong.and_then(|at| test.lines.get(at)).or(test.lines.last()) {
        Some(line) => DoctorLine {
            part,
            verdict: line.verdict.clone(),
            message: line.message.clone(),
            cure: if line.verdict == "ok" { String::new() } else { line.cure.clone() },
        },
        None => DoctorLine { part, verdict: "ok".to_owned(), message: String::new(), cure: String::new() },
    }
}

fn line(check: Check) -> DoctorLine {
    DoctorLine { part: check.name.to_owned(), verdict: check.verdict.word().to_owned(), message: check.message, cure: check.cure }
}

/// A secret that stands in a variable is there only for who is started with that variable, which the window rarely is.
fn variable_line(config: &SourceConfig) -> Option<DoctorLine> {
    let kept = config.kind.secrets().into_iter().filter(|place| matches!(place, SecretPlace::Variable { .. }));
    let variables: Vec<String> = kept.map(SecretPlace::text).collect();
    (!variables.is_empty()).then(|| DoctorLine {
        part: format!("secret of {}", config.name),
        verdict: "degraded".to_owned(),
        message: format!(
            "it is read from the {} at each run; the window will not have it unless it is started with it",
            variables.join(", ")
        ),
        cure: "start a keyring and enter the secret again, or set the variable for the whole session".to_owned(),
    })
}

fn heartbeat_line(url: &str, error: Option<String>) -> DoctorLine {
    let (verdict, message, cure) = match (url.is_empty(), error.filter(|e| !e.is_empty())) {
        (true, _) => (
            "ok",
            "no outside heartbeat is set; nobody learns when this machine is off".to_owned(),
            "set one in the settings if somebody should",
        ),
        (false, None) => ("ok", "the outside heartbeat is pinged".to_owned(), ""),
        (false, Some(error)) => {
            ("degraded", format!("the outside heartbeat fails: {}", words::plain(&error, 200)), "check its address in the settings")
        }
    };
    DoctorLine { part: "heartbeat".to_owned(), verdict: verdict.to_owned(), message, cure: cure.to_owned() }
}
