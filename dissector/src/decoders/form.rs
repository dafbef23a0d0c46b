//! Forms: `application/x-www-form-urlencoded`, names and values as a browser packs them (the URL Standard, 5).

use super::decoded::{Part, short};
use super::input::{Input, Said};
use super::table::{Decoder, Key, text};
use super::tree::Tree;

pub(super) const DECODER: Decoder =
    Decoder::new("form", "Form", "https://url.spec.whatwg.org/#application/x-www-form-urlencoded", decode)
        .content(is_form)
        .keys(KEYS);

/// The names are Wireshark's.
const KEYS: &[Key] = &[text("urlencoded-form.value", "The value of a form's field, unpacked")];

/// Pairs with their places.
fn pairs(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    bytes.split(|byte| *byte == b'&').scan(0, |at, pair| {
        let start = *at;
        *at += pair.len() + 1;
        Some((start, pair))
    })
}

/// At least two pairs, or one with an escape, of characters that may stand there. Text has spaces, base64 one `=` at
/// its end.
fn is_form(said: Said<'_>) -> bool {
    let pair = |pair: &[u8]| {
        let name = pair.iter().position(|byte| *byte == b'=').and_then(|at| pair.get(..at));
        name.is_some_and(|name| {
            name.first().is_some_and(|it| it.is_ascii_alphabetic() || b"_%[".contains(it))
        }) && pair.iter().filter(|byte| **byte == b'=').count() == 1
    };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"*-._+%=&[]~:@/,".contains(byte);
    let bytes = said.bytes;
    said.text
        && bytes.iter().all(allowed)
        && pairs(bytes).all(|(_, it)| pair(it))
        && escapes(bytes)
        && (bytes.contains(&b'&') || bytes.contains(&b'%'))
}

/// Whether each `%` has its two digits.
fn escapes(bytes: &[u8]) -> bool {
    let digits = |at: usize| bytes.get(at + 1..at + 3).is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit));
    memchr::memchr_iter(b'%', bytes).all(digits)
}

/// The URL Standard, 5.1: `+` is a space, `%` and two digits a byte. Gives each byte with the place where it is written.
pub(super) fn unescape(bytes: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut next = 0;
    core::iter::from_fn(move || {
        let at = next;
        let first = *bytes.get(at)?;
        let escape = bytes.get(at + 1..at + 3).filter(|_| first == b'%');
        let escaped = escape.and_then(|digits| hex::decode(digits).ok()).and_then(|it| it.first().copied());
        next += if escaped.is_some() { 3 } else { 1 };
        Some((at, escaped.unwrap_or(if first == b'+' { b' ' } else { first })))
    })
}

/// The same as text; what is no UTF-8 is replaced.
fn unpack(bytes: &[u8]) -> String {
    let out: Vec<u8> = unescape(bytes).map(|(_, byte)| byte).collect();
    String::from_utf8_lossy(&out).into_owned()
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let mut summary = String::new();
    for (at, pair) in pairs(bytes).filter(|(_, pair)| !pair.is_empty()) {
        if tree.full() && tree.is_full() {
            tree.limit("only the first 10,000 fields are listed");
            break;
        }
        let split = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let name = unpack(pair.get(..split).unwrap_or_default());
        let value = unpack(pair.get(split + 1..).unwrap_or_default());
        if summary.len() < 400 {
            summary.push_str(&format!("{}={} ", short(&name), short(&value)));
        }
        tree.text("urlencoded-form.value", &name, &value, at..at + pair.len());
    }
    if let Some(at) = bytes.iter().position(|byte| byte.is_ascii_control() || *byte == b' ') {
        tree.stop(at, "a character that a form has only escaped");
    }
    tree.part(Part {
        kind: "form".into(),
        summary: short(summary.trim_end()),
        at: 0..bytes.len(),
        ..Part::default()
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::decoded;

    /// What Python's `urllib.parse.urlencode` writes.
    #[test]
    fn forms_are_unpacked() {
        let text = "name=J%C3%BCrgen+%26+Co&tags%5B%5D=a&tags%5B%5D=b&empty=";
        let said = decoded("", text);
        assert_eq!(
            (said.protocol, said.summary().as_str()),
            ("form", "name=Jürgen & Co tags[]=a tags[]=b empty=")
        );
        let second = &said.fields[1];
        assert_eq!((second.label.as_ref(), &text[second.at.clone().unwrap()]), ("tags[]", "tags%5B%5D=a"));
    }

    /// What people and programs say is no form because of an `=` or a `&`.
    #[test]
    fn text_is_no_form() {
        for text in [
            "a=b",
            "aGVsbG8=",
            "aGVsbG8+d29ybGQ==",
            "a=b & c=d",
            "rock&roll",
            "x==1&&y==2",
            "50%",
            "a=50%",
            "1=2&3=4",
            "&",
            "=",
        ] {
            assert_eq!(decoded("", text).protocol, "text", "{text}");
        }
    }
}
