//! Malformed answers of an Alertmanager. Half a list of alerts would look like fewer alerts, so one that cannot be read blinds the whole.

use std::sync::Arc;

use chrono::DateTime;
use firewatch_domain::fault::FaultKind::{self, NotTheApi, QueryRefused, ServerFailed, SignInRefused};
use firewatch_domain::ports::{Connect, Source};
use firewatch_domain::source::{Auth, SecretPlace, SourceConfig, SourceKind};
use firewatch_sources::Connector;
use serde_json::{Value, json};

use crate::case::{Case, Expect, JSON, case, http, ok, raw};
use crate::driver::{SECRET, Seen, play};
use crate::prometheus::{tight, trap};
use crate::secrets::OneSecret;
use crate::shapes::{Bend, bends, cuts, doubled, missing, surroundings};
use crate::transport;

const NOW: i64 = 1_700_000_045;
const BLIND: Expect = Expect::Blind(NotTheApi);

fn source(url: &str) -> Arc<dyn Source> {
    let kind = SourceKind::Alertmanager {
        url: url.parse().unwrap(),
        auth: Auth::Bearer { token: SecretPlace::Keyring { entry: "e".to_owned() } },
        headers: Vec::new(),
        secret_headers: Vec::new(),
        allow_plain_http: false,
        environment: None,
    };
    let config = SourceConfig { id: "s".to_owned(), name: "s".to_owned(), kind, interval_s: 30, alerts: true };
    Connector { drill_start: None, limits: tight() }.connect(&config, &OneSecret(SECRET)).unwrap()
}

async fn ask(url: String) -> Seen {
    match source(&url).alerts(DateTime::from_timestamp(NOW, 0).unwrap()).await.unwrap() {
        Ok(answer) => {
            let alerts: Vec<_> = answer.alerts.iter().map(|alert| (&alert.labels, alert.since_s, alert.standing)).collect();
            Seen::Figures(format!("{} {alerts:?}", answer.told))
        }
        Err(fault) => Seen::Blind(fault),
    }
}

/// One alert that fires and one that is silenced.
fn document() -> Value {
    let of = |name: &str, state: &str, silences: Value| {
        json!({ "annotations": { "summary": "odd" }, "endsAt": "2023-11-14T23:00:00.000Z", "fingerprint": name, "receivers": [{ "name": "r" }],
                "startsAt": "2023-11-14T22:00:00.000Z", "updatedAt": "2023-11-14T22:10:00.000Z", "generatorURL": "http://p.example/graph",
                "status": { "inhibitedBy": [], "silencedBy": silences, "mutedBy": [], "state": state },
                "labels": { "alertname": name, "job": "shop" } })
    };
    json!([of("Slow", "active", json!([])), of("Down", "suppressed", json!(["abc"]))])
}

const BENDS: [Bend; 15] = [
    Bend {
        at: "",
        put: &["null", "{}", "7", "\"\"", "[null]", "[[]]", "[7]", "[{}]", "[\"odd\"]", "{\"status\":\"success\",\"data\":[]}"],
        expect: BLIND,
    },
    Bend { at: "/0", put: &["null", "[]", "{}", "\"odd\"", "7", "true"], expect: BLIND },
    Bend {
        at: "/0/labels",
        put: &["null", "[]", "\"odd\"", "7", "true", "{\"a\":1}", "{\"a\":null}", "{\"a\":{}}", "[[\"a\",\"b\"]]"],
        expect: BLIND,
    },
    Bend { at: "/0/labels/job", put: &["null", "7", "[]", "{}", "true", "\"\\ud800\""], expect: BLIND },
    Bend {
        at: "/0/startsAt",
        put: &[
            "null",
            "7",
            "[]",
            "{}",
            "\"\"",
            "\"yesterday\"",
            "\"2023-13-01T00:00:00Z\"",
            "\"2023-11-14\"",
            "\"2023-11-14T25:00:00Z\"",
            "1700000000",
        ],
        expect: BLIND,
    },
    Bend { at: "/0/status", put: &["null", "7", "\"active\"", "[]", "{}"], expect: BLIND },
    Bend { at: "/0/status/state", put: &["null", "7", "\"odd\"", "\"Active\"", "\"firing\"", "\"\"", "[]", "{}"], expect: BLIND },
    Bend { at: "/0/status/silencedBy", put: &["null", "7", "\"abc\"", "[7]", "[null]", "{}"], expect: BLIND },
    Bend { at: "/0/status/mutedBy", put: &["null", "7", "\"abc\"", "[7]", "{}"], expect: BLIND },
    Bend { at: "/0/annotations", put: &["null", "7", "\"odd\"", "[7]", "{\"summary\":7}", "{\"summary\":null}"], expect: BLIND },
    Bend { at: "/0/generatorURL", put: &["7", "[]", "{}", "true"], expect: BLIND },
    Bend { at: "/0/generatorURL", put: &["null", "\"\"", "\"javascript:alert(1)\""], expect: Expect::Same },
    Bend { at: "/0/endsAt", put: &["null", "7", "\"never\""], expect: Expect::Same },
    Bend { at: "/0/fingerprint", put: &["null", "7", "[]"], expect: Expect::Same },
    Bend { at: "/0/odd", put: &["null", "[[[1]]]", "\"x\"", "{\"a\":1}"], expect: Expect::Same },
];

const ERRORS: [(&str, &str, FaultKind); 6] = [
    ("400 Bad Request", "\"bad matcher format: odd\"", QueryRefused),
    ("400 Bad Request", "{\"code\":602,\"message\":\"silenced in query must be of type bool\"}", QueryRefused),
    ("401 Unauthorized", "\"Unauthorized\"", SignInRefused),
    ("404 Not Found", "\"404 page not found\"", NotTheApi),
    ("500 Internal Server Error", "\"opening storage failed\"", ServerFailed),
    ("503 Service Unavailable", "{\"code\":503,\"message\":\"not ready\"}", ServerFailed),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn alertmanager() {
    let (document, trap) = (document(), trap().await);
    let whole = case("whole", ok(&document.to_string()), Expect::Same);
    let mut cases: Vec<Case> = transport::cases(&document.to_string(), &trap.address.to_string());
    cases.extend(cuts(&document, 60));
    cases.extend(bends(&document, &BENDS));
    cases.extend(missing(
        &document,
        &[
            ("/0/labels", BLIND),
            ("/0/startsAt", BLIND),
            ("/0/status", BLIND),
            ("/0/status/state", BLIND),
            ("/0/status/mutedBy", Expect::Same),
            ("/0/annotations", Expect::Same),
            ("/0/endsAt", Expect::Same),
            ("/0/generatorURL", Expect::Same),
        ],
    ));
    cases.extend(doubled(
        &document,
        &[
            ("/0/labels", "{}", BLIND),
            ("/0/startsAt", "\"2023-11-14T22:00:00Z\"", BLIND),
            ("/0/status", "{\"state\":\"active\"}", BLIND),
            ("/0/status/state", "\"active\"", BLIND),
        ],
    ));
    cases.extend(surroundings(&document));
    cases.extend(
        ERRORS
            .iter()
            .map(|(status, body, kind)| case(format!("{status}: {body}"), raw(http(status, JSON, body.as_bytes())), Expect::Blind(*kind))),
    );
    play("alertmanager", whole, cases, ask).await;
    assert_eq!(trap.connections(), 0, "credentials were carried elsewhere");
}
