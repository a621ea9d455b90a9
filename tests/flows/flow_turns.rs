//! Each worsening is told once, each recovery once, and nothing else: a month of prepared history and sixteen hours lived through
//! minute by minute, with a budget that is spent, a page-level burn under the spent budget, and the budget's return.

use anyhow::ensure;
use firewatch_domain::announcement::Urgency;
use firewatch_domain::ports::ToastAct;
use firewatch_tests::history::{Incident, Job};
use firewatch_tests::hostile::Hostile;
use firewatch_tests::{Result, parts, prometheus};

use crate::stage::Stage;
use crate::story::{beginning, outage, play, story};
use crate::wanted;

const SLO: &str = "settings-availability";

fn slo() -> [String; 1] {
    [wanted::availability(SLO, "settings", "0.999", "30d")]
}

/// Lives through minutes of a story, taking every page at once so that reminders stay silent; answers when the state changed.
async fn live_through(stage: &Stage, proxy: &Hostile, begin: i64, minutes: i64) -> Result<Vec<(i64, String)>> {
    let (mut words, mut acknowledged): (Vec<(i64, String)>, usize) = (Vec::new(), 0);
    for at in 0..=minutes {
        stage.live(proxy, begin + at * 60 + 5).await?;
        let word = stage.status(SLO)?.state;
        if words.last().is_none_or(|(_, last)| *last != word) {
            words.push((at, word));
        }
        let shown = stage.desk.shown();
        for (_, toast) in shown.iter().skip(acknowledged).filter(|(_, toast)| toast.actions) {
            stage.engine.heed(&toast.key, ToastAct::Acknowledge)?;
        }
        acknowledged = shown.len();
    }
    Ok(words)
}

/// What was told: minute, headline without the journey, urgency.
fn told(stage: &Stage, begin: i64) -> Vec<(i64, String, Urgency)> {
    let plain = |title: &str| title.trim_start_matches("Settings availability").to_owned();
    stage.desk.shown().into_iter().map(|(at, toast)| (minute(begin, at), plain(&toast.title), toast.urgency)).collect()
}

/// The minute of the story a toast came at.
fn minute(begin: i64, at_s: i64) -> i64 {
    (at_s - begin).div_euclid(60)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_worsening_is_told_once_and_each_recovery_once() -> Result {
    if !parts::present("the turns", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = story().await?;
    let folder = tempfile::tempdir()?;
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 5, &slo()).await?;
    let words = live_through(&stage, &proxy, begin, 940).await?;
    let told = told(&stage, begin);
    let headlines: Vec<&str> = told.iter().map(|(_, title, _)| title.as_str()).collect();
    let expected = [" is burning", ": error budget exhausted", " burns no more", " is burning", " burns no more", " has budget again"];
    ensure!(headlines == expected, "told: {told:#?}\nstates: {words:?}");
    let states: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    ensure!(states == ["calm", "burning", "exhausted", "calm"], "{words:?}");
    let minutes: Vec<i64> = told.iter().map(|(at, ..)| *at).collect();
    // One minute of total failure is 16.7 times too fast over an hour; the last bad minute leaves the six hours of the slowest rule
    // 360 minutes later, and three quiet minutes follow.
    ensure!(minutes[0] == 61 && minutes[3] == 481, "a page waits for one bad minute: {told:?}");
    ensure!((73..80).contains(&minutes[1]), "a third of 43.2 minutes was left: {told:?}");
    ensure!((430..450).contains(&minutes[2]) && (840..860).contains(&minutes[4]), "six hours later: {told:?}");
    ensure!((900..=921).contains(&minutes[5]), "when the old outage leaves the window: {told:?}");
    let worsenings = told.iter().filter(|(_, _, urgency)| *urgency == Urgency::Critical).count();
    ensure!(worsenings == 3, "{worsenings} critical");
    ensure!(stage.desk.shown()[3].1.body.contains("the budget is gone already"), "{:?}", stage.desk.shown()[3]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_burn_is_a_ticket_that_becomes_a_page_and_eases_in_silence() -> Result {
    if !parts::present("the slow burn", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    // Nine tenths of the allowed pace for a month, then five times too fast, with two minutes of total failure inside.
    let begin = beginning();
    let slow = |from: i64, to: i64| Incident { bad_ppm: 5_000, ..outage(begin, from, to) };
    let incidents = vec![slow(30, 200), outage(begin, 200, 202)];
    let job = Job { name: "settings".to_owned(), rate: 10, bad_ppm: 900, incidents, ..Job::default() };
    let (_server, proxy) = play(begin, job).await?;
    let folder = tempfile::tempdir()?;
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 5, &slo()).await?;
    let words = live_through(&stage, &proxy, begin, 600).await?;
    let told = told(&stage, begin);
    let expected = [(" is burning", Urgency::Normal), (" is burning", Urgency::Critical), (" burns no more", Urgency::Low)];
    ensure!(told.iter().map(|(_, title, urgency)| (title.as_str(), *urgency)).eq(expected), "told: {told:#?}\nstates: {words:?}");
    // A share of 1.0 over three days is passed 106 minutes after the begin of the fire; the six hours are clean 360 after its end.
    ensure!((130..142).contains(&told[0].0) && told[1].0 == 201 && (555..570).contains(&told[2].0), "{told:#?}");
    let states: Vec<&str> = words.iter().map(|(_, word)| word.as_str()).collect();
    ensure!(states == ["calm", "burning", "calm"], "{words:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unacknowledged_page_is_raised_every_five_minutes_until_somebody_has_it() -> Result {
    if !parts::present("the reminders", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, proxy, begin) = story().await?;
    let folder = tempfile::tempdir()?;
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 3300, &slo()).await?;
    for at in 55..=130 {
        stage.live(&proxy, begin + at * 60 + 5).await?;
        if at == 92 {
            stage.engine.acknowledge(&format!("production/{SLO}"))?;
        }
    }
    let shown = stage.desk.shown();
    let told: Vec<(i64, bool, &str)> =
        shown.iter().map(|(at, toast)| (minute(begin, *at), toast.body.contains("Not acknowledged for"), toast.title.as_str())).collect();
    let fresh: Vec<i64> = told.iter().filter(|(_, again, _)| !again).map(|(at, ..)| *at).collect();
    ensure!(fresh.len() == 2 && fresh[0] == 61, "burning and exhausted, once each: {told:#?}");
    let exhausted = fresh[1];
    let due = (61..exhausted).step_by(5).skip(1).chain((exhausted..92).step_by(5).skip(1)).collect::<Vec<_>>();
    let again: Vec<i64> = told.iter().filter(|(_, again, _)| *again).map(|(at, ..)| *at).collect();
    ensure!(again == due, "raised again at {again:?}, due at {due:?}: {told:#?}");
    Ok(())
}
