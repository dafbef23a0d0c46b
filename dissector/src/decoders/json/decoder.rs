//! Messages that are JSON, or a JSON value on each line (RFC 8259; ndjson.org).

use super::super::decoded::{Part, short};
use super::super::input::{Input, Said};
use super::super::table::Decoder;
use super::super::tree::{Base, Tree};
use super::{check, content};

/// One JSON value.
pub(in super::super) const TEXT: Decoder = Decoder::new("json", "JSON", "RFC 8259", decode).content(is_json);

/// A JSON value on each line.
pub(in super::super) const LINES: Decoder =
    Decoder::new("json-lines", "JSON lines", "https://github.com/ndjson/ndjson-spec", decode_lines)
        .content(is_lines);

fn is_json(said: Said<'_>) -> bool {
    // A lone word or number is said to be text: it would be JSON by chance.
    let first = said.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    said.text && matches!(first, Some(b'{' | b'[')) && check(said.bytes).is_ok()
}

fn is_lines(said: Said<'_>) -> bool {
    let first = said.bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let there = said.text && matches!(first, Some(b'{' | b'['));
    there && lines(said.bytes).count() > 1 && lines(said.bytes).all(|(_, line)| check(line).is_ok())
}

/// The lines that are not empty, each with its place.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = text.split_inclusive(|byte| *byte == b'\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some((start, line))
    });
    lines.filter(|(_, line)| !line.trim_ascii().is_empty())
}

fn kind(text: &[u8]) -> &'static str {
    match text.trim_ascii_start().first() {
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b'-' | b'0'..=b'9') => "number",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => "",
    }
}

fn part(text: &[u8], at: usize, tree: &Tree) -> Part {
    let mut summary = String::new();
    if tree.tells() {
        let begin = text.get(..400).unwrap_or(text);
        summary = short(String::from_utf8_lossy(begin).trim());
    }
    Part { kind: kind(text).into(), summary, at: at..at + text.len(), ..Part::default() }
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let text = input.bytes();
    tree.part(part(text, 0, tree));
    if !tree.tells() {
        return;
    }
    // Cheap enough to say of every row where it is none.
    content(tree, text, "JSON", &[]);
}

fn decode_lines(input: &Input<'_>, tree: &mut Tree) {
    for (at, line) in lines(input.bytes()) {
        tree.part(part(line, at, tree));
        if !tree.tells() {
            continue;
        }
        tree.within(Base::Shifted(at as isize), |tree| content(tree, line, "Line", &[]));
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{decoded, line};

    /// What is JSON is a tree of its members with their places; what is none says where.
    #[test]
    fn json_is_a_tree() {
        let said = decoded("json", "{\"a\": [1, -2.5e3, \"x\\u0041\"], \"b\": null}");
        assert_eq!(said.stopped, None);
        let a = &said.fields[0].children[0];
        assert_eq!((a.label.as_ref(), a.at.clone()), ("a", Some(6..28)));
        let shown: Vec<_> = a.children.iter().map(|it| it.value.shown().into_owned()).collect();
        assert_eq!(shown, ["1", "-2.5e3", "xA"]);
        assert_eq!(a.children[2].at, Some(18..27));
        for (text, at) in
            [("{\"a\":01}", 5), ("[1,]", 3), ("{\"a\" 1}", 5), ("[\"\u{1}\"]", 2), ("[1] 2", 4), ("[tru", 4)]
        {
            assert_eq!(decoded("json", text).stopped.map(|it| it.at), Some(at), "{text}");
        }
    }

    /// Several values on lines of their own are several things said.
    #[test]
    fn lines_are_parts() {
        assert_eq!(line("", "{\"a\":1}\n[2]\n"), "{\"a\":1} · [2]");
    }
}
