//! Input that means harm, or nothing: a clear rejection with a line, bounded time, no panic.

use firewatch_documents::Standing;
use proptest::prelude::*;

use crate::{assert_rejected, context, one, read};

const SLO: &str = "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata:\n  name: NAME\nspec:\n  target: '99'\n  window: 4w\n  \
                   indicator:\n    ratio:\n      errors:\n        metric: bad\n      total:\n        metric: all\n";

fn numbered(count: usize, line: &dyn Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// Levels of lists, each holding the one before nine times.
fn alias_bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let aliases = vec![format!("*a{}", i - 1); 9].join(", ");
        text = format!("{text}a{i}: &a{i} [{aliases}]\n");
    }
    text
}

#[test]
fn each_is_rejected_with_its_line() {
    let many_documents = "--- a\n".repeat(3000);
    for (text, part) in [
        (String::new(), "holds no document"),
        ("\u{FEFF}# only a comment\n---\n...\n".to_owned(), "holds no document"),
        (alias_bomb(), "the file holds too much, aliases counted"),
        (format!("big: &b \"{}\"\nall: [{}]\n", "x".repeat(100_000), "*b, ".repeat(5000)), "the file holds too much, aliases counted"),
        ("a: &a [*a]\n".to_owned(), "an alias refers to itself"),
        ("x".repeat(10 << 20), "larger than 1024 KiB"),
        ("[".repeat(100_000), "neither YAML nor JSON"),
        ("- ".repeat(100_000), "neither YAML nor JSON"),
        (SLO.replace("all", &format!("'a{{{}}}'", "b=~\"(\\\\w{9}){9}\",".repeat(200))), "too many counted repetitions"),
        ("a: b\n\0".to_owned(), "line 2: there is a NUL character"),
        ("a:\n\tb: c\n".to_owned(), "line 2: this is neither YAML nor JSON"),
        ("a: b\na: c\n".to_owned(), "line 2: the key `a` stands twice"),
        ("{\"a\": ".to_owned(), "neither YAML nor JSON"),
        ("apiVersion: example.org/v1\nkind: X\n".to_owned(), "no format that is known"),
        ("apiVersion: sre.google.com/v2\n".to_owned(), "no kind of slo-generator"),
        ("kind: SLO\n".to_owned(), "`apiVersion` is missing"),
        ("just text\n".to_owned(), "no object with fields"),
        ("? [a, b]\n: c\n".to_owned(), "a key is a list"),
        ("- apiVersion\n".to_owned(), "no object with fields"),
        (many_documents, "no object with fields"),
    ] {
        let outcomes = read(&text);
        assert!(!outcomes.is_empty() && outcomes.len() <= 2001, "{part}: {}", outcomes.len());
        outcomes.iter().take(3).for_each(|outcome| assert_rejected(outcome, part));
    }
}

#[test]
fn a_broken_document_leaves_the_others() {
    let text = format!("{}---\na: [\n---\n{}", SLO.replace("NAME", "first"), SLO.replace("NAME", "second"));
    let outcomes = read(&text);
    assert_eq!(outcomes.len(), 3, "{outcomes:#?}");
    assert!(outcomes[0].verdict.draft().is_some() && outcomes[2].verdict.draft().is_some());
    assert_rejected(&outcomes[1], "neither YAML nor JSON");
    assert_eq!(outcomes.iter().map(|o| o.line).collect::<Vec<_>>(), [Some(1), Some(15), Some(17)]);
}

#[test]
fn honest_oddities_are_read() {
    let slo = SLO.replace("NAME", "x");
    let merged = slo.replace("      errors:\n        metric: bad\n", "      <<: *e\n");
    let merged = merged.replace("metadata:\n", "base: &e\n  errors: {metric: bad}\nmetadata:\n");
    for text in [format!("\u{FEFF}{slo}"), slo.replace('\n', "\r\n"), format!("%YAML 1.2\n---\n{slo}...\n"), merged] {
        let outcome = one(&text);
        assert!(outcome.verdict.draft().is_some(), "{text}\n{:#?}", outcome.verdict);
    }
    let tabbed = "{\n\t\"apiVersion\": \"openslo/v1\",\n\t\"kind\": \"Service\",\n\t\"metadata\": {\n\t\t\"name\": \"\\u00fc\"\n\t}\n}\n";
    assert_rejected(&one(tabbed), "line 5: `metadata.name` `ü` is no name");
}

#[test]
fn many_objectives_and_annotations_stay_bounded() {
    let annotations = numbered(3000, &|i| format!("    a{i}: b\n"));
    let outcome = one(&SLO.replace("NAME\n", &format!("x\n  annotations:\n{annotations}")));
    assert_eq!(outcome.verdict.draft().map(|d| d.annotations.len()), Some(64));
    assert_eq!(outcome.verdict.remarks().len(), 1);
    let objectives = "    - target: 0.9\n".repeat(5000);
    let slo = format!("apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: x}}\nspec:\n  service: s\n  objectives:\n{objectives}");
    assert_rejected(&one(&slo), "more than 50 objectives");
}

/// Each takes well under a second in a debug build on an idle machine; the limit leaves room for a busy one.
#[test]
#[expect(clippy::disallowed_methods, reason = "measures the test itself")]
fn time_is_bounded() {
    let started = std::time::Instant::now();
    let keys = numbered(500, &|i| format!("k{i}: v, "));
    for text in [
        alias_bomb(),
        numbered(60_000, &|i| format!("k{i}: value\n")),
        numbered(40_000, &|i| format!("- &a{i} x\n")),
        format!("b: &b {{{keys}}}\nc:\n{}", "  - {<<: *b}\n".repeat(500)),
        format!("[{}]", "a, ".repeat(300_000)),
        "a: b\n---\n".repeat(100_000),
        "...\na\n".repeat(150_000),
        "# only comments\n".repeat(60_000),
        "word ".repeat(200_000),
        "'".repeat(1_000_000),
        SLO.replace("all", &format!("'{}x'", "sum(".repeat(2000))),
    ] {
        let outcomes = read(&text);
        assert!(outcomes.iter().all(|outcome| outcome.verdict.standing() == Standing::Rejected));
    }
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let outcomes = firewatch_documents::read("f", &text, &context());
        prop_assert!(!outcomes.is_empty());
    }

    #[test]
    fn random_yaml_never_panics(text in "([ \t]{0,4}(- |a: |metadata: |spec: |\\[|\\]|\\{|\\}|&a |\\*a|\"|'|\\||>|#|---|kind: SLO|apiVersion: openslo/v1|~|,|: |\n)){0,60}") {
        let outcomes = firewatch_documents::read("f", &text, &context());
        prop_assert!(!outcomes.is_empty());
    }

    #[test]
    fn a_damaged_document_never_panics(at in 0..SLO.len(), with in ".{0,3}", length in 0..20_usize) {
        let text: String = SLO.chars().take(at).chain(with.chars()).chain(SLO.chars().skip(at + length)).collect();
        for outcome in firewatch_documents::read("f", &text, &context()) {
            let explained = outcome.verdict.draft().is_some() || !outcome.verdict.remarks().is_empty();
            prop_assert!(explained, "{:?}", outcome);
        }
    }
}
