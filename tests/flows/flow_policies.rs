//! Policies over a month of prepared history and sixteen hours lived through minute by minute: each trigger orders once per crossing,
//! after it has held, and again only when it was over in between; a proposal becomes an incident by one act.

use anyhow::{Context, ensure};
use firewatch_engine::view::PolicyRow;
use firewatch_tests::hostile::Fault;
use firewatch_tests::{Result, parts, prometheus};

use crate::stage::{self, Stage};
use crate::story::story;
use crate::wanted;

const SLO: &str = "settings-availability";

fn policy(trigger: &str, hold_minutes: u32, action: &str) -> PolicyRow {
    PolicyRow {
        id: String::new(),
        journey: String::new(),
        service: String::new(),
        environment: "production".to_owned(),
        trigger: trigger.to_owned(),
        hold_minutes,
        action: action.to_owned(),
        severity: "SEV1".to_owned(),
        enabled: true,
    }
}

/// Minutes of the story at which a policy told what it saw, in these words.
fn told(stage: &Stage, begin: i64, words: &str) -> Result<Vec<i64>> {
    let inbox = stage.engine.inbox()?;
    let told = inbox.iter().rev().filter(|item| item.body.contains(words));
    Ok(told.map(|item| (item.at as i64 - begin).div_euclid(60)).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_policy_orders_once_per_crossing() -> Result {
    if !parts::present("the policies", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = story().await?;
    let folder = tempfile::tempdir()?;
    let document = wanted::availability(SLO, "settings", "0.999", "30d");
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 5, &[document]).await?;
    for row in [
        policy("consumed:95", 0, "notify"),
        policy("days-left:2", 0, "notify"),
        policy("burn-page", 2, "notify"),
        policy("exhausted", 5, "propose"),
        policy("blind", 3, "notify"),
        PolicyRow { journey: "another".to_owned(), ..policy("exhausted", 0, "open_incident") },
        PolicyRow { enabled: false, ..policy("consumed:1", 0, "open_incident") },
    ] {
        stage.engine.save_policy(&row)?;
    }
    let mut exhausted = None;
    for at in 0..=500 {
        proxy.set_fault(if (300..310).contains(&at) || (330..332).contains(&at) { Fault::ServerError } else { Fault::None });
        stage.live(&proxy, begin + at * 60 + 5).await?;
        if exhausted.is_none() && stage.status(SLO)?.spent == "exhausted" {
            exhausted = Some(at);
        }
    }
    let exhausted = exhausted.context("it was never exhausted")?;
    let consumed = told(&stage, begin, "(policy: 95 %)")?;
    ensure!(consumed.len() == 1 && (62..exhausted).contains(&consumed[0]), "95 % are spent before all is: {consumed:?}, {exhausted}");
    let days = told(&stage, begin, "(policy: 2 d)")?;
    ensure!(days == [61], "an outage leaves hours; it never recovers from there, since nothing is left: {days:?}");
    let pages = told(&stage, begin, "fast enough to page and that has held for 2 min")?;
    ensure!(pages == [63, 483], "two fires, two minutes after each page: {pages:?}");
    let blind = told(&stage, begin, "cannot be seen and that has held for 3 min")?;
    ensure!(blind.len() == 1 && (303..306).contains(&blind[0]), "ten minutes blind are told once, one is not: {blind:?}");
    let proposed = told(&stage, begin, "is exhausted and that has held for 5 min")?;
    ensure!(proposed == [exhausted + 5], "{proposed:?} for {exhausted}");

    ensure!(stage.engine.incidents()?.is_empty(), "nothing opens one by itself here");
    let offers = stage.engine.frame()?.proposals;
    let offer = offers.first().context("no proposal stands")?;
    ensure!(offers.len() == 1 && offer.severity == "SEV1" && offer.title.contains("open a SEV1 incident?"), "{offers:?}");
    let opened = stage.engine.take_proposal(&offer.id)?;
    ensure!(opened.severity == "SEV1" && opened.slos == [SLO] && opened.phase == "investigating", "{opened:?}");
    ensure!(stage.engine.take_proposal(&offer.id)?.id == opened.id, "taking it twice opens one");
    ensure!(stage.engine.frame()?.proposals.is_empty() && stage.engine.incidents()?.len() == 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_known_when_a_policy_opened_it_is_read_back_without_a_source() -> Result {
    if !parts::present("the evidence", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (server, proxy, begin) = story().await?;
    let folder = tempfile::tempdir()?;
    let document = wanted::availability(SLO, "settings", "0.999", "30d");
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 50 * 60 + 5, &[document]).await?;
    stage.engine.save_policy(&policy("burn-page", 0, "open_incident"))?;
    for at in 50..=66 {
        stage.live(&proxy, begin + at * 60 + 5).await?;
    }
    let then = stage.status(SLO)?;
    drop((proxy, server));
    stage.engine.remove_source(stage::SOURCE).await?;
    let incidents = stage.engine.incidents()?;
    let frozen = incidents.first().and_then(|i| i.evidence.first()).context("an incident with evidence")?;
    let bytes = stage.engine.evidence_bytes(&frozen.hash)?;
    let kept = stage.engine.evidence(&frozen.hash)?;
    ensure!(kept.hash == frozen.hash && stage.engine.take_evidence(&bytes)? == frozen.hash, "its bytes make its name");
    let slo = kept.evidence.slos.first().context("the SLO that burns")?;
    ensure!(slo.status.name == SLO && slo.status.state == "burning" && slo.status.burn == "page", "{:?}", slo.status);
    ensure!(slo.status.alerts.iter().any(|rule| rule.firing) && slo.queries.len() == 2 && slo.definition.contains(SLO));
    // Minute by minute what the history says: nothing bad before the outage at minute 60, everything in it.
    let from = chrono::DateTime::parse_from_rfc3339(&kept.evidence.from)?.timestamp();
    let at = |minute: i64| ((begin + minute * 60 - from) / 60) as usize;
    let (calm, fire) = (slo.good[at(40)].zip(slo.total[at(40)]), slo.good[at(60)].zip(slo.total[at(60)]));
    ensure!(calm.is_some_and(|(good, all)| all > 500.0 && good > all * 0.99), "{calm:?}");
    ensure!(fire.is_some_and(|(good, all)| all > 500.0 && good < all * 0.1), "{fire:?}");
    ensure!(slo.total.len() >= 360 && slo.total.last() == Some(&None), "six hours, and the running minute is not known");
    // A later look is another: what was frozen does not move.
    ensure!(then.bad > slo.status.bad, "{then:?}");
    let mut forged = bytes.clone();
    forged[0] = b' ';
    ensure!(stage.engine.take_evidence(&forged).is_err(), "what cannot be read is not taken");
    Ok(())
}
