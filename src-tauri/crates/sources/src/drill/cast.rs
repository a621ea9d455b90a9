//! Who plays: the settings page, saving, its API, and thirteen integrations, in production and in staging.

use std::sync::LazyLock;

use firewatch_domain::indicator::Indicator;
use firewatch_domain::ports::Proposal;

/// The journey of the story.
const JOURNEY: &str = "customer-settings";

/// One SLO of the story.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    /// Key of its indicator, `production/settings-first-load`.
    pub key: String,
    /// Name without its environment.
    pub name: &'static str,
    /// Title.
    pub title: &'static str,
    /// Service.
    pub service: &'static str,
    /// `production` or `staging`.
    pub environment: &'static str,
    /// Objective in per cent.
    pub objective: &'static str,
    /// Boundary in seconds, for the page loads.
    pub threshold: Option<f64>,
    /// Events a minute on average, in thousandths.
    pub pace: u64,
    /// Share of events that fail on a calm day.
    pub usual: f64,
    /// Share that fails while pages are slow.
    pub strained: f64,
}

/// The page whose loads become slow.
pub(super) const FIRST_LOAD: &str = "settings-first-load";

/// name, title, service, objective, events a minute, usual and strained share of failures.
type Line = (&'static str, &'static str, &'static str, &'static str, u64, f64, f64);

const LINES: [Line; 16] = [
    (FIRST_LOAD, "First load of the settings page", "settings", "95", 90, 0.005, 0.988),
    ("settings-save", "Save settings", "settings", "99", 14, 0.0012, 0.031),
    ("settings-api-availability", "Settings API availability", "settings", "99.5", 210, 0.0006, 0.011),
    ("payments-availability", "Payments availability", "payments-gateway", "99.5", 38, 0.0008, 0.034),
    ("identity-availability", "Identity check availability", "identity-check", "99.5", 84, 0.0004, 0.047),
    ("address-lookup-availability", "Address lookup availability", "address-lookup", "99", 31, 0.0016, 0.088),
    ("email-availability", "E-mail delivery availability", "email-delivery", "99.5", 22, 0.0007, 0.0007),
    ("sms-availability", "SMS delivery availability", "sms-delivery", "99", 9, 0.0018, 0.0018),
    ("crm-availability", "CRM synchronisation availability", "crm-sync", "99", 26, 0.0021, 0.093),
    ("tax-availability", "Tax rates availability", "tax-rates", "99.5", 12, 0.0005, 0.0005),
    ("currency-availability", "Currency rates availability", "currency-rates", "99.5", 18, 0.0006, 0.027),
    ("avatars-availability", "Avatar images availability", "avatar-images", "99", 73, 0.0023, 0.067),
    ("feature-flags-availability", "Feature flags availability", "feature-flags", "99.9", 190, 0.0001, 0.0062),
    ("analytics-availability", "Usage analytics availability", "usage-analytics", "99", 140, 0.0019, 0.039),
    ("consent-availability", "Consent records availability", "consent-records", "99.5", 33, 0.0006, 0.0006),
    ("audit-log-availability", "Audit log availability", "audit-log", "99.5", 47, 0.0005, 0.0005),
];

static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| {
    let environments = [("production", 1000), ("staging", 60)];
    environments.into_iter().flat_map(|(environment, scale)| LINES.iter().map(move |line| part(line, environment, scale))).collect()
});

fn part(line: &Line, environment: &'static str, scale: u64) -> Part {
    let (name, title, service, objective, pace, usual, strained) = *line;
    Part {
        key: format!("{environment}/{name}"),
        name,
        title,
        service,
        environment,
        objective,
        threshold: (name == FIRST_LOAD).then_some(1.0),
        pace: pace * scale,
        usual,
        strained,
    }
}

/// Everybody.
pub(super) fn parts() -> &'static [Part] {
    &PARTS
}

/// What the settings page needs: the thirteen integrations, some of them run by others.
pub(super) fn needs() -> Vec<(String, String, bool)> {
    let third_party =
        |service: &str| ["payments-gateway", "address-lookup", "sms-delivery", "tax-rates", "currency-rates"].contains(&service);
    let integrations = LINES.iter().map(|line| line.2).filter(|service| *service != "settings");
    integrations.map(|service| ("settings".to_owned(), service.to_owned(), third_party(service))).collect()
}

/// By the key of the indicator.
pub(super) fn find(key: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.key == key)
}

impl Part {
    /// As an SLO to be taken over.
    pub(super) fn proposal(&self) -> Proposal {
        Proposal {
            key: self.key.clone(),
            name: format!("{}-{}", self.name, self.environment),
            title: self.title.to_owned(),
            service: self.service.to_owned(),
            journey: Some(JOURNEY.to_owned()),
            environment: Some(self.environment.to_owned()),
            origin: "drill",
            indicator: Indicator::Drill { key: self.key.clone(), threshold: self.threshold },
            objective_percent: self.objective.to_owned(),
            window: "30d".to_owned(),
            recent_sli: None,
        }
    }
}
