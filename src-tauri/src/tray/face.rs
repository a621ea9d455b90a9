//! Four still pictures. A shape each, so that they read without colour; a light rim, so that they read on any panel.

use tauri::image::Image;
use tauri::include_image;

/// The worst state, as the tray shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Face {
    /// ● All within budget.
    Calm,
    /// ▲ A budget burns.
    Burning,
    /// ■ A budget is gone.
    Exhausted,
    /// ◌ Something cannot be seen.
    Blind,
}

impl Face {
    /// From a state's word. What we do not know is never calm.
    pub fn from_word(word: &str) -> Self {
        match word {
            "calm" => Self::Calm,
            "burning" => Self::Burning,
            "exhausted" => Self::Exhausted,
            _ => Self::Blind,
        }
    }

    /// As spoken.
    pub fn word(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Burning => "burning",
            Self::Exhausted => "exhausted",
            Self::Blind => "blind",
        }
    }

    /// The picture in the sizes panels use, smallest first.
    pub fn pictures(self) -> &'static [Image<'static>; 5] {
        match self {
            Self::Calm => &CALM,
            Self::Burning => &BURNING,
            Self::Exhausted => &EXHAUSTED,
            Self::Blind => &BLIND,
        }
    }
}

static CALM: [Image<'static>; 5] = [
    include_image!("./icons/tray/calm-16.png"),
    include_image!("./icons/tray/calm-22.png"),
    include_image!("./icons/tray/calm-24.png"),
    include_image!("./icons/tray/calm-32.png"),
    include_image!("./icons/tray/calm-48.png"),
];
static BURNING: [Image<'static>; 5] = [
    include_image!("./icons/tray/burning-16.png"),
    include_image!("./icons/tray/burning-22.png"),
    include_image!("./icons/tray/burning-24.png"),
    include_image!("./icons/tray/burning-32.png"),
    include_image!("./icons/tray/burning-48.png"),
];
static EXHAUSTED: [Image<'static>; 5] = [
    include_image!("./icons/tray/exhausted-16.png"),
    include_image!("./icons/tray/exhausted-22.png"),
    include_image!("./icons/tray/exhausted-24.png"),
    include_image!("./icons/tray/exhausted-32.png"),
    include_image!("./icons/tray/exhausted-48.png"),
];
static BLIND: [Image<'static>; 5] = [
    include_image!("./icons/tray/blind-16.png"),
    include_image!("./icons/tray/blind-22.png"),
    include_image!("./icons/tray/blind-24.png"),
    include_image!("./icons/tray/blind-32.png"),
    include_image!("./icons/tray/blind-48.png"),
];

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Face; 4] = [Face::Calm, Face::Burning, Face::Exhausted, Face::Blind];

    #[test]
    fn words_come_back_and_unknown_ones_are_blind() {
        for face in ALL {
            assert_eq!(Face::from_word(face.word()), face);
        }
        assert_eq!(Face::from_word("splendid"), Face::Blind);
    }

    #[test]
    fn every_face_has_its_own_picture_in_every_size() {
        for (at, size) in [16, 22, 24, 32, 48].into_iter().enumerate() {
            let pictures = ALL.map(|face| &face.pictures()[at]);
            for (i, picture) in pictures.iter().enumerate() {
                assert_eq!((picture.width(), picture.height(), picture.rgba().len()), (size, size, (size * size * 4) as usize));
                assert!(pictures[..i].iter().all(|other| other.rgba() != picture.rgba()));
            }
        }
    }
}
