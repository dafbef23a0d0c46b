//! Every color, size and distance of the window, light and dark. The only file with colors in it.
//!
//! Cool colors say who speaks; warm colors are kept for trouble. Knows no widget and no data.
#![allow(clippy::disallowed_methods)]

use egui::{Color32, Ui};
use serde::{Deserialize, Serialize};
use session::dissector::ids::Side;

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
    /// The edge of something above: menus, fields, buttons.
    pub edge: Color32,
    /// The shadow under menus and dialogs.
    pub shadow: Color32,

    /// What should be read first.
    pub strong: Color32,
    /// What is read.
    pub text: Color32,
    /// Labels, units, what steps back.
    pub dim: Color32,
    /// Placeholders, separators, what is almost not there.
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
        Self::when(ui.visuals().dark_mode)
    }

    /// The tokens of the dark or the light appearance.
    pub const fn when(dark: bool) -> &'static Self {
        if dark { &DARK } else { &LIGHT }
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

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

static DARK: Theme = Theme {
    dark: true,
    base: rgb(0x14161a),
    panel: rgb(0x1a1c21),
    header: rgb(0x1e2127),
    raised: rgb(0x25282f),
    sunken: rgb(0x111316),
    stripe: rgb(0x1c1e24),
    hover: rgb(0x22252c),
    selected: rgb(0x233a5e),
    selected_weak: rgb(0x2a313f),
    line: rgb(0x2a2d35),
    edge: rgb(0x383c46),
    shadow: Color32::from_black_alpha(110),
    strong: rgb(0xf0f2f5),
    text: rgb(0xc9cdd4),
    dim: rgb(0x8d939e),
    faint: rgb(0x5d636e),
    accent: rgb(0x5c9dff),
    accent_weak: rgb(0x1f2d45),
    on_accent: rgb(0x0c1422),
    client: rgb(0x4fc9a4),
    client_weak: rgb(0x1b312d),
    server: rgb(0xb49cf5),
    server_weak: rgb(0x2a273c),
    good: rgb(0x6bbd6e),
    good_weak: rgb(0x17271b),
    error: rgb(0xf4716a),
    error_weak: rgb(0x3b2123),
    warn: rgb(0xe8b24c),
    warn_weak: rgb(0x372d1b),
    note: rgb(0x82a8c9),
    marked: rgb(0xf28fb5),
    marked_weak: rgb(0x33212b),
    tints: [
        rgb(0x38201f),
        rgb(0x35261a),
        rgb(0x302b18),
        rgb(0x1c2c1f),
        rgb(0x182c2d),
        rgb(0x1b2840),
        rgb(0x292140),
        rgb(0x24262b),
    ],
    bytes: ByteColors {
        null: rgb(0x565c67),
        printable: rgb(0xc9cdd4),
        space: rgb(0x7fb88a),
        control: rgb(0xd49a6a),
        high: rgb(0x8fa8d8),
        missing: rgb(0xf4716a),
    },
    fields: FieldColors {
        flags: rgb(0xe8b24c),
        opcode: rgb(0x5c9dff),
        mask: rgb(0xf28fb5),
        length: rgb(0x5bc8d8),
        key: rgb(0xd38fe8),
        payload: rgb(0xc9cdd4),
        below: rgb(0x6d7480),
        http: rgb(0x9fc47a),
        record: rgb(0xc8a06a),
    },
    values: ValueColors {
        key: rgb(0x8ab8f5),
        string: rgb(0x9fc47a),
        number: rgb(0xe0a872),
        word: rgb(0xc896e0),
        mark: rgb(0x747a86),
    },
};

static LIGHT: Theme = Theme {
    dark: false,
    base: rgb(0xeef0f3),
    panel: rgb(0xffffff),
    header: rgb(0xf6f7f9),
    raised: rgb(0xffffff),
    sunken: rgb(0xffffff),
    stripe: rgb(0xfafbfc),
    hover: rgb(0xf0f3f7),
    selected: rgb(0xd3e4fd),
    selected_weak: rgb(0xe6eaf0),
    line: rgb(0xe1e4e9),
    edge: rgb(0xc9ced6),
    shadow: Color32::from_black_alpha(36),
    strong: rgb(0x14171c),
    text: rgb(0x30353d),
    dim: rgb(0x686f7a),
    faint: rgb(0xa2a8b2),
    accent: rgb(0x1f6feb),
    accent_weak: rgb(0xe3eefe),
    on_accent: rgb(0xffffff),
    client: rgb(0x087e5d),
    client_weak: rgb(0xdff4ec),
    server: rgb(0x744fd6),
    server_weak: rgb(0xede8fb),
    good: rgb(0x26803a),
    good_weak: rgb(0xeaf7ec),
    error: rgb(0xcf2f2c),
    error_weak: rgb(0xfde8e7),
    warn: rgb(0x8f5900),
    warn_weak: rgb(0xfdf1da),
    note: rgb(0x3f6f99),
    marked: rgb(0xb5307a),
    marked_weak: rgb(0xfceaf3),
    tints: [
        rgb(0xfde6e4),
        rgb(0xfdecdb),
        rgb(0xfaf3d1),
        rgb(0xe4f4e4),
        rgb(0xdcf3f2),
        rgb(0xe1edfd),
        rgb(0xeee7fc),
        rgb(0xeff0f2),
    ],
    bytes: ByteColors {
        null: rgb(0xb0b5be),
        printable: rgb(0x30353d),
        space: rgb(0x3f8a4e),
        control: rgb(0xa65a1c),
        high: rgb(0x3f5fa8),
        missing: rgb(0xcf2f2c),
    },
    fields: FieldColors {
        flags: rgb(0x8f5900),
        opcode: rgb(0x1f6feb),
        mask: rgb(0xc23c76),
        length: rgb(0x0b7f91),
        key: rgb(0x963fb8),
        payload: rgb(0x30353d),
        below: rgb(0x8d949f),
        http: rgb(0x4b7d1f),
        record: rgb(0x8a5a14),
    },
    values: ValueColors {
        key: rgb(0x1d5fc4),
        string: rgb(0x3d7a1c),
        number: rgb(0xa15710),
        word: rgb(0x8a3fb0),
        mark: rgb(0x888f9a),
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color32) -> f32 {
        let linear = |byte: u8| {
            let part = f32::from(byte) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// What is to be read can be read: near WCAG 2's AA ratio on every surface that rows are drawn on.
    #[test]
    fn text_stands_out() {
        for theme in [&DARK, &LIGHT] {
            let fields = &theme.fields;
            let read =
                [theme.strong, theme.text, theme.client, theme.server, theme.error, theme.warn, theme.good];
            let codes = [fields.flags, fields.opcode, fields.mask, fields.length, fields.key, fields.http];
            for color in read.into_iter().chain(codes) {
                for surface in [theme.panel, theme.stripe, theme.hover] {
                    assert!(
                        contrast(color, surface) >= 4.0,
                        "{color:?} on {surface:?}, dark: {}",
                        theme.dark
                    );
                }
            }
            assert!(contrast(theme.dim, theme.panel) >= 4.0);
            for tint in theme.tints.into_iter().chain([theme.marked_weak]) {
                assert!(contrast(theme.text, tint) >= 6.0, "text on {tint:?}, dark: {}", theme.dark);
                assert!(contrast(theme.marked, tint) >= 4.0, "marks on {tint:?}, dark: {}", theme.dark);
            }
            assert!(contrast(theme.text, theme.selected) >= 4.5);
            assert!(contrast(theme.on_accent, theme.accent) >= 4.5);
        }
    }
}
