//! The shape of a filter: tests, joined by `or`, `xor`, `and` and `not`. Knows no field and no type.

use std::ops::Range;

use winnow::Parser;
use winnow::combinator::{repeat, separated};
use winnow::error::ParserError;
use winnow::stream::{Stream as _, TokenSlice};

use super::mistake::Mistake;
use super::token::{Operator, Tok, Token, tokens};

/// A filter as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Written<'s> {
    Or(Vec<Self>),
    Xor(Vec<Self>),
    And(Vec<Self>),
    Not(Box<Self>),
    Test(Test<'s>),
}

/// One test: a field alone, or compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test<'s> {
    /// Whether all values must pass, or any: as it is written, or as the operator has it.
    pub(super) every: Option<bool>,
    pub(super) left: Term<'s>,
    pub(super) compared: Option<(Operator, Range<usize>, Right<'s>)>,
}

/// What stands on the right.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Right<'s> {
    One(Term<'s>),
    /// Values and ranges of values.
    Set(Vec<(Term<'s>, Option<Term<'s>>)>, Range<usize>),
}

/// Something that has a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term<'s> {
    pub(super) what: What<'s>,
    pub(super) at: Range<usize>,
    pub(super) slices: Vec<(&'s str, Range<usize>)>,
    /// `& 0x12`
    pub(super) mask: Option<Box<Term<'s>>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What<'s> {
    Word(&'s str),
    Text(Vec<u8>),
    /// `len(…)`
    Call(&'s str, Box<Term<'s>>),
}

type Input<'t, 's> = TokenSlice<'t, Token<'s>>;
type Parsed<T> = Result<T, Fault>;

/// Either there is no such thing here, or there is one and it is wrong.
#[derive(Debug)]
struct Fault(Option<Mistake>);

impl<'t, 's> ParserError<Input<'t, 's>> for Fault {
    type Inner = Self;
    fn from_input(_: &Input<'t, 's>) -> Self {
        Self(None)
    }
    fn into_inner(self) -> Result<Self::Inner, Self> {
        Ok(self)
    }
    fn is_backtrack(&self) -> bool {
        self.0.is_none()
    }
}

/// Brackets in brackets, and tests in one filter: more is no filter that anybody wrote.
const DEPTH: usize = 60;
const LONGEST: usize = 64 * 1024;

/// Reads a filter; nothing where nothing is written.
pub(super) fn read(text: &str) -> Result<Option<Written<'_>>, Mistake> {
    if text.len() > LONGEST {
        return Err(Mistake::new(LONGEST..text.len(), "The filter is longer than 64 KiB: cut it here"));
    }
    let tokens = tokens(text);
    let mut depth = 0_usize;
    for token in &tokens {
        match token.what {
            Tok::Not(says) => return Err(Mistake::new(token.at.clone(), says)),
            Tok::Open => depth += 1,
            Tok::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH {
            return Err(Mistake::new(token.at.clone(), format!("More than {DEPTH} brackets in each other")));
        }
    }
    if tokens.is_empty() {
        return Ok(None);
    }
    let end = text.trim_end().len();
    let mut input = TokenSlice::new(&tokens);
    let written =
        alternatives(&mut input).map_err(|fault| fault.0.unwrap_or_else(|| missing(&input, end)))?;
    match input.peek_token() {
        None => Ok(Some(written)),
        Some(token) if token.what == Tok::Close => {
            Err(Mistake::new(token.at.clone(), "No bracket is open here: ( is missing"))
        }
        Some(token) => {
            let says = "Here a test has ended: && or || joins it with another";
            Err(Mistake::new(token.at.clone(), says))
        }
    }
}

fn missing(input: &Input<'_, '_>, end: usize) -> Mistake {
    let at = input.peek_token().map_or(end..end, |token| token.at.clone());
    Mistake::new(at, "A field is expected here, as in websocket.opcode")
}

/// Nothing else fits here.
fn wrong<T>(at: Range<usize>, says: impl Into<String>) -> Parsed<T> {
    Err(Fault(Some(Mistake::new(at, says))))
}

fn operator<'t, 's>(wanted: Operator) -> impl FnMut(&mut Input<'t, 's>) -> Parsed<()> {
    move |input| match input.peek_token() {
        Some(Token { what: Tok::Operator(operator), .. }) if *operator == wanted => {
            input.next_token();
            Ok(())
        }
        _ => Err(Fault(None)),
    }
}

// Wireshark's order: `or` binds least, then `xor`, then `and`.

fn alternatives<'s>(input: &mut Input<'_, 's>) -> Parsed<Written<'s>> {
    separated(1.., exclusives, operator(Operator::Or)).map(|all| joined(all, Written::Or)).parse_next(input)
}

fn exclusives<'s>(input: &mut Input<'_, 's>) -> Parsed<Written<'s>> {
    separated(1.., conjunction, operator(Operator::Xor))
        .map(|all| joined(all, Written::Xor))
        .parse_next(input)
}

fn conjunction<'s>(input: &mut Input<'_, 's>) -> Parsed<Written<'s>> {
    separated(1.., negation, operator(Operator::And)).map(|all| joined(all, Written::And)).parse_next(input)
}

fn joined<'s>(mut all: Vec<Written<'s>>, join: fn(Vec<Written<'s>>) -> Written<'s>) -> Written<'s> {
    match (all.pop(), all.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            all.extend(last);
            join(all)
        }
    }
}

fn negation<'s>(input: &mut Input<'_, 's>) -> Parsed<Written<'s>> {
    let signs: usize =
        repeat(0.., operator(Operator::Not)).fold(|| 0, |count, ()| count + 1).parse_next(input)?;
    let inner = match input.peek_token() {
        Some(Token { what: Tok::Open, at }) => {
            input.next_token();
            let inner = alternatives(input)?;
            close(input, at, "The bracket is not closed: ) is missing")?;
            inner
        }
        _ => test(input)?,
    };
    Ok(if signs % 2 == 1 { Written::Not(Box::new(inner)) } else { inner })
}

fn close(input: &mut Input<'_, '_>, opened: &Range<usize>, says: &str) -> Parsed<()> {
    match input.peek_token() {
        Some(Token { what: Tok::Close, .. }) => {
            input.next_token();
            Ok(())
        }
        Some(token) => wrong(token.at.clone(), "Here && or || joins another test, or ) ends the bracket"),
        None => wrong(opened.clone(), says),
    }
}

fn test<'s>(input: &mut Input<'_, 's>) -> Parsed<Written<'s>> {
    let every = match input.peek_token() {
        Some(Token { what: Tok::Operator(Operator::Any), .. }) => Some(false),
        Some(Token { what: Tok::Operator(Operator::All), .. }) => Some(true),
        _ => None,
    };
    if every.is_some() {
        input.next_token();
    }
    let left = term(input, "A field is expected here, as in websocket.opcode")?;
    let Some(Token { what: Tok::Operator(operator), at }) = input.peek_token() else {
        return Ok(Written::Test(Test { every, left, compared: None }));
    };
    let (operator, at) = (*operator, at.clone());
    match operator {
        Operator::Or | Operator::And | Operator::Xor => {
            Ok(Written::Test(Test { every, left, compared: None }))
        }
        Operator::Not | Operator::Any | Operator::All | Operator::Mask => {
            wrong(at, "A comparison is expected here, as in ==, or && and || before another test")
        }
        Operator::In => {
            input.next_token();
            let right = set(input)?;
            Ok(Written::Test(Test { every, left, compared: Some((operator, at, right)) }))
        }
        _ => {
            input.next_token();
            let right = Right::One(term(input, "A value is expected here, or a field")?);
            Ok(Written::Test(Test { every, left, compared: Some((operator, at, right)) }))
        }
    }
}

/// `{1, 3..5}`; commas may be left out.
fn set<'s>(input: &mut Input<'_, 's>) -> Parsed<Right<'s>> {
    let end = input.previous_tokens().next().map_or(0, |token| token.at.end);
    let from = match input.peek_token() {
        Some(Token { what: Tok::OpenSet, at }) => at.start,
        token => {
            let at = token.map_or(end..end, |token| token.at.clone());
            return wrong(at, "A set is expected here, as in {80, 8000..8080}");
        }
    };
    input.next_token();
    let mut members = Vec::new();
    loop {
        match input.peek_token() {
            Some(Token { what: Tok::CloseSet, at }) if !members.is_empty() => {
                input.next_token();
                return Ok(Right::Set(members, from..at.end));
            }
            Some(Token { what: Tok::Comma, .. }) if !members.is_empty() => {
                input.next_token();
            }
            _ => {}
        }
        let first = term(input, "A value is expected here; } ends the set")?;
        let to = match input.peek_token() {
            Some(Token { what: Tok::To, .. }) => {
                input.next_token();
                Some(term(input, "The end of the range is expected here")?)
            }
            _ => None,
        };
        members.push((first, to));
    }
}

fn term<'s>(input: &mut Input<'_, 's>, expected: &str) -> Parsed<Term<'s>> {
    let mut term = single(input, expected)?;
    if operator(Operator::Mask).parse_next(input).is_ok() {
        term.mask = Some(Box::new(single(input, "A number is expected here, as in tcp.flags & 0x02")?));
    }
    Ok(term)
}

fn single<'s>(input: &mut Input<'_, 's>, expected: &str) -> Parsed<Term<'s>> {
    let end = input.previous_tokens().next().map_or(0, |token| token.at.end);
    let Some(Token { what, at }) = input.peek_token().cloned() else { return wrong(end..end, expected) };
    let what = match what {
        Tok::Text(bytes) => What::Text(bytes),
        Tok::Word(word) => What::Word(word),
        _ => return wrong(at, expected),
    };
    input.next_token();
    let mut term = Term { what, at: at.clone(), slices: Vec::new(), mask: None };
    if let (What::Word(name), Some(Token { what: Tok::Open, .. })) = (&term.what, input.peek_token()) {
        let name = *name;
        input.next_token();
        // A call in a call goes no deeper than the brackets that were counted.
        let inner = self::term(input, "A field is expected here")?;
        close(input, &at, "The bracket is not closed: ) is missing")?;
        term.what = What::Call(name, Box::new(inner));
    }
    while let Some(Token { what: Tok::Slice(inside), at }) = input.peek_token() {
        term.slices.push((inside, at.clone()));
        input.next_token();
    }
    Ok(term)
}
