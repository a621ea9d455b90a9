//! What comes from outside is text, whatever it says: in the window, in the tray and in a notification. And the page could not do harm
//! if it were more: its policy and the core's commands hold.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::history::{History, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Setup};
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::{Result, parts, wait};
use serde_json::{Value, json};

use crate::desk::{self, Desk};

const IMAGE: &str = "<img src=x onerror='window.__hit=1'>";
/// Reorders what follows it, where it is let through.
const OVERRIDE: char = '\u{202e}';

/// Everything the page may not hold, and where it is.
const LOOK: &str = "return { hit: window.__hit ?? null, place: location.origin + location.pathname, violations: window.__violations,
    alive: document.querySelectorAll('#app :is(img, script, iframe, object, embed, [onerror], a[href^=\"javascript\" i])').length,
    longest: Math.max(...[...document.querySelectorAll('#app *')].flatMap((node) => [...node.childNodes])
        .filter((node) => node.nodeType === 3).map((node) => node.data.length)),
    unruly: /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.innerText) }";

const LISTEN: &str = "window.__violations = [];
    addEventListener('securitypolicyviolation', (event) => window.__violations.push([event.effectiveDirective, event.originalPolicy]));";

fn document(name: &str, title: &str, query: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    format!(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: {name}\n  displayName: {title}\n  annotations:\n    \
         firewatch.dev/journey: {journey}\n    runbook: 'javascript:window.__hit=2'\n    dashboard: 'https://user:secret@example.com/'\n\
         spec:\n  description: {description}\n  service: shop\n  budgetingMethod: Occurrences\n  \
         timeWindow: [{{duration: 1d, isRolling: true}}]\n  objectives: [{{target: 0.99}}]\n  indicator:\n    metadata: {{name: {name}}}\n    \
         spec:\n      ratioMetric:\n        counter: true\n        bad: {{metricSource: {{type: Prometheus, spec: {{query: {bad}}}}}}}\n        \
         total: {{metricSource: {{type: Prometheus, spec: {{query: {total}}}}}}}\n",
        title = quoted(title),
        journey = quoted(&format!("{IMAGE}{OVERRIDE}gnp.exe")),
        description = quoted(&format!("{IMAGE}{}", "long ".repeat(150_000))),
        bad = quoted(&query.replace('}', ",code=~\"5..\"}")),
        total = quoted(query),
    )
}

#[tokio::test]
async fn hostile_words_are_text_in_window_tray_and_notification() -> Result {
    let Some(program) = desk::program("hostile words", Furniture::FULL, &prometheus::PROGRAMS)? else { return Ok(()) };
    let session = Session::start(Furniture::FULL).await?;
    let job = format!("{IMAGE}{OVERRIDE}");
    let burning = Job { name: job.clone(), rate: 10, bad_ppm: 300_000, ..Job::default() };
    let history = History::ending(wait::now(), 2, 60).with(burning).write()?;
    let server = Prometheus::start(&Setup { history: Some(history.text), ..Setup::default() }).await?;
    let lying = Hostile::start(Behind::Canned(json!({ "status": "error", "errorType": "bad_data",
        "error": format!("{IMAGE}{OVERRIDE}{}", "x".repeat(1_000_000)) })))?;

    let cli = firewatch_tests::cli::Cli::new(&session, &desk::profile_of(&session))?;
    cli.json(&["source", "add", "prometheus", "prom", &server.url(), "--interval", "10s"]).await?;
    cli.json(&["source", "add", "prometheus", "liar", &lying.url(), "--interval", "10s"]).await?;
    for (name, title, source) in [("evil", format!("{IMAGE}{OVERRIDE}"), "prom"), ("lied-to", "t".repeat(200_000), "liar")] {
        let file = session.folder().join(format!("{name}.yaml"));
        std::fs::write(&file, document(name, &title, &format!("http_requests_total{{job=\"{job}\"}}")))?;
        cli.json(&["slo", "import", &file.to_string_lossy(), "--source", source]).await?;
    }
    let incident = cli.json(&["incident", "declare", &format!("{IMAGE}{OVERRIDE}"), "--severity", "SEV1"]).await?;
    let incident = incident["id"].as_str().context("no id")?.to_owned();
    cli.json(&["incident", "entry", &incident, &format!("{IMAGE} javascript:window.__hit=3")]).await?;

    let desk = Desk::open_in(session, &program, &[], &[]).await?;
    desk.window.execute(LISTEN, &[]).await?;
    desk.until("the evil one to be judged", async || {
        Ok(desk.rows().await?.into_iter().find(|row| row.title.starts_with("<img") && row.state != "blind"))
    })
    .await?;
    let status = desk.cli()?.json(&["status"]).await?;
    let ids: Vec<String> =
        status.as_array().into_iter().flatten().filter_map(|one| Some(format!("/watch/{}", one["id"].as_str()?))).collect();
    let mut routes: Vec<&str> = ids.iter().map(String::as_str).collect();
    let its_page = format!("/incident/{incident}");
    routes.extend([
        its_page.as_str(),
        "/inbox",
        "/connections",
        "/connections/suggest/prom",
        "/connections/suggest/liar",
        "/settings",
        "/doctor",
    ]);
    for route in routes {
        desk.go(route).await?;
        // What is read after the page came up is looked at too.
        tokio::time::sleep(Duration::from_millis(500)).await;
        harmless(&desk, route).await?;
    }
    desk.go(&ids[0]).await?;
    desk.says("section[aria-label=SLO]", IMAGE).await?;
    desk.picture("hostile").await?;
    told_as_text(&desk).await
}

async fn harmless(desk: &Desk, route: &str) -> Result {
    let seen = desk.window.execute(LOOK, &[]).await?;
    ensure!(seen["hit"].is_null(), "{route}: a script ran: {seen}");
    ensure!(seen["place"].as_str().is_some_and(|place| place.starts_with("tauri://localhost")), "{route}: it went away: {seen}");
    ensure!(seen["violations"] == json!([]), "{route}: something was tried: {seen}");
    ensure!(seen["alive"] == 0 && seen["unruly"] == false, "{route}: more than text: {seen}");
    ensure!(seen["longest"].as_u64().is_some_and(|longest| longest < 5_000), "{route}: a text without bounds: {seen}");
    Ok(())
}

/// A daemon and a panel read markup: what is hostile reaches them escaped, bounded, and in its own order.
async fn told_as_text(desk: &Desk) -> Result {
    let told = desk.session.notified(1, desk::SOON).await?;
    let of = told.iter().find(|one| one.summary.contains("img")).with_context(|| format!("nobody was told: {told:#?}"))?;
    for text in [&of.summary, &of.body] {
        ensure!(!text.contains(OVERRIDE) && text.chars().count() < 600, "{text}");
    }
    let item = desk.tray().await?;
    let tip = desk.session.tray_tooltip(&item).await?;
    ensure!(tip.contains("&lt;img") && !tip.contains("<img") && !tip.contains(OVERRIDE), "{tip}");
    let menu = desk.session.tray_menu(&item).await?;
    ensure!(menu.iter().any(|(_, label)| label.contains("<img")), "a menu knows no markup: {menu:?}");
    ensure!(menu.iter().all(|(_, label)| !label.contains(OVERRIDE) && label.chars().count() < 200), "{menu:?}");
    Ok(())
}

#[tokio::test]
async fn the_policy_of_the_served_page_is_the_one_that_is_written_down() -> Result {
    let Some(program) = desk::program("the policy", Furniture::default(), &[])? else { return Ok(()) };
    let desk = Desk::open(&program, Furniture::default()).await?;
    desk.window.execute(LISTEN, &[]).await?;
    let probe = "const done = arguments[arguments.length - 1];
        try { eval('window.__hit = 1'); } catch {}
        const script = document.createElement('script');
        script.textContent = 'window.__hit = 2';
        document.body.append(script);
        const image = new Image();
        image.src = 'http://127.0.0.1:9/x.png';
        document.body.append(image);
        fetch('http://127.0.0.1:9/').catch(() => {}).finally(() => setTimeout(() => {
            script.remove();
            image.remove();
            done({ hit: window.__hit ?? null, violations: window.__violations });
        }, 500));";
    let seen = desk.window.execute_async(probe, &[]).await?;
    ensure!(seen["hit"].is_null(), "a script ran: {seen}");
    let violations = seen["violations"].as_array().context("nothing was blocked")?;
    for blocked in ["script-src", "connect-src", "img-src"] {
        let fits = |one: &&Value| one[0].as_str().is_some_and(|directive| directive.starts_with(blocked));
        ensure!(violations.iter().any(|one| fits(&one)), "{blocked} let it through: {seen}");
    }
    let served = violations[0][1].as_str().context("no policy")?;
    let config: Value = serde_json::from_str(&std::fs::read_to_string(parts::checkout().join("tauri.conf.json"))?)?;
    let written = config["app"]["security"]["csp"].as_str().context("no policy is written down")?;
    let (served, written) = (directives(served), directives(written));
    let names = |policy: &[(String, Vec<String>)]| policy.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    ensure!(names(&served) == names(&written), "served {served:?}, written {written:?}");
    for ((name, served), (_, written)) in served.iter().zip(&written) {
        // Tauri names its own start-up scripts and styles by nonce or hash; nothing else may be added.
        let more: Vec<&String> = served.iter().filter(|one| !written.contains(one)).collect();
        ensure!(more.iter().all(|one| one.starts_with("'nonce-") || one.starts_with("'sha256-")), "{name} also lets in {more:?}");
    }

    for address in ["javascript:alert(1)", "file:///etc/passwd", "https://user:secret@example.com/", "data:text/html,x"] {
        let call = "const done = arguments[arguments.length - 1];
            window.__TAURI_INTERNALS__.invoke('open_link', { url: arguments[0] }).then(() => done('opened'), (error) => done(error))";
        let answer = desk.window.execute_async(call, &[json!(address)]).await?;
        ensure!(answer["code"].is_string(), "{address}: {answer}");
    }
    let foreign = "const done = arguments[arguments.length - 1];
        window.__TAURI_INTERNALS__.invoke('plugin:opener|open_url', { url: 'https://example.com' }).then(() => done('opened'), () => done('refused'))";
    ensure!(desk.window.execute_async(foreign, &[]).await? == json!("refused"), "a plugin's own command is open to the page");
    desk.window.execute("location.href = 'https://example.com/'", &[]).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    ensure!(desk.window.url().await?.starts_with("tauri://localhost"), "it went away");
    desk.window.close().await
}

/// Name and sources of each directive, in order.
fn directives(policy: &str) -> Vec<(String, Vec<String>)> {
    let mut all: Vec<(String, Vec<String>)> = policy
        .split(';')
        .filter_map(|directive| {
            let mut words = directive.split_whitespace().map(str::to_owned);
            Some((words.next()?, words.collect()))
        })
        .collect();
    all.sort();
    all
}
