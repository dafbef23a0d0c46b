//! How many packets each device has seen, as the system counts them: once a second, for what its sparkline shows.

use std::collections::BTreeMap;

/// How many seconds are remembered.
pub const SECONDS: usize = 48;

/// Packets of each device since it is there; nothing where the system does not tell.
pub fn packets() -> Option<BTreeMap<String, u64>> {
    std::fs::read_to_string("/proc/net/dev").ok().map(|text| parse(&text))
}

/// The table of Linux: two lines of titles, then a line a device; received packets are its second number, sent ones the
/// tenth.
fn parse(text: &str) -> BTreeMap<String, u64> {
    let line = |line: &str| {
        let (name, numbers) = line.split_once(':')?;
        let numbers: Vec<u64> = numbers.split_whitespace().map_while(|word| word.parse().ok()).collect();
        let (received, sent) = (*numbers.get(1)?, *numbers.get(9)?);
        let name = name.trim().to_owned();
        // What a loopback device sends is what it receives.
        let packets = if name == "lo" { received } else { received.saturating_add(sent) };
        Some((name, packets))
    };
    let mut devices: BTreeMap<String, u64> = text.lines().skip(2).filter_map(line).collect();
    let all = devices.values().fold(0, |sum: u64, packets| sum.saturating_add(*packets));
    devices.insert("any".to_owned(), all);
    devices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_linux() {
        let text = "Inter-|   Receive  |  Transmit\n face |bytes packets errs|bytes\n\
                    \x20   lo: 10 7 0 0 0 0 0 0 10 7 0 0 0 0 0 0\n  eth0:20 5 0 0 0 0 0 0 30 3 0 0 0 0 0 0\n";
        let expected = [("any", 15), ("eth0", 8), ("lo", 7)];
        assert_eq!(parse(text), expected.map(|(name, count)| (name.to_owned(), count)).into());
    }
}
