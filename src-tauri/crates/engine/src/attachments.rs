//! Pictures in the timeline: kept by the hash of their bytes, named by an entry.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use firewatch_domain::entry::Event;
use firewatch_domain::picture::{MOST_BYTES, PictureError, media_type};
use firewatch_domain::words;
use firewatch_store::{Attachment, Tx};

use crate::evidence::name_of;
use crate::view::{IncidentView, Picture};
use crate::{Engine, EngineError};

/// All pictures of a profile together, in bytes.
const MOST_TOGETHER: u64 = 512 * 1024 * 1024;
const LONGEST_TEXT: usize = 400;

impl Engine {
    /// Puts a picture into the timeline. `text`: what it shows; may be empty.
    pub fn attach(&self, id: &str, bytes: &[u8], text: &str) -> Result<IncidentView, EngineError> {
        let mime = media_type(bytes).map_err(|error| EngineError::Invalid(error.to_string()))?;
        self.write(|tx| {
            let incident = self.incident_of(tx, id)?;
            self.keep_picture(tx, &incident.id, bytes, mime, text)?;
            self.view_of(tx, &incident.id)
        })
    }

    /// A picture by its hash; none where this profile does not have it.
    pub fn picture(&self, hash: &str) -> Result<Option<Attachment>, EngineError> {
        self.read(|tx| Ok(tx.attachment(hash)?))
    }

    /// [`Self::attach`] for bytes as base64.
    pub fn attach_base64(&self, id: &str, base64: &str, text: &str) -> Result<IncidentView, EngineError> {
        // Four digits are three bytes: what is too long is not even decoded.
        if base64.len() / 4 * 3 > MOST_BYTES + 3 {
            return Err(EngineError::Invalid(PictureError::TooLarge.to_string()));
        }
        let bytes = STANDARD.decode(base64).map_err(|_| EngineError::Invalid(PictureError::Format.to_string()))?;
        self.attach(id, &bytes, text)
    }

    /// [`Self::picture`] for the window.
    pub fn picture_base64(&self, hash: &str) -> Result<Option<Picture>, EngineError> {
        Ok(self.picture(hash)?.map(|found| Picture { mime: found.mime, base64: STANDARD.encode(found.bytes) }))
    }

    pub(crate) fn keep_picture(&self, tx: &Tx<'_>, incident: &str, bytes: &[u8], mime: &str, text: &str) -> Result<(), EngineError> {
        let hash = self.keep_bytes(tx, bytes, mime)?;
        let author = Self::author(tx)?;
        let event = Event::Attached { hash, mime: mime.to_owned(), size: bytes.len() as u64, text: words::plain(text, LONGEST_TEXT) };
        self.append(tx, incident, &author, &event)?;
        Ok(())
    }

    /// Keeps the bytes of a picture; answers their hash.
    pub(crate) fn keep_bytes(&self, tx: &Tx<'_>, bytes: &[u8], mime: &str) -> Result<String, EngineError> {
        let hash = name_of(bytes);
        if tx.attachment(&hash)?.is_none() {
            if tx.attachment_bytes()? + bytes.len() as u64 > MOST_TOGETHER {
                return Err(EngineError::Invalid("the pictures of this profile take more than 512 MB; no more are kept".to_owned()));
            }
            tx.put_attachment(&Attachment { hash: hash.clone(), mime: mime.to_owned(), bytes: bytes.to_vec() }, self.now_s())?;
        }
        Ok(hash)
    }
}
