//! `wscope explain`: a frame's bytes drawn, or a rule or a number of the registries put into words.

mod rule;

use std::io::Write;

use anyhow::{Context, bail};
use session::dissector::rules::Rule;
use session::dissector::websocket::opcode::Opcode;
use session::dissector::websocket::registry::{self, CloseMeaning, CloseRange, OnWire};

use super::column::Tone;
use super::options::Explain;
use super::style::Look;

/// What somebody wants explained.
#[derive(Debug)]
enum What {
    Bytes(Vec<u8>),
    Rule(&'static Rule),
    CloseCode(u16),
    Opcode(Opcode),
}

/// Prints the explanation.
pub(crate) fn run(options: &Explain) -> anyhow::Result<()> {
    let look = Look::of(options.no_color);
    let text = match understand(&options.what.join(" "))? {
        What::Bytes(bytes) => draw(&bytes),
        What::Rule(rule) => rule::text(rule, look),
        What::CloseCode(code) => close_code(code, look),
        What::Opcode(opcode) => explain_opcode(opcode, look),
    };
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

fn understand(text: &str) -> anyhow::Result<What> {
    let text = text.trim();
    if let Some(rule) = rule::called(text) {
        return Ok(What::Rule(rule));
    }
    if rule::is_like(text) {
        bail!("{}", rule::unknown(text));
    }
    let word = text.to_ascii_lowercase();
    if let Some(code) = word.strip_prefix("close ").or(Some(word.as_str()).filter(|word| is_code(word))) {
        return Ok(What::CloseCode(
            code.trim().parse().with_context(|| format!("\"{code}\" is no close code"))?,
        ));
    }
    let name = word.strip_prefix("opcode ").unwrap_or(&word).trim();
    let digit = name.strip_prefix("0x").unwrap_or(name);
    if let Some(named) = (0..16).map(Opcode).find(|opcode| opcode.name() == name && !opcode.is_reserved()) {
        return Ok(What::Opcode(named));
    }
    if digit.len() == 1 || name.len() != word.len() {
        let value = u8::from_str_radix(digit, 16).ok().filter(|value| *value < 16);
        return value
            .map(|value| What::Opcode(Opcode(value)))
            .with_context(|| format!("\"{digit}\" is no opcode"));
    }
    bytes(text).map(What::Bytes)
}

/// 1000 to 4999, which is what can be a close code (RFC 6455 7.4.2); the same two bytes in hex can be written with
/// a space between them.
fn is_code(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|code: u16| (1000..5000).contains(&code))
}

/// Bytes in hex, however they were copied: `81 85`, `81:85`, `0x81, 0x85`, `\x81\x85`.
fn bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    let plain = text.replace("0x", " ").replace("0X", " ").replace("\\x", " ");
    let mut bytes = Vec::new();
    for group in plain.split(|char: char| char.is_whitespace() || ":,;-[]{}\"'".contains(char)) {
        if let Some(wrong) = group.chars().find(|char| !char.is_ascii_hexdigit()) {
            bail!(
                "\"{text}\" is nothing that can be explained: \"{wrong}\" is no hex digit; give the bytes of a frame \
                 in hex, the code of a rule, a close code such as 1006, or an opcode such as ping"
            );
        }
        if group.len() % 2 == 1 {
            bail!("\"{group}\" has an odd number of hex digits; a byte has two, such as 0{}", &group[..1]);
        }
        bytes.extend(hex::decode(group)?);
    }
    if bytes.is_empty() {
        bail!(
            "nothing to explain; give the bytes of a frame in hex, the code of a rule, a close code or an opcode"
        );
    }
    Ok(bytes)
}

fn draw(bytes: &[u8]) -> String {
    session::dissector::websocket::diagram::draw(bytes)
}

fn close_code(code: u16, look: Look) -> String {
    let CloseMeaning { name, says, reference, range, on_wire } = registry::close_code(code);
    let whose = match range {
        CloseRange::Unused => "not used",
        CloseRange::Protocol => "the protocol's own",
        CloseRange::Registered => "libraries and frameworks, registered with IANA",
        CloseRange::Private => "private use between two applications",
        CloseRange::Beyond => "belongs to nobody",
    };
    let sent = match on_wire {
        OnWire::Meant => "may stand in a Close frame",
        OnWire::LocalOnly => "never stands in a Close frame: only an API reports it",
        OnWire::Reserved => "must not be sent: it has no meaning yet",
        OnWire::OutOfRange => "must not be sent: it is outside every range",
    };
    let codes = range.codes();
    let bytes = code.to_be_bytes();
    card(
        look,
        &format!("Close code {code}, {name}"),
        says,
        &[
            (
                "On the wire",
                format!("{:02x} {:02x}, the first two bytes of the payload; {sent}", bytes[0], bytes[1]),
            ),
            ("Range", format!("{} to {}: {whose} (RFC 6455 7.4.2)", codes.start(), codes.end())),
            ("Defined in", reference.to_owned()),
        ],
    )
}

fn explain_opcode(opcode: Opcode, look: Look) -> String {
    let (name, reference) = match registry::OPCODES.iter().find(|entry| entry.key == opcode) {
        Some(entry) => (entry.name, entry.reference),
        None => ("reserved", "RFC 6455 5.2"),
    };
    let says = match opcode {
        Opcode::CONTINUATION => {
            "A further fragment of the message that a text or binary frame without FIN began"
        }
        Opcode::TEXT => "A message of UTF-8 text, or its first fragment",
        Opcode::BINARY => "A message of bytes whose meaning is the application's, or its first fragment",
        Opcode::CLOSE => "Begins the closing handshake or answers it; may hold a close code and a reason",
        Opcode::PING => "Asks the peer for a Pong with the same payload, to see whether it is there",
        Opcode::PONG => "Answers a Ping with its payload; may also be sent unasked, as a sign of life",
        _ => "Kept for frames that nobody has defined; whoever receives one fails the connection",
    };
    let class = match opcode.is_control() {
        true => {
            "control: at most 125 bytes, never fragmented, may stand between the fragments of a message (RFC 6455 5.5)"
        }
        false => "data: belongs to a message, may be fragmented (RFC 6455 5.6)",
    };
    let first = 0x80 | opcode.0;
    card(
        look,
        &format!("Opcode {:#x}, {name}", opcode.0),
        says,
        &[
            (
                "On the wire",
                format!("{:04b}, the low bits of the first byte; with FIN set that is {first:02x}", opcode.0),
            ),
            ("Class", class.to_owned()),
            ("Defined in", reference.to_owned()),
        ],
    )
}

fn card(look: Look, title: &str, says: &str, lines: &[(&str, String)]) -> String {
    let mut out = format!("{}\n{says}\n\n", look.paint(Tone::Strong, title));
    for (label, text) in lines {
        out.push_str(&format!("{}  {text}\n", look.paint(Tone::Dim, format!("{label:<12}"))));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One way to write each thing, however bytes were copied, and no guess where two things are possible.
    #[test]
    fn what_is_meant() {
        let cases = [
            ("81 85", What::Bytes(vec![0x81, 0x85])),
            ("8185", What::Bytes(vec![0x81, 0x85])),
            ("0x81, 0x85", What::Bytes(vec![0x81, 0x85])),
            ("\\x81\\x85", What::Bytes(vec![0x81, 0x85])),
            ("10 00", What::Bytes(vec![0x10, 0])),
            ("1000", What::CloseCode(1000)),
            ("close 999", What::CloseCode(999)),
            ("close", What::Opcode(Opcode::CLOSE)),
            ("Ping", What::Opcode(Opcode::PING)),
            ("a", What::Opcode(Opcode::PONG)),
            ("0x9", What::Opcode(Opcode::PING)),
            ("opcode 3", What::Opcode(Opcode(3))),
        ];
        for (text, expected) in cases {
            assert_eq!(format!("{:?}", understand(text).unwrap()), format!("{expected:?}"), "{text}");
        }
        for wrong in ["818", "hello", "", "opcode 99", "close 70000"] {
            assert!(understand(wrong).is_err(), "{wrong}");
        }
    }
}
