//! A notification server that takes the call and never answers: the moment between the commit and the notification, held open.
#![allow(clippy::used_underscore_binding, clippy::unused_self, reason = "the signatures are the specification's")]

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use firewatch_tests::Result;
use firewatch_tests::session::Session;
use zbus::zvariant::OwnedValue;

const PATH: &str = "/org/freedesktop/Notifications";
const NAME: &str = "org.freedesktop.Notifications";

struct Silent {
    calls: Arc<AtomicU64>,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Silent {
    fn get_capabilities(&self) -> Vec<&'static str> {
        vec!["body", "actions"]
    }

    fn get_server_information(&self) -> (&'static str, &'static str, &'static str, &'static str) {
        ("silence", "nobody", "0.1", "1.2")
    }

    fn close_notification(&self, _id: u32) {}

    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    async fn notify(
        &self,
        _app_name: String,
        _replaces: u32,
        _icon: String,
        _summary: String,
        _body: String,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        self.calls.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}

/// The server on a session's bus.
pub struct SilentServer {
    calls: Arc<AtomicU64>,
}

impl SilentServer {
    /// Takes the name; no other server may be there.
    pub async fn start(session: &Session) -> Result<Self> {
        let calls = Arc::new(AtomicU64::new(0));
        session.bus().object_server().at(PATH, Silent { calls: Arc::clone(&calls) }).await?;
        session.bus().request_name(NAME).await?;
        Ok(Self { calls })
    }

    /// Notifications it took and did not answer.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Gives the name back.
    pub async fn leave(self, session: &Session) -> Result {
        session.bus().release_name(NAME).await?;
        session.bus().object_server().remove::<Silent, _>(PATH).await?;
        Ok(())
    }
}
