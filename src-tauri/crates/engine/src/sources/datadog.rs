//! Adding Datadog: a site and two keys, both of them secrets.

use std::sync::Arc;

use firewatch_domain::slo::check_name;
use firewatch_domain::source::{SourceConfig, SourceKind, check_source_address};
use firewatch_domain::words;
use secrecy::SecretString;

use super::NewSecret;
use crate::view::{DatadogForm, SourceRow, SourceTest};
use crate::{Engine, EngineError};

/// A Datadog source as asked for; keys not kept yet.
#[derive(Debug)]
pub struct NewDatadog {
    /// Unique name.
    pub name: String,
    /// Its site, such as `datadoghq.eu`, or the whole address of its API.
    pub site: String,
    /// Seconds between polls.
    pub interval_s: u64,
    /// The API key.
    pub api_key: NewSecret,
    /// The application key.
    pub app_key: NewSecret,
    /// Keys may travel over plain http.
    pub allow_plain_http: bool,
}

impl Engine {
    /// Adds a Datadog source. Nothing is kept when anything is wrong.
    pub async fn add_datadog(self: &Arc<Self>, new: NewDatadog) -> Result<SourceRow, EngineError> {
        self.add_configured(new.name.clone(), move |engine| engine.configure_datadog(&new, false)).await
    }

    /// Adds a Datadog source from the window's form.
    pub async fn add_datadog_form(self: &Arc<Self>, form: DatadogForm) -> Result<SourceRow, EngineError> {
        self.add_datadog(new_datadog(form)?).await
    }

    /// Tests what was typed, before anything is kept.
    pub async fn try_datadog(self: &Arc<Self>, form: DatadogForm) -> Result<SourceTest, EngineError> {
        let new = new_datadog(form)?;
        self.try_configured(move |engine| Ok((engine.configure_datadog(&new, true)?, Vec::new()))).await
    }

    fn configure_datadog(&self, new: &NewDatadog, trial: bool) -> Result<SourceConfig, EngineError> {
        check_name(&new.name)?;
        let url = check_source_address(&api_address(&new.site)?, true, new.allow_plain_http)?;
        if !(10..=3600).contains(&new.interval_s) {
            return Err(EngineError::Invalid("the interval must be between 10 seconds and 1 hour; Datadog rations queries".to_owned()));
        }
        let id = self.world.ids.fresh();
        let entry = |key: &str| if trial { format!("trial-{key}") } else { format!("source/{id}/{key}") };
        let api_key = self.keep_as(&entry("api-key"), &new.api_key)?;
        let app_key = match self.keep_as(&entry("app-key"), &new.app_key) {
            Ok(place) => place,
            Err(error) => {
                self.world.secrets.forget(&api_key).ok();
                return Err(error);
            }
        };
        let kind = SourceKind::Datadog { url, api_key, app_key, allow_plain_http: new.allow_plain_http };
        Ok(SourceConfig { id: id.clone(), name: new.name.clone(), kind, interval_s: new.interval_s, alerts: false })
    }
}

/// The address of a site's API. `app.` in front is what people see in their browser.
fn api_address(site: &str) -> Result<String, EngineError> {
    let site = site.trim().trim_end_matches('/');
    if let Some((scheme, rest)) = site.split_once("://") {
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.strip_prefix("app.").map_or_else(|| host.to_owned(), |site| format!("api.{site}"));
        return Ok(format!("{scheme}://{host}"));
    }
    let bare = site.strip_prefix("app.").or_else(|| site.strip_prefix("api.")).unwrap_or(site);
    let fits = bare.contains('.') && bare.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-');
    if fits {
        return Ok(format!("https://api.{bare}"));
    }
    let shown = words::plain(site, 60);
    Err(EngineError::Invalid(format!("`{shown}` is no site of Datadog; write one such as datadoghq.com or datadoghq.eu")))
}

fn new_datadog(form: DatadogForm) -> Result<NewDatadog, EngineError> {
    let secret = |text: String, what: &str| {
        let text = text.trim().to_owned();
        if text.is_empty() {
            return Err(EngineError::Invalid(format!("the {what} key is empty; copy it from Datadog's organisation settings")));
        }
        Ok(NewSecret { value: SecretString::from(text), variable: None })
    };
    Ok(NewDatadog {
        name: form.name.trim().to_owned(),
        site: form.site,
        interval_s: form.interval_s as u64,
        api_key: secret(form.api_key, "API")?,
        app_key: secret(form.app_key, "application")?,
        allow_plain_http: form.allow_plain_http,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_become_addresses() {
        for (site, address) in [
            ("datadoghq.eu", "https://api.datadoghq.eu"),
            ("app.datadoghq.com", "https://api.datadoghq.com"),
            ("api.us5.datadoghq.com", "https://api.us5.datadoghq.com"),
            ("https://app.datadoghq.eu/slo/manage", "https://api.datadoghq.eu"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(api_address(site).unwrap(), address, "{site}");
        }
        for site in ["", "eu", "data dog.com", "x/y.z"] {
            assert!(api_address(site).is_err(), "{site}");
        }
    }
}
