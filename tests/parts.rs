//! Every part of the bench does what its name says, before anything is judged with it.

use std::time::Duration;

use firewatch_tests::alertmanager::{self, Alertmanager};
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Fault, Hostile};
use firewatch_tests::process::Process;
use firewatch_tests::prometheus::{self, Prometheus, Scrape, Setup};
use firewatch_tests::session::{Furniture, Session, Urgency};
use firewatch_tests::target::Target;
use firewatch_tests::window::{self, Driver, Key};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_secs(20);

fn two_days() -> Result<(History, firewatch_tests::history::Written)> {
    let end = wait::now() - 60;
    let history = History::ending(end, 2, 30);
    let end = history.end;
    let bad_hour = Incident { from: end - 7_200, to: end - 3_600, bad_ppm: 200_000, slow_ppm: 300_000 };
    let steady = Job { name: "steady".to_owned(), rate: 10, bad_ppm: 500, ..Job::default() };
    let eventful = Job {
        name: "eventful".to_owned(),
        incidents: vec![bad_hour],
        reset_at: Some(end - 40_000),
        gap: Some((end - 60_000, end - 59_100)),
        latency: true,
        ..steady.clone()
    };
    let history = history.with(steady).with(eventful);
    let written = history.write()?;
    Ok((history, written))
}

#[test]
fn a_history_is_the_same_twice_and_knows_its_reset_and_its_gap() -> Result {
    let (history, written) = two_days()?;
    assert_eq!(written.text, history.write()?.text);
    let truth = &written.truth["eventful"];
    let (from, to, missed) = truth.across_gap().expect("it has a gap");
    assert_eq!(to - from, 930);
    assert!((8_000..10_500).contains(&missed.total()), "{missed:?}");
    let lost = truth.samples.windows(2).find(|pair| pair[1].good < pair[0].good).expect("it has a reset");
    assert_eq!((lost[1].good, lost[1].bad), (0, 0));
    let worst = truth.between(history.end - 7_200, history.end - 3_600);
    assert_eq!(worst.bad, worst.total() / 5);
    assert_eq!(worst.within(5.0), Some(worst.total()));
    Ok(())
}

#[tokio::test]
async fn prometheus_answers_the_exact_counts_of_a_prepared_history() -> Result {
    if !parts::present("the history", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let (history, written) = two_days()?;
    let setup = Setup { history: Some(written.text), ..Setup::default() };
    let mut server = Prometheus::start(&setup).await?;
    for (job, truth) in &written.truth {
        let last = truth.last().expect("samples");
        let good = server.number(&format!("http_requests_total{{job=\"{job}\",code=\"200\"}}"), Some(history.end)).await?;
        assert_eq!(good as u64, last.good);
        let samples = format!("count_over_time(http_requests_total{{job=\"{job}\",code=\"500\"}}[3d])");
        assert_eq!(server.number(&samples, Some(history.end)).await? as usize, truth.samples.len());
    }
    let within = server.number("http_request_duration_seconds_bucket{job=\"eventful\",le=\"1.0\"}", Some(history.end)).await?;
    assert_eq!(within as u64, written.truth["eventful"].last().expect("samples").within[3]);

    let (port, question) = (server.address(), "count(http_requests_total)");
    server.stop().await?;
    assert!(server.number(question, Some(history.end)).await.is_err(), "an outage answers nothing");
    server.start_again().await?;
    assert_eq!((server.address(), server.number(question, Some(history.end)).await? as u32), (port, 4));
    Ok(())
}

#[tokio::test]
async fn a_live_target_is_scraped_and_breaks_when_told() -> Result {
    if !parts::present("the target", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let mut target = Target::start(100.0)?;
    let scrape = Scrape { job: "settings".to_owned(), target: target.address(), every: Duration::from_secs(1) };
    let server = Prometheus::start(&Setup { scrapes: vec![scrape], ..Setup::default() }).await?;
    let seen = |code: &str| format!("http_requests_total{{job=\"settings\",code=\"{code}\"}} > 50");
    wait::until("good requests", SOON, async || Ok(server.number(&seen("200"), None).await.ok())).await?;
    assert_eq!(target.counted().bad, 0);
    target.set_error_ratio(1.0);
    target.set_latency(Duration::from_secs(2));
    wait::until("bad requests", SOON, async || Ok(server.number(&seen("500"), None).await.ok())).await?;
    let counted = target.counted();
    assert!(counted.within[3] < counted.within[4], "slow requests pass 1 s and stay under 2.5 s: {counted:?}");

    target.set_latency(Duration::from_millis(10));
    assert_eq!(reqwest::get(target.probe_url()).await?.status(), 500);
    target.set_error_ratio(0.0);
    assert_eq!(reqwest::get(target.probe_url()).await?.status(), 200);
    target.reset();
    assert!(target.counted().good < 50);
    target.vanish();
    wait::until("the scrape to fail", SOON, async || Ok(server.number("up{job=\"settings\"} == 0", None).await.ok())).await?;
    target.reappear()?;
    wait::until("the scrape to work", SOON, async || Ok(server.number("up{job=\"settings\"} == 1", None).await.ok())).await?;
    Ok(())
}

#[tokio::test]
async fn a_hostile_server_spoils_what_passes_through_it() -> Result {
    let vector = json!({ "status": "success", "data": { "resultType": "vector", "result": [
        { "metric": { "job": "a" }, "value": [1, "1"] }, { "metric": { "job": "b" }, "value": [1, "2"] }] } });
    let mut hostile = Hostile::start(Behind::Canned(vector.clone()))?;
    let impatient = reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?;
    let url = format!("{}/api/v1/query?query=x", hostile.url());
    let ask = async || impatient.get(&url).send().await;
    let document = async || anyhow::Ok(ask().await?.json::<Value>().await?);

    assert_eq!(document().await?, vector);
    for (fault, status) in [(Fault::Unauthorized, 401), (Fault::Html, 200), (Fault::ServerError, 500), (Fault::TooMany(3), 429)] {
        hostile.set_fault(fault);
        assert_eq!(ask().await?.status(), status, "{fault:?}");
    }
    hostile.set_fault(Fault::Nan);
    assert_eq!(document().await?["data"]["result"][1]["value"][1], "NaN");
    hostile.set_fault(Fault::SeriesVanished);
    assert_eq!(document().await?["data"]["result"], json!([vector["data"]["result"][1]]));
    hostile.set_fault(Fault::EmptyVector);
    assert_eq!(document().await?["data"]["result"], json!([]));
    hostile.set_fault(Fault::Warnings);
    assert!(document().await?["warnings"][0].is_string());
    hostile.set_fault(Fault::ClockOff(3_600));
    let date = ask().await?.headers()["date"].to_str()?.to_owned();
    let off = chrono::DateTime::parse_from_rfc2822(&date)?.timestamp() - wait::now();
    assert!((3_590..=3_610).contains(&off), "{date}");
    hostile.set_fault(Fault::Truncated);
    assert!(document().await.is_err());
    hostile.set_fault(Fault::Hang);
    assert!(ask().await.is_err_and(|error| error.is_timeout()));
    hostile.set_fault(Fault::None);
    hostile.vanish();
    assert!(ask().await.is_err_and(|error| error.is_connect()));
    hostile.reappear()?;
    assert_eq!(document().await?, vector);
    assert!(hostile.requests() >= 13);
    assert_eq!(hostile.take_seen().first().map(|request| request.path.clone()), Some("/api/v1/query?query=x".to_owned()));
    Ok(())
}

#[tokio::test]
async fn a_delay_proxy_adds_its_delay_and_changes_nothing() -> Result {
    if !parts::present("the delay proxy", &prometheus::PROGRAMS)? {
        return Ok(());
    }
    let server = Prometheus::start(&Setup::default()).await?;
    let proxy = Hostile::start(Behind::Real(server.address()))?;
    let client = reqwest::Client::new();
    let ask =
        async |base: String| anyhow::Ok(client.get(format!("{base}/api/v1/query?query=vector(1)&time=7")).send().await?.text().await?);
    let direct = ask(server.url()).await?;
    proxy.set_latency(Duration::from_millis(40));
    let watch = wait::stopwatch();
    for _ in 0..10 {
        assert_eq!(ask(proxy.url()).await?, direct);
    }
    let took = watch.elapsed();
    assert!((400..2_000).contains(&took.as_millis()), "{took:?}");
    Ok(())
}

#[tokio::test]
async fn alertmanager_holds_what_is_posted() -> Result {
    if !parts::present("Alertmanager", &alertmanager::PROGRAMS)? {
        return Ok(());
    }
    let server = Alertmanager::start().await?;
    server.post(&json!([{ "labels": { "alertname": "SettingsSlow", "service": "settings" } }])).await?;
    let alerts = wait::until("the alert", SOON, async || Ok(Some(server.alerts().await?).filter(|alerts| !alerts.is_empty()))).await?;
    assert_eq!(alerts[0]["labels"]["alertname"], "SettingsSlow");
    Ok(())
}

#[tokio::test]
async fn dunst_shows_what_is_sent_and_comes_back_after_a_crash() -> Result {
    let furniture = Furniture { notifications: true, ..Furniture::default() };
    if !parts::present("the notification daemon", &[&furniture.programs()[..], &["notify-send"]].concat())? {
        return Ok(());
    }
    let mut session = Session::start(furniture).await?;
    session
        .run("notify-send", &["-a", "Firewatch", "-u", "critical", "Customer settings is burning", "14× too <b>fast</b>\nline 2"])
        .await?;
    let shown = session.notified(1, SOON).await?;
    assert_eq!((shown[0].app.as_str(), shown[0].urgency), ("Firewatch", Urgency::Critical));
    assert_eq!(shown[0].summary, "Customer settings is burning");
    assert!(shown[0].body.starts_with("14×") && shown[0].body.contains("line 2"), "{:?}", shown[0].body);
    assert_eq!(session.displayed().await?, 1);
    let replacing = shown[0].id.to_string();
    session.run("notify-send", &["-r", &replacing, "Customer settings is exhausted"]).await?;
    let shown = session.notified(2, SOON).await?;
    assert_eq!((shown[1].id, session.displayed().await?), (shown[0].id, 1));
    session.dismiss_notifications().await?;
    wait::until("an empty screen", SOON, async || Ok((session.displayed().await? == 0).then_some(()))).await?;
    assert_eq!(session.history().await?, ["Customer settings is exhausted"]);

    session.stop_notifications().await?;
    assert!(session.run("notify-send", &["nobody sees this"]).await.is_err());
    session.start_notifications().await?;
    session.run("notify-send", &["seen again"]).await?;
    assert_eq!(session.notified(3, SOON).await?[2].summary, "seen again");
    assert!(session.colours().await? > 2, "the toast is on the screen");
    Ok(())
}

#[tokio::test]
async fn the_keyring_keeps_a_secret_over_its_own_restart() -> Result {
    let furniture = Furniture { keyring: true, ..Furniture::default() };
    if !parts::present("the keyring", &[&furniture.programs()[..], &["secret-tool"]].concat())? {
        return Ok(());
    }
    let mut session = Session::start(furniture).await?;
    let store = "printf %s token-of-a-test | secret-tool store --label=Firewatch source prom";
    session.run("sh", &["-c", store]).await?;
    assert_eq!(session.run("secret-tool", &["lookup", "source", "prom"]).await?, "token-of-a-test");
    session.stop_keyring();
    assert!(session.run("secret-tool", &["lookup", "source", "prom"]).await.is_err());
    session.start_keyring().await?;
    assert_eq!(session.run("secret-tool", &["lookup", "source", "prom"]).await?, "token-of-a-test");
    Ok(())
}

#[tokio::test]
async fn the_panel_hosts_a_tray_and_restarts() -> Result {
    let furniture = Furniture { panel: true, ..Furniture::default() };
    if !parts::present("the panel", &furniture.programs())? {
        return Ok(());
    }
    let mut session = Session::start(furniture).await?;
    assert!(session.tray_items().await?.is_empty());
    session.start_panel().await?;
    session.stop_panel().await?;
    assert!(session.tray_items().await.is_err());
    Ok(())
}

#[tokio::test]
async fn webdriver_drives_a_page() -> Result {
    let programs = [&Furniture::default().programs()[..], &window::PROGRAMS].concat();
    if !parts::present("WebDriver", &programs)? {
        return Ok(());
    }
    let session = Session::start(Furniture::default()).await?;
    let driver = Driver::start(&session).await?; // which answered its status
    let browsers = ["x86_64", "aarch64"].map(|cpu| format!("/usr/lib/{cpu}-linux-gnu/webkit2gtk-4.1/MiniBrowser"));
    let Some(browser) = browsers.iter().find_map(|path| parts::find(path)) else { return Ok(()) };
    let window = driver.open(&browser, &["--automation"]).await?;
    window
        .go("data:text/html,<title>Tower</title><input id=i><button onclick=\"o.textContent='smoke: '+i.value\">look</button><p id=o></p>")
        .await?;
    assert_eq!(window.title().await?, "Tower");
    window.write(&window.find("#i").await?, "north").await?;
    window.click_on("button").await?;
    window.find_text("#o", "smoke: north").await?;
    assert_eq!(window.execute("return arguments[0] + 1", &[json!(41)]).await?, 42);
    window.execute("onkeydown = e => document.title = (e.ctrlKey ? 'ctrl ' : '') + e.key", &[]).await?;
    window.press(&[Key::Control, Key::Char('k')]).await?;
    wait::until("the key", SOON, async || Ok((window.title().await? == "ctrl k").then_some(()))).await?;
    session.focus("MiniBrowser").await?;
    session.key("shift+l").await?;
    wait::until("the desktop's key", SOON, async || Ok((window.title().await? == "L").then_some(()))).await?;
    let picture = session.folder().join("page.png");
    window.screenshot(&picture).await?;
    assert!(std::fs::read(&picture)?.starts_with(b"\x89PNG"));
    window.gone("#never").await?;
    window.close().await
}

#[tokio::test]
async fn a_part_that_fails_says_its_last_words_and_leaves_nobody_behind() -> Result {
    let folder = tempfile::tempdir()?;
    let shell = |script: &str| {
        let mut command = std::process::Command::new("sh");
        command.args(["-c", script]);
        command
    };
    let mut failing = Process::start("failing", shell("echo out of smoke; exit 3"), folder.path())?;
    let error = failing.until("the impossible", SOON, async || Ok(None::<()>)).await.expect_err("it ended");
    let story = format!("{error:?}");
    assert!(story.contains("out of smoke") && story.contains("exit status: 3"), "{story}");

    let mut parent = Process::start("parent", shell("sleep 1000 & echo $!; wait"), folder.path())?;
    let log = folder.path().join("parent.log");
    let child = parent.until("the child", SOON, async || Ok(std::fs::read_to_string(&log)?.trim().parse::<u32>().ok())).await?;
    drop(parent);
    let gone = async || Ok((!alive(child)).then_some(()));
    wait::until("the grandchild to be gone", SOON, gone).await
}

/// Whether a process runs; one that nobody has buried yet does not.
fn alive(id: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}
