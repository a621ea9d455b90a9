//! What WebKitGTK needs beyond what Tauri does: no compositor where there is no graphics card, no drawing before there is a page, and a
//! page that comes back when its process dies.

use std::cell::Cell;
use std::collections::VecDeque;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use gtk::prelude::WidgetExt;
use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, LoadEvent, SettingsExt, WebProcessTerminationReason, WebViewExt};

/// Pages that died within [`LATELY_S`] before we stop starting them again.
const MOST_DEATHS: usize = 3;
const LATELY_S: i64 = 60;
/// The own variable of `WebKit` for those who want its compositor all the same: a driver that takes pictures of the page does.
const FORCED: &str = "WEBKIT_FORCE_COMPOSITING_MODE";
/// A page may take so long to come before its window is drawn all the same.
const PATIENCE: Duration = Duration::from_secs(2);
/// Where the system lists its graphics cards.
const CARDS: &str = "/dev/dri";

/// Prepares a window that was just made. `now_s` tells the time in unix seconds; `given_up` is called when its page keeps dying.
pub fn prepare(
    window: &WebviewWindow,
    now_s: impl Fn() -> i64 + Send + 'static,
    given_up: impl Fn() + Send + 'static,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let view = webview.inner();
        if !has_card(Path::new(CARDS))
            && std::env::var_os(FORCED).is_none()
            && let Some(settings) = WebViewExt::settings(&view)
        {
            // Composited by the processor, the same page takes a hundred megabytes more and starts a third later.
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
            hold_until_loaded(&view);
        }
        let deaths = Mutex::new(Deaths::default());
        view.connect_web_process_terminated(move |view, reason| {
            if reason == WebProcessTerminationReason::TerminatedByApi {
                return;
            }
            if deaths.lock().unwrap_or_else(PoisonError::into_inner).another(now_s()) {
                tracing::warn!(?reason, "the process of the page died and is started again");
                view.reload();
            } else {
                tracing::error!(?reason, "the process of the page keeps dying");
                given_up();
            }
        });
    })
}

/// Drawn before its page has a process, a view without compositor holds the whole program up for half a second, and shows nothing
/// either: so it is not drawn until the page begins to come.
fn hold_until_loaded(view: &webkit2gtk::WebView) {
    let Some(surface) = view.toplevel().and_then(|toplevel| toplevel.window()) else { return };
    surface.freeze_updates();
    let held = Rc::new(Cell::new(Some(surface)));
    let release = |held: &Cell<Option<gtk::gdk::Window>>| {
        if let Some(surface) = held.take() {
            surface.thaw_updates();
        }
    };
    let late = Rc::clone(&held);
    view.connect_load_changed(move |_, event| {
        if event == LoadEvent::Committed {
            release(&held);
        }
    });
    // A page that does not come is shown empty, so that its window can be closed.
    gtk::glib::timeout_add_local_once(PATIENCE, move || release(&late));
}

/// Whether the system has a card that can draw.
fn has_card(cards: &Path) -> bool {
    let Ok(entries) = cards.read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

/// When the page died lately.
#[derive(Default)]
struct Deaths(VecDeque<i64>);

impl Deaths {
    /// Notes a death; whether it is worth another try.
    fn another(&mut self, now_s: i64) -> bool {
        self.0.retain(|at| (now_s - at).abs() < LATELY_S);
        self.0.push_back(now_s);
        self.0.len() <= MOST_DEATHS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_keeps_dying_is_given_up_and_one_that_dies_now_and_then_is_not() {
        let mut deaths = Deaths::default();
        assert_eq!([0, 1, 2, 3].map(|s| deaths.another(s)), [true, true, true, false]);
        let mut deaths = Deaths::default();
        assert!((0..20).all(|i| deaths.another(LATELY_S * i)));
    }

    #[test]
    fn a_card_is_known_by_its_render_node() {
        let folder = std::env::temp_dir().join(format!("firewatch-cards-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("card0"), "").unwrap();
        assert!(!has_card(&folder) && !has_card(&folder.join("none")));
        std::fs::write(folder.join("renderD128"), "").unwrap();
        let has = has_card(&folder);
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(has);
    }
}
