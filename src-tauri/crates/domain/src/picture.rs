//! What may be kept as a picture: a few formats that browsers decode safely, told by their bytes and not by what they are called,
//! bounded in bytes and in the size they unfold to.

/// The largest picture, in bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most it may unfold to, in pixels.
const MOST_PIXELS: u64 = 50_000_000;

/// Why something is no picture that can be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Too many bytes.
    #[error("the picture is larger than 8 MB; cut out what matters, or scale it down")]
    TooLarge,
    /// Another format, or none.
    #[error("this is no PNG, JPEG or GIF; copy the picture as one of them")]
    Format,
    /// It would unfold to too much.
    #[error("the picture has more than 50 million pixels; scale it down")]
    TooManyPixels,
}

/// The media type of a picture that can be kept.
pub fn media_type(bytes: &[u8]) -> Result<&'static str, PictureError> {
    if bytes.len() > MOST_BYTES {
        return Err(PictureError::TooLarge);
    }
    let (mime, size) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        ("image/png", png(bytes))
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        ("image/gif", gif(bytes))
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        ("image/jpeg", jpeg(bytes))
    } else {
        return Err(PictureError::Format);
    };
    let (width, height) = size.filter(|(width, height)| *width > 0 && *height > 0).ok_or(PictureError::Format)?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS { Err(PictureError::TooManyPixels) } else { Ok(mime) }
}

fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let of = |from: usize| Some(u32::from_be_bytes(bytes.get(from..from + 4)?.try_into().ok()?));
    (bytes.get(12..16)? == b"IHDR").then(|| Some((of(16)?, of(20)?)))?
}

fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    let of = |from: usize| Some(u32::from(u16::from_le_bytes(bytes.get(from..from + 2)?.try_into().ok()?)));
    Some((of(6)?, of(8)?))
}

/// The size stands in the frame header, after segments that each say how long they are.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let of = |from: usize| Some(u32::from(u16::from_be_bytes(bytes.get(from..from + 2)?.try_into().ok()?)));
    let mut at = 2;
    while *bytes.get(at)? == 0xff {
        match *bytes.get(at + 1)? {
            0xff => at += 1,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => return Some((of(at + 7)?, of(at + 5)?)),
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 | 0xda => return None,
            _ => at += 2 + of(at + 2)?.max(2) as usize,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes
    }

    #[test]
    fn pictures_are_told_by_their_bytes() {
        assert_eq!(media_type(&png_of(640, 480)), Ok("image/png"));
        assert_eq!(media_type(b"GIF89a\x01\0\x01\0"), Ok("image/gif"));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\x01\0\x02\0";
        assert_eq!(media_type(jpeg), Ok("image/jpeg"));
        assert_eq!(media_type(b"<svg onload=alert(1)>"), Err(PictureError::Format));
        assert_eq!(media_type(b"RIFF....WEBP"), Err(PictureError::Format));
        assert_eq!(media_type(b""), Err(PictureError::Format));
    }

    #[test]
    fn pictures_are_bounded() {
        assert_eq!(media_type(&png_of(60_000, 60_000)), Err(PictureError::TooManyPixels));
        assert_eq!(media_type(&png_of(0, 5)), Err(PictureError::Format));
        assert_eq!(media_type(&vec![0; MOST_BYTES + 1]), Err(PictureError::TooLarge));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(begin in 0_usize..4, rest in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let starts: [&[u8]; 4] = [b"\xff\xd8\xff", b"GIF89a", b"\x89PNG\r\n\x1a\n", b""];
            let bytes: Vec<u8> = starts[begin].iter().copied().chain(rest).collect();
            let _told = media_type(&bytes);
        }
    }
}
