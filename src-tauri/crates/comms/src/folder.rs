//! Updates as files in a folder: a wiki's checkout, a synchronised drive. The act's id is in the name, so that writing again
//! doubles nothing.

use std::fs;
use std::path::PathBuf;

use async_trait::async_trait;
use chrono::DateTime;
use firewatch_domain::outbox::{Act, Delivered, Found, Receipt};
use firewatch_domain::ports::{Check, Courier, Verdict};
use firewatch_domain::slo::name_from;

/// A folder.
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn file(&self, act: &Act) -> PathBuf {
        let at = DateTime::from_timestamp(act.created_s, 0).unwrap_or_default().format("%Y%m%dT%H%M%SZ");
        self.path.join(format!("{at}-{}.md", name_from(&act.id)))
    }

    fn write(&self, act: &Act) -> std::io::Result<PathBuf> {
        let (file, text) = (self.file(act), act.payload["text"].as_str().unwrap_or_default());
        // Whoever watches the folder must never read half a file.
        let part = file.with_extension("part");
        fs::write(&part, format!("{}\n", text.trim_end()))?;
        fs::rename(&part, &file)?;
        Ok(file)
    }
}

#[async_trait]
impl Courier for Folder {
    async fn deliver(&self, act: &Act) -> Delivered {
        match self.write(act) {
            Ok(file) => Delivered::Done(Receipt::of(&file.display().to_string())),
            Err(error) => Delivered::NotSent {
                reason: format!("{} cannot be written ({error}); make the folder, or choose another", self.path.display()),
                wait_s: None,
                holds_all: true,
            },
        }
    }

    async fn probe(&self, act: &Act, _age_s: i64) -> Found {
        let file = self.file(act);
        if file.exists() { Found::There(Receipt::of(&file.display().to_string())) } else { Found::NotThere }
    }

    async fn test(&self) -> Vec<Check> {
        let writable = fs::metadata(&self.path).is_ok_and(|m| m.is_dir() && !m.permissions().readonly());
        let (verdict, message, cure) = if writable {
            (Verdict::Ok, format!("{} is a folder", self.path.display()), "")
        } else {
            (Verdict::Broken, format!("{} is no folder that can be written", self.path.display()), "make it, or choose another")
        };
        vec![Check { name: "folder", verdict, message, cure: cure.to_owned() }]
    }
}
