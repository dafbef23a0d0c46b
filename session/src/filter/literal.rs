//! Literals: what a word or a quoted text means where a value of some kind is expected.

use std::net::IpAddr;

use super::field::Field;
use super::mistake::Mistake;
use super::syntax::{Term, What};
use super::value::{Kind, Literal, Value};

/// What a term means as a value of `field`, or of what a function makes of it.
pub(super) fn literal(term: &Term<'_>, field: &Field, kind: Kind) -> Result<Literal, Mistake> {
    let text = match &term.what {
        What::Word(word) => word,
        What::Text(bytes) => {
            return quoted(bytes, field, kind).ok_or_else(|| mismatch(term, field, kind));
        }
        What::Call(name, _) => {
            return Err(Mistake::new(term.at.clone(), format!("{name}() is not known as a value here")));
        }
    };
    if let Some((number, _)) = field.names.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)) {
        return Ok(Literal::Value(Value::Number(*number)));
    }
    unquoted(text, kind).ok_or_else(|| mismatch(term, field, kind))
}

fn unquoted(word: &str, kind: Kind) -> Option<Literal> {
    Some(Literal::Value(match kind {
        Kind::Presence => return None,
        Kind::Layer => Value::owned(bytes(word)?),
        Kind::Flag => Value::Flag(flag(word)?),
        Kind::Number => Value::Number(number(word)?),
        Kind::Time => Value::Number(time(word)?),
        Kind::Duration => Value::Number(duration(word)?),
        Kind::Text => Value::owned(word),
        Kind::Bytes => Value::owned(bytes(word)?),
        Kind::Mac => Value::Mac(<[u8; 6]>::try_from(bytes(word)?).ok()?),
        Kind::Address => return address(word),
        Kind::Json => match (word, number(word), word.parse::<f64>()) {
            ("null", ..) => Value::Null,
            ("true", ..) => Value::Flag(true),
            ("false", ..) => Value::Flag(false),
            (_, Some(number), _) => Value::Number(number),
            (_, None, Ok(real)) => Value::Real(real),
            _ => Value::owned(word),
        },
    }))
}

/// Text in quotes is text, and bytes as they stand there; of other kinds what stands in it.
fn quoted(text: &[u8], field: &Field, kind: Kind) -> Option<Literal> {
    let run = || Literal::Value(Value::owned(text));
    match kind {
        Kind::Text | Kind::Json | Kind::Bytes | Kind::Layer => Some(run()),
        // A number in quotes is none, but its name is.
        Kind::Number | Kind::Flag => {
            let word = std::str::from_utf8(text).ok()?;
            let (number, _) = field.names.iter().find(|(_, name)| name.eq_ignore_ascii_case(word))?;
            Some(Literal::Value(Value::Number(*number)))
        }
        Kind::Presence => None,
        _ => unquoted(std::str::from_utf8(text).ok()?, kind),
    }
}

fn mismatch(term: &Term<'_>, field: &Field, kind: Kind) -> Mistake {
    let expected = match kind {
        Kind::Presence => {
            return Mistake::new(
                term.at.clone(),
                format!("{} is only there or not: it has no value", field.name),
            );
        }
        Kind::Flag => "true or false, or 1 or 0".to_owned(),
        Kind::Number if !field.names.is_empty() => {
            let names: Vec<_> = field.names.iter().take(6).map(|(_, name)| *name).collect();
            format!("a number, or {}", names.join(", "))
        }
        Kind::Number => "a number, as in 10 or 0x0a".to_owned(),
        Kind::Time => "a time, as in \"2025-03-01 12:00:00.5\" (UTC), or seconds since 1970".to_owned(),
        Kind::Duration => "a duration, as in 0.25, 250ms or 3s".to_owned(),
        Kind::Text => "text in quotes".to_owned(),
        Kind::Bytes | Kind::Layer => "bytes, as in 37:fa:21:3d, or text in quotes".to_owned(),
        Kind::Mac => "a hardware address, as in 00:00:5e:00:53:01".to_owned(),
        Kind::Address => "an address, as in 10.0.0.1, 10.0.0.0/8 or 2001:db8::1".to_owned(),
        Kind::Json => "a number, text in quotes, true, false or null".to_owned(),
    };
    Mistake::new(term.at.clone(), format!("{} is compared with {expected}", field.name))
}

fn flag(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// Decimal, or hexadecimal behind `0x`.
pub(super) fn number(word: &str) -> Option<i128> {
    let (sign, digits) = word.strip_prefix('-').map_or((1, word), |digits| (-1, digits));
    let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let number = match hexadecimal {
        Some(digits) => i128::from_str_radix(digits, 16).ok()?,
        None if digits.starts_with(|first: char| first.is_ascii_digit()) => digits.parse().ok()?,
        None => return None,
    };
    Some(sign * number)
}

/// Seconds with up to nine decimals, in nanoseconds.
fn seconds(word: &str) -> Option<i128> {
    let (sign, word) = word.strip_prefix('-').map_or((1, word), |word| (-1, word));
    let (whole, fraction) = word.split_once('.').unwrap_or((word, ""));
    let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) || whole.len() > 18 {
        return None;
    }
    let nanos: i128 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    Some(sign * (whole * 1_000_000_000 + nanos))
}

/// `0.25`, `250ms`, `3s`, `2min`, `1h`.
fn duration(word: &str) -> Option<i128> {
    const UNITS: &[(&str, i128)] = &[
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("ms", 1_000_000),
        ("s", 1_000_000_000),
        ("min", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ];
    let digits = word.trim_end_matches(|unit: char| unit.is_alphabetic());
    let unit = match &word[digits.len()..] {
        "" => 1_000_000_000,
        unit => UNITS.iter().find(|(name, _)| *name == unit)?.1,
    };
    Some(seconds(digits)?.saturating_mul(unit) / 1_000_000_000)
}

/// Seconds since 1970, or `2025-03-01 12:00:00.5` in UTC; parts from the right may be left out.
fn time(word: &str) -> Option<i128> {
    if let Some(seconds) = seconds(word) {
        return Some(seconds);
    }
    let word = word.trim().trim_end_matches('Z');
    let (date, clock) = word.split_once([' ', 'T']).unwrap_or((word, ""));
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some()
        || !(1..=9999).contains(&year)
        || !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
    {
        return None;
    }
    let mut clock = clock.split(':');
    let mut part = |limit: i128| match clock.next() {
        None | Some("") => Some(0),
        Some(part) => seconds(part).filter(|part| *part < limit * 1_000_000_000),
    };
    let (hour, minute, second) = (part(24)?, part(60)?, part(61)?);
    let days = i128::from(days(year, month, day));
    Some(days * 86_400_000_000_000 + hour * 3600 + minute * 60 + second)
}

/// Days since 1970-01-01 of a date in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin on March 1, so that the leap day is the last of its year, in eras of 400 years.
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// `37:fa:21`, `37-fa-21`, `37.fa.21` or `37fa21`.
fn bytes(word: &str) -> Option<Vec<u8>> {
    let parts: Vec<&str> = word.split([':', '-', '.']).collect();
    if parts.len() > 1 {
        return parts
            .iter()
            .filter(|part| !part.is_empty())
            .map(|part| (part.len() <= 2).then(|| u8::from_str_radix(part, 16).ok()).flatten())
            .collect();
    }
    let digits = word.strip_prefix("0x").unwrap_or(word);
    if digits.is_empty() || digits.len() % 2 == 1 || !digits.is_ascii() {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

fn address(word: &str) -> Option<Literal> {
    let (address, bits) = word.split_once('/').map_or((word, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    match bits {
        None => Some(Literal::Value(Value::Address(address))),
        Some(bits) => Some(Literal::Net(address, bits.parse().ok().filter(|bits| *bits <= all)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times and durations are exact to the nanosecond; what is none is refused.
    #[test]
    fn times() {
        assert_eq!(time("2025-03-01 12:00:00.5"), Some(1_740_830_400_500_000_000));
        assert_eq!(time("2000-02-29"), Some(951_782_400_000_000_000));
        assert_eq!(time("1740830400.000000001"), Some(1_740_830_400_000_000_001));
        assert_eq!(time("2025-13-01"), None);
        assert_eq!(time("2025-03-01 25:00"), None);
        assert_eq!(duration("250ms"), Some(250_000_000));
        assert_eq!(duration("1.5us"), Some(1_500));
        assert_eq!(duration("0.25"), Some(250_000_000));
        assert_eq!(duration("3 weeks"), None);
        assert_eq!(bytes("37:fa:1"), Some(vec![0x37, 0xfa, 1]));
        assert_eq!(bytes("37fa2"), None);
    }
}
