//! Finds where messages end in the content of a body that brings one after the other. Keeps no byte of them.

use crate::neighbor::Framing;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Offset of the first byte in the content.
    pub(super) at: u64,
    /// Offset behind the last.
    pub(super) end: u64,
    /// Whether bytes of it were never captured.
    pub(super) missing: bool,
    /// Whether it came to its own end.
    pub(super) ended: bool,
}

/// The end of a script element, which brings one message in SockJS's `htmlfile`.
const SCRIPT: &[u8] = b"</script>";

/// Where the content stands.
#[derive(Debug)]
pub(super) struct Splitter {
    framing: Framing,
    /// Offset of the next byte.
    at: u64,
    /// Where the message began, if one did.
    begun: Option<u64>,
    missing: bool,
    /// Whether the line so far is empty.
    empty: bool,
    /// A CR stands at the end; whether an LF belongs to it is not known yet.
    cr: bool,
    /// A CR alone has ended a line: then none waits for an LF any more.
    bare: bool,
    /// How much of [`SCRIPT`] stands at the end, or all of it before in this line.
    script: usize,
}

impl Splitter {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, at: 0, begun: None, missing: false, empty: true, cr: false, bare: false, script: 0 }
    }

    /// Offset behind what has gone by.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, bytes: &[u8], found: &mut dyn FnMut(Found)) {
        match self.framing {
            Framing::Whole => {
                if !bytes.is_empty() {
                    self.begun.get_or_insert(self.at);
                }
                self.at += bytes.len() as u64;
            }
            Framing::Events => self.events(bytes, found),
            Framing::Lines | Framing::Scripts => self.lines(bytes, found),
        }
    }

    /// Bytes of one whole, which were not looked at.
    pub(super) fn whole(&mut self, len: u64) {
        self.begun.get_or_insert(self.at);
        self.at += len;
    }

    /// Bytes that were never captured: whatever stood in them, a message that was begun goes on.
    pub(super) fn gap(&mut self, len: u64, found: &mut dyn FnMut(Found)) {
        self.settle(found);
        self.begun.get_or_insert(self.at);
        self.at += len;
        (self.missing, self.empty, self.cr) = (true, false, false);
    }

    /// No more comes. Of an event stream, what was not ended by an empty line is no event.
    pub(super) fn end(&mut self, complete: bool, found: &mut dyn FnMut(Found)) {
        self.settle(found);
        if self.begun.is_some() {
            self.tell(self.at, complete && self.framing != Framing::Events, found);
        }
    }

    /// No LF belongs to the CR at the end.
    fn settle(&mut self, found: &mut dyn FnMut(Found)) {
        if core::mem::take(&mut self.cr) && !self.bare {
            self.line_end(self.at, found);
        }
    }

    fn tell(&mut self, end: u64, ended: bool, found: &mut dyn FnMut(Found)) {
        if let Some(at) = self.begun.take() {
            found(Found { at, end, missing: self.missing, ended });
        }
        self.missing = false;
    }

    /// WHATWG HTML 9.2.5: lines end with CR LF, LF or CR. Where a CR has never ended one by itself, an LF is waited
    /// for: else where an event ends would depend on how its bytes came.
    fn events(&mut self, bytes: &[u8], found: &mut dyn FnMut(Found)) {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            if core::mem::take(&mut self.cr) {
                let lf = *first == b'\n';
                if lf {
                    self.at += 1;
                    rest = rest.get(1..).unwrap_or_default();
                }
                if !self.bare {
                    self.bare = !lf;
                    self.line_end(self.at, found);
                }
                continue;
            }
            let len = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            if len > 0 {
                self.begun.get_or_insert(self.at);
                self.empty = false;
                self.at += len as u64;
            }
            match rest.get(len) {
                Some(b'\n') => {
                    self.at += 1;
                    self.line_end(self.at, found);
                }
                Some(_) => {
                    self.at += 1;
                    self.cr = true;
                    if self.bare {
                        self.line_end(self.at, found);
                    }
                }
                None => {}
            }
            rest = rest.get(len + 1..).unwrap_or_default();
        }
    }

    /// A line has ended: an empty one ends the event.
    fn line_end(&mut self, end: u64, found: &mut dyn FnMut(Found)) {
        if core::mem::replace(&mut self.empty, true) {
            self.tell(end, true, found);
        }
    }

    fn lines(&mut self, bytes: &[u8], found: &mut dyn FnMut(Found)) {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.begun.get_or_insert(self.at);
            self.at += line.len() as u64;
            if self.framing == Framing::Scripts {
                line.iter().for_each(|byte| self.script(*byte));
            }
            let ends = self.framing == Framing::Lines || self.script == SCRIPT.len();
            if line.last() == Some(&b'\n') {
                if ends {
                    self.tell(self.at, true, found);
                }
                self.script = 0;
            }
        }
    }

    fn script(&mut self, byte: u8) {
        if self.script < SCRIPT.len() {
            let goes_on = SCRIPT.get(self.script) == Some(&byte);
            self.script = if goes_on { self.script + 1 } else { usize::from(byte == b'<') };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(framing: Framing, body: &[u8], step: usize) -> Vec<(String, bool)> {
        let (mut splitter, mut all) = (Splitter::new(framing), Vec::new());
        body.chunks(step).for_each(|piece| splitter.bytes(piece, &mut |found| all.push(found)));
        splitter.end(true, &mut |found| all.push(found));
        let text = |found: &Found| {
            let bytes = &body[found.at as usize..found.end as usize];
            (String::from_utf8_lossy(bytes).into_owned(), found.ended)
        };
        all.iter().map(text).collect()
    }

    /// Events end where WHATWG HTML 9.2.6 says, whatever ends their lines and however they were cut; what only
    /// separates is no event, and the last one was not ended.
    #[test]
    fn whatwg_html_9_2_events_in_pieces() {
        let bodies: [&[u8]; 4] = [
            b"\n\ndata: a\n: b\n\n\ndata: c\n\ndata: d\n",
            b"\r\n\r\ndata: a\r\n: b\r\n\r\n\r\ndata: c\r\n\r\ndata: d\r\n",
            b"data: a\r: b\r\r\rdata: c\r\rdata: d\r",
            b"\xef\xbb\xbfdata: a\n: b\n\r\n\rdata: c\n\ndata: d",
        ];
        for body in bodies {
            let whole = split(Framing::Events, body, body.len());
            let lines: Vec<_> = whole.iter().map(|(text, _)| text.trim_end().to_owned()).collect();
            assert_eq!(lines.len(), 3, "{whole:?}");
            assert!(lines[0].contains("data: a") && lines[0].ends_with(": b"), "{lines:?}");
            assert_eq!(&lines[1..], ["data: c", "data: d"]);
            assert_eq!(whole.iter().map(|(_, ended)| *ended).collect::<Vec<_>>(), [true, true, false]);
            for step in 1..body.len() {
                assert_eq!(split(Framing::Events, body, step), whole, "pieces of {step}");
            }
        }
    }

    /// An event is there with the last byte of its empty line.
    #[test]
    fn an_event_is_told_at_once() {
        for body in ["data: a\n\n", "data: a\r\n\r\n", "data: a\r\r"] {
            let (mut splitter, mut all) = (Splitter::new(Framing::Events), Vec::new());
            splitter.bytes(body.as_bytes(), &mut |found| all.push(found));
            assert_eq!(all, [Found { at: 0, end: body.len() as u64, missing: false, ended: true }]);
        }
    }

    /// What was lost belongs to the event around it, and the next one is whole again.
    #[test]
    fn gaps_are_told() {
        let (mut splitter, mut all) = (Splitter::new(Framing::Events), Vec::new());
        let mut tell = |found: Found| all.push((found.at, found.end, found.missing));
        splitter.bytes(b"data: a\n\nda", &mut tell);
        splitter.gap(100, &mut tell);
        splitter.bytes(b"b\n\ndata: c\n\n", &mut tell);
        assert_eq!(all, [(0, 9, false), (9, 114, true), (114, 123, false)]);
    }

    #[test]
    fn lines_and_scripts() {
        let lines = split(Framing::Lines, b"hhh\no\na[\"x\"]\nc[1", 3);
        assert_eq!(
            lines.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>(),
            ["hhh\n", "o\n", "a[\"x\"]\n", "c[1"]
        );
        let body = b"<html>\n<<script>\n</script>\n<script>\np(\"o\");\n</script>\r\n";
        let scripts = split(Framing::Scripts, body, 5);
        assert_eq!(scripts[1].0, "<script>\np(\"o\");\n</script>\r\n");
        assert_eq!(scripts.len(), 2);
    }
}
