//! Fields of messages that ask and answer, by what their protocols say.

use crate::filter::field::{Field, Read, Reads, Take};
use crate::filter::value::{Kind, Value};
use crate::model::Message;
use crate::pairing::Pairing;
use crate::snapshot::Snapshot;

#[rustfmt::skip]
pub(super) fn fields() -> Vec<Field> {
    vec![
        pair("ws.latency", Kind::Duration, "Of an answer: time since its question; of a question: time to its first answer", "ws.latency > 0.5", |pairs, snapshot, message, take| {
            if let Some(time) = pairs.latency(snapshot, message.id) { take(Value::number(time)); }
        }),
        pair("ws.answers", Kind::Number, "The number of the message that it answers", "ws.answers == 7", |pairs, _, message, take| {
            pairs.about(message.id).answers.iter().for_each(|id| take(Value::number(id.number())));
        }),
        pair("ws.answered_by", Kind::Number, "The number of the message that answered it first", "ws.answered_by > 100", |pairs, _, message, take| {
            if let Some(id) = pairs.about(message.id).answered_by { take(Value::number(id.number())); }
        }),
        pair("ws.unanswered", Kind::Flag, "It asks something that nobody answered; absent where that is not so", "ws.unanswered", |pairs, _, message, take| {
            if pairs.about(message.id).unanswered { take(Value::Flag(true)); }
        }),
    ]
}

fn pair(
    name: &'static str,
    kind: Kind,
    says: &'static str,
    example: &'static str,
    read: fn(&Pairing, &Snapshot, &Message, Take<'_>),
) -> Field {
    Field::new(name, kind, says, example, Reads::Content, Read::Pair(read))
}
