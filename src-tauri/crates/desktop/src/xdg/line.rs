//! Our own connection to the notification server: what it can do, what people do with toasts, and when it restarts.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream::{self, BoxStream};
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use zbus::proxy::CacheProperties;

use super::desk::Desk;
use crate::trouble::{Trouble, bus_words, said};

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: String) -> zbus::Result<()>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
}

/// Who answers.
pub(super) struct Server {
    pub(super) name: String,
    pub(super) version: String,
}

/// A connection that listens for as long as it lives.
pub(super) struct Line {
    /// Taken only when dropped.
    proxy: Option<NotificationsProxy<'static>>,
    listening: AbortHandle,
    runtime: Handle,
}

enum Heard {
    Invoked(u32, String),
    Closed(u32),
    Restarted,
    Nothing,
}

impl Line {
    /// Connects and subscribes; what is heard from then on goes to the desk.
    pub(super) async fn open(desk: Arc<Desk>) -> Result<Self, Trouble> {
        let connection = zbus::Connection::session().await.map_err(|error| Trouble::NoBus(bus_words(&error)))?;
        let proxy = NotificationsProxy::builder(&connection)
            .cache_properties(CacheProperties::No)
            .build()
            .await
            .map_err(|error| trouble(&error))?;
        let mut heard = ears(&proxy).await.map_err(|error| trouble(&error))?;
        let listening = tokio::spawn(async move {
            while let Some(heard) = heard.next().await {
                match heard {
                    Heard::Invoked(id, action) => desk.invoked(id, &action),
                    Heard::Closed(id) => desk.closed(id),
                    Heard::Restarted => desk.clear(),
                    Heard::Nothing => {}
                }
            }
        })
        .abort_handle();
        Ok(Self { proxy: Some(proxy), listening, runtime: Handle::current() })
    }

    /// The bus still carries it.
    pub(super) fn is_alive(&self) -> bool {
        !self.listening.is_finished()
    }

    fn proxy(&self) -> Result<&NotificationsProxy<'static>, Trouble> {
        self.proxy.as_ref().ok_or(Trouble::Silent)
    }

    pub(super) async fn capabilities(&self) -> Result<Vec<String>, Trouble> {
        self.proxy()?.get_capabilities().await.map_err(|error| trouble(&error))
    }

    pub(super) async fn server(&self) -> Result<Server, Trouble> {
        let (name, _vendor, version, _spec) = self.proxy()?.get_server_information().await.map_err(|error| trouble(&error))?;
        Ok(Server { name, version })
    }

    pub(super) async fn close(&self, id: u32) -> Result<(), Trouble> {
        self.proxy()?.close_notification(id).await.map_err(|error| trouble(&error))
    }
}

/// Unsubscribing spawns a task, so a line that ends with its owner, outside of any runtime, ends inside its own.
impl Drop for Line {
    fn drop(&mut self) {
        let _inside = self.runtime.enter();
        self.listening.abort();
        self.proxy.take();
    }
}

/// Only what the owner of the name says is heard; the stream ends with the connection.
async fn ears(proxy: &NotificationsProxy<'static>) -> zbus::Result<BoxStream<'static, Heard>> {
    let invoked = proxy.receive_action_invoked().await?.map(|signal| match signal.args() {
        Ok(args) => Heard::Invoked(args.id, args.action_key),
        Err(_) => Heard::Nothing,
    });
    let closed =
        proxy.receive_notification_closed().await?.map(|signal| signal.args().map_or(Heard::Nothing, |args| Heard::Closed(args.id)));
    let owner = proxy.inner().receive_owner_changed().await?.map(|_| Heard::Restarted);
    Ok(stream::select(invoked, stream::select(closed, owner)).boxed())
}

fn trouble(error: &zbus::Error) -> Trouble {
    match error {
        zbus::Error::MethodError(name, _, _)
            if name.starts_with("org.freedesktop.DBus.Error.Spawn.")
                || ["org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"].contains(&name.as_str()) =>
        {
            Trouble::Absent
        }
        zbus::Error::InputOutput(_) | zbus::Error::Address(_) | zbus::Error::Handshake(_) => Trouble::NoBus(bus_words(error)),
        other => Trouble::Refused(said(other)),
    }
}
