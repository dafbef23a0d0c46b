//! A filter that was understood: tests on typed fields, the cheap ones first.

use std::cmp::Ordering;
use std::net::IpAddr;

use regex::bytes::Regex;

use super::field::{Field, Reads};
use super::look::{Look, Row};
use super::value::{Kind, Literal, Value};

/// What must hold.
#[derive(Debug)]
pub(super) enum Expr {
    Or(Vec<Self>),
    Xor(Vec<Self>),
    And(Vec<Self>),
    Not(Box<Self>),
    Test(Test),
}

/// A test on the values of a field.
#[derive(Debug)]
pub(super) struct Test {
    /// Whether all values must pass, of which there is one at least; else any.
    pub(super) every: bool,
    pub(super) left: Operand,
    pub(super) what: What,
}

/// A field, and what is made of its values.
#[derive(Debug)]
pub(super) struct Operand {
    pub(super) field: &'static Field,
    pub(super) path: Vec<String>,
    pub(super) steps: Vec<Step>,
}

/// Something made of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// Parts of a run of bytes.
    Cut(Vec<Cut>),
    /// How many bytes.
    Len,
    Lower,
    Upper,
    /// The bits that are also set here.
    Mask(i128),
    /// How many values there are.
    Count,
}

/// Bytes from one place, counted from the end where it is below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) from: i64,
    /// How many; to the end where it is not said.
    pub(super) len: Option<u64>,
}

#[derive(Debug)]
pub(super) enum What {
    /// There is a value; of one that was masked, it is not zero.
    Present,
    Compared(Comparison, Right),
    /// One of these, or between two.
    Within(Vec<(Literal, Option<Literal>)>),
    Contains(Vec<u8>),
    Matches(Regex),
}

#[derive(Debug)]
pub(super) enum Right {
    Literal(Literal),
    /// Values of the same kind.
    Operand(Operand),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, order: Option<Ordering>) -> bool {
        match (self, order) {
            (Self::NotEqual, order) => order != Some(Ordering::Equal),
            (_, None) => false,
            (Self::Equal, Some(order)) => order.is_eq(),
            (Self::Less, Some(order)) => order.is_lt(),
            (Self::LessOrEqual, Some(order)) => order.is_le(),
            (Self::Greater, Some(order)) => order.is_gt(),
            (Self::GreaterOrEqual, Some(order)) => order.is_ge(),
        }
    }
}

impl Expr {
    /// What the dearest of its tests reads.
    pub(super) fn reads(&self) -> Reads {
        match self {
            Self::Or(all) | Self::Xor(all) | Self::And(all) => {
                all.iter().map(Self::reads).max().unwrap_or(Reads::Columns)
            }
            Self::Not(inner) => inner.reads(),
            Self::Test(test) => {
                test.operands().map(|operand| operand.field.reads).max().unwrap_or(Reads::Columns)
            }
        }
    }

    /// Visits every field.
    pub(super) fn fields(&self, visit: &mut dyn FnMut(&'static Field)) {
        match self {
            Self::Or(all) | Self::Xor(all) | Self::And(all) => {
                all.iter().for_each(|inner| inner.fields(visit))
            }
            Self::Not(inner) => inner.fields(visit),
            Self::Test(test) => test.operands().for_each(|operand| visit(operand.field)),
        }
    }

    pub(super) fn holds(&self, look: &mut Look<'_>, row: Row) -> bool {
        match self {
            Self::Or(all) => all.iter().any(|inner| inner.holds(look, row)),
            Self::And(all) => all.iter().all(|inner| inner.holds(look, row)),
            Self::Xor(all) => all.iter().fold(false, |held, inner| held ^ inner.holds(look, row)),
            Self::Not(inner) => !inner.holds(look, row),
            Self::Test(test) => test.holds(look, row),
        }
    }
}

impl Test {
    fn operands(&self) -> impl Iterator<Item = &Operand> {
        let right = match &self.what {
            What::Compared(_, Right::Operand(right)) => Some(right),
            _ => None,
        };
        std::iter::once(&self.left).chain(right)
    }

    /// Whether nothing else is looked at than the field on the left.
    pub(super) fn is_of_one_field(&self) -> bool {
        self.operands().count() == 1
    }

    pub(super) fn holds(&self, look: &mut Look<'_>, row: Row) -> bool {
        let right = match &self.what {
            What::Compared(_, Right::Operand(right)) => right.all(look, row),
            _ => Vec::new(),
        };
        let (mut passed, mut failed) = (false, false);
        self.left.values(look, row, &mut |value| match self.passes(&value, &right) {
            true => passed = true,
            false => failed = true,
        });
        passed && !(self.every && failed)
    }

    fn passes(&self, value: &Value<'_>, right: &[Value<'static>]) -> bool {
        match &self.what {
            What::Present => self.left.masks().is_none() || *value != Value::Number(0),
            What::Compared(comparison, Right::Literal(literal)) => comparison.holds(value.against(literal)),
            What::Compared(comparison, Right::Operand(_)) => {
                let mut orders = right.iter().map(|right| comparison.holds(value.order(right)));
                if self.every {
                    !right.is_empty() && orders.all(|held| held)
                } else {
                    orders.any(|held| held)
                }
            }
            What::Within(members) => members.iter().any(|(first, last)| match last {
                None => value.against(first) == Some(Ordering::Equal),
                Some(last) => {
                    value.against(first).is_some_and(Ordering::is_ge)
                        && value.against(last).is_some_and(Ordering::is_le)
                }
            }),
            What::Contains(needle) => {
                value.bytes().is_some_and(|bytes| memchr::memmem::find(bytes, needle).is_some())
            }
            What::Matches(regex) => value.bytes().is_some_and(|bytes| regex.is_match(bytes)),
        }
    }
}

impl Operand {
    /// What its values are in the end.
    pub(super) fn kind(&self) -> Kind {
        self.steps.iter().fold(self.field.kind, |kind, step| match step {
            Step::Cut(_) if matches!(kind, Kind::Mac | Kind::Address) => Kind::Bytes,
            Step::Cut(_) | Step::Lower | Step::Upper if kind == Kind::Layer => Kind::Bytes,
            Step::Cut(_) | Step::Lower | Step::Upper => kind,
            Step::Len | Step::Mask(_) | Step::Count => Kind::Number,
        })
    }

    /// The bits that are looked at, where only some are.
    fn masks(&self) -> Option<i128> {
        self.steps.iter().find_map(|step| if let Step::Mask(mask) = step { Some(*mask) } else { None })
    }

    fn values(&self, look: &mut Look<'_>, row: Row, take: &mut dyn FnMut(Value<'_>)) {
        if self.steps.contains(&Step::Count) {
            let mut count = 0;
            look.values(row, self.field, &self.path, &mut |_| count += 1);
            return take(Value::number(count));
        }
        look.values(row, self.field, &self.path, &mut |value| {
            if self.steps.is_empty() {
                return take(value);
            }
            let made = self.steps.iter().try_fold(value.into_owned(), |value, step| step.of(&value));
            if let Some(value) = made {
                take(value);
            }
        });
    }

    fn all(&self, look: &mut Look<'_>, row: Row) -> Vec<Value<'static>> {
        let mut all = Vec::new();
        self.values(look, row, &mut |value| all.push(value.into_owned()));
        all
    }
}

impl Step {
    fn of(&self, value: &Value<'static>) -> Option<Value<'static>> {
        Some(match self {
            Self::Cut(cuts) => {
                let octets;
                let bytes = match value {
                    Value::Address(IpAddr::V4(address)) => {
                        octets = address.octets().to_vec();
                        &octets
                    }
                    Value::Address(IpAddr::V6(address)) => {
                        octets = address.octets().to_vec();
                        &octets
                    }
                    value => value.bytes()?,
                };
                let mut parts = Vec::new();
                for cut in cuts {
                    parts.extend_from_slice(cut.of(bytes)?);
                }
                Value::owned(parts)
            }
            Self::Len => Value::number(value.bytes()?.len() as u64),
            Self::Lower => Value::owned(String::from_utf8_lossy(value.bytes()?).to_lowercase()),
            Self::Upper => Value::owned(String::from_utf8_lossy(value.bytes()?).to_uppercase()),
            Self::Mask(mask) => match value {
                Value::Number(number) => Value::Number(number & mask),
                _ => return None,
            },
            Self::Count => return None,
        })
    }
}

impl Cut {
    /// The part of some bytes; nothing where they do not reach so far.
    fn of(self, bytes: &[u8]) -> Option<&[u8]> {
        let from = if self.from < 0 {
            bytes.len().checked_sub(usize::try_from(self.from.unsigned_abs()).ok()?)?
        } else {
            usize::try_from(self.from).ok()?
        };
        match self.len {
            None => bytes.get(from..).filter(|part| !part.is_empty()),
            Some(len) => bytes.get(from..from.checked_add(usize::try_from(len).ok()?)?),
        }
    }
}
