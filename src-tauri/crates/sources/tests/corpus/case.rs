//! A case of the corpus: what a server answers, and the one state that must follow.

use std::io::Write as _;

use firewatch_domain::fault::FaultKind;

use crate::wire::{Reply, Step};

/// What must follow from an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// Blind, for this reason.
    Blind(FaultKind),
    /// Seen, with exactly the figures of the whole answer: the flaw takes nothing away.
    Same,
    /// Seen, and all of it bad: for a probe a broken answer is a bad event.
    Bad,
}

/// One malformed answer.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub reply: Reply,
    pub expect: Expect,
}

/// A case from a reply.
pub fn case(name: impl Into<String>, reply: Reply, expect: Expect) -> Case {
    Case { name: name.into(), reply, expect }
}

/// Bytes as they are.
pub fn raw(bytes: impl Into<Vec<u8>>) -> Reply {
    Reply { unasked: false, steps: vec![Step::Say(bytes.into())] }
}

/// Bytes, and then something else.
pub fn then(bytes: impl Into<Vec<u8>>, step: Step) -> Reply {
    Reply { unasked: false, steps: vec![Step::Say(bytes.into()), step] }
}

/// A well-formed answer with a status, headers (each ending in a line break) and a body of the announced length.
pub fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The usual header of an API.
pub const JSON: &str = "Content-Type: application/json\r\n";

/// A success with a JSON body.
pub fn ok(body: &str) -> Reply {
    raw(http("200 OK", JSON, body.as_bytes()))
}

/// Compressed.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
