//! Values as bytes and back: numbers least significant byte first, everything else made of them.
//!
//! What is read is never believed: a length is held against the bytes that are left before memory is taken for it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::sync::Arc;

/// Bytes that are read from the front.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next `len` bytes.
    pub(super) fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    /// A length, and as many bytes.
    fn counted(&mut self) -> Option<&'a [u8]> {
        let len = u32::read(self)?;
        self.bytes(len as usize)
    }
}

/// What can be written and read again.
pub(crate) trait Value: Sized {
    /// Adds it to bytes.
    fn write(&self, out: &mut Vec<u8>);
    /// Reads it; nothing where no such value was written.
    fn read(input: &mut Input<'_>) -> Option<Self>;
}

fn write_counted(bytes: &[u8], out: &mut Vec<u8>) {
    // No longer than a block can be; one that were would be refused as a whole.
    (bytes.len() as u32).write(out);
    out.extend_from_slice(bytes);
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(impl Value for $number {
            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
            fn read(input: &mut Input<'_>) -> Option<Self> {
                input.bytes(size_of::<Self>())?.first_chunk().map(|bytes| Self::from_le_bytes(*bytes))
            }
        })*
    };
}

numbers!(u8, u16, u32, u64, i64);

/// A struct as its fields in order. One that is forgotten here does not compile.
macro_rules! structs {
    ($($name:ty { $($field:ident),* $(,)? })*) => {
        $(impl $crate::kept::value::Value for $name {
            fn write(&self, out: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($crate::kept::value::Value::write($field, out);)*
            }
            fn read(input: &mut $crate::kept::value::Input<'_>) -> Option<Self> {
                Some(Self { $($field: $crate::kept::value::Value::read(input)?),* })
            }
        })*
    };
}

/// An enum as the number of its variant, and what that holds.
macro_rules! enums {
    ($($name:ty { $($number:literal $variant:ident
        $(( $($part:ident),* ))? $({ $($field:ident),* })?),* $(,)? })*) => {
        $(impl $crate::kept::value::Value for $name {
            fn write(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $(( $($part),* ))? $({ $($field),* })? => {
                        out.push($number);
                        $($($crate::kept::value::Value::write($part, out);)*)?
                        $($($crate::kept::value::Value::write($field, out);)*)?
                    })*
                }
            }
            fn read(input: &mut $crate::kept::value::Input<'_>) -> Option<Self> {
                Some(match <u8 as $crate::kept::value::Value>::read(input)? {
                    $($number => {
                        $($(let $part = $crate::kept::value::Value::read(input)?;)*)?
                        $($(let $field = $crate::kept::value::Value::read(input)?;)*)?
                        Self::$variant $(( $($part),* ))? $({ $($field),* })?
                    })*
                    _ => return None,
                })
            }
        })*
    };
}

/// A number with a name of its own.
macro_rules! wrapped {
    ($($name:ty),*) => {
        $(impl $crate::kept::value::Value for $name {
            fn write(&self, out: &mut Vec<u8>) {
                $crate::kept::value::Value::write(&self.index(), out);
            }
            fn read(input: &mut $crate::kept::value::Input<'_>) -> Option<Self> {
                $crate::kept::value::Value::read(input).map(Self::new)
            }
        })*
    };
}

pub(super) use {enums, structs, wrapped};

impl Value for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.push((*self).into());
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        match u8::read(input)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Value for usize {
    fn write(&self, out: &mut Vec<u8>) {
        (*self as u64).write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        u64::read(input)?.try_into().ok()
    }
}

impl Value for String {
    fn write(&self, out: &mut Vec<u8>) {
        write_counted(self.as_bytes(), out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        core::str::from_utf8(input.counted()?).ok().map(Self::from)
    }
}

impl Value for Arc<str> {
    fn write(&self, out: &mut Vec<u8>) {
        write_counted(self.as_bytes(), out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        core::str::from_utf8(input.counted()?).ok().map(Self::from)
    }
}

impl Value for Box<[u8]> {
    fn write(&self, out: &mut Vec<u8>) {
        write_counted(self, out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        input.counted().map(Self::from)
    }
}

impl Value for Arc<[u8]> {
    fn write(&self, out: &mut Vec<u8>) {
        write_counted(self, out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        input.counted().map(Self::from)
    }
}

impl<T: Value> Value for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        (self.len() as u32).write(out);
        self.iter().for_each(|value| value.write(out));
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        let len = u32::read(input)?;
        // No value is shorter than a byte, so the list ends where the bytes do.
        (0..len).map(|_| T::read(input)).collect::<Option<Self>>()
    }
}

impl<T: Value> Value for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.is_some().write(out);
        if let Some(value) = self {
            value.write(out);
        }
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        if bool::read(input)? { T::read(input).map(Some) } else { Some(None) }
    }
}

impl<T: Value> Value for Arc<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_ref().write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        T::read(input).map(Self::new)
    }
}

impl<T: Value> Value for Box<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_ref().write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        T::read(input).map(Self::new)
    }
}

impl<T: Value, const COUNT: usize> Value for [T; COUNT] {
    fn write(&self, out: &mut Vec<u8>) {
        self.iter().for_each(|value| value.write(out));
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        (0..COUNT).map(|_| T::read(input)).collect::<Option<Vec<T>>>()?.try_into().ok()
    }
}

impl<A: Value, B: Value> Value for (A, B) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        Some((A::read(input)?, B::read(input)?))
    }
}

impl<A: Value, B: Value, C: Value> Value for (A, B, C) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
        self.2.write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        Some((A::read(input)?, B::read(input)?, C::read(input)?))
    }
}

impl<K: Value + Ord, V: Value> Value for BTreeMap<K, V> {
    fn write(&self, out: &mut Vec<u8>) {
        (self.len() as u32).write(out);
        for (key, value) in self {
            key.write(out);
            value.write(out);
        }
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        let len = u32::read(input)?;
        (0..len).map(|_| Value::read(input)).collect::<Option<Self>>()
    }
}

impl Value for Range<usize> {
    fn write(&self, out: &mut Vec<u8>) {
        (self.start, self.end).write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        let (start, end) = Value::read(input)?;
        (start <= end).then_some(start..end)
    }
}

impl Value for IpAddr {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::V4(address) => (4_u8, u32::from(*address)).write(out),
            Self::V6(address) => (6_u8, address.octets()).write(out),
        }
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        match u8::read(input)? {
            4 => u32::read(input).map(|address| Self::V4(Ipv4Addr::from(address))),
            6 => <[u8; 16]>::read(input).map(|octets| Self::V6(Ipv6Addr::from(octets))),
            _ => None,
        }
    }
}

/// Those of packets have neither flow information nor a scope.
impl Value for SocketAddr {
    fn write(&self, out: &mut Vec<u8>) {
        (self.ip(), self.port()).write(out);
    }
    fn read(input: &mut Input<'_>) -> Option<Self> {
        let (address, port) = <(IpAddr, u16)>::read(input)?;
        Some(Self::new(address, port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written comes back, and no beginning of it is taken for the whole.
    #[test]
    fn values_come_back() {
        type Many = (Vec<(Option<String>, Range<usize>)>, [Option<SocketAddr>; 2], BTreeMap<u16, bool>);
        let addresses = [Some("[2001:db8::1]:443".parse().unwrap()), Some("10.0.0.1:80".parse().unwrap())];
        let named = vec![(Some("ä".to_owned()), 3..9), (None, 0..0)];
        let many: Many = (named, addresses, BTreeMap::from([(7, true), (9, false)]));
        let mut bytes = Vec::new();
        many.write(&mut bytes);
        let mut input = Input::new(&bytes);
        assert_eq!(Many::read(&mut input), Some(many));
        assert!(input.is_empty());
        for end in 0..bytes.len() {
            assert_eq!(Many::read(&mut Input::new(&bytes[..end])), None, "{end}");
        }
    }

    /// A length that is not there takes no memory.
    #[test]
    fn lengths_are_not_believed() {
        let bytes = [0xff; 8];
        assert_eq!(Vec::<u64>::read(&mut Input::new(&bytes)), None);
        assert_eq!(String::read(&mut Input::new(&bytes)), None);
        assert_eq!(bool::read(&mut Input::new(&bytes)), None);
    }
}
