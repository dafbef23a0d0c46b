//! What a stream begins with.

/// What the first bytes of a stream, or of a segment, look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sniffed {
    Request,
    Response,
    Tls,
    Http2,
    /// A SETTINGS frame of HTTP/2.
    Settings,
    /// Too few bytes to tell.
    Short,
    Other,
}

/// RFC 9113 3.4: the connection preface of HTTP/2.
const PREFACE: &[u8] = b"PRI * HTTP/2.0";

/// RFC 9113 6.5: behind a length, which is a multiple of six here, the kind, no flags, and stream 0.
const SETTINGS: [u8; 6] = [4, 0, 0, 0, 0, 0];

/// Longest method that is taken for one; RFC 9110 9 and the registry of methods stay below.
const LONGEST_METHOD: usize = 24;

/// Looks at the first bytes of a stream.
pub(crate) fn sniff(bytes: &[u8]) -> Sniffed {
    if same_start(bytes, PREFACE) && bytes.len() > 4 {
        return if bytes.len() < PREFACE.len() { Sniffed::Short } else { Sniffed::Http2 };
    }
    if same_start(bytes, b"HTTP/1.") {
        return if bytes.len() < 7 { Sniffed::Short } else { Sniffed::Response };
    }
    match bytes {
        // RFC 8446 5.1 and before: content type, then the version, of which the first byte was always 3.
        [20..=24, 3, 0..=4, ..] => return Sniffed::Tls,
        [] | [20..=24] | [20..=24, 3] => return Sniffed::Short,
        [0] | [0, 0] => return Sniffed::Short,
        [0, 0, len, rest @ ..] if len % 6 == 0 && SETTINGS.iter().zip(rest).all(|(a, b)| a == b) => {
            return if rest.len() < SETTINGS.len() { Sniffed::Short } else { Sniffed::Settings };
        }
        _ => {}
    }
    let method = bytes.iter().take_while(|byte| byte.is_ascii_uppercase() || **byte == b'-').count();
    match bytes.get(method..) {
        _ if method == 0 || method > LONGEST_METHOD => Sniffed::Other,
        Some([]) | Some([b' ']) | None => Sniffed::Short,
        Some([b' ', next, ..]) if next.is_ascii_graphic() => Sniffed::Request,
        Some(_) => Sniffed::Other,
    }
}

/// Whether a segment in the middle of a stream is sure to begin with an HTTP/1 head: its first line says so.
pub(crate) fn begins_head(bytes: &[u8]) -> bool {
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    match sniff(bytes) {
        Sniffed::Response => line.len() < bytes.len(),
        Sniffed::Request => line.trim_ascii_end().len().checked_sub(8).is_some_and(|place| {
            line.len() < bytes.len() && line.get(place..place + 7) == Some(&b"HTTP/1."[..])
        }),
        _ => false,
    }
}

fn same_start(a: &[u8], b: &[u8]) -> bool {
    !a.is_empty() && a.iter().zip(b).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each protocol is told by its own first bytes, and by no fewer than it takes.
    #[test]
    fn first_bytes() {
        for (bytes, is) in [
            (&b"GET /"[..], Sniffed::Request),
            (b"GET", Sniffed::Short),
            (b"PRI * HTTP/2.0\r\n", Sniffed::Http2),
            (b"PRI * ", Sniffed::Short),
            (b"HTTP/1.1 101", Sniffed::Response),
            (b"\x16\x03\x01\x02", Sniffed::Tls),
            (b"\x16", Sniffed::Short),
            (b"\0\0\x06\x04\0\0\0\0\0\0\x08", Sniffed::Settings),
            (b"\0\0\x06\x04\0\0", Sniffed::Short),
            (b"\0\0\x07\x04\0\0", Sniffed::Other),
            (b"SSH-2.0-OpenSSH", Sniffed::Other),
            (b"\x81\x85", Sniffed::Other),
        ] {
            assert_eq!(sniff(bytes), is, "{bytes:?}");
        }
        assert!(begins_head(b"GET /a HTTP/1.1\r\nHost"));
        assert!(!begins_head(b"GET a life\r\n"));
    }
}
