//! What a series showed before the span that is read.
//!
//! A series whose first sample lies inside the span was either born there, and then all it shows is new, or it comes back
//! after a gap, and then only the difference is. Only the past tells; it is asked about for these series alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use firewatch_domain::selector::{Comparison, Matcher, NAME, Selector};

use super::difference::{Start, close_ms, count, interval_ms};
use super::harvest::Harvest;
use super::index::Index;
use super::plan::Range;
use super::rename::renamed;
use super::round::Round;
use super::union::{Want, queries};
use super::want::Role;
use super::wire::{Labels, Matrix, open};
use crate::exchange::Setback;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How far back a series is looked for at all.
const FARTHEST_MS: i64 = 15 * DAY_MS;
/// The pieces of the last day that are searched for the very sample, each as long as all later ones.
const STEPS_MS: [i64; 4] = [2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS, DAY_MS];
/// Series of a metric that starts to exist do not all start in the same second.
const SPREAD_MS: i64 = 120_000;

/// Finds out where counting starts for every series that has no sample before its span.
pub(super) async fn settle(
    round: &Round<'_>,
    members: &[usize],
    from_ms: i64,
    harvest: &mut Harvest,
    index: &Arc<Index>,
) -> Result<(), Setback> {
    let orphans = Orphans::find(round, members, harvest);
    if orphans.tracks.is_empty() {
        return Ok(());
    }
    round.note_sparse(orphans.member.values().copied());
    let outcome = search(round, members, from_ms, harvest, index).await;
    // One indicator alone is not given up because its past is too large to look at.
    match outcome {
        Err(setback) if !setback.this_question || members.len() > 1 => Err(setback),
        _ => Ok(()),
    }
}

async fn search(round: &Round<'_>, members: &[usize], from_ms: i64, harvest: &mut Harvest, index: &Arc<Index>) -> Result<(), Setback> {
    let hour = Range { from_ms: from_ms - HOUR_MS, to_ms: from_ms };
    let orphans = Orphans::find(round, members, harvest);
    precede(round, &orphans.missing(round, harvest), hour, harvest, index).await?;
    let mut orphans = Orphans::find(round, members, harvest);
    let mut found: HashMap<usize, Start> = HashMap::new();
    for reach in [DAY_MS, FARTHEST_MS] {
        let open: Vec<usize> = orphans.tracks.iter().copied().filter(|track| !found.contains_key(track)).collect();
        orphans.tracks = open;
        last_values(round, &mut orphans, hour.from_ms, reach, harvest, index, &mut found).await?;
    }
    let lately: Vec<usize> =
        found.iter().filter(|(_, start)| lies_within(**start, hour.from_ms - DAY_MS)).map(|(track, _)| *track).collect();
    locate(round, lately, hour.from_ms, harvest, index).await?;
    let all = Orphans::find(round, members, harvest);
    let newborn = all.tracks.iter().copied().filter(|track| !found.contains_key(track)).collect();
    let renamed = renamed(harvest, members, &newborn);
    if let Some(track) = renamed.iter().next() {
        let example = &harvest.tracks[*track].text;
        tracing::warn!(series = renamed.len(), %example, "series changed their names; what they counted in that minute is not known");
        harvest.renamed.extend(&renamed);
    }
    for track in all.tracks {
        let older = orphans.older.contains(&track) || all.older.contains(&track);
        let born = if older && !renamed.contains(&track) { Start::Born } else { Start::Unknown };
        harvest.tracks[track].start = found.get(&track).copied().unwrap_or(born);
    }
    Ok(())
}

fn lies_within(start: Start, since: i64) -> bool {
    matches!(start, Start::Earlier { since_ms, .. } if since_ms >= since)
}

/// Series without a sample before their span.
struct Orphans {
    /// Their tracks.
    tracks: Vec<usize>,
    /// Those whose indicator has older samples of other series.
    older: HashSet<usize>,
    /// A member that wants each.
    member: HashMap<usize, usize>,
}

impl Orphans {
    fn find(round: &Round<'_>, members: &[usize], harvest: &mut Harvest) -> Self {
        let mut orphans = Self { tracks: Vec::new(), older: HashSet::new(), member: HashMap::new() };
        let mut unborn = Vec::new();
        for member in members {
            let from_ms = round.requests[*member].span.from.start_s() * 1000;
            let share = harvest.share(*member);
            let oldest = share.iter().filter_map(|(_, t)| harvest.tracks[*t].samples.first()).map(|s| s.ms).min();
            for (_, track) in share.iter().filter(|(role, _)| *role != Role::Level) {
                let series = &harvest.tracks[*track];
                let first = series.samples.iter().find_map(|s| count(s.value).map(|value| (s.ms, value)));
                let Some((ms, value)) = first.filter(|(ms, _)| *ms > from_ms) else { continue };
                if matches!(series.start, Start::Earlier { .. }) {
                    continue;
                }
                if value == 0 {
                    // Whatever was before, nothing is new.
                    unborn.push(*track);
                    continue;
                }
                let spread = interval_ms(&series.samples).map_or(SPREAD_MS, |(ms, _)| close_ms(ms).min(HOUR_MS)).max(SPREAD_MS);
                if oldest.is_some_and(|oldest| oldest < ms - spread) {
                    orphans.older.insert(*track);
                }
                if orphans.member.insert(*track, *member).is_none() {
                    orphans.tracks.push(*track);
                }
            }
        }
        for track in unborn {
            harvest.tracks[track].start = Start::Born;
        }
        orphans
    }

    /// What to ask for: the series itself, or all of its indicator where nothing older is known of that.
    fn missing(&self, round: &Round<'_>, harvest: &Harvest) -> Vec<Vec<Selector>> {
        let mut wanted = Vec::new();
        let mut asked = HashSet::new();
        for track in &self.tracks {
            if self.older.contains(track) {
                wanted.extend(exact(&harvest.tracks[*track].text).map(|selector| vec![selector]));
            } else if let Some(member) = self.member.get(track).filter(|member| asked.insert(**member)) {
                let wants = round.wants(&[*member]);
                wanted.extend(wants.into_iter().map(|want| want.selectors.into_iter().cloned().collect::<Vec<_>>()));
            }
        }
        wanted
    }
}

/// The selector of one series.
fn exact(text: &str) -> Option<Selector> {
    let labels = Labels::read(text)?;
    let mut selector = Selector { metric: None, matchers: Vec::new() };
    for (label, value) in &labels.0 {
        if label == NAME {
            selector.metric = Some(value.clone().into_owned());
        } else {
            selector.matchers.push(Matcher {
                label: label.clone().into_owned(),
                comparison: Comparison::Equal,
                value: value.clone().into_owned(),
            });
        }
    }
    Some(selector)
}

/// Adds older raw samples.
async fn precede(
    round: &Round<'_>,
    wanted: &[Vec<Selector>],
    range: Range,
    harvest: &mut Harvest,
    index: &Arc<Index>,
) -> Result<(), Setback> {
    for query in unions(round, wanted) {
        let body = round.raw(&query, range).await?;
        let warning = harvest.warning.clone();
        *harvest = round.digest(body, range, std::mem::take(harvest), index, Harvest::precede).await?;
        harvest.warning = warning;
    }
    Ok(())
}

/// Asks for the last value of each orphan within a reach; only series that exist answer, so births cost nothing.
async fn last_values(
    round: &Round<'_>,
    orphans: &mut Orphans,
    at_ms: i64,
    reach_ms: i64,
    harvest: &mut Harvest,
    index: &Arc<Index>,
    found: &mut HashMap<usize, Start>,
) -> Result<(), Setback> {
    let wanted = orphans.missing(round, harvest);
    for query in unions(round, &wanted) {
        let query = format!("last_over_time({query}[{}s])", reach_ms / 1000);
        let body = round.instant(&query, at_ms, reach_ms / 1000).await?;
        let told = open::<Matrix<'_>>(round.source.exchange.place(), &body)?;
        for row in told.data.result {
            let sample = row.value.or(row.histogram.as_ref().map(|h| h.sample));
            let Some(value) = sample.and_then(|sample| count(sample.value)) else { continue };
            if let Some(track) = harvest.find(row.metric.get()).filter(|track| orphans.member.contains_key(track)) {
                found.entry(track).or_insert(Start::Earlier { since_ms: at_ms - reach_ms, value });
                if let Some(histogram) = row.histogram {
                    harvest.tracks[track].before.get_or_insert(histogram.shape);
                }
            }
            let labels = Labels::read(row.metric.get()).unwrap_or_default();
            for slot in index.picks(&labels) {
                orphans.older.extend(harvest.share(slot.member).iter().map(|(_, track)| *track));
            }
        }
    }
    Ok(())
}

/// Looks for the very sample, piece by piece into the past, so that a carry spans no more than its gap.
async fn locate(round: &Round<'_>, mut lately: Vec<usize>, at_ms: i64, harvest: &mut Harvest, index: &Arc<Index>) -> Result<(), Setback> {
    let mut near = at_ms;
    for step in STEPS_MS {
        let range = Range { from_ms: at_ms - step, to_ms: near };
        near = range.from_ms;
        let first = |harvest: &Harvest, track: usize| harvest.tracks[track].samples.first().map(|s| s.ms);
        lately.retain(|track| first(harvest, *track).is_some_and(|ms| ms > at_ms));
        if lately.is_empty() {
            return Ok(());
        }
        let wanted: Vec<Vec<Selector>> = lately.iter().filter_map(|t| exact(&harvest.tracks[*t].text)).map(|s| vec![s]).collect();
        precede(round, &wanted, range, harvest, index).await?;
    }
    Ok(())
}

fn unions(round: &Round<'_>, wanted: &[Vec<Selector>]) -> Vec<String> {
    let wants: Vec<Want<'_>> =
        wanted.iter().enumerate().map(|(id, selectors)| Want { id, selectors: selectors.iter().collect() }).collect();
    let groups = round.groups(&wants);
    let of = |members: &[usize]| -> Vec<&Selector> { members.iter().flat_map(|id| wanted[*id].iter()).collect() };
    groups.iter().flat_map(|group| queries(&of(&group.members))).collect()
}
