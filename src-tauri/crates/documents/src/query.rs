//! PromQL to raw counters: which counter a query counts, where that is beyond doubt.
//!
//! Firewatch counts events from raw counter values, so `sum(rate(x[5m]))` means the counter `x`. Only wrappings that a
//! counter survives are taken off: `sum` with or without grouping, one `rate`, `irate` or `increase` over one range,
//! parentheses, and a zero for absent series. Everything else would count something other than what was written.

use firewatch_domain::selector::{LONGEST, Selector};

/// Deepest nesting of a query.
const DEEPEST: usize = 24;
/// Most regular expressions in a query; compiling one takes time.
const MOST_PATTERNS: usize = 40;
/// What may stand in a range instead of a duration: filled in by Sloth or Grafana.
const RANGE_PLACEHOLDERS: [&str; 4] = ["{{.window}}", "$__rate_interval", "$__interval", "$__range"];

/// What a query counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reading {
    /// One counter.
    Counter(Selector),
    /// One counter less another.
    Difference(Selector, Selector),
    /// Two counters together.
    Sum(Selector, Selector),
}

/// A query as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Query {
    /// What it counts.
    pub(crate) reading: Reading,
    /// Labels by which it was grouped, as written; the grouping is dropped.
    pub(crate) grouping: Option<String>,
    /// Whether it was wrapped in a rate or an increase, which only counters are.
    pub(crate) rated: bool,
}

/// Reads a query, or says which part stands in the way.
pub(crate) fn read(text: &str) -> Result<Query, String> {
    if text.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} bytes"));
    }
    if text.matches('~').count() > MOST_PATTERNS {
        return Err(format!("it holds more than {MOST_PATTERNS} regular expressions"));
    }
    let mut reader = Reader { text, at: 0, grouping: None, rated: false };
    let reading = reader.whole(0)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.unexpected());
    }
    Ok(Query { reading, grouping: reader.grouping, rated: reader.rated })
}

/// A cursor over the query's bytes; it only ever stops between characters.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    grouping: Option<String>,
    rated: bool,
}

impl<'t> Reader<'t> {
    /// `terms`, and perhaps `or vector(0)`.
    fn whole(&mut self, depth: usize) -> Result<Reading, String> {
        let reading = self.terms(depth)?;
        while self.word_if(|word| word.eq_ignore_ascii_case("or")) {
            if self.word_if(|word| word.eq_ignore_ascii_case("on")) {
                self.expect("(")?;
                self.expect(")")?;
            }
            self.zero(depth)?;
        }
        Ok(reading)
    }

    /// One counter, or two with `+` or `-` between them.
    fn terms(&mut self, depth: usize) -> Result<Reading, String> {
        let first = self.term(depth)?;
        let minus = self.take("-");
        if !minus && !self.take("+") {
            return Ok(first);
        }
        let sign = self.at;
        match (first, self.term(depth)?) {
            (Reading::Counter(a), Reading::Counter(b)) if minus => Ok(Reading::Difference(a, b)),
            (Reading::Counter(a), Reading::Counter(b)) => Ok(Reading::Sum(a, b)),
            _ => Err(format!("more than two counters are added or subtracted at character {}", self.character(sign))),
        }
    }

    fn term(&mut self, depth: usize) -> Result<Reading, String> {
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} levels"));
        }
        if self.take("(") {
            let inner = self.whole(depth + 1)?;
            self.expect(")")?;
            return Ok(inner);
        }
        let start = self.at;
        let word = self.peek_word();
        match word.to_ascii_lowercase().as_str() {
            "sum" if self.opens_call(word) => self.sum(depth),
            "rate" | "irate" | "increase" if self.opens_call(word) => self.rate(),
            number if number.starts_with(|c: char| c.is_ascii_digit()) => {
                Err(format!("`{word}` at character {} is a number, no counter", self.character(start)))
            }
            _ if self.opens_call(word) => Err(format!("`{word}` at character {} is no sum, rate or increase", self.character(start))),
            _ => self.selector().map(Reading::Counter),
        }
    }

    /// `sum (…)`, `sum by (…) (…)`, `sum (…) without (…)`.
    fn sum(&mut self, depth: usize) -> Result<Reading, String> {
        self.at += "sum".len();
        self.group()?;
        self.expect("(")?;
        let inside = self.at;
        let reading = self.whole(depth + 1)?;
        self.expect(")")?;
        self.group()?;
        match reading {
            Reading::Counter(_) => Ok(reading),
            _ => Err(format!("a sum of a calculation at character {}", self.character(inside))),
        }
    }

    /// `by (…)` or `without (…)`, remembered as written.
    fn group(&mut self) -> Result<(), String> {
        self.space();
        let start = self.at;
        if !self.word_if(|word| word.eq_ignore_ascii_case("by") || word.eq_ignore_ascii_case("without")) {
            return Ok(());
        }
        self.expect("(")?;
        let labels = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ',' || c.is_whitespace();
        let rest = self.rest();
        self.at += rest.find(|c| !labels(c)).unwrap_or(rest.len());
        self.expect(")")?;
        let dropped = self.text[start..self.at].split_whitespace().collect::<Vec<_>>().join(" ");
        let nothing = dropped.replace(' ', "").eq_ignore_ascii_case("by()");
        self.grouping = if nothing { self.grouping.take() } else { Some(dropped) };
        Ok(())
    }

    /// `rate(selector[range])`.
    fn rate(&mut self) -> Result<Reading, String> {
        self.at += self.peek_word().len();
        self.rated = true;
        self.expect("(")?;
        let selector = self.selector()?;
        self.range()?;
        self.expect(")")?;
        Ok(Reading::Counter(selector))
    }

    fn selector(&mut self) -> Result<Selector, String> {
        self.space();
        let start = self.at;
        self.at += self.peek_word().len();
        self.space();
        if self.rest().starts_with('{') {
            self.at += braces(self.rest()).ok_or_else(|| format!("the `{{` at character {} is not closed", self.character(self.at)))?;
        }
        if self.at == start {
            return Err(self.unexpected());
        }
        Selector::parse(&self.text[start..self.at]).map_err(|error| error.to_string())
    }

    /// `[5m]`, `[{{.window}}]`; a subquery (`[1h:5m]`) samples, it does not count.
    fn range(&mut self) -> Result<(), String> {
        self.space();
        let start = self.at;
        let end = self.rest().strip_prefix('[').and_then(|rest| rest.find(']'));
        let Some(end) = end else {
            return Err(format!("a range such as [5m] is expected at character {}", self.character(start)));
        };
        let inside = &self.rest()[1..=end];
        let range: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
        let duration = range.starts_with(|c: char| c.is_ascii_digit()) && range.chars().all(|c| c.is_ascii_alphanumeric());
        if !duration && !RANGE_PLACEHOLDERS.contains(&range.as_str()) {
            return Err(format!("`[{inside}]` at character {} is no plain range", self.character(start)));
        }
        self.at += end + 2;
        Ok(())
    }

    /// `vector(0)`, in parentheses or not.
    fn zero(&mut self, depth: usize) -> Result<(), String> {
        if depth > DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} levels"));
        }
        if self.take("(") {
            self.zero(depth + 1)?;
            return self.expect(")");
        }
        let start = self.at;
        let zero = self.word_if(|word| word == "vector") && self.take("(") && self.take("0") && self.take(")");
        if zero { Ok(()) } else { Err(format!("only `vector(0)` may follow `or`, at character {}", self.character(start))) }
    }

    /// Whether the word here is followed by what makes it a function or an aggregation.
    fn opens_call(&self, word: &str) -> bool {
        let rest = self.rest()[word.len()..].trim_start();
        let grouped = ["by", "without"].iter().any(|k| rest.get(..k.len()).is_some_and(|r| r.eq_ignore_ascii_case(k)));
        !word.is_empty() && (rest.starts_with('(') || grouped)
    }

    fn peek_word(&self) -> &'t str {
        let rest = self.rest();
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
        &rest[..rest.find(|c| !word(c)).unwrap_or(rest.len())]
    }

    fn word_if(&mut self, wanted: impl Fn(&str) -> bool) -> bool {
        self.space();
        let word = self.peek_word();
        let found = wanted(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn take(&mut self, sign: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        if found {
            self.space();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) { Ok(()) } else { Err(format!("`{sign}` is expected, and {}", self.unexpected())) }
    }

    /// White space and comments.
    fn space(&mut self) {
        loop {
            let rest = self.rest();
            let comment = if rest.starts_with('#') { rest.find('\n').unwrap_or(rest.len()) } else { 0 };
            let skipped = comment.max(rest.len() - rest.trim_start().len());
            if skipped == 0 {
                return;
            }
            self.at += skipped;
        }
    }

    fn unexpected(&self) -> String {
        let rest: String = self.rest().chars().take(30).collect();
        if rest.is_empty() {
            return "it ends too early".to_owned();
        }
        format!("`{}` at character {} cannot be taken off a counter", rest.trim(), self.character(self.at))
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn character(&self, at: usize) -> usize {
        self.text[..at].chars().count() + 1
    }
}

/// Length of a `{…}` at the start of a text, quotes respected.
fn braces(text: &str) -> Option<usize> {
    let (mut quote, mut escaped) = (None, false);
    for (i, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (Some('"' | '\''), '\\') => escaped = true,
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '}') => return Some(i + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(text: &str) -> Result<String, String> {
        match read(text)?.reading {
            Reading::Counter(selector) => Ok(selector.to_string()),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn what_a_counter_survives_is_taken_off() {
        for (text, selector) in [
            ("x", "x"),
            ("x{a=\"b\"}", "x{a=\"b\"}"),
            ("sum(x)", "x"),
            ("rate(x[5m])", "x"),
            ("sum(rate(x{a=\"}\"}[5m]))", "x{a=\"}\"}"),
            (" sum ( irate ( x [ 1h30m ] ) ) ", "x"),
            ("SUM by (job, code) (increase(x[{{.window}}]))", "x"),
            ("sum(rate(x[{{ .window }}])) without (pod)", "x"),
            ("sum(sum by (a) (rate(x[$__rate_interval])))", "x"),
            ("(sum(rate(x[5m])) or vector(0))", "x"),
            ("sum(rate(x[5m]) or vector(0)) OR on() (vector(0))", "x"),
            ("sum(\n  # errors\n  rate(x{a=~\"(5..|429)\"}[5m])\n)\n", "x{a=~\"(5..|429)\"}"),
            ("sum{a=\"b\"}", "sum{a=\"b\"}"),
            ("order_total", "order_total"),
        ] {
            assert_eq!(counter(text), Ok(selector.to_owned()), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_the_part_that_is_in_the_way() {
        for (text, part) in [
            ("", "ends too early"),
            ("sum(rate(x[5m])", "ends too early"),
            ("histogram_share(0.2, x)", "`histogram_share` at character 1"),
            ("1 - x", "`1` at character 1 is a number"),
            ("sum_over_time((count(x < 0.75))[5m:]) OR on() vector(0)", "`sum_over_time`"),
            ("vector(1)[5m]", "`vector`"),
            ("x[5m]", "`[5m]` at character 2"),
            ("rate(x[1h:5m])", "`[1h:5m]`"),
            ("rate(x)", "a range such as [5m]"),
            ("rate(sum(x)[5m])", "range"),
            ("rate(rate(x[5m])[5m])", "range"),
            ("sum(rate(x[5m])) / sum(rate(y[5m]))", "`/ sum"),
            ("sum(rate(x[5m])) > 0", "`> 0`"),
            ("sum(rate(x[5m])) * 60", "`* 60`"),
            ("x offset 5m", "`offset 5m`"),
            ("max(rate(x[5m]))", "`max`"),
            ("sum(rate(x[5m])) or vector(1)", "only `vector(0)`"),
            ("sum(rate(x[5m])) or y", "only `vector(0)`"),
            ("a + b + c", "`+ c`"),
            ("sum(a + b)", "a sum of a calculation"),
            ("x{a=\"b\"", "not closed"),
            ("x{a=~\"(\"}", "regular expression"),
            ("sum:trace.hits{code:200}.as_count()", ".hits"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert!(read(&"(".repeat(8000)).unwrap_err().contains("deeper"));
        assert!(read(&format!("x or {}", "(".repeat(8000))).unwrap_err().contains("deeper"));
    }

    #[test]
    fn sums_differences_and_groupings_are_seen() {
        let s = |text| Selector::parse(text).unwrap();
        let q = read("(\n sum(rate(x_count[5m]))\n -\n sum(rate(x_bucket{le=\"0.3\"}[5m]))\n)").unwrap();
        assert_eq!(q.reading, Reading::Difference(s("x_count"), s("x_bucket{le=\"0.3\"}")));
        assert_eq!(read("sum(a) + sum(b)").unwrap().reading, Reading::Sum(s("a"), s("b")));
        assert_eq!(read("sum by (a,\n b) (x)").unwrap().grouping.as_deref(), Some("by (a, b)"));
        assert_eq!(read("sum by () (x)").unwrap().grouping, None);
        assert!(read("rate(x[5m])").unwrap().rated && !read("sum(x)").unwrap().rated);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a-z(){}\\[\\]\" ,=~#+\\-ü0]{0,60}|.{0,60}") {
            let _ = read(&text);
        }
    }
}
