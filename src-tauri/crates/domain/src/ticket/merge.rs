//! Three versions become one, field by field.

use std::collections::BTreeSet;

use super::{Conflict, Field, Fields};

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The follow-up's half from now on.
    pub ours: Fields,
    /// What both agree on from now on; none while nothing was agreed on yet and something is torn.
    pub base: Option<Fields>,
    /// Fields whose value of `ours` is to be written to the tracker.
    pub push: BTreeSet<Field>,
    /// Fields that both changed; left alone on both sides.
    pub conflicts: Vec<Conflict>,
}

/// What the person chose of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// The follow-up's value.
    Ours,
    /// The tracker's value.
    Theirs,
}

/// Merges. A field changed on one side is taken to the other; on both sides alike it is agreed; on both sides differently it is a
/// conflict, except labels, which merge one by one. Without a base everything that differs is a conflict, labels unite.
/// Fields outside `synced` stay as they are on both sides.
pub fn merge(base: Option<&Fields>, ours: &Fields, theirs: &Fields, synced: &BTreeSet<Field>) -> Merge {
    let mut out = Merge { ours: ours.clone(), base: None, push: BTreeSet::new(), conflicts: Vec::new() };
    let mut agreed = base.unwrap_or(theirs).clone();
    for field in Field::ALL.into_iter().filter(|field| synced.contains(field)) {
        if field == Field::Labels {
            merge_labels(base, ours, theirs, &mut out);
            agreed.labels.clone_from(&theirs.labels);
        } else if ours.same(theirs, field) {
            agreed.take(theirs, field);
        } else if base.is_some_and(|base| ours.same(base, field)) {
            out.ours.take(theirs, field);
            agreed.take(theirs, field);
        } else if base.is_some_and(|base| theirs.same(base, field)) {
            out.push.insert(field);
        } else {
            let shown = |fields: Option<&Fields>| fields.map(|f| f.shown(field)).unwrap_or_default();
            let conflict = Conflict { field, base: shown(base), ours: ours.shown(field), theirs: theirs.shown(field) };
            out.conflicts.push(conflict);
        }
    }
    out.base = (base.is_some() || out.conflicts.is_empty()).then_some(agreed);
    out
}

/// Settles one field as the person chose, by moving the base: the next merge then takes or writes it. Answers the follow-up's half.
pub fn resolve(base: &mut Option<Fields>, ours: &Fields, theirs: &Fields, field: Field, pick: Pick) -> Fields {
    let mut ours = ours.clone();
    if pick == Pick::Theirs {
        ours.take(theirs, field);
    }
    // Without a base the other fields stay undecided: they get a base of their own only where both sides agree already.
    match base {
        Some(base) => base.take(theirs, field),
        None if Field::ALL.into_iter().all(|f| f == field || f == Field::Labels || ours.same(theirs, f)) => *base = Some(theirs.clone()),
        None => {
            // As if every other field had been changed on both sides: an impossible value would show, so each is asked for apart.
            let mut apart = theirs.clone();
            for other in Field::ALL.into_iter().filter(|f| *f != field && !ours.same(theirs, *f)) {
                forget(&mut apart, &ours, theirs, other);
            }
            *base = Some(apart);
        }
    }
    ours
}

/// Gives a field of a base a value that neither side has, so that both count as changed.
fn forget(base: &mut Fields, ours: &Fields, theirs: &Fields, field: Field) {
    match field {
        Field::Summary => base.summary = neither(&ours.summary, &theirs.summary),
        Field::Description => base.description = neither(&ours.description, &theirs.description),
        Field::Assignee => base.assignee = neither(&ours.assignee, &theirs.assignee),
        Field::Status => {
            let free = |s: &crate::followup::FollowUpStatus| {
                super::category(*s) != super::category(ours.status) && super::category(*s) != super::category(theirs.status)
            };
            base.status = crate::followup::FollowUpStatus::ALL.into_iter().find(free).unwrap_or_default();
        }
        Field::Priority => {
            let free = |p: &crate::followup::Priority| *p != ours.priority && *p != theirs.priority;
            base.priority = crate::followup::Priority::ALL.into_iter().find(free).unwrap_or_default();
        }
        Field::Due => {
            let taken = [ours.due, theirs.due];
            base.due = [None, chrono::NaiveDate::from_ymd_opt(1970, 1, 1), chrono::NaiveDate::from_ymd_opt(1970, 1, 2)]
                .into_iter()
                .find(|d| !taken.contains(d))
                .flatten();
        }
        Field::Labels => {}
    }
}

fn neither(one: &str, other: &str) -> String {
    ["", "?", "unknown"].into_iter().find(|text| *text != one.trim() && *text != other.trim()).unwrap_or_default().to_owned()
}

fn merge_labels(base: Option<&Fields>, ours: &Fields, theirs: &Fields, out: &mut Merge) {
    let nothing = BTreeSet::new();
    let base = base.map_or(&nothing, |b| &b.labels);
    let removed: BTreeSet<&String> = base.difference(&ours.labels).collect();
    let added = ours.labels.difference(base);
    let merged: BTreeSet<String> = theirs.labels.iter().filter(|l| !removed.contains(l)).chain(added).cloned().collect();
    if merged != theirs.labels {
        out.push.insert(Field::Labels);
    }
    out.ours.labels = merged;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::{FollowUpStatus, Priority};
    use proptest::prelude::*;

    fn all() -> BTreeSet<Field> {
        Field::ALL.into()
    }

    fn fields() -> impl Strategy<Value = Fields> {
        let word = prop_oneof![Just(""), Just("a"), Just("b"), Just("c")].prop_map(str::to_owned);
        let labels = proptest::collection::btree_set(prop_oneof![Just("x"), Just("y"), Just("z")].prop_map(str::to_owned), 0..3);
        (word.clone(), word.clone(), 0..4_usize, word, 0..5_usize, 0..3_i32, labels).prop_map(
            |(summary, description, status, assignee, priority, due, labels)| Fields {
                summary,
                description,
                status: FollowUpStatus::ALL[status],
                assignee,
                priority: Priority::ALL[priority],
                due: (due > 0).then(|| chrono::NaiveDate::from_ymd_opt(2026, 12, due.unsigned_abs()).unwrap()),
                labels,
            },
        )
    }

    /// The tracker's half once everything that is to be written was written.
    fn written(merge: &Merge, theirs: &Fields) -> Fields {
        let mut after = theirs.clone();
        merge.push.iter().for_each(|field| after.take(&merge.ours, *field));
        after
    }

    #[test]
    fn labels_merge_one_by_one() {
        let labelled = |labels: &[&str]| Fields { labels: labels.iter().map(|l| (*l).to_owned()).collect(), ..Fields::default() };
        let merged = merge(Some(&labelled(&["a", "b"])), &labelled(&["b", "c"]), &labelled(&["a", "b", "d"]), &all());
        assert_eq!(merged.ours.labels, labelled(&["b", "c", "d"]).labels);
        assert_eq!((merged.push, merged.conflicts.len()), ([Field::Labels].into(), 0));
    }

    proptest! {
        /// What one side changed survives; what both changed is a conflict; then both are alike and stay so.
        #[test]
        fn a_merge_loses_nothing_and_settles(base in fields(), ours in fields(), theirs in fields()) {
            let merged = merge(Some(&base), &ours, &theirs, &all());
            let theirs_after = written(&merged, &theirs);
            let torn: BTreeSet<Field> = merged.conflicts.iter().map(|c| c.field).collect();
            for field in Field::ALL.into_iter().filter(|f| *f != Field::Labels) {
                if torn.contains(&field) {
                    prop_assert!(merged.ours.same(&ours, field) && theirs_after.same(&theirs, field));
                    prop_assert!(!ours.same(&base, field) && !theirs.same(&base, field) && !ours.same(&theirs, field));
                    continue;
                }
                prop_assert!(merged.ours.same(&theirs_after, field), "{field:?} is not alike");
                if !ours.same(&base, field) {
                    prop_assert!(merged.ours.same(&ours, field), "{field:?} of ours is lost");
                }
                if !theirs.same(&base, field) {
                    prop_assert!(merged.ours.same(&theirs, field), "{field:?} of theirs is lost");
                }
            }
            let mut agreed = merged.base.clone().unwrap();
            merged.push.iter().for_each(|field| agreed.take(&merged.ours, *field));
            let again = merge(Some(&agreed), &merged.ours, &theirs_after, &all());
            prop_assert!(again.push.is_empty(), "ping-pong: {:?}", again.push);
            prop_assert_eq!(&again.ours, &merged.ours);
            prop_assert_eq!(again.conflicts.len(), merged.conflicts.len());
        }

        /// Choosing settles exactly the chosen field.
        #[test]
        fn a_choice_settles_one_conflict(base in proptest::option::of(fields()), ours in fields(), theirs in fields(), mine in any::<bool>()) {
            let before = merge(base.as_ref(), &ours, &theirs, &all());
            prop_assume!(!before.conflicts.is_empty());
            let (field, mut agreed) = (before.conflicts[0].field, base.clone());
            let pick = if mine { Pick::Ours } else { Pick::Theirs };
            let chosen = resolve(&mut agreed, &before.ours, &theirs, field, pick);
            let after = merge(agreed.as_ref(), &chosen, &theirs, &all());
            prop_assert_eq!(after.conflicts.len() + 1, before.conflicts.len());
            let wanted = if mine { &ours } else { &theirs };
            prop_assert!(after.ours.same(wanted, field));
            prop_assert_eq!(after.push.contains(&field), mine);
        }
    }
}
