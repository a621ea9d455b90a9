//! Every document of the conformance folder, which holds other projects' files and may not be copied into this one.
//!
//! Each ends as imported, warned or rejected, for the reason listed here; what is taken survives writing and reading.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use firewatch_documents::{Outcome, Standing, read, read_all, write};

use crate::{context, remarks, strict};

/// Folder, and how many objects of its files (and of its subfolders' that have no row) are imported, warned and rejected.
const COUNTS: [(&str, [usize; 3]); 13] = [
    ("openslo-go-sdk/pkg/openslo/v1/examples", [6, 10, 0]),
    ("openslo-go-sdk/pkg/openslosdk/test_data/decode", [8, 1, 3]),
    ("openslo-go-sdk/pkg/openslosdk/test_data/encode", [0, 0, 2]),
    ("openslo-spec/examples", [0, 5, 0]),
    ("openslo-spec/readme_blocks", [0, 5, 13]),
    ("prometheus-slo-burn-example", [0, 0, 3]),
    ("pyrra/examples", [35, 8, 0]),
    ("slo-generator/samples", [0, 4, 42]),
    ("slo-libsonnet/examples", [0, 0, 5]),
    ("sloth/examples", [13, 12, 2]),
    ("sloth/examples/_gen", [0, 0, 21]),
    ("sloth/examples/windows", [0, 2, 0]),
    ("vectors", [0, 0, 1]),
];

/// Every object of every file: `standing file:line: beginning of the first remark`.
const LIST: &str = include_str!("conformance.txt");
/// Characters of a remark that are kept in the list.
const KEPT: usize = 72;

/// The folder, or `None` with a visible word where tests may run without it.
pub fn folder() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared");
    let shared = std::env::var_os("FIREWATCH_SHARED").map_or(beside, PathBuf::from);
    let folder = shared.join("conformance/slo");
    if folder.is_dir() {
        return Some(folder);
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{} is missing", folder.display());
    eprintln!("SKIP: {} is not there, so no foreign documents were read", folder.display());
    None
}

/// Paths below the folder, and texts.
pub fn documents(folder: &Path) -> Vec<(String, String)> {
    let (mut open, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| ["yaml", "yml", "json"].iter().any(|known| e == *known)) {
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            found.push((name, std::fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

fn check_round_trip(file: &str, outcome: &Outcome) {
    let Some(draft) = outcome.verdict.draft() else { return };
    let document = write(&draft.clone().into_slo("id".to_owned()));
    assert_eq!(strict::broken(&document), Vec::<String>::new(), "{file}: {document}");
    let again = read("again", &document, &context());
    assert_eq!(again[0].verdict.draft(), Some(draft), "{file}");
}

fn listed(file: &str, outcome: &Outcome) -> String {
    let standing = format!("{:?}", outcome.verdict.standing()).to_lowercase();
    let remark: String = outcome.verdict.remarks().first().map(|r| r.message.chars().take(KEPT).collect()).unwrap_or_default();
    format!("{standing} {file}:{}: {remark}", outcome.line.unwrap_or_default()).trim_end().to_owned()
}

#[test]
fn every_document_ends_as_listed() {
    let Some(folder) = folder() else { return };
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let mut list = Vec::new();
    for (file, text) in documents(&folder) {
        let row = COUNTS.iter().map(|(name, _)| *name).filter(|name| file.starts_with(name)).max_by_key(|name| name.len());
        let count = counts.entry(row.unwrap_or("elsewhere")).or_default();
        let outcomes = read(&file, &text, &context());
        assert!(!outcomes.is_empty(), "{file} disappeared");
        for outcome in outcomes {
            count[outcome.verdict.standing() as usize] += 1;
            let complete = outcome.verdict.remarks().iter().all(|r| r.line.is_some_and(|line| line > 0) && !r.cure.is_empty());
            let explained = outcome.verdict.standing() == Standing::Imported || !outcome.verdict.remarks().is_empty();
            assert!(complete && explained && outcome.line.is_some(), "{file}: {outcome:#?}");
            list.push(listed(&file, &outcome));
            check_round_trip(&file, &outcome);
        }
    }
    let expected: Vec<&str> = LIST.lines().collect();
    let odd: Vec<&String> = list.iter().filter(|line| !expected.contains(&line.as_str())).collect();
    let gone: Vec<&&str> = expected.iter().filter(|line| !list.iter().any(|l| l == **line)).collect();
    assert!(odd.is_empty() && gone.is_empty() && list.len() == expected.len(), "not listed: {odd:#?}\nlisted in vain: {gone:#?}");
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), COUNTS);
}

#[test]
fn all_of_them_at_once_refuse_only_names_that_stand_twice() {
    let Some(folder) = folder() else { return };
    let files = documents(&folder);
    let alone = |standing| files.iter().flat_map(|(f, t)| read(f, t, &context())).filter(|o| o.verdict.standing() == standing).count();
    let together = read_all(&files, &context());
    let twins = together.iter().filter(|o| remarks(o).contains("stands twice")).count();
    let rejected = together.iter().filter(|o| o.verdict.standing() == Standing::Rejected).count();
    assert!(rejected > alone(Standing::Rejected) && rejected <= alone(Standing::Rejected) + twins);
}
