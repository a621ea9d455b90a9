//! Multi-window burn-rate rules (Google SRE Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"), fitted to a window.
//!
//! A rule fires while *both* look-backs burn strictly faster than its factor. The Workbook's pairs spend a fixed share `s`
//! of the budget before they fire, so the factor for another window `W` and long look-back `L` is `f = s * W / L`. Windows
//! under three days cannot hold the longest pair; there the look-backs shrink with the window, down to what slices of one
//! minute can resolve, and no factor falls below what could ever exhaust the budget.

use serde::{Deserialize, Serialize};

use crate::minute::{DAY, HOUR};
use crate::objective::{Objective, WHOLE};
use crate::window::{Window, lookback_text};

/// How loud a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Somebody should look at it in working hours.
    Ticket,
    /// Somebody should look at it now.
    Page,
}

impl Severity {
    /// As in the contract.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Page => "page",
        }
    }
}

/// One pair of look-backs, in minutes, and the factor both must exceed, kept as a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// How loud.
    pub severity: Severity,
    /// Long look-back in minutes.
    pub long: i64,
    /// Short look-back in minutes.
    pub short: i64,
    /// Numerator of the factor.
    pub factor_num: u64,
    /// Denominator of the factor.
    pub factor_den: u64,
}

/// How the Workbook's pairs are fitted to another window than 30 days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// The look-backs stay, the factors follow the window: a rule fires after the same share of the budget.
    #[default]
    ConstantShare,
    /// The factors stay, the look-backs follow the window.
    ConstantFactor,
}

/// When an SLO alerts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alerting {
    /// How the Workbook's pairs are fitted.
    #[serde(default)]
    pub scaling: Scaling,
    /// Rules of its own, instead of the Workbook's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<Rule>>,
    /// Events a rule's long look-back must hold before it fires.
    #[serde(default)]
    pub minimum_events: u64,
}

impl Alerting {
    /// The rules that hold over a window.
    pub fn rules_for(&self, window: Window) -> Vec<Rule> {
        self.rules.clone().unwrap_or_else(|| Rule::workbook(window))
    }
}

/// Severity, long and short look-back at 30 days, share of the budget in thousandths, lowest useful factor in halves.
const WORKBOOK: [(Severity, i64, i64, u64, u64); 4] = [
    (Severity::Page, HOUR, 5, 20, 4),
    (Severity::Page, 6 * HOUR, 30, 50, 3),
    (Severity::Ticket, DAY, 2 * HOUR, 100, 2),
    (Severity::Ticket, 3 * DAY, 6 * HOUR, 100, 2),
];

/// The look-backs every status names, in minutes.
pub const LOOKBACKS: [i64; 7] = [5, 30, HOUR, 2 * HOUR, 6 * HOUR, DAY, 3 * DAY];

impl Rule {
    /// The Workbook's four rules for a window.
    pub fn workbook(window: Window) -> Vec<Self> {
        let minutes = window.minutes();
        if minutes >= 3 * DAY { WORKBOOK.iter().map(|row| kept(row, minutes)).collect() } else { shrunk(minutes) }
    }

    /// The factor as shown.
    pub fn factor(&self) -> f64 {
        self.factor_num as f64 / self.factor_den as f64
    }

    /// Share of the budget that is spent when the rule fires: `f * L / W`.
    pub fn share(&self, window: Window) -> f64 {
        self.factor() * self.long as f64 / window.minutes() as f64
    }

    /// Whether `bad` of `total` burns strictly faster than the factor; exact, in integers.
    pub fn exceeded(&self, bad: u64, total: u64, objective: Objective) -> bool {
        let burnt = u128::from(bad) * u128::from(self.factor_den) * u128::from(WHOLE);
        let allowed = u128::from(total) * u128::from(self.factor_num) * u128::from(objective.budget_ppb());
        burnt > allowed
    }

    /// Whether any history could fire it: a burn rate never exceeds `1 / (1 - objective)`.
    pub fn reachable(&self, objective: Objective) -> bool {
        self.exceeded(1, 1, objective)
    }

    /// `14.4× over 1h and 5m`, for people.
    pub fn text(&self) -> String {
        format!("{}× over {} and {}", trim_number(self.factor()), lookback_text(self.long), lookback_text(self.short))
    }
}

fn kept(&(severity, long, short, permille, floor_halves): &(Severity, i64, i64, u64, u64), window: i64) -> Rule {
    with_factor(severity, long, short, permille, floor_halves, window, window < 28 * DAY)
}

/// Factor `s * W / L`. Below four weeks the Workbook's shares would ask for factors under one, which never exhaust a
/// budget, so the floor applies there; from four weeks on the published figures stand as they are.
fn with_factor(severity: Severity, long: i64, short: i64, permille: u64, floor_halves: u64, window: i64, floored: bool) -> Rule {
    let (num, den) = (permille * window as u64, 1000 * long as u64);
    let below_floor = floored && num * 2 < floor_halves * den;
    let (factor_num, factor_den) = if below_floor { (floor_halves, 2) } else { (num, den) };
    Rule { severity, long, short, factor_num, factor_den }
}

/// Look-backs in proportion to the window, each pair at least twice as long as the one before, never longer than the window.
fn shrunk(window: i64) -> Vec<Rule> {
    const LEAST: [(i64, i64); 4] = [(5, 1), (15, 3), (30, 5), (60, 10)];
    let mut rules: Vec<Rule> = Vec::new();
    for (&(severity, long, short, permille, floor), (least_long, least_short)) in WORKBOOK.iter().zip(LEAST) {
        let long = (long * window / (30 * DAY)).max(least_long).min(window);
        let short = (short * window / (30 * DAY)).max(least_short);
        rules.push(with_factor(severity, long, short, permille, floor, window, true));
    }
    rules
}

/// `14.40` as `14.4`, `6.00` as `6`.
pub fn trim_number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(window: &str) -> Vec<f64> {
        Rule::workbook(Window::parse(window).unwrap()).iter().map(Rule::factor).collect()
    }

    #[test]
    fn published_factors_stand() {
        assert_eq!(factors("30d"), [14.4, 6.0, 3.0, 1.0]);
        assert_eq!(factors("28d"), [13.44, 5.6, 2.8, 14.0 / 15.0]);
        assert_eq!(factors("90d"), [43.2, 18.0, 9.0, 3.0]);
    }

    #[test]
    fn short_windows_keep_useful_rules() {
        for window in ["1h", "3h", "1d", "2d", "3d", "7d", "14d"] {
            let window = Window::parse(window).unwrap();
            for rule in Rule::workbook(window) {
                assert!(rule.long <= window.minutes() && rule.short < rule.long && rule.short >= 1, "{window} {rule:?}");
                assert!(rule.factor() >= 1.0, "{window} {rule:?}");
                assert!(rule.share(window) <= 1.0, "{window} {rule:?}: fires after the budget is gone");
            }
        }
    }

    #[test]
    fn ties_do_not_fire_and_unreachable_rules_are_known() {
        let objective = Objective::from_percent("99.9").unwrap();
        let rules = Rule::workbook(Window::parse("30d").unwrap());
        assert!(!rules[0].exceeded(144, 10_000, objective));
        assert!(rules[0].exceeded(145, 10_000, objective));
        assert!(!rules[0].reachable(Objective::from_percent("90").unwrap()));
        assert!(rules[0].reachable(Objective::from_percent("95").unwrap()));
    }
}
