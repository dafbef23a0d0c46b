//! From what is written to what is meant: fields looked up, values read as what the field has, each mistake at its place.

use std::ops::Range;

use regex::bytes::RegexBuilder;

use super::field::Field;
use super::fields::{field, like};
use super::literal::{literal, number};
use super::mistake::Mistake;
use super::syntax::{self, Term, Written};
use super::test::{Comparison, Cut, Expr, Operand, Right, Step, Test, What};
use super::token::Operator;
use super::value::{Kind, Literal, Value};

type Checked<T> = Result<T, Mistake>;

/// What a filter means.
pub(super) fn check(written: Written<'_>) -> Checked<Expr> {
    let all = |inner: Vec<Written<'_>>| inner.into_iter().map(check).collect::<Checked<Vec<_>>>();
    Ok(match written {
        // What reads least comes first: the order does not matter to what holds.
        Written::Or(inner) => Expr::Or(cheapest_first(all(inner)?)),
        Written::And(inner) => Expr::And(cheapest_first(all(inner)?)),
        Written::Xor(inner) => Expr::Xor(all(inner)?),
        Written::Not(inner) => Expr::Not(Box::new(check(*inner)?)),
        Written::Test(test) => Expr::Test(self::test(test)?),
    })
}

fn cheapest_first(mut all: Vec<Expr>) -> Vec<Expr> {
    all.sort_by_key(Expr::reads);
    all
}

fn test(written: syntax::Test<'_>) -> Checked<Test> {
    let syntax::Test { every, left, compared } = written;
    let Some((operator, at, right)) = compared else {
        let left = operand(&left)?;
        return Ok(Test { every: every.unwrap_or(false), left, what: What::Present });
    };
    let right = match right {
        syntax::Right::Set(members, _) => return within(every, &left, &at, &members),
        syntax::Right::One(right) => right,
    };
    // A value may stand on the left of a field: `80 == tcp.port`.
    let (left, right, operator) = match (is_field(&left), is_field(&right)) {
        (false, true) => (right, left, turned(operator)),
        _ => (left, right, operator),
    };
    let left_at = left.at.clone();
    let left = operand(&left)?;
    match operator {
        Operator::Contains => contains(every, left, &left_at, &right),
        Operator::Matches => matches(every, left, &left_at, &right),
        operator => compare(every, left, (operator, at), &right),
    }
}

fn compare(
    every: Option<bool>,
    left: Operand,
    (operator, at): (Operator, Range<usize>),
    right: &Term<'_>,
) -> Checked<Test> {
    let (comparison, all) = comparison(operator);
    if left.kind().bare() {
        let says = format!("{} is only there or not: it has no value to compare", left.field.name);
        return Err(Mistake::new(at, says));
    }
    if !left.kind().ordered() && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
        let says = format!("{} is {}: == or != compares it", left.field.name, left.kind().name());
        return Err(Mistake::new(at, says));
    }
    let what = if is_field(right) {
        let other = operand(right)?;
        if other.kind() != left.kind() && left.kind() != Kind::Json && other.kind() != Kind::Json {
            let (mine, its) = (left.kind().name(), other.kind().name());
            let says = format!(
                "{} is {its}, and {} is {mine}: the two cannot be compared",
                other.field.name, left.field.name
            );
            return Err(Mistake::new(right.at.clone(), says));
        }
        Right::Operand(other)
    } else {
        Right::Literal(value(right, &left)?)
    };
    Ok(Test { every: every.unwrap_or(all), left, what: What::Compared(comparison, what) })
}

/// What an operator compares, and whether all values must pass. Wireshark's: `!=` means that none is equal.
fn comparison(operator: Operator) -> (Comparison, bool) {
    match operator {
        Operator::AllEqual => (Comparison::Equal, true),
        Operator::NotEqual => (Comparison::NotEqual, true),
        Operator::AnyNotEqual => (Comparison::NotEqual, false),
        Operator::Less => (Comparison::Less, false),
        Operator::LessOrEqual => (Comparison::LessOrEqual, false),
        Operator::Greater => (Comparison::Greater, false),
        Operator::GreaterOrEqual => (Comparison::GreaterOrEqual, false),
        _ => (Comparison::Equal, false),
    }
}

fn turned(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::LessOrEqual => Operator::GreaterOrEqual,
        Operator::Greater => Operator::Less,
        Operator::GreaterOrEqual => Operator::LessOrEqual,
        other => other,
    }
}

fn within(
    every: Option<bool>,
    left: &Term<'_>,
    at: &Range<usize>,
    members: &[(Term<'_>, Option<Term<'_>>)],
) -> Checked<Test> {
    let left = operand(left)?;
    if left.kind().bare() {
        let says =
            format!("{} is only there or not: it has no value that could be in a set", left.field.name);
        return Err(Mistake::new(at.clone(), says));
    }
    let mut all = Vec::new();
    for (first, last) in members {
        let last = last.as_ref().map(|last| value(last, &left)).transpose()?;
        all.push((value(first, &left)?, last));
    }
    Ok(Test { every: every.unwrap_or(false), left, what: What::Within(all) })
}

fn contains(every: Option<bool>, left: Operand, at: &Range<usize>, right: &Term<'_>) -> Checked<Test> {
    runs(&left, at, "contain")?;
    let needle = match value(right, &left)? {
        Literal::Value(value) if value.bytes().is_some() => value.bytes().unwrap_or_default().to_vec(),
        _ => return Err(Mistake::new(right.at.clone(), "Text in quotes is expected here")),
    };
    if needle.is_empty() {
        return Err(Mistake::new(
            right.at.clone(),
            "Everything contains the empty text: there is nothing to look for",
        ));
    }
    Ok(Test { every: every.unwrap_or(false), left, what: What::Contains(needle) })
}

/// A regular expression's program may be so large, in bytes.
const PROGRAM: usize = 4 << 20;

fn matches(every: Option<bool>, left: Operand, at: &Range<usize>, right: &Term<'_>) -> Checked<Test> {
    runs(&left, at, "match")?;
    let pattern = match &right.what {
        syntax::What::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        syntax::What::Word(word) => (*word).to_owned(),
        syntax::What::Call(..) => {
            return Err(Mistake::new(right.at.clone(), "A regular expression in quotes is expected here"));
        }
    };
    // Wireshark's regular expressions do not heed case.
    let built = RegexBuilder::new(&pattern)
        .case_insensitive(true)
        // Of bytes a dot is any of them, of text a character.
        .unicode(matches!(left.kind(), Kind::Text | Kind::Json))
        .size_limit(PROGRAM)
        .dfa_size_limit(PROGRAM)
        .build();
    let regex = built.map_err(|error| {
        let words = error.to_string();
        let last = words.lines().last().unwrap_or_default().trim_start_matches("error: ");
        Mistake::new(right.at.clone(), format!("No regular expression: {last}"))
    })?;
    Ok(Test { every: every.unwrap_or(false), left, what: What::Matches(regex) })
}

fn runs(left: &Operand, at: &Range<usize>, verb: &str) -> Checked<()> {
    if left.kind().runs() {
        return Ok(());
    }
    let says = format!("{} is {}, which does not {verb} anything", left.field.name, left.kind().name());
    Err(Mistake::new(at.clone(), says))
}

fn value(term: &Term<'_>, left: &Operand) -> Checked<Literal> {
    if let Some((_, at)) = term.slices.first() {
        return Err(Mistake::new(at.clone(), "Only a field can be cut"));
    }
    let read = literal(term, left.field, left.kind())?;
    // A field of numbers compares with numbers, also where they were given names.
    Ok(match (read, left.kind()) {
        (Literal::Value(Value::Number(number)), Kind::Flag) => Literal::Value(Value::Flag(number != 0)),
        (read, _) => read,
    })
}

/// A word that is a field's name, or what a function makes of one.
fn is_field(term: &Term<'_>) -> bool {
    match &term.what {
        syntax::What::Word(word) => lookup(word).is_some(),
        syntax::What::Call(..) => true,
        syntax::What::Text(_) => false,
    }
}

/// A field and the path into it.
fn lookup(word: &str) -> Option<(&'static Field, &str)> {
    if let Some(field) = field(word) {
        return Some((field, ""));
    }
    let mut end = word.len();
    while let Some(dot) = word[..end].rfind('.') {
        if let Some(field) = field(&word[..dot]).filter(|field| field.has_paths()) {
            return Some((field, &word[dot + 1..]));
        }
        end = dot;
    }
    None
}

fn operand(term: &Term<'_>) -> Checked<Operand> {
    let mut made = match &term.what {
        syntax::What::Word(word) => named(word, &term.at)?,
        syntax::What::Text(_) => {
            return Err(Mistake::new(term.at.clone(), "A field is expected here, as in websocket.opcode"));
        }
        syntax::What::Call(name, inner) => {
            let mut made = operand(inner)?;
            let step = function(name, &made, &term.at)?;
            made.steps.push(step);
            made
        }
    };
    for (inside, at) in &term.slices {
        if !made.kind().can_be_cut() {
            let says =
                format!("{} is {}, of which no part can be taken", made.field.name, made.kind().name());
            return Err(Mistake::new(at.clone(), says));
        }
        made.steps.push(Step::Cut(cuts(inside, at)?));
    }
    if let Some(mask) = &term.mask {
        if made.kind() != Kind::Number {
            let says = format!(
                "{} is {}: only a number has bits that can be looked at",
                made.field.name,
                made.kind().name()
            );
            return Err(Mistake::new(term.at.clone(), says));
        }
        let syntax::What::Word(word) = mask.what else { return Err(no_mask(mask)) };
        made.steps.push(Step::Mask(number(word).ok_or_else(|| no_mask(mask))?));
    }
    Ok(made)
}

fn no_mask(term: &Term<'_>) -> Mistake {
    Mistake::new(term.at.clone(), "A number is expected here, as in tcp.flags & 0x02")
}

fn named(word: &str, at: &Range<usize>) -> Checked<Operand> {
    if let Some((field, path)) = lookup(word) {
        return Ok(Operand { field, path: steps(path), steps: Vec::new() });
    }
    let says = match (like(word).as_slice(), HINTS.iter().find(|(name, _)| *name == word)) {
        (_, Some((_, hint))) => (*hint).to_owned(),
        ([], _) => format!("{word} is no field: wscope fields lists them"),
        ([only], _) => format!("{word} is no field; {only} is one"),
        ([first, others @ ..], _) => {
            format!("{word} is no field; {first} is one, and {}", others.join(" and "))
        }
    };
    Err(Mistake::new(at.clone(), says))
}

/// What people type that is not there, and what is.
const HINTS: &[(&str, &str)] = &[
    ("tcp.seq", "Sequence numbers are read as they were sent: tcp.seq_raw"),
    ("tcp.ack", "Acknowledgment numbers are read as they were sent: tcp.ack_raw"),
    ("http", "Heads of opening handshakes are http.request and http.response"),
];

/// `user."a b".0` step by step.
fn steps(path: &str) -> Vec<String> {
    let (mut steps, mut step, mut quoted) = (Vec::new(), String::new(), false);
    for character in path.chars() {
        match character {
            '"' => quoted = !quoted,
            '.' if !quoted => steps.push(std::mem::take(&mut step)),
            other => step.push(other),
        }
    }
    if !path.is_empty() {
        steps.push(step);
    }
    steps
}

/// Functions of one field.
const FUNCTIONS: &[(&str, Step)] =
    &[("len", Step::Len), ("count", Step::Count), ("lower", Step::Lower), ("upper", Step::Upper)];

/// The names of functions, for completion.
pub(super) fn functions() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|(name, _)| *name)
}

fn function(name: &str, of: &Operand, at: &Range<usize>) -> Checked<Step> {
    let Some((_, step)) = FUNCTIONS.iter().find(|(known, _)| *known == name) else {
        return Err(Mistake::new(
            at.clone(),
            format!("{name} is no function: there are len, count, lower and upper"),
        ));
    };
    if *step != Step::Count && !of.kind().runs() {
        let says = format!("{name}() takes text or bytes, and {} is {}", of.field.name, of.kind().name());
        return Err(Mistake::new(at.clone(), says));
    }
    Ok(step.clone())
}

/// `0:4`, `1-2`, `3`, `:4`, `-2:`, several with commas. Wireshark's: a colon is followed by a length, a minus by the
/// last byte.
fn cuts(inside: &str, at: &Range<usize>) -> Checked<Vec<Cut>> {
    let mut place = at.start + 1;
    let mut cuts = Vec::new();
    for part in inside.split(',') {
        let here = place..place + part.len();
        place = here.end + 1;
        let cut = cut(part.trim());
        cuts.push(cut.ok_or_else(|| {
            let says =
                "Bytes are expected here: [2] one, [0:4] four from the first, [1-3] the second to the fourth";
            Mistake::new(here, says)
        })?);
    }
    Ok(cuts)
}

fn cut(part: &str) -> Option<Cut> {
    if let Some((from, len)) = part.split_once(':') {
        let from = if from.is_empty() { 0 } else { from.parse().ok()? };
        let len = if len.is_empty() { None } else { Some(len.parse::<u64>().ok()?) };
        return (len != Some(0)).then_some(Cut { from, len });
    }
    if let Some((from, last)) = part.split_once('-').filter(|(from, _)| !from.is_empty()) {
        let (from, last): (i64, i64) = (from.parse().ok()?, last.parse().ok()?);
        let len = u64::try_from(last.checked_sub(from)?.checked_add(1)?).ok().filter(|len| *len > 0)?;
        return Some(Cut { from, len: Some(len) });
    }
    Some(Cut { from: part.parse().ok()?, len: Some(1) })
}
