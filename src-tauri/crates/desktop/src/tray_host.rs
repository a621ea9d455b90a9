//! Is there a tray to sit in? Stock GNOME has none, and panels restart.
//!
//! The window never starts hidden without one, and is whole without one.

use firewatch_domain::ports::{Check, Verdict};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrayHost {
    /// A panel shows icons.
    Present,
    /// A watcher runs, but no panel shows what it collects.
    Unshown,
    /// Nothing collects icons.
    Absent,
    /// The session bus cannot be reached.
    NoBus(String),
    /// It does not answer in time.
    Silent,
}

impl TrayHost {
    /// An icon registered now would be seen.
    pub fn is_present(&self) -> bool {
        *self == Self::Present
    }

    fn check(&self) -> Check {
        let (message, cure) = match self {
            Self::Present => ("a tray shows icons".to_owned(), ""),
            Self::Unshown | Self::Absent => (
                "the desktop has no tray".to_owned(),
                "add a tray to your panel (on GNOME the extension AppIndicator Support); the window works without it",
            ),
            Self::NoBus(seen) => (format!("there is no session bus ({seen})"), "start Firewatch from within a desktop session"),
            Self::Silent => ("the tray does not answer".to_owned(), "restart the panel; the window works without it"),
        };
        let verdict = if self.is_present() { Verdict::Ok } else { Verdict::Degraded };
        Check { name: "tray", verdict, message, cure: cure.to_owned() }
    }
}

/// How the tray stands.
pub async fn check() -> Check {
    look().await.check()
}

#[cfg(all(unix, not(target_os = "macos")))]
pub use xdg::{look, watch};

#[cfg(all(unix, not(target_os = "macos")))]
mod xdg {
    use std::time::Duration;

    use futures::{StreamExt, stream};
    use tokio::sync::watch;
    use tokio::time::{sleep, timeout};
    use zbus::Connection;
    use zbus::names::BusName;
    use zbus::proxy::CacheProperties;

    use super::TrayHost;
    use crate::PATIENCE;
    use crate::trouble::bus_words;

    const WATCHER: &str = "org.kde.StatusNotifierWatcher";
    /// Between attempts to reach a bus that is not there.
    const PAUSE: Duration = Duration::from_secs(30);

    #[zbus::proxy(
        interface = "org.kde.StatusNotifierWatcher",
        default_service = "org.kde.StatusNotifierWatcher",
        default_path = "/StatusNotifierWatcher",
        gen_blocking = false
    )]
    trait Watcher {
        #[zbus(property)]
        fn is_status_notifier_host_registered(&self) -> zbus::Result<bool>;
        #[zbus(signal)]
        fn status_notifier_host_registered(&self) -> zbus::Result<()>;
        #[zbus(signal)]
        fn status_notifier_host_unregistered(&self) -> zbus::Result<()>;
    }

    /// Looks once.
    pub async fn look() -> TrayHost {
        let looked = timeout(PATIENCE, async {
            match Connection::session().await {
                Ok(connection) => look_over(&connection).await,
                Err(error) => TrayHost::NoBus(bus_words(&error)),
            }
        });
        looked.await.unwrap_or(TrayHost::Silent)
    }

    /// Whether a tray is there, now and whenever it changes. Ends when nobody listens. Needs a tokio runtime.
    pub fn watch() -> watch::Receiver<bool> {
        let (there, seen) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                () = there.closed() => {}
                () = keep_watching(&there) => {}
            }
        });
        seen
    }

    async fn keep_watching(there: &watch::Sender<bool>) {
        loop {
            if let Err(error) = watch_over_one_connection(there).await {
                tracing::debug!(%error, "the tray cannot be watched");
            }
            there.send_if_modified(|present| std::mem::replace(present, false));
            sleep(PAUSE).await;
        }
    }

    /// Returns when the connection is lost.
    async fn watch_over_one_connection(there: &watch::Sender<bool>) -> zbus::Result<()> {
        let connection = Connection::session().await?;
        let bus = zbus::fdo::DBusProxy::new(&connection).await?;
        let owners = bus.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?.map(drop);
        let watcher = watcher(&connection).await?;
        let came = watcher.receive_status_notifier_host_registered().await?.map(drop);
        let went = watcher.receive_status_notifier_host_unregistered().await?.map(drop);
        let mut changes = stream::select(owners, stream::select(came, went)).boxed();
        loop {
            let present = timeout(PATIENCE, look_over(&connection)).await.is_ok_and(|host| host.is_present());
            there.send_if_modified(|known| std::mem::replace(known, present) != present);
            if changes.next().await.is_none() {
                return Ok(());
            }
        }
    }

    async fn look_over(connection: &Connection) -> TrayHost {
        let Ok(name) = BusName::try_from(WATCHER) else { return TrayHost::Absent };
        let owned = match zbus::fdo::DBusProxy::new(connection).await {
            Ok(bus) => bus.name_has_owner(name).await,
            Err(error) => return TrayHost::NoBus(bus_words(&error)),
        };
        if !owned.is_ok_and(|owned| owned) {
            return TrayHost::Absent;
        }
        match watcher(connection).await {
            Ok(watcher) if watcher.is_status_notifier_host_registered().await.is_ok_and(|shown| shown) => TrayHost::Present,
            _ => TrayHost::Unshown,
        }
    }

    async fn watcher(connection: &Connection) -> zbus::Result<WatcherProxy<'static>> {
        WatcherProxy::builder(connection).cache_properties(CacheProperties::No).build().await
    }
}

/// These systems always have one.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub async fn look() -> TrayHost {
    TrayHost::Present
}

/// These systems always have one.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn watch() -> tokio::sync::watch::Receiver<bool> {
    tokio::sync::watch::channel(true).1
}
