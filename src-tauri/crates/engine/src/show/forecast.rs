//! When the budget is gone, by more than one pace, and what the budget is in time.

use firewatch_domain::evaluation::Standing;
use firewatch_domain::minute::{HOUR, MINUTE_S};
use firewatch_domain::slo::Slo;
use firewatch_domain::window::lookback_text;

use crate::view::{Forecast, TimeBudget};

/// The paces by which exhaustion is forecast: the last hour, and six, which a short fire sways less.
const PACES: [i64; 2] = [HOUR, 6 * HOUR];

/// Exhaustion at the pace of each look-back, with traffic as it is. A rolling window also forgets old errors, so it may last longer.
pub(super) fn forecasts(slo: &Slo, standing: &Standing) -> Vec<Forecast> {
    let told = PACES.into_iter().filter_map(|pace| {
        let rate = standing.burn.get(&pace).copied()?;
        Some(Forecast { lookback: lookback_text(pace), rate, seconds: standing.exhausted_in_s(slo.window, rate) })
    });
    told.collect()
}

/// The same budget as time: minutes of a full outage at the window's average traffic.
pub(super) fn time_budget(slo: &Slo, standing: &Standing) -> TimeBudget {
    let allowed_s = slo.objective.budget_ppb() as f64 / 1e9 * (slo.window.period(standing.at).len() * MINUTE_S) as f64;
    TimeBudget { allowed_s, left_s: standing.consumed.map(|consumed| (1.0 - consumed) * allowed_s) }
}
