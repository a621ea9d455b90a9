//! Announcements on the terminal and on the desktop at once. A machine without any notification server still tells: here.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use firewatch_domain::announcement::Toast;
use firewatch_domain::ports::{Announcer, Check, Verdict};
use serde_json::json;

use crate::print::Printer;

/// Prints what it shows, and shows it on the desktop.
pub struct Terminal {
    desktop: Box<dyn Announcer>,
    printer: Printer,
    printed: Mutex<BTreeSet<(String, String)>>,
}

impl Terminal {
    /// Over a desktop.
    pub fn new(desktop: Box<dyn Announcer>, printer: Printer) -> Self {
        Self { desktop, printer, printed: Mutex::default() }
    }
}

#[async_trait]
impl Announcer for Terminal {
    async fn show(&self, toast: &Toast) -> Result<(), String> {
        let new = self.printed.lock().unwrap_or_else(PoisonError::into_inner).insert((toast.key.clone(), toast.body.clone()));
        if new {
            let value = json!({ "event": "announcement", "key": toast.key, "title": toast.title, "body": toast.body, "urgency": toast.urgency.word() });
            self.printer.event(&value, &format!("{}: {}", toast.title, toast.body)).map_err(|error| error.to_string())?;
        }
        match self.desktop.show(toast).await {
            Err(_) if self.desktop.check().await.verdict == Verdict::Broken => Ok(()),
            shown => shown,
        }
    }

    async fn amend(&self, toast: &Toast) -> Result<(), String> {
        // A line that was printed stays as it is.
        self.desktop.amend(toast).await
    }

    async fn close(&self, key: &str) {
        self.desktop.close(key).await;
    }

    async fn check(&self) -> Check {
        self.desktop.check().await
    }
}
