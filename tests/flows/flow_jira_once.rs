//! Never more issues than intents: every sequence of ends of the first six writes, with a crash between any two steps, over search
//! indexes that are at once, late, or never right.

use std::io::Write as _;

use anyhow::ensure;
use firewatch_tests::Result;
use firewatch_tests::jira::{End, Face, ME};

use crate::jira_stage::{self, Side, only};

/// Writes whose end is scripted.
const WRITES: u32 = 6;
/// Every sequence of their ends, as a number of that many digits to the base of four; the first write has the first digit.
const ALL: u32 = 4_u32.pow(WRITES);
/// About as many steps as most runs have. It shares no factor with four, so each kind of end meets a crash at each of them.
const STEPS: i64 = 27;
/// From one sequence of a spread to the next.
const SPREAD: usize = 151;

/// The ends of a sequence: four kinds, each in the forms it has in the world.
fn ends(number: u32, turned: bool) -> Vec<End> {
    let kind = |at: u32| match number / 4_u32.pow(WRITES - 1 - at) % 4 {
        0 => [End::Done, End::Done],
        1 => [End::ReplyLost, End::LateGateway],
        2 => [End::Refused, End::Unavailable(None)],
        _ => [End::Limited, End::LimitedSilently],
    };
    (0..WRITES).map(|at| kind(at)[usize::from((at % 2 == 0) == turned)]).collect()
}

/// A search index, and whether keys can be asked for directly.
#[derive(Clone, Copy)]
struct Index {
    name: &'static str,
    lag_ms: Option<i64>,
    keys: bool,
    /// Which forms of the ends it meets on Cloud; on Data Center it meets the others.
    turned: bool,
}

const INDEXES: [Index; 4] = [
    Index { name: "0 s", lag_ms: Some(0), keys: true, turned: false },
    Index { name: "30 s", lag_ms: Some(30_000), keys: true, turned: true },
    Index { name: "never", lag_ms: None, keys: true, turned: false },
    Index { name: "never, no keys", lag_ms: None, keys: false, turned: true },
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

/// One intent, worked on while Jira misbehaves: made, renamed, commented on, done. True where it came to the step at which to crash.
async fn played(face: Face, index: Index, number: u32, step: i64, cell: &mut Cell) -> Result<bool> {
    let story = format!("{face:?}, index {}, sequence {number:04}, crash at {step}", index.name);
    let mut side = Side::new(face, 0).await?;
    {
        let mut books = side.jira.books();
        // Somebody else's issue, so that there is a key before.
        books.make([("summary".to_owned(), "foreign".into())].into(), std::collections::BTreeMap::new(), "somebody");
        books.faults.ends = ends(number, (face == Face::Cloud) == index.turned).into();
        (books.faults.lag_ms, books.faults.lagging, books.faults.no_key_probe) = (index.lag_ms, true, !index.keys);
    }
    side.crash.at(step);
    let id = side.add("Load in parallel")?;
    side.round().await?;
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
    let crashed = side.crash.came();
    (cell.runs, cell.crashes, cell.issues) = (cell.runs + 1, cell.crashes + u32::from(crashed), cell.issues + made as u32);
    Ok(crashed)
}

/// Whole: every sequence with a crash somewhere, elsewhere in each cell, and a spread of them with a crash at every step they have.
/// Reduced: the spread alone, with one crash each.
async fn cases(place: i64, face: Face, index: Index, whole: bool) -> Result<Cell> {
    let mut cell = Cell::default();
    for sequence in (0..ALL).step_by(if whole { 1 } else { SPREAD }) {
        played(face, index, sequence, (i64::from(sequence) + 5 * place) % STEPS, &mut cell).await?;
    }
    for sequence in (0..ALL).step_by(SPREAD).filter(|_| whole) {
        for step in 0.. {
            if !played(face, index, sequence, step, &mut cell).await? {
                break;
            }
        }
    }
    Ok(cell)
}

#[tokio::test(flavor = "multi_thread")]
async fn never_more_issues_than_intents() -> Result {
    let whole = std::env::var_os("FIREWATCH_SOAK").is_some();
    let mut cells = Vec::new();
    for face in [Face::Cloud, Face::Datacenter] {
        for index in INDEXES {
            let cell = tokio::spawn(cases(cells.len() as i64, face, index, whole));
            cells.push((face, index, cell));
        }
    }
    let head = ["face", "index", "runs", "crashes", "issues", "unknown", "alike"];
    let mut table = vec![line(&head.map(str::to_owned))];
    for (face, index, cell) in cells {
        let cell = cell.await??;
        let face = if face == Face::Cloud { "cloud" } else { "datacenter" };
        let counts = [cell.runs, cell.crashes, cell.issues, cell.unknown, cell.alike].map(|count| count.to_string());
        table.push(line(&[vec![face.to_owned(), index.name.to_owned()], counts.to_vec()].concat()));
    }
    writeln!(std::io::stderr(), "\n{}", table.join("\n"))?;
    Ok(())
}

fn line(cells: &[String]) -> String {
    cells.iter().map(|cell| format!("{cell:<16}")).collect::<Vec<_>>().concat()
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
