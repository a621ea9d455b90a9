//! What follows from a look at an SLO: its new state, and what the turns order — announcements, incidents — in the same
//! transaction as the reading that caused them.

use firewatch_domain::announcement::Urgency;
use firewatch_domain::entry::{Event, SloRef};
use firewatch_domain::evaluation::Standing;
use firewatch_domain::fault::{Fault, FaultKind};
use firewatch_domain::minute::Minute;
use firewatch_domain::policy::Policy;
use firewatch_domain::slo::Stage;
use firewatch_domain::state::Burn;
use firewatch_domain::turn::{Look, Turn, step};
use firewatch_domain::words;
use firewatch_store::{Announcement, TurnRecord, Tx};

use crate::page::Page;
use crate::show::{alerts_text, journey_title, lateness_fault};
use crate::{Engine, EngineError};

/// Minutes after which a row of the list is written down though nothing turned.
const ROW_KEPT: i64 = 10;

impl Engine {
    /// Takes one look: evaluates, steps the state, stores it with the view, orders what follows.
    pub(crate) fn respond(
        &self,
        tx: &Tx<'_>,
        page: &mut Page,
        fault: Option<&Fault>,
        policies: &[Policy],
        interval_s: u64,
        now: Minute,
    ) -> Result<(), EngineError> {
        let standing = page.standing(tx)?;
        let own_fault = fault
            .cloned()
            .or_else(|| Self::figures_fault(page, standing.as_ref()))
            .or_else(|| lateness_fault(page.newest(), interval_s, self.now_s()));
        let look = match (&standing, &own_fault) {
            (Some(standing), Some(fault)) if fault.kind == FaultKind::ReadingHistory && page.burn_known() => Look::Reading(standing, fault),
            (_, Some(fault)) => Look::Fault(fault),
            (Some(standing), None) => Look::Seen(standing),
            (None, None) => return Ok(()),
        };
        let (state, turns) = step(&page.state, &look, now);
        if state != page.state || !page.state_written {
            tx.set_state(&page.slo.id, &state)?;
            page.state_written = true;
        }
        page.state = state;
        for turn in &turns {
            let mut text = turn_text(page, turn, standing.as_ref());
            if turn.worsens()
                && let Some(alerts) = alerts_text(tx.alerts_under(&page.slo.journey_key())?.firing)
            {
                text = format!("{text}, {alerts} folded");
            }
            let word = page.state.word().text().to_owned();
            tx.add_turn(&page.slo.id, &TurnRecord { at: now, turn: turn.clone(), text: text.clone(), state: word.clone() })?;
            self.write_into_incidents(tx, page, &text, &word, turn)?;
            if turn.told() && page.slo.stage == Stage::Active {
                self.order(tx, page, turn, standing.as_ref())?;
            }
        }
        page.row = Some(Self::row(page, standing.as_ref()));
        // Who watches holds the rows in memory; the stored ones are for the first paint of the next start.
        let old = page.row_written.is_none_or(|written| now.since(written) >= ROW_KEPT);
        if !turns.is_empty() || old || !self.is_watching() {
            Self::write_row(tx, page, now)?;
        }
        self.carry_out(tx, policies, page, standing.as_ref(), now)
    }

    /// Writes the row of the list down as it stands.
    pub(crate) fn write_row(tx: &Tx<'_>, page: &mut Page, now: Minute) -> Result<(), EngineError> {
        let Some(row) = page.row.as_ref().and_then(|row| serde_json::to_string(row).ok()) else { return Ok(()) };
        page.row_written = Some(now);
        Ok(tx.set_view(&page.slo.id, &row)?)
    }

    /// Faults the figures themselves show.
    fn figures_fault(page: &Page, standing: Option<&Standing>) -> Option<Fault> {
        if page.series.is_some() && page.projection().is_none() {
            return Some(Fault::new(
                FaultKind::NoSuchBoundary,
                "the threshold is no boundary of the histogram that was read; change the threshold",
            ));
        }
        if let Some(share) = page.history() {
            return Some(Fault::new(FaultKind::ReadingHistory, format!("reading history {:.0} %", (share * 100.0).floor())));
        }
        let standing = standing?;
        if standing.too_little_seen() {
            let rule = standing.rules.iter().find(|r| r.frozen)?;
            let seen = (rule.coverage * 100.0).floor();
            let message = format!(
                "only {seen} % of the last {} was seen; alerts keep their state until more is",
                words::duration((rule.rule.long * 60) as f64)
            );
            return Some(Fault::new(FaultKind::LowCoverage, message));
        }
        None
    }

    /// A turn of an SLO that an open incident is about is part of its story.
    fn write_into_incidents(&self, tx: &Tx<'_>, page: &Page, text: &str, word: &str, turn: &Turn) -> Result<(), EngineError> {
        if !turn.told() || page.slo.stage == Stage::Testing {
            return Ok(());
        }
        for incident in self.open_incidents(tx)?.into_iter().filter(|i| i.slos.iter().any(|s| s.id == page.slo.id)) {
            let event = Event::Turned { slo: slo_ref(page), text: text.to_owned(), state: word.to_owned() };
            self.append(tx, &incident.id, "firewatch", &event)?;
        }
        Ok(())
    }

    fn order(&self, tx: &Tx<'_>, page: &Page, turn: &Turn, standing: Option<&Standing>) -> Result<(), EngineError> {
        let key = page.slo.journey_key();
        if turn.worsens() {
            // It worsened: whoever acknowledged it before has not acknowledged this.
            let mut attention = tx.attention()?.remove(&key).unwrap_or_default();
            if attention.acknowledged_at_s.take().is_some() {
                tx.set_attention(&key, attention)?;
            }
        }
        let (title, body) = message(page, turn, standing, self.now());
        let announcement = Announcement {
            id: self.world.ids.fresh(),
            journey_key: key,
            slo: Some(page.slo.id.clone()),
            at_s: self.now_s(),
            urgency: urgency(turn).word().to_owned(),
            title: self.titled(title),
            body,
            pages: turn.pages(),
            worsens: turn.worsens(),
            why: "ordered by the turn".to_owned(),
            ..Announcement::ordered()
        };
        Ok(tx.order_announcement(&announcement)?)
    }
}

pub(crate) fn slo_ref(page: &Page) -> SloRef {
    SloRef { id: page.slo.id.clone(), name: page.slo.name.clone() }
}

fn urgency(turn: &Turn) -> Urgency {
    match turn {
        turn if turn.pages() => Urgency::Critical,
        Turn::BurnRose { .. } | Turn::WentBlind { .. } | Turn::Exhausted => Urgency::Normal,
        Turn::SawAgain | Turn::BurnEased { .. } | Turn::BurnEnded | Turn::Restored => Urgency::Low,
    }
}

/// One line for the history of an SLO and the timeline of its incident.
fn turn_text(page: &Page, turn: &Turn, standing: Option<&Standing>) -> String {
    match turn {
        Turn::WentBlind { fault } => format!("cannot be seen: {}", words::plain(&fault.message, words::LONGEST_SHOWN)),
        Turn::SawAgain => "is seen again, unchanged".to_owned(),
        Turn::BurnRose { to, .. } => format!("burns{} ({})", pace(page, standing), to.word()),
        Turn::BurnEased { to } => format!("burns slower ({})", to.word()),
        Turn::BurnEnded => "burns no more".to_owned(),
        Turn::Exhausted => format!("has no budget left{}", spent(page, standing)),
        Turn::Restored => format!("has budget again{}", left(standing)),
    }
}

fn message(page: &Page, turn: &Turn, standing: Option<&Standing>, now: chrono::DateTime<chrono::Utc>) -> (String, String) {
    let journey = journey_title(&page.slo.journey, &page.slo.environment);
    let slo = words::plain(&page.slo.title, 80);
    match turn {
        Turn::BurnRose { .. } => (format!("{journey} is burning"), format!("{slo}{}{}.", pace(page, standing), gone(page, standing, now))),
        Turn::Exhausted => (format!("{journey}: error budget exhausted"), format!("{slo} has nothing left{}.", spent(page, standing))),
        Turn::WentBlind { fault } => (format!("{journey} cannot be seen"), format!("{slo}: {}", words::plain(&fault.message, 240))),
        Turn::BurnEnded => (format!("{journey} burns no more"), format!("{slo} is back within its pace{}.", left(standing))),
        Turn::Restored => (format!("{journey} has budget again"), format!("{slo}{}.", left(standing))),
        Turn::SawAgain | Turn::BurnEased { .. } => (journey, format!("{slo} {}", turn_text(page, turn, standing))),
    }
}

/// ` 14× too fast`, by the look-back of the loudest rule that fires.
fn pace(page: &Page, standing: Option<&Standing>) -> String {
    let firing =
        standing.and_then(|s| s.rules.iter().filter(|r| r.firing).max_by_key(|r| (r.rule.severity, std::cmp::Reverse(r.rule.long))));
    let rate = firing.and_then(|r| r.long.burn(page.slo.objective));
    match rate {
        // What would be printed as 1.0× says nothing of the direction.
        Some(rate) if rate < 1.05 => " a little too fast".to_owned(),
        Some(rate) => format!(" {} too fast", words::burn(rate)),
        None => String::new(),
    }
}

/// `, budget gone Tue 04:37`.
fn gone(page: &Page, standing: Option<&Standing>, now: chrono::DateTime<chrono::Utc>) -> String {
    // While history is being read nobody knows what is left.
    let Some(standing) = standing.filter(|_| page.history().is_none()) else { return String::new() };
    match standing.time_to_exhaustion_s {
        Some(seconds) if seconds < 400.0 * 86_400.0 => {
            format!(", budget gone {}", words::clock(now + chrono::Duration::seconds(seconds as i64), now))
        }
        _ if standing.consumed.is_some_and(|c| c >= 1.0) => ", the budget is gone already".to_owned(),
        _ => String::new(),
    }
}

/// `: 5 012 bad of 100 204, 101 % of the budget`.
fn spent(page: &Page, standing: Option<&Standing>) -> String {
    let Some(standing) = standing else { return String::new() };
    let Some(consumed) = standing.consumed else { return String::new() };
    let counts = standing.tally.counts(page.slo.unit());
    format!(": {} bad of {}, {} of the budget", words::count(counts.bad), words::count(counts.total), words::percent(consumed))
}

/// `, 42 % left`.
fn left(standing: Option<&Standing>) -> String {
    standing
        .and_then(|s| s.consumed)
        .map_or_else(String::new, |c| if c < 1.0 { format!(", {} left", words::percent(1.0 - c)) } else { String::new() })
}

/// Whether a burn level pages.
pub(crate) fn is_page(burn: Burn) -> bool {
    burn == Burn::Page
}
