//! Series that were renamed, not born.
//!
//! A changed label gives every series of a selector a new name in the same scrape: the old ones vanish, new ones appear and go on
//! from the old values. Taken as births they would count years of events in one minute. Births look otherwise: the old series
//! stay, or what appears begins far below what vanished, as the counters of a restarted process do.

use std::collections::{HashMap, HashSet};

use super::difference::{close_ms, count, interval_ms};
use super::harvest::{Harvest, Track};
use super::want::Role;

/// Series do not all vanish and appear in the same second.
const SPREAD_MS: i64 = 120_000;

/// Those of `newborn` that are old ones under a new name: most of what a member had in this role vanished when they appeared,
/// and all of them together begin no lower than what vanished had come to.
pub(super) fn renamed(harvest: &Harvest, members: &[usize], newborn: &HashSet<usize>) -> HashSet<usize> {
    let mut renamed = HashSet::new();
    for member in members {
        let mut roles: HashMap<Role, Vec<usize>> = HashMap::new();
        for (role, track) in harvest.share(*member) {
            roles.entry(*role).or_default().push(*track);
        }
        for tracks in roles.values() {
            let (new, old): (Vec<usize>, Vec<usize>) = tracks.iter().copied().partition(|track| newborn.contains(track));
            if took_over(&look(harvest, &new), &look(harvest, &old)) {
                renamed.extend(new);
            }
        }
    }
    renamed
}

fn look<'a>(harvest: &'a Harvest, tracks: &[usize]) -> Vec<&'a Track> {
    tracks.iter().map(|track| &harvest.tracks[*track]).filter(|track| !track.samples.is_empty()).collect()
}

fn took_over(new: &[&Track], old: &[&Track]) -> bool {
    let Some(appeared) = new.iter().filter_map(|track| track.samples.first()).map(|s| s.ms).min() else { return false };
    let (mut gone, mut stayed, mut had) = (0, 0, 0_u64);
    for track in old {
        let Some(last) = track.samples.last() else { continue };
        let spread = interval_ms(&track.samples).map_or(SPREAD_MS, |(ms, _)| close_ms(ms)).max(SPREAD_MS);
        if last.ms >= appeared {
            stayed += 1;
        } else if appeared - last.ms <= spread {
            gone += 1;
            had = had.saturating_add(count(last.value).unwrap_or(0));
        }
    }
    let begin: u64 = new.iter().filter_map(|track| count(track.samples.first()?.value)).fold(0, u64::saturating_add);
    gone > stayed && had > 0 && begin >= had
}
