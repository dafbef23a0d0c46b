//! Walks along the frames of one direction of HTTP/2 (RFC 9113 4), piece by piece.
//!
//! Keeps the payloads of small frames until they are whole; those of DATA go through as they come. Knows no stream.

use crate::http2::PREFACE;
use crate::http2::frame::FrameHeader;
use crate::http2::kind::FrameKind;
use crate::http2::payload::Parts;

/// Payloads longer than this are not kept: a field block may be so long, and longer ones are given up.
pub(super) const LONGEST: u32 = 256 << 10;

/// Where a direction stands.
#[derive(Debug)]
pub(super) enum Walk {
    /// In the client's preface (RFC 9113 3.4), so many bytes of which have come.
    Preface(usize),
    /// At a header, of which so many bytes have come.
    Header { at: u64, bytes: [u8; FrameHeader::LEN], len: usize },
    /// In the payload of a DATA frame.
    Data(Data),
    /// In a payload that is kept.
    Whole { at: u64, header: FrameHeader, payload: Vec<u8> },
    /// In a payload that is passed over.
    Skip { left: u32 },
    /// The next header is looked for in what is kept here, which begins at `at`.
    Lost { at: u64, kept: Vec<u8> },
    /// What comes is no HTTP/2.
    Over,
}

/// A DATA frame whose payload is being walked over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Data {
    pub(super) at: u64,
    pub(super) header: FrameHeader,
    /// Payload bytes gone by.
    done: u32,
    /// Where in it the content lies; not known before the Pad Length has come.
    parts: Option<Parts>,
}

/// What one step came to.
pub(super) enum Step<'a> {
    /// Nothing to say yet.
    More,
    /// A frame was begun.
    Begun(FrameHeader),
    /// Content of a DATA frame, which begins at `at`.
    Content { at: u64, header: FrameHeader, bytes: &'a [u8] },
    /// A DATA frame is over.
    DataOver { at: u64, header: FrameHeader },
    /// A frame is whole.
    Frame { at: u64, header: FrameHeader, payload: Vec<u8> },
    /// A frame's payload was passed over.
    Skipped,
    /// What is there is no HTTP/2.
    Broken,
}

impl Walk {
    pub(super) const fn header() -> Self {
        Self::Header { at: 0, bytes: [0; FrameHeader::LEN], len: 0 }
    }

    /// Takes a step into a piece that begins at `at`; both are moved behind what was taken.
    pub(super) fn step<'a>(&mut self, at: &mut u64, bytes: &mut &'a [u8]) -> Step<'a> {
        match self {
            Self::Preface(matched) => {
                let wanted = PREFACE.get(*matched..).unwrap_or_default();
                let there = wanted.len().min(bytes.len());
                let piece = take(at, bytes, there);
                if !wanted.starts_with(piece) {
                    *self = Self::Over;
                    return Step::Broken;
                }
                *matched += there;
                if *matched == PREFACE.len() {
                    *self = Self::header();
                }
                Step::More
            }
            Self::Header { at: begun, bytes: buf, len } => {
                if *len == 0 {
                    *begun = *at;
                }
                let piece = take(at, bytes, (FrameHeader::LEN - *len).min(bytes.len()));
                if let Some(place) = buf.get_mut(*len..*len + piece.len()) {
                    place.copy_from_slice(piece);
                }
                *len += piece.len();
                let Some(header) = FrameHeader::parse(buf.get(..*len).unwrap_or_default()) else {
                    return Step::More;
                };
                let begun = *begun;
                *self = match header.kind {
                    FrameKind::DATA => Self::Data(Data { at: begun, header, done: 0, parts: None }),
                    _ if is_kept(&header) => Self::Whole { at: begun, header, payload: Vec::new() },
                    _ => Self::Skip { left: header.len },
                };
                Step::Begun(header)
            }
            Self::Data(data) => {
                let step = data.step(at, bytes);
                if matches!(step, Step::DataOver { .. }) {
                    *self = Self::header();
                }
                step
            }
            Self::Whole { at: begun, header, payload } => {
                let left = (header.len as usize).saturating_sub(payload.len());
                payload.extend_from_slice(take(at, bytes, left.min(bytes.len())));
                if payload.len() < header.len as usize {
                    return Step::More;
                }
                let whole = Step::Frame { at: *begun, header: *header, payload: core::mem::take(payload) };
                *self = Self::header();
                whole
            }
            Self::Skip { left } => {
                let taken = (*left as usize).min(bytes.len());
                take(at, bytes, taken);
                *left -= taken as u32;
                if *left > 0 {
                    return Step::More;
                }
                *self = Self::header();
                Step::Skipped
            }
            Self::Lost { .. } | Self::Over => {
                take(at, bytes, bytes.len());
                Step::More
            }
        }
    }

    /// Whether a step can be taken without more bytes.
    pub(super) fn is_due(&self) -> bool {
        match self {
            Self::Data(data) => data.done == data.header.len,
            Self::Whole { header, payload, .. } => payload.len() == header.len as usize,
            Self::Skip { left } => *left == 0,
            _ => false,
        }
    }
}

impl Data {
    fn step<'a>(&mut self, at: &mut u64, bytes: &mut &'a [u8]) -> Step<'a> {
        let header = self.header;
        if self.done == header.len {
            return Step::DataOver { at: self.at, header };
        }
        let parts = match self.parts {
            Some(parts) => parts,
            // The Pad Length, where there is one, is the payload's first byte (RFC 9113 6.1).
            None => match Parts::of(&header, bytes) {
                Some(parts) => *self.parts.insert(parts),
                None => return Step::More,
            },
        };
        let (from, end) = (parts.at, parts.at.saturating_add(parts.len));
        let until = match self.done {
            done if done < from => from,
            done if done < end => end,
            _ => header.len,
        };
        let content = self.done >= from && self.done < end;
        let begun = *at;
        let piece = take(at, bytes, (until.saturating_sub(self.done) as usize).min(bytes.len()));
        self.done = self.done.saturating_add(piece.len() as u32);
        if content { Step::Content { at: begun, header, bytes: piece } } else { Step::More }
    }

    /// Passes over `len` bytes that are missing: how many of them are content, and how many lie in the frame.
    pub(super) fn gap(&mut self, len: u64) -> (u64, u64) {
        let inside = u64::from(self.header.len - self.done).min(len) as u32;
        let parts = self.parts.or_else(|| Parts::of(&self.header, &[]));
        let (from, until) = (self.done, self.done + inside);
        self.done = until;
        let Some(parts) = parts else { return (0, inside.into()) };
        self.parts = Some(parts);
        let end = parts.at.saturating_add(parts.len);
        let content = until.min(end).saturating_sub(from.max(parts.at));
        (content.into(), inside.into())
    }
}

/// Whether a frame's payload says something that is looked at as a whole.
fn is_kept(header: &FrameHeader) -> bool {
    header.len <= LONGEST
        && matches!(
            header.kind,
            FrameKind::HEADERS
                | FrameKind::CONTINUATION
                | FrameKind::PUSH_PROMISE
                | FrameKind::SETTINGS
                | FrameKind::RST_STREAM
                | FrameKind::GOAWAY
        )
}

fn take<'a>(at: &mut u64, bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at_checked(count).unwrap_or((bytes, &[]));
    *bytes = rest;
    *at += taken.len() as u64;
    taken
}

/// Where a chain of headers begins that can hardly be an accident. `known` says whether a stream may be there.
pub(super) fn find(bytes: &[u8], known: &dyn Fn(u32) -> bool) -> Option<usize> {
    (0..bytes.len()).find(|start| {
        let (mut at, mut headers) = (*start, 0);
        while let Some(header) = bytes.get(at..).and_then(FrameHeader::parse) {
            if !header.is_plausible(1 << 14) || (header.stream != 0 && !known(header.stream)) {
                return false;
            }
            headers += 1;
            at = at.saturating_add(FrameHeader::LEN + header.len as usize);
            // A kind, flags, a stream and a length that fit: thirty bits and more for each header.
            if headers == 2 {
                return true;
            }
        }
        headers == 1 && at == bytes.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 0, payload.len() as u8, kind, flags, 0, 0, 0, stream];
        bytes.extend_from_slice(payload);
        bytes
    }

    /// However the pieces are cut, the same content and the same frames come out; padding is no content.
    #[test]
    fn rfc9113_4_frames_in_pieces() {
        let mut wire = PREFACE.to_vec();
        wire.extend(frame(4, 0, 0, &[0, 8, 0, 0, 0, 1]));
        wire.extend(frame(0, 8, 1, b"\x03hello\0\0\0"));
        wire.extend(frame(6, 0, 0, &[7; 8]));
        wire.extend(frame(0, 1, 1, b""));
        for size in 1..=wire.len() {
            let (mut walk, mut content, mut frames, mut over) = (Walk::Preface(0), vec![], vec![], 0);
            for (index, piece) in wire.chunks(size).enumerate() {
                let (mut at, mut bytes) = ((index * size) as u64, piece);
                while !bytes.is_empty() || walk.is_due() {
                    match walk.step(&mut at, &mut bytes) {
                        Step::Content { bytes, .. } => content.extend_from_slice(bytes),
                        Step::Frame { header, payload, .. } => frames.push((header.kind.0, payload)),
                        Step::DataOver { header, .. } => over += 1 + u32::from(header.ends_stream()),
                        Step::Broken => panic!("a proper stream"),
                        _ => {}
                    }
                }
            }
            assert_eq!(content, b"hello", "pieces of {size}");
            assert_eq!(frames, [(4, vec![0, 8, 0, 0, 0, 1])]);
            assert_eq!(over, 3);
        }
    }

    /// Behind a hole the next header is found, and not one byte beside it.
    #[test]
    fn headers_are_found_again() {
        let mut wire = b"rest of some payload".to_vec();
        let start = wire.len();
        wire.extend(frame(0, 0, 3, b"abc"));
        wire.extend(frame(8, 0, 0, &[0, 0, 0, 9]));
        assert_eq!(find(&wire, &|stream| stream == 3), Some(start));
        assert_eq!(find(&wire, &|stream| stream == 5), Some(start + 12));
        assert_eq!(find(&wire[..start], &|_| true), None);
    }
}
