//! The wiki markup of Jira Data Center as Markdown, as far as we write it ourselves; the rest stays as it stands and makes the text
//! opaque, so that it is never written over.

use super::{Block, ReadText, Span, Style, joined, markdown};

/// Wiki markup as Markdown.
pub fn from_wiki(text: &str) -> ReadText {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    let mut reader = Reader { opaque: false };
    let blocks = reader.blocks(&lines);
    ReadText { markdown: markdown::write(&blocks), opaque: reader.opaque }
}

struct Reader {
    opaque: bool,
}

impl Reader {
    fn blocks(&mut self, lines: &[&str]) -> Vec<Block> {
        let mut out: Vec<Block> = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at].trim();
            if line.is_empty() {
                at += 1;
            } else if let Some(language) = fence(line, "code").or_else(|| fence(line, "noformat")) {
                let end = closing(lines, at, if line.starts_with("{code") { "{code}" } else { "{noformat}" });
                out.push(Block::Code(language, lines[at + 1..end].join("\n")));
                at = end + 1;
            } else if line == "{quote}" {
                let end = closing(lines, at, "{quote}");
                let inside = self.blocks(&lines[at + 1..end]);
                if !inside.is_empty() {
                    out.push(Block::Quote(inside));
                }
                at = end + 1;
            } else if line == "----" {
                out.push(Block::Rule);
                at += 1;
            } else if let Some((level, rest)) = head(line) {
                out.push(Block::Heading(level, self.line(rest)));
                at += 1;
            } else if let Some(rest) = line.strip_prefix("bq. ") {
                out.push(Block::Quote(vec![Block::Paragraph(self.line(rest))]));
                at += 1;
            } else if bullets(line).is_some() {
                let end = (at..lines.len()).find(|i| lines[*i].trim().is_empty()).unwrap_or(lines.len());
                out.extend(self.list(&lines[at..end]));
                at = end;
            } else {
                let ends = |line: &str| {
                    line.is_empty() || bullets(line).is_some() || head(line).is_some() || line == "{quote}" || line.starts_with("{code")
                };
                let end = (at + 1..lines.len()).find(|i| ends(lines[*i].trim())).unwrap_or(lines.len());
                let parts: Vec<Vec<Span>> = lines[at..end].iter().map(|line| self.line(line.trim())).collect();
                let spans = joined(parts.join(&Span::Break));
                if !spans.is_empty() {
                    out.push(Block::Paragraph(spans));
                }
                at = end;
            }
        }
        out
    }

    /// Lines of one list; a line without bullets goes on the item before.
    fn list(&mut self, lines: &[&str]) -> Vec<Block> {
        let mut items: Vec<(String, Vec<Span>)> = Vec::new();
        for line in lines {
            let line = line.trim();
            match (bullets(line), items.last_mut()) {
                (None, Some((_, spans))) => {
                    spans.push(Span::Break);
                    spans.extend(self.line(line));
                }
                (Some((marks, rest)), _) => items.push((marks.to_owned(), self.line(rest))),
                (None, None) => {}
            }
        }
        nested(&items, 0)
    }

    fn line(&mut self, line: &str) -> Vec<Span> {
        let unknown = ["||", "{panel", "{color", "[~", "{table", "{expand", "{anchor", "{toc"];
        if unknown.iter().any(|mark| line.contains(mark)) || line.starts_with('|') || is_image(line) {
            self.opaque = true;
        }
        let chars: Vec<char> = line.chars().collect();
        let (mut out, mut run, mut style, mut at) = (Vec::new(), String::new(), Style::default(), 0);
        while at < chars.len() {
            let rest: &[char] = &chars[at..];
            if rest[0] == '\\' && rest.len() > 1 {
                run.push(rest[1]);
                at += 2;
            } else if let Some((text, length)) = code(rest) {
                out.push(Span::Text(std::mem::take(&mut run), style.clone()));
                out.push(Span::Text(text, Style { code: true, ..Style::default() }));
                at += length;
            } else if let Some((label, url, length)) = link(rest) {
                out.push(Span::Text(std::mem::take(&mut run), style.clone()));
                for span in self.line(&label) {
                    out.push(match span {
                        Span::Text(text, look) => Span::Text(text, Style { link: Some(url.clone()), ..over(&look, &style) }),
                        Span::Break => Span::Break,
                    });
                }
                at += length;
            } else if let Some((mark, length)) = emphasis(&chars, at, &style) {
                out.push(Span::Text(std::mem::take(&mut run), style.clone()));
                match mark {
                    '*' => style.strong = !style.strong,
                    '_' => style.em = !style.em,
                    _ => style.strike = !style.strike,
                }
                at += length;
            } else {
                run.push(rest[0]);
                at += 1;
            }
        }
        out.push(Span::Text(run, style));
        joined(out)
    }
}

fn over(inner: &Style, outer: &Style) -> Style {
    Style { strong: inner.strong || outer.strong, em: inner.em || outer.em, strike: inner.strike || outer.strike, ..inner.clone() }
}

/// `{code}` or `{code:java|title=x}` alone on a line: its language.
fn fence(line: &str, name: &str) -> Option<String> {
    let inside = line.strip_prefix('{')?.strip_suffix('}')?.strip_prefix(name)?;
    match inside.strip_prefix(':') {
        None => inside.is_empty().then(String::new),
        Some(options) => Some(options.split('|').find(|o| !o.contains('=')).unwrap_or_default().to_owned()),
    }
}

fn closing(lines: &[&str], from: usize, end: &str) -> usize {
    (from + 1..lines.len()).find(|i| lines[*i].trim() == end).unwrap_or(lines.len())
}

fn head(line: &str) -> Option<(u8, &str)> {
    let digit = line.strip_prefix('h')?.chars().next()?.to_digit(10).filter(|level| (1..=6).contains(level))?;
    Some((digit as u8, line[2..].strip_prefix(". ")?))
}

fn bullets(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start_matches(['*', '#', '-']);
    let marks = &line[..line.len() - rest.len()];
    let known = marks == "-" || !marks.is_empty() && !marks.contains('-');
    rest.strip_prefix(' ').filter(|_| known).map(|rest| (marks, rest.trim()))
}

fn nested(items: &[(String, Vec<Span>)], depth: usize) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut at = 0;
    while at < items.len() {
        let ordered = items[at].0.chars().nth(depth).unwrap_or('*') == '#';
        let mut list = Vec::new();
        while at < items.len() && (items[at].0.chars().nth(depth).unwrap_or('*') == '#') == ordered {
            let inside = (at + 1..items.len()).find(|i| items[*i].0.chars().count() <= depth + 1).unwrap_or(items.len());
            let mut item = Vec::new();
            if !items[at].1.is_empty() {
                item.push(Block::Paragraph(items[at].1.clone()));
            }
            item.extend(nested(&items[at + 1..inside], depth + 1));
            if !item.is_empty() {
                list.push(item);
            }
            at = inside;
        }
        if !list.is_empty() {
            out.push(Block::List(ordered.then_some(1), list));
        }
    }
    out
}

fn code(rest: &[char]) -> Option<(String, usize)> {
    if rest.len() < 5 || rest[0] != '{' || rest[1] != '{' {
        return None;
    }
    let mut text = String::new();
    let mut at = 2;
    while at + 1 < rest.len() {
        match (rest[at], rest[at + 1]) {
            ('}', '}') if !text.is_empty() => return Some((text, at + 2)),
            ('\\', '}') => {
                text.push('}');
                at += 2;
            }
            (c, _) => {
                text.push(c);
                at += 1;
            }
        }
    }
    None
}

/// `[label|address]` or `[address]`.
fn link(rest: &[char]) -> Option<(String, String, usize)> {
    if rest[0] != '[' || rest.get(1) == Some(&'~') {
        return None;
    }
    let mut end = 1;
    while end < rest.len() && rest[end] != ']' {
        end += if rest[end] == '\\' { 2 } else { 1 };
    }
    if end >= rest.len() {
        return None;
    }
    let inside: String = rest[1..end].iter().collect();
    let (label, url) = inside.rsplit_once('|').map_or((None, inside.as_str()), |(label, url)| (Some(label), url));
    let known = ["http://", "https://", "mailto:", "/", "#"].iter().any(|begin| url.starts_with(begin)) || label.is_some();
    known.then(|| (label.map_or_else(|| escape(url), str::to_owned), url.to_owned(), end + 1))
}

fn escape(url: &str) -> String {
    url.chars().flat_map(|c| if "*_-{}[]\\".contains(c) { vec!['\\', c] } else { vec![c] }).collect()
}

/// A mark that begins or ends emphasis: `{*}` anywhere, `*` at the edge of a word.
fn emphasis(chars: &[char], at: usize, style: &Style) -> Option<(char, usize)> {
    let known = |c: char| matches!(c, '*' | '_' | '-');
    if chars[at] == '{' && at + 2 < chars.len() && known(chars[at + 1]) && chars[at + 2] == '}' {
        return Some((chars[at + 1], 3));
    }
    let mark = chars[at];
    if !known(mark) {
        return None;
    }
    let open = match mark {
        '*' => style.strong,
        '_' => style.em,
        _ => style.strike,
    };
    let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
    let (before, after) = (at.checked_sub(1).and_then(|i| chars.get(i)), chars.get(at + 1));
    let fits = if open {
        before.is_some_and(|c| !c.is_whitespace()) && !word(after)
    } else {
        let closes = || (at + 2..chars.len()).any(|i| chars[i] == mark && !chars[i - 1].is_whitespace() && !word(chars.get(i + 1)));
        !word(before) && after.is_some_and(|c| !c.is_whitespace() && *c != mark) && closes()
    };
    fits.then_some((mark, 1))
}

/// `!picture.png!`
fn is_image(line: &str) -> bool {
    let unescaped = line.replace("\\!", "");
    unescaped.split_once('!').and_then(|(_, rest)| rest.split_once('!')).is_some_and(|(name, _)| name.contains('.') && !name.contains(' '))
}
