//! Times: in JSON and CSV always UTC to the nanosecond, in tables as the user likes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

const SECOND: i64 = 1_000_000_000;

/// How a table shows times.
#[derive(Clone, Debug)]
pub(crate) enum Clock {
    /// Seconds since the capture's first packet.
    SinceStart(i64),
    /// The time of day somewhere.
    In(TimeZone),
}

impl Clock {
    /// A time as a table's cell, behind what is in `out`.
    pub(crate) fn write(&self, time: i64, out: &mut String) {
        match self {
            Self::SinceStart(start) => {
                let since = i128::from(time) - i128::from(*start);
                if since < 0 {
                    out.push('-');
                }
                // Two times of 64 bits are less than 65 bits apart, and these are microseconds.
                let micros = (since.unsigned_abs() / 1000) as u64;
                let mut number = itoa::Buffer::new();
                out.push_str(number.format(micros / 1_000_000));
                out.push('.');
                let digits = number.format(micros % 1_000_000);
                (digits.len()..6).for_each(|_| out.push('0'));
                out.push_str(digits);
            }
            Self::In(zone) => {
                let there = timestamp(time).to_zoned(zone.clone());
                out.push_str(&format!("{:.6}", there.datetime()).replace('T', " "));
            }
        }
    }
}

/// RFC 3339 with nanoseconds, UTC.
pub(crate) fn rfc3339(time: i64) -> String {
    format!("{:.9}", timestamp(time))
}

/// Writes times as [`rfc3339`] does, and keeps the text of the last second: most rows are of the same one.
pub(crate) struct Stamp {
    second: i64,
    /// `2026-11-21T00:14:10.`
    text: [u8; 20],
}

impl Default for Stamp {
    fn default() -> Self {
        Self { second: 0, text: *b"1970-01-01T00:00:00." }
    }
}

impl Stamp {
    /// A time behind what is in `out`.
    pub(crate) fn write(&mut self, time: i64, out: &mut Vec<u8>) {
        let (second, mut rest) = (time.div_euclid(SECOND), time.rem_euclid(SECOND));
        if second != self.second {
            let text = rfc3339(time);
            let Some(begun) = text.as_bytes().first_chunk() else { return };
            (self.second, self.text) = (second, *begun);
        }
        let mut digits = *b"000000000Z";
        for digit in digits.iter_mut().rev().skip(1) {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        out.extend_from_slice(&self.text);
        out.extend_from_slice(&digits);
    }
}

/// The second that a time lies in, for people: `2026-11-21 02:07:30 UTC`.
pub(crate) fn second(time: i64) -> String {
    timestamp(time).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn timestamp(time: i64) -> Timestamp {
    // 64 bits of nanoseconds reach from 1677 to 2262, well inside what a timestamp can be.
    Timestamp::from_nanosecond(i128::from(time)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contract: nine digits and a Z, whatever the time.
    #[test]
    fn rfc3339_has_nanoseconds() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000000000Z");
        assert_eq!(rfc3339(1_795_220_050_659_000_001), "2026-11-21T00:14:10.659000001Z");
        assert_eq!(rfc3339(i64::MIN), "1677-09-21T00:12:43.145224192Z");
    }

    /// The second that is kept is the right one, whatever came before.
    #[test]
    fn stamps_are_rfc3339() {
        let mut stamp = Stamp::default();
        let times = [0, 1, 999_999_999, SECOND, -1, -SECOND, i64::MIN, i64::MAX, 1_795_220_050_659_000_001];
        for time in times.into_iter().flat_map(|time| [time, 0, time]) {
            let mut out = Vec::new();
            stamp.write(time, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), rfc3339(time));
        }
    }

    #[test]
    fn tables_count_from_the_start() {
        let clock = Clock::SinceStart(5_000_000_000);
        let show = |clock: &Clock, time| {
            let mut out = String::new();
            clock.write(time, &mut out);
            out
        };
        assert_eq!([6_000_001_999, 4_500_000_000].map(|time| show(&clock, time)), ["1.000001", "-0.500000"]);
        assert_eq!(show(&Clock::SinceStart(i64::MIN), i64::MAX), "18446744073.709551");
        assert_eq!(show(&Clock::In(TimeZone::UTC), 0), "1970-01-01 00:00:00.000000");
    }
}
