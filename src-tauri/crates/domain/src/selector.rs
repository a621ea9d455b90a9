//! Bare PromQL vector selectors: what they pick, and how they are written.
//!
//! Firewatch reads raw counters by selector and matches the series itself, so that one request can serve many indicators.
//! Regular expressions are anchored at both ends, an absent label counts as the empty text, as in Prometheus.

use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// The label that carries a metric's name.
pub const NAME: &str = "__name__";
/// The longest selector that is accepted, in bytes.
pub const LONGEST: usize = 8 * 1024;

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Comparison {
    /// `=`
    #[serde(rename = "=")]
    Equal,
    /// `!=`
    #[serde(rename = "!=")]
    NotEqual,
    /// `=~`
    #[serde(rename = "=~")]
    Matches,
    /// `!~`
    #[serde(rename = "!~")]
    MatchesNot,
}

impl Comparison {
    /// As written in PromQL.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::MatchesNot => "!~",
        }
    }
}

/// One condition on a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Matcher {
    /// Label name.
    pub label: String,
    /// Comparison.
    pub comparison: Comparison,
    /// Value or regular expression.
    pub value: String,
}

/// A metric name with conditions on labels; written and stored as PromQL text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Selector {
    /// Metric name, where the selector fixes one.
    pub metric: Option<String>,
    /// Conditions, in the order written, without the fixed name.
    pub matchers: Vec<Matcher>,
}

/// Why a text is no selector; `at` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a plain metric selector at character {at}: {why}")]
pub struct SelectorError {
    /// The text, cut to a readable length.
    pub text: String,
    /// Where, from 1.
    pub at: usize,
    /// What was expected.
    pub why: String,
}

impl Selector {
    /// Parses `name{label="value",…}`; anything wrapped around it (functions, ranges, sums) is refused.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut reader = Reader::new(text);
        let selector = reader.selector().and_then(|s| reader.end().map(|()| s));
        selector.map_err(|why| SelectorError { text: text.chars().take(120).collect(), at: reader.at + 1, why })
    }

    /// Compiles the regular expressions once for matching many series.
    pub fn matcher(&self) -> Result<SeriesMatcher, SelectorError> {
        let mut tests = Vec::with_capacity(self.matchers.len());
        for m in &self.matchers {
            let regex = matches!(m.comparison, Comparison::Matches | Comparison::MatchesNot).then(|| anchored(&m.value)).transpose();
            let regex = regex.map_err(|why| SelectorError { text: m.value.chars().take(120).collect(), at: 1, why })?;
            tests.push((m.clone(), regex));
        }
        Ok(SeriesMatcher { metric: self.metric.clone(), tests })
    }

    /// The value a label must equal, where the selector says so.
    pub fn equal(&self, label: &str) -> Option<&str> {
        let found = self.matchers.iter().find(|m| m.label == label && m.comparison == Comparison::Equal);
        found.map(|m| m.value.as_str()).filter(|v| !v.is_empty())
    }

    /// The same selector without conditions on `label`.
    pub fn without(&self, label: &str) -> Self {
        let matchers = self.matchers.iter().filter(|m| m.label != label).cloned().collect();
        Self { metric: self.metric.clone(), matchers }
    }

    /// The same selector with one condition more.
    pub fn with(&self, label: &str, comparison: Comparison, value: &str) -> Self {
        let mut more = self.clone();
        more.matchers.push(Matcher { label: label.to_owned(), comparison, value: value.to_owned() });
        more
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.metric.as_deref().unwrap_or_default())?;
        if self.matchers.is_empty() && self.metric.is_some() {
            return Ok(());
        }
        f.write_str("{")?;
        for (i, m) in self.matchers.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            write!(f, "{comma}{}{}{}", m.label, m.comparison.sign(), quoted(&m.value))?;
        }
        f.write_str("}")
    }
}

impl TryFrom<String> for Selector {
    type Error = SelectorError;
    fn try_from(text: String) -> Result<Self, SelectorError> {
        Self::parse(&text)
    }
}

impl From<Selector> for String {
    fn from(selector: Selector) -> Self {
        selector.to_string()
    }
}

/// A label value as a PromQL text literal.
pub fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A selector ready to be held against series.
#[derive(Debug, Clone)]
pub struct SeriesMatcher {
    metric: Option<String>,
    tests: Vec<(Matcher, Option<Regex>)>,
}

impl SeriesMatcher {
    /// Whether a series with these labels (name included as `__name__`) is picked.
    pub fn picks(&self, labels: &BTreeMap<String, String>) -> bool {
        self.picks_by(|label| labels.get(label).map_or("", String::as_str))
    }

    /// The same over any way to look a label up; absent labels are empty.
    pub fn picks_by<'a>(&self, value_of: impl Fn(&str) -> &'a str) -> bool {
        if self.metric.as_deref().is_some_and(|name| value_of(NAME) != name) {
            return false;
        }
        self.tests.iter().all(|(m, regex)| {
            let value = value_of(&m.label);
            match (m.comparison, regex) {
                (Comparison::Equal, _) => value == m.value,
                (Comparison::NotEqual, _) => value != m.value,
                (Comparison::Matches, Some(regex)) => regex.is_match(value),
                (Comparison::MatchesNot, Some(regex)) => !regex.is_match(value),
                (Comparison::Matches | Comparison::MatchesNot, None) => false,
            }
        })
    }
}

fn anchored(pattern: &str) -> Result<Regex, String> {
    let regex = regex::RegexBuilder::new(&format!("^(?s:{pattern})$")).size_limit(1 << 20).build();
    regex.map_err(|_| format!("`{}` is not a regular expression Prometheus would take", pattern.chars().take(80).collect::<String>()))
}

/// A cursor over the characters of a selector; every error says what was expected where it stands.
struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn new(text: &str) -> Self {
        Self { chars: text.chars().take(LONGEST + 1).collect(), at: 0 }
    }

    fn selector(&mut self) -> Result<Selector, String> {
        if self.chars.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} characters"));
        }
        self.space();
        let mut metric = self.name(true);
        self.space();
        let mut matchers = Vec::new();
        if self.take('{') {
            matchers = self.matchers()?;
        }
        if let Some(i) = matchers.iter().position(|m| m.label == NAME && m.comparison == Comparison::Equal) {
            if metric.is_some() {
                return Err("the metric name is given twice".to_owned());
            }
            metric = Some(matchers.remove(i).value);
        }
        if metric.is_none() && matchers.iter().all(|m| m.value.is_empty()) {
            return Err("a metric name or a label condition is expected".to_owned());
        }
        Ok(Selector { metric, matchers })
    }

    fn matchers(&mut self) -> Result<Vec<Matcher>, String> {
        let mut matchers = Vec::new();
        loop {
            self.space();
            if self.take('}') {
                return Ok(matchers);
            }
            let label = self.name(false).ok_or("a label name is expected")?;
            self.space();
            let comparison = self.comparison()?;
            self.space();
            let value = self.text()?;
            if matches!(comparison, Comparison::Matches | Comparison::MatchesNot) {
                anchored(&value)?;
            }
            matchers.push(Matcher { label, comparison, value });
            self.space();
            if !self.take(',') && self.peek() != Some('}') {
                return Err("`,` or `}` is expected".to_owned());
            }
        }
    }

    fn comparison(&mut self) -> Result<Comparison, String> {
        match (self.next(), self.peek()) {
            (Some('='), Some('~')) => {
                self.at += 1;
                Ok(Comparison::Matches)
            }
            (Some('='), _) => Ok(Comparison::Equal),
            (Some('!'), Some('=')) => {
                self.at += 1;
                Ok(Comparison::NotEqual)
            }
            (Some('!'), Some('~')) => {
                self.at += 1;
                Ok(Comparison::MatchesNot)
            }
            _ => Err("`=`, `!=`, `=~` or `!~` is expected".to_owned()),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        let quote = self.next().filter(|c| matches!(c, '"' | '\'' | '`')).ok_or("a quoted value is expected")?;
        let mut value = String::new();
        while let Some(c) = self.next() {
            match c {
                c if c == quote => return Ok(value),
                '\\' if quote != '`' => value.push(self.escape()?),
                c => value.push(c),
            }
        }
        Err("the value is not closed".to_owned())
    }

    fn escape(&mut self) -> Result<char, String> {
        match self.next() {
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some('r') => Ok('\r'),
            Some(c @ ('\\' | '"' | '\'')) => Ok(c),
            _ => Err("this escape is unknown; write `\\\\` for a backslash".to_owned()),
        }
    }

    fn name(&mut self, metric: bool) -> Option<String> {
        let start = self.at;
        while let Some(c) = self.peek() {
            let letter = c.is_ascii_alphabetic() || c == '_' || metric && c == ':';
            if !(letter || self.at > start && c.is_ascii_digit()) {
                break;
            }
            self.at += 1;
        }
        (self.at > start).then(|| self.chars[start..self.at].iter().collect())
    }

    fn end(&mut self) -> Result<(), String> {
        self.space();
        if self.at == self.chars.len() {
            Ok(())
        } else {
            Err("nothing more is expected here; only a bare selector can be read exactly".to_owned())
        }
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn reads_what_people_write() {
        for (text, printed) in [
            ("up", "up"),
            (" http_requests_total { job = \"api\" , code!~'5..' , } ", "http_requests_total{job=\"api\",code!~\"5..\"}"),
            ("{__name__=\"up\",job=`a\\b`}", "up{job=\"a\\\\b\"}"),
            ("a:b{}", "a:b"),
            ("{job=\"x\"}", "{job=\"x\"}"),
        ] {
            assert_eq!(Selector::parse(text).map(|s| s.to_string()), Ok(printed.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_read_exactly() {
        for text in [
            "",
            "{}",
            "rate(x[5m])",
            "x[5m]",
            "x{a=b}",
            "x{a=\"b}",
            "x{a=~\"(\"}",
            "x{a=\"\\q\"}",
            "x offset 5m",
            "x{a=\"b\" c=\"d\"}",
            "up{__name__=\"up\"}",
        ] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
        assert_eq!(Selector::parse("sum(x)").unwrap_err().at, 4);
    }

    #[test]
    fn picks_as_prometheus_does() {
        let series = labels(&[(NAME, "http"), ("code", "503"), ("job", "api")]);
        for (text, picked) in [
            ("http", true),
            ("http{code=~\"5..\"}", true),
            ("http{code=~\"5\"}", false),
            ("http{code!~\"5..\"}", false),
            ("http{zone=\"\"}", true),
            ("http{zone!=\"\"}", false),
            ("http{job=~\"a.i|x\"}", true),
            ("https", false),
            ("{__name__=~\"htt.*\"}", true),
        ] {
            assert_eq!(Selector::parse(text).unwrap().matcher().unwrap().picks(&series), picked, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_value_survives_writing_and_reading(value in ".{0,40}") {
            let selector = Selector { metric: Some("m".to_owned()), matchers: vec![] }.with("l", Comparison::Equal, &value);
            proptest::prop_assert_eq!(Selector::parse(&selector.to_string()), Ok(selector));
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = Selector::parse(&text);
        }
    }
}
