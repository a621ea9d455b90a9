//! Many indicators share few queries, and none blinds another.

use firewatch_domain::fault::FaultKind;
use firewatch_domain::indicator::Counts;
use firewatch_domain::ports::ReadRequest;
use firewatch_sources::Limits;

use crate::asking::{at, connect, ratio, request, sums};
use crate::metrics::{Metrics, Series, series};

const NOW: i64 = 1_700_000_045;

fn services(n: usize) -> Vec<Series> {
    let samples: Vec<(i64, f64)> = (0..=40).map(|i| (NOW - 600 + i * 15, (i * 10) as f64)).collect();
    let few: Vec<(i64, f64)> = samples.iter().map(|(s, v)| (*s, v / 10.0)).collect();
    (0..n)
        .flat_map(|i| [("200", &samples), ("500", &few)].map(|(code, s)| series(&format!("m{{job=\"s{i:04}\",code=\"{code}\"}}"), s)))
        .collect()
}

fn requests(n: usize) -> Vec<ReadRequest> {
    let of = |i: usize| ratio(Counts::Bad, &format!("m{{job=\"s{i:04}\",code=~\"5..\"}}"), &format!("m{{job=\"s{i:04}\"}}"));
    (0..n).map(|i| request(i as u64, of(i), NOW / 60 - 2, NOW / 60)).collect()
}

#[tokio::test]
async fn a_thousand_slos_take_at_most_three_requests() {
    let (_metrics, server) = Metrics::serve(services(1000)).await;
    let source = connect(&server.uri(), Limits::default());
    let mut fresh = requests(1000);
    let answer = source.read(&fresh, at(NOW)).await;
    assert!(answer.cost.requests <= 3, "{:?}", answer.cost);
    for (i, (key, outcome)) in answer.outcomes.iter().enumerate() {
        let reading = outcome.as_ref().unwrap();
        assert_eq!((*key, sums(reading), reading.series), (i as u64, vec![8, 88], 2));
    }
    // At first sight they are counted, which is one request more.
    for request in &mut fresh {
        request.series = None;
    }
    let answer = source.read(&fresh, at(NOW)).await;
    assert!(answer.cost.requests <= 3 && answer.outcomes.iter().all(|(_, o)| o.is_ok()), "{:?}", answer.cost);
}

#[tokio::test]
async fn one_refused_query_among_two_hundred_stands_alone() {
    let (metrics, server) = Metrics::serve(services(200)).await;
    *metrics.poison.lock().unwrap() = Some("s0137".to_owned());
    let source = connect(&server.uri(), Limits::default());
    let answer = source.read(&requests(200), at(NOW)).await;
    for (key, outcome) in &answer.outcomes {
        match outcome {
            Err(fault) => {
                assert_eq!((*key, fault.kind), (137, FaultKind::QueryRefused));
                assert!(fault.message.contains("poisoned"), "{fault}");
            }
            Ok(reading) => assert_eq!(sums(reading), [8, 88], "{key}"),
        }
    }
    assert!(answer.outcomes.iter().filter(|(_, o)| o.is_err()).count() == 1);
    assert!(answer.cost.requests <= 20, "{:?}", answer.cost);
    // It is asked alone from then on.
    let answer = source.read(&requests(200), at(NOW)).await;
    assert_eq!(answer.cost.requests, 2);
}

#[tokio::test]
async fn answers_beyond_the_bound_are_read_in_parts() {
    let (_metrics, server) = Metrics::serve(services(60)).await;
    let source = connect(&server.uri(), Limits { body: 24 * 1024, ..Limits::default() });
    let answer = source.read(&requests(60), at(NOW)).await;
    assert!(answer.outcomes.iter().all(|(_, o)| o.as_ref().is_ok_and(|r| sums(r) == [8, 88])));
    // A day of one indicator that does not fit is cut in time.
    let source = connect(&server.uri(), Limits { body: 1800, ..Limits::default() });
    let mut one = requests(1);
    one[0].span.from = one[0].span.from.plus(-500);
    let answer = source.read(&one, at(NOW)).await;
    let reading = answer.outcomes[0].1.as_ref().unwrap();
    assert_eq!(sums(reading), [39, 429]);
}

#[tokio::test]
async fn a_warning_blinds_what_it_came_with() {
    let (metrics, server) = Metrics::serve(services(3)).await;
    *metrics.warning.lock().unwrap() = Some("store 2 is down".to_owned());
    let answer = connect(&server.uri(), Limits::default()).read(&requests(3), at(NOW)).await;
    for (_, outcome) in answer.outcomes {
        let reading = outcome.unwrap();
        assert_eq!(reading.fault.as_ref().unwrap().kind, FaultKind::Partial);
        assert!(reading.slices.iter().all(Option::is_none) && reading.carries.is_empty());
        assert!(reading.fault.unwrap().message.contains("store 2 is down"));
    }
}

#[tokio::test]
async fn nothing_there_and_gone_are_different() {
    let (_metrics, server) = Metrics::serve(services(1)).await;
    let source = connect(&server.uri(), Limits::default());
    let mut gone = requests(2).remove(1);
    for (seen_before, kind) in [(false, FaultKind::NoSeries), (true, FaultKind::SeriesVanished)] {
        gone.seen_before = seen_before;
        let fault = source.read(std::slice::from_ref(&gone), at(NOW)).await.outcomes.remove(0).1.unwrap_err();
        assert_eq!(fault.kind, kind);
        assert!(fault.message.contains("m{job=\"s0001\"}"), "{fault}");
    }
}

#[tokio::test]
async fn series_from_the_future_mean_clocks_disagree() {
    let ahead = series("m{job=\"s0000\",code=\"200\"}", &(0..60).map(|i| (NOW - 540 + i * 15, i as f64)).collect::<Vec<_>>());
    let (_metrics, server) = Metrics::serve(vec![ahead]).await;
    let source = connect(&server.uri(), Limits::default());
    let fault = source.read(&requests(1), at(NOW)).await.outcomes.remove(0).1.unwrap_err();
    assert_eq!(fault.kind, FaultKind::ClockSkew);
}
