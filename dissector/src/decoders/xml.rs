//! XML 1.0: whole documents, and fragments of several elements, with the place of each element and attribute.
//!
//! Read by quick-xml, which keeps places; no entity is expanded but the five that XML itself has, and no DTD is read,
//! so that nothing grows. Namespaces are not resolved: names stand as they were written.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::decoded::{Part, short};
use super::field::Value;
use super::input::{Input, Said};
use super::table::{Decoder, Key, text};
use super::tree::{At, Tree};

pub(super) const DECODER: Decoder = Decoder::new("xml", "XML", "https://www.w3.org/TR/xml/", decode)
    // RFC 7395 3.1: each message of XMPP is one element.
    .tokens(&["xmpp", "xml"])
    .content(is_xml)
    .keys(KEYS);

/// The names are Wireshark's.
const KEYS: &[Key] = &[
    text("xml.tag", "The name of an element, with its prefix"),
    text("xml.attribute", "The value of an attribute"),
    text("xml.cdata", "The text of an element, its references read"),
    text("xml.comment", "A comment"),
    text("xml.xmlpi", "A processing instruction or the XML declaration"),
    text("xml.doctype", "A document type declaration"),
];

/// Whether it is elements and nothing else. Text that only has a tag in it somewhere is text.
fn is_xml(said: Said<'_>) -> bool {
    let begins = said.bytes.trim_ascii_start().starts_with(b"<");
    begins
        && said.bytes.trim_ascii_end().ends_with(b">")
        && simdutf8::basic::from_utf8(said.bytes).is_ok()
        && {
            let mut tree = Tree::new("", false);
            let walked = walk(said.bytes, &mut tree);
            walked.elements > 0 && !walked.loose && tree.finish(0).stopped.is_none()
        }
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    if let Err(error) = simdutf8::compat::from_utf8(bytes) {
        tree.stop(error.valid_up_to(), "not UTF-8");
    }
    let begun = tree.parts();
    walk(bytes, tree);
    if tree.parts() == begun {
        let summary = short(&String::from_utf8_lossy(bytes.get(..400).unwrap_or(bytes)));
        tree.part(Part { summary, at: 0..bytes.len(), ..Part::default() });
    }
}

/// What a walk met.
#[derive(Default)]
struct Walked {
    elements: usize,
    /// Whether text stands outside of all elements.
    loose: bool,
}

struct Walk<'a, 't> {
    bytes: &'a [u8],
    tree: &'t mut Tree,
    /// Where the elements begin that are open.
    open: Vec<usize>,
    /// The text that goes on, and where it stands.
    run: String,
    run_at: Option<At>,
    /// The outermost element in hand: its name and its id.
    root: (String, Option<String>),
    met: Walked,
}

/// Adds all of a text to the tree, each outermost element as a part.
fn walk(bytes: &[u8], tree: &mut Tree) -> Walked {
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().check_comments = true;
    let mut walk = Walk {
        bytes,
        tree,
        open: Vec::new(),
        run: String::new(),
        run_at: None,
        root: Default::default(),
        met: Walked::default(),
    };
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event();
        let at = start..reader.buffer_position() as usize;
        match event {
            Ok(Event::Eof) => break,
            Ok(event) => {
                if !walk.event(event, at) {
                    break;
                }
            }
            Err(error) => {
                walk.end_run();
                walk.tree
                    .stop((reader.error_position() as usize).min(bytes.len()), short(&error.to_string()));
                break;
            }
        }
    }
    walk.end()
}

impl Walk<'_, '_> {
    /// Whether reading goes on.
    fn event(&mut self, event: Event<'_>, at: At) -> bool {
        match &event {
            Event::Text(text) => return self.text(&String::from_utf8_lossy(text), at),
            Event::CData(text) => return self.text(&String::from_utf8_lossy(text), at),
            Event::GeneralRef(reference) => return self.text(&resolved(reference), at),
            _ => self.end_run(),
        }
        let inner = |skip: usize, end: usize| {
            let inner = self.bytes.get(at.start + skip..at.end.saturating_sub(end).max(at.start + skip));
            String::from_utf8_lossy(inner.unwrap_or_default()).into_owned()
        };
        match event {
            Event::Start(start) => return self.start(&start, at, false),
            Event::Empty(start) => return self.start(&start, at, true),
            Event::End(_) => self.close(at.end),
            Event::Comment(_) => self.tree.text("xml.comment", "Comment", &inner(4, 3), at),
            Event::Decl(_) | Event::PI(_) => self.tree.text("xml.xmlpi", "Instruction", &inner(2, 2), at),
            Event::DocType(_) => self.tree.text("xml.doctype", "Document type", &inner(2, 1), at),
            _ => {}
        }
        true
    }

    fn text(&mut self, said: &str, at: At) -> bool {
        if self.tree.full() || self.run.len() < 400 {
            self.run.push_str(said);
        }
        let start = self.run_at.take().map_or(at.start, |run| run.start);
        self.run_at = Some(start..at.end);
        self.met.loose |= self.open.is_empty() && !said.trim().is_empty();
        true
    }

    /// Text between elements that is mere space is not listed.
    fn end_run(&mut self) {
        if let Some(at) = self.run_at.take()
            && !self.run.trim().is_empty()
        {
            self.tree.text("xml.cdata", "Text", &self.run, at);
        }
        self.run.clear();
    }

    fn start(&mut self, start: &BytesStart<'_>, at: At, empty: bool) -> bool {
        let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
        // XML 1.0, 2.3: NameStartChar, of ASCII as it stands there.
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, ':' | '_') || !c.is_ascii()) {
            self.tree.stop(at.start, "no name of XML");
            return false;
        }
        if self.open.is_empty() {
            if !self.tree.more() {
                return false;
            }
            self.root = (name.clone(), None);
        }
        self.met.elements += 1;
        self.tree.open("xml.tag", "Element", Value::Text(name), at.clone());
        let good = self.attributes(start, &at);
        self.open.push(at.start);
        if empty {
            self.close(at.end);
        }
        good
    }

    fn attributes(&mut self, start: &BytesStart<'_>, at: &At) -> bool {
        let mut attributes = start.attributes();
        // Held against each other, many would cost the square of their number.
        attributes.with_checks(false);
        for attribute in attributes {
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    self.tree.stop(at.start, short(&error.to_string()));
                    return false;
                }
            };
            let outermost = self.open.is_empty();
            let name = String::from_utf8_lossy(attribute.key.as_ref());
            if self.tree.full() || outermost && name == "id" {
                let raw = String::from_utf8_lossy(&attribute.value);
                let value = quick_xml::escape::unescape(&raw).map_or(raw.to_string(), |it| it.into_owned());
                if outermost && name == "id" {
                    self.root.1 = Some(value.clone());
                }
                let place = self.place(attribute.key.as_ref(), &attribute.value, at);
                self.tree.text("xml.attribute", &format!("@{name}"), &value, place);
            }
        }
        true
    }

    /// Where an attribute stands, from its name to its last quote: both lie in the message itself.
    fn place(&self, key: &[u8], value: &[u8], at: &At) -> At {
        let offset = |part: &[u8]| (part.as_ptr() as usize).checked_sub(self.bytes.as_ptr() as usize);
        let (Some(start), Some(end)) = (offset(key), offset(value)) else { return at.clone() };
        let end = end.saturating_add(value.len() + 1);
        if at.start <= start && start < end && end <= at.end { start..end } else { at.clone() }
    }

    fn close(&mut self, end: usize) {
        let Some(start) = self.open.pop() else { return };
        self.tree.settle(start..end);
        self.tree.close();
        if self.open.is_empty() {
            self.part(start..end);
        }
    }

    /// An outermost element is one thing that is said.
    fn part(&mut self, at: At) {
        let (name, id) = std::mem::take(&mut self.root);
        let begin = self.bytes.get(at.start..at.end.min(at.start + 400)).unwrap_or_default();
        let summary = short(&String::from_utf8_lossy(begin));
        self.tree.part(Part { kind: short(&name).into(), id, summary, at, ..Part::default() });
    }

    fn end(mut self) -> Walked {
        self.end_run();
        if let Some(first) = self.open.first().copied() {
            self.tree.stop(self.bytes.len(), "an element is not closed");
            for start in std::mem::take(&mut self.open).into_iter().rev() {
                self.tree.settle(start..self.bytes.len());
                self.tree.close();
            }
            self.part(first..self.bytes.len());
        }
        self.met
    }
}

/// What a reference stands for; itself where only a DTD would tell.
fn resolved(reference: &BytesRef<'_>) -> String {
    let name = String::from_utf8_lossy(reference).into_owned();
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    quick_xml::escape::resolve_xml_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::tests::decoded;
    use super::super::*;

    /// The example of RFC 7395 3.3.3 and one of a message: names, attributes and text stand where they were written.
    #[test]
    fn elements_have_places() {
        let text =
            "<message id=\"m&lt;1\" to='a@b'>\n <body>1 &lt; 2 &#x263a;<![CDATA[<raw>]]></body></message>";
        let said = decoded("", text);
        assert_eq!((said.protocol, &said.stopped), ("xml", &None));
        let part = &said.parts[0];
        assert_eq!((part.kind.as_ref(), part.id.as_deref()), ("message", Some("m<1")));
        let root = &said.fields[0];
        assert_eq!(root.at, Some(0..text.len()));
        let shown: Vec<_> = root.children.iter().map(|it| (it.label.as_ref(), it.value.shown())).collect();
        assert_eq!(shown, [("@id", "m<1".into()), ("@to", "a@b".into()), ("Element", "body".into())]);
        assert_eq!(&text[root.children[1].at.clone().unwrap()], "to='a@b'");
        assert_eq!(root.children[2].children[0].value, Value::Text("1 < 2 ☺<raw>".into()));
        let open =
            "<open xmlns=\"urn:ietf:params:xml:ns:xmpp-framing\" to=\"example.com\" version=\"1.0\" />";
        assert_eq!((decoded("", open).protocol, decoded("", open).fields[0].children.len()), ("xml", 3));
        let document = "<?xml version=\"1.0\"?><!-- a --><!DOCTYPE x><x/><y>1</y>";
        let said = decoded("", document);
        assert_eq!((said.protocol, said.parts.len(), said.fields.len()), ("xml", 2, 5));
    }

    /// What is no XML is text; pinned it says where.
    #[test]
    fn text_is_no_xml() {
        for text in
            ["<3", "<3></3>", "a <b>c</b>", "<b>c</b> d", "<p>a<br></p>", "<a b=>", "<a", "1 < 2 > 1", "<>"]
        {
            assert_eq!(decoded("", text).protocol, "text", "{text}");
        }
        assert_eq!(decoded("xml", "<a><b></a>").stopped.map(|it| it.at), Some(6));
        assert_eq!(decoded("xml", "<a><b>").stopped.map(|it| it.at), Some(6));
        // Nothing grows: what a DTD declares is not read.
        let bomb = "<!DOCTYPE a [<!ENTITY b \"xxxxxxxx\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;&c;</a>";
        assert_eq!(decoded("xml", bomb).fields[1].children[0].value, Value::Text("&c;&c;".into()));
        let deep = format!("{}{}", "<a>".repeat(1_000), "</a>".repeat(1_000));
        assert_eq!(decoded("", &deep).limited, Some("only 64 levels of fields are listed"));
    }
}
