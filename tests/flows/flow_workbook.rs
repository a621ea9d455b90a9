//! The tables of the Google SRE Workbook's chapter 5, "Alerting on SLOs", by `firewatchctl backtest` and `evaluate`: detection
//! time, budget spent, reset time, to the minute (rounded up to the slice). The figures expected are reckoned here from the
//! book's formulas in whole numbers, without anything of the engine.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use firewatch_tests::cli::Cli;
use firewatch_tests::{Result, parts};
use serde_json::Value;
use tempfile::TempDir;

use crate::counts_file::{Traffic, rfc3339};
use crate::wanted;

/// First minute of all files; a Monday at midnight.
const BEGIN: i64 = 29_400_480;
const DAY: i64 = 1440;
/// When incidents begin: after a clean month, so that every window is full.
const TROUBLE: i64 = BEGIN + 31 * DAY + 617;

struct Bench {
    folder: TempDir,
    cli: Cli,
}

impl Bench {
    fn open() -> Result<Option<Self>> {
        if parts::firewatchctl().is_none() {
            ensure!(std::env::var_os("CI").is_none(), "firewatchctl was not built");
            return Ok(None);
        }
        let folder = TempDir::new()?;
        let cli = Cli::alone(&folder.path().join("profile"))?;
        Ok(Some(Self { folder, cli }))
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn slo(&self, target: &str, window: &str) -> Result<PathBuf> {
        let path = self.path().join(format!("slo-{target}-{window}.yaml"));
        std::fs::write(&path, wanted::availability("checkout", "checkout", target, window))?;
        Ok(path)
    }

    async fn backtest(&self, slo: &Path, counts: &Path, more: &[&str]) -> Result<Value> {
        let (slo, counts) = (slo.to_string_lossy(), counts.to_string_lossy());
        self.cli.json(&[&["backtest", "--slo", &slo, "--counts", &counts], more].concat()).await
    }

    async fn evaluate(&self, slo: &Path, counts: &Path, at: i64) -> Result<Value> {
        let (slo, counts, at) = (slo.to_string_lossy(), counts.to_string_lossy(), rfc3339(at));
        self.cli.json(&["evaluate", "--slo", &slo, "--counts", &counts, "--at", &at]).await
    }
}

/// An incident: bad of events a minute, for so many minutes.
#[derive(Clone, Copy)]
struct Incident {
    bad: u64,
    events: u64,
    minutes: i64,
}

/// A threshold: factor in tenths, budget in parts per billion; exceeded strictly.
#[derive(Clone, Copy)]
struct Threshold {
    tenths: u64,
    budget_ppb: u64,
}

impl Threshold {
    fn exceeded(self, bad_minutes: i64, of: i64, incident: Incident) -> bool {
        let bad = bad_minutes as u128 * u128::from(incident.bad) * 10 * 1_000_000_000;
        bad > u128::from(self.tenths) * u128::from(self.budget_ppb) * of as u128 * u128::from(incident.events)
    }

    /// Minutes from the incident's begin until both look-backs exceed it, after clean traffic: `f B L / e`, rounded up, and a
    /// tie is not enough.
    fn detection(self, long: i64, short: i64, incident: Incident) -> Option<i64> {
        (1..=incident.minutes).find(|n| [long, short].into_iter().all(|w| self.exceeded((*n).min(w), w, incident)))
    }

    /// Minutes from the incident's end until one of them does not: `S (1 - f B / e)`, rounded up.
    fn reset(self, long: i64, short: i64, incident: Incident) -> Option<i64> {
        (1..=long).find(|x| [long, short].into_iter().any(|w| !self.exceeded((incident.minutes + x).min(w).max(*x) - x, w, incident)))
    }
}

fn traffic(incident: Incident) -> Traffic {
    let end = TROUBLE + incident.minutes;
    let incidents = vec![(TROUBLE, end, incident.bad)];
    Traffic { from: BEGIN, to: end + 5 * DAY, events: incident.events, base: 0, incidents, holes: vec![] }
}

/// Severity, start and end of every alert, in minutes from the incident's begin and end.
fn alerts(run: &Value, incident: Incident) -> Result<Vec<(String, i64, Option<i64>)>> {
    let minute = |text: &Value| -> Result<i64> {
        let text = text.as_str().context("a time is text")?;
        Ok(chrono::DateTime::parse_from_rfc3339(text)?.timestamp() / 60)
    };
    let found = run["alerts"].as_array().context("alerts")?.iter().map(|a| {
        let end = (!a["end"].is_null()).then(|| minute(&a["end"])).transpose()?;
        let severity = a["severity"].as_str().unwrap_or_default().to_owned();
        Ok((severity, minute(&a["start"])? - TROUBLE, end.map(|e| e - TROUBLE - incident.minutes)))
    });
    found.collect()
}

fn share(value: &Value, expected: f64) -> Result {
    let found = value.as_f64().with_context(|| format!("{value} is no figure"))?;
    ensure!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
    Ok(())
}

#[tokio::test]
async fn single_window_rules_detect_and_reset_as_the_tables_say() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let of = |bad, events, minutes| Incident { bad, events, minutes };
    // Table 5-1 to 5-3, 5-5, 5-6 and the text around Figure 5-6; then the same at other objectives.
    for (name, target, budget_ppb, rule, tenths, long, incident, published) in [
        ("5-1 ten minutes at 1x", "0.999", 1_000_000, "page:1@10m", 10, 10, of(1000, 1000, 60), (Some(1), Some(10))),
        ("5-2 36 hours at 1x", "0.999", 1_000_000, "ticket:1@36h", 10, 2160, of(1000, 1000, 60), (Some(3), Some(2158))),
        ("5-2 at 1x exactly never", "0.999", 1_000_000, "ticket:1@36h", 10, 2160, of(1, 1000, 3 * DAY), (None, None)),
        ("5-2 at 10x", "0.999", 1_000_000, "ticket:1@36h", 10, 2160, of(10, 1000, 300), (Some(217), None)),
        ("5-5 36x on an hour, all fail", "0.999", 1_000_000, "page:36@1h", 360, 60, of(1000, 1000, 120), (Some(3), Some(58))),
        ("5-5 at 35x never", "0.999", 1_000_000, "page:36@1h", 360, 60, of(35, 1000, 2 * DAY), (None, None)),
        ("5-5 at 36x exactly never", "0.999", 1_000_000, "page:36@1h", 360, 60, of(36, 1000, 2 * DAY), (None, None)),
        ("5-6 the hour", "0.999", 1_000_000, "page:14.4@1h", 144, 60, of(150, 1000, 10), (Some(6), Some(55))),
        ("5-6 six hours", "0.999", 1_000_000, "page:6@6h", 60, 360, of(10, 1000, 400), (Some(217), None)),
        ("5-6 three days", "0.999", 1_000_000, "ticket:1@3d", 10, 4320, of(5, 1000, 2 * DAY), (Some(865), None)),
        ("99.5 %, a tenth fails", "0.995", 5_000_000, "page:14.4@1h", 144, 60, of(100, 1000, 90), (Some(44), Some(17))),
        ("95 %, all fail", "0.95", 50_000_000, "page:14.4@1h", 144, 60, of(200, 200, 90), (Some(44), Some(17))),
        ("99.99 %, 7 in 10,000", "0.9999", 100_000, "page:6@6h", 60, 360, of(7, 10_000, 500), (Some(309), None)),
    ] {
        let threshold = Threshold { tenths, budget_ppb };
        let expected = (threshold.detection(long, long, incident), threshold.reset(long, long, incident));
        ensure!(published.0 == expected.0, "{name}: the reckoning says {expected:?}");
        ensure!(published.1.is_none_or(|reset| Some(reset) == expected.1), "{name}: the reckoning says {expected:?}");
        let counts = traffic(incident).write(bench.path(), "single.csv")?;
        let run = bench.backtest(&bench.slo(target, "30d")?, &counts, &["--rule", rule]).await?;
        let wanted: Vec<_> =
            expected.0.map(|at| (rule.split(':').next().unwrap_or_default().to_owned(), at, expected.1)).into_iter().collect();
        let found = alerts(&run, incident)?;
        ensure!(found == wanted, "{name}: {found:?} instead of {wanted:?}");
        if let Some(at) = expected.0 {
            let spent = at as f64 * incident.bad as f64 / (budget_ppb as f64 / 1e9 * 43_200.0 * incident.events as f64);
            share(&run["alerts"][0]["spent"], spent).with_context(|| name.to_owned())?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn pairs_detect_and_reset_as_figure_5_6_says() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let of = |bad, minutes| Incident { bad, events: 1000, minutes };
    for (name, rule, tenths, long, short, incident) in [
        ("15 % for ten minutes", "page:14.4@1h/5m", 144, 60, 5, of(150, 10)),
        ("all fail for ten minutes", "page:14.4@1h/5m", 144, 60, 5, of(1000, 10)),
        ("2 % for two hours", "page:14.4@1h/5m", 144, 60, 5, of(20, 120)),
        ("1 % for ten hours", "page:6@6h/30m", 60, 360, 30, of(10, 600)),
        ("0.4 % for two days", "ticket:3@1d/2h", 30, 1440, 120, of(4, 2 * DAY)),
        ("0.5 % for two days", "ticket:1@3d/6h", 10, 4320, 360, of(5, 2 * DAY)),
    ] {
        let threshold = Threshold { tenths, budget_ppb: 1_000_000 };
        let counts = traffic(incident).write(bench.path(), "pair.csv")?;
        let run = bench.backtest(&bench.slo("0.999", "30d")?, &counts, &["--rule", rule]).await?;
        let expected = threshold.detection(long, short, incident).context("it fires")?;
        let severity = rule.split(':').next().unwrap_or_default().to_owned();
        let wanted = vec![(severity, expected, threshold.reset(long, short, incident))];
        ensure!(alerts(&run, incident)? == wanted, "{name}: {} instead of {wanted:?}", run["alerts"]);
    }
    // The book's own figures: on after 5.76 minutes, off 4.52 minutes after the end.
    let incident = of(150, 10);
    let pair = Threshold { tenths: 144, budget_ppb: 1_000_000 };
    ensure!((pair.detection(60, 5, incident), pair.reset(60, 5, incident)) == (Some(6), Some(5)));
    Ok(())
}

#[tokio::test]
async fn budgets_are_spent_as_the_tables_say() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let slo = bench.slo("0.999", "30d")?;
    for (name, bad, minutes, consumed, gone_after) in [
        ("Table 5-3: an hour of all failing", 1000, 60, 60.0 / 43.2, Some(44)),
        ("Figure 5-3: five minutes of all failing", 1000, 5, 5.0 / 43.2, None),
        ("Table 5-5: 35x empties it in 20.57 h", 35, 1300, 35.0 * 1300.0 / 43_200.0, Some(1235)),
        ("Table 5-4: 10x, within three days", 10, 4320, 1.0, Some(4320)),
    ] {
        let incident = Incident { bad, events: 1000, minutes };
        let counts = traffic(incident).write(bench.path(), "budget.csv")?;
        let run = bench.backtest(&slo, &counts, &[]).await?;
        share(&run["consumed_max"], consumed).with_context(|| name.to_owned())?;
        let gone = run["exhausted"][0]["start"].as_str();
        ensure!(gone == gone_after.map(|n| rfc3339(TROUBLE + n)).as_deref(), "{name}: {gone:?}");
        ensure!(run["compared_with"]["consumed_max"] == run["consumed_max"] && run["compared_with"]["alerts"] == run["alerts"]);
    }
    Ok(())
}

#[tokio::test]
async fn evaluate_turns_at_the_minutes_backtest_names() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let incident = Incident { bad: 150, events: 1000, minutes: 10 };
    let (slo, counts) = (bench.slo("0.999", "30d")?, traffic(incident).write(bench.path(), "evaluate.csv")?);
    for (after, burn, firing) in [(0, "none", false), (5, "none", false), (6, "page", true), (14, "page", true), (15, "none", false)] {
        let status = bench.evaluate(&slo, &counts, TROUBLE + after).await?;
        ensure!(status["burn"] == burn && status["alerts"][0]["firing"] == firing, "{after}: {status}");
        ensure!(status["at"] == rfc3339(TROUBLE + after).as_str());
    }
    let status = bench.evaluate(&slo, &counts, TROUBLE + 10).await?;
    ensure!(status["bad"] == 1500 && status["total"] == 43_200_000 && status["state"] == "burning", "{status}");
    share(&status["budget"]["consumed"], 1500.0 / 43_200.0)?;
    share(&status["burn_rates"]["1h"], 25.0)?;
    share(&status["burn_rates"]["5m"], 150.0)?;
    // Exact ties do not fire: 144 in 10,000 for days.
    for (bad, burn) in [(10, "none"), (11, "ticket"), (30, "ticket"), (60, "ticket"), (61, "page"), (144, "page"), (145, "page")] {
        let steady = Incident { bad, events: 10_000, minutes: 4 * DAY };
        let counts = traffic(steady).write(bench.path(), "steady.csv")?;
        let status = bench.evaluate(&slo, &counts, TROUBLE + 4 * DAY).await?;
        ensure!(status["burn"] == burn, "{bad} in 10,000: {status}");
        ensure!(status["alerts"][0]["firing"] == (bad > 144), "{bad} in 10,000: {status}");
    }
    Ok(())
}

#[tokio::test]
async fn right_shapes_of_incidents_reach_the_right_people() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let slo = bench.slo("0.999", "30d")?;
    // Base errors of 0.01 %, incidents on top: severities that speak, and what a rule of "10 minutes above" would have said.
    for (name, bad, minutes, pages, tickets, naive) in [
        ("a total outage of five minutes", 10_000, 5, 1, 1, 1),
        ("15 % for ten minutes", 1500, 10, 1, 0, 1),
        ("2 % for six hours", 200, 360, 1, 1, 1),
        ("5x for two days belongs to the tickets", 50, 2 * DAY, 0, 1, 1),
        ("a blip of two minutes at 0.6 %", 60, 2, 0, 0, 1),
    ] {
        let incident = Incident { bad, events: 10_000, minutes };
        let counts = Traffic { base: 1, ..traffic(incident) }.write(bench.path(), "shape.csv")?;
        let run = bench.backtest(&slo, &counts, &[]).await?;
        ensure!(run["pages"] == pages && run["tickets"] == tickets, "{name}: {} {}", run["alerts"], run["notes"]);
        let run = bench.backtest(&slo, &counts, &["--rule", "page:1@10m"]).await?;
        ensure!(run["pages"] == naive, "{name}: {}", run["alerts"]);
    }
    Ok(())
}

#[tokio::test]
async fn windows_scale_their_rules_and_changes_stand_beside_the_definition() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let incident = Incident { bad: 150, events: 1000, minutes: 10 };
    let counts = traffic(incident).write(bench.path(), "window.csv")?;
    let slo = bench.slo("0.999", "28d")?;
    let run = bench.backtest(&slo, &counts, &["--window", "30d", "--objective", "99.5", "--last", "5d"]).await?;
    share(&run["compared_with"]["rules"][0]["factor"], 13.44)?;
    share(&run["rules"][0]["factor"], 14.4)?;
    ensure!(run["window"] == "30d" && run["objective"] == 0.995 && run["compared_with"]["window"] == "28d", "{run}");
    ensure!(run["alerts"].as_array().is_some_and(Vec::is_empty) && run["compared_with"]["pages"] == 1, "{run}");
    ensure!(run["to"] == rfc3339(TROUBLE + 10 + 5 * DAY).as_str() && run["from"] == rfc3339(TROUBLE + 10).as_str(), "{run}");
    Ok(())
}

#[tokio::test]
async fn holes_freeze_and_the_beginning_is_said() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let slo = bench.slo("0.999", "30d")?;
    // Monitoring goes blind in the middle of an outage: the alert stays until enough is seen again.
    let mut outage = traffic(Incident { bad: 1000, events: 1000, minutes: 30 });
    outage.holes = vec![(TROUBLE + 20, TROUBLE + 200)];
    let counts = outage.write(bench.path(), "hole.csv")?;
    let run = bench.backtest(&slo, &counts, &["--rule", "page:14.4@1h/5m"]).await?;
    let end = run["alerts"][0]["end"].as_str().unwrap_or_default();
    ensure!(run["pages"] == 1 && end > rfc3339(TROUBLE + 200).as_str(), "{}", run["alerts"]);
    ensure!(run["blind_s"].as_f64().is_some_and(|s| s > 9000.0) && run["coverage"].as_f64().is_some_and(|c| c < 1.0));
    let status = bench.evaluate(&slo, &counts, TROUBLE + 150).await?;
    ensure!(status["state"] == "blind" && status["burn"] == "page" && status["alerts"][0]["frozen"] == true, "{status}");
    // A file that begins with the trouble is judged over what is there, and says so.
    let begins = Traffic { from: TROUBLE, ..traffic(Incident { bad: 1000, events: 1000, minutes: 30 }) };
    let run = bench.backtest(&slo, &begins.write(bench.path(), "begins.csv")?, &["--rule", "page:14.4@1h/5m"]).await?;
    ensure!(run["alerts"][0]["start"] == rfc3339(TROUBLE + 1).as_str() && run["alerts"][0]["warming"] == true, "{run}");
    ensure!(run["notes"].to_string().contains("shorter than the window"), "{run}");
    let nothing = bench.path().join("nothing.csv");
    std::fs::write(&nothing, "time,good,total\n")?;
    let status = bench.evaluate(&slo, &nothing, TROUBLE).await?;
    ensure!(status["state"] == "blind" && status["sli"].is_null() && status["budget"]["consumed"].is_null(), "{status}");
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_with_place_and_cure() -> Result {
    let Some(bench) = Bench::open()? else { return Ok(()) };
    let slo = bench.slo("0.999", "30d")?;
    let good = traffic(Incident { bad: 1, events: 10, minutes: 1 }).write(bench.path(), "good.csv")?;
    let (slo, good) = (slo.to_string_lossy().into_owned(), good.to_string_lossy().into_owned());
    for (more, says) in [
        (["--rule", "page:14.4"], "page:14.4@1h/5m"),
        (["--rule", "page:1001@1h"], "never exceeds 1000×"),
        (["--rule", "ticket:1@40d"], "longer than the window"),
        (["--objective", "0.999"], "99.9"),
        (["--under", "500ms"], "good and total"),
        (["--window", "5m"], "from 1h"),
        (["--method", "sometimes"], "budgeting method"),
        (["--zone", "Mars/Olympus"], "IANA"),
        (["--last", "soon"], "90d"),
    ] {
        let said = bench.cli.fails(1, &[&["backtest", "--slo", &slo, "--counts", &good], &more[..]].concat()).await?;
        ensure!(said.contains(says), "{more:?}: {said}");
    }
    for (text, says) in
        [("time,good,total\n60,2,1\n", "line 2"), ("a,b\n", "time,good,total"), ("time,good,total\n60,1,1\n60,1,1\n", "line 3")]
    {
        let path = bench.path().join("bad.csv");
        std::fs::write(&path, text)?;
        let path = path.to_string_lossy().into_owned();
        let said = bench.cli.fails(1, &["evaluate", "--slo", &slo, "--counts", &path]).await?;
        ensure!(said.contains(says) && said.contains("bad.csv"), "{said}");
    }
    let said = bench.cli.fails(1, &["evaluate", "--slo", &slo, "--counts", "/nonexistent.csv"]).await?;
    ensure!(said.contains("/nonexistent.csv"), "{said}");
    Ok(())
}
