//! Markdown as its plain text, for comparing: two dialects of the same words are the same.

/// The words of a Markdown text without its marks: emphasis, heads, bullets, fences, quotes and table bars go, addresses of links
/// stay, white space is one space. Pure; never longer than the text.
pub fn projection(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !is_rule(line)).map(line_words);
    lines.collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A fence, a rule, a table's second line.
fn is_rule(line: &str) -> bool {
    let line = line.trim().trim_start_matches(['>', ' ']);
    line.starts_with("```") || line.starts_with("~~~") || !line.is_empty() && line.chars().all(|c| "-*_=|: ".contains(c))
}

fn line_words(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = without_bullets(line).chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|next| if is_mark(next) { ' ' } else { next })),
            mark if is_mark(mark) => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

/// Signs that mean something in Markdown and are left out wherever they stand.
fn is_mark(c: char) -> bool {
    "*_~`[]()<>|#{}!".contains(c)
}

fn without_bullets(line: &str) -> &str {
    let mut line = line.trim_start();
    loop {
        let rest = line.trim_start_matches(['#', '>', ' ']);
        let bullet = rest.strip_prefix("- ").or(rest.strip_prefix("* ")).or(rest.strip_prefix("+ "));
        let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = (digits.len() < rest.len()).then(|| digits.strip_prefix(". ").or(digits.strip_prefix(") "))).flatten();
        match bullet.or(number) {
            Some(after) => line = after,
            None => return rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::projection;

    #[test]
    fn dialects_are_the_same_and_words_are_not() {
        assert_eq!(projection("# Head\n\n* **one**\n* [two](https://x.example/)\n"), "Head one two https://x.example/");
        assert_eq!(
            projection("Head\n====\n- __one__\n- [two](<https://x.example/>)"),
            projection("# Head\n\n+ one\n+ two <https://x.example/>")
        );
        assert_eq!(projection("1. a\n2. b"), projection("1) a\n1) b"));
        assert_eq!(projection("snake\\_case"), projection("snake_case"));
        assert_ne!(projection("5 %"), projection("5"));
        assert_ne!(projection("a-b"), projection("a b"));
        assert_eq!(projection("```rust\nlet x;\n```"), "let x;");
    }
}
