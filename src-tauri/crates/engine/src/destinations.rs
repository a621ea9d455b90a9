//! Adding, testing and removing destinations. Secrets go straight to the keyring; the store only names their place.

use std::path::Path;
use std::sync::Arc;

use firewatch_domain::destination::{Destination, DestinationKind, SLACK_API, ZOOM_API, ZOOM_SIGN_IN};
use firewatch_domain::slo::check_name;
use firewatch_domain::source::{SecretPlace, check_address};
use firewatch_domain::words;
use firewatch_store::StoreError;
use secrecy::SecretString;

use crate::sources::{NewSecret, tested};
use crate::view::{DestinationForm, DestinationRow, SourceTest, TestLine};
use crate::{Engine, EngineError};

impl Engine {
    /// Destinations with what waits for them.
    pub fn destinations(&self) -> Result<Vec<DestinationRow>, EngineError> {
        self.read(|tx| {
            let open = tx.open_acts(&self.replica(tx)?)?;
            let waiting = |name: &str| open.iter().filter(|act| act.destination == name).count() as u32;
            Ok(tx.destinations()?.iter().filter(|d| !d.kind.is_tracker()).map(|d| row(d, waiting(&d.name))).collect())
        })
    }

    /// Adds a destination. Nothing is kept when anything is wrong. `variable`: where the secret came from.
    pub async fn add_destination(self: &Arc<Self>, form: DestinationForm, variable: Option<String>) -> Result<DestinationRow, EngineError> {
        self.blocking(move |engine| {
            engine.read(|tx| match tx.destination(&form.name) {
                Ok(_) => Err(StoreError::Taken { what: "destination", name: form.name.clone() }.into()),
                Err(_) => Ok(()),
            })?;
            let destination = engine.describe(&form, variable)?;
            let added = engine.write(|tx| Ok(tx.add_destination(&destination, engine.now_s())?));
            if let Err(error) = added {
                engine.forget_secret_of(&destination);
                return Err(error);
            }
            engine.forget_courier(&destination.name);
            engine.post_bell.notify_one();
            Ok(row(&destination, 0))
        })
        .await
    }

    /// Tells the truth about a destination, posting nothing anybody would see.
    pub async fn test_destination(self: &Arc<Self>, name: &str) -> Result<SourceTest, EngineError> {
        let name = name.to_owned();
        let destination = self.blocking(move |engine| engine.read(|tx| Ok(tx.destination(&name)?))).await?;
        self.forget_courier(&destination.name);
        let world = self.world.clone();
        let made = tokio::task::spawn_blocking(move || world.post.courier(&destination, world.secrets.as_ref())).await;
        match made.map_err(|lost| EngineError::Lost(lost.to_string()))? {
            Ok(courier) => Ok(tested(&courier.test().await)),
            Err(message) => {
                let cure = "remove the destination and add it again".to_owned();
                let line = TestLine { check: "secret".to_owned(), verdict: "broken".to_owned(), message, cure };
                Ok(SourceTest { ok: false, lines: vec![line] })
            }
        }
    }

    /// Removes a destination with its secret. Acts for it stay, and say that it is gone.
    pub async fn remove_destination(self: &Arc<Self>, name: &str) -> Result<(), EngineError> {
        let name = name.to_owned();
        self.blocking(move |engine| {
            let destination = engine.write(|tx| {
                if tx.destination(&name)?.kind.is_tracker() {
                    return Err(EngineError::Invalid(format!("`{}` is a tracker; remove it among the trackers", words::plain(&name, 60))));
                }
                Ok(tx.remove_destination(&name)?)
            })?;
            engine.forget_courier(&name);
            engine.forget_secret_of(&destination);
            Ok(())
        })
        .await
    }

    fn describe(&self, form: &DestinationForm, variable: Option<String>) -> Result<Destination, EngineError> {
        check_name(&form.name)?;
        let id = self.world.ids.fresh();
        // Everything else is checked before the keyring is asked.
        let place = SecretPlace::Session { entry: String::new() };
        let mut kind = kind_of(form, place)?;
        if kind.secret().is_some() {
            let value = given(form.secret.as_ref(), "the secret")?;
            if matches!(kind, DestinationKind::SlackWebhook { .. } | DestinationKind::TeamsWorkflow { .. }) {
                check_address(&value, true, false)
                    .map_err(|_| EngineError::Invalid("the webhook's address must be an https address".to_owned()))?;
            }
            let secret = NewSecret { value: SecretString::from(value), variable };
            kind = kind_of(form, self.keep_secret(&format!("destination/{id}"), &secret, false)?)?;
        }
        Ok(Destination { id, name: form.name.clone(), kind })
    }

    fn forget_secret_of(&self, destination: &Destination) {
        if let Some(Err(error)) = destination.kind.secret().map(|place| self.world.secrets.forget(place)) {
            tracing::warn!(%error, destination = %destination.name, "a secret could not be removed from the keyring");
        }
    }
}

fn kind_of(form: &DestinationForm, secret: SecretPlace) -> Result<DestinationKind, EngineError> {
    Ok(match form.kind.as_str() {
        "slack_webhook" => DestinationKind::SlackWebhook { address: secret },
        "slack_bot" => DestinationKind::SlackBot {
            api: base(form.api.as_ref(), SLACK_API)?,
            channel: given(form.channel.as_ref(), "the channel")?,
            token: secret,
        },
        "teams_workflow" => DestinationKind::TeamsWorkflow { address: secret },
        "folder" => {
            let path = given(form.path.as_ref(), "the folder")?;
            if !Path::new(&path).is_absolute() || !Path::new(&path).is_dir() {
                let shown = words::plain(&path, 120);
                return Err(EngineError::Invalid(format!("`{shown}` is no folder; make it first and give its whole path")));
            }
            DestinationKind::Folder { path }
        }
        "zoom" => DestinationKind::Zoom {
            api: base(form.api.as_ref(), ZOOM_API)?,
            sign_in: base(form.sign_in.as_ref(), ZOOM_SIGN_IN)?,
            account: given(form.account.as_ref(), "the account id")?,
            client: given(form.client.as_ref(), "the client id")?,
            user: form.user.as_ref().map(|u| u.trim()).filter(|u| !u.is_empty()).unwrap_or("me").to_owned(),
            secret,
        },
        other => {
            let known = "slack_webhook, slack_bot, teams_workflow, folder or zoom";
            return Err(EngineError::Invalid(format!("`{}` is no kind of destination; use {known}", words::plain(other, 40))));
        }
    })
}

fn base(asked: Option<&String>, usual: &str) -> Result<String, EngineError> {
    let text = asked.map(|t| t.trim()).filter(|t| !t.is_empty()).unwrap_or(usual);
    check_address(text, true, false)?;
    Ok(text.trim_end_matches('/').to_owned())
}

fn given(text: Option<&String>, what: &str) -> Result<String, EngineError> {
    let text = text.map(|t| t.trim()).filter(|t| !t.is_empty());
    text.map(str::to_owned).ok_or_else(|| EngineError::Invalid(format!("{what} is missing; enter it")))
}

fn row(destination: &Destination, open: u32) -> DestinationRow {
    let detail = match &destination.kind {
        DestinationKind::SlackBot { channel, .. } => channel.clone(),
        DestinationKind::Folder { path } => path.clone(),
        DestinationKind::Zoom { account, user, .. } => format!("account {account}, user {user}"),
        DestinationKind::JiraCloud { url, .. } | DestinationKind::JiraDatacenter { url, .. } => url.clone(),
        DestinationKind::SlackWebhook { .. } | DestinationKind::TeamsWorkflow { .. } => String::new(),
    };
    DestinationRow {
        name: destination.name.clone(),
        kind: destination.kind.word().to_owned(),
        detail: words::plain(&detail, 160),
        secret: destination.kind.secret().map_or_else(|| "none".to_owned(), SecretPlace::text),
        takes_updates: destination.kind.takes_updates(),
        open,
    }
}
