//! Two people, two sides, nobody's words lost: random edits on both sides with delays, clocks apart and users in every zone; and many
//! links that cost little while nothing happens.

use std::collections::BTreeMap;

use anyhow::{Context, ensure};
use firewatch_tests::jira::{End, Face, ME, paragraph};
use firewatch_tests::{Result, parts};
use serde_json::{Value, json};

use crate::jira_stage::{Side, only};

/// A generator small enough to be read; the seed is in every message of a failing test.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

const FIELDS: [&str; 5] = ["summary", "description", "status", "priority", "due"];
const STATUS: [(&str, &str); 3] = [("open", "1"), ("doing", "3"), ("done", "5")];
const PRIORITY: [&str; 5] = ["highest", "high", "medium", "low", "lowest"];

/// A value of a field, as both sides write it.
fn value(field: &str, n: u64, face: Face) -> (String, Value) {
    match field {
        "summary" => (format!("summary {n}"), json!(format!("summary {n}"))),
        "description" => {
            let text = format!("Words of change {n}.");
            (text.clone(), if face == Face::Cloud { paragraph(&text) } else { json!(text) })
        }
        "status" => {
            let (ours, theirs) = STATUS[(n % 3) as usize];
            (ours.to_owned(), json!(theirs))
        }
        "priority" => {
            let at = (n % 5) as usize;
            (PRIORITY[at].to_owned(), json!((at + 1).to_string()))
        }
        _ => {
            let day = format!("2027-03-{:02}", n % 28 + 1);
            (day.clone(), json!(day))
        }
    }
}

fn ours(side: &Side, id: &str, field: &str, text: &str) -> Result {
    let form = only(|f| {
        let place = match field {
            "summary" => &mut f.title,
            "description" => &mut f.text,
            "status" => &mut f.status,
            "priority" => &mut f.priority,
            _ => &mut f.due,
        };
        *place = Some(text.to_owned());
    });
    side.change(id, &form).map(drop)
}

fn here(side: &Side, id: &str) -> Result<BTreeMap<&'static str, String>> {
    let view = side.followup(id)?;
    let row = view.row;
    let due = row.due.unwrap_or_default();
    Ok([("summary", row.title), ("description", view.text), ("status", row.status), ("priority", row.priority), ("due", due)].into())
}

fn there(side: &Side, key: &str) -> Result<BTreeMap<&'static str, String>> {
    let books = side.jira.books();
    let fields = &books.find(key).context("the issue")?.fields;
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let status = STATUS.iter().find(|(_, id)| *id == text("status")).map_or("done", |(word, _)| word).to_owned();
    let priority = PRIORITY[text("priority").parse::<usize>()? - 1].to_owned();
    let words = match &fields["description"] {
        Value::String(words) => words.clone(),
        document => document["content"][0]["content"][0]["text"].as_str().unwrap_or_default().to_owned(),
    };
    Ok([("summary", text("summary")), ("description", words), ("status", status), ("priority", priority), ("due", text("duedate"))].into())
}

/// One script: edits on either side, rounds now and then, faults in between; then both sides are alike, but for conflicts that show.
async fn script(seed: u64) -> Result {
    let mut dice = Dice(seed * 0x9E37_79B9 + 7);
    let face = if dice.roll(2) == 0 { Face::Cloud } else { Face::Datacenter };
    let skew_s = dice.roll(7200).cast_signed() - 3600;
    let mut side = Side::new(face, skew_s).await?;
    side.jira.books().offset_s = (dice.roll(26) as i32 - 11) * 3600;
    let id = side.add("summary 0")?;
    side.settle().await?;
    let key = side.ticket(&id)?.key.context("a key")?;
    // What either side said last, by field, since both were last alike.
    let mut said: BTreeMap<&str, (Option<String>, Option<String>)> = BTreeMap::new();
    for n in 1..=6 + dice.roll(6) {
        let field = FIELDS[dice.roll(5) as usize];
        let (mine, theirs) = value(field, seed.wrapping_mul(31).wrapping_add(n), face);
        side.clock.set(side.clock.get() + 1 + dice.roll(90).cast_signed());
        let known = side.ticket(&id)?.conflicts.iter().any(|c| c.field == field);
        if !known && dice.roll(2) == 0 {
            ours(&side, &id, field, &mine)?;
            said.entry(field).or_default().0 = Some(mine);
        } else if !known {
            side.jira.books().change(&key, field.replace("due", "duedate").as_str(), theirs);
            said.entry(field).or_default().1 = Some(mine);
        }
        if dice.roll(4) == 0 {
            let ends = [End::ReplyLost, End::Refused, End::Limited, End::Unavailable(None), End::LateGateway];
            side.jira.books().faults.ends.push_back(ends[dice.roll(5) as usize]);
        }
        if dice.roll(3) == 0 {
            side.clock.set(side.clock.get() + 130);
            side.round().await?;
        }
    }
    side.clock.set(side.clock.get() + 4000);
    side.settle().await?;
    side.clock.set(side.clock.get() + 4000);
    let acts = side.settle().await?;
    let story = format!("seed {seed}, {face:?}");
    ensure!(acts.iter().all(|act| act.state == "done"), "{story}: {acts:?}");
    let ticket = side.ticket(&id)?;
    let torn: Vec<&str> = ticket.conflicts.iter().map(|c| c.field.as_str()).collect();
    let (left, right) = (here(&side, &id)?, there(&side, &key)?);
    for field in FIELDS {
        let (mine, theirs) = said.get(field).cloned().unwrap_or_default();
        if torn.contains(&field) {
            ensure!(
                mine.as_ref() == left.get(field) && theirs.as_ref() == right.get(field),
                "{story}: {field} of a conflict was written over: {said:?}\n{left:?}\n{right:?}"
            );
            continue;
        }
        ensure!(left[field] == right[field], "{story}: {field} is not alike: {left:?}\n{right:?}\n{ticket:?}");
        if mine.is_some() || theirs.is_some() {
            let kept = mine.as_ref() == Some(&left[field]) || theirs.as_ref() == Some(&left[field]);
            ensure!(kept, "{story}: an edit of {field} is lost: {said:?}, now {}", left[field]);
        }
    }
    // Nobody answers an echo.
    side.jira.take_requests();
    for _ in 0..2 {
        side.clock.set(side.clock.get() + 200);
        side.round().await?;
    }
    let writes: Vec<_> =
        side.jira.take_requests().into_iter().filter(|(m, p)| m != "GET" && !p.contains("bulkfetch") && !p.contains("search")).collect();
    ensure!(writes.is_empty(), "{story}: ping-pong: {writes:?}");
    // A choice settles a conflict for good.
    for (at, field) in torn.iter().enumerate() {
        side.engine.settle_conflict(&id, field, if at % 2 == 0 { "ours" } else { "theirs" })?;
    }
    side.settle().await?;
    side.settle().await?;
    ensure!(side.ticket(&id)?.conflicts.is_empty() && here(&side, &id)? == there(&side, &key)?, "{story}: {:?}", side.ticket(&id)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_edit_is_lost_and_nothing_goes_to_and_fro() -> Result {
    for seed in 1..=u64::from(parts::repeats(60, 5000)) {
        script(seed).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_offline_come_home_in_order() -> Result {
    let mut side = Side::new(Face::Cloud, 0).await?;
    let first = side.add("Known before")?;
    side.settle().await?;
    side.jira.books().faults.portal = true;
    let ids = (0..40).map(|n| side.add(&format!("written offline {n}"))).collect::<Result<Vec<_>>>()?;
    for day in 0..21 {
        side.change(&first, &only(|f| f.title = Some(format!("Known before, day {day}"))))?;
        side.engine.comment_ticket(&first, &format!("day {day}"))?;
        side.clock.set(side.clock.get() + 86_400);
        side.round().await?;
    }
    ensure!(side.jira.books().issues.len() == 1, "something went out");
    side.jira.books().faults.portal = false;
    side.jira.books().faults.ends = [End::Done, End::Limited, End::Done, End::LimitedSilently].into();
    side.clock.set(side.clock.get() + 4000);
    let acts = side.settle().await?;
    ensure!(acts.iter().all(|act| act.state == "done"), "{:?}", acts.iter().find(|act| act.state != "done"));
    let books = side.jira.books();
    let known = books.find("OPS-1").context("the first")?;
    ensure!(known.fields["summary"] == "Known before, day 20");
    let days: Vec<String> = known.comments.iter().filter(|c| c.author == ME).map(|c| c.body.to_string()).collect();
    ensure!(days.len() == 21 && days.iter().enumerate().all(|(n, text)| text.contains(&format!("day {n}\""))), "{days:?}");
    drop(books);
    ensure!(ids.iter().all(|id| side.jira.marked(id) == 1), "not every intent has its one issue");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_quiet_links_cost_forty_requests_at_most() -> Result {
    for face in [Face::Cloud, Face::Datacenter] {
        let mut side = Side::new(face, 0).await?;
        let links = 2000;
        for n in 0..links {
            let id = side.add(&format!("follow-up {n}"))?;
            let fields = [("summary".to_owned(), json!(format!("follow-up {n}"))), ("priority".to_owned(), json!("3"))];
            let marker = [("firewatch.followup".to_owned(), json!({ "uuid": id }))];
            let number = side.jira.books().make(fields.into(), marker.into(), ME);
            let key = side.jira.books().issues[&number].key.clone();
            side.engine.link_ticket(&id, "", &key)?;
        }
        side.round().await?;
        side.round().await?;
        side.jira.take_requests();
        side.clock.set(side.clock.get() + 200);
        let rows = side.engine.sync_once().await?;
        let asked = side.jira.take_requests().len();
        ensure!(rows[0].links == links && rows[0].read == links && rows[0].trouble.is_none(), "{rows:?}");
        ensure!(asked as u32 <= links / 50, "{face:?}: {asked} requests for {links} links");
    }
    Ok(())
}
