//! Every document of the conformance folder, which holds other projects' files and may not be copied into this one.
//!
//! Each ends as imported, warned or rejected, for the reason listed here; what is taken survives writing and reading.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use firewatch_documents::{Outcome, Standing, read, read_all, write};

use crate::{context, remarks};

/// Folder, and how many objects of its files (and of its subfolders' that have no row) are imported, warned and rejected.
const COUNTS: [(&str, [usize; 3]); 13] = [
    ("openslo-go-sdk/pkg/openslo/v1/examples", [8, 7, 1]),
    ("openslo-go-sdk/pkg/openslosdk/test_data/decode", [8, 0, 4]),
    ("openslo-go-sdk/pkg/openslosdk/test_data/encode", [0, 0, 2]),
    ("openslo-spec/examples", [0, 0, 5]),
    ("openslo-spec/readme_blocks", [0, 5, 13]),
    ("prometheus-slo-burn-example", [0, 0, 3]),
    ("pyrra/examples", [35, 7, 1]),
    ("slo-generator/samples", [0, 0, 46]),
    ("slo-libsonnet/examples", [0, 0, 5]),
    ("sloth/examples", [13, 5, 9]),
    ("sloth/examples/_gen", [0, 0, 21]),
    ("sloth/examples/windows", [0, 2, 0]),
    ("vectors", [0, 0, 1]),
];

/// Part of a path, and what each rejection below it must say; the first row that fits counts.
const REASONS: [(&str, &str); 32] = [
    ("v1/examples/slos.yaml", "calendar windows are not supported yet"),
    ("decode/v1_slos.yaml", "`spec.timeWindow` is missing"),
    ("encode/v1_slo", "`spec.timeWindow` is missing"),
    ("decode/v2alpha", "version of OpenSLO that is not read"),
    ("occurences-slo.yaml", "compares a value with a threshold"),
    ("ratio-timeslices.yaml", "`RatioTimeslices`, and budgets of time slices"),
    ("budgeting-method/timeslices-slo.yaml", "a month is written `M`"),
    ("treat-low-traffic", "`Timeslices`, and budgets of time slices"),
    ("01_DataSource_schematic", "no kind of OpenSLO v1"),
    ("04_SLO_schematic", "holds 2 windows"),
    ("_schematic", "placeholder"),
    ("06_SLO", "no method is assumed"),
    ("v2alpha_02", "line 57: this is neither YAML nor JSON"),
    ("v2alpha_", "version of OpenSLO that is not read"),
    ("slo_dashboard.json", "`apiVersion` is missing"),
    ("slo-burn-example", "holds rules, not an SLO"),
    ("pyrra-connect-latency", "native histogram"),
    ("samples/config", "`apiVersion` is missing"),
    ("test/config", "`apiVersion` is missing"),
    ("slo-generator", "slo-generator's format"),
    ("slo-libsonnet", "`apiVersion` is missing"),
    ("_gen/contrib-denominator-corrected", "`PrometheusRule`"),
    ("_gen/k8s", "`PrometheusRule`"),
    ("_gen/plugin-k8s", "`PrometheusRule`"),
    ("_gen/slo-plugin-k8s", "`PrometheusRule`"),
    ("_gen/", "holds rules, not an SLO"),
    ("raw-home-wifi", "a ratio computed by the query"),
    ("home-wifi", "`sum_over_time` at character 1"),
    ("examples/plugin-", "the plug-in `getting_started_availability`"),
    ("victoria-metrics", "`vector` at character 1"),
    ("public_vectors", "`apiVersion` is missing"),
    ("", "nothing else may be rejected"),
];

/// The folder, or `None` with a visible word where tests may run without it.
fn folder() -> Option<PathBuf> {
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
fn documents(folder: &Path) -> Vec<(String, String)> {
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

fn check_reason(file: &str, outcome: &Outcome) {
    let (_, reason) = REASONS.iter().find(|(part, _)| file.contains(part)).unwrap();
    assert!(remarks(outcome).contains(reason), "{file}: `{reason}` is not in:\n{}", remarks(outcome));
}

fn check_round_trip(file: &str, outcome: &Outcome) {
    let Some(draft) = outcome.verdict.draft() else { return };
    let again = read("again", &write(&draft.clone().into_slo("id".to_owned())), &context());
    assert_eq!(again[0].verdict.draft(), Some(draft), "{file}");
}

#[test]
fn every_document_ends_as_listed() {
    let Some(folder) = folder() else { return };
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (file, text) in documents(&folder) {
        let row = COUNTS.iter().map(|(name, _)| *name).filter(|name| file.starts_with(name)).max_by_key(|name| name.len());
        let count = counts.entry(row.unwrap_or("elsewhere")).or_default();
        let outcomes = read(&file, &text, &context());
        assert!(!outcomes.is_empty(), "{file} disappeared");
        for outcome in outcomes {
            count[outcome.verdict.standing() as usize] += 1;
            let complete = outcome.verdict.remarks().iter().all(|r| r.line.is_some_and(|line| line > 0) && !r.cure.is_empty());
            assert!(complete && outcome.line.is_some(), "{file}: {outcome:#?}");
            if outcome.verdict.standing() == Standing::Rejected {
                check_reason(&file, &outcome);
            }
            check_round_trip(&file, &outcome);
        }
    }
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
