//! Calls that may never return.
//!
//! A locked keyring answers when the person has typed a password into a prompt, or never. Each call therefore runs on a thread
//! of its own that nobody joins; the caller waits for a while and goes on. The client library blocks on its own executor, which
//! panics inside an async runtime: one more reason for a plain thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// Abandoned calls beyond which no new one is tried: each may hold a prompt open.
const MOST_ABANDONED: usize = 3;

/// How long callers wait, and how many calls were given up on and still run.
pub(crate) struct Patience {
    limit: Duration,
    abandoned: Arc<AtomicUsize>,
}

/// Why a call has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Impatient {
    /// It takes too long; perhaps a prompt waits.
    #[error("no answer within {0} s; it may be waiting for its password")]
    TooLong(u64),
    /// Earlier calls still hang.
    #[error("earlier requests still wait for its password")]
    Queued,
    /// The thread could not be started or died.
    #[error("the request could not be carried out")]
    Failed,
}

impl Patience {
    /// Waits at most `limit` per call.
    pub(crate) fn new(limit: Duration) -> Self {
        Self { limit, abandoned: Arc::default() }
    }

    /// Runs the work on a thread of its own and waits for it, but not for ever.
    pub(crate) fn call<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Impatient> {
        if self.abandoned.load(Ordering::SeqCst) >= MOST_ABANDONED {
            return Err(Impatient::Queued);
        }
        let (answer, answered) = mpsc::sync_channel(1);
        // Whoever sets it first decides: the thread that it finished, or the caller that it was abandoned.
        let settled = Arc::new(AtomicBool::new(false));
        let (settled_there, abandoned) = (Arc::clone(&settled), Arc::clone(&self.abandoned));
        std::thread::Builder::new()
            .name("firewatch-keyring".to_owned())
            .spawn(move || {
                let _ = answer.send(work());
                if settled_there.swap(true, Ordering::SeqCst) {
                    abandoned.fetch_sub(1, Ordering::SeqCst);
                }
            })
            .map_err(|_| Impatient::Failed)?;
        match answered.recv_timeout(self.limit) {
            Ok(value) => Ok(value),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Impatient::Failed),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                self.abandoned.fetch_add(1, Ordering::SeqCst);
                if settled.swap(true, Ordering::SeqCst) {
                    self.abandoned.fetch_sub(1, Ordering::SeqCst);
                }
                answered.try_recv().map_err(|_| Impatient::TooLong(self.limit.as_secs()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hanging_call_is_left_behind_and_many_are_refused() {
        let patience = Patience::new(Duration::from_millis(20));
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        for _ in 0..MOST_ABANDONED {
            let held = Arc::clone(&held);
            assert_eq!(patience.call(move || held.lock().map(|h| h.recv().is_ok()).ok()), Err(Impatient::TooLong(0)));
        }
        assert_eq!(patience.call(|| 1), Err(Impatient::Queued));
        for _ in 0..MOST_ABANDONED {
            release.send(()).unwrap();
        }
        let freed = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(10));
            patience.call(|| 1) == Ok(1)
        });
        assert!(freed, "the answered prompts free the way");
    }

    #[test]
    fn a_panicking_call_is_an_error() {
        assert_eq!(Patience::new(Duration::from_secs(5)).call(|| assert!(std::env::args().count() == 0)), Err(Impatient::Failed));
    }
}
