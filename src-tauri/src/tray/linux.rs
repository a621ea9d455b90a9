//! The panel on Linux: a `StatusNotifierItem` over the session bus.
//!
//! `AppIndicator`, which tauri's own tray uses there, knows menus only and goes stale when the panel restarts. `ksni` registers
//! again when the watcher gets a new owner; what it cannot do is try again after a failed registration, so we start it anew then.
//! It lives on a thread with a runtime of its own: a panel that hangs holds up nobody.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ksni::menu::StandardItem;
use ksni::{Handle, Icon, MenuItem, OfflineReason, Status, ToolTip, TrayMethods};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::{Face, Row, TrayAct, TrayModel};

/// How long the bus and the panel may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between attempts after a failure; a panel that appears is heard of without waiting.
const PAUSE: Duration = Duration::from_secs(30);

/// The icon in the panel; it leaves with its owner.
pub struct Tray {
    models: watch::Sender<TrayModel>,
}

impl Tray {
    /// Puts the icon up as soon as there is a panel; what people do there arrives through `acts`. Never fails: without a panel
    /// it waits for one.
    pub fn start(acts: UnboundedSender<TrayAct>) -> Self {
        let (models, shown) = watch::channel(TrayModel::starting());
        let started =
            std::thread::Builder::new().name("firewatch-tray".to_owned()).spawn(
                move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                    Ok(runtime) => runtime.block_on(stay(shown, acts)),
                    Err(error) => tracing::error!(%error, "no tray: its runtime does not start"),
                },
            );
        if let Err(error) = started {
            tracing::error!(%error, "no tray: its thread does not start");
        }
        Self { models }
    }

    /// Shows a value; costs a comparison when it is the same as before.
    pub fn show(&self, model: &TrayModel) {
        self.models.send_if_modified(|shown| {
            let differs = shown != model;
            if differs {
                shown.clone_from(model);
            }
            differs
        });
    }

    /// Only other platforms need the application for their icon.
    #[expect(clippy::unused_self, reason = "the other platforms' trays belong to Tauri and need it")]
    pub fn attach(&self, _app: &tauri::AppHandle) {}
}

/// Why an item was given up.
enum Outcome {
    /// The program ends.
    Over,
    /// It has to be put up anew.
    Lost,
}

async fn stay(mut models: watch::Receiver<TrayModel>, acts: UnboundedSender<TrayAct>) {
    loop {
        let lost = Arc::new(AtomicBool::new(false));
        let item = Item { model: models.borrow_and_update().clone(), acts: acts.clone(), lost: Arc::clone(&lost) };
        match timeout(PATIENCE, item.assume_sni_available(true).spawn()).await {
            Ok(Ok(handle)) => {
                let outcome = follow(&handle, &mut models, &lost).await;
                let _ = timeout(PATIENCE, handle.shutdown()).await;
                if matches!(outcome, Outcome::Over) {
                    return;
                }
            }
            Ok(Err(error)) => tracing::debug!(%error, "no tray"),
            Err(_) => tracing::debug!("no tray: the bus or the panel does not answer"),
        }
        if is_over(&mut models).await {
            return;
        }
    }
}

/// Carries values to the panel until the item is lost or the program ends.
async fn follow(handle: &Handle<Item>, models: &mut watch::Receiver<TrayModel>, lost: &AtomicBool) -> Outcome {
    loop {
        tokio::select! {
            changed = models.changed() => {
                if changed.is_err() {
                    return Outcome::Over;
                }
                let model = models.borrow_and_update().clone();
                if !matches!(timeout(PATIENCE, handle.update(|item| item.model = model)).await, Ok(Some(()))) {
                    return Outcome::Lost;
                }
            }
            () = sleep(PAUSE) => {
                if lost.load(Ordering::SeqCst) {
                    return Outcome::Lost;
                }
            }
        }
    }
}

/// Waits before the next attempt, unless the program ends meanwhile.
async fn is_over(models: &mut watch::Receiver<TrayModel>) -> bool {
    let ended = timeout(PAUSE, async { while models.changed().await.is_ok() {} });
    ended.await.is_ok()
}

struct Item {
    model: TrayModel,
    acts: UnboundedSender<TrayAct>,
    lost: Arc<AtomicBool>,
}

impl Item {
    fn act(&self, act: TrayAct) {
        // Nobody listens any more only when the program ends.
        let _ = self.acts.send(act);
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "firewatch".to_owned()
    }

    fn title(&self) -> String {
        "Firewatch".to_owned()
    }

    fn category(&self) -> ksni::Category {
        ksni::Category::SystemServices
    }

    fn status(&self) -> Status {
        if self.model.attention { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        pixmaps(self.model.face).clone()
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.icon_pixmap()
    }

    /// Panels read the text below the title as markup.
    fn tool_tip(&self) -> ToolTip {
        let text = self.model.tooltip.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        ToolTip { title: "Firewatch".to_owned(), description: text, ..ToolTip::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.act(TrayAct::Open(None));
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        self.model.rows.iter().map(entry).collect()
    }

    fn watcher_online(&self) {
        self.lost.store(false, Ordering::SeqCst);
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        if let OfflineReason::Error(error) = reason {
            tracing::debug!(%error, "the tray did not take the icon");
            self.lost.store(true, Ordering::SeqCst);
        }
        true
    }
}

fn entry(row: &Row) -> MenuItem<Item> {
    match row {
        Row::Rule => MenuItem::Separator,
        Row::Line { label, act } => {
            let chosen = act.clone();
            StandardItem {
                // A single underscore would mark an access key.
                label: label.replace('_', "__"),
                enabled: act.is_some(),
                activate: Box::new(move |item: &mut Item| {
                    if let Some(act) = &chosen {
                        item.act(act.clone());
                    }
                }),
                ..StandardItem::default()
            }
            .into()
        }
    }
}

/// The pictures as panels want them: alpha, red, green, blue.
fn pixmaps(face: Face) -> &'static Vec<Icon> {
    static ALL: [OnceLock<Vec<Icon>>; 4] = [const { OnceLock::new() }; 4];
    ALL[face as usize].get_or_init(|| {
        let icon = |picture: &tauri::image::Image<'_>| Icon {
            width: picture.width() as i32,
            height: picture.height() as i32,
            data: picture.rgba().as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [a, r, g, b]).collect(),
        };
        face.pictures().iter().map(icon).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixmaps_are_in_network_order() {
        for face in [Face::Calm, Face::Burning, Face::Exhausted, Face::Blind] {
            for (icon, picture) in pixmaps(face).iter().zip(face.pictures()) {
                assert_eq!(icon.data.len(), picture.rgba().len());
                let middle = picture.rgba().len() / 2 + picture.width() as usize * 2;
                let (rgba, argb) = (&picture.rgba()[middle..middle + 4], &icon.data[middle..middle + 4]);
                assert_eq!([rgba[3], rgba[0], rgba[1], rgba[2]], argb);
                assert_eq!(argb[0], 255, "the middle is opaque");
            }
        }
    }
}
