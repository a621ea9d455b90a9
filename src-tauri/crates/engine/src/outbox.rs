//! What the person does with the outbox: look, send again, say how it ended.

use firewatch_domain::outbox::{Act, Receipt, Settlement};
use firewatch_domain::words;
use firewatch_store::{StoreError, Tx};
use serde_json::Value;

use crate::show::rfc3339_s;
use crate::view::ActRow;
use crate::{Engine, EngineError};

/// Acts shown at once.
const MOST: u32 = 500;
/// Shortest beginning of an id that is understood.
const SHORTEST: usize = 4;

impl Engine {
    /// All acts, newest first.
    pub fn outbox(&self) -> Result<Vec<ActRow>, EngineError> {
        self.read(|tx| Ok(tx.acts(MOST)?.iter().map(row).collect()))
    }

    /// Sends an act again, by the person's word.
    pub fn retry_act(&self, id: &str) -> Result<ActRow, EngineError> {
        self.change_act(id, |act| act.retried(self.now_s()))
    }

    /// Settles an act by hand: `done:KEY` or `drop`.
    pub fn settle_act(&self, id: &str, how: &str) -> Result<ActRow, EngineError> {
        let settlement = settlement(how)?;
        self.change_act(id, |act| act.settled(settlement.clone()))
    }

    /// Writes an act in the running transaction; it is sent once that is committed.
    pub(crate) fn queue(&self, tx: &Tx<'_>, destination: &str, object: &str, kind: &str, payload: Value) -> Result<Act, EngineError> {
        let act = Act::new(self.world.ids.fresh(), destination, object, kind, payload, &self.replica(tx)?, self.now_s());
        tx.add_act(&act)?;
        self.post_bell.notify_one();
        Ok(act)
    }

    fn change_act(&self, id: &str, change: impl Fn(Act) -> Result<Act, firewatch_domain::outbox::ActError>) -> Result<ActRow, EngineError> {
        let changed = self.write(|tx| {
            let act = find(tx, id)?;
            let shown = words::plain(&act.id, 60);
            let changed = change(act).map_err(|error| EngineError::Invalid(format!("act {shown}: {error}")))?;
            tx.set_act(&changed)?;
            self.ticket_act_ended(tx, &changed, true)?;
            Ok(changed)
        })?;
        self.forget_courier(&changed.destination);
        self.post_bell.notify_one();
        Ok(row(&changed))
    }
}

/// By id, or by the beginning of an id when only one fits.
fn find(tx: &Tx<'_>, id: &str) -> Result<Act, EngineError> {
    if let Ok(act) = tx.act(id) {
        return Ok(act);
    }
    let mut fitting = tx.acts(MOST)?.into_iter().filter(|act| id.len() >= SHORTEST && act.id.starts_with(id));
    let found = fitting.next().ok_or_else(|| StoreError::Missing { what: "act", name: words::plain(id, 60) })?;
    if fitting.next().is_some() {
        return Err(EngineError::Invalid(format!("several acts begin with `{}`; give more of the id", words::plain(id, 60))));
    }
    Ok(found)
}

fn settlement(how: &str) -> Result<Settlement, EngineError> {
    match how.split_once(':') {
        Some(("done", key)) if !key.trim().is_empty() => Ok(Settlement::Done(Receipt::of(&words::plain(key, 200)))),
        None if how == "drop" => Ok(Settlement::Drop),
        _ => Err(EngineError::Invalid(format!("`{}` settles nothing; write done:KEY or drop", words::plain(how, 60)))),
    }
}

pub(crate) fn row(act: &Act) -> ActRow {
    ActRow {
        id: act.id.clone(),
        destination: act.destination.clone(),
        object: act.object.clone(),
        act: act.kind.clone(),
        state: act.state.word().to_owned(),
        attempts: act.attempts,
        reason: act.reason.as_ref().map(|reason| words::plain(reason, words::LONGEST_SHOWN)),
        created: rfc3339_s(act.created_s),
        due: act.due_s.map(rfc3339_s),
        receipt: act.receipt.as_ref().map(|receipt| receipt.id.clone()),
        url: act.receipt.as_ref().and_then(|receipt| receipt.url.clone()),
        note: act.receipt.as_ref().and_then(|receipt| receipt.note.clone()),
        text: act.payload.get("text").or_else(|| act.payload.get("topic")).and_then(Value::as_str).map(str::to_owned),
    }
}
