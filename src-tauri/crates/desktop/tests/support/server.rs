//! A notification server that can be told to be odd.
#![allow(clippy::unused_self, clippy::used_underscore_binding, reason = "signatures are the interface's")]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::zvariant::OwnedValue;

/// How it behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Fine,
    /// Answers every toast with an error.
    Refuses,
    /// Takes calls and never answers.
    Hangs,
    /// Acts on a toast before the answer with its number has left.
    Hasty,
}

/// One toast as it was received.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    pub sender: String,
    pub replaces: u32,
    pub title: String,
    pub body: String,
    pub actions: Vec<String>,
    pub hints: Vec<String>,
    pub expires: i32,
}

struct Face {
    mood: Mood,
    capabilities: Vec<&'static str>,
    received: Arc<Mutex<Vec<Received>>>,
    next: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Face {
    fn get_capabilities(&self) -> Vec<&'static str> {
        self.capabilities.clone()
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("oddity".to_owned(), "nobody".to_owned(), "0.1".to_owned(), "1.2".to_owned())
    }

    fn close_notification(&self, _id: u32) {}

    #[allow(clippy::too_many_arguments, reason = "the specification's")]
    async fn notify(
        &mut self,
        #[zbus(header)] header: zbus::message::Header<'_>,
        #[zbus(signal_emitter)] emitter: zbus::object_server::SignalEmitter<'_>,
        _app_name: String,
        replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expires: i32,
    ) -> zbus::fdo::Result<u32> {
        match self.mood {
            Mood::Refuses => return Err(zbus::fdo::Error::Failed("not in the mood".to_owned())),
            Mood::Hangs => std::future::pending::<()>().await,
            Mood::Fine | Mood::Hasty => {}
        }
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let hints = hints.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
        self.received.lock().unwrap().push(Received { sender, replaces, title, body, actions, hints, expires });
        let id = if replaces == 0 {
            self.next += 1;
            self.next
        } else {
            replaces
        };
        if self.mood == Mood::Hasty {
            Self::action_invoked(&emitter, id, "snooze").await?;
        }
        Ok(id)
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &zbus::object_server::SignalEmitter<'_>, id: u32, action_key: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(emitter: &zbus::object_server::SignalEmitter<'_>, id: u32, reason: u32) -> zbus::Result<()>;
}

/// The server; it leaves the bus when dropped.
pub struct Server {
    connection: zbus::Connection,
    pub received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub async fn start(mood: Mood, capabilities: &[&'static str]) -> Self {
        let received = Arc::new(Mutex::default());
        let face = Face { mood, capabilities: capabilities.to_vec(), received: Arc::clone(&received), next: 0 };
        let builder = zbus::connection::Builder::session().unwrap().serve_at("/org/freedesktop/Notifications", face).unwrap();
        let connection = builder.name("org.freedesktop.Notifications").unwrap().build().await.unwrap();
        Self { connection, received }
    }

    pub fn last(&self) -> Received {
        self.received.lock().unwrap().last().cloned().unwrap()
    }

    /// Tells everybody, as most servers do, or only the connection that sent the toast, as dunst does.
    pub async fn invoke(&self, to: Option<&str>, id: u32, action: &str) {
        self.connection
            .emit_signal(to, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "ActionInvoked", &(id, action))
            .await
            .unwrap();
    }

    pub async fn dismiss(&self, id: u32) {
        self.connection
            .emit_signal(None::<&str>, "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "NotificationClosed", &(id, 2u32))
            .await
            .unwrap();
    }

    pub async fn stop(self) {
        self.connection.close().await.unwrap();
    }
}
