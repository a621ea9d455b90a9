//! The same histories through the whole way: a source that is asked, the store, the engine's pages, the figures of `status`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use firewatch_comms::Mailroom;
use firewatch_domain::alerting::{Alerting, Scaling};
use firewatch_domain::announcement::Toast;
use firewatch_domain::fault::Fault;
use firewatch_domain::indicator::{Counts, Indicator, Layout};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{
    Announcer, CalendarCopy, Calendars, Carry, Check, Clock, Connect, Heartbeat, Ids, Proposal, ReadAnswer, ReadRequest, Reading,
    SecretError, SecretStore, Source, Verdict,
};
use firewatch_domain::promise::Promise;
use firewatch_domain::selector::Selector;
use firewatch_domain::slo::{Slo, Stage};
use firewatch_domain::source::{SecretPlace, SourceConfig};
use firewatch_engine::view::{ExclusionForm, SloStatus};
use firewatch_engine::{Engine, NewKind, NewSource, World};
use firewatch_store::Store;
use secrecy::SecretString;

use crate::history::News;

/// Everything that is known so far, as a source would answer it.
#[derive(Debug, Default)]
struct Known {
    minutes: BTreeMap<i64, (u64, u64)>,
    carries: BTreeMap<(i64, i64), (u64, u64)>,
}

/// Clock, ids, source, desk in one: nothing of them matters here.
#[derive(Debug, Default)]
struct Scripted {
    at: AtomicI64,
    ids: AtomicU64,
    known: Mutex<Known>,
}

impl Clock for Scripted {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.at.load(Ordering::SeqCst) * 60, 0).unwrap()
    }

    fn steady(&self) -> Duration {
        Duration::ZERO
    }
}

impl Ids for Scripted {
    fn fresh(&self) -> String {
        format!("id-{}", self.ids.fetch_add(1, Ordering::SeqCst))
    }
}

struct Wire(Arc<Scripted>);

impl Connect for Wire {
    fn connect(&self, _config: &SourceConfig, _secrets: &dyn SecretStore) -> Result<Arc<dyn Source>, Fault> {
        Ok(Arc::new(Self(Arc::clone(&self.0))))
    }
}

#[async_trait]
impl Source for Wire {
    async fn read(&self, requests: &[ReadRequest], now: DateTime<Utc>) -> ReadAnswer {
        let known = self.0.known.lock().unwrap();
        let outcomes = requests.iter().map(|request| {
            // Live rounds hear everything anew, as if all of it were late; what lies before the history was never there.
            let live = request.span.to >= Minute::containing(now);
            let first = known.minutes.keys().next().map_or(request.span.from, |m| Minute(*m));
            let from = if live { first.min(request.span.from) } else { request.span.from };
            let minutes = (from.0..request.span.to.0).map(|m| known.minutes.get(&m).map(|(good, total)| vec![*good, *total]));
            let span = |(from, to): &(i64, i64)| Span::new(Minute(*from), Minute(*to));
            // Whoever reads the later sample of a carry tells it anew.
            let told = |to: i64| from.0 < to && to <= request.span.to.0;
            let carries =
                known.carries.iter().filter(|((_, to), _)| told(*to)).map(|(s, c)| Carry { span: span(s), columns: vec![c.0, c.1] });
            let reading = Reading {
                layout: Layout::GoodTotal,
                from,
                slices: minutes.collect(),
                carries: carries.collect(),
                estimated: false,
                series: 1,
                remark: None,
                fault: None,
                adds: false,
            };
            (request.key, Ok(reading))
        });
        ReadAnswer { outcomes: outcomes.collect(), ..ReadAnswer::default() }
    }

    async fn test(&self, _now: DateTime<Utc>) -> Vec<Check> {
        Vec::new()
    }

    async fn suggest(&self, _now: DateTime<Utc>) -> Result<Vec<Proposal>, Fault> {
        Ok(Vec::new())
    }

    fn page(&self, _query: &str) -> Option<String> {
        None
    }

    fn has_history(&self) -> bool {
        true
    }
}

struct Nobody;

impl SecretStore for Nobody {
    fn keep(&self, _entry: &str, _secret: SecretString) -> Result<SecretPlace, SecretError> {
        Err(SecretError::NoKeyring("none here".to_owned()))
    }

    fn find(&self, place: &SecretPlace) -> Result<SecretString, SecretError> {
        Err(SecretError::Missing(place.text()))
    }

    fn forget(&self, _place: &SecretPlace) -> Result<(), SecretError> {
        Ok(())
    }

    fn check(&self) -> Check {
        Check { name: "keyring", verdict: Verdict::Ok, message: String::new(), cure: String::new() }
    }
}

#[async_trait]
impl Announcer for Nobody {
    async fn show(&self, _toast: &Toast) -> Result<(), String> {
        Ok(())
    }

    async fn close(&self, _key: &str) {}

    async fn check(&self) -> Check {
        Check { name: "notifications", verdict: Verdict::Ok, message: String::new(), cure: String::new() }
    }
}

#[async_trait]
impl Calendars for Nobody {
    async fn read(&self, _at: &str, _mark: &str) -> Result<CalendarCopy, String> {
        Err("no calendar is read here".to_owned())
    }
}

#[async_trait]
impl Heartbeat for Nobody {
    async fn ping(&self, _url: &str) -> Result<(), String> {
        Ok(())
    }
}

/// An engine that lives through a history.
pub struct Whole {
    engine: Arc<Engine>,
    scripted: Arc<Scripted>,
}

impl Whole {
    pub async fn new(promise: &Promise, at: i64) -> Self {
        let scripted = Arc::new(Scripted::default());
        scripted.at.store(at, Ordering::SeqCst);
        let world = World {
            clock: Arc::<Scripted>::clone(&scripted),
            ids: Arc::<Scripted>::clone(&scripted),
            connect: Arc::new(Wire(Arc::clone(&scripted))),
            post: Arc::new(Mailroom),
            secrets: Arc::new(Nobody),
            announcer: Arc::new(Nobody),
            heartbeat: Arc::new(Nobody),
            calendars: Arc::new(Nobody),
            carrier: Arc::new(firewatch_relays::Lines),
            checkups: Vec::new(),
        };
        let engine = Engine::new(Arc::new(Store::in_memory().unwrap()), world, false);
        let source = NewSource {
            name: "scripted".to_owned(),
            kind: NewKind::Prometheus,
            alerts: false,
            url: "http://127.0.0.1:9090".to_owned(),
            interval_s: 60,
            user: None,
            secret: None,
            headers: Vec::new(),
            header_variables: Vec::new(),
            allow_plain_http: false,
        };
        engine.add_source(source).await.unwrap();
        engine.store().write(|tx| tx.put_slo(&definition(promise), 0)).unwrap();
        Self { engine, scripted }
    }

    /// Takes over what became known, polls, and says where it stands.
    pub async fn look(&self, news: &[News], at: i64) -> SloStatus {
        self.scripted.at.store(at, Ordering::SeqCst);
        for one in news {
            self.learn(one);
        }
        self.engine.poll_once().await.unwrap();
        self.engine.status(&[]).unwrap().pop().unwrap()
    }

    fn learn(&self, news: &News) {
        let mut known = self.scripted.known.lock().unwrap();
        match news {
            News::Counted(minutes) => known.minutes.extend(minutes.iter().map(|(m, good, total)| (*m, (*good, *total)))),
            News::Carried(from, to, good, total) => drop(known.carries.insert((*from, *to), (*good, *total))),
            News::Excluded(spans) => {
                for row in self.engine.exclusions().unwrap().into_iter().filter(|row| row.undone_at.is_none()) {
                    self.engine.undo_exclusion(&row.id).unwrap();
                }
                for (from, to) in spans {
                    let (from, to) = ((from * 60) as f64, (to * 60) as f64);
                    let slo = Some("one".to_owned());
                    let form =
                        ExclusionForm { slo, journey: String::new(), environment: String::new(), from, to, reason: "test".to_owned() };
                    self.engine.exclude(&form).unwrap();
                }
            }
        }
    }
}

fn definition(promise: &Promise) -> Slo {
    let selector = Selector::parse("up").unwrap();
    Slo {
        id: "one".to_owned(),
        name: "one".to_owned(),
        title: "One".to_owned(),
        description: String::new(),
        journey: "j".to_owned(),
        service: "s".to_owned(),
        environment: "production".to_owned(),
        source: "scripted".to_owned(),
        indicator: Indicator::Ratio { counts: Counts::Good, part: selector.clone(), total: selector },
        objective: promise.objective,
        window: promise.window,
        method: promise.method,
        empty: promise.empty,
        alerting: Alerting { scaling: Scaling::default(), rules: Some(promise.rules.clone()), minimum_events: promise.minimum_events },
        stage: Stage::Active,
        weight: 1,
        annotations: BTreeMap::new(),
    }
}
