//! A filter's text cut into tokens, each with its place. Cutting never fails: what is no token is one that says so.

use std::ops::Range;

use winnow::ascii::multispace0;
use winnow::combinator::{alt, delimited, preceded, repeat, terminated};
use winnow::error::EmptyError;
use winnow::stream::LocatingSlice;
use winnow::token::{any, one_of, take_while};
use winnow::{ModalResult as Parsed, Parser};

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'s> {
    pub(super) what: Tok<'s>,
    pub(super) at: Range<usize>,
}

/// What tokens there are.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tok<'s> {
    /// A name, a number, an address, a word.
    Word(&'s str),
    /// Text in quotes, its escapes resolved.
    Text(Vec<u8>),
    /// What stands in square brackets.
    Slice(&'s str),
    Operator(Operator),
    Open,
    Close,
    OpenSet,
    CloseSet,
    Comma,
    /// Between the ends of a range.
    To,
    /// What is none; the sentence says why.
    Not(&'static str),
}

/// Signs, and the words that mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Xor,
    Not,
    Equal,
    AllEqual,
    NotEqual,
    AnyNotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
    Matches,
    In,
    Mask,
    Any,
    All,
}

/// Signs, the longer ones first; then words. Wireshark's, all of them.
const OPERATORS: &[(&str, Operator)] = &[
    ("===", Operator::AllEqual),
    ("!==", Operator::AnyNotEqual),
    ("&&", Operator::And),
    ("||", Operator::Or),
    ("^^", Operator::Xor),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("~=", Operator::AnyNotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("!", Operator::Not),
    ("~", Operator::Matches),
    ("&", Operator::Mask),
    ("or", Operator::Or),
    ("and", Operator::And),
    ("xor", Operator::Xor),
    ("not", Operator::Not),
    ("eq", Operator::Equal),
    ("any_eq", Operator::Equal),
    ("all_eq", Operator::AllEqual),
    ("ne", Operator::NotEqual),
    ("all_ne", Operator::NotEqual),
    ("any_ne", Operator::AnyNotEqual),
    ("lt", Operator::Less),
    ("le", Operator::LessOrEqual),
    ("gt", Operator::Greater),
    ("ge", Operator::GreaterOrEqual),
    ("contains", Operator::Contains),
    ("matches", Operator::Matches),
    ("in", Operator::In),
    ("bitand", Operator::Mask),
    ("any", Operator::Any),
    ("all", Operator::All),
];

type Input<'s> = LocatingSlice<&'s str>;
type Fault = EmptyError;

/// Cuts `text` into tokens.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let token = token.with_span().map(|(what, at)| Token { what, at });
    let mut all = preceded(
        multispace0::<_, winnow::error::ErrMode<Fault>>,
        repeat(0.., terminated(token, multispace0)),
    );
    all.parse_next(&mut LocatingSlice::new(text)).unwrap_or_default()
}

fn token<'s>(input: &mut Input<'s>) -> Parsed<Tok<'s>, Fault> {
    alt((text, raw, slice, set, sign, word, any.value(Tok::Not("This sign has no meaning in a filter"))))
        .parse_next(input)
}

/// Brackets, commas and ranges.
fn set<'s>(input: &mut Input<'s>) -> Parsed<Tok<'s>, Fault> {
    alt((
        "(".value(Tok::Open),
        ")".value(Tok::Close),
        "{".value(Tok::OpenSet),
        "}".value(Tok::CloseSet),
        ",".value(Tok::Comma),
        "..".value(Tok::To),
    ))
    .parse_next(input)
}

fn sign<'s>(input: &mut Input<'s>) -> Parsed<Tok<'s>, Fault> {
    for (sign, operator) in OPERATORS.iter().filter(|(sign, _)| !sign.starts_with(char::is_alphabetic)) {
        if input.starts_with(sign) {
            return (*sign).value(Tok::Operator(*operator)).parse_next(input);
        }
    }
    winnow::combinator::fail.parse_next(input)
}

/// A word ends before a sign, a bracket, or the `..` of a range. A part of a path may stand in quotes, as in
/// `ws.json."a b"`.
fn word<'s>(input: &mut Input<'s>) -> Parsed<Tok<'s>, Fault> {
    let text: &'s str = input.as_ref();
    let len = word_len(text);
    let word = winnow::token::take(len).verify(|word: &str| !word.is_empty()).parse_next(input)?;
    let operator = OPERATORS.iter().find(|(name, _)| *name == word);
    Ok(operator.map_or(Tok::Word(word), |(_, operator)| Tok::Operator(*operator)))
}

/// How many characters of a text are one word.
fn word_len(text: &str) -> usize {
    let (mut quoted, mut before) = (false, ' ');
    let mut characters = text.chars().peekable();
    let mut len = 0;
    while let Some(character) = characters.next() {
        let fits = match character {
            '"' if quoted => {
                quoted = false;
                true
            }
            _ if quoted => true,
            '"' => {
                quoted = before == '.';
                quoted
            }
            '.' => characters.peek() != Some(&'.'),
            '-' | '+' | ':' | '/' | '_' | '*' | '%' => true,
            other => other.is_alphanumeric(),
        };
        if !fits {
            break;
        }
        before = character;
        len += 1;
    }
    len
}

fn slice<'s>(input: &mut Input<'s>) -> Parsed<Tok<'s>, Fault> {
    let inside = take_while(0.., |character: char| character != ']' && character != '[');
    alt((
        delimited("[", inside, "]").map(Tok::Slice),
        "[".value(Tok::Not("The bracket is not closed: ] is missing")),
    ))
    .parse_next(input)
}

/// A text without escapes, `r"…"`: what a regular expression is best written in.
fn raw<'s>(input: &mut Input<'s>) -> Parsed<Tok<'s>, Fault> {
    let inside = take_while(0.., |character: char| character != '"');
    let whole = delimited((one_of(['r', 'R']), "\""), inside, "\"");
    whole.map(|text: &str| Tok::Text(text.as_bytes().to_vec())).parse_next(input)
}

fn text<'s>(input: &mut Input<'s>) -> Parsed<Tok<'s>, Fault> {
    "\"".parse_next(input)?;
    let mut bytes = Vec::new();
    loop {
        let Ok(character) = any::<_, Fault>.parse_next(input) else {
            return Ok(Tok::Not("The text is not closed: \" is missing"));
        };
        match character {
            '"' => return Ok(Tok::Text(bytes)),
            '\\' => match escape(input) {
                Some(mut escaped) => bytes.append(&mut escaped),
                None => {
                    return Ok(Tok::Not("No such escape: there are \\\\ \\\" \\n \\r \\t \\0 \\xhh \\uhhhh"));
                }
            },
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn escape(input: &mut Input<'_>) -> Option<Vec<u8>> {
    let letter = any::<_, Fault>.parse_next(input).ok()?;
    let mut digits = |count: usize| {
        let digits = winnow::token::take::<_, _, Fault>(count).parse_next(input).ok()?;
        u32::from_str_radix(digits, 16).ok()
    };
    Some(match letter {
        '\\' | '"' | '\'' => vec![letter as u8],
        'n' => vec![b'\n'],
        'r' => vec![b'\r'],
        't' => vec![b'\t'],
        '0' => vec![0],
        'x' => vec![digits(2)? as u8],
        'u' => char::from_u32(digits(4)?)?.to_string().into_bytes(),
        // What a regular expression means by a backslash: \d, \s, \.
        other => format!("\\{other}").into_bytes(),
    })
}
