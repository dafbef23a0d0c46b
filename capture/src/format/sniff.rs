//! What a source is, by its first bytes. The name is never looked at.

use super::pcap::{Magic, Pcap};
use super::pcapng::PcapNg;
use super::{Compression, Walker};
use crate::error::CaptureError;

/// So many bytes are enough to tell any format.
pub(crate) const HEAD: usize = 4096;

/// What the first bytes are.
pub(crate) enum Sniffed {
    /// A capture.
    Capture(Walker),
    /// A compressed something.
    Compressed,
    /// Nothing that can be read.
    Not(CaptureError),
}

/// Tells what `head`, the first bytes of the source called `name`, are.
pub(crate) fn sniff(name: &str, head: &[u8]) -> Sniffed {
    if let Some(first) = head.first_chunk::<4>() {
        if let Some(magic) = Magic::of(*first) {
            return Sniffed::Capture(Walker::Pcap(Pcap::new(magic)));
        }
        // The block type of a section header was chosen to be the same in both byte orders (4.1).
        if *first == [0x0a, 0x0d, 0x0d, 0x0a] {
            return Sniffed::Capture(Walker::PcapNg(Box::<PcapNg>::default()));
        }
    }
    if compressed(head).is_some() {
        return Sniffed::Compressed;
    }
    Sniffed::Not(not_a_capture(name.to_owned(), head))
}

/// How `head` is compressed, if it is. What may stand before the first frame of zstd and lz4 ("skippable
/// frames", RFC 8878 3.1.2) counts as zstd.
pub(crate) fn compressed(head: &[u8]) -> Option<Compression> {
    match head {
        [0x1f, 0x8b, 0x08, ..] => Some(Compression::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Compression::Zstd),
        [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Some(Compression::Lz4),
        _ => None,
    }
}

const CONVERT: &str = "Wireshark may read it: `editcap -F pcapng IN OUT` converts it";
const UNPACK: &str = "unpack it and open what is inside";
const NOTHING: &str = "name a capture file";

/// Formats that are not ours, by their first bytes.
const FOREIGN: &[(&[u8], &str, &str)] = &[
    (b"\x1c\x00\x01\xac", "an IXIA lcap capture (hardware)", CONVERT),
    (b"\xac\x01\x00\x1c", "an IXIA lcap capture (hardware)", CONVERT),
    (b"\x1c\x00\x01\xab", "an IXIA lcap capture (software)", CONVERT),
    (b"\xab\x01\x00\x1c", "an IXIA lcap capture (software)", CONVERT),
    (b"\xa1\x2b\x3c\x4d", "a Navtel pcap capture", CONVERT),
    (b"\x4d\x3c\x2b\xa1", "a Navtel pcap capture", CONVERT),
    (b"\xa1\xb2\xc3\xcb", "a pcap variant with nonstandard records", CONVERT),
    (b"snoop\0\0\0", "a snoop capture", CONVERT),
    (b"btsnoop\0", "a Bluetooth snoop capture", CONVERT),
    (b"GMBU", "a Microsoft Network Monitor 2 capture", CONVERT),
    (b"RTSS", "a Microsoft Network Monitor 1 capture", CONVERT),
    (b"TRSNIFF data", "a Sniffer capture", CONVERT),
    (b"XCP\0", "a NetXRay or Windows Sniffer capture", CONVERT),
    (b"VL\0\0", "a NetXRay capture", CONVERT),
    (b"\x7fver", "an OmniPeek capture", CONVERT),
    (b"\x05VNF", "a Visual Networks capture", CONVERT),
    (b"iptrace ", "an AIX iptrace capture", CONVERT),
    (b"5VIEW\0", "an InfoVista 5View capture", CONVERT),
    (b"PK\x03\x04", "a zip archive", UNPACK),
    (b"PK\x05\x06", "an empty zip archive", NOTHING),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"\xfd7zXZ\0", "an xz file", "unpack it with `xz -d` and open the result"),
    (b"BZh", "a bzip2 file", "unpack it with `bzip2 -d` and open the result"),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"\x7fELF", "a program (ELF)", NOTHING),
    (b"MZ", "a program (Windows)", NOTHING),
    (b"SQLite format 3\0", "an SQLite database", NOTHING),
    (b"ElfFile\0", "a Windows event log", NOTHING),
    (b"%PDF-", "a PDF document", NOTHING),
    (b"\x89PNG", "a PNG image", NOTHING),
    (b"\xff\xd8\xff", "a JPEG image", NOTHING),
];

const KEY_LOG_LABELS: &[&str] = &[
    "CLIENT_RANDOM ",
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET ",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
    "CLIENT_TRAFFIC_SECRET_0 ",
    "SERVER_TRAFFIC_SECRET_0 ",
    "CLIENT_EARLY_TRAFFIC_SECRET ",
    "EXPORTER_SECRET ",
    "RSA ",
    "# SSL/TLS secrets",
];

fn not_a_capture(name: String, head: &[u8]) -> CaptureError {
    if head.is_empty() {
        return CaptureError::Empty { name };
    }
    if let Some((_, what, advice)) = FOREIGN.iter().find(|(magic, ..)| head.starts_with(magic)) {
        return CaptureError::Foreign { name, what, advice };
    }
    // A tar archive says so behind its first file's name.
    if head.get(257..262) == Some(b"ustar") {
        return CaptureError::Foreign { name, what: "a tar archive", advice: UNPACK };
    }
    if let Some(words) = as_text(head) {
        let (what, advice) = kind_of_text(words);
        let starts = words.trim_start().chars().take(40).collect();
        return CaptureError::Text { name, what, starts, advice };
    }
    let bytes: Vec<_> = head.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    CaptureError::Unknown { name, starts: bytes.join(" ") }
}

/// `head` as text: UTF-8 (a character may be cut at the end) without control characters.
fn as_text(head: &[u8]) -> Option<&str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let valid = match std::str::from_utf8(head) {
        Ok(words) => words,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\x0c' | '\x1b');
    (!valid.is_empty() && valid.chars().all(plain)).then_some(valid)
}

fn kind_of_text(words: &str) -> (&'static str, &'static str) {
    const CAPTURE: &str = "capture with `tcpdump -w FILE` or Wireshark, and open that file";
    let begins = words.trim_start();
    let lower = begins.get(..15).unwrap_or_default().to_ascii_lowercase();
    if begins.lines().any(|line| KEY_LOG_LABELS.iter().any(|label| line.starts_with(label))) {
        ("a TLS key log", "open the capture it belongs to, and give this file as its keys")
    } else if begins.starts_with(['{', '[']) && words.contains("\"log\"") {
        ("a HAR file (JSON)", "a browser's log holds no packets; capture the traffic itself")
    } else if begins.starts_with(['{', '[']) {
        ("JSON text", CAPTURE)
    } else if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        ("an HTML page", "was a download refused? Fetch the file again")
    } else if begins.starts_with('<') {
        ("XML text", CAPTURE)
    } else {
        ("text", CAPTURE)
    }
}
