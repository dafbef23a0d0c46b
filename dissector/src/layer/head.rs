//! Collects an HTTP/1 head and reads its lines.
//!
//! Lenient on purpose: a head that breaks RFC 9112 is still a head, and where it breaks it is a rule's business.

use core::ops::Range;
use std::sync::Arc;

use crate::head::{Head, Line, Origin, Start};

/// A head in the making: the only HTTP bytes that are ever kept.
#[derive(Debug, Default)]
pub(crate) struct HeadBuf {
    pub(crate) at: u64,
    pub(crate) bytes: Vec<u8>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Collected {
    /// The head, and how many of the bytes that were added last belong to it.
    Done { head: Arc<Head>, used: usize },
    /// More is needed.
    More,
    /// It cannot be a head.
    NotAHead,
}

impl HeadBuf {
    /// A head longer than this is none: servers stop far below.
    pub(crate) const LONGEST: usize = 64 * 1024;

    /// Adds bytes that lie at `at`.
    pub(crate) fn add(&mut self, at: u64, bytes: &[u8]) -> Collected {
        if self.bytes.is_empty() {
            self.at = at;
            // Most come whole.
            let whole = end_of_head(bytes, 0).filter(|len| *len <= Self::LONGEST);
            if let Some((used, head)) = whole.and_then(|len| Some((len, read(at, bytes.get(..len)?)?))) {
                return Collected::Done { head: Arc::new(head), used };
            }
        }
        let before = self.bytes.len();
        let room = Self::LONGEST.saturating_sub(before);
        self.bytes.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
        // An end that began in what was there before: CR LF CR LF is four bytes.
        match end_of_head(&self.bytes, before.saturating_sub(3)) {
            // What is no head keeps its bytes: an empty line may stand in anything.
            Some(len) => match read(self.at, self.bytes.get(..len).unwrap_or_default()) {
                Some(head) => {
                    self.bytes.clear();
                    Collected::Done { head: Arc::new(head), used: len - before.min(len) }
                }
                None => Collected::NotAHead,
            },
            None if self.bytes.len() == Self::LONGEST => Collected::NotAHead,
            None => Collected::More,
        }
    }
}

/// Where the empty line behind a head ends. RFC 9112 2.2: a recipient may take a bare LF for a line's end.
fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let ends = memchr::memchr_iter(b'\n', bytes.get(from..)?).map(|place| place + from);
    ends.into_iter().find_map(|lf| match bytes.get(lf + 1..)? {
        [b'\n', ..] => Some(lf + 2),
        [b'\r', b'\n', ..] => Some(lf + 3),
        _ => None,
    })
}

/// Reads a head that is complete.
pub(crate) fn read(at: u64, raw: &[u8]) -> Option<Head> {
    let mut lines = lines(raw);
    let start = start(raw, lines.next()?)?;
    // The start line and the empty one are none.
    let mut headers: Vec<Line> =
        Vec::with_capacity(memchr::memchr_iter(b'\n', raw).count().saturating_sub(2));
    for line in lines {
        let text = raw.get(line.clone()).unwrap_or_default();
        // RFC 9112 5.2: a line that begins with white space goes on with the one before (obs-fold).
        if let (Some(b' ' | b'\t'), Some(last)) = (text.first(), headers.last_mut()) {
            last.value.end = trim(raw, line).end;
            continue;
        }
        let colon = memchr::memchr(b':', text).unwrap_or(text.len());
        let name = trim(raw, line.start..line.start + colon);
        let value = trim(raw, (line.start + colon + 1).min(line.end)..line.end);
        headers.push(Line { name, value });
    }
    // Heads stay for as long as the capture is open.
    headers.shrink_to_fit();
    Some(Head { at, raw: raw.into(), start, lines: headers, origin: Origin::Text })
}

/// The lines up to the empty one, without their ends.
fn lines(raw: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    core::iter::from_fn(move || {
        let len = memchr::memchr(b'\n', raw.get(from..)?)?;
        let end =
            if len > 0 && raw.get(from + len - 1) == Some(&b'\r') { from + len - 1 } else { from + len };
        let line = from..end;
        from += len + 1;
        (!line.is_empty()).then_some(line)
    })
}

fn trim(raw: &[u8], range: Range<usize>) -> Range<usize> {
    let text = raw.get(range.clone()).unwrap_or_default();
    let start = range.start + (text.len() - text.trim_ascii_start().len());
    let end = range.end - (text.len() - text.trim_ascii_end().len());
    start.min(end)..end
}

/// Reads a request line (RFC 9112 3) or a status line (RFC 9112 4).
fn start(raw: &[u8], line: Range<usize>) -> Option<Start> {
    let text = raw.get(line.clone())?;
    let first = line.start + text.iter().position(|&byte| byte == b' ')?;
    if text.starts_with(b"HTTP/") {
        let code = trim(raw, first..line.end.min(first + 4));
        let status = core::str::from_utf8(raw.get(code.clone())?).ok()?.parse().ok()?;
        let reason = trim(raw, code.end..line.end);
        return Some(Start::Response { version: line.start..first, status, reason });
    }
    let last = line.start + text.iter().rposition(|&byte| byte == b' ')?;
    let version = last + 1..line.end;
    if last == first || !raw.get(version.clone())?.starts_with(b"HTTP/") {
        return None;
    }
    Some(Start::Request { method: line.start..first, target: trim(raw, first..last), version })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect(text: &[u8], step: usize) -> Option<(Head, usize)> {
        let mut buf = HeadBuf::default();
        let mut at = 0;
        for bytes in text.chunks(step) {
            match buf.add(at as u64, bytes) {
                Collected::Done { head, used } => return Some((Arc::unwrap_or_clone(head), at + used)),
                Collected::More => at += bytes.len(),
                Collected::NotAHead => return None,
            }
        }
        None
    }

    /// The same head comes out however it was cut, and ends at the same byte.
    #[test]
    fn rfc9112_heads_in_pieces() {
        let text = b"GET /chat?x=1 HTTP/1.1\r\nHost:  a \r\nX: 1\r\n  2\r\nBare: lf\n\r\n\x81\x00";
        for step in 1..=text.len() {
            let (head, used) = collect(text, step).unwrap();
            assert_eq!(used, text.len() - 2);
            assert_eq!(head.method(), Some(&b"GET"[..]));
            assert_eq!(head.target(), Some(&b"/chat?x=1"[..]));
            assert_eq!(head.values("host").next(), Some(&b"a"[..]));
            assert_eq!(head.values("x").next(), Some(&b"1\r\n  2"[..]));
            assert_eq!(head.values("bare").next(), Some(&b"lf"[..]));
        }
    }

    /// A status line without a reason is one; something else is not.
    #[test]
    fn rfc9112_4_status_lines() {
        assert_eq!(collect(b"HTTP/1.1 101\r\n\r\n", 99).unwrap().0.status(), Some(101));
        assert_eq!(collect(b"HTTP/1.0 200 OK\n\n", 99).unwrap().0.status(), Some(200));
        assert!(collect(b"hello\r\n\r\n", 99).is_none());
        assert!(collect(b"SSH-2.0 x\r\n\r\n", 99).is_none());
    }

    /// A ClientHello may have an empty line among its random bytes: whoever looks at it next sees all of it.
    #[test]
    fn what_is_no_head_keeps_its_bytes() {
        let hello = b"\x16\x03\x01\x02\x00\x01 key \n\n share \r\n\r\n and more";
        for step in [1, 7, hello.len()] {
            let mut buf = HeadBuf::default();
            for (index, bytes) in hello.chunks(step).enumerate() {
                let _ = buf.add((index * step) as u64, bytes);
            }
            assert_eq!(buf.bytes, hello, "pieces of {step}");
        }
    }
}
