//! States and figures turned into what people see. Nothing here decides; the words come from `domain::words`.

mod alerts;
mod charts;
mod dependencies;
mod detail;
mod figures;
mod followups;
mod forecast;
mod incident;
mod list;
mod notes;
mod proof;
mod sparks;
mod status;

pub(crate) use alerts::{alert_row, alerts_text, sum};
pub(crate) use figures::figures;
pub(crate) use followups::FollowUps;
pub(crate) use incident::{entry_text, incident_view, length, rfc3339, rfc3339_s};
pub(crate) use proof::{decisive, hypothesis_view, place_row, proof_row};
pub(crate) use status::{lateness_fault, spoken};

use firewatch_domain::words;

/// `customer-settings` as `Customer settings`; another environment than production is named.
pub(crate) fn journey_title(journey: &str, environment: &str) -> String {
    let spoken = if journey.contains(' ') || journey.contains('.') { journey.to_owned() } else { journey.replace(['-', '_'], " ") };
    let mut chars = spoken.chars();
    let title: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    let title = words::plain(&title, 80);
    if environment == "production" { title } else { format!("{title} ({})", words::plain(environment, 40)) }
}

#[cfg(test)]
mod tests {
    use super::journey_title;

    #[test]
    fn journeys_are_spoken() {
        assert_eq!(journey_title("customer-settings", "production"), "Customer settings");
        assert_eq!(journey_title("Customer settings", "staging"), "Customer settings (staging)");
        assert_eq!(journey_title("shop.example", "production"), "Shop.example");
    }
}
