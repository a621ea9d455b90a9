//! Relays: added, tested, changed, removed, and shown with how they stand. What runs them is in the files below.

mod board;
mod folder;
mod index;
mod keep;
mod line;
pub(crate) mod room;
mod share;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use firewatch_domain::ports::{Check, Verdict};
use firewatch_domain::relay::{LineState, Relay, RelayFault, RelayKind, Shares, Standing, check_relay_address, is_shared_id};
use firewatch_domain::slo::check_name;
use firewatch_domain::source::SecretPlace;
use firewatch_domain::words;
use firewatch_store::Tx;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::engine::AWAKE;
use crate::sources::{NewSecret, tested};
use crate::view::{RelayForm, RelayIncident, RelayRow, SourceTest};
use crate::{Engine, EngineError};

/// Document in which the incidents of a relay are named.
const INDEX: &str = "firewatch-incidents";
/// Incidents chosen for one relay at most.
const MOST_CHOSEN: usize = 2000;
/// An engine that gave no sign of life for this long does not run, in seconds.
const SILENT_S: i64 = 60;
/// Said of a relay that nobody carries anything to.
const OFF: &str = "nothing carries it now; open the window, or let `firewatchctl watch` run";
/// Incidents listed of one relay.
const MOST_LISTED: usize = 300;

/// How a relay stands, as kept for whoever asks from another program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RelayStanding {
    /// The relay itself.
    pub relay: Standing,
    /// Incidents, by id.
    pub incidents: BTreeMap<String, Standing>,
    /// Incidents that others share there and we do not, by id, with the title they give them.
    pub offered: BTreeMap<String, String>,
}

impl Engine {
    /// Relays, and how they stand.
    pub fn relays(&self) -> Result<Vec<RelayRow>, EngineError> {
        self.read(|tx| {
            let runs = self.is_watching() || self.watched_elsewhere(tx)?;
            let titles = tx.incident_titles()?;
            tx.relays()?.iter().map(|(relay, standing)| Ok(row(relay, &kept(standing), &titles, runs))).collect()
        })
    }

    /// Adds a relay, or gives one of that name another address. Nothing is kept when anything is wrong; a relay that cannot be
    /// reached just now may be added where its kind is said. `variable`: where the token came from.
    pub async fn set_relay(self: &Arc<Self>, form: RelayForm, variable: Option<String>) -> Result<RelayRow, EngineError> {
        let kind = self.kind_of(&form).await?;
        self.blocking(move |engine| {
            let before = engine.read(|tx| Ok(tx.relay(&form.name).ok()))?;
            let relay = engine.described_relay(&form, &kind, variable.as_deref())?;
            let shown = engine.write(|tx| {
                tx.put_relay(&relay, engine.now_s())?;
                engine.relay_row(tx, &relay.name)
            });
            let unused = if shown.is_ok() { before.as_ref() } else { Some(&relay) };
            engine.forget_relay_token(unused);
            engine.ring_relays();
            shown
        })
        .await
    }

    /// Adds a relay from the window's form; its name must be free.
    pub async fn add_relay(self: &Arc<Self>, form: RelayForm) -> Result<RelayRow, EngineError> {
        let name = form.name.clone();
        let taken = self.blocking(move |engine| engine.read(|tx| Ok(tx.relay(&name).is_ok()))).await?;
        if taken {
            return Err(field("name", &format!("there is a relay `{}` already; give another name", words::plain(&form.name, 80))));
        }
        self.set_relay(form, None).await
    }

    /// Changes what is shared at a relay: everything, or these incidents alone.
    pub fn share_at(&self, name: &str, all: bool, incidents: &[String]) -> Result<RelayRow, EngineError> {
        let shown = self.write(|tx| {
            let mut relay = tx.relay(name)?;
            relay.shares = self.shares(tx, all, incidents)?;
            tx.put_relay(&relay, self.now_s())?;
            self.relay_row(tx, name)
        });
        self.ring_relays();
        shown
    }

    /// Tells the truth about a relay: whether it answers, lets us in, and can be written to.
    pub async fn test_relay(self: &Arc<Self>, name: &str) -> Result<SourceTest, EngineError> {
        let name = name.to_owned();
        let relay = self.blocking(move |engine| engine.read(|tx| Ok(tx.relay(&name)?))).await?;
        let check = |name: &'static str, verdict, message: String, cure: &str| Check { name, verdict, message, cure: cure.to_owned() };
        if let RelayKind::Folder { path } = &relay.kind {
            let folder = self.world.carrier.folder(path);
            let seen = tokio::task::spawn_blocking(move || folder.incidents()).await.map_err(|lost| EngineError::Lost(lost.to_string()))?;
            return Ok(tested(&[match seen {
                Ok(all) => check("folder", Verdict::Ok, format!("{} incidents are shared in it", all.len()), ""),
                Err(why) => check("folder", Verdict::Broken, why, "make the folder, or choose another"),
            }]));
        }
        let opened = self.world.carrier.open(&relay, Arc::clone(&self.world.secrets), INDEX).await;
        Ok(tested(&[match opened {
            Ok(_) => check("relay", Verdict::Ok, format!("{} answers and lets us in", relay.kind.at()), ""),
            Err(RelayFault::Away(why)) => check("relay", Verdict::Broken, why, "what is written waits here until it answers"),
            Err(RelayFault::Refused(why)) => check("relay", Verdict::Broken, why, "check the kind of the relay, its address and the token"),
        }]))
    }

    /// Removes a relay with its token. What came by it stays, here and there.
    pub async fn remove_relay(self: &Arc<Self>, name: &str) -> Result<(), EngineError> {
        let name = name.to_owned();
        self.blocking(move |engine| {
            let removed = engine.write(|tx| Ok(tx.remove_relay(&name)?))?;
            engine.forget_relay_token(Some(&removed));
            engine.ring_relays();
            Ok(())
        })
        .await
    }

    /// Something may have to be told to a relay.
    pub(crate) fn ring_relays(&self) {
        self.case_bell.send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    /// The kind that a form asks for, or that answers at its address.
    async fn kind_of(self: &Arc<Self>, form: &RelayForm) -> Result<String, EngineError> {
        let word = form.kind.trim().replace('-', "_");
        if !word.is_empty() {
            return Ok(word);
        }
        if !form.at.contains("://") {
            return Ok("folder".to_owned());
        }
        let url = address(form)?;
        let found = self.world.carrier.recognise(&url).await;
        found
            .map(str::to_owned)
            .map_err(|fault| field("kind", &format!("{fault}; say which kind of relay it is: hocuspocus or y_websocket")))
    }

    fn described_relay(&self, form: &RelayForm, kind: &str, variable: Option<&str>) -> Result<Relay, EngineError> {
        check_name(&form.name)?;
        let id = self.world.ids.fresh();
        let keep = || -> Result<Option<SecretPlace>, EngineError> {
            let Some(token) = form.token.as_deref().map(str::trim).filter(|token| !token.is_empty()) else { return Ok(None) };
            let secret = NewSecret { value: SecretString::from(token), variable: variable.map(str::to_owned) };
            self.keep_secret(&format!("relay/{id}"), &secret, false).map(Some)
        };
        let shares = self.read(|tx| self.shares(tx, form.all, &form.incidents))?;
        let allow_plain_http = form.allow_plain_http;
        let kind = match kind {
            "hocuspocus" => RelayKind::Hocuspocus { url: address(form)?, token: keep()?, allow_plain_http },
            "y_websocket" => RelayKind::YWebsocket { url: address(form)?, token: keep()?, allow_plain_http },
            "folder" => RelayKind::Folder { path: self.checked_folder(&form.at)? },
            other => {
                let shown = words::plain(other, 40);
                return Err(field("kind", &format!("`{shown}` is no kind of relay; use hocuspocus, y_websocket or folder")));
            }
        };
        Ok(Relay { id, name: form.name.clone(), kind, shares })
    }

    fn checked_folder(&self, at: &str) -> Result<String, EngineError> {
        let path = at.trim();
        if !std::path::Path::new(path).is_absolute() {
            return Err(field("at", "name the folder from the root on, such as /srv/firewatch or C:\\Shared\\Firewatch"));
        }
        self.world.carrier.folder(path).incidents().map_err(|why| field("at", &why))?;
        Ok(path.to_owned())
    }

    fn shares(&self, tx: &Tx<'_>, all: bool, incidents: &[String]) -> Result<Shares, EngineError> {
        if all {
            return Ok(Shares::All);
        }
        if incidents.len() > MOST_CHOSEN {
            return Err(field("incidents", &format!("more than {MOST_CHOSEN} incidents; share all of them instead")));
        }
        // One that is here may be named by the beginning of its id; another is on other machines only, until it has come.
        let known = incidents.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).map(|id| {
            let here = self.incident_of(tx, id).map(|incident| incident.id.clone());
            here.or_else(|error| if is_shared_id(id) { Ok(id.to_owned()) } else { Err(error) })
        });
        Ok(Shares::Chosen { incidents: known.collect::<Result<BTreeSet<_>, _>>()? })
    }

    fn forget_relay_token(&self, relay: Option<&Relay>) {
        if let Some(Err(error)) = relay.and_then(|relay| relay.kind.secret()).map(|place| self.world.secrets.forget(place)) {
            tracing::warn!(%error, "a relay's token could not be removed from the keyring");
        }
    }

    fn relay_row(&self, tx: &Tx<'_>, name: &str) -> Result<RelayRow, EngineError> {
        let (relay, runs) = (tx.relay(name)?, self.is_watching() || self.watched_elsewhere(tx)?);
        let standing = tx.relays()?.into_iter().find(|(one, _)| one.name == name).map(|(_, text)| kept(&text)).unwrap_or_default();
        Ok(row(&relay, &standing, &tx.incident_titles()?, runs))
    }

    /// Another program's engine gave a sign of life lately.
    fn watched_elsewhere(&self, tx: &Tx<'_>) -> Result<bool, EngineError> {
        let beat: Option<i64> = tx.meta(AWAKE)?.and_then(|text| text.parse().ok());
        Ok(beat.is_some_and(|at| (self.now_s() - at).abs() < SILENT_S))
    }
}

/// What a standing that was kept says; nothing where it does not read.
pub(crate) fn kept(text: &str) -> RelayStanding {
    serde_json::from_str(text).unwrap_or_default()
}

fn address(form: &RelayForm) -> Result<Url, EngineError> {
    check_relay_address(&form.at, form.allow_plain_http).map_err(|error| field("at", &error.to_string()))
}

fn row(relay: &Relay, standing: &RelayStanding, titles: &BTreeMap<String, String>, runs: bool) -> RelayRow {
    let told = |standing: Option<&Standing>| match standing {
        Some(standing) if runs => (standing.state.word().to_owned(), Some(standing.since_s as f64), standing.why.clone()),
        None if runs => (LineState::Connecting.word().to_owned(), None, None),
        _ => ("off".to_owned(), None, None),
    };
    let here: BTreeSet<&String> = match &relay.shares {
        Shares::All => titles.keys().chain(standing.incidents.keys()).collect(),
        Shares::Chosen { incidents } => incidents.iter().collect(),
    };
    let shared = here.iter().rev().take(MOST_LISTED).map(|id| {
        let (state, since, why) = told(standing.incidents.get(*id));
        RelayIncident { id: (*id).clone(), title: titles.get(*id).map(|title| words::plain(title, 200)), shared: true, state, since, why }
    });
    let offered = standing.offered.iter().filter(|(id, _)| !here.contains(id)).map(|(id, title)| RelayIncident {
        id: id.clone(),
        title: Some(words::plain(titles.get(id).unwrap_or(title), 200)).filter(|title| !title.is_empty()),
        shared: false,
        state: "offered".to_owned(),
        since: None,
        why: None,
    });
    let (state, since, why) = told(Some(&standing.relay).filter(|relay| relay.since_s > 0));
    let why = if runs { why } else { Some(OFF.to_owned()) };
    RelayRow {
        name: relay.name.clone(),
        kind: relay.kind.word().to_owned(),
        at: relay.kind.at(),
        secret: relay.kind.secret().map_or_else(|| "none".to_owned(), SecretPlace::text),
        allow_plain_http: relay.kind.allows_plain(),
        all: relay.shares == Shares::All,
        state,
        since,
        why,
        incidents: shared.chain(offered).collect(),
    }
}

fn field(name: &str, message: &str) -> EngineError {
    EngineError::Field { field: name.to_owned(), message: message.to_owned() }
}
