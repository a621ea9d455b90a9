//! Adding, testing, changing and removing trackers. What is wrong shows before the first incident, and nothing is kept when anything
//! is.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use firewatch_domain::destination::{Destination, DestinationKind};
use firewatch_domain::outbox::{ActState, DROPPED};
use firewatch_domain::ports::{Check, Verdict};
use firewatch_domain::slo::check_name;
use firewatch_domain::source::{SecretPlace, check_address};
use firewatch_domain::tracker::{Demand, Discovery, Setup};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};
use secrecy::SecretString;
use serde_json::Value;

use crate::sources::{NewSecret, tested};
use crate::view::{BrakeRow, ChoiceRow, DemandRow, SourceTest, TrackerForm, TrackerFound, TrackerRow};
use crate::{Engine, EngineError};

impl Engine {
    /// Trackers with what waits for them.
    pub fn trackers(&self) -> Result<Vec<TrackerRow>, EngineError> {
        self.read(|tx| tx.trackers()?.iter().map(|setup| self.tracker_row(tx, setup)).collect())
    }

    /// Looks around with what was typed; nothing is kept.
    pub async fn discover_tracker(self: &Arc<Self>, form: TrackerForm, variable: Option<String>) -> Result<TrackerFound, EngineError> {
        let engine = Arc::clone(self);
        let (destination, found) = self.look_around(form.clone(), variable, true).await?;
        let kind = destination.kind;
        tokio::task::spawn_blocking(move || engine.forget_token(&kind));
        Ok(shown_discovery(&found, &constants(&found.demands, &form.constants).unwrap_or_default()))
    }

    /// Adds a tracker. Nothing is kept when anything is wrong. `variable`: where the token came from.
    pub async fn add_tracker(self: &Arc<Self>, form: TrackerForm, variable: Option<String>) -> Result<TrackerRow, EngineError> {
        let name = form.name.clone();
        self.blocking(move |engine| {
            engine.read(|tx| match tx.destination(&name) {
                Ok(_) => Err(StoreError::Taken { what: "destination", name: name.clone() }.into()),
                Err(_) => Ok(()),
            })
        })
        .await?;
        if form.project.trim().is_empty() {
            return Err(field("project", "the project is missing; give its key, such as OPS"));
        }
        let (destination, found) = self.look_around(form.clone(), variable, false).await?;
        self.blocking(move |engine| {
            let kept = set_up(&form, &destination, &found).and_then(|setup| {
                engine.write(|tx| {
                    tx.add_destination(&destination, engine.now_s())?;
                    tx.set_tracker(&setup)?;
                    engine.tracker_row(tx, &setup)
                })
            });
            if kept.is_err() {
                engine.forget_token(&destination.kind);
            }
            engine.forget_courier(&destination.name);
            kept
        })
        .await
    }

    /// Changes what was chosen for a tracker: constants, the token's last day, whether tickets are made by themselves. What was
    /// refused for want of a constant is tried again.
    pub fn change_tracker(&self, form: &TrackerForm) -> Result<TrackerRow, EngineError> {
        self.write(|tx| {
            let mut setup = tx.tracker(&form.name)?;
            let given = constants(&setup.demands, &form.constants)?;
            setup.demands.retain(|demand| !given.contains_key(&demand.field));
            setup.constants.extend(given);
            if let Some(day) = &form.expires {
                setup.expires = expiry(day)?;
            }
            setup.automatic = form.automatic.unwrap_or(setup.automatic);
            setup.label = form.label.unwrap_or(setup.label);
            tx.set_tracker(&setup)?;
            for ticket in tx.tickets_at(&setup.name)? {
                if let Ok(followup) = tx.followup(&ticket.followup) {
                    self.ticket_follows(tx, &followup)?;
                }
            }
            self.tracker_row(tx, &setup)
        })
    }

    /// Says who of the tracker's people an owner is.
    pub fn name_person(&self, tracker: &str, owner: &str, account: &str, name: &str) -> Result<TrackerRow, EngineError> {
        self.write(|tx| {
            let mut setup = tx.tracker(tracker)?;
            let owner = owner.trim().to_owned();
            if owner.is_empty() || account.trim().is_empty() {
                return Err(EngineError::Invalid("give the owner and the account".to_owned()));
            }
            setup.unknown.remove(&owner);
            let person =
                firewatch_domain::tracker::Person { id: account.trim().to_owned(), name: words::plain(name, 80), ..Default::default() };
            setup.people.insert(owner, person);
            tx.set_tracker(&setup)?;
            for ticket in tx.tickets_at(&setup.name)? {
                if let Ok(followup) = tx.followup(&ticket.followup) {
                    self.ticket_follows(tx, &followup)?;
                }
            }
            self.tracker_row(tx, &setup)
        })
    }

    /// People of a tracker by a part of their name.
    pub async fn tracker_people(self: &Arc<Self>, tracker: &str, query: &str) -> Result<Vec<ChoiceRow>, EngineError> {
        let reader = self.reader(tracker).await.map_err(EngineError::Invalid)?;
        let people = reader.people(query).await.map_err(|fault| EngineError::Invalid(fault.message))?;
        Ok(people.into_iter().map(|p| ChoiceRow { key: p.id, name: words::plain(&p.name, 80) }).collect())
    }

    /// The person says that so many links really broke: the next round believes it.
    pub fn release_brake(&self, tracker: &str) -> Result<TrackerRow, EngineError> {
        self.write(|tx| {
            let mut setup = tx.tracker(tracker)?;
            let Some(brake) = &mut setup.brake else {
                return Err(EngineError::Invalid("nothing is held back any more".to_owned()));
            };
            brake.released = true;
            setup.read_s = None;
            tx.set_tracker(&setup)?;
            self.ticket_bell.notify_one();
            self.tracker_row(tx, &setup)
        })
    }

    /// Tells the truth about a tracker, and learns what changed there. Makes nothing anybody would see.
    pub async fn test_tracker(self: &Arc<Self>, name: &str) -> Result<SourceTest, EngineError> {
        let asked = name.to_owned();
        let setup = self.blocking(move |engine| engine.read(|tx| Ok(tx.tracker(&asked)?))).await?;
        self.forget_courier(name);
        let today = self.today();
        let found = match self.reader(name).await {
            Ok(reader) => reader.discover(&setup.project_key, &setup.issue_type.id).await.map_err(|fault| fault.message),
            Err(reason) => Err(reason),
        };
        let checks = checks(&setup, &found, today);
        let (asked, broken) = (name.to_owned(), checks.iter().find(|c| c.verdict == Verdict::Broken).map(|c| c.message.clone()));
        self.blocking(move |engine| {
            engine.write(|tx| {
                let mut setup = tx.tracker(&asked)?;
                if let Ok(found) = &found {
                    setup.learn(found);
                }
                setup.unknown.clear();
                (setup.trouble, setup.wait_until_s) = (broken, None);
                Ok(tx.set_tracker(&setup)?)
            })
        })
        .await?;
        self.post_bell.notify_one();
        Ok(tested(&checks))
    }

    /// Removes a tracker with its token. Its tickets stay there; follow-ups stay here, and remember their tickets.
    pub async fn remove_tracker(self: &Arc<Self>, name: &str) -> Result<(), EngineError> {
        let name = name.to_owned();
        self.blocking(move |engine| {
            let destination = engine.write(|tx| {
                tx.tracker(&name)?;
                tx.remove_tracker(&name)?;
                for ticket in tx.tickets_at(&name)? {
                    tx.remove_ticket(&ticket.followup)?;
                }
                Ok(tx.remove_destination(&name)?)
            })?;
            engine.forget_courier(&name);
            engine.forget_token(&destination.kind);
            Ok(())
        })
        .await
    }

    async fn look_around(
        self: &Arc<Self>,
        form: TrackerForm,
        variable: Option<String>,
        trial: bool,
    ) -> Result<(Destination, Discovery), EngineError> {
        let asked = form.clone();
        let destination = self.blocking(move |engine| engine.described_tracker(&asked, variable, trial)).await?;
        let (world, made_from) = (self.world.clone(), destination.clone());
        let made = tokio::task::spawn_blocking(move || world.post.tracker(&made_from, world.secrets.as_ref())).await;
        let found = match made.map_err(|lost| EngineError::Lost(lost.to_string()))? {
            Ok(tracker) => tracker.discover(form.project.trim(), form.issue_type.trim()).await.map_err(|fault| fault.message),
            Err(reason) => Err(reason),
        };
        match found {
            Ok(found) => Ok((destination, found)),
            Err(message) => {
                let kind = destination.kind;
                self.blocking(move |engine| {
                    engine.forget_token(&kind);
                    Ok(())
                })
                .await?;
                Err(EngineError::Invalid(message))
            }
        }
    }

    fn described_tracker(&self, form: &TrackerForm, variable: Option<String>, trial: bool) -> Result<Destination, EngineError> {
        if !trial || !form.name.is_empty() {
            check_name(&form.name)?;
        }
        let url = form.url.trim().trim_end_matches('/').to_owned();
        check_address(&url, true, form.allow_plain_http)?;
        let email = form.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
        let token = form.token.as_deref().map(str::trim).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| field("token", "the token is missing; make one in Jira and enter it"))?;
        let allow_plain_http = form.allow_plain_http;
        let kind = |token: SecretPlace| match form.kind.as_str() {
            "cloud" | "jira_cloud" => {
                let email = email.ok_or_else(|| field("email", "Jira Cloud wants the e-mail address whose token it is"))?;
                Ok(DestinationKind::JiraCloud { url: url.clone(), email: email.to_owned(), token, allow_plain_http })
            }
            "datacenter" | "jira_datacenter" => Ok(DestinationKind::JiraDatacenter { url: url.clone(), token, allow_plain_http }),
            other => Err(field("kind", &format!("`{}` is no kind of Jira; use cloud or datacenter", words::plain(other, 40)))),
        };
        // Everything else is checked before the keyring is asked.
        kind(SecretPlace::Session { entry: String::new() })?;
        let id = self.world.ids.fresh();
        let secret = NewSecret { value: SecretString::from(token), variable };
        let place = self.keep_secret(&format!("destination/{id}"), &secret, trial)?;
        Ok(Destination { id, name: form.name.clone(), kind: kind(place)? })
    }

    fn forget_token(&self, kind: &DestinationKind) {
        if let Some(Err(error)) = kind.secret().map(|place| self.world.secrets.forget(place)) {
            tracing::warn!(%error, "a token could not be removed from the keyring");
        }
    }

    fn tracker_row(&self, tx: &Tx<'_>, setup: &Setup) -> Result<TrackerRow, EngineError> {
        let destination = tx.destination(&setup.name)?;
        let tickets = tx.tickets_at(&setup.name)?;
        let acts = tx.open_acts(&self.replica(tx)?)?;
        let here = || acts.iter().filter(|act| act.destination == setup.name);
        let rejected = tx.acts_in(&setup.name, ActState::Rejected)?;
        let asking = here().filter(|act| act.state == ActState::Unknown && act.due_s.is_none()).count()
            + rejected.iter().filter(|act| act.reason.as_deref() != Some(DROPPED)).count();
        Ok(TrackerRow {
            name: setup.name.clone(),
            kind: destination.kind.word().to_owned(),
            url: setup.url.clone(),
            project: setup.project_key.clone(),
            issue_type: setup.issue_type.name.clone(),
            account: words::plain(&setup.account.name, 80),
            secret: destination.kind.secret().map_or_else(|| "none".to_owned(), SecretPlace::text),
            automatic: setup.automatic,
            label: setup.label,
            expires: setup.expires.map(|day| day.to_string()),
            expires_in_days: setup.expires_in(self.today()).map(|days| days as f64),
            demands: setup.demands.iter().map(demand_row).collect(),
            constants: setup.constants.iter().map(|(field, value)| (field.clone(), shown_constant(value))).collect(),
            links: tickets.len() as u32,
            conflicts: tickets.iter().filter(|ticket| !ticket.conflicts.is_empty()).count() as u32,
            waiting: here().filter(|act| act.state != ActState::Unknown || act.due_s.is_some()).count() as u32,
            asking: asking as u32,
            read_at: setup.read_s.map(|s| s as f64),
            trouble: setup.trouble.as_ref().map(|text| words::plain(text, 600)),
            brake: setup.brake.as_ref().filter(|b| !b.released).map(|b| BrakeRow { links: b.links, lost: b.lost, at: b.at_s as f64 }),
            unknown_people: setup.unknown.iter().cloned().collect(),
        })
    }
}

fn set_up(form: &TrackerForm, destination: &Destination, found: &Discovery) -> Result<Setup, EngineError> {
    if found.issue_type.is_none() {
        let known: Vec<&str> = found.types.iter().map(|t| t.name.as_str()).collect();
        let shown = words::plain(&form.issue_type, 40);
        return Err(field(
            "issue_type",
            &format!("the project has no type of issue `{shown}`; it has {}", words::plain(&known.join(", "), 300)),
        ));
    }
    if found.lacking.iter().any(|p| p == "CREATE_ISSUES" || p == "BROWSE_PROJECTS") {
        let what = spoken(&found.lacking);
        return Err(EngineError::Invalid(format!(
            "this account may not {what} in the project; ask your Jira admin, or use another account"
        )));
    }
    let mut setup = Setup {
        name: destination.name.clone(),
        url: form.url.trim().trim_end_matches('/').to_owned(),
        constants: constants(&found.demands, &form.constants)?,
        label: form.label.unwrap_or(true),
        automatic: form.automatic.unwrap_or(true),
        expires: form.expires.as_deref().map(expiry).transpose()?.flatten(),
        ..Setup::default()
    };
    setup.learn(found);
    Ok(setup)
}

/// Constants as typed, as the tracker takes them. A field that nobody demanded is sent as the text it is.
fn constants(demands: &[Demand], typed: &BTreeMap<String, String>) -> Result<BTreeMap<String, Value>, EngineError> {
    let value = |(id, text): (&String, &String)| {
        let demand = demands.iter().find(|d| d.field == *id || d.name.eq_ignore_ascii_case(id));
        let value = demand.map_or_else(|| Ok(Value::from(text.trim())), |demand| demand.value(text));
        Ok((demand.map_or_else(|| id.clone(), |d| d.field.clone()), value.map_err(|message| field(id, &message))?))
    };
    typed.iter().map(value).collect()
}

fn expiry(day: &str) -> Result<Option<NaiveDate>, EngineError> {
    let day = day.trim();
    if day.is_empty() {
        return Ok(None);
    }
    let shown = words::plain(day, 40);
    day.parse().map(Some).map_err(|_| field("expires", &format!("`{shown}` is no day; write it as 2026-12-04")))
}

fn field(name: &str, message: &str) -> EngineError {
    EngineError::Field { field: name.to_owned(), message: message.to_owned() }
}

/// Permissions in words.
fn spoken(lacking: &[String]) -> String {
    let word = |permission: &String| match permission.as_str() {
        "BROWSE_PROJECTS" => "see issues".to_owned(),
        "CREATE_ISSUES" => "make issues".to_owned(),
        "EDIT_ISSUES" => "edit issues".to_owned(),
        "TRANSITION_ISSUES" => "move issues".to_owned(),
        "ASSIGN_ISSUES" => "assign issues".to_owned(),
        other => other.to_owned(),
    };
    lacking.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn checks(setup: &Setup, found: &Result<Discovery, String>, today: NaiveDate) -> Vec<Check> {
    let check = |name: &'static str, verdict: Verdict, message: String, cure: &str| Check { name, verdict, message, cure: cure.to_owned() };
    let found = match found {
        Ok(found) => found,
        Err(message) => return vec![check("sign-in", Verdict::Broken, message.clone(), "do what it says, and test again")],
    };
    let who = format!("signed in as {} at Jira {} {}", found.account.name, found.deployment, found.version);
    let mut lines = vec![check("sign-in", Verdict::Ok, who, "")];
    lines.push(match found.lacking.as_slice() {
        [] => check("permissions", Verdict::Ok, format!("this account may do all it needs in {}", setup.project_key), ""),
        lacking => {
            let grave = lacking.iter().any(|p| p == "CREATE_ISSUES" || p == "BROWSE_PROJECTS");
            let verdict = if grave { Verdict::Broken } else { Verdict::Degraded };
            check(
                "permissions",
                verdict,
                format!("this account may not {} in {}", spoken(lacking), setup.project_key),
                "ask your Jira admin",
            )
        }
    });
    lines.push(match &found.issue_type {
        Some(t) => check("issue type", Verdict::Ok, format!("new tickets are of the type {}", t.name), ""),
        None => check(
            "issue type",
            Verdict::Broken,
            format!("the type {} is gone", setup.issue_type.name),
            "remove the tracker and add it with another type",
        ),
    });
    let open: Vec<&str> = found.demands.iter().filter(|d| !setup.constants.contains_key(&d.field)).map(|d| d.name.as_str()).collect();
    lines.push(match (&found.screen, open.as_slice()) {
        (None, _) => {
            check("fields", Verdict::Degraded, "this Jira does not tell which fields it demands; refusals will show them".to_owned(), "")
        }
        (_, []) => check("fields", Verdict::Ok, "nothing is demanded that is not filled".to_owned(), ""),
        (_, open) => check("fields", Verdict::Broken, format!("every new ticket needs {}", open.join(", ")), "give a constant for each"),
    });
    if let Some(days) = setup.expires_in(today) {
        let message = if days < 0 { "the token's last day is over".to_owned() } else { format!("the token ends in {days} days") };
        lines.push(check("token", Verdict::Degraded, message, "make a new one in Jira and enter it"));
    }
    lines
}

fn shown_discovery(found: &Discovery, given: &BTreeMap<String, Value>) -> TrackerFound {
    TrackerFound {
        deployment: found.deployment.clone(),
        version: words::plain(&found.version, 40),
        account: words::plain(&found.account.name, 80),
        zone: words::plain(&found.zone, 60),
        projects: found.projects.iter().map(|(own, key)| ChoiceRow { key: key.clone(), name: words::plain(&own.name, 120) }).collect(),
        types: found.types.iter().map(|t| ChoiceRow { key: t.id.clone(), name: words::plain(&t.name, 120) }).collect(),
        lacking: found.lacking.clone(),
        demands: found.demands.iter().filter(|d| !given.contains_key(&d.field)).map(demand_row).collect(),
        screen_unknown: found.project.is_some() && found.screen.is_none(),
    }
}

fn demand_row(demand: &Demand) -> DemandRow {
    let options = demand.options.iter().map(|o| words::plain(&o.name, 120)).collect();
    DemandRow { field: demand.field.clone(), name: demand.name.clone(), kind: demand.kind.clone(), options }
}

fn shown_constant(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
