//! The Watch page, the frame and the inbox.

use std::collections::{BTreeMap, BTreeSet};

use firewatch_domain::state::Word;
use firewatch_domain::update::due;
use firewatch_domain::words;
use firewatch_store::{Attention, Tx};

use super::status::{blank_row, lateness_fault, source_gone};
use crate::nudges::incident_of_key;
use crate::view::{Away, FoldedCount, Frame, InboxItem, JourneyRow, OpenIncident, Proposed, Settings, SloRow, WatchPage};
use crate::{Engine, EngineError};
use firewatch_domain::journey::Member;
use firewatch_domain::minute::Minute;
use firewatch_domain::slo::journey_key;

const INBOX: u32 = 300;
/// A proposal older than this is history.
const PROPOSED_FOR_S: i64 = 86_400;

impl Engine {
    /// Everything the Watch list needs. Reads the rows as last evaluated: no arithmetic stands before the first paint.
    pub fn watch_page(&self) -> Result<WatchPage, EngineError> {
        self.read(|tx| {
            let mut slos = self.rows(tx)?;
            slos.sort_by(worst_first);
            let journeys = self.journeys(tx, &slos)?;
            let frame = self.frame_of(tx, &slos)?;
            let mut page = WatchPage { frame, journeys, slos, elsewhere: FoldedCount::default(), alert_sources: Vec::new() };
            self.fold_into_page(tx, &mut page)?;
            Ok(page)
        })
    }

    /// What surrounds every page.
    pub fn frame(&self) -> Result<Frame, EngineError> {
        self.read(|tx| {
            let slos = self.rows(tx)?;
            self.frame_of(tx, &slos)
        })
    }

    fn rows(&self, tx: &Tx<'_>) -> Result<Vec<SloRow>, EngineError> {
        let now_s = self.judged_now_s(tx)?;
        let intervals: BTreeMap<String, u64> = tx.sources()?.into_iter().map(|s| (s.config.name, s.config.interval_s)).collect();
        let paused = self.paused_until(tx)?;
        let mut rows = if self.is_watching() { self.held_rows(tx)? } else { Self::stored_rows(tx)? };
        for row in &mut rows {
            let at = row.data_at.map(|s| Minute((s / 60.0) as i64));
            let gone = (!intervals.contains_key(&row.source)).then(|| source_gone(&row.source));
            let late =
                lateness_fault(at, intervals.get(&row.source).copied().unwrap_or(60), now_s).filter(|_| row.state != Word::Blind.text());
            if let Some(fault) = gone.or(late) {
                Word::Blind.text().clone_into(&mut row.state);
                row.reason = Some(if paused.is_some() { format!("polling is paused; {}", fault.message) } else { fault.message });
            }
        }
        Ok(rows)
    }

    /// Rows as the running watch holds them.
    fn held_rows(&self, tx: &Tx<'_>) -> Result<Vec<SloRow>, EngineError> {
        let now = Minute::containing(self.now());
        let mut book = self.book();
        if book.pages(tx, now)?.values().any(|page| page.row.is_none()) {
            // Nothing was polled since the start, or since definitions changed: what was written down may be older than the file.
            let mut stored: BTreeMap<String, SloRow> = Self::stored_rows(tx)?.into_iter().map(|row| (row.id.clone(), row)).collect();
            for page in book.whole(tx, now)?.values_mut().filter(|page| page.row.is_none()) {
                page.row = match page.standing(tx)? {
                    Some(standing) => Some(Self::row(page, Some(&standing))),
                    None => stored.remove(&page.slo.id),
                };
            }
        }
        let rows = book.pages(tx, now)?.values().map(|page| page.row.clone().unwrap_or_else(|| blank_row(&page.slo)));
        Ok(rows.collect())
    }

    /// Rows as they were written down.
    fn stored_rows(tx: &Tx<'_>) -> Result<Vec<SloRow>, EngineError> {
        let mut views = tx.views()?;
        let rows = tx.slos()?.into_iter().map(|slo| {
            let stored = views.remove(&slo.id).and_then(|view| serde_json::from_str::<SloRow>(&view).ok());
            let mut row = stored.unwrap_or_else(|| blank_row(&slo));
            // The definition may have changed since the row was reckoned.
            (row.name, row.title, row.journey, row.environment) =
                (slo.name, words::plain(&slo.title, words::LONGEST_SHOWN), slo.journey, slo.environment);
            row
        });
        Ok(rows.collect())
    }

    fn journeys(&self, tx: &Tx<'_>, slos: &[SloRow]) -> Result<Vec<JourneyRow>, EngineError> {
        let attention = tx.attention()?;
        let mut seen = BTreeSet::new();
        let keys = slos.iter().map(|s| journey_key(&s.journey, &s.environment)).filter(|key| seen.insert(key.clone()));
        let keys: Vec<String> = keys.collect();
        let mut by_key: BTreeMap<String, Vec<&SloRow>> = BTreeMap::new();
        for slo in slos {
            by_key.entry(journey_key(&slo.journey, &slo.environment)).or_default().push(slo);
        }
        let rows = keys.into_iter().filter_map(|key| {
            let members = by_key.remove(&key)?;
            let (first, said) = (*members.first()?, attention.get(&key).copied().unwrap_or_default());
            Some(journey(key, first, &members, said, self.now_s()))
        });
        Ok(rows.collect())
    }

    fn frame_of(&self, tx: &Tx<'_>, slos: &[SloRow]) -> Result<Frame, EngineError> {
        let away = tx.latest_away()?.map(|a| Away { from: a.from_s as f64, to: a.to_s as f64 });
        let open = self.open_incidents(tx)?;
        let taken: BTreeSet<String> = open.iter().flat_map(|i| i.slos.iter().map(|s| s.id.clone())).collect();
        let proposals = tx.open_proposals(self.now_s() - PROPOSED_FOR_S)?.into_iter();
        let proposals = proposals.filter(|a| !a.slo.as_ref().is_some_and(|slo| taken.contains(slo))).map(|a| Proposed {
            id: a.id,
            title: a.title,
            body: a.body,
            severity: a.proposal.unwrap_or_default(),
            at: a.at_s as f64,
        });
        let incidents = open.into_iter().map(|i| OpenIncident {
            id: i.id.clone(),
            title: i.title.clone(),
            severity: i.severity.word().to_owned(),
            phase: i.phase.word().to_owned(),
            declared_at: i.declared_at.timestamp() as f64,
            update_due: due(&i).map(|at| at.timestamp() as f64),
            quiet_at: i.quieting().map(|at| at.timestamp() as f64).collect(),
        });
        let (outbox_waiting, outbox_stuck) = tx.outbox_counts()?;
        Ok(Frame {
            now: self.now().timestamp_millis() as f64 / 1000.0,
            pace: self.world.clock.pace(),
            drill: self.drill,
            drill_step: self.story_line(),
            first_start: tx.sources()?.is_empty() && slos.is_empty(),
            paused_until: self.paused_until(tx)?.map(|s| s as f64),
            away,
            off_shift: self.off_shift(tx, &Settings::of(tx)?)?,
            captured: self.just_captured(tx)?,
            unread: tx.unread()?,
            outbox_waiting,
            outbox_stuck,
            face: face(slos, super::alerts::unseen(&self.alert_sources(tx)?).is_some()).to_owned(),
            incidents: incidents.collect(),
            severity_names: Settings::of(tx)?.severity_names,
            proposals: proposals.collect(),
            degraded: self.degraded_now(),
            told_about_tray: tx.meta("told_about_tray")?.is_some(),
        })
    }

    /// The inbox, newest first.
    pub fn inbox(&self) -> Result<Vec<InboxItem>, EngineError> {
        self.read(|tx| {
            let items = tx.inbox(INBOX)?.into_iter().map(|a| InboxItem {
                incident_id: a.incident.or_else(|| incident_of_key(&a.journey_key).map(str::to_owned)),
                id: a.id,
                journey_key: a.journey_key,
                at: a.at_s as f64,
                urgency: a.urgency,
                title: a.title,
                body: format!("{}{}", a.body, crate::announce::folded_text(a.turns, a.alerts)),
                delivery: a.delivery.word().to_owned(),
                why: if a.raises > 0 { format!("{}; raised again {} times", a.why, a.raises) } else { a.why },
                acknowledged_at: a.acknowledged_at_s.map(|s| s as f64),
                unread: a.unread,
                slo_id: a.slo,
                proposal: a.proposal,
            });
            Ok(items.collect())
        })
    }

    /// The person knows now that closing the window keeps the watch. True the first time.
    pub fn tell_about_tray(&self) -> Result<bool, EngineError> {
        self.write(|tx| {
            let first = tx.meta("told_about_tray")?.is_none();
            tx.set_meta("told_about_tray", "yes")?;
            Ok(first)
        })
    }
}

/// Rank of a state word in the list and for the tray: what must be acted on first.
fn urgency(state: &str) -> u8 {
    match state {
        "exhausted" => 0,
        "burning" => 1,
        "blind" => 2,
        _ => 3,
    }
}

/// Page before ticket, then states, then the nearest exhaustion, then what is left, then the name.
fn worst_first(a: &SloRow, b: &SloRow) -> std::cmp::Ordering {
    let page = |r: &SloRow| r.burn != "page" || r.state == "blind";
    let time = |r: &SloRow| r.time_to_exhaustion_s.unwrap_or(f64::INFINITY);
    let left = |r: &SloRow| r.remaining.unwrap_or(f64::INFINITY);
    (urgency(&a.state), page(a))
        .cmp(&(urgency(&b.state), page(b)))
        .then(time(a).total_cmp(&time(b)))
        .then(left(a).total_cmp(&left(b)))
        .then_with(|| a.name.cmp(&b.name))
}

/// The tray's face: the worst of all. Blind counts before burning only where nothing burns, so that a fire is never hidden
/// behind a source that is down. Alerts that cannot be seen are blindness, too.
fn face(slos: &[SloRow], deaf: bool) -> &'static str {
    // Nothing watched is nothing seen.
    let worst = slos.iter().map(|s| urgency(&s.state)).min().unwrap_or(2);
    match worst {
        0 => "exhausted",
        1 => "burning",
        2 => "blind",
        _ if deaf => "blind",
        _ => "calm",
    }
}

fn journey(key: String, first: &SloRow, members: &[&SloRow], said: Attention, now_s: i64) -> JourneyRow {
    let times = members.iter().filter_map(|s| s.time_to_exhaustion_s).filter(|_| first.state != "calm");
    JourneyRow {
        key,
        journey: super::journey_title(&first.journey, "production"),
        environment: first.environment.clone(),
        state: first.state.clone(),
        slos: members.len() as u32,
        time_to_exhaustion_s: times.min_by(f64::total_cmp),
        acknowledged: said.acknowledged_at_s.is_some() && first.state != "calm",
        snoozed_until: said.snoozed_until_s.filter(|until| *until > now_s).map(|s| s as f64),
        // What was left when a blind member was last seen is not what is left.
        remaining: firewatch_domain::journey::remaining(
            &members.iter().map(|s| Member { weight: s.weight, remaining: s.remaining.filter(|_| s.state != "blind") }).collect::<Vec<_>>(),
        ),
        alerts: FoldedCount::default(),
    }
}
