//! The menu bar of macOS and the notification area of Windows, through tauri's tray.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tauri::image::Image;
use tauri::menu::{Menu, MenuItemBuilder, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};
use tokio::sync::mpsc::UnboundedSender;

use super::{Row, TrayAct, TrayModel};

/// Of the embedded sizes, the one these systems scale best.
const PICTURE: usize = 3;

/// The icon; it appears once the application is attached.
pub struct Tray {
    state: Arc<Mutex<State>>,
    acts: UnboundedSender<TrayAct>,
}

struct State {
    model: TrayModel,
    icon: Option<(AppHandle, TrayIcon)>,
}

impl Tray {
    /// Remembers what to show; what people do there arrives through `acts`.
    pub fn start(acts: UnboundedSender<TrayAct>) -> Self {
        Self { state: Arc::new(Mutex::new(State { model: TrayModel::starting(), icon: None })), acts }
    }

    /// Puts the icon up. To be called on the main thread, once.
    pub fn attach(&self, app: &AppHandle) {
        match self.build(app) {
            Ok(icon) => lock(&self.state).icon = Some((app.clone(), icon)),
            Err(error) => tracing::warn!(%error, "no tray"),
        }
    }

    /// Shows a value; costs a comparison when it is the same as before.
    pub fn show(&self, model: &TrayModel) {
        let mut state = lock(&self.state);
        if state.model == *model {
            return;
        }
        state.model.clone_from(model);
        let Some((app, icon)) = state.icon.clone() else { return };
        drop(state);
        let (model, there) = (model.clone(), app.clone());
        let asked = app.run_on_main_thread(move || {
            if let Err(error) = dress(&there, &icon, &model) {
                tracing::warn!(%error, "the tray could not be changed");
            }
        });
        if let Err(error) = asked {
            tracing::debug!(%error, "the tray could not be changed");
        }
    }

    fn build(&self, app: &AppHandle) -> tauri::Result<TrayIcon> {
        let model = lock(&self.state).model.clone();
        let (state, chosen, clicked) = (Arc::clone(&self.state), self.acts.clone(), self.acts.clone());
        TrayIconBuilder::with_id("firewatch")
            .icon(picture(&model))
            .tooltip(tooltip(&model))
            .menu(&menu(app, &model)?)
            .show_menu_on_left_click(cfg!(target_os = "macos"))
            .on_menu_event(move |_app, event| {
                let act = event.id().as_ref().parse().ok().and_then(|at: usize| act_at(&lock(&state).model, at));
                if let Some(act) = act {
                    let _ = chosen.send(act);
                }
            })
            .on_tray_icon_event(move |_icon, event| {
                let left = matches!(event, TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. });
                if left && !cfg!(target_os = "macos") {
                    let _ = clicked.send(TrayAct::Open(None));
                }
            })
            .build(app)
    }
}

fn dress(app: &AppHandle, icon: &TrayIcon, model: &TrayModel) -> tauri::Result<()> {
    icon.set_icon(Some(picture(model)))?;
    icon.set_tooltip(Some(tooltip(model)))?;
    icon.set_menu(Some(menu(app, model)?))
}

fn menu(app: &AppHandle, model: &TrayModel) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for (at, row) in model.rows.iter().enumerate() {
        match row {
            Row::Rule => menu.append(&PredefinedMenuItem::separator(app)?)?,
            // A single ampersand would mark an access key.
            Row::Line { label, act } => {
                let item = MenuItemBuilder::with_id(at.to_string(), label.replace('&', "&&")).enabled(act.is_some()).build(app)?;
                menu.append(&item)?;
            }
        }
    }
    Ok(menu)
}

fn act_at(model: &TrayModel, at: usize) -> Option<TrayAct> {
    match model.rows.get(at)? {
        Row::Line { act, .. } => act.clone(),
        Row::Rule => None,
    }
}

fn picture(model: &TrayModel) -> Image<'static> {
    model.face.pictures()[PICTURE].clone()
}

/// Windows cuts at 127 characters.
fn tooltip(model: &TrayModel) -> String {
    format!("Firewatch: {}", model.headline)
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
