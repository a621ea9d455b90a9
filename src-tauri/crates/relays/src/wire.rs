//! The messages of the y-protocols: a type, then lengths and bytes. Numbers have seven bits a byte, the lowest first.
//!
//! Sync (0): state vector (0), what was missing (1), update (2). Presence (1). Refusal (2). Who is there? (3). Hocuspocus adds sync
//! that asks for no sync back (4), messages without a meaning to the document (5, 6), goodbye (7), and whether an update was kept (8).

use firewatch_casefile::LONGEST_UPDATE;
use firewatch_casefile::presence::{number, put_number};
use firewatch_domain::relay::Said;

/// Longest message, in bytes: the longest update, and what stands around it.
pub const LONGEST_MESSAGE: usize = LONGEST_UPDATE + 4096;
/// Longest text that is shown of what a relay says, in bytes.
const LONGEST_TEXT: usize = 4096;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Something about the document.
    Said(Said),
    /// The token does not let us in, in the relay's words.
    Denied(String),
    /// We are let in; whether we may only read.
    LetIn {
        /// Nothing of ours is kept there.
        read_only: bool,
    },
    /// The relay ends it, in its words.
    Ended(String),
    /// Nothing for us.
    Other,
}

/// A message that does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the relay sent a message that does not read; it is no relay of this kind")]
pub struct Nonsense;

/// A message as sent.
pub fn written(said: &Said) -> Vec<u8> {
    let (head, bytes): (&[u8], Option<&[u8]>) = match said {
        Said::StateVector(bytes) => (&[0, 0], Some(bytes)),
        Said::Missing(bytes) => (&[0, 1], Some(bytes)),
        Said::Update(bytes) => (&[0, 2], Some(bytes)),
        Said::Presence(bytes) => (&[1], Some(bytes)),
        Said::AskPresence => (&[3], None),
        Said::Kept(kept) => (if *kept { &[8, 1] } else { &[8, 0] }, None),
    };
    let mut out = Vec::with_capacity(head.len() + 10 + bytes.map_or(0, <[u8]>::len));
    out.extend(head);
    if let Some(bytes) = bytes {
        put_number(&mut out, bytes.len() as u64);
        out.extend(bytes);
    }
    out
}

/// Reads a message.
pub fn read(message: &[u8]) -> Result<Message, Nonsense> {
    let mut rest = message;
    let said = |said| Ok(Message::Said(said));
    match number(&mut rest).ok_or(Nonsense)? {
        0 | 4 => {
            let step = number(&mut rest).ok_or(Nonsense)?;
            let bytes = bytes(&mut rest)?.to_vec();
            match step {
                0 => said(Said::StateVector(bytes)),
                1 => said(Said::Missing(bytes)),
                2 => said(Said::Update(bytes)),
                _ => Err(Nonsense),
            }
        }
        1 => said(Said::Presence(bytes(&mut rest)?.to_vec())),
        // A bare y-websocket server knows one kind of refusal; `hocuspocus` reads its own three.
        2 => match number(&mut rest).ok_or(Nonsense)? {
            0 => Ok(Message::Denied(text(&mut rest)?)),
            _ => Err(Nonsense),
        },
        3 => said(Said::AskPresence),
        5 | 6 => Ok(Message::Other),
        7 => Ok(Message::Ended(text(&mut rest)?)),
        8 => said(Said::Kept(number(&mut rest).ok_or(Nonsense)? == 1)),
        _ => Err(Nonsense),
    }
}

/// Bytes by their length.
pub(crate) fn bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], Nonsense> {
    let length = number(rest).and_then(|length| usize::try_from(length).ok()).ok_or(Nonsense)?;
    let (bytes, behind) = rest.split_at_checked(length).ok_or(Nonsense)?;
    *rest = behind;
    Ok(bytes)
}

/// A short text by its length.
pub(crate) fn text(rest: &mut &[u8]) -> Result<String, Nonsense> {
    let bytes = bytes(rest)?;
    let shown = &bytes[..bytes.len().min(LONGEST_TEXT)];
    Ok(String::from_utf8_lossy(shown).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn messages_as_the_javascript_writes_them() {
        // As `encoding.writeVarUint(encoder, 0); syncProtocol.writeSyncStep1(encoder, doc)` and its kin write them.
        for (bytes, said) in [
            (&[0u8, 0, 1, 0][..], Said::StateVector(vec![0])),
            (&[0, 1, 2, 0, 0], Said::Missing(vec![0, 0])),
            (&[0, 2, 2, 0, 0], Said::Update(vec![0, 0])),
            (&[1, 1, 0], Said::Presence(vec![0])),
            (&[3], Said::AskPresence),
            (&[8, 1], Said::Kept(true)),
        ] {
            assert_eq!(written(&said), bytes);
            assert_eq!(read(bytes), Ok(Message::Said(said)));
        }
        assert_eq!(read(&[4, 0, 1, 0]), Ok(Message::Said(Said::StateVector(vec![0]))));
        assert_eq!(read(&[2, 0, 2, b'n', b'o']), Ok(Message::Denied("no".to_owned())));
        assert_eq!(read(&[7, 2, b'b', b'y']), Ok(Message::Ended("by".to_owned())));
        assert_eq!(read(&[5, 1, b'x']), Ok(Message::Other));
    }

    #[test]
    fn what_does_not_read_is_nonsense() {
        for bytes in [&[][..], &[0], &[0, 0], &[0, 3, 0], &[0, 0, 5, 1], &[1, 0xff, 0xff, 0xff, 0xff, 0x0f], &[9], &[2, 7], &[0xff; 20]] {
            assert_eq!(read(bytes), Err(Nonsense), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0..4) {
            let said = match kind {
                0 => Said::StateVector(bytes),
                1 => Said::Missing(bytes),
                2 => Said::Update(bytes),
                _ => Said::Presence(bytes),
            };
            let message = written(&said);
            prop_assert_eq!(read(&message), Ok(Message::Said(said)));
            for cut in 0..message.len() {
                prop_assert_eq!(read(&message[..cut]), Err(Nonsense));
            }
        }

        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            read(&bytes).ok();
        }
    }
}
