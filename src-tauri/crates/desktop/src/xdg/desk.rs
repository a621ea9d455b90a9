//! Which toasts stand, under which number, and what people did with them.
//!
//! An act is reported once per toast, whichever connection hears it first. Numbers are the server's: they mean nothing after it
//! restarted, and they may be heard of before the server's answer to us has arrived.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use firewatch_domain::ports::ToastAct;
use notify_rust::{NotificationHandle, NotificationResponse};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::PATIENCE;
use crate::shape::act;

/// Acts on numbers we do not know yet, kept while an answer is awaited.
const MOST_EARLY: usize = 32;

/// The toasts that stand.
pub(super) struct Desk {
    acts: mpsc::UnboundedSender<(String, ToastAct)>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    standing: Vec<Standing>,
    /// The handle of the first toast since none stood: closing its connection would take the others away.
    anchor: Option<Arc<NotificationHandle>>,
    expecting: bool,
    early: Vec<(u32, String)>,
}

struct Standing {
    key: String,
    id: u32,
    /// Its connection, and who listens on it; none in tests of the rules alone.
    held: Option<(Arc<NotificationHandle>, AbortHandle)>,
}

impl Drop for Standing {
    fn drop(&mut self) {
        if let Some((_, waiting)) = &self.held {
            waiting.abort();
        }
    }
}

/// While it lives, acts on unknown numbers are kept.
pub(super) struct Expecting<'a>(&'a Desk);

impl Drop for Expecting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.expecting = false;
        state.early.clear();
    }
}

impl Desk {
    pub(super) fn new(acts: mpsc::UnboundedSender<(String, ToastAct)>) -> Self {
        Self { acts, state: Mutex::default() }
    }

    /// An answer with a number is about to come.
    pub(super) fn expect(&self) -> Expecting<'_> {
        self.state().expecting = true;
        Expecting(self)
    }

    /// The number under which the key stands.
    pub(super) fn standing(&self, key: &str) -> Option<u32> {
        self.state().standing.iter().find(|s| s.key == key).map(|s| s.id)
    }

    /// A toast stands: holds its connection and listens on it.
    pub(super) fn stand(desk: &Arc<Self>, key: &str, handle: NotificationHandle) {
        let (id, handle) = (handle.id(), Arc::new(handle));
        let (there, listened) = (Arc::clone(desk), Arc::clone(&handle));
        let waiting = tokio::spawn(async move {
            listened
                .wait_for_action_async(|response| match response {
                    NotificationResponse::Default => there.invoked(id, "default"),
                    NotificationResponse::Action(action) => there.invoked(id, action),
                    NotificationResponse::Closed(_) => there.closed(id),
                    NotificationResponse::Reply(_) => {}
                })
                .await;
        });
        if let Some(action) = desk.enter(key, id, Some((handle, waiting.abort_handle()))) {
            desk.invoked(id, &action);
        }
    }

    /// Someone did something with a toast: it is settled and taken away, which not every server does by itself.
    pub(super) fn invoked(&self, id: u32, action: &str) {
        let mut state = self.state();
        let Some(at) = state.standing.iter().position(|s| s.id == id) else {
            if state.expecting && state.early.len() < MOST_EARLY {
                state.early.push((id, action.to_owned()));
            }
            return;
        };
        let Some(act) = act(action) else { return };
        let settled = state.standing.swap_remove(at);
        state.rest();
        if let Some((handle, _)) = &settled.held {
            let handle = Arc::clone(handle);
            tokio::spawn(async move { timeout(PATIENCE, handle.close_async()).await });
        }
        // Nobody listens any more only when the program ends.
        let _ = self.acts.send((settled.key.clone(), act));
    }

    /// The server took a toast away.
    pub(super) fn closed(&self, id: u32) {
        self.retain(|s| s.id != id);
    }

    /// We took a toast away.
    pub(super) fn gone(&self, key: &str) {
        self.retain(|s| s.key != key);
    }

    /// The server is another one: nothing stands.
    pub(super) fn clear(&self) {
        self.retain(|_| false);
    }

    /// Notes what stands; answers with an act that was heard before.
    fn enter(&self, key: &str, id: u32, held: Option<(Arc<NotificationHandle>, AbortHandle)>) -> Option<String> {
        let mut state = self.state();
        state.standing.retain(|s| s.key != key && s.id != id);
        if state.anchor.is_none() {
            state.anchor = held.as_ref().map(|(handle, _)| Arc::clone(handle));
        }
        state.standing.push(Standing { key: key.to_owned(), id, held });
        state.early.iter().find(|(early, _)| *early == id).map(|(_, action)| action.clone())
    }

    fn retain(&self, keep: impl Fn(&Standing) -> bool) {
        let mut state = self.state();
        state.standing.retain(keep);
        state.rest();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn rest(&mut self) {
        if self.standing.is_empty() {
            self.anchor = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk() -> (Desk, mpsc::UnboundedReceiver<(String, ToastAct)>) {
        let (acts, done) = mpsc::unbounded_channel();
        (Desk::new(acts), done)
    }

    #[test]
    fn an_act_heard_twice_counts_once() {
        let (desk, mut done) = desk();
        desk.enter("a", 7, None);
        desk.invoked(7, "acknowledge");
        desk.invoked(7, "acknowledge");
        assert_eq!(done.try_recv(), Ok(("a".to_owned(), ToastAct::Acknowledge)));
        assert!(done.try_recv().is_err());
    }

    #[test]
    fn an_act_heard_before_the_number_is_known_counts() {
        let (desk, mut done) = desk();
        let expecting = desk.expect();
        desk.invoked(9, "declare");
        assert_eq!(desk.enter("a", 9, None).as_deref(), Some("declare"));
        drop(expecting);
        desk.invoked(11, "declare");
        assert_eq!(desk.enter("b", 11, None), None, "another program's toast, while we awaited nothing");
        assert!(done.try_recv().is_err());
    }

    #[test]
    fn numbers_are_forgotten_with_the_server_and_with_the_toast() {
        let (desk, _done) = desk();
        desk.enter("a", 1, None);
        desk.enter("a", 2, None);
        assert_eq!(desk.standing("a"), Some(2));
        desk.closed(2);
        assert_eq!(desk.standing("a"), None);
        desk.enter("b", 3, None);
        desk.clear();
        assert_eq!(desk.standing("b"), None);
        desk.enter("c", 4, None);
        desk.gone("c");
        assert_eq!(desk.standing("c"), None);
    }
}
