//! Fields of what messages say by their protocols: those that all protocols have, and each decoder's own from its table.

use dissector::decoders::{DECODERS, Decoded, Holds, Key, Part, Value as Said};

use crate::decoding::Depth;
use crate::filter::field::{Field, Read, Reads, Take};
use crate::filter::value::{Kind, Value};

pub(super) fn fields() -> Vec<Field> {
    let mut fields = vec![
        Field::new(
            "ws.protocol",
            Kind::Text,
            "What reads the message: the name of a decoder",
            "ws.protocol == \"mqtt\"",
            Reads::Content,
            Read::Said(Depth::Gist, |said, _, take| take(Value::run(said.protocol.as_bytes()))),
        ),
        common(
            "ws.event",
            "The event, method or command that the message names",
            "ws.event == \"news\"",
            |said, _, take| {
                each(said, |part| part.event.as_deref(), take);
            },
        ),
        common(
            "ws.kind",
            "What the message is in its protocol's own word",
            "ws.kind == \"PUBLISH\"",
            |said, _, take| {
                each(said, |part| Some(part.kind.as_ref()).filter(|kind| !kind.is_empty()), take);
            },
        ),
        common(
            "ws.topic",
            "The topic, channel, destination or namespace that the message is about",
            "ws.topic contains \"news\"",
            |said, _, take| {
                each(said, |part| part.topic.as_deref(), take);
            },
        ),
        common(
            "ws.id",
            "The id by which the message is told from others or paired with them, as it was written",
            "ws.id == \"7\"",
            |said, _, take| {
                each(said, |part| part.id.as_deref(), take);
            },
        ),
        common(
            "ws.error",
            "The error that the message reports",
            "ws.error contains \"denied\"",
            |said, _, take| {
                each(said, |part| part.error.as_deref(), take);
            },
        ),
    ];
    fields.extend(DECODERS.iter().flat_map(|decoder| decoder.keys).map(own));
    fields
}

fn common(
    name: &'static str,
    says: &'static str,
    example: &'static str,
    read: fn(&Decoded, &str, Take<'_>),
) -> Field {
    Field::new(name, Kind::Text, says, example, Reads::Content, Read::Said(Depth::Gist, read))
}

fn each(said: &Decoded, word: fn(&Part) -> Option<&str>, take: Take<'_>) {
    said.parts.iter().filter_map(word).for_each(|word| take(Value::run(word.as_bytes())));
}

/// A field of a decoder's own.
fn own(key: &'static Key) -> Field {
    let (kind, test) = match key.holds {
        Holds::Text | Holds::Anything => (Kind::Text, "contains \"a\""),
        Holds::Number => (Kind::Number, "== 1"),
        Holds::Flag => (Kind::Flag, "== true"),
    };
    let mut field = Field::new(key.name, kind, key.says, "", Reads::Content, Read::Said(Depth::Tree, values));
    field.example = format!("{} {test}", key.name).into();
    field
}

/// Every value that stands under a key.
fn values(said: &Decoded, name: &str, take: Take<'_>) {
    for field in &said.fields {
        field.walk(&mut |field| {
            if field.key == name {
                match &field.value {
                    Said::Flag(flag) => take(Value::Flag(*flag)),
                    Said::Number(number) => take(Value::Number(*number)),
                    Said::Bytes(bytes) => take(Value::run(bytes)),
                    Said::Heading | Said::List | Said::Map | Said::Null => {}
                    value => take(Value::run(value.shown().as_bytes())),
                }
            }
        });
    }
}
