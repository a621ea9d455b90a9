//! What the story's alerting raises: dozens of alerts about one fire, a few that somebody silenced, some of staging, and two that have
//! nothing to do with it.

use std::collections::BTreeMap;

use firewatch_domain::alert::{Alert, Standing};
use firewatch_domain::minute::{HOUR, Minute};

use super::script::{SLOW_AT, WELL_AT};

/// Minutes from the first alert of the fire to the last.
const BUILD_UP: i64 = 5;
/// Minutes it takes alerting to let go.
const LETS_GO: i64 = 6;

/// alertname, service, the label that tells several apart, how many, what it says.
type Line = (&'static str, &'static str, &'static str, usize, &'static str);

/// The fire in production: 61 in all.
const FIRE: [Line; 18] = [
    ("SettingsPageSlow", "settings", "region", 5, "Settings pages take more than 5 s"),
    ("SettingsApiLatencyHigh", "settings", "route", 8, "Settings API answers slowly"),
    ("SettingsSaveSlow", "settings", "pod", 6, "Saving settings takes more than 2 s"),
    ("SettingsWorkersBusy", "settings", "pod", 6, "All workers of a settings pod are busy"),
    ("SettingsRetryStorm", "settings", "region", 5, "Clients load settings again and again"),
    ("IntegrationTimeouts", "payments-gateway", "region", 4, "Payments time out"),
    ("IntegrationErrorsHigh", "payments-gateway", "region", 2, "Payments fail"),
    ("IntegrationTimeouts", "identity-check", "region", 4, "Identity checks time out"),
    ("ConnectionPoolExhausted", "identity-check", "pod", 2, "No connection is free"),
    ("IntegrationTimeouts", "address-lookup", "region", 3, "Address lookups time out"),
    ("ConnectionPoolExhausted", "address-lookup", "pod", 2, "No connection is free"),
    ("IntegrationTimeouts", "crm-sync", "region", 3, "CRM synchronisation times out"),
    ("CrmQueueDeep", "crm-sync", "pod", 2, "The queue to the CRM grows"),
    ("IntegrationErrorsHigh", "currency-rates", "region", 2, "Currency rates fail"),
    ("IntegrationTimeouts", "avatar-images", "region", 3, "Avatar images time out"),
    ("FeatureFlagsStale", "feature-flags", "region", 2, "Feature flags are older than 2 min"),
    ("IntegrationTimeouts", "usage-analytics", "region", 1, "Usage events time out"),
    ("UsageEventsDropped", "usage-analytics", "region", 1, "Usage events are dropped"),
];

/// Everything that fires at a minute of the story, which began at `start`.
pub(super) fn alerts(start: Minute, minute: i64) -> Vec<Alert> {
    let mut alerts = Vec::new();
    let fire = FIRE.iter().flat_map(|line| (0..line.3).map(move |nth| (line, nth)));
    for (i, (line, nth)) in fire.enumerate() {
        // Those of one name spread over the build-up, as pods and regions fail one after the other.
        let begins = SLOW_AT + 1 + (i as i64 * 7) % BUILD_UP;
        if (begins..WELL_AT + LETS_GO).contains(&minute) {
            alerts.push(alert(line, "production", nth, start.plus(begins), Standing::Firing));
        }
    }
    let held = |name, service, standing| (("held", service, "region", 1, name), standing);
    for ((_, service, label, nth, name), standing) in [
        held("AvatarCacheCold", "avatar-images", Standing::Silenced),
        held("AnalyticsLagHigh", "usage-analytics", Standing::Silenced),
        held("SettingsPodRestarting", "settings", Standing::Inhibited),
    ] {
        let line = (name, service, label, nth, "Known, and held back");
        alerts.push(alert(&line, "production", 0, start.plus(-26 * HOUR), standing));
    }
    let staging = ("DeployWaits", "settings", "pod", 1, "A release to staging waits for approval");
    alerts.push(alert(&staging, "staging", 0, start.plus(-90), Standing::Firing));
    for line in [
        ("CertificateEndsSoon", "legacy-www", "host", 1, "The certificate of legacy-www ends in 9 days"),
        ("BackupOld", "archive", "host", 1, "The newest backup is 31 h old"),
    ] {
        alerts.push(alert(&line, "production", 0, start.plus(-31 * HOUR), Standing::Firing));
    }
    alerts
}

fn alert(line: &Line, environment: &str, nth: usize, since: Minute, standing: Standing) -> Alert {
    let (name, service, label, _, says) = *line;
    let severity = if service == "settings" && environment == "production" { "critical" } else { "warning" };
    let telling = format!("{}-{}", if label == "pod" { service } else { label }, nth + 1);
    let labels =
        [("alertname", name), ("service", service), ("environment", environment), ("severity", severity), (label, telling.as_str())];
    Alert {
        labels: BTreeMap::from(labels.map(|(label, value)| (label.to_owned(), value.to_owned()))),
        summary: says.to_owned(),
        since_s: since.start_s(),
        url: None,
        standing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn firing(minute: i64, environment: &str) -> usize {
        let all = alerts(Minute(0), minute);
        all.iter().filter(|a| a.standing == Standing::Firing && a.labels["environment"] == environment).count()
    }

    #[test]
    fn sixty_one_burn_in_production_and_staging_has_its_own() {
        // Two more have nothing to do with it.
        assert_eq!((firing(0, "production"), firing(0, "staging")), (2, 1));
        assert_eq!((firing(SLOW_AT + 1 + BUILD_UP, "production"), firing(60, "production")), (63, 63));
        assert_eq!(firing(60, "staging"), 1);
        assert_eq!(firing(WELL_AT + LETS_GO, "production"), 2);
    }

    #[test]
    fn each_is_an_alert_of_its_own() {
        let all = alerts(Minute(0), 60);
        let unique: std::collections::BTreeSet<String> = all.iter().map(Alert::fingerprint).collect();
        assert_eq!(unique.len(), all.len());
    }
}
