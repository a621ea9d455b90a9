//! One number everywhere: what `firewatchctl status` says, the row of the Watch page, the box of the detail, the last point of the
//! burn-down and the total of the ledger are equal to the last event, at every moment: with a carry inside, while the source is out of
//! reach, while an exclusion holds and when it is taken back, typed here or by the command line beside the window, with an incident, and
//! when minutes of a fire come late.

use std::time::Duration;

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::history::{History, Incident, Job};
use firewatch_tests::hostile::{Behind, Hostile};
use firewatch_tests::prometheus::{self, Prometheus, Scrape, Setup};
use firewatch_tests::session::{Furniture, Session};
use firewatch_tests::target::Target;
use firewatch_tests::window::Key;
use firewatch_tests::{Result, wait};
use serde_json::{Value, json};

use crate::desk::{self, Desk};

const SLO: &str = "shop-availability";
/// When the history was bad, and when nobody scraped it, in seconds before its end.
const BAD: [i64; 2] = [3 * 3_600, 2 * 3_600];
const GAP: [i64; 2] = [6 * 3_600, 6 * 3_600 - 900];
/// A poll on a busy machine, and a change that is shown.
const SHOWN: Duration = Duration::from_secs(30);

/// Everything the page says about the SLO that is open.
const LOOK: &str = "const text = (css) => document.querySelector(css)?.innerText ?? null;
    const detail = 'section[aria-label=SLO]';
    return {
        row: document.querySelector('[role=grid] .row[aria-selected=true] .bar')?.title ?? null,
        state: document.querySelector('[role=grid] .row[aria-selected=true] .state .word')?.textContent ?? null,
        left: text('[role=grid] .row[aria-selected=true] .left'),
        box: text(detail + ' .bar .label'),
        point: text(detail + ' figure output'),
        total: document.querySelector('[data-ledger-total]')?.dataset.ledgerTotal ?? null,
        sum: [...document.querySelectorAll('section[aria-label=Ledger] table:not(.apart) tbody tr')].map((row) => row.cells[0].innerText),
        to: document.querySelector('[data-counted-to]')?.dataset.countedTo ?? null,
        hidden: document.querySelectorAll('section[aria-label=Ledger] > .link').length,
    };";

#[tokio::test]
async fn status_watch_burn_down_and_ledger_agree_to_the_last_event() -> Result {
    let Some(program) = desk::program("one number everywhere", Furniture::FULL, &prometheus::PROGRAMS)? else { return Ok(()) };
    let end = wait::now() / 60 * 60;
    let (_target, server) = shop(end).await?;
    let mut proxy = Hostile::start(Behind::Real(server.address()))?;
    let session = Session::start(Furniture::FULL).await?;
    let cli = Cli::new(&session, &desk::profile_of(&session))?;
    profile(&cli, &session, &proxy.url()).await?;
    let desk = Desk::open_in(session, &program, &[], &[]).await?;
    let (desk, cli) = (&desk, &cli);
    let first =
        desk.until("the history", async || Ok(Some(cli.status(SLO).await?).filter(|s| !s["budget"]["remaining"].is_null()))).await?;
    desk.go(&format!("#/watch/{}", first["id"].as_str().context("no id")?)).await?;
    agree(desk, cli, "from the history").await?;
    desk.pictures("truth-calm").await?;

    // Out of reach, while half of all requests fail. What is known of the past may still be corrected, and everything follows.
    proxy.vanish();
    let calm = agree(desk, cli, "out of reach").await?;
    ensure!(bad(&calm)? > 100, "a history with nothing bad in it proves little: {calm}");
    ensure!(calm["estimated"] == true, "what rose while nobody scraped is a carry: {calm}");
    desk.says("section[aria-label=SLO]", "Estimated").await?;
    let (from, to) = (end - BAD[0], end - BAD[1]);
    exclude(desk, from, to).await?;
    let without = moved(desk, cli, "with an exclusion", |s| Ok(bad(s)? < bad(&calm)? - 5_000)).await?;
    ensure!(without["excluded_s"].as_i64() == Some(to - from), "{without}");
    desk.pictures("truth-excluded").await?;
    desk.window.click_on("section[aria-label=Exclusions] li button").await?;
    moved(desk, cli, "with the exclusion taken back", |s| Ok(bad(s)? == bad(&calm)? && s["excluded_s"] == 0)).await?;

    // The same by another program beside the window.
    let span = [from.to_string(), to.to_string()];
    let made = cli.json(&["exclude", SLO, "--from", &span[0], "--to", &span[1], "--reason", "a load test"]).await?;
    moved(desk, cli, "excluded from beside", |s| Ok(bad(s)? == bad(&without)?)).await?;
    cli.json(&["exclude", "undo", made["id"].as_str().context("no id")?]).await?;
    let back = moved(desk, cli, "and taken back", |s| Ok(bad(s)? == bad(&calm)? && s["excluded_s"] == 0)).await?;

    // What nobody explained gets an incident, here and from beside, and the rows still add up.
    desk.press(&[Key::Char('l')]).await?;
    desk.window.find("[role=dialog] input[autocomplete=off]:focus").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.gone("[role=dialog]").await?;
    desk.says("section[aria-label=Ledger] tbody", "Shop availability").await?;
    agree(desk, cli, "with an incident").await?;
    let gap = [(end - GAP[0]).to_string(), (end - GAP[1]).to_string()];
    let old = cli.json(&["incident", "declare", "Nobody scraped", "--severity", "SEV3"]).await?;
    cli.json(&["incident", "attach", old["id"].as_str().context("no id")?, SLO, "--from", &gap[0], "--to", &gap[1]]).await?;
    desk.says("section[aria-label=Ledger] tbody", "Nobody scraped").await?;
    agree(desk, cli, "with a stretch laid to another").await?;
    ledger_adds_up(cli).await?;
    let dark = moved(desk, cli, "when it is known that it cannot be seen", |s| Ok(s["state"] == "blind")).await?;
    ensure!(bad(&dark)? == bad(&back)?, "what was counted stands: {dark}");

    // The minutes of the fire come late, and all at once.
    let missed = seconds(&calm)? + 75 - wait::now();
    tokio::time::sleep(Duration::from_secs(missed.max(0).unsigned_abs())).await;
    proxy.reappear()?;
    // The newest minute may be there before those that were missed: they are waited for, and then they count.
    let late = moved(desk, cli, "when data came late", |s| {
        Ok(seconds(s)? >= seconds(&calm)? + 60 && s["sight"] == "seen" && s["unobserved_s"] == calm["unobserved_s"])
    });
    let late = late.await.context("what was read late was seen")?;
    ensure!(bad(&late)? > bad(&calm)? + 1_000, "the fire burned meanwhile: {late} after {calm}");
    ledger_adds_up(cli).await?;
    desk.pictures("truth-late").await
}

/// Waits until `status` is as wanted, then holds everything against it.
async fn moved(desk: &Desk, cli: &Cli, when: &str, wanted: impl Fn(&Value) -> Result<bool>) -> Result<Value> {
    let found = wait::until(format!("the figures {when}"), SHOWN, async || {
        let status = cli.status(SLO).await?;
        Ok(wanted(&status)?.then_some(()))
    });
    found.await.with_context(|| format!("the figures {when}"))?;
    agree(desk, cli, when).await
}

/// Reads `status`, the window, and `status` again: where both are the same, the window may differ only as long as a change takes to be
/// shown. Answers the status they agree with.
async fn agree(desk: &Desk, cli: &Cli, when: &str) -> Result<Value> {
    let mut seen = String::new();
    let agreed = wait::until(format!("agreement {when}"), SHOWN, async || {
        let before = cli.status(SLO).await?;
        let window = desk.window.execute(LOOK, &[]).await?;
        let after = cli.status(SLO).await?;
        if figures(&before) != figures(&after) {
            return Ok(None);
        }
        match compare(&before, &window) {
            Ok(()) => Ok(Some(before)),
            Err(why) => {
                seen = format!("{why:#}");
                Ok(None)
            }
        }
    });
    agreed.await.with_context(|| format!("{when}: {seen}"))
}

fn figures(status: &Value) -> Value {
    json!([status["at"], status["good"], status["bad"], status["total"], status["budget"], status["state"], status["excluded_s"]])
}

/// The window against `status`, figure by figure, as the window writes them.
fn compare(status: &Value, window: &Value) -> Result {
    let (bad, total) = (bad(status)?, status["total"].as_i64().context("no total")?);
    let allowed = count_of(status["budget"]["allowed"].as_f64().context("nothing is allowed")?);
    let remaining = status["budget"]["remaining"].as_f64().context("no remaining")?;
    let text = |field: &str| window[field].as_str().with_context(|| format!("the page has no {field}: {window}"));
    let counts = format!("{} bad of {} in", count_of(bad as f64), count_of(total as f64));
    let holds = |field: &str, part: &str| -> Result {
        let shown = text(field)?;
        ensure!(shown.contains(part), "{field} says {shown:?}, `status` {part:?}");
        Ok(())
    };
    ensure!(text("to")? == status["at"].as_str().context("no at")?, "the detail counts to {}, `status` to {}", window["to"], status["at"]);
    holds("state", status["state"].as_str().context("no state")?)?;
    holds("row", &counts)?;
    holds("row", &format!("allowed {allowed}"))?;
    holds("left", &desk::shown_share(remaining))?;
    holds("box", &counts)?;
    holds("box", &format!("allowed {allowed}"))?;
    holds("point", &format!("= 1 \u{2212} {} / {allowed}", count_of(bad as f64)))?;
    ensure!(text("total")? == bad.to_string(), "the ledger's total is {}, `status` says {bad} bad", window["total"]);
    if window["hidden"] == 0 {
        let rows = window["sum"].as_array().context("no rows")?.iter().filter_map(Value::as_str);
        let sum: i64 = rows.map(number_of).sum::<Result<i64>>()?;
        ensure!(sum == bad, "the ledger's rows make {sum}, `status` says {bad} bad: {window}");
    }
    Ok(())
}

/// The ledger on the command line: the rows make the total, and the total is that of `status`.
async fn ledger_adds_up(cli: &Cli) -> Result {
    let same = wait::until("a ledger and a status of one moment", SHOWN, async || {
        let (ledger, status) = (cli.json(&["ledger", SLO]).await?, cli.status(SLO).await?);
        Ok((ledger["at"] == status["at"]).then_some((ledger, status)))
    });
    let (ledger, status) = same.await?;
    let rows = ledger["rows"].as_array().context("no rows")?;
    let sum: i64 = rows.iter().filter_map(|row| row["bad"].as_i64()).sum();
    ensure!(sum == bad(&status)? && ledger["bad"] == status["bad"], "{sum}: {ledger} {status}");
    Ok(())
}

/// Excludes a span by typing it.
async fn exclude(desk: &Desk, from: i64, to: i64) -> Result {
    let time = |s: i64| chrono::DateTime::from_timestamp(s, 0).map(|t| t.to_rfc3339()).context("no time");
    desk.press(&[Key::Char('n')]).await?;
    desk.window.find("[role=dialog] form input:focus").await?;
    // The dialog comes with a span of its own, chosen as a whole.
    desk.window.press(&[Key::Control, Key::Char('a')]).await?;
    desk.window.type_text(&time(from)?).await?;
    desk.press(&[Key::Tab]).await?;
    desk.window.press(&[Key::Control, Key::Char('a')]).await?;
    desk.window.type_text(&time(to)?).await?;
    // Past the three ways, of which excluding is chosen, to the reason.
    desk.press(&[Key::Tab, Key::Tab]).await?;
    desk.window.type_text("a load test").await?;
    desk.press(&[Key::Enter]).await?;
    desk.window.gone("[role=dialog]").await?;
    desk.says("section[aria-label=Exclusions] li", "a load test").await
}

fn bad(status: &Value) -> Result<i64> {
    status["bad"].as_i64().with_context(|| format!("no bad in {status}"))
}

/// The exclusive end of the last minute counted, in unix seconds.
fn seconds(status: &Value) -> Result<i64> {
    Ok(chrono::DateTime::parse_from_rfc3339(status["at"].as_str().context("no at")?)?.timestamp())
}

/// A count as the window writes it: thin spaces between thousands, one decimal below a hundred.
fn count_of(value: f64) -> String {
    let text = if value.abs() >= 100.0 || value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), ""), |(whole, fraction)| (whole, fraction));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push('\u{2009}');
        }
        grouped.push(digit);
    }
    if fraction.is_empty() || fraction == "0" { grouped } else { format!("{grouped}.{fraction}") }
}

/// The whole number that the window wrote so.
fn number_of(text: &str) -> Result<i64> {
    let digits: String = text.chars().map(|c| if c == '\u{2212}' { '-' } else { c }).filter(|c| c.is_ascii_digit() || *c == '-').collect();
    digits.parse().with_context(|| format!("{text:?} is no count"))
}

/// A service that has been well for ten days but for an hour, burns from now on, and a Prometheus that scrapes it.
async fn shop(end: i64) -> Result<(Target, Prometheus)> {
    let incidents = vec![Incident { from: end - BAD[0], to: end - BAD[1], bad_ppm: 60_000, slow_ppm: 0 }];
    let gap = Some((end - GAP[0], end - GAP[1]));
    let job = Job { name: "shop".to_owned(), rate: 40, bad_ppm: 700, incidents, gap, ..Job::default() };
    let history = History::ending(end, 10, 60).with(job).write()?;
    let target = Target::start(200.0)?;
    target.set_error_ratio(0.5);
    let scrape = Scrape { job: "shop".to_owned(), target: target.address(), every: Duration::from_secs(5) };
    let server = Prometheus::start(&Setup { history: Some(history.text), scrapes: vec![scrape], ..Setup::default() }).await?;
    let scraped = "http_requests_total{job=\"shop\",instance!=\"\",code=\"200\"}";
    wait::until("the first scrape", desk::SOON, async || Ok(server.number(scraped, None).await.ok())).await?;
    Ok((target, server))
}

async fn profile(cli: &Cli, session: &Session, url: &str) -> Result {
    let (bad, all) = ("http_requests_total{job=\"shop\",code=~\"5..\"}", "http_requests_total{job=\"shop\"}");
    let document = format!(
        "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{name: {SLO}, displayName: Shop availability}}\nspec:\n  service: shop\n  \
         budgetingMethod: Occurrences\n  timeWindow: [{{duration: 7d, isRolling: true}}]\n  objectives: [{{target: 0.99}}]\n  indicator:\n    \
         metadata: {{name: {SLO}}}\n    spec:\n      ratioMetric:\n        counter: true\n        \
         bad: {{metricSource: {{type: Prometheus, spec: {{query: '{bad}'}}}}}}\n        \
         total: {{metricSource: {{type: Prometheus, spec: {{query: '{all}'}}}}}}\n"
    );
    let path = session.folder().join("slo.yaml");
    std::fs::write(&path, document)?;
    cli.json(&["source", "add", "prometheus", "prom", url, "--interval", "5s"]).await?;
    cli.json(&["slo", "import", &path.to_string_lossy(), "--source", "prom"]).await.map(drop)
}
