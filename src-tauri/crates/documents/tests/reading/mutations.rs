//! Foreign documents, damaged as files are damaged: lines that vanish, twice or elsewhere; other values; other line ends.
//! Nothing panics, every object ends somewhere, every rejection names a line and a cure, and what is taken survives export.

use firewatch_documents::{Standing, read, write};

use crate::conformance::{documents, folder};
use crate::{context, strict};

/// What stands in for a value.
const ODD: [&str; 14] = [
    "",
    "null",
    "~",
    "[]",
    "{}",
    "-1",
    "1e400",
    "99999999999999999999999999",
    "\"\\u0000\"",
    "'{{'",
    "!!binary aGk=",
    "&a [*a]",
    "\tx",
    "\u{202e}0.999",
];

/// Small, and the same at each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

fn damaged(text: &str, dice: &mut Dice) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.roll(3) {
        if lines.is_empty() {
            break;
        }
        let at = dice.roll(lines.len());
        match dice.roll(6) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let line = lines.remove(at);
                let to = dice.roll(lines.len() + 1);
                lines.insert(to, line);
            }
            3 => {
                let key = lines[at].split(':').next().unwrap_or_default().to_owned();
                lines[at] = format!("{key}: {}", ODD[dice.roll(ODD.len())]);
            }
            4 => lines[at] = lines[at].replacen("  ", " ", 1),
            _ => {
                let cut: String = lines[at].chars().take(dice.roll(40)).collect();
                lines[at] = cut;
            }
        }
    }
    let text = lines.join(if dice.roll(8) == 0 { "\r\n" } else { "\n" });
    if dice.roll(16) == 0 { format!("\u{FEFF}{text}") } else { text }
}

#[test]
fn damaged_documents_end_somewhere() {
    let Some(folder) = folder() else { return };
    let mut dice = Dice(20);
    let mut taken = 0;
    for (file, text) in documents(&folder) {
        if text.len() > 20_000 {
            continue;
        }
        for _ in 0..8 {
            let text = damaged(&text, &mut dice);
            let outcomes = read(&file, &text, &context());
            assert!(!outcomes.is_empty(), "{file} disappeared:\n{text}");
            for outcome in outcomes {
                let remarks = outcome.verdict.remarks();
                assert!(remarks.iter().all(|r| r.line.is_some_and(|l| l > 0) && !r.cure.is_empty()), "{file}: {outcome:#?}\n{text}");
                assert!(outcome.verdict.standing() != Standing::Rejected || !remarks.is_empty(), "{file}: {outcome:#?}\n{text}");
                if let Some(draft) = outcome.verdict.draft() {
                    taken += 1;
                    let document = write(&draft.clone().into_slo("id".to_owned()));
                    assert_eq!(strict::broken(&document), Vec::<String>::new(), "{file}: {document}\n{text}");
                    let again = read("again", &document, &context());
                    assert_eq!(again[0].verdict.draft(), Some(draft), "{file}: {document}\n{text}");
                }
            }
        }
    }
    assert!(taken > 100, "{taken} damaged documents were taken");
}
