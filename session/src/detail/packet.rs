//! The packet's own lines: number, time, lengths, comment; then its link, IP and TCP layers.

use dissector::ids::PacketId;
use dissector::link;

use super::build::{Parts, count_of, thousands};
use super::node::{Node, Place};

/// Adds the lines of a packet whose bytes are in tab `home`.
pub(super) fn tree(parts: &mut Parts<'_>, id: PacketId, home: Option<usize>) {
    let Some(packet) = parts.snapshot.packet(id) else { return };
    let len = packet.span.len;
    let mut children = vec![
        Node::new("frame.number", "Number", thousands(id.number()))
            .says("Every record of the capture counts, as in Wireshark"),
        Node::new("frame.time", "Time", utc(packet.time)).says("When it was captured, in UTC"),
        Node::new("frame.cap_len", "Captured", count_of(u64::from(len), "byte")),
        Node::new("frame.link", "Link type", packet.link.to_string())
            .says("The number by which capture files name what a packet's bytes begin with"),
        Node::new("frame.offset", "In the file", format!("from byte {}", thousands(packet.span.at)))
            .says("Where its first byte stands in the capture, in the unpacked one if it is compressed"),
    ];
    if packet.cut {
        let says = "The capture was set to keep only the beginning of each packet";
        children.push(Node::new("frame.cut", "Cut", "by the snap length").says(says));
    }
    if let Some(comment) = parts.snapshot.comment(id) {
        children.push(Node::new("frame.comment", "Comment", comment.to_string()));
    }
    let value = format!("{}, {}", utc(packet.time), count_of(u64::from(len), "byte"));
    let place = home.filter(|_| len > 0).map(|home| Place::bytes(home, 0..len as usize));
    let label = format!("Packet {}", thousands(id.number()));
    parts.tree.push(Node::new("frame", label, value).at(place).with(children));

    let Some(home) = home else { return };
    let bytes = std::sync::Arc::clone(&parts.tabs[home].bytes);
    let end = bytes.len() as u64 * 8;
    for field in link::describe(packet.link, &bytes, len) {
        let node = Node::from_field(field, &|mut bits| {
            bits.len = bits.len.min(end.saturating_sub(bits.at));
            (bits.len > 0).then_some(Place { tab: home, bits })
        });
        parts.tree.push(node);
    }
}

/// `2025-03-01 12:00:00.000000000`, from nanoseconds since 1970.
fn utc(time: i64) -> String {
    const DAY: i64 = 86_400;
    let (seconds, nanos) = (time.div_euclid(1_000_000_000), time.rem_euclid(1_000_000_000));
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Years that begin on March 1, so that the leap day is the last of its year, in eras of 400 years.
    let shifted = days + 719_468;
    let (era, day) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{of_month:02} {hour:02}:{minute:02}:{second:02}.{nanos:09}")
}

#[cfg(test)]
mod tests {
    use super::utc;

    /// A leap day, the turn of a century that is none, and times before 1970.
    #[test]
    fn times_of_day() {
        assert_eq!(utc(0), "1970-01-01 00:00:00.000000000");
        assert_eq!(utc(951_782_399_000_000_001), "2000-02-28 23:59:59.000000001");
        assert_eq!(utc(951_782_400_000_000_000), "2000-02-29 00:00:00.000000000");
        assert_eq!(utc(4_107_542_400_000_000_000), "2100-03-01 00:00:00.000000000");
        assert_eq!(utc(-1), "1969-12-31 23:59:59.999999999");
    }
}
