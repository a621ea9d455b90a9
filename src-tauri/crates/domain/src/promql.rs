//! PromQL that only a server can evaluate: text that is whole in itself, so that it can stand inside a larger query.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest query that is kept, in bytes.
pub const LONGEST: usize = 8 * 1024;
/// Deepest nesting of its brackets.
const DEEPEST: usize = 64;

/// A query whose brackets and quotes are balanced; what it means only the server knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PromQl(String);

/// Why a text is no query; `at` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromQlError {
    /// Nothing in it.
    #[error("the query is empty; write PromQL such as sum(rate(requests_total[5m]))")]
    Empty,
    /// Longer than [`LONGEST`].
    #[error("the query is longer than {LONGEST} bytes; let a recording rule of the server hold it")]
    TooLong,
    /// A bracket or quote without its other half.
    #[error("{what} at character {at} has no other half; close it, or remove it")]
    Unbalanced {
        /// The sign.
        what: char,
        /// Where.
        at: usize,
    },
    /// Brackets in brackets in brackets.
    #[error("the query is nested deeper than {DEEPEST} levels; let a recording rule of the server hold it")]
    TooDeep,
    /// `{{.window}}`, `$__interval`: some tool was to fill it in.
    #[error("`{0}` is a placeholder that another tool fills in; write a range such as 5m")]
    Placeholder(String),
}

impl PromQl {
    /// Takes a query whose brackets and quotes close; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, PromQlError> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(PromQlError::TooLong);
        }
        balanced(text)?;
        let says = text.lines().any(|line| !line.trim_start().is_empty() && !line.trim_start().starts_with('#'));
        if !says {
            return Err(PromQlError::Empty);
        }
        match ["{{", "$__", "${"].iter().find_map(|sign| text.find(sign)) {
            Some(at) => Err(PromQlError::Placeholder(text[at..].chars().take(24).collect())),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In parentheses of its own, on lines of its own: a comment at its end swallows nothing.
    pub fn enclosed(&self) -> String {
        format!("(\n{}\n)", self.0)
    }
}

impl fmt::Display for PromQl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PromQl {
    type Error = PromQlError;
    fn try_from(text: String) -> Result<Self, PromQlError> {
        Self::parse(&text)
    }
}

impl From<PromQl> for String {
    fn from(query: PromQl) -> Self {
        query.0
    }
}

/// Every bracket and quote outside comments finds its other half.
fn balanced(text: &str) -> Result<(), PromQlError> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let (mut quote, mut escaped, mut comment): (Option<(char, usize)>, bool, bool) = (None, false, false);
    for (at, c) in text.chars().enumerate() {
        if comment {
            comment = c != '\n';
            continue;
        }
        if let Some((mark, _)) = quote {
            let ends = c == mark && !escaped;
            escaped = c == '\\' && !escaped && mark != '`';
            quote = quote.filter(|_| !ends);
            continue;
        }
        match c {
            '#' => comment = true,
            '"' | '\'' | '`' => quote = Some((c, at)),
            '(' | '[' | '{' => open.push((c, at)),
            ')' | ']' | '}' => match (open.pop(), c) {
                (Some(('(', _)), ')') | (Some(('[', _)), ']') | (Some(('{', _)), '}') => {}
                _ => return Err(PromQlError::Unbalanced { what: c, at: at + 1 }),
            },
            _ => {}
        }
        if open.len() > DEEPEST {
            return Err(PromQlError::TooDeep);
        }
    }
    match quote.or(open.pop()) {
        Some((what, at)) => Err(PromQlError::Unbalanced { what, at: at + 1 }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_closes_is_taken() {
        for text in ["up", " sum(rate(x{a=\"}\"}[5m])) ", "x{a='\\''}", "x{a=`\\`}", "# why )\nx", "x # (", "1 - (a / b)"] {
            assert_eq!(PromQl::parse(text).map(|q| q.to_string()), Ok(text.trim().to_owned()), "{text}");
        }
    }

    #[test]
    fn what_could_break_out_or_means_nothing_is_refused() {
        for (text, part) in [
            ("", "empty"),
            ("  \n# only words\n", "empty"),
            ("x) or (y", ") at character 2"),
            ("sum(x", "( at character 4"),
            ("x{a=\"b}", "\" at character 5"),
            ("(x]", "] at character 3"),
            ("rate(x[{{.window}}])", "placeholder"),
            ("rate(x[$__rate_interval])", "placeholder"),
        ] {
            let error = PromQl::parse(text).unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
        assert_eq!(PromQl::parse(&"(".repeat(200)), Err(PromQlError::TooDeep));
        assert_eq!(PromQl::parse(&"x".repeat(9000)), Err(PromQlError::TooLong));
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "[a-z(){}\\[\\]\"'`\\\\# \nü]{0,40}|.{0,40}") {
            if let Ok(query) = PromQl::parse(&text) {
                proptest::prop_assert_eq!(PromQl::parse(query.as_str()), Ok(query));
            }
        }
    }
}
