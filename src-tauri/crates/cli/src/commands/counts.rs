//! What `evaluate` and `backtest` read from files: definitions and counts.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, Result, bail};
use firewatch_documents::{Context as Belonging, Verdict, read, read_counts};
use firewatch_domain::history::History;
use firewatch_domain::minute::Minute;
use firewatch_domain::slo::Slo;
use firewatch_domain::words;

use crate::notice;

/// No SLO document is larger.
const LARGEST_DOCUMENT: u64 = 8 << 20;

/// The definitions of a file, and whether some of it was rejected; why is said on standard error.
pub fn definitions(path: &Path) -> Result<(Vec<Slo>, bool)> {
    let shown = path.display();
    let size = std::fs::metadata(path).with_context(|| format!("{shown} cannot be read"))?.len();
    if size > LARGEST_DOCUMENT {
        bail!("{shown} is larger than 8 MB; no SLO document is");
    }
    let bytes = std::fs::read(path).with_context(|| format!("{shown} cannot be read"))?;
    let belonging = Belonging { source: "file".to_owned(), environment: "production".to_owned() };
    let (mut slos, mut rejected) = (Vec::new(), Vec::new());
    for outcome in read(&shown.to_string(), &String::from_utf8_lossy(&bytes), &belonging) {
        let place = outcome.line.map_or_else(|| outcome.file.clone(), |line| format!("{}:{line}", outcome.file));
        let remarks = outcome.verdict.remarks().iter().map(|r| words::plain(&r.to_string(), 600)).collect::<Vec<_>>().join(" ");
        match outcome.verdict {
            Verdict::Imported(draft) => slos.push(draft.into_slo(String::new())),
            Verdict::Warned(draft, _) => {
                notice(&format!("{place}: {remarks}"));
                slos.push(draft.into_slo(String::new()));
            }
            Verdict::Understood { .. } => {}
            Verdict::Rejected(_) => rejected.push(format!("{place}: {remarks}")),
        }
    }
    if slos.is_empty() {
        bail!("{}", if rejected.is_empty() { format!("{shown} defines no SLO") } else { rejected.join("\n") });
    }
    for why in &rejected {
        notice(why);
    }
    Ok((slos, !rejected.is_empty()))
}

/// The counts of a file.
pub fn counts(path: &Path) -> Result<History> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    read_counts(BufReader::new(file)).with_context(|| path.display().to_string())
}

/// A time as typed, RFC 3339 or unix seconds; the last whole minute before it counts.
pub fn minute(text: &str) -> Result<Minute> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>()
        && (0..=9_999_999_999).contains(&seconds)
    {
        return Ok(Minute(seconds.div_euclid(60)));
    }
    let time = chrono::DateTime::parse_from_rfc3339(text);
    let time = time.with_context(|| format!("`{text}` is not a time; write it as 2026-11-22T04:00:00Z or in unix seconds"))?;
    Ok(Minute::containing(time.to_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_minutes() {
        for (text, at) in [("1795320000", 29_922_000), ("2026-11-22T04:00:59Z", 29_922_000), ("2026-11-22T05:00:00+01:00", 29_922_000)] {
            assert_eq!(minute(text).unwrap().0, at, "{text}");
        }
        for text in ["", "today", "2026-11-22", "-5", "1795320000000"] {
            assert!(minute(text).is_err(), "{text}");
        }
    }
}
