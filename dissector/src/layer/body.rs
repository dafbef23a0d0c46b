//! Walks over the body of an HTTP/1 message by its framing (RFC 9112 6); keeps none of it.

use crate::head::Head;

/// What is left of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// So many bytes.
    Length(u64),
    /// Chunks (RFC 9112 7.1).
    Chunked(Chunk),
    /// Everything up to the end of the connection (RFC 9112 6.3 rule 8).
    UntilClose,
}

/// Where in the chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// In a line with a size; the size as far as it was read, and whether extensions have begun.
    Size { size: u64, extension: bool },
    /// In a chunk's data and the line end behind it.
    Data(u64),
    /// In the trailer section; whether the line so far is empty.
    Trailer { empty: bool },
}

const FIRST: Chunk = Chunk::Size { size: 0, extension: false };

impl Body {
    /// The body behind a request's head.
    pub(crate) fn of_request(head: &Head) -> Self {
        Self::framed(head).unwrap_or(Self::Length(0))
    }

    /// The body behind a response's head, to a HEAD request or another one.
    pub(crate) fn of_response(head: &Head, to_head: bool) -> Self {
        let status = head.status().unwrap_or_default();
        // RFC 9112 6.3 rule 1: no body with 1xx, 204, 304, and none in answer to HEAD.
        if to_head || matches!(status, 100..=199 | 204 | 304) {
            return Self::Length(0);
        }
        Self::framed(head).unwrap_or(Self::UntilClose)
    }

    fn framed(head: &Head) -> Option<Self> {
        // RFC 9112 6.3 rules 3 and 4: Transfer-Encoding overrides Content-Length.
        if head.has_token("transfer-encoding", "chunked") {
            return Some(Self::Chunked(FIRST));
        }
        let length = head.values("content-length").next()?;
        core::str::from_utf8(length).ok()?.parse().ok().map(Self::Length)
    }

    /// Whether the body is over.
    pub(crate) fn is_over(&self) -> bool {
        *self == Self::Length(0)
    }

    /// Takes what belongs to the body: how many of the bytes that is.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> usize {
        match self {
            Self::UntilClose => bytes.len(),
            Self::Length(left) => {
                let taken = (bytes.len() as u64).min(*left);
                *left -= taken;
                taken as usize
            }
            Self::Chunked(chunk) => {
                let mut taken = 0;
                while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
                    taken += match chunk.take(rest) {
                        Some(count) => count,
                        None => {
                            *self = Self::Length(0);
                            return taken + 1;
                        }
                    };
                }
                taken
            }
        }
    }

    /// Whether it is known where the body goes on behind `len` bytes that were never captured.
    pub(crate) fn covers(&self, len: u64) -> bool {
        match self {
            Self::UntilClose => true,
            Self::Length(left) | Self::Chunked(Chunk::Data(left)) => len < *left,
            Self::Chunked(_) => false,
        }
    }

    /// Goes on behind `len` bytes that were never captured.
    pub(crate) fn skip(&mut self, len: u64) {
        if let Self::Length(left) | Self::Chunked(Chunk::Data(left)) = self {
            *left = left.saturating_sub(len);
        }
    }
}

impl Chunk {
    /// Takes some bytes; nothing where the next byte is the last of the body.
    fn take(&mut self, bytes: &[u8]) -> Option<usize> {
        let byte = *bytes.first()?;
        match self {
            Self::Data(left) => {
                let taken = (bytes.len() as u64).min(*left);
                *left -= taken;
                if *left == 0 {
                    *self = FIRST;
                }
                return Some(taken as usize);
            }
            Self::Size { size, extension } => match (byte, char::from(byte).to_digit(16)) {
                (b'\n', _) if *size == 0 => *self = Self::Trailer { empty: true },
                (b'\n', _) => *self = Self::Data(size.saturating_add(2)),
                (_, Some(digit)) if !*extension => {
                    *size = size.saturating_mul(16).saturating_add(u64::from(digit));
                }
                (b'\r', _) => {}
                _ => *extension = true,
            },
            Self::Trailer { empty } => match byte {
                b'\n' if *empty => return None,
                b'\n' => *empty = true,
                b'\r' => {}
                _ => *empty = false,
            },
        }
        Some(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chunks with extensions and trailers end where RFC 9112 7.1 says, however they are cut.
    #[test]
    fn rfc9112_7_1_chunked_in_pieces() {
        let body = b"5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: x\r\n\r\nGET";
        for step in 1..=body.len() {
            let mut framing = Body::Chunked(FIRST);
            let mut taken = 0;
            while !framing.is_over() {
                let end = (taken + step).min(body.len());
                taken += framing.take(&body[taken..end]);
            }
            assert_eq!(&body[taken..], b"GET");
        }
    }
}
