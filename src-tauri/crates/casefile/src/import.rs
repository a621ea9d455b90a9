//! Taking text in from outside: Markdown and HTML become blocks of the document. Everything goes through one sanitiser first
//! (ammonia): nothing that could run, load or hide gets any further, whatever it was written in.

mod build;
mod sanitise;

use std::collections::BTreeMap;

use comrak::Options;

use crate::tree::Node;

pub use build::is_picture;
pub use sanitise::is_openable;

/// What came in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Imported {
    /// Blocks of the text.
    pub blocks: Vec<Node>,
    /// Pictures that were inside: their hash to their `data:` address.
    pub images: BTreeMap<String, String>,
    /// What was left out, in sentences for the person.
    pub notes: Vec<String>,
}

/// `CommonMark` with the extensions of GitHub. Raw HTML inside is taken as far as HTML is.
pub fn markdown(text: &str) -> Imported {
    html(&comrak::markdown_to_html(text, &github()))
}

/// HTML of any quality.
pub fn html(text: &str) -> Imported {
    build::imported(&sanitise::sanitised(text))
}

/// The dialect of Markdown that is read and written.
pub(crate) fn github() -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    // Indented code behind a list would belong to the list.
    options.render.prefer_fenced = true;
    // The sanitiser behind it decides what of it stays.
    options.render.r#unsafe = true;
    options
}
