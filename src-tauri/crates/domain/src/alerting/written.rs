//! Rules as people type them: `page:14.4@1h/5m`, or `ticket:1@36h` for a single window.

use super::{Rule, Severity};
use crate::objective::decimal_scaled;
use crate::window::{lookback_text, parse_minutes};

/// Decimals of a factor that are kept.
const DECIMALS: u32 = 6;
/// In millionths: an objective of 99.999 % burns 100,000 times too fast at most.
const LARGEST: u64 = 100_000_000_000;

/// Why a text is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// It does not read as one.
    #[error("`{0}` is not a rule; write severity, factor and look-backs as page:14.4@1h/5m, or ticket:1@36h for a single window")]
    Unreadable(String),
    /// The short look-back is longer than the long one.
    #[error("the short look-back of `{0}` is longer than the long one; write the long one first, as page:14.4@1h/5m")]
    Backwards(String),
}

impl Rule {
    /// From `severity:factor@long/short`; without `/short` one look-back decides alone.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let unreadable = || RuleError::Unreadable(crate::words::plain(text, 60));
        let (severity, rest) = text.trim().split_once(':').ok_or_else(unreadable)?;
        let (factor, lookbacks) = rest.split_once('@').ok_or_else(unreadable)?;
        let severity = match severity.trim() {
            "page" => Severity::Page,
            "ticket" => Severity::Ticket,
            _ => return Err(unreadable()),
        };
        let factor = factor.trim().trim_end_matches(['x', '×']);
        let scaled = decimal_scaled(factor, DECIMALS as usize).filter(|f| (1..=LARGEST).contains(f)).ok_or_else(unreadable)?;
        let (long, short) = lookbacks.split_once('/').unwrap_or((lookbacks, lookbacks));
        let minutes = |text| parse_minutes(text).ok_or_else(unreadable);
        let (long, short) = (minutes(long)?, minutes(short)?);
        if short > long {
            return Err(RuleError::Backwards(crate::words::plain(text, 60)));
        }
        let (factor_num, factor_den) = reduced(scaled, 10_u64.pow(DECIMALS));
        Ok(Self { severity, long, short, factor_num, factor_den })
    }

    /// As typed.
    pub fn written(&self) -> String {
        let factor = format!("{}", (self.factor() * 1e6).round() / 1e6);
        let severity = self.severity.word();
        match (lookback_text(self.long), lookback_text(self.short)) {
            (long, short) if long == short => format!("{severity}:{factor}@{long}"),
            (long, short) => format!("{severity}:{factor}@{long}/{short}"),
        }
    }
}

fn reduced(num: u64, den: u64) -> (u64, u64) {
    let (mut a, mut b) = (num, den);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    (num / a, den / a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_and_write() {
        let rule = Rule::parse("page:14.4@1h/5m").unwrap();
        assert_eq!((rule.severity, rule.long, rule.short, rule.factor_num, rule.factor_den), (Severity::Page, 60, 5, 72, 5));
        for (text, written) in [
            ("page:14.4@1h/5m", "page:14.4@1h/5m"),
            ("ticket:1@36h", "ticket:1@36h"),
            (" ticket : 1.50x @ 3d/6h", "ticket:1.5@3d/6h"),
            ("page:36@60m/60m", "page:36@1h"),
        ] {
            assert_eq!(Rule::parse(text).map(|r| r.written()), Ok(written.to_owned()), "{text}");
        }
        for text in ["", "page", "page:14.4", "page:@1h", "page:0@1h", "page:-1@1h", "page:1@", "sms:1@1h", "page:1@1h/", "page:1e3@1h"] {
            assert!(matches!(Rule::parse(text), Err(RuleError::Unreadable(_))), "{text}");
        }
        assert!(matches!(Rule::parse("page:1@5m/1h"), Err(RuleError::Backwards(_))));
    }
}
