//! Where values of JSON begin and end, without judging what is in them.

/// The first byte at or behind `at` that is no space (RFC 8259 2).
pub(super) fn space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(rest.len())
}

/// The place behind a comma; none where another mark comes, which ends the list.
pub(super) fn comma(text: &[u8], at: usize) -> Option<usize> {
    let at = space(text, at);
    (text.get(at) == Some(&b',')).then_some(at + 1)
}

/// The end of the value that begins at `at`; none where it is not whole, or there is none.
pub(super) fn value(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at)? {
        b'"' => string(text, at),
        b'{' | b'[' => nested(text, at),
        _ => {
            let rest = text.get(at..)?;
            let len = rest.iter().position(|byte| b",:}] \t\r\n".contains(byte)).unwrap_or(rest.len());
            (len > 0).then_some(at + len)
        }
    }
}

/// The end of the string whose first quote stands at `at`.
pub(super) fn string(text: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The end of the object or array that begins at `at`.
fn nested(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match text.get(at)? {
            b'"' => at = string(text, at)? - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}
