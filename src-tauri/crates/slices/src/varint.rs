//! Variable-length integers (LEB128) and zigzag: small figures take one byte.

/// A byte sequence ended early or held a figure wider than 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored figures are cut short or damaged")]
pub struct Damaged;

/// Appends `value`.
pub fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes one value off the front.
pub fn take(bytes: &mut &[u8]) -> Result<u64, Damaged> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first().ok_or(Damaged)?;
        *bytes = rest;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return Err(Damaged);
        }
        value |= bits << shift;
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(Damaged)
}

/// Folds the sign into the lowest bit; wraps, so that any difference of two `u64` survives.
pub fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The inverse of [`zigzag`].
pub fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// Several figures in a row, as stored beside a chunk and in single slices.
pub fn put_all(values: &[u64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() * 2);
    for value in values {
        put(&mut out, *value);
    }
    out
}

/// Reads exactly `count` figures.
pub fn take_all(mut bytes: &[u8], count: usize) -> Result<Vec<u64>, Damaged> {
    let values = (0..count).map(|_| take(&mut bytes)).collect::<Result<Vec<_>, _>>()?;
    if bytes.is_empty() { Ok(values) } else { Err(Damaged) }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn figures_survive(values in proptest::collection::vec(proptest::num::u64::ANY, 0..20)) {
            proptest::prop_assert_eq!(take_all(&put_all(&values), values.len()), Ok(values));
        }

        #[test]
        fn signs_survive(value in proptest::num::i64::ANY) {
            proptest::prop_assert_eq!(unzigzag(zigzag(value)), value);
        }

        #[test]
        fn damage_is_an_error(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..30), count in 0_usize..8) {
            let _ = take_all(&bytes, count);
        }
    }
}
