//! Every color, size and distance of the window, light and dark, each also in high contrast. The only place with colors.
//!
//! Cool colors say who speaks; warm colors are kept for trouble. Knows no widget and no data.
#![allow(clippy::disallowed_methods)]

#[cfg(test)]
mod contrast;
mod palettes;

use egui::{Color32, Ui, Visuals};
use serde::{Deserialize, Serialize};
use session::dissector::ids::Side;

use self::palettes::{DARK, DARK_STRONG, LIGHT, LIGHT_STRONG};

/// The tokens of one appearance.
#[derive(Debug)]
pub struct Theme {
    /// Whether it is the dark one.
    pub dark: bool,

    /// Behind everything: toolbar, status bar, the gaps between panes.
    pub base: Color32,
    /// A pane's own surface.
    pub panel: Color32,
    /// Table heads, tab bars.
    pub header: Color32,
    /// Menus, dialogs, chips: what lies above a pane.
    pub raised: Color32,
    /// Text fields: what lies below a pane.
    pub sunken: Color32,
    /// Every second row.
    pub stripe: Color32,
    /// A row under the pointer.
    pub hover: Color32,
    /// The selected row.
    pub selected: Color32,
    /// The selected row of a pane that does not have the keyboard; bytes that belong to the selected field.
    pub selected_weak: Color32,
    /// A hairline between surfaces.
    pub line: Color32,
    /// The edge of something above: menus, buttons.
    pub edge: Color32,
    /// A line that has to be seen for what it says: the edge of a field or of a box to tick, the thumb of a scroll bar.
    pub outline: Color32,
    /// The shadow under menus and dialogs.
    pub shadow: Color32,

    /// What should be read first.
    pub strong: Color32,
    /// What is read.
    pub text: Color32,
    /// Labels, units, what steps back.
    pub dim: Color32,
    /// Placeholders, counts, what steps back furthest and can still be read. Not for selected rows: see [`Self::quiet`].
    pub faint: Color32,

    /// The one accent: focus, selection, the active tab, the chief action.
    pub accent: Color32,
    /// A surface tinted with it.
    pub accent_weak: Color32,
    /// Text on the accent.
    pub on_accent: Color32,

    /// The client, everywhere.
    pub client: Color32,
    /// A surface tinted with the client's color.
    pub client_weak: Color32,
    /// The server, everywhere.
    pub server: Color32,
    /// A surface tinted with the server's color.
    pub server_weak: Color32,

    /// Closed cleanly, valid.
    pub good: Color32,
    /// A surface tinted with it: a filter that is understood.
    pub good_weak: Color32,
    /// See [`Level::Error`].
    pub error: Color32,
    /// A surface tinted with the color of errors.
    pub error_weak: Color32,
    /// See [`Level::Warn`].
    pub warn: Color32,
    /// A surface tinted with the color of warnings.
    pub warn_weak: Color32,
    /// See [`Level::Note`].
    pub note: Color32,

    /// What the user marked or wrote.
    pub marked: Color32,
    /// A row that the user marked.
    pub marked_weak: Color32,

    /// Rows by the rules of the user, in the order of [`Tint::ALL`].
    pub tints: [Color32; 8],

    /// Bytes by what they are.
    pub bytes: ByteColors,
    /// Bytes by the field of a frame that they belong to.
    pub fields: FieldColors,
    /// Values of JSON and of the field tree.
    pub values: ValueColors,
}

/// Colors of bytes where no field is known.
#[derive(Debug)]
pub struct ByteColors {
    /// 00
    pub null: Color32,
    /// 20 and what prints as ASCII.
    pub printable: Color32,
    /// Tab, line feed, carriage return, space.
    pub space: Color32,
    /// Other control characters.
    pub control: Color32,
    /// 80 and above.
    pub high: Color32,
    /// Never captured.
    pub missing: Color32,
}

/// Colors of a frame's own bytes (RFC 6455 5.2).
#[derive(Debug)]
pub struct FieldColors {
    /// FIN and RSV1 to RSV3.
    pub flags: Color32,
    /// The opcode.
    pub opcode: Color32,
    /// The mask bit.
    pub mask: Color32,
    /// Payload length, extended or not.
    pub length: Color32,
    /// The masking key.
    pub key: Color32,
    /// The payload.
    pub payload: Color32,
    /// Everything below WebSocket: link, IP, TCP.
    pub below: Color32,
    /// HTTP.
    pub http: Color32,
    /// The header of a TLS record.
    pub record: Color32,
}

/// Colors of values by type.
#[derive(Debug)]
pub struct ValueColors {
    /// A name, a key of an object.
    pub key: Color32,
    /// A string.
    pub string: Color32,
    /// A number.
    pub number: Color32,
    /// `true`, `false`, `null`.
    pub word: Color32,
    /// Braces, commas, counts.
    pub mark: Color32,
}

/// How bad something is. Each has a shape beside its color: see `icon::level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth knowing: a ring.
    Note,
    /// Probably wrong: a triangle.
    Warn,
    /// Against the protocol, or not done: an octagon.
    Error,
}

/// A color that a rule gives to rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tint {
    /// Trouble.
    Red,
    /// What is not whole.
    Orange,
    /// What is worth a look.
    Yellow,
    /// What is well.
    Green,
    /// Anything.
    #[default]
    Teal,
    /// Anything.
    Blue,
    /// Anything.
    Violet,
    /// What steps back.
    Gray,
}

impl Tint {
    /// All of them in order.
    pub const ALL: [Self; 8] = [
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Violet,
        Self::Gray,
    ];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Red => "Red",
            Self::Orange => "Orange",
            Self::Yellow => "Yellow",
            Self::Green => "Green",
            Self::Teal => "Teal",
            Self::Blue => "Blue",
            Self::Violet => "Violet",
            Self::Gray => "Gray",
        }
    }
}

/// The grid on which everything stands, in points.
pub const GRID: f32 = 4.0;
/// Height of a row in tables and trees.
pub const ROW: f32 = 20.0;
/// Height of a table's head and of a tab bar.
pub const HEADER: f32 = 24.0;
/// Height of the toolbar.
pub const TOOLBAR: f32 = 40.0;
/// Height of the status bar.
pub const STATUS: f32 = 24.0;
/// Height of buttons and text fields.
pub const CONTROL: f32 = 28.0;
/// Space between a cell's edge and its text.
pub const CELL: f32 = 8.0;
/// Width of scroll bars.
pub const SCROLL: f32 = 12.0;
/// Rounding of buttons, fields and chips.
pub const ROUND: u8 = 4;
/// Rounding of menus and dialogs.
pub const ROUND_LARGE: u8 = 8;

impl Theme {
    /// The tokens that hold where `ui` draws.
    pub fn of(ui: &Ui) -> &'static Self {
        Self::shown(ui.visuals())
    }

    /// The tokens that these visuals were made from. egui's visuals say dark or light; which contrast it is, is told by
    /// the color of quiet text, which was taken from the tokens.
    pub fn shown(visuals: &Visuals) -> &'static Self {
        let strong = Self::which(visuals.dark_mode, true);
        if visuals.weak_text_color == Some(strong.dim) { strong } else { Self::when(visuals.dark_mode) }
    }

    /// The tokens of the dark or the light appearance, in usual contrast.
    pub const fn when(dark: bool) -> &'static Self {
        Self::which(dark, false)
    }

    /// The tokens of an appearance, in high contrast or not.
    pub const fn which(dark: bool, high_contrast: bool) -> &'static Self {
        match (dark, high_contrast) {
            (true, false) => &DARK,
            (false, false) => &LIGHT,
            (true, true) => &DARK_STRONG,
            (false, true) => &LIGHT_STRONG,
        }
    }

    /// The color of what steps back furthest, in a row that is selected or not.
    pub const fn quiet(&self, selected: bool) -> Color32 {
        if selected { self.dim } else { self.faint }
    }

    /// The color of a side.
    pub const fn side(&self, side: Side) -> Color32 {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }

    /// A surface tinted with the color of a side.
    pub const fn side_weak(&self, side: Side) -> Color32 {
        match side {
            Side::Client => self.client_weak,
            Side::Server => self.server_weak,
        }
    }

    /// The ground of a row that a rule colors.
    pub const fn tint(&self, tint: Tint) -> Color32 {
        self.tints[tint as usize]
    }

    /// The color of a level.
    pub const fn level(&self, level: Level) -> Color32 {
        match level {
            Level::Note => self.note,
            Level::Warn => self.warn,
            Level::Error => self.error,
        }
    }

    /// The color of a byte by what it is.
    pub const fn byte(&self, byte: u8) -> Color32 {
        match byte {
            0 => self.bytes.null,
            b' ' | b'\t' | b'\n' | b'\r' => self.bytes.space,
            0x21..=0x7e => self.bytes.printable,
            0x80.. => self.bytes.high,
            _ => self.bytes.control,
        }
    }
}
