//! Bytes as people paste them elsewhere: text, hex, a dump, base64, source code, JSON, a command that says the same.
//!
//! Pure functions of the bytes, and of the connection where a command is asked for. Knows no clipboard and no widget.

mod command;
mod forms;
mod shell;

pub use command::Talk;

/// One way to write bytes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As text; what is not UTF-8 with a sign in its place.
    Text,
    /// Two digits a byte.
    Hex,
    /// Offsets, digits and characters in rows of 16.
    Dump,
    /// Base64 (RFC 4648 4).
    Base64,
    /// An array of C.
    C,
    /// An array of Rust.
    Rust,
    /// A literal of Python.
    Python,
    /// A string of JSON, in quotes.
    JsonString,
    /// Indented, where it is JSON.
    Json,
    /// A command line of websocat.
    Websocat,
    /// A command line of wscat.
    Wscat,
}

impl Form {
    /// All of them, as menus list them.
    pub const ALL: [Self; 11] = [
        Self::Text,
        Self::Json,
        Self::Hex,
        Self::Dump,
        Self::Base64,
        Self::C,
        Self::Rust,
        Self::Python,
        Self::JsonString,
        Self::Websocat,
        Self::Wscat,
    ];

    /// What a menu calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Hex => "Hex",
            Self::Dump => "Hex dump",
            Self::Base64 => "Base64",
            Self::C => "C array",
            Self::Rust => "Rust array",
            Self::Python => "Python bytes",
            Self::JsonString => "JSON string",
            Self::Json => "Indented JSON",
            Self::Websocat => "websocat command",
            Self::Wscat => "wscat command",
        }
    }

    /// Whether it says something of a connection, and not of bytes alone.
    pub const fn talks(self) -> bool {
        matches!(self, Self::Websocat | Self::Wscat)
    }

    /// Writes bytes down. An error is one sentence.
    pub fn write(self, bytes: &[u8], talk: Option<&Talk>) -> Result<String, String> {
        Ok(match self {
            Self::Text => String::from_utf8_lossy(bytes).into_owned(),
            Self::Hex => hex::encode(bytes),
            Self::Dump => forms::dump(bytes),
            Self::Base64 => forms::base64(bytes),
            Self::C => forms::c(bytes),
            Self::Rust => forms::rust(bytes),
            Self::Python => forms::python(bytes),
            Self::JsonString => {
                forms::json_string(bytes).ok_or("It is no text, and a JSON string is: base64 holds it")?
            }
            Self::Json => forms::indented(bytes).ok_or("It is no JSON")?,
            Self::Websocat => command::websocat(bytes, talk.ok_or(NO_TALK)?),
            Self::Wscat => command::wscat(bytes, talk.ok_or(NO_TALK)?)?,
        })
    }
}

const NO_TALK: &str = "Only a message or frame of a known connection can be said again";
