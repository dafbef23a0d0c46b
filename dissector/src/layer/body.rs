//! Walks over the body of an HTTP/1 message by its framing (RFC 9112 6); keeps none of it, and says which bytes are
//! content.

use core::ops::Range;

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

    /// Takes what belongs to the body: how many of the bytes that is. `content` is told which of them are not framing.
    pub(crate) fn take(&mut self, bytes: &[u8], content: &mut dyn FnMut(Range<usize>)) -> usize {
        match self {
            Self::UntilClose => {
                content(0..bytes.len());
                bytes.len()
            }
            Self::Length(left) => {
                let taken = (bytes.len() as u64).min(*left);
                *left -= taken;
                content(0..taken as usize);
                taken as usize
            }
            Self::Chunked(chunk) => {
                let mut taken = 0;
                while let Some(rest) = bytes.get(taken..).filter(|rest| !rest.is_empty()) {
                    let data = (rest.len() as u64).min(chunk.data()) as usize;
                    taken += match chunk.take(rest) {
                        Some(count) => {
                            if data > 0 {
                                content(taken..taken + data);
                            }
                            count
                        }
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

    /// Goes on behind `len` bytes that were never captured: how many of them were content.
    pub(crate) fn skip(&mut self, len: u64) -> u64 {
        let content = match self {
            Self::Chunked(chunk) => chunk.data().min(len),
            Self::Length(_) | Self::UntilClose => len,
        };
        if let Self::Length(left) | Self::Chunked(Chunk::Data(left)) = self {
            *left = left.saturating_sub(len);
        }
        content
    }
}

/// The line end behind a chunk's data.
const LINE_END: u64 = 2;

impl Chunk {
    /// Bytes of data that are still to come in this chunk.
    fn data(&self) -> u64 {
        match self {
            Self::Data(left) => left.saturating_sub(LINE_END),
            Self::Size { .. } | Self::Trailer { .. } => 0,
        }
    }

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
                (b'\n', _) => *self = Self::Data(size.saturating_add(LINE_END)),
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
            let (mut taken, mut content) = (0, Vec::new());
            while !framing.is_over() {
                let piece = &body[taken..(taken + step).min(body.len())];
                taken += framing.take(piece, &mut |range| content.extend_from_slice(&piece[range]));
            }
            assert_eq!(&body[taken..], b"GET");
            assert_eq!(content, b"hello0123456789abcdef");
        }
    }
}
