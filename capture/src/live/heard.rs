//! What dumpcap, tcpdump and ssh say, who speak to people: whether they capture, how much, and what went wrong.

use super::report::Refusal;

/// What a line of theirs means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// It captures.
    Begun,
    /// So many packets in all.
    Captured(u64),
    /// So many dropped, of one device.
    Dropped(u64),
    /// Nothing that anybody needs to know.
    Nothing,
    /// Words, perhaps of trouble.
    Words,
}

pub(super) fn heard(line: &str) -> Heard {
    // Dumpcap names its file when its devices are open.
    if line.contains("listening on ") || line.starts_with("File: ") {
        return Heard::Begun;
    }
    if let Some(count) = line.strip_prefix("Packets captured: ").and_then(number) {
        return Heard::Captured(count);
    }
    // Packets received/dropped on interface 'lo': 12/3 (pcap:0/dumpcap:0/…) (80.0%)
    if let Some((_, counts)) =
        line.strip_prefix("Packets received/dropped on ").and_then(|it| it.rsplit_once("': "))
    {
        return counts
            .split_once('/')
            .and_then(|(_, dropped)| number(dropped))
            .map_or(Heard::Nothing, Heard::Dropped);
    }
    match line.split_once(' ') {
        Some((count, "packets captured" | "packet captured")) => {
            number(count).map_or(Heard::Words, Heard::Captured)
        }
        Some((count, "packets dropped by kernel" | "packet dropped by kernel")) => {
            number(count).map_or(Heard::Words, Heard::Dropped)
        }
        Some((_, rest)) if rest.ends_with("received by filter") || rest.ends_with("dropped by interface") => {
            Heard::Nothing
        }
        _ if line.is_empty() || line.starts_with("Capturing on ") => Heard::Nothing,
        _ if line.contains("data link type") || line.contains("Warning: Permanently added") => Heard::Nothing,
        _ => Heard::Words,
    }
}

/// Why a program that ended at once did not capture.
pub(super) fn refusal(lines: &[String]) -> Refusal {
    let has = |words: &[&str]| {
        lines.iter().find(|line| words.iter().any(|word| line.to_ascii_lowercase().contains(word))).cloned()
    };
    if let Some(says) = has(&["filter expression"]).or_else(|| has(&["capture filter", "syntax error"])) {
        let says = says.rsplit_once("filter expression: ").map_or(says.as_str(), |(_, says)| says);
        return Refusal::Filter { filter: String::new(), says: says.trim_end_matches([')', '.']).to_owned() };
    }
    if let Some(says) = has(&["not permitted", "permission"]).filter(|says| !says.contains("publickey")) {
        return Refusal::Rights { device: String::new(), says };
    }
    let says = lines.iter().rev().find(|line| !line.is_empty());
    Refusal::Other { says: says.cloned().unwrap_or_else(|| "it ended without a word".to_owned()) }
}

/// The digits at the beginning.
fn number(text: &str) -> Option<u64> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.get(..digits)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn their_words_are_understood() {
        let lines = [
            (
                "tcpdump: listening on lo, link-type EN10MB (Ethernet), snapshot length 262144 bytes",
                Heard::Begun,
            ),
            ("Capturing on 'Loopback: lo'", Heard::Nothing),
            ("File: -", Heard::Begun),
            ("12 packets captured", Heard::Captured(12)),
            ("24 packets received by filter", Heard::Nothing),
            ("3 packets dropped by kernel", Heard::Dropped(3)),
            ("Packets captured: 12", Heard::Captured(12)),
            (
                "Packets received/dropped on interface 'Loopback: lo': 12/3 (pcap:3/dumpcap:0) (80.0%)",
                Heard::Dropped(3),
            ),
            ("ssh: connect to host x port 22: Connection refused", Heard::Words),
        ];
        for (line, expected) in lines {
            assert_eq!(heard(line), expected, "{line}");
        }
    }
}
