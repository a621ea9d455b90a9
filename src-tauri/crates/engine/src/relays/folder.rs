//! A shared folder: what others laid there is read, what is written here goes into files of our own.
//!
//! Nothing is remembered from one start to the next: the first look at an incident reads every file of it and compares what they say
//! together with what is here, in both directions. So neither a crash nor a file that was lost or cut can leave anything out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use firewatch_casefile::seal::{headed, heading, opened, sealed, sum_of};
use firewatch_casefile::{CaseError, CaseFile, News, client_of};
use firewatch_domain::ports::{CaseFolder, SharedFile};
use firewatch_domain::relay::{LineState, Relay};
use firewatch_domain::words;
use tokio::sync::watch::Receiver;

use super::board::Board;
use super::keep::Heard;
use super::room::Seen;
use crate::{Engine, EngineError};

/// Between two looks at the folder.
const ROUND: Duration = Duration::from_secs(1);
/// Incidents of one folder that are kept alike.
const MOST: usize = 1000;
/// A file of ours is not added to beyond this, in bytes: what syncs files sends them whole.
const SEGMENT: u64 = 1 << 20;
/// Longest file that is read, in bytes.
const LONGEST: u64 = 96 << 20;

/// What is known of an incident in a folder.
#[derive(Default)]
struct Kept {
    /// The log is written there up to here; none before the first look.
    told: Option<i64>,
    files: BTreeMap<String, FileKept>,
    /// Files that are left out as they are now, with why.
    bad: BTreeMap<String, (SharedFile, String)>,
    seen: Seen,
    /// The file that is added to, by its number, and its size.
    segment: (u32, u64),
}

/// A folder in one look at it.
struct Place<'a> {
    relay: &'a Relay,
    folder: &'a dyn CaseFolder,
    /// What the names of our files begin with.
    own: String,
    /// The room of an incident may have changed since the last look.
    entered: bool,
    /// A document may have changed since the last look.
    written: bool,
}

/// How far a file was read.
#[derive(Debug, Clone)]
struct FileKept {
    file: SharedFile,
    taken: usize,
    sum: u32,
    /// It ends in the middle of an update: the rest may be on its way.
    cut: bool,
}

impl Engine {
    /// Keeps a folder alike until `stop` turns true.
    pub(super) async fn run_folder(self: Arc<Self>, relay: &Relay, path: &str, board: &Arc<Board>, stop: &Receiver<bool>) {
        let folder = self.world.carrier.folder(path);
        let mut kept: BTreeMap<String, Kept> = BTreeMap::new();
        let (mut room, mut rings) = (Heard::of(&self.room_bell), Heard::of(&self.case_bell));
        while !*stop.borrow() {
            let (relay_now, folder, board_now) = (relay.clone(), Arc::clone(&folder), Arc::clone(board));
            let (mut held, entered, written) = (std::mem::take(&mut kept), room.again(), rings.again());
            let round = self.blocking(move |engine| {
                let own = format!("{}.", engine.read(|tx| engine.replica(tx))?);
                let place = Place { relay: &relay_now, folder: folder.as_ref(), own, entered, written };
                let done = engine.folder_round(&place, &mut held, &board_now);
                Ok((held, done))
            });
            match round.await {
                Ok((held, Ok(()))) => kept = held,
                // What is written or entered meanwhile rings bells that nobody hears, so everything is compared anew.
                Ok((_, Err(Trouble(why)))) => board.relay(LineState::Waiting, Some(&why), self.now_s()),
                Err(error) => tracing::error!(%error, relay = %relay.name, "a look at a shared folder was lost; everything is read again"),
            }
            if let Err(error) = self.write_board(&relay.name, board).await {
                tracing::warn!(%error, relay = %relay.name, "how the folder stands could not be written down");
            }
            self.wait(stop, ROUND).await;
        }
    }

    /// One look at everything.
    fn folder_round(&self, place: &Place<'_>, kept: &mut BTreeMap<String, Kept>, board: &Board) -> Result<(), Trouble> {
        let now_s = self.now_s();
        let named = place.folder.incidents().map_err(Trouble)?;
        board.relay(LineState::Connected, None, now_s);
        let offered: BTreeMap<String, String> = named.into_iter().map(|id| (id, String::new())).collect();
        let shared = self.shared_at(place.relay, &offered)?;
        board.offered(offered);
        let wanted: BTreeSet<&String> = shared.iter().take(MOST).collect();
        kept.retain(|id, _| wanted.contains(id));
        for id in &wanted {
            let one = kept.entry((*id).clone()).or_default();
            match self.folder_incident(place, id, one) {
                Ok(()) => board.incident(id, LineState::Connected, one.told_of_files().as_deref(), now_s),
                // What may have come half in is read again from the beginning.
                Err(Trouble(why)) => {
                    *one = Kept { bad: std::mem::take(&mut one.bad), ..Kept::default() };
                    board.incident(id, LineState::Waiting, Some(&why), now_s);
                }
            }
        }
        Ok(())
    }

    fn folder_incident(&self, place: &Place<'_>, id: &str, kept: &mut Kept) -> Result<(), Trouble> {
        let files = place.folder.files(id).map_err(Trouble)?;
        let (number, size) = kept.segment;
        let as_written = files.iter().find(|file| file.name == segment(&place.own, number)).map_or(0, |file| file.size) == size;
        // Somebody cut our file, took it away, or laid an old copy in its place: what it should say is compared anew.
        if kept.told.is_none() || !as_written {
            return self.first_look(place, id, kept, &files);
        }
        let mut news = false;
        for file in files.into_iter().filter(|file| !file.name.starts_with(&place.own)) {
            for update in kept.read(place.folder, id, &file)? {
                match self.merge_from(id, &update, &place.relay.name) {
                    Err(EngineError::Case(error)) => {
                        kept.spoils(&file, &error);
                        break;
                    }
                    merged => news |= merged?,
                }
            }
        }
        if news {
            self.room_in(id, &mut kept.seen)?;
        }
        if place.entered || news {
            self.room_out(id, &mut kept.seen)?;
        }
        if place.entered || place.written || news {
            let (updates, head) = self.news_after(id, kept.told.unwrap_or_default(), &place.relay.name)?;
            place.lay_down(id, kept, &updates)?;
            kept.told = Some(head);
        }
        Ok(())
    }

    /// Reads every file, ours too, and compares what they say together with what is here.
    fn first_look(&self, place: &Place<'_>, id: &str, kept: &mut Kept, files: &[SharedFile]) -> Result<(), Trouble> {
        let here = self.is_here(id)?;
        // An incident that is only there, and of which nothing new came.
        if !here && files.iter().all(|file| kept.knows(file)) {
            return Ok(());
        }
        let there = self.put_together(place, id, kept, files)?;
        if here {
            let ours = self.case_state_vector(id)?;
            self.merge_from(id, &there.since(&ours).map_err(EngineError::from)?, &place.relay.name)?;
        } else if !self.admit(id, &there, &place.relay.name)? {
            return Ok(());
        }
        self.room_in(id, &mut kept.seen)?;
        self.room_out(id, &mut kept.seen)?;
        let (missing, head) = self.missing_of(id, &there.state_vector())?;
        if there.apply(&missing).map_err(EngineError::from)?.news != News::Known {
            place.lay_down(id, kept, &[missing])?;
        }
        kept.told = Some(head);
        Ok(())
    }

    /// What all files say together, and which of ours is added to. A file that breaks the document is left out, and it is begun again.
    fn put_together(&self, place: &Place<'_>, id: &str, kept: &mut Kept, files: &[SharedFile]) -> Result<CaseFile, Trouble> {
        'anew: loop {
            kept.files.clear();
            kept.segment = (1, 0);
            let there = CaseFile::new(client_of(&self.world.ids.fresh()));
            for file in files {
                for update in kept.read(place.folder, id, file)? {
                    if let Err(error) = there.apply(&update) {
                        kept.spoils(file, &error);
                        if matches!(error, CaseError::Unfit(_)) {
                            continue 'anew;
                        }
                        break;
                    }
                }
                if let Some(number) = file.name.strip_prefix(&place.own).and_then(|rest| rest.split('.').next()?.parse::<u32>().ok()) {
                    // Behind half an update nothing could be read: the next file is begun.
                    let whole = kept.files.get(&file.name).is_some_and(|file| !file.cut);
                    let next = if whole { (number, file.size) } else { (number.saturating_add(1), 0) };
                    kept.segment = kept.segment.max(next);
                }
            }
            return Ok(there);
        }
    }
}

impl Place<'_> {
    /// Appends updates to our file, or begins the next one.
    fn lay_down(&self, id: &str, kept: &mut Kept, updates: &[Vec<u8>]) -> Result<(), Trouble> {
        if updates.is_empty() {
            return Ok(());
        }
        if kept.segment.1 > SEGMENT {
            kept.segment = (kept.segment.0 + 1, 0);
        }
        let mut bytes = if kept.segment.1 == 0 { heading(id) } else { Vec::new() };
        for update in updates {
            bytes.extend(sealed(update));
        }
        let name = segment(&self.own, kept.segment.0);
        self.folder.append(id, &name, &bytes).map_err(Trouble)?;
        kept.segment.1 += bytes.len() as u64;
        Ok(())
    }
}

impl Kept {
    /// Updates of a file that were not read yet. What is damaged or foreign is named and left out.
    fn read(&mut self, folder: &dyn CaseFolder, id: &str, file: &SharedFile) -> Result<Vec<Vec<u8>>, Trouble> {
        if self.knows(file) || self.bad.get(&file.name).is_some_and(|(as_it_was, _)| as_it_was == file) {
            return Ok(Vec::new());
        }
        self.bad.remove(&file.name);
        let mut spoilt = |why: &str| drop(self.bad.insert(file.name.clone(), (file.clone(), why.to_owned())));
        if file.size > LONGEST {
            spoilt("it is too large");
            return Ok(Vec::new());
        }
        let bytes = folder.read(id, &file.name, LONGEST).map_err(Trouble)?;
        let begin = match headed(&bytes) {
            Some((of, rest)) if of == id => bytes.len() - rest.len(),
            Some(_) => {
                spoilt("it is of another incident");
                bytes.len()
            }
            // Its very first line may still be on its way.
            None if heading(id).starts_with(&bytes) => bytes.len(),
            None => {
                spoilt("it is no case file");
                bytes.len()
            }
        };
        let before = self.files.get(&file.name).filter(|before| bytes.get(..before.taken).is_some_and(|same| sum_of(same) == before.sum));
        let mut at = before.map_or(begin, |before| before.taken.max(begin));
        let mut updates = Vec::new();
        let headless = headed(&bytes).is_none();
        let cut = loop {
            match opened(&bytes[at..]) {
                Ok(Some((update, rest))) => {
                    updates.push(update.to_vec());
                    at = bytes.len() - rest.len();
                }
                Ok(None) => break headless || at < bytes.len(),
                Err(error) => {
                    spoilt(&error.to_string());
                    break true;
                }
            }
        };
        let cut = cut || self.bad.contains_key(&file.name);
        self.files.insert(file.name.clone(), FileKept { file: file.clone(), sum: sum_of(&bytes[..at]), taken: at, cut });
        Ok(updates)
    }

    fn knows(&self, file: &SharedFile) -> bool {
        self.files.get(&file.name).is_some_and(|before| before.file == *file)
    }

    /// A file is left out from here on, until it is another.
    fn spoils(&mut self, file: &SharedFile, error: &CaseError) {
        tracing::warn!(file = file.name, %error, "a file of a shared folder is left out");
        self.bad.insert(file.name.clone(), (file.clone(), error.to_string()));
    }

    /// Files that are left out, for people.
    fn told_of_files(&self) -> Option<String> {
        let (name, (_, why)) = self.bad.iter().next()?;
        let more = if self.bad.len() > 1 { format!(", and {} more", self.bad.len() - 1) } else { String::new() };
        Some(format!("left out: `{}`{more} ({why})", words::plain(name, 80)))
    }
}

/// The name of a file of ours.
fn segment(own: &str, number: u32) -> String {
    format!("{own}{number}.fwcase")
}

/// Why a look at an incident came to nothing: something has to change first.
struct Trouble(String);

impl From<EngineError> for Trouble {
    fn from(error: EngineError) -> Self {
        Self(error.to_string())
    }
}
