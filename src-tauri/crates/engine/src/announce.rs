//! Telling the person: what waits is folded by journey, held by snooze and quiet hours, summed up beyond three, shown after
//! the commit and marked only then. A crash in between shows it again; nothing is shown never.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Local, NaiveTime, Utc};
use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::words;
use firewatch_store::{Announcement, Attention, Delivery};

use crate::show::alerts_text;
use crate::view::Settings;
use crate::{Engine, EngineError};

/// Toasts of one round before the rest is summed up.
pub const MOST_TOASTS: usize = 3;
/// An unacknowledged page is raised again after this many seconds of the person's time.
pub const RAISE_AFTER_S: i64 = 5 * 60;
/// A page older than this is raised no more; it stays in the inbox.
const RAISE_FOR_S: i64 = 12 * 3600;
/// Within this time a message of the same journey replaces the one before without a sound.
const STORM_S: i64 = 120;
/// What could not be shown is tried again for this long.
const TRIED_FOR_S: i64 = 3600;
/// The key of the summary.
const SUMMARY: &str = "summary";

/// What becomes of one waiting announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// Which.
    pub id: String,
    /// Where it stands now.
    pub delivery: Delivery,
    /// Which rule decided that.
    pub why: String,
}

/// What is shown, and what that settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Showing {
    /// The toast.
    pub toast: Toast,
    /// What becomes of the announcements in it once it was shown.
    pub fates: Vec<Fate>,
    /// Turns folded into it, beside the one that speaks.
    pub turns: u32,
    /// Firing alerts folded under it.
    pub alerts: u32,
    /// An older toast of the same journey, which goes to the desktop's history.
    pub closes: Option<String>,
}

/// The latest toast of a journey: unix seconds and key.
pub type Latest = BTreeMap<String, (i64, String)>;

/// Firing alerts by the journey they are folded under.
pub type Folded = BTreeMap<String, u32>;

/// A round of telling, worked out without side effects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is shown, in order.
    pub showings: Vec<Showing>,
    /// What is held back.
    pub held: Vec<Fate>,
}

/// What the person chose, and how they stand to the schedule.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// As chosen.
    pub chosen: &'a Settings,
    /// Why everything waits while they are off shift; none while they are not.
    pub off_shift: Option<&'a str>,
}

/// Works out a round. `lately`: the latest toast of each journey; `folded`: the alerts that fire under each.
pub fn plan(
    waiting: &[Announcement],
    attention: &BTreeMap<String, Attention>,
    lately: &Latest,
    folded: &Folded,
    person: Person<'_>,
    now: DateTime<Utc>,
) -> Plan {
    let chosen = person.chosen;
    let mut plan = Plan::default();
    let mut journeys: BTreeMap<&str, Vec<&Announcement>> = BTreeMap::new();
    for a in waiting {
        let snoozed = attention.get(&a.journey_key).and_then(|t| t.snoozed_until_s).filter(|until| *until > now.timestamp());
        if snoozed.is_some() {
            plan.held.push(Fate {
                id: a.id.clone(),
                delivery: Delivery::Held,
                why: "the journey is snoozed here; the inbox keeps it".to_owned(),
            });
        } else if let Some(why) = person.off_shift {
            if a.why != why {
                plan.held.push(Fate { id: a.id.clone(), delivery: Delivery::Waiting, why: why.to_owned() });
            }
        } else if quiet_holds(a, chosen, now.with_timezone(&Local).time()) {
            let why = format!("held by quiet hours until {}", chosen.quiet_to);
            if a.why != why {
                plan.held.push(Fate { id: a.id.clone(), delivery: Delivery::Waiting, why });
            }
        } else {
            journeys.entry(&a.journey_key).or_default().push(a);
        }
    }
    let mut groups: Vec<Vec<&Announcement>> = journeys.into_values().collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.iter().map(|a| rank(a)).max()), group[0].at_s, group[0].journey_key.clone()));
    let rest = groups.split_off(groups.len().min(MOST_TOASTS));
    plan.showings = groups.iter().map(|group| showing(group, lately, folded, chosen, now)).collect();
    if let Some(summary) = summary(&rest, chosen) {
        plan.showings.push(summary);
    }
    plan
}

/// Firing alerts under each journey.
pub(crate) fn folded(tx: &firewatch_store::Tx<'_>) -> Result<Folded, EngineError> {
    let mut folded = Folded::new();
    for ((journey, _), count) in tx.alert_counts()? {
        *folded.entry(journey).or_default() += count.firing;
    }
    Ok(folded)
}

fn rank(a: &Announcement) -> (bool, bool, Urgency) {
    (a.pages, a.worsens, urgency(a))
}

fn urgency(a: &Announcement) -> Urgency {
    match a.urgency.as_str() {
        "critical" => Urgency::Critical,
        "low" => Urgency::Low,
        _ => Urgency::Normal,
    }
}

/// The worst message of a journey speaks for all of them; the others are folded and counted.
fn showing(group: &[&Announcement], lately: &Latest, folded: &Folded, chosen: &Settings, now: DateTime<Utc>) -> Showing {
    let Some(lead) = group.iter().copied().max_by_key(|a| (rank(a), a.at_s)) else {
        return Showing { toast: empty_toast(), fates: Vec::new(), turns: 0, alerts: 0, closes: None };
    };
    let turns = group.len() as u32 - 1;
    // The end of a fire needs no count of what still fires.
    let alerts = folded.get(&lead.journey_key).copied().filter(|_| lead.worsens).unwrap_or_default();
    let latest = lately.get(&lead.journey_key);
    let storm = latest.filter(|(at, _)| now.timestamp() - at < STORM_S);
    let toast = Toast {
        key: storm.map_or_else(|| toast_key(lead), |(_, key)| key.clone()),
        title: words::plain(&lead.title, 160),
        body: words::plain(&format!("{}{}", lead.body, folded_text(turns, alerts)), 500),
        urgency: urgency(lead),
        silent: storm.is_some() && !lead.pages,
        sound: chosen.sound && lead.pages,
        actions: lead.worsens,
    };
    let fates = group.iter().map(|a| {
        let why = if a.id == lead.id {
            "shown on the desktop".to_owned()
        } else {
            format!("folded under “{}”", words::plain(&lead.title, 80))
        };
        Fate { id: a.id.clone(), delivery: if a.id == lead.id { Delivery::Shown } else { Delivery::Folded }, why }
    });
    let closes = latest.map(|(_, key)| key.clone()).filter(|key| *key != toast.key);
    Showing { fates: fates.collect(), turns, alerts, closes, toast }
}

/// ` 61 alerts and 2 more turns folded.`, or nothing.
pub(crate) fn folded_text(turns: u32, alerts: u32) -> String {
    let turns = match turns {
        0 => None,
        1 => Some("1 more turn".to_owned()),
        n => Some(format!("{n} more turns")),
    };
    let all: Vec<String> = alerts_text(alerts).into_iter().chain(turns).collect();
    if all.is_empty() { String::new() } else { format!(" {} folded.", all.join(" and ")) }
}

/// Journey key and the announcement that began the storm: an old toast stays in the desktop's history beside the new.
fn toast_key(a: &Announcement) -> String {
    format!("{}#{}", a.journey_key, a.id)
}

/// The journey a toast's key is about; none for the summary.
pub fn journey_of(toast_key: &str) -> Option<&str> {
    toast_key.rsplit_once('#').map(|(journey, _)| journey)
}

fn summary(rest: &[Vec<&Announcement>], chosen: &Settings) -> Option<Showing> {
    let all: Vec<&Announcement> = rest.iter().flatten().copied().collect();
    let lead = all.iter().copied().max_by_key(|a| rank(a))?;
    let names: Vec<String> = rest.iter().take(3).filter_map(|g| g.first()).map(|a| words::plain(&a.title, 60)).collect();
    let others = if rest.len() > names.len() { format!(" and {} more", rest.len() - names.len()) } else { String::new() };
    let toast = Toast {
        key: SUMMARY.to_owned(),
        title: format!("{} more journeys turned", rest.len()),
        body: format!("{}{others}.", names.join("; ")),
        urgency: urgency(lead),
        silent: false,
        sound: chosen.sound && lead.pages,
        actions: false,
    };
    let why = format!("part of a summary of {} journeys", rest.len());
    let fates = all.iter().map(|a| Fate {
        id: a.id.clone(),
        delivery: if a.id == lead.id { Delivery::Shown } else { Delivery::Folded },
        why: why.clone(),
    });
    Some(Showing { toast, fates: fates.collect(), turns: all.len() as u32 - 1, alerts: 0, closes: None })
}

fn empty_toast() -> Toast {
    Toast {
        key: SUMMARY.to_owned(),
        title: String::new(),
        body: String::new(),
        urgency: Urgency::Low,
        silent: true,
        sound: false,
        actions: false,
    }
}

/// Quiet hours hold all but pages, and pages too where the person said so.
fn quiet_holds(a: &Announcement, chosen: &Settings, local: NaiveTime) -> bool {
    chosen.quiet_at(local) && (!a.pages || chosen.quiet_holds_pages)
}

impl Engine {
    /// Shows what waits. Returns how many toasts were shown.
    pub async fn announce(self: &Arc<Self>) -> Result<usize, EngineError> {
        let plan = self.blocking(Self::plan_round).await?;
        let held = plan.held;
        self.blocking(move |engine| engine.settle(&held, None)).await?;
        let mut shown = 0;
        for showing in plan.showings {
            match self.world.announcer.show(&showing.toast).await {
                Ok(()) => {
                    shown += 1;
                    if let Some(old) = &showing.closes {
                        self.world.announcer.close(old).await;
                    }
                    self.blocking(move |engine| engine.settle(&showing.fates, Some(&showing))).await?;
                }
                Err(why) => self.could_not_show(showing.fates, why).await?,
            }
        }
        let raised = self.raise_again().await?;
        self.amend_counts().await?;
        Ok(shown + raised)
    }

    fn plan_round(self: &Arc<Self>) -> Result<Plan, EngineError> {
        let now = self.now();
        self.read(|tx| {
            let waiting = tx.announcements_in(Delivery::Waiting)?;
            if waiting.is_empty() {
                return Ok(Plan::default());
            }
            let mut lately = Latest::new();
            for (journey, at, key) in tx.inbox(500)?.into_iter().filter_map(|a| Some((a.journey_key, a.shown_at_s?, a.toast?))) {
                let latest = lately.entry(journey).or_insert((at, key.clone()));
                if at > latest.0 {
                    *latest = (at, key);
                }
            }
            let chosen = Settings::of(tx)?;
            let off_shift = self.off_shift(tx, &chosen)?;
            let person = Person { chosen: &chosen, off_shift: off_shift.as_deref() };
            Ok(plan(&waiting, &tx.attention()?, &lately, &folded(tx)?, person, now))
        })
    }

    fn settle(self: &Arc<Self>, fates: &[Fate], showing: Option<&Showing>) -> Result<(), EngineError> {
        if fates.is_empty() {
            return Ok(());
        }
        self.write(|tx| {
            for fate in fates {
                let shown = showing.filter(|_| fate.delivery == Delivery::Shown).map(|showing| firewatch_store::Showing {
                    at_s: self.now_s(),
                    toast: &showing.toast.key,
                    turns: showing.turns,
                    alerts: showing.alerts,
                });
                tx.mark_announcement(&fate.id, fate.delivery, &fate.why, shown)?;
            }
            Ok(())
        })
    }

    /// Stays waiting for a while; then the inbox alone has it. Either way the reason is on screen.
    async fn could_not_show(self: &Arc<Self>, fates: Vec<Fate>, why: String) -> Result<(), EngineError> {
        tracing::warn!(%why, "a notification could not be shown");
        self.blocking(move |engine| {
            let now_s = engine.now_s();
            engine.write(|tx| {
                let waiting: BTreeMap<String, i64> = tx.announcements_in(Delivery::Waiting)?.into_iter().map(|a| (a.id, a.at_s)).collect();
                for fate in &fates {
                    let old = waiting.get(&fate.id).is_some_and(|at| now_s - at > TRIED_FOR_S);
                    let delivery = if old { Delivery::Held } else { Delivery::Waiting };
                    tx.mark_announcement(&fate.id, delivery, &format!("could not be shown: {why}"), None)?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Raises pages nobody acknowledged, one toast a journey, while the journey still is as bad.
    async fn raise_again(self: &Arc<Self>) -> Result<usize, EngineError> {
        let due = self.blocking(Self::pages_to_raise).await?;
        let mut raised = 0;
        for (a, toast) in due {
            if self.world.announcer.show(&toast).await.is_ok() {
                raised += 1;
                self.blocking(move |engine| engine.write(|tx| Ok(tx.mark_raised(&a, engine.now_s())?))).await?;
            }
        }
        Ok(raised)
    }

    fn pages_to_raise(self: &Arc<Self>) -> Result<Vec<(String, Toast)>, EngineError> {
        let now = self.now();
        self.read(|tx| {
            let candidates = tx.unacknowledged_pages(now.timestamp() - RAISE_FOR_S)?;
            if candidates.is_empty() {
                return Ok(Vec::new());
            }
            let (attention, chosen) = (tx.attention()?, Settings::of(tx)?);
            if self.off_shift(tx, &chosen)?.is_some() {
                return Ok(Vec::new());
            }
            let patience = (RAISE_AFTER_S as f64 * self.world.clock.pace()) as i64;
            let still_bad: BTreeSet<String> = self.paging_journeys(tx)?;
            let mut seen = BTreeSet::new();
            let newest = candidates.into_iter().filter(|a| seen.insert(a.journey_key.clone()));
            let due = newest.filter(|a| {
                let said = attention.get(&a.journey_key).copied().unwrap_or_default();
                let snoozed = said.snoozed_until_s.is_some_and(|until| until > now.timestamp());
                let waited = a.shown_at_s.is_some_and(|at| now.timestamp() - at >= patience);
                waited
                    && !snoozed
                    && said.acknowledged_at_s.is_none()
                    && still_bad.contains(&a.journey_key)
                    && !quiet_holds(a, &chosen, now.with_timezone(&Local).time())
            });
            let folded = folded(tx)?;
            Ok(due.map(|a| (a.id.clone(), again(&a, &folded, &chosen, now))).collect())
        })
    }

    /// Journeys with an SLO that pages, also while it cannot be seen: alerts freeze, they do not resolve.
    pub(crate) fn paging_journeys(&self, tx: &firewatch_store::Tx<'_>) -> Result<BTreeSet<String>, EngineError> {
        let minute = firewatch_domain::minute::Minute::containing(self.now());
        let mut book = self.book();
        let pages = book.pages(tx, minute)?.values();
        Ok(pages
            .filter(|p| {
                crate::respond::is_page(p.state.burn)
                    || p.state.spent == firewatch_domain::state::Spent::Exhausted && p.state.burn != firewatch_domain::state::Burn::None
            })
            .map(|p| p.slo.journey_key())
            .collect())
    }
}

fn again(a: &Announcement, folded: &Folded, chosen: &Settings, now: DateTime<Utc>) -> Toast {
    let alerts = folded_text(a.turns, folded.get(&a.journey_key).copied().unwrap_or_default());
    let waited = words::duration((now.timestamp() - a.at_s) as f64);
    Toast {
        key: a.toast.clone().unwrap_or_else(|| toast_key(a)),
        title: words::plain(&a.title, 160),
        body: words::plain(&format!("{}{alerts} Not acknowledged for {waited}.", a.body), 500),
        urgency: Urgency::Critical,
        silent: false,
        sound: chosen.sound,
        actions: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(journeys: usize, each: usize) -> Vec<Announcement> {
        (0..journeys * each)
            .map(|i| Announcement {
                id: format!("a{i:04}"),
                journey_key: format!("production/j{:04}", i % journeys),
                at_s: 1_000_000,
                urgency: if i % 7 == 0 { "critical" } else { "normal" }.to_owned(),
                title: format!("J{:04} is burning", i % journeys),
                body: "settings burns.".to_owned(),
                pages: i % 7 == 0,
                worsens: true,
                ..Announcement::ordered()
            })
            .collect()
    }

    fn person(chosen: &Settings) -> Person<'_> {
        Person { chosen, off_shift: None }
    }

    #[test]
    fn off_shift_everything_waits_and_says_so_and_is_told_when_the_shift_begins() {
        let (waiting, chosen) = (waiting(2, 4), Settings::default());
        let now = at("2026-11-22T04:00:00Z");
        let round =
            |off_shift| plan(&waiting, &BTreeMap::new(), &Latest::new(), &Folded::new(), Person { chosen: &chosen, off_shift }, now);
        let off = round(Some("off shift: announcements held"));
        assert_eq!((off.showings.len(), off.held.len()), (0, 8));
        assert!(off.held.iter().all(|fate| fate.delivery == Delivery::Waiting && fate.why.starts_with("off shift")));
        assert_eq!(round(None).showings.len(), 2);
    }

    fn at(time: &str) -> DateTime<Utc> {
        time.parse().unwrap()
    }

    #[test]
    fn five_hundred_journeys_make_four_toasts_and_every_announcement_has_its_fate() {
        let waiting = waiting(500, 2);
        let plan =
            plan(&waiting, &BTreeMap::new(), &Latest::new(), &Folded::new(), person(&Settings::default()), at("2026-11-22T04:00:00Z"));
        assert_eq!(plan.showings.len(), 4);
        assert_eq!(plan.showings.iter().map(|s| s.fates.len()).sum::<usize>(), 1000);
        assert!(plan.showings[..3].iter().all(|s| s.toast.urgency == Urgency::Critical), "pages come before tickets");
        assert_eq!(plan.showings[3].toast.title, "497 more journeys turned");
    }

    #[test]
    fn one_journey_is_one_toast_with_the_rest_counted() {
        let plan = plan(
            &waiting(1, 13),
            &BTreeMap::new(),
            &Latest::new(),
            &Folded::new(),
            person(&Settings::default()),
            at("2026-11-22T04:00:00Z"),
        );
        assert_eq!(plan.showings.len(), 1);
        assert!(plan.showings[0].toast.body.ends_with("12 more turns folded."));
    }

    #[test]
    fn alerts_are_folded_into_the_one_announcement_of_their_journey() {
        let folded = Folded::from([("production/j0000".to_owned(), 61), ("staging/j0000".to_owned(), 9), (String::new(), 4)]);
        let body = |each: usize| {
            let plan = plan(
                &waiting(1, each),
                &BTreeMap::new(),
                &Latest::new(),
                &folded,
                person(&Settings::default()),
                at("2026-11-22T04:00:00Z"),
            );
            assert_eq!((plan.showings.len(), plan.showings[0].alerts), (1, 61));
            plan.showings[0].toast.body.clone()
        };
        assert_eq!(body(1), "settings burns. 61 alerts folded.");
        assert_eq!(body(3), "settings burns. 61 alerts and 2 more turns folded.");
        let mut over = waiting(1, 1);
        over[0].worsens = false;
        let plan = plan(&over, &BTreeMap::new(), &Latest::new(), &folded, person(&Settings::default()), at("2026-11-22T04:00:00Z"));
        assert_eq!(plan.showings[0].toast.body, "settings burns.");
    }

    #[test]
    fn snoozed_journeys_are_held_and_say_why() {
        let snoozed =
            BTreeMap::from([("production/j0000".to_owned(), Attention { acknowledged_at_s: None, snoozed_until_s: Some(i64::MAX) })]);
        let plan = plan(&waiting(1, 2), &snoozed, &Latest::new(), &Folded::new(), person(&Settings::default()), at("2026-11-22T04:00:00Z"));
        assert_eq!((plan.showings.len(), plan.held.len()), (0, 2));
        assert!(plan.held[0].why.contains("snoozed"));
    }

    #[test]
    fn quiet_hours_let_pages_through_unless_told_otherwise() {
        let mut chosen = Settings { quiet_on: true, quiet_from: "00:00".to_owned(), quiet_to: "23:59".to_owned(), ..Settings::default() };
        let night = at("2026-11-22T04:00:00Z");
        let shown = |chosen: &Settings| {
            plan(&waiting(1, 8), &BTreeMap::new(), &Latest::new(), &Folded::new(), person(chosen), night)
                .showings
                .iter()
                .map(|s| s.fates.len())
                .sum::<usize>()
        };
        assert_eq!(shown(&chosen), 2);
        chosen.quiet_holds_pages = true;
        assert_eq!(shown(&chosen), 0);
    }

    #[test]
    fn a_storm_replaces_silently_but_a_page_is_always_heard() {
        let lately = BTreeMap::from([(
            "production/j0000".to_owned(),
            (at("2026-11-22T04:00:00Z").timestamp() - 30, "production/j0000#x".to_owned()),
        )]);
        let mut all = waiting(1, 2);
        let loud = plan(&all, &BTreeMap::new(), &lately, &Folded::new(), person(&Settings::default()), at("2026-11-22T04:00:00Z"));
        assert!(!loud.showings[0].toast.silent);
        all.remove(0);
        let quiet = plan(&all, &BTreeMap::new(), &lately, &Folded::new(), person(&Settings::default()), at("2026-11-22T04:00:00Z"));
        assert!(quiet.showings[0].toast.silent);
        assert_eq!((quiet.showings[0].toast.key.as_str(), &quiet.showings[0].closes), ("production/j0000#x", &None));
    }
}
