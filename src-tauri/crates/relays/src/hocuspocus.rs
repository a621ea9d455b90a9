//! Hocuspocus's framing: before every message stands the name of its document, and the first message of all is the token.

use firewatch_casefile::presence::{number, put_number};
use secrecy::{ExposeSecret, SecretString};

use crate::wire::{self, Message, Nonsense, text};

const AUTH: u8 = 2;

/// A message of the y-protocols, for a document.
pub fn framed(document: &str, message: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(document.len() + message.len() + 2);
    put_number(&mut out, document.len() as u64);
    out.extend(document.as_bytes());
    out.extend(message);
    out
}

/// The message that asks to be let in; without a token it is empty, for the server waits for it all the same.
pub fn asking(document: &str, token: Option<&SecretString>) -> Vec<u8> {
    let token = token.map(ExposeSecret::expose_secret).unwrap_or_default();
    let mut message = vec![AUTH, 0];
    put_number(&mut message, token.len() as u64);
    message.extend(token.as_bytes());
    framed(document, &message)
}

/// Reads a message for a document. One for another document is nonsense: this line has one alone.
pub fn read(document: &str, framed: &[u8]) -> Result<Message, Nonsense> {
    let mut rest = framed;
    if wire::bytes(&mut rest)? != document.as_bytes() {
        return Err(Nonsense);
    }
    if rest.first() != Some(&AUTH) {
        return wire::read(rest);
    }
    rest = &rest[1..];
    match number(&mut rest).ok_or(Nonsense)? {
        // It would like to hear the token again; a line that is cut and opened again says it.
        0 => Ok(Message::Other),
        1 => Ok(Message::Denied(text(&mut rest)?)),
        2 => Ok(Message::LetIn { read_only: text(&mut rest)? == "readonly" }),
        _ => Err(Nonsense),
    }
}

#[cfg(test)]
mod tests {
    use firewatch_domain::relay::Said;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_token_is_the_first_message() {
        assert_eq!(asking("d", None), [1, b'd', 2, 0, 0]);
        assert_eq!(asking("d", Some(&SecretString::from("tok"))), [1, b'd', 2, 0, 3, b't', b'o', b'k']);
    }

    #[test]
    fn answers_to_it_are_read() {
        let answer = |rest: &[u8]| read("d", &[&[1, b'd', 2][..], rest].concat());
        assert_eq!(answer(&[1, 2, b'n', b'o']), Ok(Message::Denied("no".to_owned())));
        assert_eq!(answer(&[&[2, 8][..], b"readonly"].concat()), Ok(Message::LetIn { read_only: true }));
        assert_eq!(answer(&[&[2, 10][..], b"read-write"].concat()), Ok(Message::LetIn { read_only: false }));
        assert_eq!(answer(&[9]), Err(Nonsense));
    }

    #[test]
    fn another_document_is_nonsense() {
        let message = framed("other", &wire::written(&Said::AskPresence));
        assert_eq!(read("d", &message), Err(Nonsense));
        assert_eq!(read("other", &message), Ok(Message::Said(Said::AskPresence)));
    }

    proptest! {
        #[test]
        fn what_is_framed_reads_back(document in "[a-z0-9-]{1,60}", bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let said = Said::Update(bytes);
            prop_assert_eq!(read(&document, &framed(&document, &wire::written(&said))), Ok(Message::Said(said)));
        }

        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            read("d", &bytes).ok();
        }
    }
}
