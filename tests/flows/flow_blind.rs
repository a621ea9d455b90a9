//! Never green when blind: whatever goes wrong between us and the server, within two polls it is said, with its reason, in the words of
//! `status` and in what window and tray are made of; what burned still burns, nobody is told of a recovery, and when it is over
//! everything is as it was and nobody was disturbed again.

use anyhow::{Context, ensure};
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Fault, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::{Result, parts, wait};

use crate::stage::{INTERVAL_S, Stage, whole_minute};
use crate::wanted;

const DAY_S: i64 = 86_400;
const CALM: &str = "calm-one";
const BURNING: &str = "burning-one";

/// What goes wrong, and a word that the reason must hold.
enum Trouble {
    Answer(Fault, &'static [&'static str]),
    Stopped,
    /// The series of both jobs are gone, others are there.
    Vanished,
}

const TABLE: &[(&str, Trouble)] = &[
    ("stopped", Trouble::Stopped),
    ("401", Trouble::Answer(Fault::Unauthorized, &["401", "sign-in"])),
    ("403", Trouble::Answer(Fault::Forbidden, &["403"])),
    ("404", Trouble::Answer(Fault::NotFound, &["404"])),
    ("html", Trouble::Answer(Fault::Html, &["web page", "Hotel guest network"])),
    ("empty", Trouble::Answer(Fault::EmptyVector, &["gone"])),
    ("nan", Trouble::Answer(Fault::Nan, &["NaN"])),
    ("vanished", Trouble::Vanished),
    ("partial", Trouble::Answer(Fault::Warnings, &["partial"])),
    ("clock ahead", Trouble::Answer(Fault::ClockOff(3_600), &["clock", "60 min"])),
    ("clock behind", Trouble::Answer(Fault::ClockOff(-3_600), &["clock", "60 min"])),
    ("500", Trouble::Answer(Fault::ServerError, &["500"])),
    ("503", Trouble::Answer(Fault::Unavailable, &["503"])),
    ("429", Trouble::Answer(Fault::TooMany(90), &["429"])),
    ("truncated", Trouble::Answer(Fault::Truncated, &["broke", "cannot be unpacked"])),
    ("error with 200", Trouble::Answer(Fault::ErrorWith200, &["as ordered by the test"])),
    ("not json", Trouble::Answer(Fault::NotJson, &["JSON", "monitoring API", "read"])),
    ("redirects", Trouble::Answer(Fault::RedirectLoop, &["redirect"])),
    ("204", Trouble::Answer(Fault::NoContent, &["empty", "204"])),
    ("hang", Trouble::Answer(Fault::Hang, &["2 s", "in time"])),
];

/// Two jobs over a month; one of them has failed too often for the last hours and goes on so.
async fn servers() -> Result<(Prometheus, Hostile, i64)> {
    let begin = whole_minute(wait::now()) - 8 * 3600;
    let history = History { start: begin - 31 * DAY_S, end: begin + 7 * 3600, step: 60, seed: 3, jobs: Vec::new() };
    let calm = Job { name: "calm".to_owned(), rate: 10, bad_ppm: 50, ..Job::default() };
    let fire = Incident { from: begin - 2 * 3600, to: begin + 7 * 3600, bad_ppm: 20_000, slow_ppm: 0 };
    let burning = Job { name: "burning".to_owned(), incidents: vec![fire], ..calm.clone() };
    let other = Job { name: "other".to_owned(), ..calm.clone() };
    let text = history.with(calm).with(burning).with(other).write()?.text;
    let server = Prometheus::start(&Setup { history: Some(text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    Ok((server, proxy, begin))
}

fn begin_trouble(proxy: &mut Hostile, trouble: &Trouble, job: &str) {
    match trouble {
        Trouble::Answer(fault, _) => proxy.set_fault(*fault),
        Trouble::Stopped => proxy.vanish(),
        Trouble::Vanished => proxy.hide_job(Some(job)),
    }
}

fn end_trouble(proxy: &mut Hostile, trouble: &Trouble) -> Result {
    match trouble {
        Trouble::Answer(..) => proxy.set_fault(Fault::None),
        Trouble::Stopped => proxy.reappear()?,
        Trouble::Vanished => proxy.hide_job(None),
    }
    Ok(())
}

fn expected_words(trouble: &Trouble) -> &'static [&'static str] {
    match trouble {
        Trouble::Answer(_, words) => words,
        Trouble::Stopped => &["refused", "connect", "reach"],
        Trouble::Vanished => &["gone"],
    }
}

/// A job that fails wholly from minute 20 to minute 40.
async fn twenty_bad_minutes() -> Result<(Prometheus, Hostile, i64)> {
    let begin = whole_minute(wait::now()) - 12 * 3600;
    let history = History { start: begin - 31 * DAY_S, end: begin + 11 * 3600, step: 60, seed: 4, jobs: Vec::new() };
    let outage = Incident { from: begin + 20 * 60, to: begin + 40 * 60, bad_ppm: 1_000_000, slow_ppm: 0 };
    let job = Job { name: "settings".to_owned(), rate: 10, bad_ppm: 50, incidents: vec![outage], ..Job::default() };
    let server = Prometheus::start(&Setup { history: Some(history.with(job).write()?.text), ..Setup::default() }).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    Ok((server, proxy, begin))
}

/// Both SLOs, or only one where the other is not concerned, are blind with the right reason, and what burned burns on.
fn check_blind(stage: &Stage, name: &str, trouble: &Trouble, concerned: &[&str]) -> Result {
    for slo in concerned {
        let status = stage.status(slo)?;
        ensure!(status.state == "blind" && status.sight == "blind", "{name}: {slo} is {}: {status:?}", status.state);
        let reason = status.reason.clone().unwrap_or_default();
        let words = expected_words(trouble);
        ensure!(words.iter().any(|word| reason.contains(word)), "{name}: the reason says nothing of {words:?}: {reason}");
        let burn = if *slo == BURNING { "page" } else { "none" };
        ensure!(status.burn == burn, "{name}: an alert changed while nothing was seen: {status:?}");
        let row = stage.engine.watch_page()?.slos.into_iter().find(|row| row.name == *slo).context("a row")?;
        ensure!(row.state == "blind", "{name}: the window says {}", row.state);
    }
    let face = stage.engine.frame()?.face;
    ensure!(face != "calm", "{name}: the tray says {face}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_keeps_us_from_seeing_is_said_and_changes_nothing_else() -> Result {
    if !parts::present("the blindness", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, mut proxy, begin) = servers().await?;
    let folder = tempfile::tempdir()?;
    let slos = [wanted::availability(CALM, "calm", "0.999", "30d"), wanted::availability(BURNING, "burning", "0.999", "30d")];
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 5, &slos).await?;
    let mut now = begin + 5;
    let mut live = async |proxy: &Hostile| {
        now += INTERVAL_S;
        stage.live(proxy, now).await
    };
    live(&proxy).await?;
    live(&proxy).await?;
    for (name, trouble) in TABLE {
        let both: &[(&str, &[&str])] = match trouble {
            // One job is gone and the other is not: its neighbour keeps its sight.
            Trouble::Vanished => &[("burning", &[BURNING]), ("calm", &[CALM])],
            _ => &[("", &[CALM, BURNING])],
        };
        for (job, concerned) in both {
            ensure!((stage.status(CALM)?.state.as_str(), stage.status(BURNING)?.state.as_str()) == ("calm", "burning"), "before {name}");
            // What was told before this trouble is settled; the person has it.
            for key in [CALM, BURNING] {
                stage.engine.acknowledge(&format!("production/{key}"))?;
            }
            let told = stage.desk.count();
            begin_trouble(&mut proxy, trouble, job);
            live(&proxy).await?;
            live(&proxy).await?;
            check_blind(&stage, name, trouble, concerned)?;
            for slo in [CALM, BURNING].iter().filter(|slo| !concerned.contains(slo)) {
                ensure!(stage.status(slo)?.sight == "seen", "{name}: a neighbour was blinded");
            }
            let blinded = stage.headlines().split_off(told);
            ensure!(blinded.len() == concerned.len(), "{name}: told {blinded:?}");
            ensure!(blinded.iter().all(|title| title.ends_with("cannot be seen")), "{name}: told {blinded:?}");
            live(&proxy).await?;
            check_blind(&stage, name, trouble, concerned)?;

            end_trouble(&mut proxy, trouble)?;
            live(&proxy).await?;
            live(&proxy).await?;
            for (slo, state) in [(CALM, "calm"), (BURNING, "burning")] {
                let status = stage.status(slo)?;
                ensure!(status.state == state, "after {name} {slo} is {status:?}");
                ensure!(status.unobserved_s == 0.0, "after {name} {} s of {slo} stay unobserved", status.unobserved_s);
            }
            let after = stage.headlines().split_off(told + blinded.len());
            ensure!(after.is_empty(), "after {name} somebody was told {after:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changed_while_nothing_was_seen_is_told_once_on_return() -> Result {
    if !parts::present("the return", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (_server, mut proxy, begin) = twenty_bad_minutes().await?;
    let folder = tempfile::tempdir()?;
    let slos = [wanted::availability("settings", "settings", "0.999", "30d")];
    let stage = Stage::open(folder.path(), &proxy.url(), begin + 5, &slos).await?;
    // Nothing is seen from minute 10 to 30, while it begins to burn, and from 35 to 500, while the fire goes out.
    let blind = |minute: i64| (10..30).contains(&minute) || (35..500).contains(&minute);
    let mut states = Vec::new();
    for minute in (0..60).chain((60..500).step_by(5)).chain(500..520) {
        match (blind(minute), blind(minute - 1)) {
            (true, false) => proxy.vanish(),
            (false, true) => proxy.reappear()?,
            _ => {}
        }
        stage.live(&proxy, begin + minute * 60 + 5).await?;
        stage.engine.acknowledge("production/settings")?;
        let state = stage.status("settings")?.state;
        if states.last() != Some(&state) {
            states.push(state);
        }
    }
    let expected = ["Settings cannot be seen", "Settings is burning", "Settings cannot be seen", "Settings burns no more"];
    ensure!(stage.headlines() == expected, "told {:?}, was {states:?}", stage.headlines());
    ensure!(states == ["calm", "blind", "burning", "blind", "calm"], "{states:?}");
    let status = stage.status("settings")?;
    ensure!(status.unobserved_s == 0.0 && status.bad.is_some_and(|bad| bad > 11_000.0), "all of it was read afterwards: {status:?}");
    Ok(())
}
