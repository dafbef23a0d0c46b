//! How fine a capture's times are, and ticks turned into nanoseconds.

use std::fmt;

/// How many ticks a second has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 10 to this power: 6 is microseconds.
    Decimal(u8),
    /// 2 to this power.
    Binary(u8),
}

impl Precision {
    /// Microseconds.
    pub const MICRO: Self = Self::Decimal(6);
    /// Nanoseconds.
    pub const NANO: Self = Self::Decimal(9);

    /// As `if_tsresol` writes it: the upper bit chooses the base.
    pub(crate) fn from_option(byte: u8) -> Self {
        if byte & 0x80 == 0 { Self::Decimal(byte) } else { Self::Binary(byte & 0x7f) }
    }

    /// Nanoseconds since the epoch: `ticks` after `offset` seconds. Stays at the ends of what fits (years 1677 to 2262).
    #[inline]
    pub(crate) fn nanoseconds(self, ticks: u64, offset: i64) -> i64 {
        self.usual_nanoseconds(ticks, offset).unwrap_or_else(|| self.any_nanoseconds(ticks, offset))
    }

    /// The same where the precision is a usual one and everything fits 64 bits: asked for every packet.
    #[inline]
    fn usual_nanoseconds(self, ticks: u64, offset: i64) -> Option<i64> {
        let unit = match self {
            Self::MICRO => 1_000,
            Self::NANO => 1,
            _ => return None,
        };
        let since = i64::try_from(ticks).ok()?.checked_mul(unit)?;
        since.checked_add(offset.checked_mul(1_000_000_000)?)
    }

    #[cold]
    fn any_nanoseconds(self, ticks: u64, offset: i64) -> i64 {
        let since = match self {
            Self::Decimal(6) => i128::from(ticks) * 1_000,
            Self::Decimal(9) => i128::from(ticks),
            Self::Decimal(power @ 0..9) => i128::from(ticks) * 10_i128.pow(u32::from(9 - power)),
            Self::Decimal(power) => {
                10_i128.checked_pow(u32::from(power) - 9).map_or(0, |unit| i128::from(ticks) / unit)
            }
            // 2^64 ticks of 10^9 take 94 bits, so the product fits.
            Self::Binary(power) => {
                i128::from(ticks).saturating_mul(1_000_000_000).checked_shr(u32::from(power)).unwrap_or(0)
            }
        };
        let total = since + i128::from(offset) * 1_000_000_000;
        i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX })
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(0) => f.write_str("seconds"),
            Self::Decimal(3) => f.write_str("milliseconds"),
            Self::Decimal(6) => f.write_str("microseconds"),
            Self::Decimal(9) => f.write_str("nanoseconds"),
            Self::Decimal(power) => write!(f, "10^-{power} seconds"),
            Self::Binary(power) => write!(f, "2^-{power} seconds"),
        }
    }
}
