//! Frames that stretch over messages, as some brokers and clients send them.

use super::super::input::Input;
use super::super::joined::{self, Open, Step};
use super::{COMMANDS, Lines, begins};

/// Newlines between frames: heartbeats, and those behind a frame.
pub(super) fn eol(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len())
}

/// The frame that is open where a message begins; none is looked for where it begins with one of its own.
pub(super) fn open(input: &Input<'_>) -> Open {
    let rest = input.bytes().get(eol(input.bytes())..).unwrap_or_default();
    if rest.is_empty() || begins(rest) { Open::default() } else { joined::open(input, &measure) }
}

/// What bytes begin with.
pub(super) fn measure(bytes: &[u8]) -> Step {
    match eol(bytes) {
        0 if bytes.is_empty() => return Step::Short,
        0 => {}
        eol => return Step::Whole(eol),
    }
    if !begins(bytes) {
        let prefix = COMMANDS.iter().any(|command| command.as_bytes().starts_with(bytes));
        return if prefix { Step::Short } else { Step::Wrong };
    }
    let mut lines = Lines { bytes, at: 0 };
    let mut length = None;
    loop {
        match lines.next() {
            Some((_, [])) => break,
            // Of a header that comes twice the first one counts.
            Some((_, line)) if length.is_none() && line.starts_with(b"content-length:") => {
                let value =
                    line.get("content-length:".len()..).and_then(|value| std::str::from_utf8(value).ok());
                length = value.and_then(|value| value.trim().parse::<usize>().ok());
            }
            Some(_) => {}
            None => return Step::Begun,
        }
    }
    let body = bytes.get(lines.at..).unwrap_or_default();
    let end = match length {
        Some(length) => match body.get(length) {
            Some(0) => Some(length),
            Some(_) => return Step::Wrong,
            None => None,
        },
        None => memchr::memchr(0, body),
    };
    end.map_or(Step::Begun, |end| Step::Whole(lines.at + end + 1))
}
