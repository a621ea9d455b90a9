//! Beginning a document, and what may not come into it.

use firewatch_casefile::template::{DEFAULT, Template, all};
use firewatch_casefile::tree::{Mark, Node};
use firewatch_casefile::vocabulary::SCHEMA;
use firewatch_casefile::{CaseError, CaseFile, Drawer, News};
use yrs::{Doc, Map, ReadTxn, StateVector, Transact};

#[test]
fn the_same_template_begun_on_two_machines_apart_is_not_doubled() {
    for template in all() {
        let (here, there) = (CaseFile::new(11), CaseFile::new(22));
        for machine in [&here, &there] {
            assert_eq!(machine.apply(&template.seed()).unwrap().news, News::New);
        }
        let begun = here.blocks();
        assert_eq!(begun, template.blocks, "{}: what was seeded is what the template says", template.key);
        // Each writes on before they meet.
        let mine = here.insert_blocks(0, &[Node::paragraph("written here")]);
        let theirs = there.insert_blocks(usize::MAX, &[Node::paragraph("written there")]);
        here.apply(&there.whole()).unwrap();
        there.apply(&mine).unwrap();
        here.apply(&theirs).unwrap();
        assert_eq!(here.blocks(), there.blocks());
        assert_eq!(here.blocks().len(), begun.len() + 2, "{}", template.key);
        assert_eq!((here.schema(), here.template()), (SCHEMA, Some(template.key.clone())));
        assert_eq!(here.unknown(), Vec::<String>::new());
    }
}

#[test]
fn a_seed_is_the_same_bytes_every_time_and_other_words_are_another_author() {
    let template = || all().into_iter().find(|template| template.key == DEFAULT).unwrap();
    let once = template().seed();
    for _ in 0..50 {
        assert_eq!(template().seed(), once);
    }
    let reworded = Template { blocks: vec![Node::paragraph("Other words")], ..template() };
    let both = CaseFile::new(1);
    both.apply(&once).unwrap();
    both.apply(&reworded.seed()).unwrap();
    assert!(both.blocks().contains(&Node::paragraph("Other words")), "no template hides another");
    assert_eq!(both.blocks().len(), template().blocks.len() + 1);
}

#[test]
fn what_is_no_update_changes_nothing() {
    let case = CaseFile::new(1);
    case.insert_blocks(0, &[Node::paragraph("kept")]);
    let before = case.whole();
    assert!(matches!(case.apply(b"no update at all"), Err(CaseError::Undecodable(_))));
    assert!(matches!(case.apply(&[]), Err(CaseError::Undecodable(_))));
    assert!(matches!(case.apply(&vec![0; firewatch_casefile::LONGEST_UPDATE + 1]), Err(CaseError::TooLarge(_))));
    for cut in 1..before.len() - 1 {
        let _ = case.apply(&before[..cut]);
    }
    assert_eq!(case.blocks(), [Node::paragraph("kept")]);
    assert!(matches!(case.since(b"\xff"), Err(CaseError::StateVector(_))));
}

#[test]
fn an_update_says_whether_it_was_news_and_whose() {
    let (here, there) = (CaseFile::new(1), CaseFile::new(2));
    let first = here.insert_blocks(0, &[Node::paragraph("one")]);
    let second = here.insert_blocks(1, &[Node::paragraph("two")]);
    assert_eq!(there.apply(&second).unwrap().news, News::Waits);
    assert!(there.waits());
    let applied = there.apply(&first).unwrap();
    assert_eq!((applied.news, applied.clients), (News::New, vec![1]));
    assert!(!there.waits());
    assert_eq!(there.apply(&first).unwrap().news, News::Known);
    assert_eq!(there.blocks(), [Node::paragraph("one"), Node::paragraph("two")]);
    assert_eq!(there.since(&here.state_vector()).unwrap(), here.since(&there.state_vector()).unwrap());
}

#[test]
fn what_a_newer_version_wrote_is_kept_word_for_word() {
    let newer = CaseFile::new(7);
    let blocks = vec![
        Node::new("hologram", vec![Node::new("paragraph", vec![Node::marked("shining", vec![Mark::new("glow")])])]).with("depth", 3),
        Node::paragraph("plain").with("shade", "teal"),
    ];
    newer.insert_blocks(0, &blocks);
    let here = CaseFile::new(8);
    here.apply(&newer.whole()).unwrap();
    assert_eq!(here.blocks(), blocks);
    assert_eq!(here.unknown(), ["glow", "hologram"]);
    here.insert_blocks(2, &[Node::paragraph("ours")]);
    let back = CaseFile::new(9);
    back.apply(&here.whole()).unwrap();
    assert_eq!(back.blocks()[..2], blocks);
}

#[test]
fn a_schema_we_cannot_read_is_a_newer_one() {
    let doc = Doc::with_client_id(5);
    let meta = doc.get_or_insert_map("meta");
    meta.insert(&mut doc.transact_mut(), "schema", "two, in words");
    let case = CaseFile::new(1);
    case.apply(&doc.transact().encode_state_as_update_v1(&StateVector::default())).unwrap();
    assert!(case.schema() > SCHEMA);
}

#[test]
fn no_half_of_a_sign_is_ever_left() {
    let case = CaseFile::new(1);
    case.insert_blocks(0, &[Node::new("paragraph", vec![Node::text("a🙂"), Node::marked("🙃b", vec![Mark::new("bold")])])]);
    let words: String = case.blocks()[0].words();
    assert_eq!(words, "a🙂🙃b");
    assert!(case.put(Drawer::Comments, [("t", "🙂")]).is_some());
}

/// Whoever wins between two that are said apart is decided by their clients; so both orders are tried.
#[test]
fn of_two_schemas_said_apart_the_higher_counts() {
    for theirs in [1, u32::MAX - 1] {
        let newer = Doc::with_client_id(u64::from(theirs));
        newer.get_or_insert_map("meta").insert(&mut newer.transact_mut(), "schema", 2);
        let said = newer.transact().encode_state_as_update_v1(&StateVector::default());
        let seed = all()[0].seed();
        for order in [[&seed, &said], [&said, &seed]] {
            let here = CaseFile::new(9);
            for update in order {
                here.apply(update).unwrap();
            }
            assert_eq!(here.schema(), 2, "client {theirs}");
            here.mend_schema();
            let third = CaseFile::new(10);
            third.apply(&here.whole()).unwrap();
            assert_eq!((third.schema(), here.mend_schema()), (2, None), "a third one learns it, and it is said once");
        }
    }
}
