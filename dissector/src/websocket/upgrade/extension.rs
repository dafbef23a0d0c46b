//! `Sec-WebSocket-Extensions`: a list of extensions with parameters (RFC 6455 9.1).
//!
//! ```text
//!  permessage-deflate; client_max_window_bits; server_max_window_bits="10", other
//!  └────── name ─────┘ └────── parameter ────┘ └─── parameter, quoted ───┘  └ next extension
//! ```
//! Knows no extension. What breaks the grammar is kept as a fact beside what could be read.

/// One element of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extension {
    /// Its name as it was written.
    pub name: String,
    /// Its parameters in order; a quoted value without its quotes and escapes.
    pub params: Vec<(String, Option<String>)>,
    /// In which of the header lines of that name it stood, from 0.
    pub line: usize,
    /// What does not fit the grammar, in order.
    pub faults: Vec<Fault>,
}

/// As a header line has it: `permessage-deflate; client_max_window_bits=15`.
impl core::fmt::Display for Extension {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.name)?;
        for (name, value) in &self.params {
            write!(f, "; {name}")?;
            if let Some(value) = value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }
}

/// How an element breaks the grammar of RFC 6455 9.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The name is no token.
    Name,
    /// A parameter's name is no token; empty where two semicolons met.
    Param(String),
    /// A parameter's value is no token. RFC 6455 9.1: "When using the quoted-string syntax variant, the
    /// value after quoted-string unescaping MUST conform to the 'token' ABNF."
    Value(String),
    /// A quoted string without its end, or with something behind it.
    Quoting(String),
}

/// Reads the header's values, as many as there were lines. Empty elements say nothing (RFC 9110 5.6.1.2).
pub fn extensions<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Vec<Extension> {
    let elements = values.into_iter().enumerate().flat_map(|(line, value)| {
        split(value, b',').filter(|element| !element.is_empty()).map(move |element| (line, element))
    });
    elements.map(|(line, element)| extension(line, element)).collect()
}

/// The characters that a token is made of (RFC 9110 5.6.2): each a bit at its place.
const TCHARS: u128 = {
    let mut others = b"!#$%&'*+-.^_`|~".as_slice();
    let (mut set, mut byte) = (0, 0);
    while byte < 128 {
        set |= ((byte as u8).is_ascii_alphanumeric() as u128) << byte;
        byte += 1;
    }
    while let [byte, rest @ ..] = others {
        set |= 1 << *byte;
        others = rest;
    }
    set
};

/// Whether bytes are a token (RFC 9110 5.6.2).
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| byte.is_ascii() && TCHARS >> byte & 1 == 1)
}

fn extension(line: usize, element: &[u8]) -> Extension {
    let mut parts = split(element, b';');
    let name = parts.next().unwrap_or_default();
    let mut extension = Extension { name: text(name), line, ..Extension::default() };
    if !is_token(name) {
        extension.faults.push(Fault::Name);
    }
    for part in parts {
        let mut halves = part.splitn(2, |&byte| byte == b'=').map(<[u8]>::trim_ascii);
        let name = halves.next().unwrap_or_default();
        if !is_token(name) {
            extension.faults.push(Fault::Param(text(name)));
        }
        let value = halves.next().map(|value| match value.strip_prefix(b"\"") {
            Some(quoted) => {
                let (value, whole) = unquote(quoted);
                if !whole {
                    extension.faults.push(Fault::Quoting(text(name)));
                }
                value
            }
            None => value.to_vec(),
        });
        if value.as_deref().is_some_and(|value| !is_token(value)) {
            extension.faults.push(Fault::Value(text(name)));
        }
        if !name.is_empty() || value.is_some() {
            extension.params.push((text(name), value.as_deref().map(text)));
        }
    }
    extension
}

/// The parts between separators that stand outside quoted strings, trimmed.
fn split(bytes: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    bytes
        .split(move |&byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ => return byte == separator && !quoted,
            }
            false
        })
        .map(<[u8]>::trim_ascii)
}

/// The content of a quoted string whose opening quote is gone (RFC 9110 5.6.4), and whether it ended where
/// the bytes did.
fn unquote(bytes: &[u8]) -> (Vec<u8>, bool) {
    let mut value = Vec::new();
    let mut rest = bytes.iter();
    while let Some(&byte) = rest.next() {
        match byte {
            b'"' => return (value, rest.as_slice().is_empty()),
            b'\\' => value.extend(rest.next()),
            _ => value.push(byte),
        }
    }
    (value, false)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<Extension> {
        extensions([value.as_bytes()])
    }

    /// The examples of RFC 6455 9.1, lists over lines, and commas inside quotes.
    #[test]
    fn rfc6455_9_1_lists() {
        let names = |values: &[&str]| -> Vec<(usize, String)> {
            let read = extensions(values.iter().map(|value| value.as_bytes()));
            assert!(read.iter().all(|extension| extension.faults.is_empty()));
            read.into_iter().map(|extension| (extension.line, extension.name)).collect()
        };
        assert_eq!(names(&["deflate-stream"]), [(0, "deflate-stream".into())]);
        assert_eq!(names(&["mux; max-channels=4; flow-control, deflate-stream"]).len(), 2);
        assert_eq!(names(&["foo", ", bar; baz=2 ,"]), [(0, "foo".into()), (1, "bar".into())]);
        let quoted = &read(r#"a; b="x\"y,z;w" ; c = d"#)[0];
        assert_eq!(quoted.params, [("b".into(), Some("x\"y,z;w".into())), ("c".into(), Some("d".into()))]);
        assert_eq!(quoted.faults, [Fault::Value("b".into())]);
    }

    /// What breaks the grammar is named, and the rest is read all the same.
    #[test]
    fn rfc6455_9_1_faults() {
        for (value, faults) in [
            ("a b", vec![Fault::Name]),
            ("; x", vec![Fault::Name]),
            ("a; ", vec![Fault::Param(String::new())]),
            ("a; b=", vec![Fault::Value("b".into())]),
            ("a; b=\"c", vec![Fault::Quoting("b".into())]),
            ("a; b=\"c\"d", vec![Fault::Quoting("b".into())]),
            ("a; (=1", vec![Fault::Param("(".into())]),
        ] {
            assert_eq!(read(value)[0].faults, faults, "{value}");
        }
    }
}
