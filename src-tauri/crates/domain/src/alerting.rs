//! Multi-window burn-rate rules (Google SRE Workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"), fitted to a window.
//!
//! A rule fires while *both* look-backs burn strictly faster than its factor. The Workbook's pairs spend a fixed share `s`
//! of the budget before they fire, so the factor for another window `W` and long look-back `L` is `f = s * W / L`
//! ([`Scaling::ConstantShare`]); or the factors stay and the look-backs are scaled ([`Scaling::ConstantFactor`]). Windows
//! under three days cannot hold the longest pair; there the look-backs shrink with the window, down to what slices can
//! resolve, and no factor falls below what could ever exhaust the budget.

mod written;

pub use written::RuleError;

use serde::{Deserialize, Serialize};

use crate::method::Method;
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
    /// The rules that hold over a window under a method.
    pub fn rules_for(&self, window: Window, method: Method) -> Vec<Rule> {
        let fitted = || Rule::fitted(window, self.scaling, method.slice_minutes().unwrap_or(1));
        self.rules.clone().unwrap_or_else(fitted)
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

/// Least look-backs in time slices (minutes, under occurrences): each pair at least twice as long as the one before, and no
/// look-back shorter than two slices.
const LEAST: [(i64, i64); 4] = [(5, 2), (15, 3), (30, 5), (60, 10)];

impl Rule {
    /// The Workbook's four rules for a window: share of the budget kept, minutes as slices.
    pub fn workbook(window: Window) -> Vec<Self> {
        Self::fitted(window, Scaling::ConstantShare, 1)
    }

    /// The Workbook's rules fitted to a window and to time slices of `slice` minutes (1 under occurrences). A pair that finds
    /// no room is left out.
    pub fn fitted(window: Window, scaling: Scaling, slice: i64) -> Vec<Self> {
        let minutes = window.minutes();
        let rules = WORKBOOK.iter().zip(LEAST).map(|(row, least)| fit(row, least, minutes, scaling, slice));
        rules.filter(|rule| rule.short < rule.long).collect()
    }

    /// A rule that fires once so many thousandths of the budget are spent over its long look-back: `f = s * W / L`.
    pub fn spending(permille: u64, severity: Severity, (long, short): (i64, i64), window: Window) -> Self {
        Self { severity, long, short, factor_num: permille * window.minutes() as u64, factor_den: 1000 * long as u64 }
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

fn fit(row: &(Severity, i64, i64, u64, u64), least: (i64, i64), window: i64, scaling: Scaling, slice: i64) -> Rule {
    let &(severity, long, short, permille, floor) = row;
    let keeps_lookbacks = scaling == Scaling::ConstantShare && window >= 3 * DAY;
    let scaled = |lookback: i64| if keeps_lookbacks { lookback } else { (2 * lookback * window + 30 * DAY) / (60 * DAY) };
    let fitted_long = scaled(long).max(least.0 * slice).min(window);
    let fitted_short = scaled(short).max(least.1 * slice);
    let (factor_num, factor_den) = match scaling {
        Scaling::ConstantShare => share_kept(permille, fitted_long, window, floor),
        Scaling::ConstantFactor => (permille * (30 * DAY) as u64, 1000 * long as u64),
    };
    Rule { severity, long: fitted_long, short: fitted_short, factor_num, factor_den }
}

/// Factor `s * W / L`. Below four weeks the Workbook's shares would ask for factors under one, which never exhaust a
/// budget, so the floor applies there; from four weeks on the published figures stand as they are.
fn share_kept(permille: u64, long: i64, window: i64, floor_halves: u64) -> (u64, u64) {
    let (num, den) = (permille * window as u64, 1000 * long as u64);
    let below_floor = window < 28 * DAY && num * 2 < floor_halves * den;
    if below_floor { (floor_halves, 2) } else { (num, den) }
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
    fn constant_factors_move_the_lookbacks_and_agree_at_thirty_days() {
        let fitted = |window: &str| Rule::fitted(Window::parse(window).unwrap(), Scaling::ConstantFactor, 1);
        assert_eq!(fitted("30d"), Rule::workbook(Window::parse("30d").unwrap()));
        let lookbacks = |window: &str| fitted(window).iter().map(|r| (r.long, r.short)).collect::<Vec<_>>();
        assert_eq!(lookbacks("90d"), [(180, 15), (1080, 90), (4320, 360), (12_960, 1080)]);
        assert_eq!(lookbacks("7d"), [(14, 2), (84, 7), (336, 28), (1008, 84)]);
        for rule in fitted("7d") {
            assert!([14.4, 6.0, 3.0, 1.0].contains(&rule.factor()), "{rule:?}");
        }
    }

    #[test]
    fn lookbacks_hold_at_least_two_slices_or_the_pair_is_left_out() {
        for (window, slice) in [("30d", 60), ("7d", 30), ("1d", 10), ("30d", 1440), ("1h", 1), ("1h", 30), ("2h", 5)] {
            let window = Window::parse(window).unwrap();
            for scaling in [Scaling::ConstantShare, Scaling::ConstantFactor] {
                for rule in Rule::fitted(window, scaling, slice) {
                    assert!(rule.short >= 2 * slice && rule.short < rule.long && rule.long <= window.minutes(), "{window} {rule:?}");
                }
            }
        }
        assert_eq!(Rule::fitted(Window::parse("1h").unwrap(), Scaling::ConstantShare, 30), []);
        assert_eq!(Rule::fitted(Window::parse("30d").unwrap(), Scaling::ConstantShare, 60).len(), 4);
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
