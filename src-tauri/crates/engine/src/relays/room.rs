//! The room in the document: entries, follow-ups, evidence and pictures of an incident travel in the drawers of its case file. They go in
//! from what is kept here, and come out into it; neither side is ever overwritten by an older one.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firewatch_casefile::{CaseFile, Drawer};
use firewatch_domain::entry::{Entry, Event};
use firewatch_domain::followup::FollowUp;
use firewatch_domain::picture::media_type;
use firewatch_store::{Attachment, StoreError, Tx};
use serde_json::to_string;

use crate::evidence::name_of;
use crate::postmortems::FROM_CORE;
use crate::{Engine, EngineError};

/// Evidence and pictures beyond this stay where they are, in bytes.
const LARGEST: usize = 4 << 20;

/// What was looked at already, so that nothing is read twice.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Entries that are on both sides.
    entries: BTreeSet<String>,
    /// Follow-ups, with their text when they were last looked at.
    followups: BTreeMap<String, String>,
    /// Evidence and pictures that were taken, or cannot be.
    files: BTreeSet<String>,
}

impl Engine {
    /// Puts what is here and not in the document yet into it.
    pub(crate) fn room_out(&self, id: &str, seen: &mut Seen) -> Result<(), EngineError> {
        let (entries, followups) = self.read(|tx| {
            let incident = self.incident_of(tx, id)?;
            Ok((incident.entries.clone(), Self::followups_of_family(tx, &incident)?))
        })?;
        let new: Vec<&Entry> = entries.iter().filter(|entry| !seen.entries.contains(&entry.id)).collect();
        let texts = new.iter().map(|entry| Ok((entry.id.clone(), to_string(entry)?)));
        let texts = texts.collect::<Result<Vec<_>, serde_json::Error>>().map_err(StoreError::from)?;
        let files = self.read(|tx| new.iter().map(|entry| file_of(tx, entry)).collect::<Result<Vec<_>, _>>())?;
        let followups = followups.iter().map(|one| Ok((one, to_string(one)?))).collect::<Result<Vec<_>, serde_json::Error>>();
        let followups = followups.map_err(StoreError::from)?;
        let changed: Vec<_> = followups.iter().filter(|(one, text)| seen.followups.get(&one.id) != Some(text)).collect();
        if texts.is_empty() && changed.is_empty() {
            return Ok(());
        }
        self.edit_case(id, |tx, id, held| {
            let absent = |drawer, texts: Vec<(String, String)>| {
                let absent = texts.into_iter().filter(|(key, _)| held.case.get(drawer, key).is_none()).collect::<Vec<_>>();
                held.case.put(drawer, absent.iter().map(|(key, text)| (key.as_str(), text.as_str())))
            };
            let mut updates = vec![absent(Drawer::Entries, texts)];
            for (drawer, key, text) in files.into_iter().flatten() {
                updates.push(absent(drawer, vec![(key, text)]));
            }
            let newer = changed.iter().filter(|(ours, text)| match held.case.get(Drawer::FollowUps, &ours.id) {
                Some(theirs) => theirs != *text && is_newer((*ours, text.as_str()), &theirs),
                None => true,
            });
            let newer: Vec<_> = newer.map(|(one, text)| (one.id.as_str(), text.as_str())).collect();
            updates.push(held.case.put(Drawer::FollowUps, newer));
            let author = Self::author(tx)?;
            for update in updates.into_iter().flatten() {
                held.last = tx.add_case_update(id, self.now_s(), &author, FROM_CORE, &update)?;
            }
            Ok(())
        })?;
        seen.entries.extend(entries.into_iter().map(|entry| entry.id));
        seen.followups.extend(followups.into_iter().map(|(one, text)| (one.id.clone(), text)));
        Ok(())
    }

    /// Takes what is in the document and not here yet.
    pub(crate) fn room_in(&self, id: &str, seen: &mut Seen) -> Result<(), EngineError> {
        let drawers = self.read_case(id, |_, _, held| Ok(Drawers::of(&held.case, seen)))?;
        self.take_drawers(id, &drawers, seen)
    }

    /// Takes the room of an incident that was not here, once its declaration is there. Answers whether it came.
    pub(crate) fn take_foreign(&self, id: &str, foreign: &CaseFile) -> Result<bool, EngineError> {
        let mut seen = Seen::default();
        let drawers = Drawers::of(foreign, &seen);
        let declared = |entry: &Entry| entry.incident == id && entry.kind == "declared";
        if !drawers.entries.iter().filter_map(read_entry).any(|entry| declared(&entry)) {
            return Ok(false);
        }
        self.take_drawers(id, &drawers, &mut seen)?;
        self.is_here(id)
    }

    /// Whether an incident was declared here, or came.
    pub(crate) fn is_here(&self, id: &str) -> Result<bool, EngineError> {
        self.read(|tx| Ok(!tx.entries_of(id, "declared")?.is_empty()))
    }

    fn take_drawers(&self, id: &str, drawers: &Drawers, seen: &mut Seen) -> Result<(), EngineError> {
        let entries: Vec<Entry> = drawers.entries.iter().filter_map(read_entry).collect();
        let family = self.family(id, &entries)?;
        let (ours, others): (Vec<Entry>, Vec<Entry>) = entries.into_iter().partition(|entry| family.contains(&entry.incident));
        if !others.is_empty() {
            tracing::warn!(incident = id, entries = others.len(), "a document holds entries of other incidents; they are left out");
        }
        if !ours.is_empty() {
            for (entry, why) in self.take_entries(&ours)?.refused {
                tracing::warn!(incident = id, entry, why, "an entry of a shared document was not taken");
            }
        }
        seen.entries.extend(ours.into_iter().map(|entry| entry.id));
        self.take_followups(&drawers.followups, &family, seen)?;
        for (drawer, key, text) in &drawers.files {
            if let Err(error) = self.take_file(*drawer, key, text) {
                tracing::warn!(incident = id, %error, "evidence or a picture of a shared document was not taken");
            }
            seen.files.insert(key.clone());
        }
        Ok(())
    }

    /// The incidents whose entries may stand in the document of one: its own, and those merged with it.
    fn family(&self, id: &str, entries: &[Entry]) -> Result<BTreeSet<String>, EngineError> {
        let mut family = BTreeSet::from([id.to_owned()]);
        if self.is_here(id)? {
            self.read(|tx| {
                let incident = self.incident_of(tx, id)?;
                family.insert(incident.id.clone());
                family.extend(incident.absorbed.iter().cloned());
                Ok(())
            })?;
        }
        let merges = entries.iter().filter_map(|entry| match Event::of(entry) {
            Some(Event::Merged { into, .. }) => Some((entry.incident.clone(), into)),
            _ => None,
        });
        let merges: Vec<(String, String)> = merges.collect();
        loop {
            let before = family.len();
            for (from, into) in &merges {
                if family.contains(from) || family.contains(into) {
                    family.extend([from.clone(), into.clone()]);
                }
            }
            if family.len() == before {
                return Ok(family);
            }
        }
    }

    /// The later change counts, and at the same moment the greater text: so everybody ends with the same.
    fn take_followups(&self, texts: &[(String, String)], family: &BTreeSet<String>, seen: &mut Seen) -> Result<(), EngineError> {
        for (key, text) in texts {
            let read = serde_json::from_str::<FollowUp>(text).ok().filter(|one| {
                one.id == *key && one.check().is_ok() && one.incident.as_ref().is_some_and(|incident| family.contains(incident))
            });
            if let Some(theirs) = read {
                self.write(|tx| {
                    let ours = tx.followup(key).ok().filter(|ours| ours.id == *key);
                    let older = |ours: &FollowUp| Ok::<_, StoreError>(is_newer((&theirs, text.as_str()), &to_string(ours)?));
                    if ours.as_ref().map_or(Ok(true), older)? {
                        tx.put_followup(&theirs)?;
                        self.ticket_follows(tx, &theirs)?;
                    }
                    Ok(())
                })?;
            } else {
                tracing::warn!(followup = key, "a follow-up of a shared document does not hold and is left out");
            }
            seen.followups.insert(key.clone(), text.clone());
        }
        Ok(())
    }

    fn take_file(&self, drawer: Drawer, key: &str, text: &str) -> Result<(), EngineError> {
        let unfit = || EngineError::Invalid("it is not what it is named".to_owned());
        if text.len() > LARGEST * 2 {
            return Err(EngineError::Invalid("it is too large".to_owned()));
        }
        if drawer == Drawer::Evidence {
            if name_of(text.as_bytes()) != key {
                return Err(unfit());
            }
            return self.take_evidence(text.as_bytes()).map(drop);
        }
        let bytes = STANDARD.decode(text).map_err(|_| unfit())?;
        if name_of(&bytes) != key {
            return Err(unfit());
        }
        let mime = media_type(&bytes).map_err(|error| EngineError::Invalid(error.to_string()))?;
        self.write(|tx| self.keep_bytes(tx, &bytes, mime).map(drop))
    }
}

/// What lies in the drawers and was not looked at.
struct Drawers {
    entries: Vec<(String, String)>,
    followups: Vec<(String, String)>,
    files: Vec<(Drawer, String, String)>,
}

impl Drawers {
    fn of(case: &CaseFile, seen: &Seen) -> Self {
        let files = [Drawer::Evidence, Drawer::Pictures].into_iter().flat_map(|drawer| {
            case.list_but(drawer, |key| seen.files.contains(key)).into_iter().map(move |(key, text)| (drawer, key, text))
        });
        let followups = case.list(Drawer::FollowUps).into_iter().filter(|(key, text)| seen.followups.get(key) != Some(text));
        Self {
            entries: case.list_but(Drawer::Entries, |key| seen.entries.contains(key)),
            followups: followups.collect(),
            files: files.collect(),
        }
    }
}

/// An entry of a drawer; none where it does not read, or lies under another's id.
fn read_entry((key, text): &(String, String)) -> Option<Entry> {
    serde_json::from_str::<Entry>(text).ok().filter(|entry| entry.id == *key)
}

/// Whether a follow-up counts before another, which may not read.
fn is_newer((one, text): (&FollowUp, &str), other: &str) -> bool {
    let Ok(than) = serde_json::from_str::<FollowUp>(other) else { return true };
    (one.updated, text) > (than.updated, other)
}

/// The evidence or the picture that an entry names, where it is here and of a size that travels.
fn file_of(tx: &Tx<'_>, entry: &Entry) -> Result<Option<(Drawer, String, String)>, EngineError> {
    Ok(match Event::of(entry) {
        Some(Event::Evidence { hash, .. }) => {
            let bytes = tx.evidence(&hash)?.filter(|bytes| bytes.len() <= LARGEST && name_of(bytes) == hash);
            bytes.and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| (Drawer::Evidence, hash, text))
        }
        Some(Event::Attached { hash, .. }) => {
            let found: Option<Attachment> = tx.attachment(&hash)?.filter(|found| found.bytes.len() <= LARGEST);
            found.map(|found| (Drawer::Pictures, hash, STANDARD.encode(found.bytes)))
        }
        _ => None,
    })
}
