//! A definition against counts that are at hand, without a profile: what `status` would say had it watched all along.

use firewatch_domain::evaluation::{Standing, evaluate};
use firewatch_domain::history::History;
use firewatch_domain::minute::{MINUTE_S, Minute, Span};
use firewatch_domain::promise::Promise;
use firewatch_domain::replay::replay;
use firewatch_domain::slo::Slo;
use firewatch_domain::state::{Burn, Word};
use firewatch_domain::sums::Sums;
use firewatch_domain::words;

use crate::show::{figures, spoken};
use crate::view::SloStatus;

/// Where an SLO stands at `at`, the exclusive end of the last minute counted; at the end of the counts where `None`. Counts
/// from `at` on are as if they had not happened. A rule that cannot be judged keeps what it was when last it could.
pub fn evaluate_counts(slo: &Slo, history: &History, at: Option<Minute>) -> SloStatus {
    let at = at.or(history.newest()).unwrap_or(history.from);
    let promise = slo.promise();
    let mut sums = Sums::of(&history.until(at), &promise);
    let (born, excluded, grid) = (sums.born(), sums.excluded(), promise.grid(at));
    let standing = evaluate(&promise, at, born, &excluded, |span| sums.tally(span, grid));
    let burn = burn(&promise, &mut sums, at);
    let word = match (born.is_none() || standing.too_little_seen(), standing.exhausted, burn) {
        (true, ..) => Word::Blind,
        (_, true, _) => Word::Exhausted,
        (.., Burn::None) => Word::Calm,
        _ => Word::Burning,
    };
    SloStatus {
        state: word.text().to_owned(),
        sight: if word == Word::Blind { "blind" } else { "seen" }.to_owned(),
        spent: if standing.exhausted { "exhausted" } else { "within" }.to_owned(),
        burn: burn.word().to_owned(),
        reason: reason(slo, word, &standing, born.is_some()),
        data_age_s: sums.newest().map(|newest| (at.since(newest) * MINUTE_S) as f64),
        ..figures(slo, at, born.is_some().then_some(&standing), None)
    }
}

/// The loudest rule that holds, found by going through the counts from their beginning.
fn burn(promise: &Promise, sums: &mut Sums, at: Minute) -> Burn {
    let found = replay(promise, sums, Span::new(sums.span().from.min(at), at));
    found.alerts.iter().filter(|a| a.stretch.end.is_none()).map(|a| Burn::from(a.severity)).max().unwrap_or(Burn::None)
}

fn reason(slo: &Slo, word: Word, standing: &Standing, seen: bool) -> Option<String> {
    match word {
        Word::Blind if !seen => Some("nothing was observed before this time".to_owned()),
        Word::Blind => Some("too little was seen lately to judge; alerts keep their state until more is".to_owned()),
        Word::Calm => None,
        Word::Exhausted => {
            standing.consumed.map(|c| format!("{} of the budget over {} is spent", words::percent(c), spoken(slo.window.minutes())))
        }
        Word::Burning => {
            let firing = standing.rules.iter().filter(|r| r.firing).max_by_key(|r| (r.rule.severity, std::cmp::Reverse(r.rule.long)))?;
            let rate = firing.long.burn(slo.objective)?;
            Some(format!("{} over {} and {}", words::burn(rate), spoken(firing.rule.long), spoken(firing.rule.short)))
        }
    }
}
