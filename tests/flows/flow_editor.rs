//! Writing a definition beside a real Prometheus: names to complete it with, what history says before it is kept, what is refused
//! at which field, and that its local history outlives every change that counts the same events.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_engine::EngineError;
use firewatch_engine::view::{IndicatorForm, LookupForm, SloForm, SloPreview};
use firewatch_tests::history::Job;
use firewatch_tests::hostile::{Fault, Hostile};
use firewatch_tests::prometheus::{self, Prometheus};
use firewatch_tests::{Result, parts};

use crate::stage::{SOURCE, Stage};
use crate::story::{beginning, play};

const BAD: &str = "http_requests_total{job=\"settings\",code=~\"5..\"}";
const ALL: &str = "http_requests_total{job=\"settings\"}";

/// A job of ten requests a second, a thousandth of which fail, with a histogram of its latency.
async fn shop() -> Result<(Prometheus, Hostile, i64)> {
    let begin = beginning();
    let job = Job { name: "settings".to_owned(), rate: 10, bad_ppm: 1_000, latency: true, ..Job::default() };
    let (server, proxy) = play(begin, job).await?;
    Ok((server, proxy, begin))
}

fn ratio(counts: &str, part: &str, total: &str) -> IndicatorForm {
    let fields = [("counts", counts), ("part", part), ("total", total)];
    IndicatorForm { kind: "ratio".to_owned(), fields: fields.map(|(k, v)| (k.to_owned(), v.to_owned())).into() }
}

fn latency(threshold: &str) -> IndicatorForm {
    let fields = [
        ("buckets", "http_request_duration_seconds_bucket{job=\"settings\"}"),
        ("total", "http_request_duration_seconds_count{job=\"settings\"}"),
        ("threshold", threshold),
    ];
    IndicatorForm { kind: "latency".to_owned(), fields: fields.map(|(k, v)| (k.to_owned(), v.to_owned())).into() }
}

/// What a person who has filled in everything asks for.
fn filled(stage: &Stage, indicator: IndicatorForm) -> Result<SloForm> {
    let start = stage.engine.slo_editor(None, false)?.form;
    Ok(SloForm { name: "settings-availability".to_owned(), service: "settings".to_owned(), source: SOURCE.to_owned(), indicator, ..start })
}

fn faults(looked: &SloPreview) -> Vec<&str> {
    looked.faults.iter().map(|fault| fault.field.as_str()).collect()
}

fn warned(looked: &SloPreview, words: &str) -> bool {
    looked.warnings.iter().any(|warning| warning.message.contains(words))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_come_from_the_source_and_are_kept_for_a_while() -> Result {
    if !parts::present("completion", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = shop().await?;
    let folder = tempfile::tempdir()?;
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 3600, &[]).await?;
    proxy.set_present(begin + 3600);
    let ask = async |what: &str, selector: &str, label: &str, typed: &str| {
        let [what, selector, label, typed] = [what, selector, label, typed].map(str::to_owned);
        stage.engine.look_up(LookupForm { source: SOURCE.to_owned(), what, selector, label, typed }).await
    };
    let metrics = ask("metrics", "", "", "requests tot").await?;
    ensure!(metrics.first().is_some_and(|name| name == "http_requests_total"), "{metrics:?}");
    let labels = ask("labels", ALL, "", "").await?;
    ensure!(labels.contains(&"code".to_owned()) && !labels.iter().any(|label| label == "__name__" || label == "le"), "{labels:?}");
    let codes = ask("values", "http_requests_total{job=\"settings\",code=\"x\"}", "code", "5").await?;
    ensure!(!codes.is_empty() && codes.iter().all(|code| code.contains('5')), "its own condition narrows nothing: {codes:?}");
    // What was told lately is not asked again; another question is, and says why it cannot be answered.
    proxy.set_fault(Fault::ServerError);
    ensure!(ask("metrics", "", "", "duration").await?.iter().all(|name| name.contains("duration")));
    ensure!(matches!(ask("labels", "up", "", "").await, Err(EngineError::Fault(_))));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_shown_before_anything_is_kept_and_what_is_odd_is_said() -> Result {
    if !parts::present("the preview", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = shop().await?;
    let folder = tempfile::tempdir()?;
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 8 * 3600, &[]).await?;
    proxy.set_present(begin + 8 * 3600);
    let look = async |indicator: IndicatorForm| -> Result<SloPreview> {
        Ok(stage.engine.preview_slo(SloForm { name: String::new(), ..filled(&stage, indicator)? }, 6.0).await?)
    };
    let good = look(ratio("bad", BAD, ALL)).await?;
    ensure!(faults(&good) == ["name"], "the chart does not wait for the name: {good:#?}");
    let (sli, charts) = (good.sli.context("no ratio")?, good.charts.as_ref().context("no chart")?);
    ensure!((sli - 0.999).abs() < 0.000_5 && good.total > Some(200_000.0) && charts.t.len() > 100, "{sli} {:?}", good.total);
    let drawn: f64 = charts.total.iter().flatten().sum();
    ensure!(Some(drawn) == good.total, "chart {drawn}, total {:?}", good.total);
    ensure!(warned(&look(ratio("good", BAD, ALL)).await?, "swapped"));
    ensure!(warned(&look(ratio("bad", ALL, BAD)).await?, "more than the whole"));
    let nothing = look(ratio("bad", BAD, "no_such_total")).await?;
    ensure!(nothing.charts.is_none() && warned(&nothing, "stays blind until"), "{nothing:#?}");
    let between = look(latency("0.3")).await?;
    let said = between.faults.iter().find(|fault| fault.field == "indicator.threshold").context("0.3 is no boundary")?;
    ensure!(said.message.contains("0.25") && said.message.contains("0.5"), "{said:?}");
    ensure!(look(latency("0.5")).await?.charts.is_some());
    ensure!(faults(&look(ratio("bad", "rate(x[5m])", "")).await?) == ["name", "indicator.part", "indicator.total"]);
    proxy.set_fault(Fault::Unauthorized);
    let refused = look(ratio("bad", BAD, ALL)).await?;
    ensure!(refused.charts.is_none() && warned(&refused, "cannot be looked at now"), "{refused:#?}");
    ensure!(stage.engine.definition_rows()?.is_empty(), "nothing of it was kept");

    // A newer look takes the place of one that waits.
    proxy.set_fault(Fault::Hang);
    let old = stage.engine.preview_slo(filled(&stage, ratio("bad", BAD, ALL))?, 6.0);
    let newer = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        proxy.set_fault(Fault::None);
        stage.engine.preview_slo(filled(&stage, ratio("bad", BAD, ALL))?, 1.0).await.context("the newer look")
    };
    let (old, newer) = tokio::join!(old, newer);
    ensure!(old.is_err_and(|error| error.to_string().contains("newer")) && newer?.charts.is_some());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_is_kept_changed_renamed_and_taken_back_with_its_history() -> Result {
    if !parts::present("the editor", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = shop().await?;
    let folder = tempfile::tempdir()?;
    let now = begin + 8 * 3600;
    let stage = Stage::open(folder.path(), &proxy.url(), now, &[]).await?;
    let form = filled(&stage, ratio("bad", BAD, ALL))?;
    let wrong = SloForm { objective: "0.999".to_owned(), ..form.clone() };
    let refused = stage.engine.save_slo(wrong).await;
    ensure!(matches!(&refused, Err(EngineError::Field { field, .. }) if field == "objective"), "{refused:?}");
    ensure!(stage.engine.definition_rows()?.is_empty(), "what is wrong is not kept");
    stage.engine.keep_slo_draft(&SloForm { title: "Half written".to_owned(), ..form.clone() })?;
    ensure!(stage.engine.slo_editor(None, false)?.draft.is_some_and(|draft| draft.title == "Half written"), "a draft is kept");

    let id = stage.engine.save_slo(form.clone()).await?;
    ensure!(stage.engine.slo_editor(None, false)?.draft.is_none(), "it was saved");
    let again = stage.engine.save_slo(form.clone()).await;
    ensure!(matches!(&again, Err(EngineError::Field { field, .. }) if field == "name"), "{again:?}");
    stage.live(&proxy, now).await?;
    let before = stage.status("settings-availability")?;
    ensure!(before.total > Some(1_000_000.0) && before.history.is_none(), "{before:#?}");

    let editor = stage.engine.slo_editor(Some(&id), false)?;
    let tighter =
        SloForm { name: "settings-answers".to_owned(), objective: "99.999".to_owned(), note: "tighter".to_owned(), ..editor.form.clone() };
    ensure!(!stage.engine.check_slo(&tighter)?.rebuilds);
    ensure!(stage.engine.save_slo(tighter.clone()).await? == id, "it keeps its id");
    stage.live(&proxy, now + 60).await?;
    let after = stage.status("settings-answers")?;
    ensure!(
        after.history.is_none()
            && (after.total.unwrap_or(0.0) / before.total.unwrap_or(1.0) - 1.0).abs() < 0.01
            && after.spent == "exhausted",
        "{after:#?}"
    );

    let latency = SloForm { indicator: latency("0.5"), note: String::new(), ..tighter };
    ensure!(stage.engine.check_slo(&latency)?.rebuilds, "other events are another history");
    stage.engine.save_slo(latency).await?;
    let [latest, renamed, first] = &stage.engine.slo_editor(Some(&id), false)?.revisions[..] else {
        anyhow::bail!("three definitions in all")
    };
    ensure!(first.note == "created" && renamed.note == "tighter" && latest.note == "changed", "{first:?} {renamed:?} {latest:?}");
    let said = ["name: settings-availability → settings-answers", "objective: 99.9 % → 99.999 %"];
    ensure!(renamed.changes == said && latest.changes.iter().any(|change| change.starts_with("kind: ratio → latency")), "{renamed:?}");
    stage.engine.save_slo(first.form.clone()).await?;
    ensure!(stage.engine.definition_rows()?[0].name == "settings-availability", "and back");

    let out = tempfile::tempdir()?;
    let written = stage.engine.write_slos(&[], out.path())?;
    ensure!(std::fs::read_to_string(&written[0])?.contains("openslo/v1"), "{written:?}");
    ensure!(stage.engine.write_slos(&[], std::path::Path::new("relative")).is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_source_is_moved_and_what_reads_from_it_goes_on() -> Result {
    if !parts::present("changing a source", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = shop().await?;
    let folder = tempfile::tempdir()?;
    let now = begin + 8 * 3600;
    let stage = Stage::open(folder.path(), "http://127.0.0.1:9", now, &[]).await?;
    stage.engine.save_slo(filled(&stage, ratio("bad", BAD, ALL))?).await?;
    stage.live(&proxy, now).await?;
    ensure!(stage.status("settings-availability")?.sight == "blind");
    let mut form = stage.engine.source_form(SOURCE).await?;
    ensure!(form.secret.is_none() && form.auth == "none" && form.url.starts_with("http://127.0.0.1:9"), "{form:?}");
    form.url = "not an address".to_owned();
    ensure!(stage.engine.change_source(form.clone()).await.is_err(), "nothing is changed when anything is wrong");
    form.url = proxy.url();
    form.headers = vec!["X-Scope-OrgID: settings".to_owned()];
    let row = stage.engine.change_source(form).await?;
    ensure!(row.slos == 1 && row.url.trim_end_matches('/') == proxy.url(), "{row:?}");
    stage.live(&proxy, now + 60).await?;
    ensure!(stage.status("settings-availability")?.sight == "seen");
    ensure!(stage.engine.source_form(SOURCE).await?.headers == ["X-Scope-OrgID: settings"]);
    Ok(())
}
