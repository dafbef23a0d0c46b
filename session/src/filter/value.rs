//! Values that fields have and filters name, and how the two compare.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// That it is there; it has no value.
    Presence,
    /// That it is there; it has no value, but bytes that can be searched and cut.
    Layer,
    /// True or false.
    Flag,
    /// A number.
    Number,
    /// A moment, in nanoseconds since 1970-01-01 00:00 UTC.
    Time,
    /// A stretch of time, in nanoseconds.
    Duration,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// An IP address.
    Address,
    /// A hardware address.
    Mac,
    /// Whatever stands at a path of a JSON document.
    Json,
}

impl Kind {
    /// What a value of it is, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Presence => "presence",
            Self::Layer => "layer",
            Self::Flag => "true or false",
            Self::Number => "number",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Address => "address",
            Self::Mac => "hardware address",
            Self::Json => "JSON",
        }
    }
    /// Whether greater and less mean anything.
    pub(super) const fn ordered(self) -> bool {
        !matches!(self, Self::Presence | Self::Layer | Self::Flag)
    }
    /// Whether it is only there or not: there is nothing to compare.
    pub(super) const fn bare(self) -> bool {
        matches!(self, Self::Presence | Self::Layer)
    }
    /// Whether it is a run of bytes that can be searched.
    pub(super) const fn runs(self) -> bool {
        matches!(self, Self::Layer | Self::Text | Self::Bytes | Self::Json | Self::Mac)
    }
    /// Whether parts of it can be taken.
    pub(super) const fn can_be_cut(self) -> bool {
        self.runs() || matches!(self, Self::Address)
    }
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Present,
    Flag(bool),
    /// A number, a time or a duration.
    Number(i128),
    /// A number of JSON that is no integer.
    Real(f64),
    /// Text or bytes.
    Run(Cow<'a, [u8]>),
    Address(IpAddr),
    Mac([u8; 6]),
    Null,
}

impl<'a> Value<'a> {
    pub(super) fn run(bytes: &'a [u8]) -> Self {
        Self::Run(Cow::Borrowed(bytes))
    }
    pub(super) fn owned(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Run(Cow::Owned(bytes.into()))
    }
    pub(super) fn number(number: impl Into<i128>) -> Self {
        Self::Number(number.into())
    }
    /// The bytes of what can be searched and cut.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Run(bytes) => Some(bytes),
            Self::Mac(address) => Some(address),
            _ => None,
        }
    }
    /// The same, kept.
    pub(super) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Present => Value::Present,
            Self::Flag(flag) => Value::Flag(flag),
            Self::Number(number) => Value::Number(number),
            Self::Real(real) => Value::Real(real),
            Self::Run(bytes) => Value::Run(Cow::Owned(bytes.into_owned())),
            Self::Address(address) => Value::Address(address),
            Self::Mac(address) => Value::Mac(address),
            Self::Null => Value::Null,
        }
    }
}

/// A value as a filter names it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Value(Value<'static>),
    /// Addresses whose first bits are these.
    Net(IpAddr, u8),
}

impl Value<'_> {
    /// How it stands to a literal; nothing where the two cannot be compared.
    pub(super) fn against(&self, literal: &Literal) -> Option<Ordering> {
        match (self, literal) {
            (Self::Address(address), Literal::Net(net, bits)) => {
                let (address, net) = (masked(*address, *bits), masked(*net, *bits));
                (address.is_ipv4() == net.is_ipv4()).then(|| address.cmp(&net))
            }
            (_, Literal::Net(..)) => None,
            (value, Literal::Value(literal)) => value.order(literal),
        }
    }

    /// How two values stand to each other; nothing where they cannot be compared.
    pub(super) fn order(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Flag(a), Value::Flag(b)) => Some(a.cmp(b)),
            (Self::Number(a), Value::Number(b)) => Some(a.cmp(b)),
            (Self::Number(a), Value::Real(b)) => (*a as f64).partial_cmp(b),
            (Self::Real(a), Value::Number(b)) => a.partial_cmp(&(*b as f64)),
            (Self::Real(a), Value::Real(b)) => a.partial_cmp(b),
            (Self::Address(a), Value::Address(b)) => (a.is_ipv4() == b.is_ipv4()).then(|| a.cmp(b)),
            (Self::Null, Value::Null) => Some(Ordering::Equal),
            (a, b) => Some(a.bytes()?.cmp(b.bytes()?)),
        }
    }
}

/// The first `bits` bits of an address, the rest zero.
fn masked(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits.into())).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits.into())).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}
