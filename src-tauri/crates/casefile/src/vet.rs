//! A look at the bytes of an update before it is read: values may be nested, and whoever reads them goes one call deeper for each
//! level. What goes deeper than any editor, or holds kinds of content no editor writes, is not read at all.
//!
//! The form is version 1 of Yjs's updates: structs by client, then what was deleted.

use crate::CaseError;
use crate::vocabulary::{META, META_SCHEMA};

/// Deepest nesting of a value.
const DEEPEST: usize = 64;

/// Whether an update may be read. Answers the highest schema that it says the document has, also where another edit wins over that.
pub fn vetted(update: &[u8]) -> Result<Option<u32>, CaseError> {
    let mut rest = Rest(update, None);
    match rest.update() {
        Some(()) if rest.0.is_empty() => Ok(rest.1),
        _ => Err(CaseError::Undecodable("it is cut short, nested too deep, or no update of an editor".to_owned())),
    }
}

/// Whether a state vector may be read: as many clients as it says, each with its clock, and nothing behind them.
pub fn vetted_vector(vector: &[u8]) -> Result<(), CaseError> {
    let mut rest = Rest(vector, None);
    let mut whole = || {
        let count = rest.number()?;
        (0..count).try_for_each(|_| rest.id())
    };
    match whole() {
        Some(()) if rest.0.is_empty() => Ok(()),
        _ => Err(CaseError::StateVector("it is cut short, or none".to_owned())),
    }
}

/// What was not looked at yet, and the schema that was said so far. Everything answers none where it ends too early.
struct Rest<'a>(&'a [u8], Option<u32>);

impl<'a> Rest<'a> {
    fn update(&mut self) -> Option<()> {
        for _ in 0..self.number()? {
            let structs = self.number()?;
            self.id()?;
            for _ in 0..structs {
                self.block()?;
            }
        }
        for _ in 0..self.number()? {
            self.number()?;
            for _ in 0..self.number()? {
                self.id()?;
            }
        }
        Some(())
    }

    fn block(&mut self) -> Option<()> {
        let info = self.byte()?;
        let (origin, right, named) = (info & 0x80 != 0, info & 0x40 != 0, info & 0x20 != 0);
        let kind = info & 0x1f;
        // Forgotten, or a hole.
        if kind == 0 || kind == 10 {
            return self.number().map(drop);
        }
        if origin {
            self.id()?;
        }
        if right {
            self.id()?;
        }
        let mut schema = false;
        if !origin && !right {
            let root = if self.number()? == 1 { Some(self.word()?) } else { self.id().map(|()| None)? };
            let key = if named { Some(self.word()?) } else { None };
            schema = root == Some(META.as_bytes()) && key == Some(META_SCHEMA.as_bytes());
        }
        match kind {
            // Deleted, of which only the length is left.
            1 => self.number().map(drop),
            // JSON texts; their own reader is bounded.
            2 => (0..self.number()?).try_for_each(|_| self.text()),
            // Bytes, a text, an embedded value as JSON.
            3..=5 => self.text(),
            6 => self.text().and_then(|()| self.text()),
            7 => match self.number()? {
                0..=2 | 4 | 6 => Some(()),
                3 | 5 => self.text(),
                _ => None,
            },
            8 => {
                let count = self.number()?;
                let before = self.0;
                self.values(count)?;
                if schema {
                    self.1 = self.1.max(Some(schema_of(before)));
                }
                Some(())
            }
            9 => self.text().and_then(|()| self.values(1)),
            _ => None,
        }
    }

    /// Values one behind another, without a call for each level.
    fn values(&mut self, count: u64) -> Option<()> {
        // How many are still to come at each level, and whether each has a name before it.
        let mut levels = vec![(count, false)];
        while let Some((left, named)) = levels.last_mut() {
            if *left == 0 {
                levels.pop();
                continue;
            }
            *left -= 1;
            if *named {
                self.text()?;
            }
            match self.byte()? {
                120 | 121 | 126 | 127 => {}
                125 => while self.byte()? & 0x80 != 0 {},
                124 => self.skip(4)?,
                122 | 123 => self.skip(8)?,
                119 | 116 => self.text()?,
                kind @ (117 | 118) => {
                    let inside = self.number()?;
                    levels.push((inside, kind == 118));
                    if levels.len() > DEEPEST {
                        return None;
                    }
                }
                _ => return None,
            }
        }
        Some(())
    }

    /// Client and clock.
    fn id(&mut self) -> Option<()> {
        self.number()?;
        self.number().map(drop)
    }

    /// A text or bytes, by their length.
    fn text(&mut self) -> Option<()> {
        self.word().map(drop)
    }

    fn word(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (word, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(word)
    }

    fn skip(&mut self, length: usize) -> Option<()> {
        self.0 = self.0.get(length..)?;
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number of any length: seven bits a byte, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

/// A schema as a value: a small whole number; anything else is newer than we know.
fn schema_of(value: &[u8]) -> u32 {
    match value {
        // Six bits in the first byte of such a number; the seventh is its sign, the eighth says that it goes on.
        [125, small, ..] if small & 0xc0 == 0 => u32::from(*small),
        [124, a, b, c, d, ..] => f32::from_be_bytes([*a, *b, *c, *d]) as u32,
        [123, rest @ ..] => rest.first_chunk().map_or(u32::MAX, |bytes| f64::from_be_bytes(*bytes) as u32),
        _ => u32::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::all;
    use crate::{CaseFile, Drawer};

    #[test]
    fn what_editors_write_passes_and_no_part_of_it_does() {
        let case = CaseFile::new(1);
        case.put(Drawer::Comments, [("a", "b")]);
        let updates = all().into_iter().map(|template| template.seed()).chain([case.whole(), vec![0, 0]]);
        for update in updates {
            assert!(vetted(&update).is_ok());
            for cut in 0..update.len() {
                assert!(vetted(&update[..cut]).is_err(), "cut at {cut}");
            }
        }
    }

    #[test]
    fn a_value_nested_a_million_deep_is_not_read() {
        // One item of client 1: a list of values in the list `x`, the first of them lists in lists.
        let mut update = vec![1, 1, 1, 0, 8, 1, 1, b'x', 1];
        update.extend([117, 1].repeat(1_000_000));
        update.extend([126, 0]);
        assert!(matches!(CaseFile::new(1).apply(&update), Err(CaseError::Undecodable(_))));
        let mut shallow = vec![1, 1, 1, 0, 8, 1, 1, b'x', 1];
        shallow.extend([117, 1].repeat(20));
        shallow.extend([126, 0]);
        assert_eq!(vetted(&shallow), Ok(None));
    }

    #[test]
    fn a_state_vector_holds_what_it_counts() {
        for good in [&[0][..], &[1, 5, 9], &[2, 5, 9, 0x80, 1, 3]] {
            assert_eq!(vetted_vector(good), Ok(()));
        }
        for bad in [&[][..], &[1], &[1, 5], &[0, 0], &[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xff; 11]] {
            assert!(vetted_vector(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_length_that_is_not_there_is_not_believed() {
        for update in [vec![0xff; 40], vec![1, 0xff, 0xff, 0xff, 0x7f, 1, 0], vec![1, 1, 1, 0, 4, 1, 1, b'x', 0xff, 0xff, 0x7f]] {
            assert!(vetted(&update).is_err());
        }
    }
}
