//! Chart data: the burn-down of the present window, and the indicator step by step.

use firewatch_domain::minute::{HOUR, MINUTE_S, Minute, Span};
use firewatch_domain::words;

use crate::view::SloCharts;
use crate::{Engine, EngineError};

/// Points of a chart, at most about this many.
const POINTS: i64 = 240;

impl Engine {
    /// The last `hours` of an SLO, at most its window. The burn-down starts full where the window starts and ends at the
    /// figure of the list: `1 − bad so far / allowed over the whole window`.
    pub fn slo_charts(&self, id: &str, hours: f64) -> Result<SloCharts, EngineError> {
        if !hours.is_finite() || hours <= 0.0 {
            return Err(EngineError::Invalid(format!("a chart of {} hours cannot be drawn", words::plain(&hours.to_string(), 20))));
        }
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let slo = tx.find_slo(id)?;
            let mut book = self.book();
            let page = book.page(tx, &slo.id, now)?;
            let mut charts = SloCharts { objective: slo.objective.ratio(), ..empty() };
            let Some(at) = page.at() else { return Ok(charts) };
            let length = ((hours * HOUR as f64) as i64).clamp(1, slo.window.minutes());
            let step = (length + POINTS - 1) / POINTS;
            let window = slo.window.span(at);
            let allowed = page.tally(tx, window)?.allowed(slo.objective).filter(|_| page.history().is_none());
            charts.step_s = (step * MINUTE_S) as f64;
            let mut from = at.plus(-length);
            let mut bad_so_far = page.tally(tx, Span::new(window.from, from))?.bad();
            while from < at {
                let to = at.min(from.plus(step));
                let tally = page.tally(tx, Span::new(from, to))?;
                bad_so_far += tally.bad();
                let seen = tally.observed > 0;
                charts.t.push(to.start_s() as f64);
                charts.remaining.push(allowed.map(|allowed| 1.0 - bad_so_far as f64 / allowed));
                charts.sli.push(tally.sli().filter(|_| seen));
                charts.total.push(seen.then_some(tally.total as f64));
                charts.bad.push(seen.then_some(tally.bad() as f64));
                charts.coverage.push(tally.observed as f64 / to.since(from) as f64);
                from = to;
            }
            if let (Some(last), Some(allowed)) = (charts.remaining.last_mut(), allowed) {
                // Carries that straddle a step belong to no step, but to the window: the end is the figure of the list.
                *last = Some(1.0 - page.tally(tx, window)?.bad() as f64 / allowed);
            }
            Ok(charts)
        })
    }
}

fn empty() -> SloCharts {
    SloCharts { t: vec![], remaining: vec![], sli: vec![], total: vec![], bad: vec![], coverage: vec![], objective: 0.0, step_s: 60.0 }
}
