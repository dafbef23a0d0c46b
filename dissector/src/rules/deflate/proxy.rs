//! What an intermediary did between its two connections, where both were captured.

use crate::ids::Side;
use crate::rules::facts::{Attempt, Whole};
use crate::rules::{Point, Report};

/// RFC 6455 5.4: "An intermediary MUST NOT change the fragmentation of a message if any reserved bit values are
/// used and the meaning of these values is not known to the intermediary." What it knows is not on the wire, so
/// this is worth a note and no more. The key goes through unchanged, and tells which connections belong together.
pub(super) fn fragmentation(facts: &Whole<'_>, report: &mut Report<'_>) {
    for inner in &facts.register.attempts {
        let Some(outer) = facts.register.first_with_key(&inner.key) else { continue };
        let apart = inner.connection != outer.connection && inner.began.time < outer.began.time + NEAR;
        if !apart || !inner.accepted || !outer.accepted {
            continue;
        }
        for side in [Side::Client, Side::Server] {
            let (Some(before), Some(after)) = (outer.tale(side), inner.tale(side)) else { continue };
            let comparable = before.messages == after.messages && !before.lost && !after.lost;
            if comparable && before.reserved && after.reserved && before.parts != after.parts {
                // Whoever passes a side's messages on speaks for that side on the other connection.
                let (spoken, there) = if side == Side::Client { (inner, outer) } else { (outer, inner) };
                report.against_connection(side, spoken, changed(spoken, there, side));
            }
        }
    }
}

/// A request is passed on at once; the same key much later is another matter.
const NEAR: i64 = 10_000_000_000;

fn changed(spoken: &Attempt, there: &Attempt, side: Side) -> Point {
    let parts = |attempt: &Attempt| attempt.tale(side).map_or(0, |tale| tale.parts);
    let messages = spoken.tale(side).map_or(0, |tale| tale.messages);
    let expected = format!(
        "{messages} messages in {} frames, as on connection {}",
        parts(there),
        there.connection.number()
    );
    Point { expected, seen: format!("{} frames", parts(spoken)), ..Point::default() }
}

#[cfg(test)]
mod tests {
    use crate::rules::bench::{Bench, frame, masked};

    /// The same key on both sides of a proxy: one message in two frames goes out as one, with RSV1 in use.
    #[test]
    fn rfc6455_5_4_an_intermediary_changes_fragments() {
        let code = "reserved-bits-fragment-change";
        let line = "Sec-WebSocket-Extensions: permessage-deflate";
        // "Hello" as RFC 7692 7.2.3.1 compresses it.
        let hello = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
        let (first, last) = hello.split_at(3);
        let pieces = [masked(0x41, first), masked(0x80, last)].concat();
        let proxied = |outer: &[u8], inner: &[u8]| {
            let bench = Bench::new().request(&[line]).also([10, 0, 0, 2], [10, 0, 0, 9]).request(&[line]);
            bench.response(&[line]).on(0).response(&[line]).client(outer).on(1).client(inner)
        };
        let (finding, _, sentence) = proxied(&pieces, &masked(0xc1, &hello)).only(code);
        assert_eq!((finding.accused.name(), finding.connection.map(|id| id.number())), ("client", Some(2)));
        assert!(sentence.ends_with("expected 1 messages in 2 frames, as on connection 1, saw 1 frames"));
        // Passed on as it came, or without a reserved bit.
        assert!(!proxied(&pieces, &pieces).raises(code));
        let plain = [masked(0x01, b"He"), masked(0x80, b"llo")].concat();
        assert!(!proxied(&plain, &masked(0x81, b"Hello")).raises(code));
        assert!(!Bench::new().open().server(&frame(0x81, b"Hello")).raises(code));
    }
}
