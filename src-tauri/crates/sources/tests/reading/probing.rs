//! The built-in probe, and the drill, from outside.

use std::time::Duration;

use firewatch_domain::fault::FaultKind;
use firewatch_domain::indicator::{Indicator, Layout};
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{Connect, ReadRequest};
use firewatch_domain::slo::check_name;
use firewatch_domain::source::{SourceConfig, SourceKind};
use firewatch_sources::{Connector, Limits};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::asking::{OneSecret, at, config};

const NOW: i64 = 1_700_000_045;

fn probe(key: u64, url: String, under_ms: u64) -> ReadRequest {
    let indicator = Indicator::Probe { url, under_ms, interval_s: 30 };
    ReadRequest { key, indicator, span: Span::new(Minute(NOW / 60), Minute(NOW / 60 + 1)), seen_before: true, series: Some(1) }
}

fn of_kind(kind: SourceKind) -> SourceConfig {
    SourceConfig { kind, ..config("http://127.0.0.1") }
}

#[tokio::test]
async fn probes_count_what_happened() {
    let (server, other) = (MockServer::start().await, MockServer::start().await);
    let answer = |status: u16| ResponseTemplate::new(status);
    let away = answer(302).insert_header("location", other.uri().as_str());
    let slow = answer(200).set_delay(Duration::from_millis(400));
    for (at, template) in [("/ok", answer(204)), ("/broken", answer(503)), ("/away", away), ("/slow", slow)] {
        Mock::given(path(at)).respond_with(template).mount(&server).await;
    }
    Mock::given(path("/hop")).respond_with(answer(301).insert_header("location", "/ok")).mount(&server).await;
    let url = |path: &str| format!("{}{path}", server.uri());
    let cases = [
        (url("/ok"), 1, true),
        (url("/broken"), 1, false),
        (url("/away"), 1, true),
        (url("/slow"), 1, false),
        (url("/hop"), 1, true),
        ("http://127.0.0.1:1/".to_owned(), 1, false),
    ];
    let requests: Vec<ReadRequest> = cases.iter().zip(0..).map(|((url, ..), key)| probe(key, url.clone(), 250)).collect();
    let source = Connector { drill_start: None, limits: Limits::default() }.connect(&of_kind(SourceKind::Probe), &OneSecret("")).unwrap();
    let answer = source.read(&requests, at(NOW)).await;
    for ((key, outcome), (url, total, good)) in answer.outcomes.into_iter().zip(cases) {
        let reading = outcome.unwrap();
        assert!(reading.adds && reading.from == Minute(NOW / 60) && reading.slices.len() == 1);
        let projection = reading.layout.projection(&requests[key as usize].indicator).unwrap();
        let row = reading.slices[0].as_ref().unwrap();
        assert!(row.is_sorted());
        assert_eq!((row[projection.part] == 1, row[projection.other]), (good, total), "{url}");
    }
    assert!(other.received_requests().await.unwrap().is_empty());
    assert!(!source.has_history());
}

#[tokio::test]
async fn our_own_network_being_down_is_no_event() {
    let source = Connector::default().connect(&of_kind(SourceKind::Probe), &OneSecret("")).unwrap();
    let requests = [probe(1, "http://a.invalid/".to_owned(), 250), probe(2, "http://b.invalid/".to_owned(), 250)];
    for (_, outcome) in source.read(&requests, at(NOW)).await.outcomes {
        assert_eq!(outcome.unwrap_err().kind, FaultKind::Unreachable);
    }
    let bad = source.read(&[probe(1, "ftp://a".to_owned(), 250), probe(2, "http://169.254.1.1/".to_owned(), 250)], at(NOW)).await;
    assert!(bad.outcomes.iter().all(|(_, outcome)| outcome.is_err()));
}

#[tokio::test]
async fn the_drill_plays_thirty_two_slos() {
    let connector = Connector { drill_start: Some(at(NOW)), ..Connector::default() };
    let source = connector.connect(&of_kind(SourceKind::Drill), &OneSecret("")).unwrap();
    let proposals = source.suggest(at(NOW)).await.unwrap();
    assert_eq!(proposals.len(), 32);
    assert!(proposals.iter().all(|p| check_name(&p.name).is_ok() && p.journey.as_deref() == Some("customer-settings")));
    let names: std::collections::HashSet<&str> = proposals.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names.len(), 32);
    let span = Span::new(Minute(NOW / 60 - 100), Minute(NOW / 60 + 50));
    let requests: Vec<ReadRequest> = proposals
        .iter()
        .zip(0..)
        .map(|(p, key)| ReadRequest { key, indicator: p.indicator.clone(), span, seen_before: false, series: None })
        .collect();
    for (key, outcome) in source.read(&requests, at(NOW)).await.outcomes {
        let reading = outcome.unwrap();
        assert_eq!(reading.slices.len(), 100, "nothing of the future is told");
        assert!(reading.layout.projection(&requests[key as usize].indicator).is_some());
        assert_eq!(matches!(reading.layout, Layout::Buckets { .. }), proposals[key as usize].title.starts_with("First load"));
    }
    assert!(source.story_line(at(NOW + 600)).unwrap().contains("ten times longer"));
    assert_eq!(Connector::default().connect(&of_kind(SourceKind::Drill), &OneSecret("")).err().unwrap().kind, FaultKind::SourceGone);
}
