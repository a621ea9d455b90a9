//! What people type into a search, as an expression for a full-text index: quoted phrases as they are, everything else by the
//! beginning of words. Nothing that is typed can be a fault of syntax.

/// Longest query, in characters.
const LONGEST: usize = 300;
/// Most terms.
const MOST_TERMS: usize = 16;
/// Words that say nothing about what a text is about.
const COMMON: [&str; 24] = [
    "the", "and", "for", "with", "from", "that", "this", "was", "are", "not", "has", "have", "its", "than", "then", "when", "too", "all",
    "our", "out", "off", "into", "slow", "slower",
];

/// A search in terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    text: String,
    quoted: bool,
}

impl Query {
    /// From what was typed.
    pub fn parse(typed: &str) -> Self {
        let text: String = typed.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        let mut terms = Vec::new();
        // Every second part stands between quotes; an open one goes to the end.
        for (i, part) in text.split(['"', '“', '”', '„']).enumerate() {
            if i % 2 == 1 {
                terms.extend(has_word(part).then(|| Term { text: part.trim().to_owned(), quoted: true }));
            } else {
                terms.extend(
                    part.split_whitespace().filter(|word| has_word(word)).map(|word| Term { text: word.to_owned(), quoted: false }),
                );
            }
        }
        terms.truncate(MOST_TERMS);
        Self { terms }
    }

    /// The telling words of a text, to find what is like it.
    pub fn like(text: &str) -> Self {
        let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
        let mut terms: Vec<Term> = Vec::new();
        for word in words.filter(|word| word.chars().count() > 2 && !COMMON.contains(&word.as_str())) {
            if !terms.iter().any(|term| term.text == word) {
                terms.push(Term { text: word, quoted: true });
            }
        }
        terms.truncate(MOST_TERMS);
        Self { terms }
    }

    /// Nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// All terms must be there.
    pub fn all(&self) -> String {
        self.expression(" AND ")
    }

    /// Any of them.
    pub fn any(&self) -> String {
        self.expression(" OR ")
    }

    fn expression(&self, with: &str) -> String {
        let terms = self.terms.iter().map(|term| format!("\"{}\"{}", term.text.replace('"', "\"\""), if term.quoted { "" } else { "*" }));
        terms.collect::<Vec<_>>().join(with)
    }
}

fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_stay_and_words_may_begin() {
        assert_eq!(Query::parse("first \"thirteen integrations\" sett").all(), "\"first\"* AND \"thirteen integrations\" AND \"sett\"*");
        assert_eq!(Query::parse("settings-first-load").any(), "\"settings-first-load\"*");
        assert_eq!(Query::parse("“open end").all(), "\"open end\"");
        assert!(Query::parse(" -- \"\" * ( ) ").is_empty());
        assert_eq!(Query::parse("NEAR(a b) OR c:d").all(), "\"NEAR(a\"* AND \"b)\"* AND \"OR\"* AND \"c:d\"*");
    }

    #[test]
    fn likeness_asks_for_what_tells() {
        assert_eq!(
            Query::like("Customer settings: the page is slow, settings burn").any(),
            "\"customer\" OR \"settings\" OR \"page\" OR \"burn\""
        );
        assert!(Query::like("is it?").is_empty());
    }
}
