//! An engine that asks nothing of the outside: for what happens within one profile.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use firewatch_comms::Mailroom;
use firewatch_domain::ports::Ids;
use firewatch_engine::{Engine, World};
use firewatch_sources::{Connector, Limits};
use firewatch_store::Store;

use crate::stage::{Desk, NoCalendars, NoHeartbeat, NoKeyring, ScriptedClock};

/// Ids that no other engine of this machine gives.
struct Apart(AtomicU64);

impl Ids for Apart {
    fn fresh(&self) -> String {
        static ENGINES: AtomicU64 = AtomicU64::new(0);
        let mut engine = self.0.load(Ordering::SeqCst);
        if engine == 0 {
            engine = (ENGINES.fetch_add(1, Ordering::SeqCst) + 1) << 32;
            self.0.store(engine, Ordering::SeqCst);
        }
        format!("id-{}-{}", std::process::id(), self.0.fetch_add(1, Ordering::SeqCst))
    }
}

/// An engine on the profile in `folder`, its person named, and its time.
pub fn alone(folder: &Path, person: &str, now_s: i64) -> Result<(Arc<Engine>, Arc<ScriptedClock>)> {
    let clock = Arc::new(ScriptedClock::new(now_s));
    let world = World {
        clock: Arc::<ScriptedClock>::clone(&clock),
        ids: Arc::new(Apart(AtomicU64::new(0))),
        connect: Arc::new(Connector { drill_start: None, limits: Limits::default() }),
        post: Arc::new(Mailroom),
        secrets: Arc::new(NoKeyring),
        announcer: Arc::new(Desk::new(&clock)),
        heartbeat: Arc::new(NoHeartbeat),
        calendars: Arc::new(NoCalendars),
        carrier: Arc::new(firewatch_relays::Lines),
        checkups: Vec::new(),
    };
    let engine = Engine::new(Arc::new(Store::open(folder, "opened")?), world, false);
    engine.set_name(person)?;
    Ok((engine, clock))
}
