//! Protobuf's own files: what `FILE.proto` or `FILE.proto:Message.Name` says, as tables that the decoder reads by.
//!
//! Imports are looked for beside the file and in the folders above it; those of Google are known. Compiled by protox,
//! so that names, numbers and types are checked as `protoc` checks them.

use std::collections::HashMap;
use std::path::Path;

use dissector::decoders::{EnumType, FieldType, MessageType, Scalar, Schema};
use protox::prost_reflect::{Cardinality, DescriptorPool, EnumDescriptor, Kind, MessageDescriptor};

/// Reads the types of a file, and which one of them all messages have where that is said. The error is one line.
pub fn read_proto(text: &str) -> Result<Schema, String> {
    let (file, wanted) = split(text);
    let path = Path::new(file);
    if !path.is_file() {
        return Err(format!("there is no file {file}; expected FILE.proto or FILE.proto:Message.Name"));
    }
    let path = path.canonicalize().map_err(|error| format!("{file}: {error}"))?;
    let compiled = protox::Compiler::new(path.ancestors().skip(1)).and_then(|mut compiler| {
        compiler.include_imports(true).open_file(&path)?;
        Ok((compiler.files().last().map(|it| it.name().to_owned()), compiler.descriptor_pool()))
    });
    let (name, pool) = compiled.map_err(|error| {
        let says = format!("{error:?}").lines().collect::<Vec<_>>().join(" ");
        let hint = match error.is_file_not_found() {
            true => "; imports are looked for beside the file and in the folders above it",
            false => "",
        };
        format!("{says}{hint}")
    })?;
    let mut schema = tables(&pool, &name.unwrap_or_default());
    if schema.own == 0 {
        return Err(format!("{file} has no message"));
    }
    if let Some(wanted) = wanted {
        schema.told = Some(find(&schema, wanted).ok_or_else(|| {
            let all: Vec<&str> =
                schema.messages.iter().take(schema.own.min(20)).map(|it| it.name.as_str()).collect();
            format!("{file} has no message {wanted}; it has {}", all.join(", "))
        })?);
    }
    Ok(schema)
}

/// A file, and the message behind a colon; a file that has one in its own name is a file.
fn split(text: &str) -> (&str, Option<&str>) {
    let is_name = |name: &str| {
        name.split('.').all(|step| {
            let begins = step.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            begins && step.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    match text.rsplit_once(':') {
        Some((file, name)) if is_name(name) && !Path::new(text).exists() => (file, Some(name)),
        _ => (text, None),
    }
}

/// A message by its whole name or by the end of it.
fn find(schema: &Schema, wanted: &str) -> Option<usize> {
    let ends = format!(".{wanted}");
    let mut names = schema.messages.iter().map(|it| it.name.as_str());
    names.clone().position(|name| name == wanted).or_else(|| names.position(|name| name.ends_with(&ends)))
}

fn tables(pool: &DescriptorPool, file: &str) -> Schema {
    let is_own = |it: &MessageDescriptor| it.parent_file().name() == file && !it.is_map_entry();
    let (mut messages, others): (Vec<_>, Vec<_>) = pool.all_messages().partition(is_own);
    let own = messages.len();
    messages.extend(others);
    let enums: Vec<EnumDescriptor> = pool.all_enums().collect();
    let places = |names: Vec<String>| -> HashMap<String, usize> {
        names.into_iter().enumerate().map(|(place, name)| (name, place)).collect()
    };
    let of_message = places(messages.iter().map(|it| it.full_name().to_owned()).collect());
    let of_enum = places(enums.iter().map(|it| it.full_name().to_owned()).collect());
    let place = |of: &HashMap<String, usize>, name: &str| of.get(name).copied().unwrap_or(usize::MAX);
    let holds = |kind: Kind, is_group: bool| match kind {
        Kind::Double => Scalar::Double,
        Kind::Float => Scalar::Float,
        Kind::Int32 => Scalar::Int32,
        Kind::Int64 => Scalar::Int64,
        Kind::Uint32 => Scalar::Uint32,
        Kind::Uint64 => Scalar::Uint64,
        Kind::Sint32 => Scalar::Sint32,
        Kind::Sint64 => Scalar::Sint64,
        Kind::Fixed32 => Scalar::Fixed32,
        Kind::Fixed64 => Scalar::Fixed64,
        Kind::Sfixed32 => Scalar::Sfixed32,
        Kind::Sfixed64 => Scalar::Sfixed64,
        Kind::Bool => Scalar::Bool,
        Kind::String => Scalar::String,
        Kind::Bytes => Scalar::Bytes,
        Kind::Message(message) if is_group => Scalar::Group(place(&of_message, message.full_name())),
        Kind::Message(message) => Scalar::Message(place(&of_message, message.full_name())),
        Kind::Enum(it) => Scalar::Enum(place(&of_enum, it.full_name())),
    };
    let message = |message: &MessageDescriptor| MessageType {
        name: message.full_name().to_owned(),
        fields: message
            .fields()
            .map(|field| FieldType {
                number: field.number(),
                name: field.name().to_owned(),
                repeated: field.cardinality() == Cardinality::Repeated,
                holds: holds(field.kind(), field.is_group()),
            })
            .collect(),
    };
    let values = |it: &EnumDescriptor| EnumType {
        values: it.values().map(|value| (value.number(), value.name().to_owned())).collect(),
    };
    Schema {
        messages: messages.iter().map(message).collect(),
        own,
        told: None,
        enums: enums.iter().map(values).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stands_behind_a_colon() {
        assert_eq!(split("a/chat.proto:chat.v1.Message"), ("a/chat.proto", Some("chat.v1.Message")));
        assert_eq!(split("chat.proto"), ("chat.proto", None));
        assert_eq!(split("C:\\x\\chat.proto"), ("C:\\x\\chat.proto", None));
    }
}
