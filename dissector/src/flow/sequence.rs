//! From TCP's 32-bit sequence numbers to offsets in a stream: the only modular arithmetic there is.

/// The sequence number of a stream's first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin(pub(crate) u32);

impl Origin {
    /// The offset that `seq` means, taken as the one nearest to `near`; negative for what lies before the
    /// first byte.
    ///
    /// RFC 9293 3.4: sequence numbers wrap around, and "all arithmetic dealing with sequence numbers must be
    /// performed modulo 2**32". Windows are below 2**30 (RFC 7323 2.3), so the nearest is the one meant.
    pub(crate) fn offset(self, seq: u32, near: u64) -> i64 {
        let expected = self.0.wrapping_add(near as u32);
        let ahead = seq.wrapping_sub(expected) as i32;
        (near as i64).saturating_add(i64::from(ahead))
    }

    /// Whether `seq` is the stream's own first byte.
    pub(crate) fn is(self, seq: u32) -> bool {
        self.0 == seq
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Offsets rise across the wrap of sequence numbers, in both directions.
    #[test]
    fn rfc9293_3_4_sequence_numbers_wrap() {
        let origin = Origin(0xffff_fff0);
        assert_eq!(origin.offset(0xffff_fff0, 0), 0);
        assert_eq!(origin.offset(0x0000_0010, 0), 32);
        assert_eq!(origin.offset(0xffff_ffef, 0), -1);
        let far = 3 * (1u64 << 32) + 5;
        assert_eq!(origin.offset(origin.0.wrapping_add(far as u32), far + 1000), far as i64);
    }
}
