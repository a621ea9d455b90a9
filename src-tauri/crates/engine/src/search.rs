//! Finding what was ever written down, and incidents that look like one.

use firewatch_domain::hypothesis::Hypothesis;
use firewatch_domain::postmortem::standing;
use firewatch_domain::search::Query;
use firewatch_domain::words::plain;
use firewatch_store::{Hit, StoreError, Tx};

use crate::show::{decisive, rfc3339_s};
use crate::view::{Alike, AlikeFollowUp, HitRow, Piece};
use crate::{Engine, EngineError};

/// Most hits that are shown.
const MOST: u32 = 200;
/// Incidents that are shown as alike.
const ALIKE: usize = 5;
/// Hits that are looked at for them.
const LOOKED_AT: u32 = 60;

impl Engine {
    /// What fits a query, the best first: all of its terms, or where nothing has them all, any.
    pub fn search(&self, typed: &str, limit: u32) -> Result<Vec<HitRow>, EngineError> {
        let query = Query::parse(typed);
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let limit = limit.clamp(1, MOST);
        self.find_written_up();
        self.read(|tx| {
            let mut hits = tx.search(&query.all(), None, None, limit)?;
            if hits.is_empty() {
                hits = tx.search(&query.any(), None, None, limit)?;
            }
            let titles = tx.incident_titles()?;
            let row = |hit: Hit| {
                let title = hit.incident.as_ref().and_then(|id| titles.get(id)).map(|title| plain(title, 200));
                hit_row(tx, hit, title)
            };
            hits.into_iter().map(row).collect()
        })
    }

    /// Earlier incidents that look like one: alike in their words and their SLOs, with what was done about them and whether that was
    /// proven.
    pub fn looks_like(&self, incident: &str) -> Result<Vec<Alike>, EngineError> {
        self.find_written_up();
        self.read(|tx| {
            let this = self.incident_of(tx, incident)?;
            let names = this.slos.iter().map(|slo| slo.name.as_str()).collect::<Vec<_>>().join(" ");
            let query = Query::like(&format!("{} {names}", this.title));
            let hits = tx.search(&query.any(), None, Some(&this.id), LOOKED_AT)?;
            let mut alike: Vec<Alike> = Vec::new();
            for hit in hits {
                let Some(id) = hit.incident.filter(|id| !alike.iter().any(|known| known.id == *id)) else { continue };
                if alike.len() == ALIKE {
                    break;
                }
                let Ok(other) = self.incident_of(tx, &id) else { continue };
                // A merged incident stands as the one it was merged into.
                let told = other.id == this.id || alike.iter().any(|known| known.id == other.id);
                if told || other.declared_at > this.declared_at {
                    continue;
                }
                alike.push(Alike {
                    id: other.id.clone(),
                    title: plain(&other.title, 200),
                    phase: other.phase.word().to_owned(),
                    at: rfc3339_s(other.declared_at.timestamp()),
                    shared_slos: other.slos.iter().filter(|slo| this.slos.contains(slo)).map(|slo| slo.name.clone()).collect(),
                    followups: fixes(tx, &other.id)?,
                });
            }
            // What burned then burns now: that says more than words.
            alike.sort_by_key(|one| std::cmp::Reverse(one.shared_slos.len()));
            Ok(alike)
        })
    }

    /// A disk that takes no word more must not keep anybody from finding what is there.
    fn find_written_up(&self) {
        if let Err(error) = self.find_postmortems() {
            tracing::warn!(%error, "the newest words of the postmortems could not be put into the search");
        }
    }
}

/// What was done about an incident.
fn fixes(tx: &Tx<'_>, incident: &str) -> Result<Vec<AlikeFollowUp>, EngineError> {
    let fixes = tx.followups_of(incident)?.into_iter().map(|followup| -> Result<AlikeFollowUp, EngineError> {
        let verdict = verdict(tx, &followup.id, followup.hypothesis.as_ref())?;
        Ok(AlikeFollowUp { id: followup.id, title: plain(&followup.title, 200), status: followup.status.word().to_owned(), verdict })
    });
    fixes.collect()
}

fn verdict(tx: &Tx<'_>, followup: &str, hypothesis: Option<&Hypothesis>) -> Result<Option<String>, StoreError> {
    let Some(hypothesis) = hypothesis else { return Ok(None) };
    let proofs = tx.last_proofs_of(followup)?;
    Ok(decisive(hypothesis, &proofs).map(firewatch_domain::proof::Proof::headline))
}

fn hit_row(tx: &Tx<'_>, hit: Hit, incident_title: Option<String>) -> Result<HitRow, EngineError> {
    let note = match hit.kind.as_str() {
        "followup" => {
            let followup = tx.followup(&hit.id)?;
            let verdict = verdict(tx, &hit.id, followup.hypothesis.as_ref())?;
            Some(verdict.map_or_else(|| followup.status.word().to_owned(), |verdict| format!("{}; {verdict}", followup.status.word())))
        }
        "postmortem" => Some(standing(&tx.entries_of(&hit.id, "postmortem_state")?).state.word().replace('_', " ")),
        _ => None,
    };
    let shown = |pieces: Vec<(String, bool)>| -> Vec<Piece> {
        let plainly = |(text, hit): (String, bool)| Piece { text: kept(&text), hit };
        pieces.into_iter().map(plainly).collect()
    };
    let (title, excerpt) = (shown(hit.title), shown(hit.excerpt));
    let whole = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.as_str()).collect::<String>().trim().to_owned();
    Ok(HitRow {
        kind: hit.kind,
        id: hit.id,
        incident: hit.incident,
        incident_title,
        title: whole(&title),
        excerpt: whole(&excerpt),
        title_pieces: title,
        excerpt_pieces: excerpt,
        note,
        at: rfc3339_s(hit.at_s),
    })
}

/// Plain, but with its spaces: pieces are laid side by side.
fn kept(text: &str) -> String {
    let (front, back) = (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    let inner = plain(text, 1000);
    format!("{}{inner}{}", if front { " " } else { "" }, if back && !inner.is_empty() { " " } else { "" })
}
