//! A hundred thousand histories by chance against a slow evaluator that shares no code with the engine: equal counts, equal
//! budgets, equal alerts, minute by minute. Whole under `make soak`; a failing seed is named and can be run alone with
//! `FIREWATCH_SEED`.

#[cfg(test)]
mod dice;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod history;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod paths;

use firewatch_domain::evaluation::Standing;
use firewatch_domain::minute::Minute;
use firewatch_domain::state::{Burn, Spent, State};
use firewatch_domain::turn::{Look, step};
use firewatch_domain::window::lookback_text;
use firewatch_engine::view::SloStatus;
use firewatch_tests::parts;

use engine::Whole;
use history::History;
use oracle::{Oracle, Sum, Truth};
use paths::Series;

#[test]
fn every_history_is_judged_as_by_the_slow_truth() {
    if let Some(seed) = std::env::var("FIREWATCH_SEED").ok().and_then(|seed| seed.parse().ok()) {
        live(seed, &mut Met::default());
        return;
    }
    let mut met = Met::default();
    for seed in 0..u64::from(parts::repeats(700, 100_000)) {
        live(seed, &mut met);
    }
    let Met { looks, firing, frozen, exhausted, calendar, undefined } = met;
    for (what, count) in
        [("firing", firing), ("frozen", frozen), ("exhausted", exhausted), ("calendar", calendar), ("undefined", undefined)]
    {
        assert!(count * 100 > looks, "only {count} of {looks} looks met {what}: the histories show too little");
    }
}

/// How often the histories led somewhere.
#[derive(Debug, Default)]
struct Met {
    looks: u64,
    firing: u64,
    frozen: u64,
    exhausted: u64,
    calendar: u64,
    undefined: u64,
}

impl Met {
    fn note(&mut self, truth: &Truth) {
        self.looks += 1;
        self.firing += u64::from(truth.rules.iter().any(|said| said.firing));
        self.frozen += u64::from(truth.rules.iter().any(|said| said.frozen));
        self.exhausted += u64::from(truth.exhausted);
        self.calendar += u64::from(truth.scale.is_some());
        self.undefined += u64::from(truth.window.total == 0);
    }
}

/// Lives through a history on both sides.
fn live(seed: u64, met: &mut Met) {
    let history = History::of(seed);
    let (mut oracle, mut series) = (Oracle::new(history.promise.clone()), Series::new(history.promise.clone()));
    let mut state = State::new(history.span().from);
    for at in &history.looks {
        for news in history.news.get(at).into_iter().flatten() {
            oracle.learn(news);
            series.learn(news, *at);
        }
        let (truth, standing) = (oracle.look(*at), series.standing(*at));
        met.note(&truth);
        state = step(&state, &Look::Seen(&standing), Minute(*at)).0;
        if let Err(difference) = same(&truth, &standing, &state, history.promise.objective.budget_ppb()) {
            panic!(
                "seed {seed} at minute {at}: {difference}\n{:?}\nengine {standing:#?}\ntruth {truth:#?}\nFIREWATCH_SEED={seed} runs it alone",
                history.promise
            );
        }
    }
}

fn same(truth: &Truth, standing: &Standing, state: &State, budget_ppb: u64) -> Result<(), String> {
    let check = |what: &str, equal: bool| if equal { Ok(()) } else { Err(what.to_owned()) };
    let counted = |t: &firewatch_domain::evaluation::Tally| (u128::from(t.good), u128::from(t.total), u128::from(t.events), t.observed);
    let summed = |s: &Sum| (s.good, s.total, s.events, s.observed);
    check("counts", counted(&standing.tally) == summed(&truth.window))?;
    check("begin of the window", standing.window.from.0 == truth.start)?;
    check("expected minutes", standing.expected() == truth.window.expected)?;
    check("exhausted", standing.exhausted == truth.exhausted)?;
    check("consumed", near(standing.consumed, ratio(&truth.window, budget_ppb)))?;
    let projected = truth.scale.and_then(|(num, den)| Some(ratio(&truth.window, budget_ppb)? * den as f64 / num as f64));
    check("projected", near(standing.projected.map(|p| p.consumed), projected))?;
    check("look-backs", standing.burn.keys().eq(truth.burn.keys()))?;
    for (lookback, sum) in &truth.burn {
        check(&format!("burn over {lookback}"), near(standing.burn[lookback], ratio(sum, budget_ppb)))?;
    }
    check("rules", standing.rules.len() == truth.rules.len())?;
    for (judged, said) in standing.rules.iter().zip(&truth.rules) {
        check(&format!("long of {:?}", judged.rule), counted(&judged.long) == summed(&said.long))?;
        check(&format!("short of {:?}", judged.rule), counted(&judged.short) == summed(&said.short))?;
        check(&format!("alert {:?}", judged.rule), (judged.firing, judged.frozen) == (said.firing, said.frozen))?;
    }
    let burn = [Burn::None, Burn::Ticket, Burn::Page][usize::from(truth.held.0)];
    check("alert that holds", state.burn == burn)?;
    check("budget that holds", (state.spent == Spent::Exhausted) == truth.held.1)
}

/// `bad / (total * budget)`.
fn ratio(sum: &Sum, budget_ppb: u64) -> Option<f64> {
    (sum.total > 0).then(|| (sum.bad() * 1_000_000_000) as f64 / (sum.total * u128::from(budget_ppb)) as f64)
}

fn near(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()),
        (a, b) => a == b,
    }
}

/// The same through source, store and engine, up to the figures that `status` prints.
#[tokio::test]
async fn status_says_what_the_slow_truth_says() {
    let seeds = match std::env::var("FIREWATCH_SEED").ok().and_then(|seed| seed.parse::<u64>().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..u64::from(parts::repeats(60, 2000)),
    };
    for seed in seeds {
        let history = History::of(seed);
        let mut oracle = Oracle::new(history.promise.clone());
        let whole = Whole::new(&history.promise, history.looks[0]).await;
        for at in &history.looks {
            let news = history.news.get(at).cloned().unwrap_or_default();
            for one in &news {
                oracle.learn(one);
            }
            let (truth, status) = (oracle.look(*at), whole.look(&news, *at).await);
            if let Err(difference) = printed(&truth, &status, &history) {
                panic!("seed {seed} at minute {at}: {difference}\n{:?}\nengine {status:#?}\ntruth {truth:#?}", history.promise);
            }
        }
    }
}

fn printed(truth: &Truth, status: &SloStatus, history: &History) -> Result<(), String> {
    let check = |what: &str, equal: bool| if equal { Ok(()) } else { Err(what.to_owned()) };
    let (objective, unit) = (history.promise.objective.budget_ppb(), history.promise.method.unit() as f64);
    let sum = truth.window;
    let counts = (status.good, status.bad, status.total);
    check("counts", counts == (Some(sum.good as f64 / unit), Some(sum.bad() as f64 / unit), Some(sum.total as f64 / unit)))?;
    check("sli", near(status.sli, (sum.total > 0).then(|| sum.good as f64 / sum.total as f64)))?;
    check("consumed", near(status.budget.consumed, ratio(&sum, objective)))?;
    check("unobserved", (status.unobserved_s - ((sum.expected - sum.observed) * 60) as f64).abs() < 0.5)?;
    let burn: Vec<Option<f64>> = truth.burn.values().map(|s| ratio(s, objective)).collect();
    let rates: Vec<Option<f64>> = truth.burn.keys().map(|m| status.burn_rates[&lookback_text(*m)]).collect();
    check("burn rates", burn.iter().zip(&rates).all(|(a, b)| near(*a, *b)))?;
    let alerts: Vec<_> = status.alerts.iter().map(|a| (a.firing, a.frozen)).collect();
    check("alerts", alerts == truth.rules.iter().map(|said| (said.firing, said.frozen)).collect::<Vec<_>>())
}
