//! Text between three tongues: our Markdown, the document format of Jira Cloud, the wiki markup of Data Center. All of it goes
//! through one small tree, so that each tongue is written once and read once. Pure functions; whatever is not understood becomes
//! its plain text, and reading never fails.

mod adf;
mod adf_read;
mod markdown;
mod wiki;
mod wiki_read;

pub use adf::to_adf;
pub use adf_read::from_adf;
pub use wiki::to_wiki;
pub use wiki_read::from_wiki;

/// Levels of lists that are kept; deeper ones join the last. Jira's editor shows no more than these alike everywhere.
const LIST_LEVELS: usize = 3;

/// What was read, as Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadText {
    /// Markdown.
    pub markdown: String,
    /// It holds what cannot be written back as it was: tables, media, mentions, colours.
    pub opaque: bool,
}

/// A block.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Paragraph(Vec<Span>),
    Heading(u8, Vec<Span>),
    /// First number of an ordered one; items.
    List(Option<usize>, Vec<Vec<Self>>),
    Code(String, String),
    Quote(Vec<Self>),
    Rule,
}

/// A run of text, or a break of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Span {
    Text(String, Style),
    Break,
}

/// How a run of text looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Style {
    strong: bool,
    em: bool,
    strike: bool,
    code: bool,
    link: Option<String>,
}

impl Style {
    fn plain(&self) -> bool {
        *self == Self::default()
    }
}

/// What may stand inside a list or a quote: heads become strong paragraphs, quotes and rules dissolve.
fn inner(blocks: &[Block]) -> Vec<Block> {
    let mut out = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(_, spans) => out.push(Block::Paragraph(spans.iter().map(strong).collect())),
            Block::Quote(inside) => out.extend(inner(inside)),
            Block::Rule => {}
            other => out.push(other.clone()),
        }
    }
    out
}

fn strong(span: &Span) -> Span {
    match span {
        Span::Text(text, style) if !style.code => Span::Text(text.clone(), Style { strong: true, ..style.clone() }),
        other => other.clone(),
    }
}

/// Lists no deeper than [`LIST_LEVELS`]: items below that become items of the last level.
fn shallow(items: &[Vec<Block>], level: usize) -> Vec<Vec<Block>> {
    let mut out = Vec::new();
    for item in items {
        let (mut kept, mut after) = (Vec::new(), Vec::new());
        for block in inner(item) {
            match block {
                Block::List(_, inside) if level >= LIST_LEVELS => after.extend(shallow(&inside, level)),
                Block::List(start, inside) => kept.push(Block::List(start, shallow(&inside, level + 1))),
                other => kept.push(other),
            }
        }
        if !kept.is_empty() {
            out.push(kept);
        }
        out.extend(after);
    }
    out
}

/// Neighbours of the same look become one; nothing empty stays; no break at either end.
fn joined(spans: Vec<Span>) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match (out.last_mut(), span) {
            (_, Span::Text(text, _)) if text.is_empty() => {}
            (Some(Span::Text(before, look)), Span::Text(text, style)) if *look == style => before.push_str(&text),
            (None, Span::Break) => {}
            (_, span) => out.push(span),
        }
    }
    while out.last() == Some(&Span::Break) {
        out.pop();
    }
    out
}
