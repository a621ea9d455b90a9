//! The tray as its host sees it: who is in it, with which picture and words, and what its menu does.

use std::collections::HashMap;

use anyhow::Context;
use zbus::zvariant::{OwnedValue, Value};

use super::{Session, TRAY, bus};
use crate::Result;

/// What an item of the tray speaks.
const ITEM: &str = "org.kde.StatusNotifierItem";
/// What its menu speaks.
const MENU: &str = "com.canonical.dbusmenu";

/// A picture of an item: width, height, and four bytes per pixel: alpha, red, green, blue.
pub type Pixmap = (i32, i32, Vec<u8>);

/// A node of the menu: number, properties, children.
type Node = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl Session {
    /// Who is in the tray, as the host lists them: bus name and path of each item.
    pub async fn tray_items(&self) -> Result<Vec<String>> {
        bus::property(&self.connection, TRAY, "/StatusNotifierWatcher", TRAY, "RegisteredStatusNotifierItems").await
    }

    /// One property of a tray item, such as `IconName`, `Title` or `Status`, as text.
    pub async fn tray_property(&self, item: &str, property: &str) -> Result<String> {
        let (name, path) = place(item);
        bus::property(&self.connection, name, path, ITEM, property).await
    }

    /// What hovering over an item shows: markup, a line each.
    pub async fn tray_tooltip(&self, item: &str) -> Result<String> {
        let (name, path) = place(item);
        let tip: OwnedValue = bus::property(&self.connection, name, path, ITEM, "ToolTip").await?;
        let (_, _, _, text): (String, Vec<Pixmap>, String, String) = tip.try_into().context("read the tooltip")?;
        Ok(text)
    }

    /// The pictures of an item, as it offers them.
    pub async fn tray_pictures(&self, item: &str) -> Result<Vec<Pixmap>> {
        let (name, path) = place(item);
        let pictures: OwnedValue = bus::property(&self.connection, name, path, ITEM, "IconPixmap").await?;
        pictures.try_into().context("read the pictures")
    }

    /// The lines of an item's menu, top to bottom, with their numbers; rules are left out.
    pub async fn tray_menu(&self, item: &str) -> Result<Vec<(i32, String)>> {
        let (name, _) = place(item);
        let asked = (0_i32, -1_i32, Vec::<&str>::new());
        let answer = self.connection.call_method(Some(name), "/MenuBar", Some(MENU), "GetLayout", &asked).await.context("read the menu")?;
        let (_revision, (_, _, children)): (u32, Node) = answer.body().deserialize()?;
        let mut lines = Vec::new();
        for child in children {
            let (number, properties, _): Node = child.try_into().context("read a line of the menu")?;
            if let Some(label) = properties.get("label") {
                lines.push((number, label.downcast_ref::<String>().context("a label that is no text")?));
            }
        }
        Ok(lines)
    }

    /// Chooses the line of an item's menu that begins so.
    pub async fn tray_choose(&self, item: &str, begins: &str) -> Result {
        let lines = self.tray_menu(item).await?;
        let line = lines.iter().find(|(_, label)| label.starts_with(begins));
        let (number, _) = line.with_context(|| format!("no {begins:?} in {lines:?}"))?;
        let click = (*number, "clicked", Value::from(0_i32), 0_u32);
        let call = self.connection.call_method(Some(place(item).0), "/MenuBar", Some(MENU), "Event", &click);
        call.await.map(drop).context("choose in the menu")
    }
}

fn place(item: &str) -> (&str, &str) {
    let (name, path) = item.split_at(item.find('/').unwrap_or(item.len()));
    (name, if path.is_empty() { "/StatusNotifierItem" } else { path })
}
