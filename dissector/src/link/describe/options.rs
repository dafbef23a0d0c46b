//! The options of a TCP header, each with its bytes.
//!
//! etherparse reads what is in an option; where one begins and ends is found here, since its iterator stops
//! at the first that it does not know.

use etherparse::{TcpOptionElement, TcpOptionsIterator};

use super::show::hex;
use crate::link::layer::named;
use crate::tree::{Bits, Field};

/// The options in `bytes`, which stand at byte `at` of the packet.
pub(super) fn options(mut bytes: &[u8], mut at: usize) -> Vec<Field> {
    let mut fields = Vec::new();
    while let Some(&kind) = bytes.first() {
        // RFC 9293 3.1: kinds 0 and 1 are one byte; all others have a length that counts kind and length.
        let len = match (kind, bytes.get(1)) {
            (0, _) => bytes.len(),
            (1, _) => 1,
            (_, Some(len)) => usize::from(*len),
            (_, None) => 0,
        };
        let Some((option, behind)) =
            (len >= 1 && (kind < 2 || len >= 2)).then(|| bytes.split_at_checked(len)).flatten()
        else {
            let says = "The length of this option does not fit what is left of the header";
            fields.push(
                Field::new("tcp.options", "Broken option", hex(bytes, " "), Bits::bytes(at, bytes.len()))
                    .says(says),
            );
            break;
        };
        let (name, value) = decoded(kind, option);
        let label = named(KINDS, kind.into(), "Unknown option");
        fields.push(Field::new(name, label, value, Bits::bytes(at, len)));
        at += len;
        bytes = behind;
    }
    fields
}

/// Filter name and value of one option.
fn decoded(kind: u8, option: &[u8]) -> (&'static str, String) {
    match TcpOptionsIterator::from_slice(option).next() {
        Some(Ok(TcpOptionElement::MaximumSegmentSize(size))) => {
            ("tcp.options.mss_val", format!("{size} bytes"))
        }
        Some(Ok(TcpOptionElement::WindowScale(shift))) => {
            // RFC 7323 2.3: shifts above 14 count as 14.
            ("tcp.options.wscale.shift", format!("{shift} (times {})", 1u32 << shift.min(14)))
        }
        Some(Ok(TcpOptionElement::SelectiveAcknowledgementPermitted)) => {
            ("tcp.options.sack_perm", String::new())
        }
        Some(Ok(TcpOptionElement::SelectiveAcknowledgement(first, others))) => {
            let blocks: Vec<_> = core::iter::once(first)
                .chain(others.into_iter().flatten())
                .map(|(left, right)| format!("{left}–{right}"))
                .collect();
            ("tcp.options.sack", blocks.join(", "))
        }
        Some(Ok(TcpOptionElement::Timestamp(value, echo))) => {
            ("tcp.options.timestamp", format!("value {value}, echo {echo}"))
        }
        Some(Ok(TcpOptionElement::Noop)) => ("tcp.options.nop", String::new()),
        _ if kind == 0 => ("tcp.options.eol", String::new()),
        _ => {
            ("tcp.options.unknown", format!("kind {kind}, {}", hex(option.get(2..).unwrap_or_default(), " ")))
        }
    }
}

/// IANA, TCP Option Kind Numbers: those met in practice.
const KINDS: &[(u16, &str)] = &[
    (0, "End of options"),
    (1, "No operation"),
    (2, "Maximum segment size"),
    (3, "Window scale"),
    (4, "SACK permitted"),
    (5, "SACK"),
    (8, "Timestamps"),
    (19, "MD5 signature"),
    (28, "User timeout"),
    (29, "TCP-AO"),
    (30, "Multipath TCP"),
    (34, "TCP fast open"),
    (172, "Accurate ECN order 0"),
    (174, "Accurate ECN order 1"),
    (253, "Experiment 1"),
    (254, "Experiment 2"),
];
