//! The colors of an excerpt: JSON mildly by what its parts are, everything else in one.
//!
//! Reads a few hundred characters at a time; knows no document and judges nothing.

use std::ops::Range;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Color32, FontId};
use session::conversation::{Excerpt, Shape};

use crate::gui::fonts;
use crate::gui::theme::Theme;

/// The excerpt, wrapped to `width` and at most `rows` rows.
pub fn job(theme: &Theme, excerpt: &Excerpt, width: f32, rows: usize) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mono = fonts::mono();
    match excerpt.shape {
        Shape::Empty => append(&mut job, "empty", fonts::small(), theme.dim),
        Shape::Nothing => append(&mut job, &excerpt.text, fonts::body(), theme.warn),
        Shape::Text => append(&mut job, &excerpt.text, mono, theme.text),
        Shape::Bytes(kind) => {
            let more = if excerpt.cut { " …" } else { "" };
            append(&mut job, &format!("{}{more}", excerpt.text), mono, theme.bytes.high);
            if let Some(kind) = kind {
                append(&mut job, &format!("   looks like {kind}"), fonts::small(), theme.dim);
            }
        }
        Shape::Json => {
            for (range, color) in json(theme, &excerpt.text) {
                append(&mut job, excerpt.text.get(range).unwrap_or_default(), mono.clone(), color);
            }
        }
    }
    let overflow_character = Some('…');
    job.wrap = TextWrapping { max_width: width, max_rows: rows, break_anywhere: false, overflow_character };
    job
}

/// The same in one line.
pub fn line(theme: &Theme, excerpt: &Excerpt, width: f32) -> LayoutJob {
    let flat;
    let excerpt = if excerpt.text.contains('\n') {
        flat = Excerpt { text: excerpt.text.replace('\n', "↵"), ..excerpt.clone() };
        &flat
    } else {
        excerpt
    };
    let mut job = job(theme, excerpt, width, 1);
    job.wrap.break_anywhere = true;
    job
}

fn append(job: &mut LayoutJob, text: &str, font: FontId, color: Color32) {
    job.append(text, 0.0, TextFormat::simple(font, color));
}

/// Parts of JSON with their colors; what is no JSON comes out as words and marks.
fn json(theme: &Theme, text: &str) -> Vec<(Range<usize>, Color32)> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let (len, color) = match byte {
            b'"' => {
                let len = string(rest);
                let key = bytes.get(at + len) == Some(&b':');
                (len, if key { theme.values.key } else { theme.values.string })
            }
            b'{' | b'}' | b'[' | b']' | b',' | b':' => {
                (run(rest, |it| b"{}[],:".contains(&it)), theme.values.mark)
            }
            b'-' | b'0'..=b'9' => {
                (run(rest, |it| it.is_ascii_alphanumeric() || b"+-.".contains(&it)), theme.values.number)
            }
            _ => (run(rest, |it| !b"{}[],:\"".contains(&it)), theme.values.word),
        };
        parts.push((at..at + len, color));
        at += len.max(1);
    }
    parts
}

fn run(bytes: &[u8], belongs: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| belongs(**byte)).count().max(1)
}

/// The length of a string with its quotes, or of what is there of it.
fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts are the whole text, cut only between characters, whatever it is.
    #[test]
    fn parts_are_the_whole() {
        let theme = Theme::when(true);
        for text in
            ["{\"a\":[1,-2.5e3,true,\"é\\\"\"]}", "{\"cut\":\"nev", "[[[", "é, ü: {1x}", "\"\\", "\"é\\"]
        {
            let parts = json(theme, text);
            let whole: String = parts.iter().map(|(range, _)| text.get(range.clone()).unwrap()).collect();
            assert_eq!(whole, text);
        }
        assert_eq!(json(theme, "{\"a\":1}").len(), 5);
    }
}
