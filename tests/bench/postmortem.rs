//! The shared document under published editing histories and under a postmortem of two hundred pages.
//!
//! Every edit of a history is one update, made by an editor's document beforehand. The core takes them in as it takes in what a
//! window says (bounded, guarded, told apart from what is known, sealed), raw yrs as its documentation shows. Then the same
//! updates go into a profile's log with the times people typed them at, are joined as a running engine joins them, and weighed
//! against the encoded document. The text must be what the history ends with.

#[path = "../flows/alone.rs"]
#[allow(dead_code, reason = "only a part of the flows' stage is needed")]
mod alone;
mod machine;
mod pairs;
mod room;
#[path = "../flows/stage.rs"]
#[allow(dead_code, reason = "only a part of the flows' stage is needed")]
mod stage;
mod table;
mod trace;
#[path = "../flows/typist.rs"]
#[allow(dead_code, reason = "only a part of the flows' stage is needed")]
mod typist;

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, ensure};
use firewatch_casefile::tree::Node;
use firewatch_casefile::{CaseFile, seal};
use firewatch_tests::{Result, parts, wait};
use yrs::updates::decoder::Decode;
use yrs::{Doc, Options, ReadTxn, StateVector, Transact, Update};

use pairs::Pairs;
use table::{Row, say};
use trace::Trace;
use typist::Typist;

const ROUNDS: usize = 5;
const CPU_LIMIT: f64 = 1.5;
const STORED_LIMIT: f64 = 2.0;
const KEY_LIMIT_MS: f64 = 16.0;
const OPEN_LIMIT_MS: f64 = 300.0;
/// Two hundred pages of five hundred words.
const PAGES: usize = 200;
const WORDS_A_PAGE: usize = 500;
const KEYS: usize = 400;

#[test]
fn postmortem() -> Result {
    let folder = parts::checkout().join("../shared/conformance/editing");
    if !folder.is_dir() && !parts::absent("bench_postmortem", "../shared/conformance/editing")? {
        return Ok(());
    }
    say(&machine::words())?;
    let mut rows = Vec::new();
    for name in ["automerge-paper", "friendsforever"] {
        let trace = trace::read(&folder.join(format!("{name}.json.gz")))?;
        rows.push(replayed(name, &trace)?);
        rows.push(stored(name, &trace)?);
    }
    rows.extend(long_document()?);
    table::add("postmortem", &rows)
}

fn replayed(name: &str, trace: &Trace) -> Result<Row> {
    let mut pairs = Pairs::default();
    for _ in 0..ROUNDS {
        let begun = cpu_ms()?;
        let case = CaseFile::new(1);
        for edit in &trace.edits {
            case.apply(&edit.update)?;
            black_box(seal::sealed(&edit.update));
        }
        let ours = cpu_ms()? - begun;
        ensure!(case.blocks().first().map(Node::words).as_deref() == Some(trace.end.trim_end()), "{name} ends otherwise here");
        let begun = cpu_ms()?;
        let doc = raw();
        for edit in &trace.edits {
            doc.transact_mut().apply_update(Update::decode_v1(&edit.update)?)?;
        }
        pairs.push(ours, cpu_ms()? - begun);
        black_box(doc);
    }
    say(&format!("{name}, {}", pairs.words("ms of CPU")))?;
    let ratio = pairs.ratio();
    Ok(Row {
        figure: format!("CPU of replaying {name}, {} edits one by one", trace.edits.len()),
        ours: format!("{:.0} ms", pairs.ours()),
        beside: format!("raw yrs: {:.0} ms", pairs.theirs()),
        ratio: format!("{:.2} ({:.2} to {:.2})", ratio.median, ratio.low, ratio.high),
        limit: format!("≤ {CPU_LIMIT}"),
        kept: ratio.low <= CPU_LIMIT,
    })
}

fn stored(name: &str, trace: &Trace) -> Result<Row> {
    let folder = tempfile::tempdir_in(room::room("postmortem")?)?;
    let last = trace.edits.last().context("a history")?.at_s;
    let (engine, _) = alone::alone(folder.path(), "Ada", last + 100_000)?;
    let incident = engine.declare(name, "SEV3", &[])?.id;
    let doc = raw();
    for some in trace.edits.chunks(5_000) {
        engine.store().write(|tx| {
            some.iter().try_for_each(|edit| tx.add_case_update(&incident, edit.at_s, "Ada", "window", &edit.update).map(drop))
        })?;
        for edit in some {
            doc.transact_mut().apply_update(Update::decode_v1(&edit.update)?)?;
        }
    }
    let begun = wait::stopwatch();
    let fewer = engine.tidy_postmortems()?;
    let took = ms_since(begun);
    let encoded = doc.transact().encode_state_as_update_v1(&StateVector::default()).len();
    let log = engine.store().read(|tx| tx.case_updates(&incident, 0))?;
    let kept: usize = log.iter().map(|update| update.bytes.as_ref().map_or(0, Vec::len)).sum();
    say(&format!("{name}: {} updates in {} sittings, {fewer} fewer after {took:.0} ms", trace.edits.len(), log.len()))?;
    let opened = CaseFile::new(1);
    opened.apply(&engine.pull_postmortem(&incident, &[])?)?;
    ensure!(opened.blocks().first().map(Node::words).as_deref() == Some(trace.end.trim_end()), "{name} ends otherwise in the log");
    let ratio = kept as f64 / encoded as f64;
    Ok(Row {
        figure: format!("bytes kept of {name} with its whole history, {} sittings", log.len()),
        ours: format!("{kept}"),
        beside: format!("encoded document: {encoded}"),
        ratio: format!("{ratio:.2}"),
        limit: format!("≤ {STORED_LIMIT}"),
        kept: ratio <= STORED_LIMIT,
    })
}

fn long_document() -> Result<[Row; 2]> {
    let folder = tempfile::tempdir_in(room::room("postmortem")?)?;
    let now = wait::now();
    let (engine, _) = alone::alone(folder.path(), "Ada", now)?;
    let incident = engine.declare("Two hundred pages", "SEV3", &[])?.id;
    let line = "the cache of the settings service was cold and every request went through ".repeat(WORDS_A_PAGE / 130 + 1);
    let words = &line[..(WORDS_A_PAGE * 6 / 10).min(line.len())];
    let page: String = (0..10).fold(String::new(), |page, n| page + &format!("Paragraph {n}: {words}\n\n"));
    for _ in 0..PAGES / 10 {
        engine.import_postmortem(&incident, &page.repeat(10), "md")?;
    }
    let words = engine.postmortems()?.first().map_or(0.0, |row| row.words);
    drop(engine);
    let mut openings = Vec::new();
    let mut keys = Vec::new();
    for round in 0..ROUNDS {
        let (engine, _) = alone::alone(folder.path(), "Ada", now)?;
        let begun = wait::stopwatch();
        let opened = engine.open_postmortem(&incident)?;
        openings.push(ms_since(begun));
        let typist = Typist::new(5_000 + round as u64, &opened.update)?;
        let text = typist.paragraph();
        for _ in 0..KEYS / ROUNDS {
            typist.type_into(&text, "x");
            for update in typist.said() {
                let begun = wait::stopwatch();
                engine.edit_postmortem(&incident, &update)?;
                keys.push(ms_since(begun));
            }
        }
    }
    let (open, key) = (high(&mut openings, 0.5), high(&mut keys, 0.95));
    Ok([
        Row {
            figure: format!("a keystroke in {PAGES} pages ({words} words), durable, p95"),
            ours: format!("{key:.2} ms"),
            beside: "a frame at 60 Hz".to_owned(),
            ratio: "–".to_owned(),
            limit: format!("< {KEY_LIMIT_MS} ms"),
            kept: key < KEY_LIMIT_MS,
        },
        Row {
            figure: format!("opening {PAGES} pages from the disk, median"),
            ours: format!("{open:.0} ms"),
            beside: "–".to_owned(),
            ratio: "–".to_owned(),
            limit: format!("< {OPEN_LIMIT_MS} ms"),
            kept: open < OPEN_LIMIT_MS,
        },
    ])
}

fn raw() -> Doc {
    let doc = Doc::with_options(Options { offset_kind: yrs::OffsetKind::Utf16, ..Options::with_client_id(yrs::ClientID::new(9)) });
    doc.get_or_insert_xml_fragment("postmortem");
    doc
}

fn ms_since(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1_000.0
}

/// Time of the processor this thread took.
fn cpu_ms() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("read the time of this thread")?;
    let ns: f64 = text.split(' ').next().unwrap_or_default().parse().context("read the time of this thread")?;
    Ok(ns / 1e6)
}

fn high(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(f64::NAN)
}
