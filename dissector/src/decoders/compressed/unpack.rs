//! Bytes that are compressed by themselves: zlib (RFC 1950), gzip (RFC 1952), Zstandard (RFC 8878), bare DEFLATE.
//!
//! What comes out is cut at [`LIMIT`], whatever the bytes say of themselves, so that a bomb costs no more than that.

use flate2::{Crc, Decompress, FlushDecompress, Status};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::super::read::Reader;

/// Bytes that are made of one message.
pub(super) const LIMIT: usize = 4 << 20;
/// The largest window of Zstandard that memory is taken for: the least that RFC 8878 3.1.1.1.2 wants.
const WINDOW: u64 = 8 << 20;

/// How bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Zlib,
    Gzip,
    Zstandard,
    Deflate,
}

impl Format {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Zlib => "zlib",
            Self::Gzip => "gzip",
            Self::Zstandard => "zstd",
            Self::Deflate => "deflate",
        }
    }

    /// By the first bytes.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            // RFC 1952 2.3.1: the three highest flags are reserved.
            [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0 => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstandard),
            // RFC 1950 2.2: DEFLATE, a window of at most 32 KiB, a check, and no dictionary.
            [method, flags, ..]
                if method & 0xf == 8
                    && method >> 4 <= 7
                    && flags & 0x20 == 0
                    && u16::from_be_bytes([*method, *flags]).is_multiple_of(31) =>
            {
                Some(Self::Zlib)
            }
            _ => None,
        }
    }
}

/// What came out.
#[derive(Debug, Default)]
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// Whether there would have been more than [`LIMIT`].
    pub(super) cut: bool,
    /// Bytes that were read.
    pub(super) used: usize,
    /// Why it ends early.
    pub(super) fault: Option<&'static str>,
    /// The name of a file, which gzip may have.
    pub(super) name: Option<Vec<u8>>,
}

/// Unpacks bytes as far as they go.
pub(super) fn unpack(format: Format, bytes: &[u8]) -> Unpacked {
    match format {
        Format::Zlib => inflate(bytes, true, 0),
        Format::Deflate => inflate(bytes, false, 0),
        Format::Gzip => gzip(bytes),
        Format::Zstandard => zstandard(bytes),
    }
}

const CUT: &str = "the compressed bytes end before their stream does";

fn inflate(bytes: &[u8], header: bool, from: usize) -> Unpacked {
    let mut out = Unpacked { used: from, ..Unpacked::default() };
    let mut inflate = Decompress::new(header);
    loop {
        let rest = bytes.get(out.used..).unwrap_or_default();
        let before = (inflate.total_in(), out.bytes.len());
        // One byte more than is kept tells whether there is more.
        out.bytes.reserve((rest.len() * 4).clamp(1024, 64 << 10).min(LIMIT + 1 - out.bytes.len().min(LIMIT)));
        let status = inflate.decompress_vec(rest, &mut out.bytes, FlushDecompress::None);
        out.used += (inflate.total_in() - before.0) as usize;
        if out.bytes.len() > LIMIT {
            out.bytes.truncate(LIMIT);
            out.cut = true;
            return out;
        }
        match status {
            Ok(Status::StreamEnd) => return out,
            Ok(_) if out.used == bytes.len() && out.bytes.len() < out.bytes.capacity() => {
                // A sender that flushes and goes on ends with an empty block (RFC 1951 3.2.4).
                let flushed = bytes.ends_with(&[0, 0, 0xff, 0xff]);
                out.fault = (!flushed).then_some(CUT);
                return out;
            }
            Ok(_)
                if (inflate.total_in(), out.bytes.len()) == before
                    && out.bytes.len() < out.bytes.capacity() =>
            {
                out.fault = Some(CUT);
                return out;
            }
            Ok(_) => {}
            Err(_) => {
                out.fault = Some("no DEFLATE stream, or its check does not fit");
                return out;
            }
        }
    }
}

/// RFC 1952 2.3: a header, DEFLATE, the check of what comes out and its length.
fn gzip(bytes: &[u8]) -> Unpacked {
    let Some((start, name)) = gzip_header(bytes) else {
        return Unpacked {
            used: bytes.len(),
            fault: Some("the header of gzip ends early"),
            ..Unpacked::default()
        };
    };
    let mut out = inflate(bytes, false, start);
    out.name = name;
    if out.fault.is_none() && !out.cut {
        let mut reader = Reader::new(bytes);
        reader.go(out.used);
        let mut check = Crc::new();
        check.update(&out.bytes);
        match (reader.u32_le(), reader.u32_le()) {
            (Some(crc), Some(len)) if crc == check.sum() && len == out.bytes.len() as u32 => out.used += 8,
            (Some(_), Some(_)) => out.fault = Some("gzip's check does not fit what came out"),
            _ => out.fault = Some(CUT),
        }
    }
    out
}

/// Where what is compressed begins, and the name of the file.
fn gzip_header(bytes: &[u8]) -> Option<(usize, Option<Vec<u8>>)> {
    let mut reader = Reader::new(bytes);
    let flags = *reader.take(10)?.get(3)?;
    if flags & 4 != 0 {
        let len = u16::from_le_bytes(reader.take(2)?.try_into().ok()?);
        reader.take(usize::from(len))?;
    }
    let mut text = |there: bool| {
        if !there {
            return Some(None);
        }
        let end = memchr::memchr(0, reader.rest())?;
        let text = reader.take(end)?.to_vec();
        reader.take(1)?;
        Some(Some(text))
    };
    let name = text(flags & 8 != 0)?;
    text(flags & 16 != 0)?;
    if flags & 2 != 0 {
        reader.take(2)?;
    }
    Some((reader.at(), name))
}

fn zstandard(bytes: &[u8]) -> Unpacked {
    let mut out = Unpacked::default();
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW);
    let mut rest = bytes;
    if decoder.init(&mut rest).is_err() {
        out.fault = Some("no frame of Zstandard, or one whose window is larger than 8 MiB");
        return out;
    }
    loop {
        let read = decoder.decode_blocks(&mut rest, BlockDecodingStrategy::UptoBytes(64 << 10));
        out.bytes.extend(decoder.collect().unwrap_or_default());
        out.used = bytes.len() - rest.len();
        if out.bytes.len() > LIMIT {
            out.bytes.truncate(LIMIT);
            out.cut = true;
            return out;
        }
        match read {
            Ok(true) => break,
            Ok(false) => {}
            Err(_) => {
                out.fault = Some(if rest.is_empty() { CUT } else { "a block that is none of Zstandard's" });
                return out;
            }
        }
    }
    out
}
