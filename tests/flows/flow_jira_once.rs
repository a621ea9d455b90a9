//! Never more issues than intents: every sequence of ends of the first six writes, with a crash between any two steps, over search
//! indexes that are at once, late, or never right.

use std::io::Write as _;

use anyhow::ensure;
use firewatch_tests::Result;
use firewatch_tests::jira::{End, Face, ME};

use crate::jira_stage::{self, Side, only};

/// Writes whose end is scripted.
const WRITES: u32 = 6;
/// Steps at which the program may crash; the last stands for no crash.
const STEPS: i64 = 13;

/// The ends of a sequence: four kinds, each in the forms it has in the world.
fn ends(mut number: u32) -> Vec<End> {
    let variant = number.count_ones() as usize;
    let mut ends = Vec::new();
    for at in 0..WRITES as usize {
        let forms = match number % 4 {
            0 => [End::Done, End::Done],
            1 => [End::ReplyLost, End::LateGateway],
            2 => [End::Refused, End::Unavailable(None)],
            _ => [End::Limited, End::LimitedSilently],
        };
        ends.push(forms[(variant + at) % 2]);
        number /= 4;
    }
    ends
}

/// A search index, and whether keys can be asked for directly.
#[derive(Clone, Copy)]
struct Index {
    name: &'static str,
    lag_ms: Option<i64>,
    keys: bool,
}

const INDEXES: [Index; 4] = [
    Index { name: "0 s", lag_ms: Some(0), keys: true },
    Index { name: "30 s", lag_ms: Some(30_000), keys: true },
    Index { name: "never", lag_ms: None, keys: true },
    Index { name: "never, no keys", lag_ms: None, keys: false },
];

/// What a cell came to.
#[derive(Default)]
struct Cell {
    runs: u32,
    crashes: u32,
    issues: u32,
    unknown: u32,
    alike: u32,
}

/// One intent, worked on while Jira misbehaves: made, renamed, commented on, done.
async fn played(face: Face, index: Index, number: u32, step: i64, cell: &mut Cell) -> Result {
    let story = format!("{face:?}, index {}, sequence {number:04}, crash at {step}", index.name);
    let mut side = Side::new(face, 0).await?;
    {
        let mut books = side.jira.books();
        // Somebody else's issue, so that there is a key before.
        books.make([("summary".to_owned(), "foreign".into())].into(), std::collections::BTreeMap::new(), "somebody");
        books.faults.ends = ends(number).into();
        (books.faults.lag_ms, books.faults.lagging, books.faults.no_key_probe) = (index.lag_ms, true, !index.keys);
    }
    side.crash.at(if step == STEPS - 1 { -1 } else { step });
    let id = side.add("Load in parallel")?;
    cell.crashes += u32::from(side.round().await?);
    side.change(&id, &only(|form| form.title = Some("Load settings in parallel".to_owned())))?;
    let mut acts = side.settle().await?;
    let made = side.jira.marked(&id);
    ensure!(made <= 1, "{story}: {made} issues for one intent: {acts:?}");
    if side.ticket(&id)?.state == "unknown" {
        ensure!(!index.keys, "{story}: unknown though keys can be asked for: {acts:?}");
        let said = acts.iter().find(|act| act.state == "unknown").and_then(|act| act.reason.clone()).unwrap_or_default();
        ensure!(said.contains("settle it with its key"), "{story}: nobody is asked: {said}");
        cell.unknown += 1;
    } else {
        ensure!(made == 1, "{story}: the intent was lost: {acts:?}");
        side.engine.comment_ticket(&id, "Seen in the last incident, too.")?;
        side.change(&id, &only(|form| form.status = Some("done".to_owned())))?;
        acts = side.settle().await?;
        ensure!(acts.iter().all(|act| act.state == "done"), "{story}: {acts:?}");
        let books = side.jira.books();
        let issue = books.issues.values().find(|issue| issue.creator == ME).expect("it was made");
        let comments = issue.comments.iter().filter(|c| c.author == ME).count();
        ensure!(comments == 1, "{story}: {comments} comments for one intent");
        ensure!(issue.fields["summary"] == "Load settings in parallel" && issue.fields["status"] == "5", "{story}: {:?}", issue.fields);
        cell.alike += 1;
    }
    ensure!(side.jira.marked(&id) <= 1, "{story}: a second issue");
    (cell.runs, cell.issues) = (cell.runs + 1, cell.issues + made as u32);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn never_more_issues_than_intents() -> Result {
    let whole = std::env::var_os("FIREWATCH_SOAK").is_some();
    let all = 4_u32.pow(WRITES);
    let mut table =
        vec![format!("{:<12} {:<16} {:>7} {:>8} {:>7} {:>8} {:>6}", "face", "index", "runs", "crashes", "issues", "unknown", "alike")];
    for face in [Face::Cloud, Face::Datacenter] {
        for index in INDEXES {
            let mut cell = Cell::default();
            // Reduced: a spread of sequences, each with another crash; whole: every sequence with every crash.
            let chosen: Vec<u32> = if whole { (0..all).collect() } else { (0..all).step_by(151).collect() };
            for number in chosen {
                let steps: Vec<i64> = if whole { (0..STEPS).collect() } else { vec![i64::from(number) % STEPS] };
                for step in steps {
                    played(face, index, number, step, &mut cell).await?;
                }
            }
            let face = if face == Face::Cloud { "cloud" } else { "datacenter" };
            table.push(format!(
                "{face:<12} {:<16} {:>7} {:>8} {:>7} {:>8} {:>6}",
                index.name, cell.runs, cell.crashes, cell.issues, cell.unknown, cell.alike
            ));
        }
    }
    writeln!(std::io::stderr(), "\n{}", table.join("\n"))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_replicas_that_share_a_followup_never_both_make_its_ticket() -> Result {
    let mut one = Side::new(Face::Cloud, 0).await?;
    let mut other = Side::beside(std::sync::Arc::clone(&one.jira), std::sync::Arc::clone(&one.clock))?;
    other.engine.add_tracker(jira_stage::form(&one.jira), None).await?;
    let id = one.add("Defer what is not needed at once")?;
    // What the case file carries is the follow-up itself.
    let shared = one.engine.store().read(|tx| tx.followup(&id))?;
    other.engine.store().write(|tx| tx.put_followup(&shared))?;
    for _ in 0..3 {
        other.settle().await?;
    }
    ensure!(one.jira.marked(&id) == 0, "the other replica made it");
    let refused = other.engine.make_ticket(&id, "").expect_err("by hand, neither");
    ensure!(refused.to_string().contains("ticket already"), "{refused}");
    one.settle().await?;
    ensure!(one.jira.marked(&id) == 1);
    let shared = one.engine.store().read(|tx| tx.followup(&id))?;
    other.engine.store().write(|tx| tx.put_followup(&shared))?;
    other.settle().await?;
    let seen = other.followup(&id)?.row.ticket;
    ensure!(seen.as_ref().is_some_and(|t| t.key.as_deref() == Some("OPS-1") && t.state == "linked"), "{seen:?}");
    // Not even where the follow-up came without word of a ticket.
    let alone = one.engine.store().read(|tx| tx.followup(&id))?;
    let bare = firewatch_domain::followup::FollowUp { ticket: None, ..alone };
    other.engine.store().write(|tx| tx.put_followup(&bare))?;
    let refused = other.engine.make_ticket(&id, "").expect_err("it was written elsewhere");
    ensure!(refused.to_string().contains("another machine"), "{refused}");
    ensure!(one.jira.marked(&id) == 1);
    Ok(())
}
