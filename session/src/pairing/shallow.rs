//! The outermost members of JSON, without the rest of it: enough to find an id in a message that is only begun.
//!
//! Does not judge whether it is JSON; what it cannot read it does not report.

/// Name and value of each member of the outermost object, as they are written; strings keep their quotes.
pub(super) fn members(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut scan = Scan::inside(text, b'{');
    std::iter::from_fn(move || {
        let scan = scan.as_mut()?;
        let name = scan.value()?;
        let name = name.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        scan.mark(b':')?;
        let value = scan.value()?;
        scan.comma = true;
        Some((name, value))
    })
}

/// Each element of the outermost array, as it is written.
pub(super) fn elements(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut scan = Scan::inside(text, b'[');
    std::iter::from_fn(move || {
        let scan = scan.as_mut()?;
        let value = scan.value()?;
        scan.comma = true;
        Some(value)
    })
}

/// A string without escapes.
pub(super) fn word(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value.strip_prefix(b"\"")?.strip_suffix(b"\"")?).ok()
}

struct Scan<'a> {
    rest: &'a [u8],
    /// Whether a comma has to come next.
    comma: bool,
}

impl<'a> Scan<'a> {
    fn inside(text: &'a [u8], mark: u8) -> Option<Self> {
        let mut scan = Self { rest: text, comma: false };
        scan.mark(mark)?;
        Some(scan)
    }

    fn mark(&mut self, mark: u8) -> Option<()> {
        self.rest = self.rest.trim_ascii_start().strip_prefix(&[mark])?;
        Some(())
    }

    /// The next value, whatever is in it; none where it is not whole.
    fn value(&mut self) -> Option<&'a [u8]> {
        if std::mem::take(&mut self.comma) {
            self.mark(b',')?;
        }
        self.rest = self.rest.trim_ascii_start();
        let len = match self.rest.first()? {
            b'"' => string(self.rest)?,
            b'{' | b'[' => nested(self.rest)?,
            _ => self.rest.iter().position(|byte| b",:}] \t\r\n".contains(byte)).filter(|len| *len > 0)?,
        };
        let (value, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(value)
    }
}

/// The length of the string that text begins with, its quotes included.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The length of the object or array that text begins with.
fn nested(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0_usize, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => at += string(text.get(at..)?)? - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}
