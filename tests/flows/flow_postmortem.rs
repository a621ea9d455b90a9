//! A postmortem's life within one profile and between two: begun, typed, published, looked back at, written out and taken in.

use anyhow::{Context, ensure};
use firewatch_casefile::tree::Node;
use firewatch_casefile::{CaseFile, Drawer};
use firewatch_engine::Engine;
use firewatch_engine::view::ComparedBlock;
use firewatch_tests::Result;
use yrs::updates::decoder::Decode;
use yrs::{Map, ReadTxn, StateVector, Transact, Update, XmlFragment};

use crate::alone::alone;
use crate::typist::Typist;

const NOW_S: i64 = 1_795_000_000;

/// Types a paragraph as the window does.
fn write(engine: &Engine, incident: &str, client: u64, words: &str) -> Result {
    let typist = Typist::new(client, &engine.open_postmortem(incident)?.update)?;
    let text = typist.paragraph();
    typist.type_into(&text, words);
    typist.said().iter().try_for_each(|update| engine.edit_postmortem(incident, update))?;
    Ok(())
}

fn markdown(engine: &Engine, incident: &str) -> Result<String> {
    Ok(engine.export_postmortem(incident, "md")?.text)
}

#[test]
fn what_was_typed_is_there_after_a_restart_and_in_another_window() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
    let incident = engine.declare("Slow settings", "SEV2", &[])?.id;
    let opened = engine.open_postmortem(&incident)?;
    ensure!((opened.schema, opened.read_only.as_deref(), opened.damaged) == (1, None, 0), "{opened:?}");
    let (here, there) = (Typist::new(1, &opened.update)?, Typist::new(2, &opened.update)?);
    here.type_into(&here.paragraph(), "typed here");
    for update in here.said() {
        engine.edit_postmortem(&incident, &update)?;
    }
    there.show(&engine.pull_postmortem(&incident, &there.state_vector())?)?;
    there.type_into(&there.paragraph(), "and there");
    for update in there.said() {
        engine.edit_postmortem(&incident, &update)?;
        engine.edit_postmortem(&incident, &update).context("the same again is no harm")?;
    }
    drop(engine);
    let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
    let text = markdown(&engine, &incident)?;
    ensure!(text.contains("typed here") && text.contains("and there"), "{text}");
    ensure!(text.contains("## What was the problem?"), "{text}");
    let short = engine.begin_postmortem(&incident, "short")?;
    ensure!(CaseFile::new(9).apply(&short.update).is_ok(), "a template does not replace what is there");
    ensure!(markdown(&engine, &incident)? == text, "nor add to it");
    ensure!(engine.edit_postmortem(&incident, b"no update").is_err(), "what is no update is refused");
    ensure!(markdown(&engine, &incident)? == text, "and changes nothing");
    Ok(())
}

#[test]
fn two_profiles_that_begin_apart_hold_one_text_when_they_meet() -> Result {
    let (home, train) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (ada, _) = alone(home.path(), "Ada", NOW_S)?;
    let incident = ada.declare("Slow settings", "SEV2", &[])?.id;
    let (bob, _) = alone(train.path(), "Bob", NOW_S)?;
    let entries = ada.store().read(|tx| tx.entries(&incident))?;
    bob.store().write(|tx| entries.iter().try_for_each(|entry| tx.append_entry(entry).map(drop)))?;
    write(&ada, &incident, 11, "by Ada at home")?;
    write(&bob, &incident, 22, "by Bob on the train")?;
    bob.merge_case(&incident, &ada.pull_postmortem(&incident, &bob.case_state_vector(&incident)?)?, "Ada", "folder")?;
    let news = ada.merge_case(&incident, &bob.pull_postmortem(&incident, &[])?, "Bob", "folder")?;
    ensure!(news, "Bob's words were news");
    ensure!(!ada.merge_case(&incident, &bob.pull_postmortem(&incident, &[])?, "Bob", "folder")?, "they are not news twice");
    let (here, there) = (markdown(&ada, &incident)?, markdown(&bob, &incident)?);
    ensure!(here == there, "{here}\n---\n{there}");
    ensure!(here.matches("What was the problem?").count() == 1, "{here}");
    let who: Vec<_> = ada.postmortem_written(&incident)?.into_iter().filter(|row| row.text.contains("by ")).map(|row| row.author).collect();
    ensure!(who == ["Ada", "Bob"], "the document says who wrote what: {who:?}");
    ada.share_in_case(&incident, Drawer::Entries, &[("e1".to_owned(), "{}".to_owned())])?;
    ensure!(ada.shared_in_case(&incident, Drawer::Entries)?.len() == 1, "entries travel in it");
    Ok(())
}

#[test]
fn a_newer_document_is_only_read_and_stays_as_it_is() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
    let incident = engine.declare("From the future", "SEV3", &[])?.id;
    write(&engine, &incident, 11, "words")?;
    let newer = yrs::Doc::with_client_id(77);
    newer.transact_mut().apply_update(Update::decode_v1(&engine.open_postmortem(&incident)?.update)?)?;
    newer.get_or_insert_map("meta").insert(&mut newer.transact_mut(), "schema", 2);
    engine.merge_case(&incident, &newer.transact().encode_state_as_update_v1(&StateVector::default()), "Zoe", "relay")?;
    let opened = engine.open_postmortem(&incident)?;
    ensure!(opened.schema == 2 && opened.read_only.as_deref().is_some_and(|why| why.contains("newer")), "{opened:?}");
    let before = engine.case_state_vector(&incident)?;
    ensure!(write(&engine, &incident, 12, "too late").is_err(), "it takes no edit");
    ensure!(engine.import_postmortem(&incident, "more", "md").is_err(), "nor an import");
    ensure!(engine.case_state_vector(&incident)? == before, "it is as it was");
    let text = markdown(&engine, &incident)?;
    ensure!(text.contains("words") && !text.contains("too late"), "{text}");
    let strange = CaseFile::new(78);
    let hologram = Node::new("hologram", Vec::new());
    let other = engine.declare("With a hologram", "SEV3", &[])?.id;
    engine.open_postmortem(&other)?;
    engine.merge_case(&other, &strange.insert_blocks(0, &[hologram]), "Zoe", "relay")?;
    let why = engine.open_postmortem(&other)?.read_only.context("an editor would delete the hologram")?;
    ensure!(why.contains("hologram"), "{why}");
    Ok(())
}

#[test]
fn known_nodes_in_impossible_places_are_only_read_and_stay_as_they_are() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
    let row = Node::new("tableRow", vec![Node::new("tableCell", vec![Node::paragraph("in a row")])]);
    for (n, (odd, place)) in
        [(row, "`tableRow` stands directly in the document itself"), (Node::text("bare"), "`text` stands directly")].into_iter().enumerate()
    {
        let incident = engine.declare("From elsewhere", "SEV3", &[])?.id;
        write(&engine, &incident, 11, "ours")?;
        ensure!(engine.open_postmortem(&incident)?.strange.is_none());
        let elsewhere = CaseFile::new(70 + n as u32);
        elsewhere.apply(&engine.open_postmortem(&incident)?.update)?;
        engine.merge_case(&incident, &elsewhere.insert_blocks(0, std::slice::from_ref(&odd)), "Zoe", "folder")?;

        let opened = engine.open_postmortem(&incident)?;
        let why = opened.read_only.context("an editor would drop it")?;
        ensure!(why.contains(place) && why.contains("put right"), "{why}");
        ensure!(opened.strange.as_deref() == Some(why.as_str()), "no editor may show it: {:?}", opened.strange);
        ensure!(engine.postmortem_strange(&incident)? == opened.strange, "who has it open hears of it");
        let before = engine.pull_postmortem(&incident, &[])?;
        ensure!(write(&engine, &incident, 12, "too late").is_err() && engine.import_postmortem(&incident, "more", "md").is_err());
        ensure!(engine.pull_postmortem(&incident, &[])? == before, "it is as it was, to the byte");
        let text = markdown(&engine, &incident)?;
        ensure!(text.contains("ours") && text.contains(&odd.words()) && !text.contains("too late"), "{text}");
        // The same after a restart, which reads it from the log.
        let (again, _) = alone(folder.path(), "Ada", NOW_S)?;
        ensure!(again.open_postmortem(&incident)?.strange == opened.strange);

        // Put right where it was written, it is written in again.
        let there = Typist::new(90 + n as u64, &engine.pull_postmortem(&incident, &[])?)?;
        there.text.remove_range(&mut there.doc.transact_mut(), 0, 1);
        for update in there.said() {
            engine.merge_case(&incident, &update, "Zoe", "folder")?;
        }
        ensure!(engine.open_postmortem(&incident)?.read_only.is_none());
        write(&engine, &incident, 13, "once more")?;
    }
    Ok(())
}

#[test]
fn a_bit_that_flips_on_the_disk_is_seen_and_the_rest_opens() -> Result {
    let folder = tempfile::tempdir()?;
    let incident = {
        let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
        let incident = engine.declare("Old disk", "SEV3", &[])?.id;
        write(&engine, &incident, 11, "kept")?;
        write(&engine, &incident, 12, "lost")?;
        incident
    };
    let database = rusqlite::Connection::open(folder.path().join("firewatch.db"))?;
    let (id, mut bytes): (i64, Vec<u8>) =
        database.query_row("SELECT id, bytes FROM case_update WHERE instr(bytes, CAST('lost' AS BLOB)) > 0", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    database.execute("UPDATE case_update SET bytes = ?1 WHERE id = ?2", rusqlite::params![bytes, id])?;
    drop(database);
    let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
    let opened = engine.open_postmortem(&incident)?;
    ensure!(opened.damaged == 1, "{opened:?}");
    let text = markdown(&engine, &incident)?;
    ensure!(text.contains("kept") && !text.contains("lost"), "{text}");
    write(&engine, &incident, 13, "goes on")?;
    ensure!(markdown(&engine, &incident)?.contains("goes on"), "it can be written in");
    ensure!(engine.tidy_postmortems()? == 0, "nothing is joined across damage");
    Ok(())
}

#[test]
fn publishing_keeps_what_the_blocks_show_and_going_back_lets_them_follow_again() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, clock) = alone(folder.path(), "Ada", NOW_S)?;
    let incident = engine.declare("Slow settings", "SEV2", &[])?.id;
    engine.assign_role(&incident, "commander", "Ada")?;
    engine.add_entry(&incident, "The cache was cold.")?;
    engine.open_postmortem(&incident)?;
    engine.ask_reviewer(&incident, "Bob")?;
    engine.set_postmortem_state(&incident, "in review")?;
    let point = engine.postmortem_standing(&incident)?.checklist[0].text.clone();
    engine.check_postmortem(&incident, &point, true)?;
    let standing = engine.approve_postmortem(&incident, "Bob", true)?;
    ensure!(standing.reviewers[0].approved && standing.checklist[0].done_by.as_deref() == Some("Ada"), "{standing:?}");
    clock.set(NOW_S + 60);
    let published = engine.set_postmortem_state(&incident, "published")?;
    ensure!(published.state == "published" && published.published_at.is_some(), "{published:?}");
    let text = markdown(&engine, &incident)?;
    ensure!(text.contains("The cache was cold.") && text.contains("commander"), "{text}");
    engine.add_entry(&incident, "An afterthought.")?;
    ensure!(!markdown(&engine, &incident)?.contains("afterthought"), "a published block does not follow");
    ensure!(write(&engine, &incident, 12, "too late").is_err(), "nor is it written in");
    engine.set_postmortem_state(&incident, "draft")?;
    ensure!(markdown(&engine, &incident)?.contains("afterthought"), "a draft follows again");
    let back = engine.postmortem_standing(&incident)?;
    ensure!(back.state == "draft" && !back.reviewers[0].approved, "{back:?}");
    let row = engine.postmortems()?.pop().context("a row")?;
    ensure!(row.state == "draft" && row.edited_by.as_deref() == Some("Ada") && row.words > 10.0, "{row:?}");
    Ok(())
}

#[test]
fn history_tells_who_wrote_what_and_brings_it_back_also_after_it_was_joined() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, clock) = alone(folder.path(), "Ada", NOW_S)?;
    let incident = engine.declare("Slow settings", "SEV2", &[])?.id;
    let opened = engine.open_postmortem(&incident)?;
    let ada = Typist::new(11, &opened.update)?;
    let text = ada.paragraph();
    for n in 0..40 {
        clock.set(NOW_S + n);
        ada.type_into(&text, &format!(" ada{n}"));
        ada.said().iter().try_for_each(|update| engine.edit_postmortem(&incident, update))?;
    }
    clock.set(NOW_S + 7_200);
    engine.set_name("Bob")?;
    let bob = Typist::new(22, &engine.pull_postmortem(&incident, &[])?)?;
    // Bob takes Ada's paragraph away and writes his own.
    {
        use yrs::XmlFragment;
        let mut txn = bob.doc.transact_mut();
        let last = bob.text.len(&txn) - 1;
        bob.text.remove_range(&mut txn, last, 1);
    }
    bob.type_into(&bob.paragraph(), "by Bob instead");
    bob.said().iter().try_for_each(|update| engine.edit_postmortem(&incident, update))?;
    clock.set(NOW_S + 14_400);
    let (moments, was) = (engine.postmortem_history(&incident)?, markdown(&engine, &incident)?);
    ensure!(moments.len() == 3, "template, Ada, Bob: {moments:?}");
    ensure!(moments[0].authors == ["Bob"] && moments[1].authors == ["Ada"], "{moments:?}");
    let before = engine.store().read(|tx| tx.case_update_count(&incident))?;
    ensure!(engine.tidy_postmortems()? > 40, "a sitting is joined");
    let after = engine.store().read(|tx| tx.case_update_count(&incident))?;
    ensure!(before > 40 && after == 3, "{before} updates became {after}");
    ensure!(markdown(&engine, &incident)? == was, "it says what it said");
    let same = engine.postmortem_history(&incident)?;
    ensure!(same.iter().map(|m| &m.id).eq(moments.iter().map(|m| &m.id)), "moments keep their names: {same:?}");
    drop(engine);
    let (engine, _) = alone(folder.path(), "Bob", NOW_S + 14_400)?;
    ensure!(markdown(&engine, &incident)? == was, "also from the disk");
    let changed = engine.compare_postmortem(&incident, &moments[1].id, None)?;
    let gone = |row: &ComparedBlock| row.before.as_deref().is_some_and(|text| text.contains("ada39"));
    let passage = changed.iter().find(|row| gone(row)).context("the comparison shows what Bob took away")?;
    ensure!(passage.after.as_deref() == Some("by Bob instead"), "{passage:?}");
    let first = passage.before_at.context("its place")? as usize;
    engine.restore_postmortem(&incident, &moments[1].id, first, 1, usize::MAX)?;
    let text = markdown(&engine, &incident)?;
    ensure!(text.contains("ada39") && text.contains("by Bob instead"), "{text}");
    Ok(())
}

#[test]
fn what_goes_out_comes_in_again_and_nothing_hostile_with_it() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
    let incident = engine.declare("Slow <script>alert(1)</script> settings", "SEV2", &[])?.id;
    let text = "## Found\n\nThe **cache** was *cold*; see [the board](https://example.com/b).\n\n- [x] warmed\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n\
                <script>alert(1)</script><a href=\"javascript:alert(1)\">x</a><img src=x onerror=alert(1)>\n";
    let came = engine.import_postmortem(&incident, text, "md")?;
    ensure!(came.blocks >= 4.0, "{came:?}");
    let page = engine.export_postmortem(&incident, "html")?.text;
    ensure!(page.contains("<strong>cache</strong>") && page.contains("https://example.com/b"), "{page}");
    ensure!(!page.contains("<script") && !page.contains("onerror") && !page.contains("javascript:"), "{page}");
    ensure!(page.starts_with("<!DOCTYPE html>") && !page.contains("src=\"http"), "it stands alone");
    let out = markdown(&engine, &incident)?;
    let other = engine.declare("Slow <script>alert(1)</script> settings", "SEV2", &[])?.id;
    engine.begin_postmortem(&other, "short")?;
    engine.import_postmortem(&other, &out, "md")?;
    let again = markdown(&engine, &other)?;
    ensure!(again.matches("# Slow").count() == 1, "title and facts are not taken in: {again}");
    ensure!(again.contains("- [x] warmed") && again.contains("| 1 | 2 |"), "{again}");
    let json: serde_json::Value = serde_json::from_str(&engine.export_postmortem(&incident, "json")?.text)?;
    ensure!(json["document"]["type"] == "doc", "{json}");
    ensure!(engine.export_postmortem(&incident, "jira")?.text.contains("{*}cache{*}"), "wiki markup");
    ensure!(engine.export_postmortem(&incident, "docx").is_err(), "a format that is none is refused");
    ensure!(engine.import_postmortem(&incident, "  \n", "md").is_err(), "nothing is nothing");
    Ok(())
}

#[test]
fn a_template_of_ones_own_begins_a_postmortem_with_live_blocks() -> Result {
    let folder = tempfile::tempdir()?;
    let (engine, _) = alone(folder.path(), "Ada", NOW_S)?;
    let kept = engine.keep_template("Ours", "", "## Why\n\n```firewatch\ntimeline\n```\n", &["Read twice".to_owned()])?;
    let incident = engine.declare("Slow settings", "SEV2", &[])?.id;
    engine.add_entry(&incident, "It began.")?;
    engine.begin_postmortem(&incident, &kept.id)?;
    let text = markdown(&engine, &incident)?;
    ensure!(text.contains("## Why") && text.contains("It began."), "{text}");
    ensure!(engine.postmortem_standing(&incident)?.checklist[0].text == "Read twice", "its checklist");
    ensure!(engine.begin_postmortem(&engine.declare("x", "SEV3", &[])?.id, "none").is_err(), "an unknown template is refused");
    engine.forget_template(&kept.id)?;
    ensure!(engine.postmortem_templates()?.iter().all(|template| !template.own), "forgotten");
    Ok(())
}
