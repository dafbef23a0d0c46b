//! Bytes as literals and listings. Each reads back as the same bytes; long ones are broken into lines.

use std::fmt::Write as _;

use base64_simd::STANDARD;

use crate::gui::json_document::Document;

/// Numbers in a line of source code.
const IN_LINE: usize = 12;

pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode_to_string(bytes)
}

/// Rows of 16 as `xxd` and `hexdump -C` have them.
pub(super) fn dump(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 5);
    for (row, part) in bytes.chunks(16).enumerate() {
        let mut digits = String::with_capacity(50);
        for (column, byte) in part.iter().enumerate() {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x} ");
            if column == 7 {
                digits.push(' ');
            }
        }
        let glyph = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
        let glyphs: String = part.iter().map(glyph).collect();
        let _ = writeln!(text, "{:08x}  {digits:<49} |{glyphs}|", row * 16);
    }
    text
}

/// `const unsigned char payload[] = { … };`
pub(super) fn c(bytes: &[u8]) -> String {
    // ISO C has no empty array.
    if bytes.is_empty() {
        return "const unsigned char payload[1]; /* empty */\nconst size_t payload_len = 0;\n".into();
    }
    let len = bytes.len();
    format!(
        "const unsigned char payload[{len}] = {{\n{}}};\nconst size_t payload_len = {len};\n",
        list(bytes)
    )
}

/// `const PAYLOAD: [u8; 3] = [ … ];`
pub(super) fn rust(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "const PAYLOAD: [u8; 0] = [];\n".into();
    }
    format!("const PAYLOAD: [u8; {}] = [\n{}];\n", bytes.len(), list(bytes))
}

fn list(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 6 + bytes.len() / 2);
    for part in bytes.chunks(IN_LINE) {
        let numbers: Vec<String> = part.iter().map(|byte| format!("0x{byte:02x}")).collect();
        let _ = writeln!(text, "    {},", numbers.join(", "));
    }
    text
}

/// `b"\x81hello"`, in parentheses and lines where it is long.
pub(super) fn python(bytes: &[u8]) -> String {
    const IN_PART: usize = 64;
    let parts: Vec<String> = bytes.chunks(IN_PART).map(literal).collect();
    match &parts[..] {
        [] => "b\"\"".into(),
        [one] => one.clone(),
        many => format!("(\n    {}\n)", many.join("\n    ")),
    }
}

fn literal(bytes: &[u8]) -> String {
    let mut text = String::from("b\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => text.extend(['\\', char::from(*byte)]),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x20..0x7f => text.push(char::from(*byte)),
            other => {
                let _ = write!(text, "\\x{other:02x}");
            }
        }
    }
    text.push('"');
    text
}

/// Text in quotes (RFC 8259 7); nothing where it is no text.
pub(super) fn json_string(bytes: &[u8]) -> Option<String> {
    serde_json::to_string(std::str::from_utf8(bytes).ok()?).ok()
}

/// Every value as it was written, in lines of their own; nothing where it is no JSON.
pub(super) fn indented(bytes: &[u8]) -> Option<String> {
    let document = Document::parse(std::str::from_utf8(bytes).ok()?)?;
    // A document with more values than are listed would lose its end.
    (!document.cut).then(|| document.pretty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_byte() -> Vec<u8> {
        (0..=255).chain(*b"\"\\'\r\n\t%$`!").collect()
    }

    /// Runs a script of Python, where there is one: it is the judge of its own literals.
    fn python_says(script: &str) -> Option<Vec<u8>> {
        let ran = std::process::Command::new("python3").args(["-c", script]).output().ok()?;
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        Some(ran.stdout)
    }

    /// What is pasted into Python is the same bytes there, long or short or empty.
    #[test]
    fn python_reads_back() {
        for bytes in [every_byte(), b"short".to_vec(), Vec::new()] {
            let script = format!("import sys\nsys.stdout.buffer.write({})", python(&bytes));
            if let Some(said) = python_says(&script) {
                assert_eq!(said, bytes);
            }
        }
    }

    /// The numbers of an array are the bytes, and as many as it says.
    #[test]
    fn arrays_hold_all() {
        let bytes = every_byte();
        for text in [c(&bytes), rust(&bytes)] {
            let inner = text.split_once(['{', '=']).unwrap().1;
            let numbers: Vec<u8> = inner
                .split(|it: char| !it.is_ascii_alphanumeric())
                .filter_map(|word| u8::from_str_radix(word.strip_prefix("0x")?, 16).ok())
                .collect();
            assert_eq!(numbers, bytes);
            assert!(text.contains(&format!("{}]", bytes.len())));
        }
        assert_eq!(rust(&[]), "const PAYLOAD: [u8; 0] = [];\n");
        assert_eq!(rust(&[7]), "const PAYLOAD: [u8; 1] = [\n    0x07,\n];\n");
    }

    /// A dump is the one that everybody knows.
    #[test]
    fn a_dump() {
        let says = "00000000  47 45 54 20 2f 63 68 61  74 20 48 54 54 50 2f 31  |GET /chat HTTP/1|\n\
                    00000010  2e 31 0d                                          |.1.|\n";
        assert_eq!(dump(b"GET /chat HTTP/1.1\r"), says);
    }

    /// JSON keeps its numbers and its keys as they were sent; a string of it reads back.
    #[test]
    fn json_keeps_what_was_sent() {
        let sent = br#"{"id":12345678901234567890.10,"id":1,"a":[]}"#;
        let text = indented(sent).unwrap();
        assert!(text.contains("12345678901234567890.10") && text.matches("\"id\"").count() == 2);
        assert_eq!(indented(b"not {"), None);
        let words = "\u{0}\"\\\n\u{2028}ü";
        let back: String = serde_json::from_str(&json_string(words.as_bytes()).unwrap()).unwrap();
        assert_eq!(back, words);
        assert_eq!(json_string(b"\xff"), None);
    }
}
