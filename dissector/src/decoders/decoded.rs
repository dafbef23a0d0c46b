//! What a message says, as far as it could be read.

use std::borrow::Cow;
use std::ops::Range;

use super::field::Field;

/// The part that a message plays in an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It asks, and is to be answered.
    Asks,
    /// It may be answered, and nothing is amiss where it is not.
    Offers,
    /// It answers what the other side asked, and no more answers are due.
    Answers,
    /// It is one of the answers to what the other side asked, and others may follow.
    Continues,
    /// It answers where the other side asked by this id, and asks where nobody did.
    Either,
}

/// What question and answer have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Equal for both, and different from those of other exchanges that are open on the connection.
    pub key: Vec<u8>,
    /// Which of the two it is.
    pub role: Role,
}

/// One of the things that a message says: an event, a packet, a record. Most messages say one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// What it is, in the protocol's own word: `PUBLISH`, `EVENT`, `request`.
    pub kind: Cow<'static, str>,
    /// The event, method, action or command that it names.
    pub event: Option<String>,
    /// The topic, channel, destination or namespace that it is about.
    pub topic: Option<String>,
    /// The id by which it is told from others, as it was written.
    pub id: Option<String>,
    /// How it is paired with what answers it, or what it answers.
    pub exchange: Option<Exchange>,
    /// The error that it reports.
    pub error: Option<String>,
    /// One line about it; empty where only the gist was asked for.
    pub summary: String,
    /// The bytes of the message that it takes.
    pub at: Range<usize>,
}

/// Where reading stopped before the message's end, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The byte of the message that could not be read any more.
    pub at: usize,
    /// Why, in a clause.
    pub why: Cow<'static, str>,
}

/// A decoded message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decoded {
    /// The name of the decoder, as the command line has it.
    pub protocol: &'static str,
    /// What it says, in order; at least one.
    pub parts: Vec<Part>,
    /// All of it as a tree, where that was asked for.
    pub fields: Vec<Field>,
    /// Where reading stopped.
    pub stopped: Option<Stopped>,
    /// What of it was left out, and by which limit.
    pub limited: Option<&'static str>,
}

impl Decoded {
    /// The first thing that it says.
    pub fn first(&self) -> Option<&Part> {
        self.parts.first()
    }

    /// One line for a row: what is said, and where reading stopped.
    pub fn summary(&self) -> String {
        let mut line = String::new();
        for part in &self.parts {
            if !line.is_empty() {
                line.push_str(" · ");
            }
            if line.len() > LINE {
                line.push('…');
                break;
            }
            line.push_str(&part.summary);
        }
        if let Some(stopped) = &self.stopped {
            line.push_str(&format!(" [stopped at byte {}: {}]", stopped.at, stopped.why));
        }
        if let Some(limit) = self.limited {
            line.push_str(&format!(" [{limit}]"));
        }
        line
    }
}

/// Characters of a summary, about.
pub(super) const LINE: usize = 200;

/// The beginning of a text, on one line and short enough for a summary.
pub(super) fn short(text: &str) -> String {
    let (head, more) = text.split_at(text.ceil_char_boundary(LINE));
    // With 0xc2 begin U+0080 to U+00BF, among them the other control characters.
    if !head.bytes().any(|byte| byte < b' ' || byte == 0x7f || byte == 0xc2) {
        return [head, if more.is_empty() { "" } else { "…" }].concat();
    }
    let mut line = String::new();
    for c in text.chars() {
        if line.len() >= LINE {
            line.push('…');
            break;
        }
        line.push(if c.is_control() { ' ' } else { c });
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line, whatever the text is made of; all of it, or as much as fills a summary and says that there is more.
    #[test]
    fn summaries_are_short() {
        for part in ["a", "é", "✓", "\u{9b}", "\n", "\u{7f}", "aé✓", "plain text, and a tab\t"] {
            for count in [0, 1, 66, 67, 68, 99, 100, 101, 199, 200, 201, 300] {
                let text = part.repeat(count);
                let line = short(&text);
                assert!(!line.contains(char::is_control), "{line:?}");
                let kept = line.strip_suffix('…').unwrap_or(&line);
                let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
                assert!(clean.take(kept.chars().count()).eq(kept.chars()), "{line:?}");
                let last = kept.chars().next_back().map_or(0, char::len_utf8);
                match kept == line {
                    true => assert_eq!(kept.chars().count(), text.chars().count()),
                    false => assert!(kept.len() >= LINE && kept.len() - last < LINE, "{line:?}"),
                }
            }
        }
    }
}
