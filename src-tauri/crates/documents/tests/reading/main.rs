//! Foreign documents in, outcomes out: a table for each format, hostile input, the way back, and every document of the
//! conformance folder where it is present.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod calendars;
mod conformance;
mod hostile;
mod mutations;
mod openslo;
mod parity;
mod pyrra;
mod slo_generator;
mod sloth;
mod strict;
mod writing;

use firewatch_documents::{Context, Draft, Outcome, Standing};

/// The context of every test.
fn context() -> Context {
    Context { source: "prom".to_owned(), environment: "production".to_owned() }
}

fn read(text: &str) -> Vec<Outcome> {
    firewatch_documents::read("file.yaml", text, &context())
}

/// The only outcome of a text.
fn one(text: &str) -> Outcome {
    let mut outcomes = read(text);
    assert_eq!(outcomes.len(), 1, "{outcomes:#?}");
    outcomes.remove(0)
}

/// The draft of a text that must be taken without a remark.
fn draft(text: &str) -> Draft {
    let outcome = one(text);
    assert_eq!(outcome.verdict.standing(), Standing::Imported, "{text}\n{:#?}", outcome.verdict);
    outcome.verdict.draft().cloned().expect("a draft")
}

/// All remarks of an outcome as one text.
fn remarks(outcome: &Outcome) -> String {
    outcome.verdict.remarks().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Asserts a rejection whose remarks, each with a line and a cure, name a piece of text.
fn assert_rejected(outcome: &Outcome, part: &str) {
    assert_eq!(outcome.verdict.standing(), Standing::Rejected, "{part}: {:#?}", outcome.verdict);
    assert!(remarks(outcome).contains(part), "`{part}` is not in: {}", remarks(outcome));
    let complete = outcome.verdict.remarks().iter().all(|r| r.line.is_some_and(|l| l > 0) && !r.message.is_empty() && !r.cure.is_empty());
    assert!(complete && !outcome.verdict.remarks().is_empty(), "{:#?}", outcome.verdict);
}

/// Asserts a warning that names a piece of text, and hands the draft over.
fn warned(text: &str, part: &str) -> Draft {
    let outcome = one(text);
    assert_eq!(outcome.verdict.standing(), Standing::Warned, "{part}: {:#?}", outcome.verdict);
    assert!(remarks(&outcome).contains(part), "`{part}` is not in: {}", remarks(&outcome));
    outcome.verdict.draft().cloned().expect("a draft")
}
