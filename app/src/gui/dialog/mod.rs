//! What opens above the window: quick inputs at the top and the sheet of keys. Escape or a click beside closes them.

pub mod go_to;
pub mod keys;
pub mod open;
pub mod palette;
pub mod quick;

/// The one that is open.
pub enum Dialog {
    /// A path is asked for.
    Open(open::Open),
    /// A number is asked for.
    GoTo(go_to::GoTo),
    /// A command is asked for.
    Palette(palette::Palette),
    /// The keys are shown.
    Keys,
}
