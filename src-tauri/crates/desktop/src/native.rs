//! Notifications where the system itself shows them (macOS, Windows), through notify-rust's blocking calls.
//!
//! They cannot replace a toast that stands there, so a later, silent message of a key is left to the inbox. Each toast has a
//! thread of its own that ends with it: the calls block, and some panic inside an async runtime.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use firewatch_domain::announcement::{Toast, Urgency};
use firewatch_domain::ports::{Announcer, Check, ToastAct, Verdict};
use notify_rust::{Notification, NotificationResponse, Timeout};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::PATIENCE;
use crate::shape::{Abilities, Shape, act};
use crate::trouble::{Trouble, short};

const ABILITIES: Abilities = Abilities { actions: true, body: true, markup: false };

/// The desktop's notifications.
pub struct Desktop {
    app_name: String,
    acts: mpsc::UnboundedSender<(String, ToastAct)>,
    standing: Arc<Mutex<HashSet<String>>>,
}

impl Desktop {
    /// Shows toasts as `app_name`; acts on them arrive through `acts`.
    pub fn new(app_name: &str, acts: mpsc::UnboundedSender<(String, ToastAct)>) -> Self {
        Self { app_name: app_name.to_owned(), acts, standing: Arc::default() }
    }

    async fn put_up(&self, toast: &Toast) -> Result<(), Trouble> {
        let standing = Arc::clone(&self.standing);
        if !lock(&standing).insert(toast.key.clone()) && toast.silent {
            return Ok(());
        }
        let notification = notification(&self.app_name, &Shape::of(toast, ABILITIES));
        let (key, acts) = (toast.key.clone(), self.acts.clone());
        let (shown, answer) = oneshot::channel();
        let started = std::thread::Builder::new().name("firewatch-toast".to_owned()).spawn(move || {
            match notification.show() {
                Ok(handle) => {
                    let _ = shown.send(Ok(()));
                    let done = handle.wait_for_response(|response: &NotificationResponse| {
                        let act = match response {
                            NotificationResponse::Default => Some(ToastAct::Open),
                            NotificationResponse::Action(identifier) => act(identifier),
                            NotificationResponse::Closed(_) | NotificationResponse::Reply(_) => None,
                        };
                        if let Some(act) = act {
                            let _ = acts.send((key.clone(), act));
                        }
                    });
                    if let Err(error) = done {
                        tracing::debug!(%error, "a notification ended without an answer");
                    }
                }
                Err(error) => {
                    let _ = shown.send(Err(Trouble::Refused(short(&error))));
                }
            }
            lock(&standing).remove(&key);
        });
        started.map_err(|error| Trouble::Refused(short(&error)))?;
        answer.await.unwrap_or(Err(Trouble::Silent))
    }
}

#[async_trait]
impl Announcer for Desktop {
    async fn show(&self, toast: &Toast) -> Result<(), String> {
        timeout(PATIENCE, self.put_up(toast)).await.unwrap_or(Err(Trouble::Silent)).map_err(|trouble| trouble.to_string())
    }

    async fn close(&self, key: &str) {
        lock(&self.standing).remove(key);
    }

    async fn check(&self) -> Check {
        Check {
            name: "notifications",
            verdict: Verdict::Ok,
            message: "the system shows notifications; whether it hides ours cannot be asked, the test notification shows it".to_owned(),
            cure: String::new(),
        }
    }
}

fn lock(standing: &Mutex<HashSet<String>>) -> std::sync::MutexGuard<'_, HashSet<String>> {
    standing.lock().unwrap_or_else(PoisonError::into_inner)
}

fn notification(app_name: &str, shape: &Shape) -> Notification {
    let mut notification = Notification::new();
    notification.appname(app_name).summary(&shape.title).body(&shape.body);
    notification.timeout(if shape.stays { Timeout::Never } else { Timeout::Default });
    for (identifier, label) in &shape.actions {
        notification.action(identifier, label);
    }
    dress(&mut notification, shape);
    notification
}

#[cfg(windows)]
fn dress(notification: &mut Notification, shape: &Shape) {
    notification.urgency(match shape.urgency {
        Urgency::Low => notify_rust::Urgency::Low,
        Urgency::Normal => notify_rust::Urgency::Normal,
        Urgency::Critical => notify_rust::Urgency::Critical,
    });
    // Known to Windows only once the installer has registered it; a build folder's program shows under the shell's name.
    let built = std::env::current_exe().is_ok_and(|path| path.components().any(|part| part.as_os_str() == "target"));
    if !built {
        notification.app_id("dev.firewatch.desktop");
    }
    if shape.sound.is_some() {
        notification.sound_name("Reminder");
    }
}

#[cfg(not(windows))]
fn dress(notification: &mut Notification, shape: &Shape) {
    if shape.sound.is_some() && shape.urgency >= Urgency::Normal {
        notification.sound_name("Sosumi");
    }
}
