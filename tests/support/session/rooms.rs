//! The files of a session: folders, and the configuration of the bus, the notification daemon and the panel.

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;

use crate::Result;

/// Where distributions keep the panel's settings daemon.
pub(super) const SETTINGS_DAEMONS: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd",
    "/usr/lib/aarch64-linux-gnu/xfce4/xfconf/xfconfd",
    "/usr/lib/xfce4/xfconf/xfconfd",
    "/usr/lib64/xfce4/xfconf/xfconfd",
];

/// Everything dunst puts on the screen is written down by this script, in order, also what replaces another: the history lists a
/// notification only after it was closed, and does not know its urgency.
const SCRIBE: &str = r#"#!/bin/sh
printf '%s\0%s\0%s\0%s\0%s\0' "$DUNST_ID" "$DUNST_APP_NAME" "$DUNST_URGENCY" "$DUNST_SUMMARY" "$DUNST_BODY" >> "$FIREWATCH_SHOWN"
"#;

const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=10;x=640;y=786"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="28"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty"><property name="plugin-1" type="string" value="systray"/></property>
</channel>
"#;

/// Makes the folders and writes what the daemons read.
pub(super) fn furnish(folder: &Path) -> Result {
    for room in ["home", "data", "config/xfce4/xfconf/xfce-perchannel-xml", "cache", "state", "run"] {
        std::fs::create_dir_all(folder.join(room)).with_context(|| format!("make {room}"))?;
    }
    std::fs::set_permissions(folder.join("run"), PermissionsExt::from_mode(0o700)).context("close the runtime folder")?;
    write(&folder.join("config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml"), PANEL)?;
    let scribe = folder.join("scribe.sh");
    write(&scribe, SCRIBE)?;
    std::fs::set_permissions(&scribe, PermissionsExt::from_mode(0o700)).context("make the scribe executable")?;
    write(&folder.join("dunstrc"), &dunst(&scribe))
}

/// The variables that make these folders the home of a program.
pub(super) fn env(folder: &Path) -> Vec<(OsString, OsString)> {
    let mut env: Vec<(OsString, OsString)> = vec![
        ("XDG_CURRENT_DESKTOP".into(), "XFCE".into()),
        ("XDG_SESSION_TYPE".into(), "x11".into()),
        ("GDK_BACKEND".into(), "x11".into()),
        // Without its compositor a page sometimes never answers the driver's wish for a picture.
        ("WEBKIT_FORCE_COMPOSITING_MODE".into(), "1".into()),
        ("GSETTINGS_BACKEND".into(), "memory".into()),
        ("LANG".into(), "C.UTF-8".into()),
        ("NO_AT_BRIDGE".into(), "1".into()),
        ("FIREWATCH_SHOWN".into(), folder.join("shown").into()),
    ];
    let rooms = [("HOME", "home"), ("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")];
    for (name, room) in rooms.into_iter().chain([("XDG_STATE_HOME", "state"), ("XDG_RUNTIME_DIR", "run")]) {
        env.push((name.into(), folder.join(room).into()));
    }
    env
}

/// A bus without service folders: nothing is started because somebody asked for its name.
pub(super) fn write_bus_config(path: &Path, address: &str) -> Result {
    let config = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#
    );
    write(path, &config)
}

fn dunst(scribe: &Path) -> String {
    format!(
        "[global]\n\
         width = 360\norigin = top-right\noffset = 12x12\nnotification_limit = 20\nfont = DejaVu Sans 10\n\
         history_length = 1000\nstack_duplicates = false\nidle_threshold = 0\nmarkup = full\nmouse_left_click = do_action, close_current\n\
         always_run_script = true\n\
         [urgency_low]\ntimeout = 5\n[urgency_normal]\ntimeout = 10\n[urgency_critical]\ntimeout = 0\nbackground = \"#7a1010\"\n\
         [write_it_down]\nsummary = \"*\"\nscript = {}\n",
        scribe.display()
    )
}

fn write(path: &Path, text: &str) -> Result {
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
