//! A case file: an incident whole in one file, for somebody who shares nothing else with us. The same form as the files of a shared
//! folder.

use firewatch_casefile::seal::{headed, heading, opened, sealed};
use firewatch_casefile::{CaseError, CaseFile, client_of};
use firewatch_domain::relay::is_shared_id;
use firewatch_domain::slo::name_from;
use firewatch_domain::words;

use crate::relays::room::Seen;
use crate::view::IncidentView;
use crate::{Engine, EngineError};

/// How what came by a case file is marked.
const FROM_FILE: &str = "case file";
/// Longest case file that is taken, in bytes.
pub const LONGEST_CASE: u64 = 128 << 20;

impl Engine {
    /// An incident whole as a case file: a name for it, and its bytes.
    pub fn case_file(&self, id: &str) -> Result<(String, Vec<u8>), EngineError> {
        let incident = self.read(|tx| self.incident_of(tx, id))?;
        self.room_out(&incident.id, &mut Seen::default())?;
        let whole = self.read_case(&incident.id, |_, _, held| Ok(held.case.whole()))?;
        let start: String = name_from(&incident.title).chars().take(48).collect();
        let name = format!("{}-{}.fwcase", incident.declared_at.format("%Y-%m-%d"), start.trim_matches(['-', '.']));
        Ok((name, [heading(&incident.id), sealed(&whole)].concat()))
    }

    /// Takes a case file in: what is known already stays, what is new comes to it. Nothing is taken of a file that is damaged.
    pub fn take_case_file(&self, bytes: &[u8]) -> Result<IncidentView, EngineError> {
        let unfit = |why: &str| EngineError::Invalid(format!("this case file cannot be taken: {why}"));
        let Some((incident, mut rest)) = headed(bytes).filter(|(incident, _)| is_shared_id(incident)) else {
            return Err(unfit("it is none; export one with `firewatchctl incident export ID --format case --out FILE`"));
        };
        let foreign = CaseFile::new(client_of(&self.world.ids.fresh()));
        let mut taken = 0;
        while !rest.is_empty() {
            let damaged = |error: CaseError| unfit(&error.to_string());
            let Some((update, behind)) = opened(rest).map_err(damaged)? else {
                return Err(unfit("it is cut short; get it once more"));
            };
            foreign.apply(update).map_err(damaged)?;
            (rest, taken) = (behind, taken + 1);
        }
        if taken == 0 || foreign.waits() {
            return Err(unfit("it is not whole; get it once more"));
        }
        if self.is_here(incident)? {
            self.merge_from(incident, &foreign.whole(), FROM_FILE)?;
            self.room_in(incident, &mut Seen::default())?;
        } else if !self.admit(incident, &foreign, FROM_FILE)? {
            return Err(unfit(&format!("it holds no incident {}", words::plain(incident, 60))));
        }
        self.incident(incident)
    }

    /// The same from a path, within bounds.
    pub fn read_case_file(&self, path: &std::path::Path) -> Result<IncidentView, EngineError> {
        let shown = words::plain(&path.display().to_string(), 200);
        let field = |message: String| EngineError::Field { field: "path".to_owned(), message };
        let size = std::fs::metadata(path).map_err(|error| field(format!("`{shown}` cannot be read: {error}")))?.len();
        if size > LONGEST_CASE {
            return Err(field(format!("`{shown}` is larger than {} MB, more than any incident is", LONGEST_CASE >> 20)));
        }
        self.take_case_file(&std::fs::read(path).map_err(|error| field(format!("`{shown}` cannot be read: {error}")))?)
    }
}
