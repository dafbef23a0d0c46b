//! JSON Web Tokens where they stand among other text, and when they expire (RFC 7519).
//!
//! Recognized by their form; never verified, and no other claim is looked at.

use core::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Tokens longer than this are not looked into: no server takes a head with one.
const LONGEST: usize = 64 * 1024;

/// The tokens in a text: three parts in base64url with dots between (RFC 7515 7.1), the first a JSON object.
pub fn tokens(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut from = 0;
    core::iter::from_fn(move || {
        loop {
            // `{"` in base64.
            let at = from + memchr::memmem::find(text.get(from..)?, b"eyJ")?;
            let rest = text.get(at..)?;
            let inside = |&&byte: &&u8| is_base64url(byte) || byte == b'.';
            let len = rest.iter().take_while(inside).count();
            from = at + len;
            let token = rest.get(..len).unwrap_or_default();
            // A dot may lead to it: `authorization.bearer.eyJ…` is how subprotocols carry tokens.
            let starts = at == 0 || text.get(at - 1).is_none_or(|&byte| !is_base64url(byte));
            let parts = token.split(|&byte| byte == b'.').take(4).map(<[u8]>::len);
            let parts: Vec<_> = parts.collect();
            // An unsigned token has an empty third part.
            if starts && matches!(parts[..], [head, claims, _] if head >= 10 && claims >= 4) && len <= LONGEST
            {
                return Some(at..at + len);
            }
        }
    })
}

/// The `exp` claim of a token, in seconds since 1970 (RFC 7519 4.1.4).
pub fn expires(token: &[u8]) -> Option<i64> {
    let claims = token.split(|&byte| byte == b'.').nth(1)?;
    number(&URL_SAFE_NO_PAD.decode(claims).ok()?, b"exp")
}

/// The number that stands under `name` in a JSON object, its fraction left off. Looks at the object's own members
/// only, and for nothing but where strings and braces begin and end.
fn number(json: &[u8], name: &[u8]) -> Option<i64> {
    let (mut depth, mut at) = (0u32, 0);
    while let Some(&byte) = json.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.checked_sub(1)?,
            b'"' => {
                let len = string(json.get(at..)?)?;
                let text = json.get(at..at + len)?;
                at += len + 1;
                let behind = json.get(at..)?.trim_ascii_start();
                if let (1, true, [b':', value @ ..]) = (depth, text == name, behind) {
                    let value = value.trim_ascii_start();
                    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
                    return core::str::from_utf8(value.get(..digits)?).ok()?.parse().ok();
                }
            }
            _ => {}
        }
    }
    None
}

/// How long a string is whose opening quote is gone.
fn string(json: &[u8]) -> Option<usize> {
    let mut escaped = false;
    json.iter().position(|&byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7519 3.1's token, among other text; and what only looks like one.
    #[test]
    fn rfc7519_3_1() {
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
            dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let text = format!("a={token}; authorization.bearer.{token}, ");
        let found: Vec<_> = tokens(text.as_bytes()).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(&text[found[1].clone()], token);
        assert_eq!(expires(token.as_bytes()), Some(1_300_819_380));
        for other in ["eyJhbGciOiJub25l", "eyJ.eyJ.", "xeyJ0eXAiOiJKV1QiLA.eyJleHAiOjF9.x", ""] {
            assert_eq!(tokens(other.as_bytes()).count(), 0, "{other}");
        }
        assert_eq!(number(br#"{"a":{"exp":1},"b":"\"exp\":2,","exp" : 3.5}"#, b"exp"), Some(3));
        for broken in [r#"{"exp":"5"}"#, r#"{"exp"#, r#"{"exp":99999999999999999999}"#, "}", r#"["exp",1]"#] {
            assert_eq!(number(broken.as_bytes(), b"exp"), None, "{broken}");
        }
    }
}
