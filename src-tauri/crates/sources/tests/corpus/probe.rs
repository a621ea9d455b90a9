//! What a probe makes of broken answers. It judges that something answered in time and with which status, not what it said: a sound head
//! is an answer, whatever follows; everything else is a bad event, and never a good one.

use std::sync::Arc;

use chrono::DateTime;
use firewatch_domain::indicator::Indicator;
use firewatch_domain::minute::{Minute, Span};
use firewatch_domain::ports::{Connect, ReadRequest, Source};
use firewatch_domain::source::{SourceConfig, SourceKind};
use firewatch_sources::Connector;

use crate::case::{Case, Expect, case, ok};
use crate::driver::{Seen, play};
use crate::prometheus::tight;
use crate::secrets::OneSecret;
use crate::transport;

const NOW: i64 = 1_700_000_045;

/// Sound up to the end of the head, so that the target answered.
const ANSWERED: [&str; 8] = [
    // It takes two seconds to come whole, and five are given.
    "socket: a head that drips",
    "socket: closed after the head",
    "socket: reset in the body",
    "socket: silent in the body",
    "socket: a body that drips",
    "socket: blanks for ever",
    "socket: fifty megabytes of blanks",
    "socket: fifty announced megabytes",
];

/// Their heads are broken although what is wrong with them is a length.
const HEADLESS: [&str; 1] = ["length: beyond every number"];

/// Redirects that lead back to where they came from; others lead to an answer of somebody else's, which is one.
const CIRCLES: [&str; 3] = ["to itself", "to nowhere", "to a very long place"];

fn expected(case: &Case) -> Expect {
    let name = case.name.as_str();
    let refused = name.get(..3).and_then(|code| code.parse::<u16>().ok()).is_some_and(|code| code >= 400);
    let silent = name.starts_with("head:") || name.starts_with("socket:") && !ANSWERED.contains(&name);
    let refusal = matches!(name, "a refusal that never ends" | "a failure that never ends");
    let circle = name.starts_with("redirect") && CIRCLES.iter().any(|end| name.ends_with(end));
    if refused || silent || refusal || circle || HEADLESS.contains(&name) { Expect::Bad } else { Expect::Same }
}

async fn ask(probe: Arc<dyn Source>, url: String) -> Seen {
    let indicator = Indicator::Probe { url, under_ms: 5000, interval_s: 15 };
    let span = Span::new(Minute(NOW / 60), Minute(NOW / 60 + 1));
    let request = ReadRequest { key: 1, indicator, span, seen_before: true, series: None };
    let answer = probe.read(&[request], DateTime::from_timestamp(NOW, 0).unwrap()).await;
    match answer.outcomes.into_iter().next().unwrap().1 {
        Ok(reading) => {
            let columns = reading.slices[0].clone().unwrap();
            let within = columns[columns.len() - 2];
            assert_eq!(columns.last(), Some(&1), "one probe is one event");
            Seen::Figures(if within == 1 { "good" } else { "bad" }.to_owned())
        }
        Err(fault) => Seen::Blind(fault),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probe() {
    let config = SourceConfig { id: "p".to_owned(), name: "probe".to_owned(), kind: SourceKind::Probe, interval_s: 15, alerts: false };
    let probe = Connector { drill_start: None, limits: tight() }.connect(&config, &OneSecret("unused")).unwrap();
    let page = "fine, thank you, and how are you over there? ".repeat(8);
    let whole = case("whole", ok(&page), Expect::Same);
    let cases = transport::cases(&page, "127.0.0.1:9").into_iter().map(|case| Case { expect: expected(&case), ..case }).collect();
    play("probe", whole, cases, move |url| ask(Arc::clone(&probe), url)).await;
}
