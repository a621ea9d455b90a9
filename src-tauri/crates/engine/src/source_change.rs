//! Changing a source: its address, headers, pace and sign-in. A secret that is not entered again stays where it is, and goes to no other
//! server than the one it was entered for.

use std::sync::Arc;

use firewatch_domain::source::{Auth, SourceConfig, SourceKind, check_source_address};
use firewatch_store::SourceRecord;

use crate::sources::{new_source, source_row};
use crate::view::{SourceForm, SourceRow};
use crate::{Engine, EngineError};

impl Engine {
    /// A source as it would have been typed; never its secret.
    pub async fn source_form(self: &Arc<Self>, name: &str) -> Result<SourceForm, EngineError> {
        let config = self.source_named(name).await?.config;
        let interval_s = config.interval_s as f64;
        let environment = if let SourceKind::Alertmanager { environment, .. } = &config.kind { environment.clone() } else { None };
        let kind = config.kind.word().to_owned();
        let (SourceKind::Prometheus { url, auth, headers, allow_plain_http, .. }
        | SourceKind::Alertmanager { url, auth, headers, allow_plain_http, .. }) = config.kind
        else {
            return Err(not_changed(&config.name));
        };
        let user = if let Auth::Basic { user, .. } = &auth { Some(user.clone()) } else { None };
        Ok(SourceForm {
            kind,
            alerts: config.alerts,
            environment,
            name: config.name,
            url: url.to_string(),
            interval_s,
            auth: word(&auth).to_owned(),
            user,
            secret: None,
            headers: headers.iter().map(|(name, value)| format!("{name}: {value}")).collect(),
            allow_plain_http,
        })
    }

    /// Changes the source of that name. Nothing is changed when anything is wrong; its SLOs keep their history.
    pub async fn change_source(self: &Arc<Self>, form: SourceForm) -> Result<SourceRow, EngineError> {
        let row = self
            .blocking(move |engine| {
                let before = engine.read(|tx| Ok(tx.source(form.name.trim())?))?;
                let config = engine.changed_config(form, &before.config, false)?;
                engine.write(|tx| Ok(tx.change_source(&config)?))?;
                let needed: Vec<_> = config.kind.secrets().into_iter().cloned().collect();
                engine.forget_but(&before.config, &needed);
                engine.forget_adapter(&config.name);
                let slos = engine.read(|tx| Ok(tx.slos_of(&config.name)?.len() as u32))?;
                Ok(source_row(&SourceRecord { config, health: before.health }, slos, false))
            })
            .await?;
        self.changed();
        Ok(row)
    }

    /// What was typed as a configuration. `before`: the source as it is; its secret serves again when none was entered.
    pub(crate) fn changed_config(&self, mut form: SourceForm, before: &SourceConfig, trial: bool) -> Result<SourceConfig, EngineError> {
        let (SourceKind::Prometheus { url: old_url, auth: old_auth, secret_headers, .. }
        | SourceKind::Alertmanager { url: old_url, auth: old_auth, secret_headers, .. }) = &before.kind
        else {
            return Err(not_changed(&before.name));
        };
        if form.kind != before.kind.word() {
            return Err(at("kind", "A source stays of its kind; remove it and add another."));
        }
        let entered = form.secret.as_deref().is_some_and(|secret| !secret.trim().is_empty());
        let keeps = !entered && form.auth != "none" && form.auth == word(old_auth);
        let user = form.user.clone().unwrap_or_default().trim().to_owned();
        if keeps {
            "none".clone_into(&mut form.auth);
        }
        let mut config = self.configure(&new_source(form.clone())?, trial)?;
        config.id.clone_from(&before.id);
        let (SourceKind::Prometheus { url, auth, secret_headers: new_headers, allow_plain_http, .. }
        | SourceKind::Alertmanager { url, auth, secret_headers: new_headers, allow_plain_http, .. }) = &mut config.kind
        else {
            return Err(not_changed(&before.name));
        };
        new_headers.clone_from(secret_headers);
        if keeps {
            *auth = match old_auth {
                Auth::Basic { .. } if user.is_empty() => return Err(at("user", "Basic needs a user; give one, or choose Bearer.")),
                Auth::Basic { password, .. } => Auth::Basic { user, password: password.clone() },
                other => other.clone(),
            };
        }
        if keeps || !new_headers.is_empty() {
            if url.origin() != old_url.origin() {
                return Err(at("secret", "This is another server than the secret was entered for; enter it again."));
            }
            check_source_address(url.as_str(), true, *allow_plain_http)?;
        }
        Ok(config)
    }
}

fn word(auth: &Auth) -> &'static str {
    match auth {
        Auth::None => "none",
        Auth::Basic { .. } => "basic",
        Auth::Bearer { .. } => "bearer",
    }
}

fn at(field: &str, message: &str) -> EngineError {
    EngineError::Field { field: field.to_owned(), message: message.to_owned() }
}

fn not_changed(name: &str) -> EngineError {
    EngineError::Invalid(format!("{name} has nothing that could be changed here; remove it and add another"))
}
