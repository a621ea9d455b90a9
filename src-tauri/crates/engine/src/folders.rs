//! Folders of documents that are the source of truth: read again when something in them changed.
//!
//! What a folder defines is kept as an import would keep it, remembers its file and line, and is changed only there. A
//! definition whose file is gone stays with its history, marked, until the person removes it; one whose file no longer
//! reads stays as it was last read. Names, sizes and times of the files are compared instead of waiting for the file
//! system's notices, which network folders do not send.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use firewatch_documents::Context;
use firewatch_domain::slo::Slo;
use firewatch_domain::words;
use firewatch_store::{FileRecord, FolderRecord, Tx};

use crate::view::{DoctorLine, DroppedFile, FolderRow, ImportLine};
use crate::{Engine, EngineError};

/// Folders are read this deep.
const DEEPEST: usize = 12;
/// Files of one folder.
const MOST_FILES: usize = 2000;
/// Bytes of one file; no document is larger.
const LARGEST: u64 = 1 << 20;
/// Remarks kept of one folder.
const MOST_REMARKS: usize = 200;

impl Engine {
    /// Watches a folder from now on, and reads it at once.
    pub async fn watch_folder(self: &Arc<Self>, path: &Path, source: &str, environment: &str) -> Result<FolderRow, EngineError> {
        self.source_named(source).await?;
        let whole = path.canonicalize().ok().filter(|path| path.is_dir());
        let whole =
            whole.ok_or_else(|| EngineError::Invalid(format!("{} is no folder that can be read; check the path", path.display())))?;
        let environment = if environment.trim().is_empty() { "production" } else { environment.trim() };
        let record = FolderRecord {
            id: self.world.ids.fresh(),
            path: whole.display().to_string(),
            source: source.to_owned(),
            environment: environment.to_owned(),
            mark: None,
            read_s: None,
            error: None,
            remarks: String::new(),
        };
        let wanted = record.path.clone();
        self.blocking(move |engine| engine.write(|tx| Ok(tx.put_folder(&record)?))).await?;
        self.read_folders().await?;
        self.folder(&wanted)
    }

    /// Stops watching a folder. Its SLOs stay and may be changed by hand.
    pub async fn unwatch_folder(self: &Arc<Self>, path_or_id: &str) -> Result<FolderRow, EngineError> {
        let row = self.folder(path_or_id)?;
        let id = row.id.clone();
        self.blocking(move |engine| engine.write(|tx| Ok(tx.remove_folder(&id)?))).await?;
        Ok(row)
    }

    /// All watched folders.
    pub fn folders(&self) -> Result<Vec<FolderRow>, EngineError> {
        self.read(|tx| tx.folders()?.into_iter().map(|record| row(tx, record)).collect())
    }

    /// Reads every folder in which something changed; true when any did.
    pub async fn read_folders(self: &Arc<Self>) -> Result<bool, EngineError> {
        let changed = self.blocking(|engine| {
            let folders = engine.read(|tx| Ok(tx.folders()?))?;
            let mut changed = false;
            for record in folders {
                changed |= engine.read_folder(record)?;
            }
            Ok(changed)
        });
        let changed = changed.await?;
        if changed {
            self.changed();
        }
        Ok(changed)
    }

    /// Why an SLO may not be changed by hand: a file defines it.
    pub fn defined_by(&self, slo: &str) -> Result<Option<String>, EngineError> {
        self.read(|tx| place(tx, slo))
    }

    fn folder(&self, path_or_id: &str) -> Result<FolderRow, EngineError> {
        let whole = Path::new(path_or_id).canonicalize().map_or_else(|_| path_or_id.to_owned(), |path| path.display().to_string());
        let found = self.folders()?.into_iter().find(|f| f.path == path_or_id || f.path == whole || f.id == path_or_id);
        found.ok_or_else(|| {
            EngineError::Invalid(format!("{} is not watched; `slo folders` lists those that are", words::plain(path_or_id, 200)))
        })
    }

    /// One look at a folder; true when its documents were read.
    fn read_folder(&self, mut record: FolderRecord) -> Result<bool, EngineError> {
        let root = PathBuf::from(&record.path);
        let listing = match list(&root) {
            Ok(listing) => listing,
            Err(error) if record.error.as_ref() == Some(&error) => return Ok(false),
            Err(error) => {
                // What cannot be seen is not gone: its SLOs stay as they are.
                (record.error, record.mark) = (Some(error), None);
                self.write(|tx| Ok(tx.note_folder(&record)?))?;
                return Ok(false);
            }
        };
        if record.error.is_none() && record.mark.as_deref() == Some(listing.mark.as_str()) {
            return Ok(false);
        }
        let (files, unread) = listing.read(&root);
        let context = Context { source: record.source.clone(), environment: record.environment.clone() };
        self.write(|tx| {
            let mut lines = self.take_files(tx, &files, &context, Some(&record.id))?;
            lines.extend(unread.iter().cloned());
            mark_gone(tx, &record.id, &lines, self.now_s())?;
            lines.retain(|line| !line.messages.is_empty() && (line.outcome != "imported"));
            lines.truncate(MOST_REMARKS);
            (record.mark, record.error, record.read_s) = (Some(listing.mark.clone()), None, Some(self.now_s()));
            record.remarks = serde_json::to_string(&lines).unwrap_or_default();
            Ok(tx.note_folder(&record)?)
        })?;
        Ok(true)
    }

    /// What the doctor says about each folder.
    pub(crate) fn folder_lines(&self) -> Result<Vec<DoctorLine>, EngineError> {
        let lines = self.folders()?.into_iter().map(|folder| {
            let rejected = folder.remarks.iter().filter(|line| line.outcome == "rejected").count();
            let first = folder.remarks.iter().find(|line| line.outcome == "rejected");
            let (verdict, message, cure) = match (&folder.error, first) {
                (Some(error), _) => ("broken", error.clone(), "make the folder readable, or stop watching it: slo unwatch-folder"),
                (None, Some(line)) => {
                    let place = format!("{}:{}", line.file, line.line.unwrap_or(1));
                    let why = line.messages.first().map_or("", String::as_str);
                    let message = format!("{rejected} documents are rejected, first {place}: {why}");
                    ("degraded", message, "correct the file; the SLO stays as it was last read")
                }
                (None, None) if !folder.gone.is_empty() => (
                    "degraded",
                    format!("no file defines {} any more", folder.gone.join(", ")),
                    "remove them with slo remove, or restore the file",
                ),
                (None, None) => ("ok", format!("{} SLOs", folder.slos), ""),
            };
            DoctorLine {
                part: format!("folder {}", folder.path),
                verdict: verdict.to_owned(),
                message: words::plain(&message, 400),
                cure: cure.to_owned(),
            }
        });
        Ok(lines.collect())
    }
}

/// Where an SLO stands, while a file defines it.
pub(crate) fn place(tx: &Tx<'_>, slo: &str) -> Result<Option<String>, EngineError> {
    let Some(file) = tx.file_of(slo)?.filter(|file| file.gone_s.is_none()) else { return Ok(None) };
    let folder = tx.folders()?.into_iter().find(|folder| folder.id == file.folder);
    let path = folder.map_or_else(|| file.file.clone(), |folder| Path::new(&folder.path).join(&file.file).display().to_string());
    Ok(Some(file.line.map_or(path.clone(), |line| format!("{path}:{line}"))))
}

/// Why a document may not define an SLO of this name: it belongs to another file, or was made by hand and differs.
pub(crate) fn claimed(tx: &Tx<'_>, slo: &Slo, folder: Option<&str>) -> Result<Option<String>, EngineError> {
    let Some(old) = tx.slo_by_name(&slo.name)? else { return Ok(None) };
    let file = tx.file_of(&old.id)?.filter(|file| file.gone_s.is_none());
    let own = file.as_ref().is_some_and(|file| Some(file.folder.as_str()) == folder);
    if let Some(place) = place(tx, &old.id)?.filter(|_| !own) {
        return Ok(Some(format!("`{}` is defined by {place}; change it there", slo.name)));
    }
    let same = Slo { id: old.id.clone(), ..slo.clone() } == old;
    let made_by_hand = folder.is_some() && tx.file_of(&old.id)?.is_none() && !same;
    let message = || format!("an SLO `{}` was made by hand and differs; remove it, or rename one of them, and the file is taken", slo.name);
    Ok(made_by_hand.then(message))
}

/// SLOs that no file defines any more; one whose file does not read now may still be in it.
fn mark_gone(tx: &Tx<'_>, folder: &str, lines: &[ImportLine], now_s: i64) -> Result<(), EngineError> {
    let kept: BTreeSet<&str> = lines.iter().filter_map(|line| line.id.as_deref()).collect();
    let unclear: BTreeSet<&str> = lines.iter().filter(|line| line.outcome == "rejected").map(|line| line.file.as_str()).collect();
    for file in tx.files_of(folder)? {
        let gone = !kept.contains(file.slo.as_str()) && !unclear.contains(file.file.as_str());
        if gone && file.gone_s.is_none() {
            tx.put_file(&FileRecord { gone_s: Some(now_s), ..file })?;
        }
    }
    Ok(())
}

fn row(tx: &Tx<'_>, record: FolderRecord) -> Result<FolderRow, EngineError> {
    let files = tx.files_of(&record.id)?;
    let gone = files.iter().filter(|file| file.gone_s.is_some()).map(|file| Ok(tx.slo(&file.slo)?.name));
    let gone: Vec<String> = gone.collect::<Result<_, EngineError>>()?;
    Ok(FolderRow {
        slos: (files.len() - gone.len()) as u32,
        gone,
        remarks: serde_json::from_str(&record.remarks).unwrap_or_default(),
        id: record.id,
        path: record.path,
        source: record.source,
        environment: record.environment,
        read_at: record.read_s.map(|s| s as f64),
        error: record.error,
    })
}

/// The documents of a folder.
struct Listing {
    /// Paths inside the folder, with their sizes.
    files: BTreeMap<PathBuf, u64>,
    /// Changes when any file does.
    mark: String,
}

impl Listing {
    /// The files' texts, and a line for each that could not be read.
    fn read(&self, root: &Path) -> (Vec<DroppedFile>, Vec<ImportLine>) {
        let (mut files, mut unread) = (Vec::new(), Vec::new());
        for (path, size) in &self.files {
            let name = path.display().to_string();
            let text = if *size > LARGEST {
                Err("it is larger than 1 MB".to_owned())
            } else {
                std::fs::read(root.join(path)).map_err(|e| e.to_string())
            };
            match text {
                Ok(bytes) => files.push(DroppedFile { name, text: String::from_utf8_lossy(&bytes).into_owned() }),
                Err(why) => unread.push(ImportLine {
                    file: name,
                    line: None,
                    name: None,
                    outcome: "rejected".to_owned(),
                    messages: vec![words::plain(&format!("the file cannot be read: {why}. make it readable, or move it away"), 300)],
                    id: None,
                }),
            }
        }
        (files, unread)
    }
}

fn list(root: &Path) -> Result<Listing, String> {
    let (mut files, mut hash) = (BTreeMap::new(), DefaultHasher::new());
    let mut open = vec![(PathBuf::new(), 0)];
    while let Some((inside, depth)) = open.pop() {
        let folder = root.join(&inside);
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let path = inside.join(entry.file_name());
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Ok(meta) = std::fs::metadata(entry.path()) else { continue };
            let known = path.extension().is_some_and(|e| ["yaml", "yml", "json"].iter().any(|k| e.eq_ignore_ascii_case(k)));
            if meta.is_dir() && !hidden && depth < DEEPEST {
                open.push((path, depth + 1));
            } else if meta.is_file() && known && !hidden {
                files.insert(path, (meta.len(), meta.modified().ok()));
            }
            if files.len() > MOST_FILES {
                return Err(format!("{} holds more than {MOST_FILES} documents; watch its folders one by one", root.display()));
            }
        }
    }
    files.hash(&mut hash);
    Ok(Listing { mark: format!("{:016x}", hash.finish()), files: files.into_iter().map(|(path, (size, _))| (path, size)).collect() })
}
