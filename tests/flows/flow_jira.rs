//! Tickets on bad days: what Jira refuses ends in the right state with a message a person can act on; what is lost, moved or hidden is
//! told apart; what the person does about it works.

use anyhow::{Context, ensure};
use firewatch_engine::view::{TicketView, TrackerForm};
use firewatch_tests::Result;
use firewatch_tests::cli::Cli;
use firewatch_tests::jira::{End, Face, Jira, LEAD, PROJECT, paragraph};
use firewatch_tests::parts;
use serde_json::json;

use crate::jira_stage::{Side, TOKEN, TRACKER, form, only};

const FACES: [Face; 2] = [Face::Cloud, Face::Datacenter];

fn says(ticket: &TicketView, words: &[&str]) -> Result {
    let said = ticket.trouble.clone().unwrap_or_default();
    for word in words {
        ensure!(said.contains(word), "`{word}` is not said: {said} ({ticket:?})");
    }
    ensure!(!said.contains(TOKEN), "the token is said: {said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn three_followups_three_tickets_worked_on_there_and_closed_here() -> Result {
    for face in FACES {
        let mut side = Side::new(face, 0).await?;
        let titles = ["Load data in parallel", "Cut the response down", "Defer secondary requests"];
        let ids = titles.iter().map(|title| side.add(title)).collect::<Result<Vec<_>>>()?;
        let text = "Now **eight** requests in a row.\n\n1. fetch together\n2. measure with `curl`\n\nSee [the trace](<https://trace.example.com/1>).";
        side.change(
            &ids[0],
            &only(|f| (f.text, f.due, f.labels) = (Some(text.to_owned()), Some("2027-02-01".to_owned()), Some("settings web".to_owned()))),
        )?;
        side.settle().await?;
        for (id, title) in ids.iter().zip(titles) {
            let ticket = side.ticket(id)?;
            ensure!(ticket.state == "linked" && ticket.waiting == 0 && side.jira.marked(id) == 1, "{face:?}: {ticket:?}");
            let issue = side.jira.issue_called(title).with_context(|| format!("{face:?}: no issue {title}"))?;
            ensure!(ticket.key.as_deref() == Some(issue.key.as_str()));
        }
        let first = side.jira.issue_called(titles[0]).context("the first")?;
        ensure!(first.fields["duedate"] == "2027-02-01" && first.fields["labels"].to_string().contains("settings"), "{:?}", first.fields);
        ensure!(side.followup(&ids[0])?.text == text, "the text came back changed: {}", side.followup(&ids[0])?.text);
        // Worked on in Jira, closed there; another is closed here.
        side.clock.set(side.clock.get() + 600);
        side.jira.books().change(&first.id, "status", json!("3"));
        side.jira.books().change(&first.id, "assignee", json!(LEAD));
        let said = if face == Face::Cloud { paragraph("Half way there.") } else { json!("Half way there.") };
        side.jira.books().say(&first.id, LEAD, said);
        side.settle().await?;
        let followup = side.followup(&ids[0])?.row;
        ensure!((followup.status.as_str(), followup.owner.as_str()) == ("doing", "Lena Lead"), "{face:?}: {followup:?}");
        let comments = side.ticket(&ids[0])?.comments;
        ensure!(comments.len() == 1 && comments[0].text == "Half way there." && !comments[0].ours, "{comments:?}");
        side.engine.comment_ticket(&ids[0], "Thank **you**.")?;
        side.clock.set(side.clock.get() + 600);
        side.jira.books().change(&first.id, "status", json!("5"));
        side.change(&ids[1], &only(|f| f.status = Some("done".to_owned())))?;
        side.settle().await?;
        side.settle().await?;
        ensure!(side.followup(&ids[0])?.row.status == "done");
        let closed = side.jira.issue_called(titles[1]).context("the second")?;
        ensure!(closed.fields["status"] == "5", "{:?}", closed.fields);
        let comments = side.ticket(&ids[0])?.comments;
        ensure!(comments.len() == 2 && comments[1].ours, "our own comment is not known as ours: {comments:?}");
        // A quiet round writes nothing and asks little.
        side.jira.take_requests();
        side.round().await?;
        let asked = side.jira.take_requests();
        ensure!(
            asked.len() <= 3
                && asked.iter().all(|(method, path)| method == "GET" || path.contains("bulkfetch") || path.ends_with("search")),
            "{asked:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_is_not_on_the_screen_and_one_that_is_demanded_are_cured_in_place() -> Result {
    let mut side = Side::new(Face::Cloud, 0).await?;
    side.jira.books().screen.fields.retain(|field| field != "labels");
    let id = side.add("Cure me")?;
    side.settle().await?;
    let ticket = side.ticket(&id)?;
    ensure!(ticket.state == "rejected" && ticket.refused.contains_key("labels"), "{ticket:?}");
    says(&ticket, &["not on the appropriate screen", "test the tracker again"])?;
    side.engine.test_tracker(TRACKER).await?;
    side.engine.retry_act(&ticket.act.context("an act")?)?;
    side.change(&id, &only(|f| f.text = Some("Now without labels.".to_owned())))?;
    side.settle().await?;
    ensure!(side.ticket(&id)?.state == "linked", "{:?}", side.ticket(&id)?);

    side.jira.books().screen.demanded = Some(("customfield_10010".to_owned(), "Team".to_owned()));
    let id = side.add("Whose is it")?;
    side.settle().await?;
    let ticket = side.ticket(&id)?;
    ensure!(ticket.state == "rejected" && ticket.refused.contains_key("customfield_10010"), "{ticket:?}");
    says(&ticket, &["Team is required", "constant"])?;
    let test = side.engine.test_tracker(TRACKER).await?;
    ensure!(test.lines.iter().any(|l| l.message.contains("Team")), "{test:?}");
    let constant = |value: &str| TrackerForm {
        name: TRACKER.to_owned(),
        constants: [("Team".to_owned(), value.to_owned())].into(),
        ..TrackerForm::default()
    };
    let wrong = side.engine.change_tracker(&constant("Nobody")).expect_err("no such team");
    ensure!(wrong.to_string().contains("Payments, Settings"), "{wrong}");
    side.engine.change_tracker(&constant("Settings"))?;
    side.settle().await?;
    let ticket = side.ticket(&id)?;
    ensure!(ticket.state == "linked" && side.jira.marked(&id) == 1, "{ticket:?}");
    ensure!(side.jira.issue_called("Whose is it").context("it")?.fields["customfield_10010"] == json!({ "id": "21" }));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_jira_refuses_ends_in_the_right_state_with_a_cure() -> Result {
    let mut side = Side::new(Face::Cloud, 0).await?;
    // The type is gone.
    side.jira.books().screen.type_gone = true;
    let id = side.add("Wrong type")?;
    side.settle().await?;
    ensure!(side.ticket(&id)?.state == "rejected");
    says(&side.ticket(&id)?, &["issue type selected is invalid", "choose another type"])?;
    side.jira.books().screen.type_gone = false;
    // Too long, a portal, and no service, before and after the deed.
    for (end, state, words) in [
        (End::TooLong, "rejected", vec!["413", "shorten"]),
        (End::Portal, "unknown", vec!["web page", "sign"]),
        (End::Unavailable(None), "unknown", vec!["503"]),
        (End::Unavailable(Some(30)), "unknown", vec!["503"]),
    ] {
        side.jira.books().faults.ends = [end].into();
        let id = side.add(&format!("{end:?}"))?;
        side.round().await?;
        let ticket = side.ticket(&id)?;
        ensure!(ticket.state == state, "{end:?}: {ticket:?}");
        says(&ticket, &words)?;
        if state == "unknown" {
            side.settle().await?;
            ensure!(side.ticket(&id)?.state == "linked" && side.jira.marked(&id) == 1, "{end:?}: {:?}", side.ticket(&id)?);
        }
    }
    // No sign-in: nothing is lost, everything waits, and the cure is said.
    for (name, words) in [("signed out", ["401", "token"]), ("forbidden", ["403", "permission"])] {
        side.jira.books().faults.signed_out = name == "signed out";
        side.jira.books().faults.forbidden = name == "forbidden";
        let id = side.add(name)?;
        side.round().await?;
        ensure!(side.ticket(&id)?.state == "queued", "{:?}", side.ticket(&id)?);
        says(&side.ticket(&id)?, &words)?;
        side.jira.books().faults.signed_out = false;
        side.jira.books().faults.forbidden = false;
        side.settle().await?;
        ensure!(side.ticket(&id)?.state == "linked" && side.jira.marked(&id) == 1, "{:?}", side.ticket(&id)?);
    }
    // A search that is gone does not make anybody believe that an issue is not there.
    side.jira.books().faults.search_gone = true;
    side.jira.books().faults.ends = [End::ReplyLost].into();
    let id = side.add("Search is gone")?;
    side.settle().await?;
    ensure!(side.ticket(&id)?.state == "unknown" && side.jira.marked(&id) == 1, "{:?}", side.ticket(&id)?);
    says(&side.ticket(&id)?, &["410"])?;
    side.jira.books().faults.search_gone = false;
    side.clock.set(side.clock.get() + 4000);
    side.settle().await?;
    ensure!(side.ticket(&id)?.state == "linked" && side.jira.marked(&id) == 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_that_ask_are_answered_once_or_left_to_jira() -> Result {
    let mut side = Side::new(Face::Cloud, 0).await?;
    let done = || only(|f| f.status = Some("done".to_owned()));
    // Two ways: asked once, then remembered.
    side.jira.books().screen.two_ways = true;
    let (one, two) = (side.add("First")?, side.add("Second")?);
    side.settle().await?;
    side.change(&one, &done())?;
    side.settle().await?;
    says(&side.ticket(&one)?, &["several steps", "Done, Won't Do", "choose one"])?;
    let ways = side.engine.ticket_ways(&one).await?;
    let chosen = ways.iter().find(|way| way.name == "Done").context("a way to done")?;
    side.engine.choose_way(&one, "done", &chosen.status)?;
    side.change(&two, &done())?;
    side.settle().await?;
    for title in ["First", "Second"] {
        ensure!(side.jira.issue_called(title).context("it")?.fields["status"] == "5");
    }
    ensure!(side.ticket(&one)?.trouble.is_none(), "{:?}", side.ticket(&one)?);
    // A resolution that is asked for is given; one that is demanded without being asked for is left to Jira.
    side.jira.books().screen.resolution = true;
    let asked = side.add("Asks for a resolution")?;
    side.settle().await?;
    side.change(&asked, &done())?;
    side.settle().await?;
    let issue = side.jira.issue_called("Asks for a resolution").context("it")?;
    ensure!(issue.fields["status"] == "5" && issue.fields["resolution"]["id"] == "10000", "{:?}", issue.fields);
    side.jira.books().screen.resolution = false;
    side.jira.books().screen.hidden_resolution = true;
    let hidden = side.add("Hides its resolution")?;
    side.settle().await?;
    side.change(&hidden, &done())?;
    side.settle().await?;
    says(&side.ticket(&hidden)?, &["Resolution is required"])?;
    ensure!(side.ticket(&hidden)?.refused.contains_key("resolution"));
    // Done there by a person, it is settled here, too.
    let issue = side.jira.issue_called("Hides its resolution").context("it")?;
    side.jira.books().change(&issue.id, "status", json!("5"));
    side.settle().await?;
    ensure!(side.ticket(&hidden)?.trouble.is_none(), "{:?}", side.ticket(&hidden)?);
    side.jira.books().screen.no_ways = true;
    let stuck = side.add("No way")?;
    side.settle().await?;
    side.change(&stuck, &done())?;
    side.settle().await?;
    says(&side.ticket(&stuck)?, &["offers this account no step"])
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_deleted_hidden_and_shut_out_are_told_apart() -> Result {
    for face in FACES {
        let mut side = Side::new(face, 0).await?;
        let titles = ["stays", "moves", "goes", "hides"];
        let ids = titles.iter().map(|title| side.add(title)).collect::<Result<Vec<_>>>()?;
        (0..30).try_for_each(|n| side.add(&format!("ballast {n}")).map(drop))?;
        side.settle().await?;
        let id_of = |title: &str| side.jira.issue_called(title).map(|issue| issue.id).unwrap_or_default();
        let (moves, goes, hides) = (id_of("moves"), id_of("goes"), id_of("hides"));
        {
            let mut books = side.jira.books();
            books.relocate(&moves, "NEW");
            let gone = goes.parse::<u64>()?;
            books.issues.remove(&gone);
            books.find_mut(&hides).context("it")?.hidden = true;
        }
        side.clock.set(side.clock.get() + 600);
        side.settle().await?;
        let states: Vec<String> = ids.iter().map(|id| side.ticket(id).map(|t| t.state)).collect::<Result<_>>()?;
        ensure!(states == ["linked", "linked", "deleted", "deleted"], "{face:?}: {states:?}");
        ensure!(side.ticket(&ids[1])?.key.as_deref() == Some("NEW-1"), "{:?}", side.ticket(&ids[1])?);
        says(&side.ticket(&ids[2])?, &["was deleted, or hidden", "take the link away"])?;
        ensure!(side.followup(&ids[2])?.row.title == "goes", "the follow-up itself stays");
        // Seen again, it is joined again.
        side.jira.books().find_mut(&hides).context("it")?.hidden = false;
        side.clock.set(side.clock.get() + 600);
        side.settle().await?;
        ensure!(side.ticket(&ids[3])?.state == "linked");
        // Shut out of the project: too many at once to be believed without a word.
        side.jira.books().closed.insert(PROJECT.to_owned());
        side.clock.set(side.clock.get() + 600);
        side.settle().await?;
        ensure!(side.ticket(&ids[0])?.state == "linked", "the brake did not hold");
        let row = side.engine.trackers()?.remove(0);
        ensure!(row.brake.as_ref().is_some_and(|brake| brake.lost > 20 && brake.links == 34), "{face:?}: {row:?}");
        side.engine.release_brake(TRACKER)?;
        side.settle().await?;
        ensure!(side.ticket(&ids[0])?.state == "forbidden", "{:?}", side.ticket(&ids[0])?);
        side.jira.books().closed.clear();
        side.clock.set(side.clock.get() + 600);
        side.settle().await?;
        ensure!(side.ticket(&ids[0])?.state == "linked");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_or_strange_answer_breaks_nothing() -> Result {
    for face in FACES {
        let mut side = Side::new(face, 0).await?;
        let ids = (0..12).map(|n| side.add(&format!("follow-up {n}"))).collect::<Result<Vec<_>>>()?;
        side.settle().await?;
        for fault in ["empty", "anonymous", "portal"] {
            {
                let mut books = side.jira.books();
                (books.faults.empty, books.faults.anonymous, books.faults.portal) =
                    (fault == "empty", fault == "anonymous", fault == "portal");
            }
            side.clock.set(side.clock.get() + 600);
            side.round().await?;
            for id in &ids {
                ensure!(side.ticket(id)?.state == "linked", "{face:?}, {fault}: {:?}", side.ticket(id)?);
            }
        }
        let mut books = side.jira.books();
        books.faults.portal = false;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn several_that_carry_the_marker_are_told_and_none_is_chosen() -> Result {
    let mut side = Side::new(Face::Cloud, 0).await?;
    side.jira.books().faults.ends = [End::ReplyLost].into();
    let id = side.add("Twice there")?;
    side.round().await?;
    {
        let mut books = side.jira.books();
        let first = books.issues.values().next().cloned().context("it was made")?;
        books.make(first.fields.clone(), first.properties.clone(), "somebody with the same profile");
    }
    side.clock.set(side.clock.get() + 30);
    side.round().await?;
    let ticket = side.ticket(&id)?;
    ensure!(ticket.state == "unknown", "{ticket:?}");
    says(&ticket, &["2 times", "OPS-1, OPS-2", "say which one counts"])?;
    side.engine.settle_act(&ticket.act.context("an act")?, "done:OPS-1")?;
    side.settle().await?;
    ensure!(side.ticket(&id)?.state == "linked" && side.ticket(&id)?.key.as_deref() == Some("OPS-1"), "{:?}", side.ticket(&id)?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wizard_sees_what_is_missing_before_the_first_incident() -> Result {
    let side = Side::without_tracker(Face::Cloud, 0)?;
    side.jira.books().screen.demanded = Some(("customfield_10010".to_owned(), "Team".to_owned()));
    let found = side.engine.discover_tracker(form(&side.jira), None).await?;
    ensure!(found.deployment == "Cloud" && found.projects[0].key == PROJECT && found.types[0].name == "Task", "{found:?}");
    ensure!(
        found.demands[0].name == "Team" && found.demands[0].options == ["Payments", "Settings"] && found.lacking.is_empty(),
        "{found:?}"
    );
    let wrong = |change: &dyn Fn(&mut TrackerForm)| {
        let mut form = form(&side.jira);
        change(&mut form);
        let engine = std::sync::Arc::clone(&side.engine);
        async move { engine.add_tracker(form, None).await.expect_err("it is wrong").to_string() }
    };
    ensure!(wrong(&|f| f.project = "NOPE".to_owned()).await.contains("there is no project `NOPE`"));
    ensure!(wrong(&|f| f.issue_type = "Epos".to_owned()).await.contains("it has Task"));
    ensure!(wrong(&|f| f.email = None).await.contains("e-mail"));
    ensure!(wrong(&|f| f.token = None).await.contains("token is missing"));
    ensure!(wrong(&|f| f.url = "http://jira.example.com".to_owned()).await.contains("unencrypted"));
    ensure!(side.engine.trackers()?.is_empty(), "nothing is kept when anything is wrong");
    let row = side.engine.add_tracker(form(&side.jira), None).await?;
    ensure!(row.demands.len() == 1 && row.account == "Firewatch Bot", "{row:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_keeps_tickets() -> Result {
    if parts::firewatchctl().is_none() {
        return Ok(());
    }
    let jira = Jira::start(Face::Cloud, std::sync::Arc::new(|| firewatch_tests::wait::now() * 1000))?;
    let folder = tempfile::tempdir()?;
    let cli = Cli::alone(folder.path())?.with_env("JIRA_TOKEN", TOKEN);
    let add = [
        "tracker",
        "add",
        "jira",
        "ops",
        &jira.url(),
        "--kind",
        "cloud",
        "--email",
        "bot@example.com",
        "--token-env",
        "JIRA_TOKEN",
        "--project",
        PROJECT,
    ];
    let added = cli.json(&add).await?;
    ensure!(added["project"] == PROJECT && added["issue_type"] == "Task", "{added}");
    let incident = cli.json(&["incident", "declare", "Settings slow", "--severity", "SEV2"]).await?;
    let made = cli.json(&["followup", "add", incident["id"].as_str().context("an id")?, "Load in parallel"]).await?;
    ensure!(made["ticket"]["state"] == "queued", "{made}");
    cli.json(&["sync", "--once"]).await?;
    let list = cli.json(&["followup", "list"]).await?;
    ensure!(list[0]["ticket"]["key"] == "OPS-1" && list[0]["ticket"]["state"] == "linked", "{list}");
    let id = made["id"].as_str().context("an id")?;
    cli.json(&["followup", "done", id]).await?;
    cli.json(&["sync", "--once"]).await?;
    ensure!(jira.issue_called("Load in parallel").context("it")?.fields["status"] == "5");
    let test = cli.json(&["tracker", "test", "ops"]).await?;
    ensure!(test["ok"] == true, "{test}");
    let shown = cli.json(&["ticket", "show", id]).await?;
    ensure!(shown["status"] == "Done", "{shown}");
    for file in std::fs::read_dir(folder.path())?.flatten().filter(|f| f.path().is_file()) {
        let bytes = std::fs::read(file.path())?;
        ensure!(!bytes.windows(TOKEN.len()).any(|w| w == TOKEN.as_bytes()), "the token is in {}", file.path().display());
    }
    cli.json(&["tracker", "remove", "ops"]).await?;
    let empty = cli.json(&["tracker", "list"]).await?;
    ensure!(empty == json!([]), "{empty}");
    Ok(())
}
