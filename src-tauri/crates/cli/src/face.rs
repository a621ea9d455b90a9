//! Figures for people's eyes in a terminal.

use firewatch_domain::words;
use firewatch_engine::view::SloStatus;

/// A dash where a figure cannot be known.
pub fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "–".to_owned())
}

/// The row of `status`.
pub fn status_row(s: &SloStatus) -> Vec<String> {
    vec![
        s.state.clone(),
        s.name.clone(),
        s.environment.clone(),
        format!("{} / {}", words::percent(s.objective), s.window),
        or_dash(s.budget.remaining.map(words::percent)),
        or_dash(s.burn_rates.get("1h").or(s.burn_rates.get("5m")).copied().flatten().map(words::burn)),
        or_dash(s.time_to_exhaustion_s.map(words::duration)),
        or_dash(s.data_age_s.map(words::duration)),
        s.reason.clone().unwrap_or_default(),
    ]
}

/// Headings of `status`.
pub const STATUS: [&str; 9] = ["STATE", "SLO", "ENVIRONMENT", "OBJECTIVE", "LEFT", "BURN", "GONE IN", "AGE", "WHY"];
