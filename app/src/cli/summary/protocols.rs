//! What is spoken in a capture, where that is asked for: every message has to be read for it.

use serde_json::{Value, json};
use session::dissector::decoders::decoder;
use session::pairing::Spoken;

use crate::cli::words::{count, plural};

/// A line a protocol.
pub(super) fn line(spoken: &Spoken) -> String {
    let title = decoder(spoken.protocol).map_or(spoken.protocol, |decoder| decoder.title);
    let mut text = format!("{title}: {}", plural(spoken.messages, ["message", "messages"]));
    if spoken.questions() > 0 {
        text.push_str(&format!(", {}", plural(spoken.questions(), ["question", "questions"])));
    }
    if spoken.unanswered > 0 {
        text.push_str(&format!(", {} unanswered", count(spoken.unanswered)));
    }
    if spoken.errors > 0 {
        text.push_str(&format!(", {}", plural(spoken.errors, ["error", "errors"])));
    }
    if let [Some(median), Some(most)] = [0.5, 0.95].map(|share| spoken.latencies.quantile(share)) {
        let [median, most] = [median, most].map(|time| time as f64 / 1e6);
        text.push_str(&format!("; answered within {median:.3} ms (median), {most:.3} ms (95 %)"));
    }
    text
}

/// The same as JSON; times in seconds.
pub(super) fn json(spoken: &Spoken) -> Value {
    let seconds = |share| spoken.latencies.quantile(share).map(|time| time as f64 / 1e9);
    json!({
        "protocol": spoken.protocol,
        "messages": spoken.messages,
        "questions": spoken.questions(),
        "unanswered": spoken.unanswered,
        "errors": spoken.errors,
        "latency_median": seconds(0.5),
        "latency_p95": seconds(0.95),
    })
}
