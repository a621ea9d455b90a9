//! What an SLO promises, apart from where its events come from: everything an evaluation depends on besides the counts.

use crate::alerting::Rule;
use crate::method::{EmptySlices, Grid, Method};
use crate::minute::{Minute, Span};
use crate::objective::Objective;
use crate::slo::Slo;
use crate::window::Window;

/// A promise and how it is watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Promise {
    /// Target ratio.
    pub objective: Objective,
    /// Over which window.
    pub window: Window,
    /// How events become a budget.
    pub method: Method,
    /// What a time slice without traffic counts as.
    pub empty: EmptySlices,
    /// Burn-rate rules.
    pub rules: Vec<Rule>,
    /// Events a rule's long look-back must hold before it fires.
    pub minimum_events: u64,
}

impl Promise {
    /// A promise by events with the Workbook's rules.
    pub fn plain(objective: Objective, window: Window) -> Self {
        let (method, empty) = (Method::default(), EmptySlices::default());
        Self { objective, window, method, empty, rules: Rule::workbook(window), minimum_events: 0 }
    }

    /// What of the window is counted at `at`: all of it, or its whole time slices.
    pub fn counted(&self, at: Minute) -> Span {
        let window = self.window.span(at);
        match (self.grid(at), self.window) {
            (None, _) => window,
            (Some(grid), Window::Rolling(minutes)) => grid.ending(at, minutes),
            (Some(grid), Window::Calendar(_)) => grid.inside(window),
        }
    }

    /// Where its time slices lie, seen at `at`; `None` for occurrences.
    pub fn grid(&self, at: Minute) -> Option<Grid> {
        self.method.grid(self.window, at)
    }
}

impl Slo {
    /// What it promises.
    pub fn promise(&self) -> Promise {
        Promise {
            objective: self.objective,
            window: self.window,
            method: self.method,
            empty: self.empty,
            rules: self.rules(),
            // Counted in the parts of events that the slices hold.
            minimum_events: self.alerting.minimum_events.saturating_mul(self.indicator.scale()),
        }
    }
}
