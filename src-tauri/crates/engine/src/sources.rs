//! Adding, testing and removing sources. Secrets go straight to the keyring; the store only names their place.

mod datadog;

use std::sync::Arc;

use firewatch_domain::ports::{Check, Verdict};
use firewatch_domain::slo::check_name;
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind, check_source_address};
use firewatch_domain::words;
use firewatch_store::{SourceRecord, StoreError};
use secrecy::SecretString;

use crate::view::{SourceForm, SourceRow, SourceTest, TestLine};
use crate::{Engine, EngineError};

pub use datadog::NewDatadog;

/// Name of the built-in probe's source.
pub(crate) const PROBE: &str = "probe";

/// What a new source is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NewKind {
    /// The Prometheus HTTP API.
    #[default]
    Prometheus,
    /// Alertmanager's API v2.
    Alertmanager {
        /// Environment of alerts that name none.
        environment: Option<String>,
    },
}

/// A source as asked for; secrets not kept yet.
#[derive(Debug)]
pub struct NewSource {
    /// What it is.
    pub kind: NewKind,
    /// Read its firing alerts, too.
    pub alerts: bool,
    /// Unique name.
    pub name: String,
    /// Base address.
    pub url: String,
    /// Seconds between polls.
    pub interval_s: u64,
    /// User of Basic; with a secret and no user it is Bearer.
    pub user: Option<String>,
    /// Password or token, or the variable that holds it where no keyring is.
    pub secret: Option<NewSecret>,
    /// Headers without secrets.
    pub headers: Vec<(String, String)>,
    /// Headers whose values come from variables.
    pub header_variables: Vec<(String, String)>,
    /// Credentials may travel over plain http.
    pub allow_plain_http: bool,
}

/// A secret on its way to the keyring.
#[derive(Debug)]
pub struct NewSecret {
    /// The secret.
    pub value: SecretString,
    /// Variable it came from, to fall back on.
    pub variable: Option<String>,
}

impl Engine {
    /// Sources with their health.
    pub fn sources_list(&self) -> Result<Vec<SourceRow>, EngineError> {
        self.read(|tx| {
            let paused = self.paused_until(tx)?.is_some();
            tx.sources()?.into_iter().map(|record| Ok(source_row(&record, tx.slos_of(&record.config.name)?.len() as u32, paused))).collect()
        })
    }

    /// Adds a source. Nothing is kept when anything is wrong.
    pub async fn add_source(self: &Arc<Self>, new: NewSource) -> Result<SourceRow, EngineError> {
        self.add_configured(new.name.clone(), move |engine| engine.configure(&new, false)).await
    }

    /// Adds what `configure` makes, unless the name is taken.
    async fn add_configured(
        self: &Arc<Self>,
        name: String,
        configure: impl FnOnce(&Self) -> Result<SourceConfig, EngineError> + Send + 'static,
    ) -> Result<SourceRow, EngineError> {
        self.blocking(move |engine| {
            engine.read(|tx| match tx.source(&name) {
                Ok(_) => Err(StoreError::Taken { what: "source", name: name.clone() }.into()),
                Err(_) => Ok(()),
            })?;
            let config = configure(engine)?;
            let added = engine.write(|tx| Ok(tx.add_source(&config, engine.now_s())?));
            if let Err(error) = added {
                engine.forget_secrets(&config);
                return Err(error);
            }
            engine.hurry.notify_waiters();
            Ok(source_row(&SourceRecord { config, health: firewatch_store::Health::default() }, 0, false))
        })
        .await
    }

    /// Adds a source from the window's form.
    pub async fn add_source_form(self: &Arc<Self>, form: SourceForm) -> Result<SourceRow, EngineError> {
        self.add_source(new_source(form)?).await
    }

    /// Tests what was typed, before anything is kept.
    pub async fn try_source(self: &Arc<Self>, form: SourceForm) -> Result<SourceTest, EngineError> {
        self.try_configured(move |engine| {
            // A source of that name that keeps its secret is tried with it.
            let before = engine.read(|tx| Ok(tx.source(form.name.trim()).ok()))?;
            match before {
                Some(before) => {
                    Ok((engine.changed_config(form, &before.config, true)?, before.config.kind.secrets().into_iter().cloned().collect()))
                }
                None => Ok((engine.configure(&new_source(form)?, true)?, Vec::new())),
            }
        })
        .await
    }

    /// Tests what `configure` makes; it also names the secrets that stay afterwards.
    async fn try_configured(
        self: &Arc<Self>,
        configure: impl FnOnce(&Self) -> Result<(SourceConfig, Vec<SecretPlace>), EngineError> + Send + 'static,
    ) -> Result<SourceTest, EngineError> {
        let (engine, (config, kept)) = (Arc::clone(self), self.blocking(move |engine| configure(engine)).await?);
        let world = engine.world.clone();
        let wanted = config.clone();
        let made = tokio::task::spawn_blocking(move || world.connect.connect(&wanted, world.secrets.as_ref())).await;
        let made = made.map_err(|lost| EngineError::Lost(lost.to_string()))?;
        engine.forget_off_thread(config, kept);
        Ok(tested(&made?.test(engine.now()).await))
    }

    /// Tests a source as configured.
    pub async fn test_source(self: &Arc<Self>, name: &str) -> Result<SourceTest, EngineError> {
        let record = self.source_named(name).await?;
        self.forget_adapter(name);
        match self.adapter(&record.config).await {
            Ok(source) => Ok(tested(&source.test(self.now()).await)),
            Err(fault) => Ok(SourceTest {
                ok: false,
                lines: vec![TestLine {
                    check: "sign-in".to_owned(),
                    verdict: "broken".to_owned(),
                    message: fault.message,
                    cure: "enter the secret again".to_owned(),
                }],
            }),
        }
    }

    /// Removes a source with its secrets. Its SLOs stay and go blind.
    pub async fn remove_source(self: &Arc<Self>, name: &str) -> Result<(), EngineError> {
        let name = name.to_owned();
        self.blocking(move |engine| {
            let record = engine.write(|tx| Ok(tx.remove_source(&name)?))?;
            engine.forget_adapter(&name);
            engine.forget_secrets(&record.config);
            Ok(())
        })
        .await
    }

    pub(crate) async fn source_named(self: &Arc<Self>, name: &str) -> Result<SourceRecord, EngineError> {
        let name = name.to_owned();
        self.blocking(move |engine| engine.read(|tx| Ok(tx.source(&name)?))).await
    }

    /// The built-in source of a kind without address, made on first need.
    pub(crate) fn built_in(&self, name: &str, kind: SourceKind, interval_s: u64) -> Result<SourceConfig, EngineError> {
        let config = SourceConfig { id: self.world.ids.fresh(), name: name.to_owned(), kind, interval_s, alerts: false };
        self.write(|tx| match tx.source(name) {
            Ok(record) if record.config.kind.word() == config.kind.word() => {
                let mut kept = record.config;
                if interval_s < kept.interval_s {
                    // As often as the most impatient of its SLOs; the others are asked when they are due.
                    kept.interval_s = interval_s;
                    tx.change_source(&kept)?;
                }
                Ok(kept)
            }
            Ok(_) => Err(EngineError::Invalid(format!("a source of another kind is called `{name}`; remove or rename it first"))),
            Err(_) => {
                tx.add_source(&config, self.now_s())?;
                Ok(config)
            }
        })
    }

    /// Checks what was asked for and keeps its secrets. `trial`: secrets are kept in memory only.
    pub(crate) fn configure(&self, new: &NewSource, trial: bool) -> Result<SourceConfig, EngineError> {
        check_name(&new.name)?;
        let with_secret = new.secret.is_some() || !new.header_variables.is_empty();
        let url = check_source_address(&new.url, with_secret, new.allow_plain_http)?;
        if !(1..=3600).contains(&new.interval_s) {
            return Err(EngineError::Invalid("the interval must be between 1 second and 1 hour".to_owned()));
        }
        for (name, value) in &new.headers {
            check_header(name, value)?;
        }
        let id = self.world.ids.fresh();
        let auth = match (&new.secret, &new.user) {
            (None, None) => Auth::None,
            (None, Some(_)) => return Err(EngineError::Invalid("a user is given without a password; give both, or neither".to_owned())),
            (Some(secret), user) => {
                let place = self.keep_secret(&format!("source/{id}"), secret, trial)?;
                match user {
                    Some(user) => Auth::Basic { user: user.clone(), password: place },
                    None => Auth::Bearer { token: place },
                }
            }
        };
        let secret_headers = new.header_variables.iter().map(|(header, variable)| {
            check_header(header, "")?;
            Ok((header.clone(), SecretPlace::Variable { name: variable.clone() }))
        });
        let secret_headers = secret_headers.collect::<Result<Vec<_>, EngineError>>()?;
        let (headers, allow_plain_http) = (new.headers.clone(), new.allow_plain_http);
        let kind = match &new.kind {
            NewKind::Prometheus => SourceKind::Prometheus { url, auth, headers, secret_headers, allow_plain_http },
            NewKind::Alertmanager { environment } => {
                SourceKind::Alertmanager { url, auth, headers, secret_headers, allow_plain_http, environment: environment.clone() }
            }
        };
        Ok(SourceConfig { id, name: new.name.clone(), kind, interval_s: new.interval_s, alerts: new.alerts })
    }

    /// Where no keyring is, a secret that came from a variable is read from there at each run.
    pub(crate) fn keep_secret(&self, entry: &str, secret: &NewSecret, trial: bool) -> Result<SecretPlace, EngineError> {
        self.keep_as(if trial { "trial" } else { entry }, secret)
    }

    fn keep_as(&self, entry: &str, secret: &NewSecret) -> Result<SecretPlace, EngineError> {
        let place = self.world.secrets.keep(entry, secret.value.clone());
        match (place, &secret.variable) {
            (Ok(SecretPlace::Keyring { entry }), _) => Ok(SecretPlace::Keyring { entry }),
            (Ok(_) | Err(_), Some(variable)) => Ok(SecretPlace::Variable { name: variable.clone() }),
            (Ok(place), None) => Ok(place),
            (Err(error), None) => Err(error.into()),
        }
    }

    fn forget_secrets(&self, config: &SourceConfig) {
        self.forget_but(config, &[]);
    }

    /// Forgets the secrets of a source but those that are still needed.
    pub(crate) fn forget_but(&self, config: &SourceConfig, needed: &[SecretPlace]) {
        for place in config.kind.secrets().into_iter().filter(|place| !needed.contains(place)) {
            if let Err(error) = self.world.secrets.forget(place) {
                tracing::warn!(%error, source = %config.name, "a secret could not be removed from the keyring");
            }
        }
    }

    /// Forgets what a trial kept, but not what the source itself has.
    fn forget_off_thread(self: &Arc<Self>, config: SourceConfig, kept: Vec<SecretPlace>) {
        let engine = Arc::clone(self);
        tokio::task::spawn_blocking(move || engine.forget_but(&config, &kept));
    }
}

/// What was typed, as what is asked for.
pub(crate) fn new_source(form: SourceForm) -> Result<NewSource, EngineError> {
    let given = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
    let user = given(form.user).filter(|_| form.auth == "basic");
    let secret = given(form.secret).filter(|_| form.auth != "none");
    if form.auth == "basic" && user.is_none() {
        return Err(EngineError::Invalid("Basic needs a user; give one, or choose Bearer".to_owned()));
    }
    if form.auth != "none" && secret.is_none() {
        return Err(EngineError::Invalid("the password or token is empty; enter it, or choose no sign-in".to_owned()));
    }
    let headers = form.headers.iter().filter(|h| !h.trim().is_empty()).map(|h| parse_header(h)).collect::<Result<_, _>>()?;
    let environment = given(form.environment).map(|text| words::plain(&text, 40));
    let kind = match form.kind.as_str() {
        "prometheus" => NewKind::Prometheus,
        "alertmanager" => NewKind::Alertmanager { environment },
        other => {
            return Err(EngineError::Invalid(format!(
                "`{}` is no kind of source; use prometheus or alertmanager",
                words::plain(other, 40)
            )));
        }
    };
    Ok(NewSource {
        kind,
        alerts: form.alerts,
        name: form.name.trim().to_owned(),
        url: form.url,
        interval_s: form.interval_s as u64,
        user,
        secret: secret.map(|s| NewSecret { value: SecretString::from(s), variable: None }),
        headers,
        header_variables: Vec::new(),
        allow_plain_http: form.allow_plain_http,
    })
}

/// `Name: value`.
pub fn parse_header(text: &str) -> Result<(String, String), EngineError> {
    let (name, value) = text
        .split_once(':')
        .ok_or_else(|| EngineError::Invalid(format!("`{}` is no header; write it as Name: value", words::plain(text, 40))))?;
    let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
    check_header(&name, &value)?;
    Ok((name, value))
}

fn check_header(name: &str, value: &str) -> Result<(), EngineError> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        return Err(EngineError::Invalid(format!("`{}` is no header name", words::plain(name, 40))));
    }
    if name.eq_ignore_ascii_case("authorization") {
        return Err(EngineError::Invalid(
            "Authorization is a secret: give a user and password, or a token, so that it goes to the keyring".to_owned(),
        ));
    }
    if value.chars().any(char::is_control) {
        return Err(EngineError::Invalid(format!("the value of {name} holds control characters")));
    }
    Ok(())
}

pub(crate) fn tested(checks: &[Check]) -> SourceTest {
    let lines = checks.iter().map(|c| TestLine {
        check: c.name.to_owned(),
        verdict: c.verdict.word().to_owned(),
        message: words::plain(&c.message, 400),
        cure: words::plain(&c.cure, 400),
    });
    SourceTest { ok: checks.iter().all(|c| c.verdict == Verdict::Ok), lines: lines.collect() }
}

pub(crate) fn source_row(record: &SourceRecord, slos: u32, paused: bool) -> SourceRow {
    let (config, health) = (&record.config, &record.health);
    let (url, auth, plain_http) = match &config.kind {
        SourceKind::Prometheus { url, auth, headers, allow_plain_http, .. }
        | SourceKind::Alertmanager { url, auth, headers, allow_plain_http, .. } => {
            let auth = match auth {
                Auth::None if headers.is_empty() => "none",
                Auth::None => "headers",
                Auth::Basic { .. } => "basic",
                Auth::Bearer { .. } => "bearer",
            };
            (url.to_string(), auth, *allow_plain_http)
        }
        SourceKind::Datadog { url, allow_plain_http, .. } => (url.to_string(), "keys", *allow_plain_http),
        SourceKind::Probe | SourceKind::Drill => (String::new(), "none", false),
    };
    let state = match (paused, &health.error, health.ok_at_s) {
        (true, ..) => "paused",
        (_, Some(_), _) => "failing",
        (_, None, Some(_)) => "ok",
        (_, None, None) => "unknown",
    };
    SourceRow {
        id: config.id.clone(),
        name: config.name.clone(),
        kind: config.kind.word().to_owned(),
        url,
        interval_s: config.interval_s as f64,
        auth: auth.to_owned(),
        secret: config.kind.secrets().first().map_or_else(|| "none".to_owned(), |place| place.text()),
        plain_http,
        health: state.to_owned(),
        error: health.error.as_deref().map(|e| words::plain(e, 400)),
        last_read_at: health.ok_at_s.map(|s| s as f64),
        last_requests: health.requests,
        last_poll_ms: health.poll_ms.map(f64::from),
        last_bytes: health.bytes.map(|b| b as f64),
        slos,
        alerts: config.tells_alerts(),
    }
}
