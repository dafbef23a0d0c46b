//! JSON as a flat list of values, each with the place of its own text: nothing is copied, nothing is rounded.
//!
//! serde_json says whether it is JSON; where its values stand is found by one walk over the text. Knows no
//! window.

use std::ops::Range;
use std::sync::Arc;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number, as it was written.
    Number,
    /// `true`, `false`, `null`
    Word,
}

/// A value.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Values around it.
    pub depth: u16,
    /// Its name with its quotes, where it is in an object.
    key: Option<(u32, u32)>,
    place: (u32, u32),
    /// The value behind all that are in it.
    pub end: u32,
    /// Of an object or array: how many are directly in it. Of others: nothing.
    pub count: u32,
    /// Its place in the array around it.
    pub index: u32,
}

/// A JSON text with its values, outermost first.
#[derive(Clone, Debug)]
pub struct Document {
    text: Arc<str>,
    values: Vec<Value>,
    /// Whether there are more values than are listed.
    pub cut: bool,
}

/// Values that are listed.
const LISTED: usize = 1_000_000;

impl Document {
    /// Reads a text that is an object or an array; other JSON needs no tree.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.trim_start().starts_with(['{', '[']) || u32::try_from(text.len()).is_err() {
            return None;
        }
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        let mut document = Self { text: Arc::from(text), values: Vec::new(), cut: false };
        document.walk();
        Some(document)
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// Number of values.
    pub fn len(&self) -> usize {
        self.values.len()
    }
    /// Never: it holds its outermost value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
    /// A value.
    pub fn value(&self, index: usize) -> Option<&Value> {
        self.values.get(index)
    }
    /// Where a value stands in the text, its name not included.
    pub fn place(&self, value: &Value) -> Range<usize> {
        value.place.0 as usize..value.place.1 as usize
    }
    /// A value's own text.
    pub fn raw(&self, value: &Value) -> &str {
        self.text.get(self.place(value)).unwrap_or_default()
    }
    /// A value's name as written, without its quotes.
    pub fn key(&self, value: &Value) -> Option<&str> {
        let (start, end) = value.key?;
        self.text.get(start as usize + 1..end as usize - 1)
    }
    /// A name read as JSON says.
    fn name(&self, value: &Value) -> Option<String> {
        let (start, end) = value.key?;
        serde_json::from_str(self.text.get(start as usize..end as usize)?).ok()
    }
    /// The text of a string value with its escapes read; of others as it stands.
    pub fn content(&self, value: &Value) -> String {
        let raw = self.raw(value);
        let string = if value.kind == Kind::String { serde_json::from_str(raw).ok() } else { None };
        string.unwrap_or_else(|| raw.to_owned())
    }

    /// The innermost value at a place of the text.
    pub fn at(&self, place: usize) -> Option<usize> {
        let after = self.values.partition_point(|value| value.place.0 as usize <= place);
        let before = self.values[..after].iter().enumerate().rev();
        before.take(4096).find(|(_, value)| place < value.place.1 as usize).map(|(index, _)| index)
    }

    /// The way to a value: `$.user.roles[2]`.
    pub fn path(&self, index: usize) -> String {
        let mut steps = Vec::new();
        let mut depth = u16::MAX;
        for at in (0..=index.min(self.len().saturating_sub(1))).rev() {
            let value = &self.values[at];
            if value.depth < depth {
                depth = value.depth;
                match self.name(value) {
                    Some(name) if plain(&name) => steps.push(format!(".{name}")),
                    Some(name) => steps.push(format!("[{}]", serde_json::Value::String(name))),
                    None if depth > 0 => steps.push(format!("[{}]", value.index)),
                    None => {}
                }
            }
            if depth == 0 {
                break;
            }
        }
        steps.push("$".into());
        steps.reverse();
        steps.concat()
    }

    /// The text with a line for each value, indented by two; strings and numbers as they were written.
    pub fn pretty(&self) -> String {
        let bytes = self.text.as_bytes();
        let mut out = String::with_capacity(bytes.len() * 2);
        let mut depth = 0;
        let mut at = 0;
        let line = |out: &mut String, depth: usize| {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        };
        while let Some(byte) = bytes.get(at) {
            let next = self.token(at);
            match byte {
                b'{' | b'[' => {
                    let inside = self.space(at + 1);
                    out.push(char::from(*byte));
                    if matches!(bytes.get(inside), Some(b'}' | b']')) {
                        out.push(char::from(bytes[inside]));
                        at = inside + 1;
                        continue;
                    }
                    depth += 1;
                    line(&mut out, depth);
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                    out.push(char::from(*byte));
                }
                b',' => {
                    out.push(',');
                    line(&mut out, depth);
                }
                b':' => out.push_str(": "),
                b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => out.push_str(&self.text[at..next]),
            }
            at = next;
        }
        out
    }

    /// Lists the values. The text is known to be JSON.
    fn walk(&mut self) {
        let text = Arc::clone(&self.text);
        let bytes = text.as_bytes();
        let mut open: Vec<u32> = Vec::new();
        let mut key = None;
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            let next = self.token(at);
            let kind = match byte {
                b'{' => Kind::Object,
                b'[' => Kind::Array,
                b'"' => Kind::String,
                b'-' | b'0'..=b'9' => Kind::Number,
                b't' | b'f' | b'n' => Kind::Word,
                b'}' | b']' => {
                    let end = self.values.len() as u32;
                    if let Some(value) = open.pop().and_then(|index| self.values.get_mut(index as usize)) {
                        value.place.1 = next as u32;
                        value.end = end;
                    }
                    at = next;
                    continue;
                }
                _ => {
                    at = next;
                    continue;
                }
            };
            let around = open.last().copied();
            let in_object = around.is_some_and(|index| self.values[index as usize].kind == Kind::Object);
            if kind == Kind::String && in_object && key.is_none() {
                key = Some((at as u32, next as u32));
                at = next;
                continue;
            }
            if self.values.len() >= LISTED {
                self.cut = true;
                break;
            }
            let index = around.map_or(0, |index| {
                let around = &mut self.values[index as usize];
                around.count += 1;
                around.count - 1
            });
            let own = self.values.len() as u32;
            let place = (at as u32, next as u32);
            let depth = open.len() as u16;
            self.values.push(Value { kind, depth, key: key.take(), place, end: own + 1, count: 0, index });
            if matches!(kind, Kind::Object | Kind::Array) {
                open.push(own);
            }
            at = next;
        }
        // Only where the list was cut.
        let (len, end) = (bytes.len() as u32, self.values.len() as u32);
        for index in open {
            let value = &mut self.values[index as usize];
            value.place.1 = len;
            value.end = end;
        }
    }

    fn space(&self, at: usize) -> usize {
        let bytes = &self.text.as_bytes()[at..];
        at + bytes
            .iter()
            .position(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
            .unwrap_or(bytes.len())
    }

    /// Where the token at a place ends.
    fn token(&self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let rest = bytes[at..].iter().enumerate().skip(1);
        match bytes[at] {
            b'"' => {
                let mut escaped = false;
                for (index, byte) in rest {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => return at + index + 1,
                        _ => {}
                    }
                }
                bytes.len()
            }
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' => {
                let mut rest = rest.skip_while(|(_, byte)| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
                });
                rest.next().map_or(bytes.len(), |(index, _)| at + index)
            }
            _ => at + 1,
        }
    }
}

/// Whether a name can stand in a path without quotes.
fn plain(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#" {"a" : [1, {"b\"c": 12345678901234567890.10}, []], "d":"\u0041", "a":null} "#;

    /// Every value stands where its text says, duplicates and long numbers included, and has a way to it.
    #[test]
    fn values_and_places() {
        let document = Document::parse(TEXT).unwrap();
        let all: Vec<_> = (0..document.len())
            .map(|index| {
                let value = document.value(index).unwrap();
                assert_eq!(document.at(document.place(value).start), Some(index));
                (document.path(index), document.raw(value).len(), value.count, value.end)
            })
            .collect();
        let paths: Vec<_> = all.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(paths, ["$", "$.a", "$.a[0]", "$.a[1]", r#"$.a[1]["b\"c"]"#, "$.a[2]", "$.d", "$.a"]);
        assert_eq!(all[0], ("$".into(), TEXT.trim().len(), 3, 8));
        assert_eq!(document.content(document.value(6).unwrap()), "A");
        assert_eq!(document.raw(document.value(4).unwrap()), "12345678901234567890.10");
    }

    /// Indenting changes white space only.
    #[test]
    fn indented() {
        let pretty = Document::parse(TEXT).unwrap().pretty();
        let lines = [
            "{",
            "  \"a\": [",
            "    1,",
            "    {",
            "      \"b\\\"c\": 12345678901234567890.10",
            "    },",
            "    []",
            "  ],",
            "  \"d\": \"\\u0041\",",
            "  \"a\": null",
            "}",
        ];
        assert_eq!(pretty, lines.join("\n"));
        assert!(Document::parse("12").is_none() && Document::parse("{").is_none());
    }
}
