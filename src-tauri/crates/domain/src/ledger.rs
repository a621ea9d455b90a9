//! What spent the budget: every bad event of a window laid to an incident, or left unexplained, so that the rows add up to the
//! window's own figure, exactly.
//!
//! The window is cut into pieces along the spans in which incidents were felt. Each piece is summed by the same function that
//! sums the window, so nothing is counted twice and nothing falls between. What cannot be cut is a carry: a counter rose across
//! minutes nobody saw, and the rise belongs to no minute of its own. It goes, whole, to the first incident it touches.

use crate::evaluation::Tally;
use crate::minute::{HOUR, Minute, Span};
use crate::objective::Objective;

/// Quiet minutes that two bad stretches may lie apart and still be one episode.
pub const LULL: i64 = HOUR / 2;
/// Episodes told one by one; the costliest ones, the rest is scattered.
pub const MOST_EPISODES: usize = 40;

/// Somebody says what happened in a span. The first claim that touches a unit owns it: incidents come in the order of their
/// declaration, so the earliest declared one wins where several overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Who: an index the caller knows.
    pub owner: usize,
    /// When it was felt.
    pub span: Span,
}

/// What is summed, and in which units it can be cut.
#[derive(Debug, Clone, Copy)]
pub struct Ground {
    /// The window.
    pub window: Span,
    /// Minutes of a unit that is never cut: 1, or the length of a time slice.
    pub grain: i64,
    /// Against which an episode is judged.
    pub objective: Objective,
}

/// What one owner cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Who; `None` is unexplained.
    pub owner: Option<usize>,
    /// From its first unit to its last; the whole window for what is scattered.
    pub span: Span,
    /// What was counted.
    pub tally: Tally,
    /// Bad events spread thinly between the episodes, slower than the budget allows.
    pub scattered: bool,
}

/// Every bad event of a window with its owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// What was counted over the window.
    pub whole: Tally,
    /// Costliest first.
    pub costs: Vec<Cost>,
    /// Bad events of the window that no row has; negative when the rows have more. Not 0 only where a definition counted more good
    /// events than there were events: the window makes up for it, a single minute cannot.
    pub correction: i64,
}

/// Lays every bad event of the window to an owner: bad of all costs plus the correction is bad of the whole, always. `claims` in
/// order of precedence; `carries` are those the window encloses, with what they count; `tally` sums any span on the grain,
/// carries included where it encloses them.
pub fn ledger(ground: Ground, claims: &[Claim], carries: &[(Span, Tally)], mut tally: impl FnMut(Span) -> Tally) -> Ledger {
    let pieces = pieces(ground, claims);
    let mut costs: Vec<Cost> = Vec::new();
    for piece in pieces.iter().filter(|p| p.owner.is_some()) {
        add(&mut costs, piece.owner, piece.span, tally(piece.span));
    }
    let mut scattered = Tally::default();
    let mut episodes = Vec::new();
    for piece in pieces.iter().filter(|p| p.owner.is_none()) {
        let found = episodes_in(ground, piece.span, carries, &mut tally);
        scattered = plus(scattered, found.iter().fold(tally(piece.span), |rest, (_, counted)| minus(rest, *counted)));
        episodes.extend(found);
    }
    for (span, counted) in carries.iter().filter(|(span, _)| !pieces.iter().any(|p| p.span.encloses(*span))) {
        match claims.iter().find(|claim| !claim.span.overlap(*span).is_empty()) {
            Some(claim) => add(&mut costs, Some(claim.owner), *span, *counted),
            None => scattered = plus(scattered, *counted),
        }
    }
    episodes.sort_by_key(|(span, counted)| (std::cmp::Reverse(counted.bad()), span.from));
    for (_, counted) in episodes.drain(MOST_EPISODES.min(episodes.len())..) {
        scattered = plus(scattered, counted);
    }
    costs.extend(episodes.into_iter().map(|(span, tally)| Cost { owner: None, span, tally, scattered: false }));
    if scattered.total > 0 || scattered.observed > 0 {
        costs.push(Cost { owner: None, span: ground.window, tally: scattered, scattered: true });
    }
    costs.sort_by_key(|cost| (std::cmp::Reverse(cost.tally.bad()), cost.scattered, cost.span.from));
    let whole = tally(ground.window);
    let told: u64 = costs.iter().map(|cost| cost.tally.bad()).sum();
    Ledger { whole, costs, correction: whole.bad() as i64 - told as i64 }
}

/// A stretch of the window with one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    owner: Option<usize>,
    span: Span,
}

/// Cuts the window; every unit belongs to the first claim that touches it.
fn pieces(ground: Ground, claims: &[Claim]) -> Vec<Piece> {
    let mut pieces = vec![Piece { owner: None, span: ground.window }];
    for claim in claims.iter().filter(|c| !c.span.is_empty()) {
        let claimed = on_grain(ground, claim.span);
        pieces = pieces.into_iter().flat_map(|piece| cut(piece, claimed, claim.owner)).collect();
    }
    pieces
}

fn cut(piece: Piece, claimed: Span, owner: usize) -> Vec<Piece> {
    let shared = piece.span.overlap(claimed);
    if piece.owner.is_some() || shared.is_empty() {
        return vec![piece];
    }
    let before = Piece { owner: None, span: Span::new(piece.span.from, shared.from) };
    let after = Piece { owner: None, span: Span::new(shared.to, piece.span.to) };
    [before, Piece { owner: Some(owner), span: shared }, after].into_iter().filter(|p| !p.span.is_empty()).collect()
}

/// Widened to whole units, counted from the window's start.
fn on_grain(ground: Ground, span: Span) -> Span {
    let (start, grain) = (ground.window.from, ground.grain.max(1));
    let down = |m: Minute| start.plus(m.since(start).div_euclid(grain) * grain);
    Span::new(down(span.from), down(span.to.plus(grain - 1)))
}

/// Stretches that burned faster than the budget allows, minute by minute or as a carry, joined across lulls.
fn episodes_in(ground: Ground, span: Span, carries: &[(Span, Tally)], tally: &mut impl FnMut(Span) -> Tally) -> Vec<(Span, Tally)> {
    let mut burning = burning_units(ground, span, tally);
    burning.extend(carries.iter().filter(|(c, counted)| span.encloses(*c) && counted.exhausts(ground.objective)).map(|(c, _)| *c));
    burning.sort_unstable();
    let mut found: Vec<Span> = Vec::new();
    for next in burning {
        match found.last_mut() {
            Some(last) if next.from.since(last.to) <= LULL.max(ground.grain) => last.to = last.to.max(next.to),
            _ => found.push(next),
        }
    }
    found.into_iter().map(|span| (span, tally(span))).collect()
}

fn burning_units(ground: Ground, span: Span, tally: &mut impl FnMut(Span) -> Tally) -> Vec<Span> {
    let grain = ground.grain.max(1);
    let mut burning = Vec::new();
    let mut stretch = Span::new(span.from, span.from);
    while stretch.to < span.to {
        stretch = Span::new(stretch.to, span.to.min(stretch.to.plus(grain * HOUR)));
        // Most of a good month is whole stretches without a bad event: they are passed in one step.
        if tally(stretch).bad() == 0 {
            continue;
        }
        let mut unit = Span::new(stretch.from, stretch.from);
        while unit.to < stretch.to {
            unit = Span::new(unit.to, stretch.to.min(unit.to.plus(grain)));
            if tally(unit).exhausts(ground.objective) {
                burning.push(unit);
            }
        }
    }
    burning
}

fn add(costs: &mut Vec<Cost>, owner: Option<usize>, span: Span, tally: Tally) {
    match costs.iter_mut().find(|cost| cost.owner == owner) {
        Some(cost) => {
            cost.tally = plus(cost.tally, tally);
            cost.span = Span::new(cost.span.from.min(span.from), cost.span.to.max(span.to));
        }
        None => costs.push(Cost { owner, span, tally, scattered: false }),
    }
}

fn plus(a: Tally, b: Tally) -> Tally {
    Tally {
        good: a.good + b.good,
        total: a.total + b.total,
        events: a.events + b.events,
        observed: a.observed + b.observed,
        estimated: a.estimated || b.estimated,
    }
}

fn minus(a: Tally, b: Tally) -> Tally {
    Tally {
        good: a.good.saturating_sub(b.good),
        total: a.total.saturating_sub(b.total),
        events: a.events.saturating_sub(b.events),
        observed: a.observed - b.observed,
        estimated: a.estimated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const END: i64 = 600;

    /// The slow truth: good and total minute by minute, carries in a list.
    struct History {
        minutes: BTreeMap<i64, (u64, u64)>,
        carries: Vec<(Span, Tally)>,
    }

    impl History {
        fn tally(&self, span: Span) -> Tally {
            let minutes = self.minutes.range(span.from.0..span.to.0).map(|(_, (good, total))| counted(*good, *total, 1));
            let carries = self.carries.iter().filter(|(c, _)| span.encloses(*c)).map(|(_, t)| *t);
            minutes.chain(carries).fold(Tally::default(), plus)
        }

        fn ledger(&self, claims: &[Claim], grain: i64) -> Ledger {
            ledger(Ground { window: span(0, END), grain, objective: three_nines() }, claims, &self.carries, |s| self.tally(s))
        }
    }

    fn counted(good: u64, total: u64, observed: i64) -> Tally {
        Tally { good, total, events: total, observed, estimated: observed == 0 }
    }

    fn span(from: i64, to: i64) -> Span {
        Span::new(Minute(from), Minute(to))
    }

    fn three_nines() -> Objective {
        Objective::from_percent("99.9").unwrap()
    }

    /// 100 events a minute, all good but for those named.
    fn steady(bad: &[(i64, u64)]) -> History {
        let mut minutes: BTreeMap<i64, (u64, u64)> = (0..END).map(|m| (m, (100, 100))).collect();
        for (minute, bad) in bad {
            minutes.insert(*minute, (100 - bad, 100));
        }
        History { minutes, carries: vec![] }
    }

    fn told(ledger: &Ledger) -> Vec<(Option<usize>, (i64, i64), u64)> {
        assert_eq!(ledger.correction, 0);
        ledger.costs.iter().map(|c| (c.owner, (c.span.from.0, c.span.to.0), c.tally.bad())).collect()
    }

    #[test]
    fn the_earliest_declared_incident_owns_what_two_claim() {
        let history = steady(&[(10, 5), (20, 7), (30, 9)]);
        let claims = [Claim { owner: 1, span: span(15, 25) }, Claim { owner: 0, span: span(5, 35) }];
        assert_eq!(told(&history.ledger(&claims, 1)), [(Some(0), (5, 35), 14), (Some(1), (15, 25), 7), (None, (0, END), 0)]);
    }

    #[test]
    fn unexplained_minutes_are_told_as_episodes() {
        let history = steady(&[(10, 5), (25, 5), (100, 50), (300, 1)]);
        let expected = [(None, (100, 101), 50), (None, (10, 26), 10), (None, (300, 301), 1), (None, (0, END), 0)];
        assert_eq!(told(&history.ledger(&[], 1)), expected);
    }

    #[test]
    fn a_carry_goes_whole_to_the_first_incident_it_touches() {
        let mut history = steady(&[]);
        history.carries = vec![(span(50, 80), counted(0, 40, 0)), (span(200, 210), counted(0, 30, 0))];
        let touched = history.ledger(&[Claim { owner: 3, span: span(75, 90) }], 1);
        assert_eq!(told(&touched)[..2], [(Some(3), (50, 90), 40), (None, (200, 210), 30)]);
    }

    #[test]
    fn a_time_slice_is_never_cut() {
        let history = steady(&[(62, 10), (68, 10)]);
        let claims = [Claim { owner: 0, span: span(67, 69) }];
        assert_eq!(told(&history.ledger(&claims, 10))[0], (Some(0), (60, 70), 20));
    }

    proptest! {
        #[test]
        fn the_rows_add_up_to_the_window(
            minutes in proptest::collection::btree_map(0..END, (0_u64..60, 0_u64..60), 0..400),
            carries in proptest::collection::vec((0..END - 60, 1_i64..60, 0_u64..50, 0_u64..50), 0..6),
            claims in proptest::collection::vec((0_usize..4, -50..END + 50, 0_i64..200), 0..8),
            grain in 1_i64..20,
        ) {
            let minutes = minutes.into_iter().map(|(m, (good, bad))| (m, (good, good + bad))).collect();
            let carries: Vec<_> = carries.into_iter().map(|(from, len, good, bad)| (span(from, from + len), counted(good, good + bad, 0))).collect();
            let claims: Vec<_> = claims.into_iter().map(|(owner, from, len)| Claim { owner, span: span(from, from + len) }).collect();
            let history = History { minutes, carries };
            let ledger = history.ledger(&claims, grain);
            let sum = ledger.costs.iter().fold(Tally::default(), |sum, cost| plus(sum, cost.tally));
            let whole = history.tally(span(0, END));
            prop_assert_eq!((sum.bad(), sum.good, sum.total, sum.observed), (whole.bad(), whole.good, whole.total, whole.observed));
            prop_assert_eq!((ledger.correction, ledger.whole), (0, whole));
        }

        #[test]
        fn they_add_up_even_where_more_was_good_than_there_was(
            minutes in proptest::collection::btree_map(0..END, (0_u64..60, 0_u64..60), 0..400),
            claims in proptest::collection::vec((0_usize..4, 0..END, 0_i64..200), 0..8),
        ) {
            let history = History { minutes, carries: vec![] };
            let claims: Vec<_> = claims.into_iter().map(|(owner, from, len)| Claim { owner, span: span(from, from + len) }).collect();
            let ledger = history.ledger(&claims, 1);
            let told: i64 = ledger.costs.iter().map(|cost| cost.tally.bad() as i64).sum();
            prop_assert_eq!(told + ledger.correction, history.tally(span(0, END)).bad() as i64);
        }
    }
}
