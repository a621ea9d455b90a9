//! The few questions the bench asks of the session's message bus.

use std::time::Duration;

use anyhow::Context;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::OwnedValue;

use crate::process::Process;
use crate::{Result, wait};

pub(super) async fn connect(address: &str) -> Result<Connection> {
    let builder = zbus::connection::Builder::address(address).context("read the bus address")?;
    builder.build().await.context("connect to the session's bus")
}

/// Waits until `process` (or a child of it) owns `name`.
pub(super) async fn owned(connection: &Connection, process: &mut Process, name: &str) -> Result {
    let bus = DBusProxy::new(connection).await?;
    process
        .until(format!("an owner of {name}"), wait::PATIENCE, async || has_owner(&bus, name).await.map(|owned| owned.then_some(())))
        .await
}

/// Waits until nobody owns `name`.
pub(super) async fn left(connection: &Connection, name: &str) -> Result {
    let bus = DBusProxy::new(connection).await?;
    wait::until(format!("{name} to be free"), Duration::from_secs(20), async || {
        has_owner(&bus, name).await.map(|owned| (!owned).then_some(()))
    })
    .await
}

/// One property, read afresh.
pub(super) async fn property<T>(connection: &Connection, name: &str, path: &str, interface: &str, property: &str) -> Result<T>
where
    T: TryFrom<OwnedValue>,
    T::Error: Into<zbus::Error>,
{
    let asked = (interface, property);
    let call = connection.call_method(Some(name), path, Some("org.freedesktop.DBus.Properties"), "Get", &asked);
    let value: OwnedValue = call.await.with_context(|| format!("ask {name} for {property}"))?.body().deserialize()?;
    T::try_from(value).map_err(Into::into).with_context(|| format!("{property} of {name}"))
}

async fn has_owner(bus: &DBusProxy<'_>, name: &str) -> Result<bool> {
    Ok(bus.name_has_owner(BusName::try_from(name)?).await?)
}
