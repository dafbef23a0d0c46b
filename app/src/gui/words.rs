//! Numbers, sizes and times as words. Knows no widget.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// `1,234,567`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 frame`, `12 frames`
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `812 B`, `4.2 KiB`, `1.3 GiB`
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// `12.345 ms`, `3.2 s`, `2 min 5 s`, `3 h 12 min`
pub fn span(nanoseconds: i64) -> String {
    let seconds = nanoseconds as f64 / 1e9;
    match seconds.abs() {
        s if s < 1e-3 => format!("{:.0} µs", seconds * 1e6),
        s if s < 1.0 => format!("{:.0} ms", seconds * 1e3),
        s if s < 60.0 => format!("{seconds:.1} s"),
        s if s < 3600.0 => format!("{} min {} s", s as u64 / 60, s as u64 % 60),
        s => format!("{} h {} min", s as u64 / 3600, s as u64 / 60 % 60),
    }
}

/// Seconds with six decimals: `12.345678`.
pub fn seconds(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let all = nanoseconds.unsigned_abs();
    format!("{sign}{}.{:06}", all / 1_000_000_000, all % 1_000_000_000 / 1000)
}

/// The time of day in the user's zone: `14:03:27.123456`.
pub fn clock(nanoseconds: i64, zone: &TimeZone) -> String {
    let zoned = Timestamp::from_nanosecond(i128::from(nanoseconds)).map(|time| time.to_zoned(zone.clone()));
    zoned.map_or_else(|_| String::new(), |time| time.strftime("%H:%M:%S%.6f").to_string())
}

/// The same with the day before it: `2026-03-14 14:03:27.123456`.
pub fn day_clock(nanoseconds: i64, zone: &TimeZone) -> String {
    let zoned = Timestamp::from_nanosecond(i128::from(nanoseconds)).map(|time| time.to_zoned(zone.clone()));
    zoned.map_or_else(|_| String::new(), |time| time.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string())
}

/// Whether two times are of different days in the user's zone.
pub fn days_apart(one: i64, other: i64, zone: &TimeZone) -> bool {
    let date = |time: i64| {
        Timestamp::from_nanosecond(i128::from(time)).map(|time| time.to_zoned(zone.clone()).date()).ok()
    };
    date(one) != date(other)
}

/// Day and time in the user's zone: `2026-03-14 14:03:27`.
pub fn day(nanoseconds: i64, zone: &TimeZone) -> String {
    let zoned = Timestamp::from_nanosecond(i128::from(nanoseconds)).map(|time| time.to_zoned(zone.clone()));
    zoned.map_or_else(|_| String::new(), |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers read the same everywhere in the window.
    #[test]
    fn numbers_as_words() {
        assert_eq!([count(7), count(1234), count(100_000_000)], ["7", "1,234", "100,000,000"]);
        assert_eq!([size(1023), size(4301), size(1_048_575)], ["1023 B", "4.2 KiB", "1.0 MiB"]);
        assert_eq!([seconds(-1_500), seconds(12_345_678_901)], ["-0.000001", "12.345678"]);
        assert_eq!([span(125_000_000_000), span(4_000_000)], ["2 min 5 s", "4 ms"]);
    }
}
