//! Updates with a checksum, for files and folders: most single bits that flip still decode to an update, only to another one.

use crate::{CaseError, LONGEST_UPDATE};

/// Length and CRC-32, four bytes each, little-endian, then the update.
const HEAD: usize = 8;

/// What a case file begins with; the id of its incident and the end of the line follow.
const HEADING: &str = "firewatch case 1 ";
/// Longest id of an incident in a heading.
const LONGEST_ID: usize = 200;

/// The first line of the case file of an incident.
pub fn heading(incident: &str) -> Vec<u8> {
    format!("{HEADING}{incident}\n").into_bytes()
}

/// The incident that a case file says it is of, and what comes behind its first line; none for any other file.
pub fn headed(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(HEADING.as_bytes())?;
    let end = rest.iter().take(LONGEST_ID + 1).position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&rest[..end]).ok()?, &rest[end + 1..]))
}

/// What tells whether bytes are the same as before.
pub fn sum_of(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// An update ready to be laid into a file, one behind another.
pub fn sealed(update: &[u8]) -> Vec<u8> {
    let length = u32::try_from(update.len()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(HEAD + update.len());
    out.extend(length.to_le_bytes());
    out.extend(sum(length, update).to_le_bytes());
    out.extend(update);
    out
}

/// An update, and the bytes behind it.
pub type Opened<'a> = (&'a [u8], &'a [u8]);

/// The first update of some bytes and what comes behind it. None where the bytes end before the update does: the rest may
/// still be on its way.
pub fn opened(bytes: &[u8]) -> Result<Option<Opened<'_>>, CaseError> {
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD>() else { return Ok(None) };
    let [l0, l1, l2, l3, s0, s1, s2, s3] = *head;
    let (length, told) = (u32::from_le_bytes([l0, l1, l2, l3]), u32::from_le_bytes([s0, s1, s2, s3]));
    if length as usize > LONGEST_UPDATE {
        return Err(CaseError::TooLarge(length as usize));
    }
    let Some((update, rest)) = rest.split_at_checked(length as usize) else { return Ok(None) };
    if sum(length, update) == told { Ok(Some((update, rest))) } else { Err(CaseError::Damaged) }
}

fn sum(length: u32, update: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_le_bytes());
    hasher.update(update);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_one_after_another() {
        let bytes = [sealed(b"one"), sealed(b""), sealed(b"three")].concat();
        let (first, rest) = opened(&bytes).unwrap().unwrap();
        let (second, rest) = opened(rest).unwrap().unwrap();
        let (third, rest) = opened(rest).unwrap().unwrap();
        assert_eq!([first, second, third], [&b"one"[..], b"", b"three"]);
        assert_eq!(opened(rest), Ok(None));
    }

    #[test]
    fn a_heading_names_its_incident() {
        let bytes = [heading("i-1"), sealed(b"one")].concat();
        let (incident, rest) = headed(&bytes).unwrap();
        assert_eq!((incident, opened(rest).unwrap().unwrap().0), ("i-1", &b"one"[..]));
        for bad in [
            &b""[..],
            b"firewatch case 1 ",
            b"firewatch case 2 i\n",
            b"PK",
            &[b"firewatch case 1 ".as_slice(), &[b'x'; 500], b"\n"].concat(),
        ] {
            assert_eq!(headed(bad), None);
        }
    }

    #[test]
    fn no_flipped_bit_and_no_cut_gets_through() {
        let whole = sealed(b"some update of a document");
        for bit in 0..whole.len() * 8 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(!matches!(opened(&flipped), Ok(Some(_))), "bit {bit}");
        }
        for cut in 0..whole.len() {
            assert_eq!(opened(&whole[..cut]), Ok(None), "cut at {cut}");
        }
    }
}
