//! Where a rule points in the head of a request or a response, and how its bytes are quoted.

use core::ops::Range;

use crate::head::{Head, Line, Start};
use crate::ids::Side;
use crate::rules::Point;
use crate::rules::facts::Ledger;
use crate::span::Span;

/// Characters of the wire that one finding quotes.
const QUOTED: usize = 120;

/// A head, and what is needed to point into it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) side: Side,
    pub(super) head: &'a Head,
}

impl<'a> Place<'a> {
    /// The request's head.
    pub(super) fn request(ledger: &'a Ledger, head: &'a Head) -> Self {
        Self { ledger, side: Side::Client, head }
    }

    /// The response's head.
    pub(super) fn response(ledger: &'a Ledger, head: &'a Head) -> Self {
        Self { ledger, side: Side::Server, head }
    }

    /// Where a part of the head lies.
    pub(super) fn span(self, range: &Range<usize>) -> Option<Span> {
        Some(self.ledger.head_span(self.side, self.head, range))
    }

    /// At a part of the head, which is quoted.
    pub(super) fn at(self, range: &Range<usize>) -> Point {
        Point { span: self.span(range), seen: quoted(self.head.bytes(range)), ..Point::default() }
    }

    /// At the start line: for what is missing in the head as a whole.
    pub(super) fn start(self) -> Point {
        let range = match &self.head.start {
            Start::Request { method, version, .. } => method.start..version.end,
            Start::Response { version, reason, .. } => version.start..reason.end,
        };
        Point { span: self.span(&range), ..Point::default() }
    }

    /// The first header line called `name`.
    pub(super) fn line(self, name: &'a str) -> Option<&'a Line> {
        self.lines(name).next()
    }

    /// The header lines called `name`.
    pub(super) fn lines(self, name: &'a str) -> impl Iterator<Item = &'a Line> {
        self.head.lines_called(name)
    }

    /// Where `text` stands in the values of the header lines called `name`: in the one numbered `line`, or in
    /// the first that holds it. The whole value where it is not found as it is written.
    pub(super) fn within(self, name: &'a str, line: Option<usize>, text: &str) -> Option<Range<usize>> {
        let mut lines = self.lines(name).skip(line.unwrap_or_default());
        let first = lines.next()?;
        let mut find = core::iter::once(first).chain(lines).filter_map(|line| {
            let value = self.head.bytes(&line.value);
            let at = memchr::memmem::find(value, text.as_bytes()).filter(|_| !text.is_empty())?;
            Some(line.value.start + at..line.value.start + at + text.len())
        });
        find.next().or_else(|| Some(first.value.clone()))
    }
}

/// A header line from its name to the end of its value.
pub(super) fn whole(line: &Line) -> Range<usize> {
    line.name.start..line.value.end.max(line.name.end)
}

/// Bytes of the wire as text: what is not printable ASCII is escaped, what is long is cut.
pub(super) fn quoted(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    let cut = bytes.get(..QUOTED).unwrap_or(bytes);
    let text: String = cut.iter().copied().flat_map(core::ascii::escape_default).map(char::from).collect();
    let text = text.replace("\\\"", "\"").replace("\\'", "'");
    if cut.len() < bytes.len() { format!("{text}…") } else { text }
}

/// `seen` instead of what the point quotes.
pub(super) fn seen(point: Point, seen: impl Into<String>) -> Point {
    Point { seen: seen.into(), ..point }
}

/// `expected` with what the point quotes.
pub(super) fn expected(point: Point, expected: impl Into<String>) -> Point {
    Point { expected: expected.into(), ..point }
}
