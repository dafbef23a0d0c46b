//! What bytes look like by how they begin. Knows no subprotocol.

/// What bytes begin with, and what that says.
#[rustfmt::skip]
const KINDS: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n",       "PNG image"),
    (b"\xff\xd8\xff",      "JPEG image"),
    (b"GIF8",              "GIF image"),
    (b"RIFF",              "RIFF: WebP, WAV or AVI"),
    (b"\x1f\x8b",          "gzip"),
    (b"\x28\xb5\x2f\xfd",  "Zstandard"),
    (b"PK\x03\x04",        "ZIP"),
    (b"%PDF-",             "PDF"),
    (b"OggS",              "Ogg"),
    (b"\x1a\x45\xdf\xa3",  "WebM or Matroska"),
    (b"\0asm",             "WebAssembly"),
    (b"{\"",               "JSON"),
    (b"[{",                "JSON"),
];

/// What bytes look like by how they begin.
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    let known = KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| *kind);
    let text = || {
        std::str::from_utf8(bytes)
            .is_ok_and(|text| !text.chars().any(|it| it.is_control() && !it.is_ascii_whitespace()))
    };
    known.or_else(|| text().then_some("text"))
}

/// The ending of a file that holds such bytes.
pub fn ending(bytes: &[u8]) -> &'static str {
    match kind(bytes) {
        Some("text") => "txt",
        Some("JSON") => "json",
        Some("PNG image") => "png",
        Some("JPEG image") => "jpg",
        Some("GIF image") => "gif",
        Some("gzip") => "gz",
        Some("Zstandard") => "zst",
        Some("ZIP") => "zip",
        Some("PDF") => "pdf",
        Some("Ogg") => "ogg",
        Some("WebAssembly") => "wasm",
        _ => "bin",
    }
}
