//! The sentences: what each part of a header says, by its value.
//!
//! A sentence may name the law that a value meets or breaks; findings come from rules.

use crate::websocket::header::LengthForm;
use crate::websocket::layout::Kind;
use crate::websocket::opcode::Opcode;

/// What `number` in the part `kind` says, in one sentence. Empty for the payload, which is no number.
pub(super) fn says(opcode: Opcode, kind: Kind, number: u64) -> &'static str {
    match (kind, number) {
        (Kind::Fin, 0) if opcode.is_control() => {
            "Says that fragments follow, which no control frame may say (RFC 6455 5.5)"
        }
        (Kind::Fin, 0) => "More fragments of the message follow (RFC 6455 5.4)",
        (Kind::Fin, _) => "The last fragment of its message, or the only one (RFC 6455 5.4)",
        (Kind::Rsv1, 0) => "Not marked: no extension compressed this message (RFC 7692 6)",
        (Kind::Rsv1, _) => {
            "The message is compressed, if permessage-deflate was agreed (RFC 7692 6); otherwise this must be 0 (RFC 6455 5.2)"
        }
        (Kind::Rsv2 | Kind::Rsv3, 0) => "Not used: no registered extension gives it a meaning (RFC 6455 5.2)",
        (Kind::Rsv2 | Kind::Rsv3, _) => {
            "Set, though no registered extension gives it a meaning (RFC 6455 5.2)"
        }
        (Kind::Opcode, _) => match opcode {
            Opcode::CONTINUATION => "A further fragment of the message that is open (RFC 6455 5.4)",
            Opcode::TEXT => "The message is text in UTF-8 (RFC 6455 5.6)",
            Opcode::BINARY => "The message is bytes whose meaning the application knows (RFC 6455 5.6)",
            Opcode::CLOSE => {
                "Begins or answers the closing handshake; its sender sends no more data (RFC 6455 5.5.1)"
            }
            Opcode::PING => "Asks for a Pong with the same payload (RFC 6455 5.5.2)",
            Opcode::PONG => "Answers a Ping, or tells unasked that its sender lives (RFC 6455 5.5.3)",
            reserved if reserved.is_control() => {
                "Kept for further control frames; a receiver must fail the connection (RFC 6455 5.2)"
            }
            _ => "Kept for further data frames; a receiver must fail the connection (RFC 6455 5.2)",
        },
        (Kind::Mask, 0) => "The payload is not masked, as in every frame from a server (RFC 6455 5.1)",
        (Kind::Mask, _) => "The payload is masked, as in every frame from a client (RFC 6455 5.1)",
        (Kind::Length, 126) => "126 means that the length follows in 16 bits (RFC 6455 5.2)",
        (Kind::Length, 127) => "127 means that the length follows in 64 bits (RFC 6455 5.2)",
        (Kind::Length, _) => "Bytes of payload; 0 to 125 fit in the seven bits themselves (RFC 6455 5.2)",
        (Kind::Length64, _) if number >> 63 != 0 => {
            "Bytes of payload; the most significant bit must be 0, and here it is 1 (RFC 6455 5.2)"
        }
        (Kind::Length16, _) if LengthForm::minimal(number) != LengthForm::Sixteen => TOO_LONG_FORM,
        (Kind::Length64, _) if LengthForm::minimal(number) != LengthForm::SixtyFour => TOO_LONG_FORM,
        (Kind::Length16 | Kind::Length64, _) => {
            "Bytes of payload, the most significant byte first (RFC 6455 5.2)"
        }
        (Kind::MaskingKey, 0) => {
            "Byte i of the payload is XORed with byte i mod 4 of the key (RFC 6455 5.3); zeros change nothing"
        }
        (Kind::MaskingKey, _) => "Byte i of the payload is XORed with byte i mod 4 of the key (RFC 6455 5.3)",
        (Kind::Payload, _) => "",
    }
}

const TOO_LONG_FORM: &str =
    "Bytes of payload; a shorter form would have held it, and must have been used (RFC 6455 5.2)";
