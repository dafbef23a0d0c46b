//! The parameters of permessage-deflate, read leniently (RFC 7692 7.1).
//!
//! The same four stand in offers and in answers; what each may hold there is for rules to say.

use crate::ids::Side;
use crate::websocket::upgrade::Extension;

/// What one permessage-deflate element says. Of a parameter that stands twice the first one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// The server starts each message with an empty window (RFC 7692 7.1.1.1).
    pub server_no_context_takeover: bool,
    /// The client does (RFC 7692 7.1.1.2).
    pub client_no_context_takeover: bool,
    /// The window that the server compresses with (RFC 7692 7.1.2.1).
    pub server_max_window_bits: Option<WindowBits>,
    /// The window that the client compresses with (RFC 7692 7.1.2.2).
    pub client_max_window_bits: Option<WindowBits>,
    /// What does not fit the grammar, in order.
    pub problems: Vec<Problem>,
}

/// The value of a `…_max_window_bits` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowBits {
    /// Without a value: in an offer, "I understand this parameter" (RFC 7692 7.1.2.2).
    Unvalued,
    /// 8 to 15: a window of two to the power of it.
    Bits(u8),
}

/// Why a parameter is not what RFC 7692 7.1 describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Not one of the four.
    Unknown {
        /// Its name.
        name: String,
    },
    /// It stood before already.
    Duplicate {
        /// Its name.
        name: &'static str,
    },
    /// `…_no_context_takeover` takes no value.
    UnexpectedValue {
        /// Its name.
        name: &'static str,
        /// The value.
        value: String,
    },
    /// RFC 7692 7.1.2: "a decimal integer value without leading zeroes between 8 to 15, inclusive".
    BadBits {
        /// Its name.
        name: &'static str,
        /// The value.
        value: String,
    },
}

impl Params {
    /// The extension's registered name (RFC 7692 9.1).
    pub const NAME: &'static str = "permessage-deflate";

    /// Reads the parameters of an extension, whatever it is called.
    pub fn read(extension: &Extension) -> Self {
        let mut params = Self::default();
        let mut seen = Vec::new();
        for (name, value) in &extension.params {
            let Some(known) = NAMES.into_iter().find(|known| known == name) else {
                params.problems.push(Problem::Unknown { name: name.clone() });
                continue;
            };
            if seen.contains(&known) {
                params.problems.push(Problem::Duplicate { name: known });
                continue;
            }
            seen.push(known);
            params.take(known, value.as_deref());
        }
        params
    }

    /// Whether `side` begins each of its messages with an empty window.
    pub const fn no_context_takeover(&self, side: Side) -> bool {
        match side {
            Side::Client => self.client_no_context_takeover,
            Side::Server => self.server_no_context_takeover,
        }
    }

    /// The window that `side` compresses with, in bits; 15 where nothing else was said.
    pub const fn max_window_bits(&self, side: Side) -> u8 {
        let bits = match side {
            Side::Client => self.client_max_window_bits,
            Side::Server => self.server_max_window_bits,
        };
        match bits {
            Some(WindowBits::Bits(bits)) => bits,
            Some(WindowBits::Unvalued) | None => 15,
        }
    }

    fn take(&mut self, name: &'static str, value: Option<&str>) {
        if let Some(flag) = match name {
            "server_no_context_takeover" => Some(&mut self.server_no_context_takeover),
            "client_no_context_takeover" => Some(&mut self.client_no_context_takeover),
            _ => None,
        } {
            *flag = true;
            if let Some(value) = value {
                self.problems.push(Problem::UnexpectedValue { name, value: value.to_owned() });
            }
            return;
        }
        let bits = match value {
            None => Some(WindowBits::Unvalued),
            Some("8" | "9" | "10" | "11" | "12" | "13" | "14" | "15") => {
                value.and_then(|value| value.parse().ok()).map(WindowBits::Bits)
            }
            Some(value) => {
                self.problems.push(Problem::BadBits { name, value: value.to_owned() });
                None
            }
        };
        match name {
            "server_max_window_bits" => self.server_max_window_bits = bits,
            _ => self.client_max_window_bits = bits,
        }
    }
}

/// RFC 7692 7.1.
const NAMES: [&str; 4] = [
    "server_no_context_takeover",
    "client_no_context_takeover",
    "server_max_window_bits",
    "client_max_window_bits",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::websocket::upgrade::extensions;

    fn read(value: &str) -> Params {
        Params::read(&extensions([value.as_bytes()])[0])
    }

    /// RFC 7692 7.1: what is well-formed is read, quoted or not, and what is not is named.
    #[test]
    fn rfc7692_7_1_parameters() {
        let params = read("permessage-deflate; client_max_window_bits; server_max_window_bits=\"10\"");
        assert_eq!(params.client_max_window_bits, Some(WindowBits::Unvalued));
        assert_eq!((params.max_window_bits(Side::Server), params.max_window_bits(Side::Client)), (10, 15));
        assert_eq!(params.problems, []);
        let params = read(
            "permessage-deflate; server_no_context_takeover=1; server_max_window_bits=08; x; x=1;\
                           client_max_window_bits=8; client_max_window_bits=9; client_no_context_takeover",
        );
        assert!(params.no_context_takeover(Side::Server) && params.no_context_takeover(Side::Client));
        assert_eq!(params.client_max_window_bits, Some(WindowBits::Bits(8)));
        assert_eq!(params.server_max_window_bits, None);
        assert_eq!(
            params.problems,
            [
                Problem::UnexpectedValue { name: "server_no_context_takeover", value: "1".into() },
                Problem::BadBits { name: "server_max_window_bits", value: "08".into() },
                Problem::Unknown { name: "x".into() },
                Problem::Unknown { name: "x".into() },
                Problem::Duplicate { name: "client_max_window_bits" },
            ]
        );
    }
}
