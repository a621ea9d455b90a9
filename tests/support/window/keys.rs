//! Keys as the driving protocol names them.

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A letter, digit or sign.
    Char(char),
    /// Control.
    Control,
    /// Shift.
    Shift,
    /// Alt.
    Alt,
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Start of the line.
    Home,
    /// End of the line.
    End,
}

impl Key {
    pub(super) fn value(self) -> char {
        match self {
            Self::Char(letter) => letter,
            Self::Control => '\u{E009}',
            Self::Shift => '\u{E008}',
            Self::Alt => '\u{E00A}',
            Self::Enter => '\u{E007}',
            Self::Escape => '\u{E00C}',
            Self::Tab => '\u{E004}',
            Self::Backspace => '\u{E003}',
            Self::Up => '\u{E013}',
            Self::Down => '\u{E015}',
            Self::Left => '\u{E012}',
            Self::Right => '\u{E014}',
            Self::Home => '\u{E011}',
            Self::End => '\u{E010}',
        }
    }
}
