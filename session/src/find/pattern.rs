//! What is looked for: text, an expression, or bytes; and what is wrong with it, where something is.
//!
//! Whatever is typed, matching takes time in proportion to what is looked through, and bounded memory.

use std::ops::Range;

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

/// How what was typed is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// As it stands.
    #[default]
    Text,
    /// As a regular expression.
    Regex,
    /// As bytes in hex.
    Hex,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Pattern(Way);

#[derive(Clone, Debug)]
enum Way {
    Bytes(Box<Finder<'static>>),
    Regex(Box<Regex>),
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where: bytes of what was typed; empty at its end where something is missing.
    pub at: Range<usize>,
    /// One sentence.
    pub says: String,
}

/// Memory that a compiled expression may take, and what is made of it while it is matched.
const SIZE: usize = 4 << 20;
/// How deep groups may lie in each other.
const DEPTH: u32 = 100;

impl Pattern {
    /// Reads what was typed. Bytes have no case.
    pub fn read(typed: &str, kind: Kind, case: bool) -> Result<Self, Mistake> {
        let bytes = |bytes: &[u8]| Ok(Self(Way::Bytes(Box::new(Finder::new(bytes).into_owned()))));
        match kind {
            _ if typed.is_empty() => Err(Mistake { at: 0..0, says: "Nothing to look for".into() }),
            Kind::Hex => bytes(&hex(typed)?),
            Kind::Text if case => bytes(typed.as_bytes()),
            Kind::Text => regex(&regex::escape(typed), typed, case),
            Kind::Regex => regex(typed, typed, case),
        }
    }

    /// Where it stands in some bytes, in order, without overlaps; places without length are left out.
    pub fn matches<'a>(&'a self, bytes: &'a [u8]) -> Box<dyn Iterator<Item = Range<usize>> + 'a> {
        match &self.0 {
            Way::Bytes(finder) => {
                let len = finder.needle().len();
                let mut from = 0;
                Box::new(std::iter::from_fn(move || {
                    let at = from + finder.find(bytes.get(from..)?)?;
                    from = at + len;
                    Some(at..from)
                }))
            }
            Way::Regex(regex) => {
                Box::new(regex.find_iter(bytes).map(|found| found.range()).filter(|range| !range.is_empty()))
            }
        }
    }

    /// Whether it stands in some words.
    pub fn is_in(&self, words: &str) -> bool {
        self.matches(words.as_bytes()).next().is_some()
    }
}

fn regex(expression: &str, typed: &str, case: bool) -> Result<Pattern, Mistake> {
    let mut builder = RegexBuilder::new(expression);
    builder.case_insensitive(!case).size_limit(SIZE).dfa_size_limit(SIZE).nest_limit(DEPTH);
    match builder.build() {
        Ok(regex) => Ok(Pattern(Way::Regex(Box::new(regex)))),
        Err(regex::Error::CompiledTooBig(_)) => {
            Err(Mistake { at: 0..typed.len(), says: "The expression becomes too large".into() })
        }
        Err(error) => Err(mistake(expression, &error)),
    }
}

/// What is wrong with an expression, and where: the parser says it, of which the library passes on a drawing only.
fn mistake(expression: &str, error: &regex::Error) -> Mistake {
    let parsed = regex_syntax::ParserBuilder::new().nest_limit(DEPTH).utf8(false).build().parse(expression);
    let (span, says) = match parsed {
        Err(regex_syntax::Error::Parse(error)) => (*error.span(), error.kind().to_string()),
        Err(regex_syntax::Error::Translate(error)) => (*error.span(), error.kind().to_string()),
        _ => return Mistake { at: 0..expression.len(), says: sentence(&error.to_string()) },
    };
    Mistake { at: span.start.offset..span.end.offset, says: sentence(&says) }
}

/// The first letter large, no period, one line.
fn sentence(words: &str) -> String {
    let words = words.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let mut letters = words.trim_end_matches('.').chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// `81 85`, `0x8185`, `81:85`: pairs of digits with anything usual between them.
fn hex(typed: &str) -> Result<Vec<u8>, Mistake> {
    let mut bytes = Vec::new();
    let mut half: Option<(usize, u8)> = None;
    let mut skip = 0;
    for (at, character) in typed.char_indices() {
        if at < skip {
            continue;
        }
        let prefix = typed.get(at..at + 2).is_some_and(|two| two.eq_ignore_ascii_case("0x"));
        if half.is_none() && prefix {
            skip = at + 2;
            continue;
        }
        let digit = character.to_digit(16).map(|digit| digit as u8);
        match (digit, half.take()) {
            (Some(low), Some((_, high))) => bytes.push(high << 4 | low),
            (Some(high), None) => half = Some((at, high)),
            (None, None) if character.is_whitespace() || ":,-_".contains(character) => {}
            (None, Some((first, _))) if character.is_whitespace() || ":,-_".contains(character) => {
                return Err(halved(typed, first));
            }
            (None, _) => {
                let says = format!("“{character}” is no hexadecimal digit");
                return Err(Mistake { at: at..at + character.len_utf8(), says });
            }
        }
    }
    match half {
        Some((first, _)) => Err(halved(typed, first)),
        None if bytes.is_empty() => Err(Mistake { at: 0..typed.len(), says: "No byte is there yet".into() }),
        None => Ok(bytes),
    }
}

fn halved(typed: &str, at: usize) -> Mistake {
    let digit = typed.get(at..at + 1).unwrap_or_default();
    Mistake { at: at..at + 1, says: format!("“{digit}” is half a byte: two digits make one") }
}
