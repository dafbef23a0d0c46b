//! What may stand where somebody types: fields, comparisons, values.

use std::ops::Range;

use dissector::rules::rules;

use super::check::functions;
use super::field::Field;
use super::fields::{field, fields};
use super::look::{Look, Memory, Row};
use super::token::{Operator, Tok, Token, tokens};
use super::tree::quoted;
use super::value::{Kind, Value};
use crate::content::Content;
use crate::snapshot::Snapshot;

/// Something that may be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The bytes of the text that it stands for.
    pub at: Range<usize>,
    /// What it puts there.
    pub text: String,
    /// What it means, in a sentence.
    pub says: String,
}

/// Offers made at once.
const MOST: usize = 200;

/// What may stand at `cursor`, the likeliest first. Values are those that a capture has, where there is one.
pub fn complete(text: &str, cursor: usize, snapshot: Option<&Snapshot>) -> Vec<Offer> {
    let before = text.get(..cursor).unwrap_or(text);
    let mut tokens = tokens(before);
    let typed = match tokens.last() {
        Some(Token { what: Tok::Word(_) | Tok::Operator(_) | Tok::Not(_), at }) if at.end == before.len() => {
            tokens.pop()
        }
        _ => None,
    };
    // Words such as `in` or `not` may be the beginning of a longer one; a sign is no beginning of anything.
    let word = typed.as_ref().map_or("", |token| before.get(token.at.clone()).unwrap_or_default());
    let is_word = word.chars().all(|letter| letter.is_alphanumeric() || "._-\"".contains(letter));
    let (word, at) = match typed {
        Some(token) if is_word => (word, token.at),
        Some(token) => {
            tokens.push(token);
            ("", before.len()..before.len())
        }
        None => ("", before.len()..before.len()),
    };
    let offers = match tokens.last().map(|token| &token.what) {
        None | Some(Tok::Open) => of_fields(word),
        Some(Tok::Operator(
            Operator::And | Operator::Or | Operator::Xor | Operator::Not | Operator::Any | Operator::All,
        )) => of_fields(word),
        Some(Tok::Operator(_) | Tok::OpenSet | Tok::Comma) => of_values(compared(&tokens), word, snapshot),
        Some(Tok::Word(name)) => of_comparisons(field(name), word),
        Some(Tok::Text(_) | Tok::CloseSet | Tok::Close | Tok::Slice(_)) => joints(word),
        Some(Tok::To | Tok::Not(_)) => Vec::new(),
    };
    let offers = offers.into_iter().filter(|(text, _)| text != word).take(MOST);
    offers.map(|(text, says)| Offer { at: at.clone(), text, says }).collect()
}

type Offers = Vec<(String, String)>;

/// Fields that begin so, then those with a part that does, then those that hold it.
fn of_fields(word: &str) -> Offers {
    let low = word.to_ascii_lowercase();
    let rank = |name: &str| match name {
        name if name.starts_with(&low) => Some(0),
        name if name.split('.').any(|part| part.starts_with(&low)) => Some(1),
        name if name.contains(&low) => Some(2),
        _ => None,
    };
    let mut ranked: Vec<_> =
        fields().iter().filter_map(|field| Some((rank(field.name)?, strange(field), field))).collect();
    ranked.sort_by_key(|(rank, strange, field)| (*rank, *strange, field.name));
    let fields = ranked.into_iter().map(|(_, _, field)| (field.name.to_owned(), field.says.to_string()));
    let functions = functions().filter(|name| !low.is_empty() && name.starts_with(&low));
    fields.chain(functions.map(|name| (format!("{name}("), "A function of a field".to_owned()))).collect()
}

/// What people look for here comes before what stands in headers that few captures have.
fn strange(field: &Field) -> u8 {
    match field.name.split('.').next() {
        Some("ws" | "websocket") => 0,
        Some("http" | "frame" | "ip" | "tcp") => 1,
        Some("ipv6" | "eth" | "udp") => 2,
        _ => 3,
    }
}

fn of_comparisons(field: Option<&'static Field>, word: &str) -> Offers {
    let kind = field.map_or(Kind::Number, |field| field.kind);
    let mut offers: Vec<(&str, &str)> = Vec::new();
    if !kind.bare() {
        offers.extend([("==", "Equal"), ("!=", "None is equal"), ("in", "One of a set, as in {1, 3..5}")]);
    }
    if kind.runs() {
        offers.extend([
            ("contains", "Has this in it"),
            ("matches", "A regular expression finds something in it"),
        ]);
    }
    if kind.ordered() {
        offers.extend([("<", "Less"), ("<=", "Less or equal"), (">", "Greater"), (">=", "Greater or equal")]);
    }
    let offers = offers.into_iter().map(|(text, says)| (text.to_owned(), says.to_owned()));
    offers.filter(|(text, _)| text.starts_with(word)).chain(joints(word)).collect()
}

fn joints(word: &str) -> Offers {
    let all = [("&&", "And: both must hold"), ("||", "Or: one must hold")];
    let fitting = all.iter().filter(|(text, _)| text.starts_with(word));
    fitting.map(|(text, says)| ((*text).to_owned(), (*says).to_owned())).collect()
}

/// The field that is compared at the end of some tokens.
fn compared(tokens: &[Token<'_>]) -> Option<&'static Field> {
    let operator = tokens.iter().rposition(|token| matches!(token.what, Tok::Operator(_)))?;
    match tokens.get(operator.checked_sub(1)?)?.what {
        Tok::Word(name) => field(name),
        _ => None,
    }
}

fn of_values(field: Option<&'static Field>, word: &str, snapshot: Option<&Snapshot>) -> Offers {
    let Some(field) = field else { return Vec::new() };
    let mut offers: Offers =
        field.names.iter().map(|(number, name)| (bare(name), format!("{number}"))).collect();
    match (field.kind, field.name) {
        (Kind::Flag, _) => offers.extend(["true", "false"].map(|flag| (flag.to_owned(), String::new()))),
        (_, "ws.finding") => offers.extend(rules().map(|rule| (quoted(rule.code), rule.says.to_owned()))),
        _ => {}
    }
    if let Some(snapshot) = snapshot.filter(|_| offers.is_empty()) {
        offers = seen(snapshot, field);
    }
    let low = word.to_ascii_lowercase();
    offers.retain(|(text, _)| text.to_ascii_lowercase().trim_start_matches('"').starts_with(&low));
    offers
}

/// A name that is more than one word stands in quotes.
fn bare(name: &str) -> String {
    if name.chars().all(char::is_alphanumeric) { name.to_owned() } else { quoted(name) }
}

/// Connections that are looked through for values.
const LOOKED_AT: u32 = 1000;

/// The values that a field of connections has in a capture.
fn seen(snapshot: &Snapshot, field: &'static Field) -> Offers {
    if field.of() != "connection" {
        return Vec::new();
    }
    let (mut memory, mut content) = (Memory::default(), Content::default());
    let mut look = Look { snapshot, content: &mut content, memory: &mut memory };
    let mut counts = std::collections::BTreeMap::<String, u64>::new();
    for connection in snapshot.connections().iter().take(LOOKED_AT as usize) {
        look.values(Row::Connection(connection.id), field, &[], &mut |value| {
            if let Some(text) = written(&value) {
                *counts.entry(text).or_default() += 1;
            }
        });
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let word = |count| if count == 1 { "connection" } else { "connections" };
    counts.into_iter().map(|(text, count)| (text, format!("{count} {}", word(count)))).collect()
}

fn written(value: &Value<'_>) -> Option<String> {
    Some(match value {
        Value::Number(number) => number.to_string(),
        Value::Address(address) => address.to_string(),
        Value::Run(bytes) if bytes.len() <= 200 => quoted(std::str::from_utf8(bytes).ok()?),
        _ => return None,
    })
}
