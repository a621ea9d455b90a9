//! What stands between us and the server's data: nothing, or Grafana, whose data source proxy has addresses and words of its own.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;
use url::Url;

static PROXIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let numbers = r"proxy/[0-9]+|[0-9]+/resources";
    let names = r"proxy/uid/(?P<proxied>[^/]+)|uid/(?P<named>[^/]+)/resources";
    Regex::new(&format!("^(?P<root>.*)/api/datasources/(?:{names}|{numbers})(?:/|$)")).ok()
});
static SETTINGS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?P<root>.*?)(?:/connections)?/datasources/edit/(?P<uid>[^/]+)$").ok());

/// Who answers at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Front {
    /// The server itself, or something that does not show.
    Server,
    /// Grafana, passing questions on to one of its data sources.
    Grafana {
        /// Grafana's own address without a slash at its end.
        root: String,
        /// The data source, unless the address names it by number.
        uid: Option<String>,
    },
    /// Datadog.
    Datadog,
}

/// The base address that was meant by what was entered, without a slash at its end: pages people copy addresses from are turned into the
/// API's own address.
pub(crate) fn base_of(entered: &Url) -> String {
    let mut plain = entered.clone();
    plain.set_query(None);
    plain.set_fragment(None);
    let text = plain
        .as_str()
        .trim_end_matches('/')
        .trim_end_matches("/api/v1")
        .trim_end_matches("/api/v2")
        .trim_end_matches("/graph")
        .trim_end_matches('/');
    match SETTINGS.as_ref().and_then(|page| page.captures(text)) {
        Some(found) => format!("{}/api/datasources/proxy/uid/{}", &found["root"], &found["uid"]),
        None => text.to_owned(),
    }
}

impl Front {
    /// Who answers at a base address.
    pub(crate) fn of(base: &str) -> Self {
        let Some(found) = PROXIED.as_ref().and_then(|path| path.captures(base)) else { return Self::Server };
        let uid = found.name("proxied").or_else(|| found.name("named"));
        Self::Grafana { root: found["root"].to_owned(), uid: uid.map(|uid| uid.as_str().to_owned()) }
    }

    /// The page where a person sees what a query gives.
    pub(crate) fn page(&self, base: &str, query: &str) -> Option<String> {
        match self {
            Self::Datadog => None,
            Self::Server => Some(format!("{base}/graph?g0.expr={}&g0.tab=0", encoded(query))),
            Self::Grafana { root, uid } => {
                let uid = uid.as_ref()?;
                let shown = json!({ "refId": "A", "expr": query, "range": true, "datasource": { "type": "prometheus", "uid": uid } });
                let range = json!({ "from": "now-6h", "to": "now" });
                let panes = json!({ "firewatch": { "datasource": uid, "queries": [shown], "range": range } });
                Some(format!("{root}/explore?schemaVersion=1&panes={}", encoded(&panes.to_string())))
            }
        }
    }
}

/// Percent-encoded, blanks too: not every page reads `+` as one.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grafana(root: &str, uid: Option<&str>) -> Front {
        Front::Grafana { root: root.to_owned(), uid: uid.map(str::to_owned) }
    }

    #[test]
    fn data_sources_of_grafana_are_known_by_their_address() {
        for (base, front) in [
            ("https://g.example/api/datasources/proxy/uid/abc", grafana("https://g.example", Some("abc"))),
            ("https://g.example/in/here/api/datasources/proxy/uid/abc/prometheus", grafana("https://g.example/in/here", Some("abc"))),
            ("https://g.example/api/datasources/uid/a-b_c/resources", grafana("https://g.example", Some("a-b_c"))),
            ("https://g.example/api/datasources/proxy/12", grafana("https://g.example", None)),
            ("https://g.example/api/datasources/12/resources", grafana("https://g.example", None)),
            ("https://g.example/api/datasources", Front::Server),
            ("https://prometheus.example/prom", Front::Server),
        ] {
            assert_eq!(Front::of(base), front, "{base}");
        }
    }

    #[test]
    fn copied_pages_become_the_address_of_the_api() {
        for (entered, base) in [
            ("https://g.example/connections/datasources/edit/abc", "https://g.example/api/datasources/proxy/uid/abc"),
            ("https://g.example/sub/datasources/edit/abc/?x=1", "https://g.example/sub/api/datasources/proxy/uid/abc"),
            ("http://p.example:9090/graph?g0.expr=up", "http://p.example:9090"),
            ("http://p.example/prom/api/v1/", "http://p.example/prom"),
            ("http://p.example/", "http://p.example"),
        ] {
            assert_eq!(base_of(&Url::parse(entered).unwrap()), base, "{entered}");
        }
    }

    #[test]
    fn explore_opens_the_data_source_with_the_query() {
        let page = grafana("https://g.example/in", Some("abc")).page("unused", "m{a=\"b c\"}").unwrap();
        let (path, parameters) = page.split_once('?').unwrap();
        assert_eq!(path, "https://g.example/in/explore");
        let parameters: std::collections::BTreeMap<String, String> =
            url::form_urlencoded::parse(parameters.as_bytes()).into_owned().collect();
        let panes: serde_json::Value = serde_json::from_str(&parameters["panes"]).unwrap();
        assert_eq!(parameters["schemaVersion"], "1");
        assert_eq!(panes["firewatch"]["datasource"], "abc");
        assert_eq!(panes["firewatch"]["queries"][0]["expr"], "m{a=\"b c\"}");
        assert_eq!(grafana("https://g.example", None).page("unused", "m"), None);
    }
}
