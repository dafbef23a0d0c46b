//! Octets as `protobuf` 7.36 for Python serializes them, and how rarely other bytes are taken for them.

use std::sync::Arc;

use super::super::tests::of;
use super::super::*;
use super::guess as guessing;
use crate::ids::Side;

/// A `chat.v1.Message` with a field of each kind.
const MESSAGE: &str = "089601120b080712074ac3bc7267656e1a0568656c6c6f20012a0d01ffffffffffffffffff01ac0232050a0161100339000000000000f83f450000803e4a0300fffe50015a060880e2cfaa0665efbeadde69fbffffffffffffff7a0908011a05616761696e";
/// A `chat.v1.Ack`.
const ACK: &str = "08011005";

fn bytes(octets: &str) -> Vec<u8> {
    hex::decode(octets).unwrap()
}

/// Its types, as they would come from its file.
pub(in super::super) fn chat() -> Schema {
    let field = |number, name: &str, holds| FieldType { number, name: name.into(), repeated: false, holds };
    let many = |number, name: &str, holds| FieldType { repeated: true, ..field(number, name, holds) };
    let message = |name: &str, fields: Vec<FieldType>| MessageType { name: name.into(), fields };
    Schema {
        messages: vec![
            message("chat.v1.Author", vec![field(1, "id", Scalar::Uint64), field(2, "name", Scalar::String)]),
            message(
                "chat.v1.Message",
                vec![
                    field(1, "id", Scalar::Uint64),
                    field(2, "author", Scalar::Message(0)),
                    field(3, "text", Scalar::String),
                    field(4, "kind", Scalar::Enum(0)),
                    many(5, "marks", Scalar::Int32),
                    many(6, "scores", Scalar::Message(3)),
                    field(7, "weight", Scalar::Double),
                    field(8, "share", Scalar::Float),
                    field(9, "raw", Scalar::Bytes),
                    field(10, "pinned", Scalar::Bool),
                    field(11, "sent", Scalar::Message(4)),
                    field(12, "crc", Scalar::Fixed32),
                    field(13, "offset", Scalar::Sfixed64),
                    field(14, "link", Scalar::String),
                    field(15, "reply", Scalar::Message(1)),
                ],
            ),
            message("chat.v1.Ack", vec![field(1, "id", Scalar::Uint64), field(2, "delta", Scalar::Sint32)]),
            message(
                "chat.v1.Message.ScoresEntry",
                vec![field(1, "key", Scalar::String), field(2, "value", Scalar::Sint64)],
            ),
            message(
                "google.protobuf.Timestamp",
                vec![field(1, "seconds", Scalar::Int64), field(2, "nanos", Scalar::Int32)],
            ),
        ],
        enums: vec![EnumType { values: vec![(0, "KIND_UNSPECIFIED".into()), (1, "TEXT".into())] }],
        own: 3,
        told: None,
    }
}

fn read(schema: Schema, target: &str, bytes: &[u8]) -> Decoded {
    let facts = Facts { target: target.into(), schemas: Arc::new([schema]), ..Facts::default() };
    let said = Said { side: Side::Client, text: false, bytes };
    decode(choose(&facts), &Input::new(said, &facts, &()), true)
}

/// The same as `protoc --decode_raw` prints, on one line.
#[test]
fn without_a_schema() {
    let said = of("", Side::Client, false, &bytes(MESSAGE));
    assert_eq!((said.protocol, &said.stopped), ("protobuf", &None));
    assert!(
        said.summary().starts_with("1: 150 2 {1: 7 2: \"Jürgen\"} 3: \"hello\" 4: 1 5: 01ffff"),
        "{}",
        said.summary()
    );
    let shown: Vec<_> =
        said.fields.iter().map(|it| (it.label.as_ref(), it.value.shown(), it.named.as_ref())).collect();
    assert_eq!(shown[0], ("1", "150".into(), "sint64 75"));
    assert_eq!(shown[6], ("7", "1.5".into(), "fixed64 4609434218613702656, sfixed64 4609434218613702656"));
    assert_eq!(shown[7].1, "0.25");
    let author = &said.fields[1];
    assert_eq!((author.at.clone(), author.children[2].at.clone()), (Some(3..16), Some(7..16)));
    assert_eq!(said.fields.last().unwrap().children[2].value, Value::Text("again".into()));
    assert_eq!(of("protobuf", Side::Client, false, &bytes("0b08010c")).fields[0].children[1].label, "1");
}

/// Names, types and values, for every kind of field.
#[test]
fn with_a_schema() {
    let said = read(chat(), "/", &bytes(MESSAGE));
    assert_eq!(
        (said.protocol, &said.stopped, said.parts[0].kind.as_ref()),
        ("protobuf", &None, "chat.v1.Message")
    );
    let line = "Message id: 150 author {id: 7 name: \"Jürgen\"} text: \"hello\" kind: TEXT marks: [1, -1, 300] scores {key: \"a\" value: -2} weight: 1.5 share: 0.25 raw: 00fffe pinned: true sent {seconds: 1700000000} crc: 3735928559 …";
    assert!(said.summary().starts_with(&line[..190]), "{}", said.summary());
    let named = |name: &str| said.fields.iter().find(|it| it.label == name).unwrap();
    assert_eq!(named("offset").value, Value::Number(-5));
    assert_eq!(named("kind").named, "TEXT");
    assert_eq!(named("marks").children.last().unwrap().at, Some(38..40));
    assert_eq!(named("reply").children[2].value, Value::Text("chat.v1.Message".into()));
}

/// The type that fits, the one that the target or the user names, and what does not fit any.
#[test]
fn the_type_is_found() {
    let kind =
        |schema, target: &str, octets: &str| read(schema, target, &bytes(octets)).parts[0].kind.to_string();
    assert_eq!(kind(chat(), "/", ACK), "chat.v1.Ack");
    // An id alone fits each of them: what the sender says otherwise tells.
    let facts = Facts {
        first: [vec![(false, bytes(MESSAGE)), (false, bytes("089801"))], Vec::new()],
        schemas: Arc::new([chat()]),
        ..Facts::default()
    };
    let said = Said { side: Side::Client, text: false, bytes: &[8, 0x98, 1] };
    let said = decode(None, &Input::new(said, &facts, &()), false);
    assert_eq!(said.parts[0].kind, "chat.v1.Message");
    assert_eq!(kind(chat(), "/ws/timestamp?x=1", ACK), "google.protobuf.Timestamp");
    // Where nothing fits it is raw, and not even taken for Protobuf where it is too short to tell.
    assert_eq!(read(chat(), "/", &bytes("a806ff01")).protocol, "data");
    let told = Schema { told: Some(0), ..chat() };
    let said = read(told, "/", &bytes("080112027879980601"));
    assert_eq!(
        (said.parts[0].kind.as_ref(), said.parts[0].summary.as_str()),
        ("chat.v1.Author", "Author id: 1 name: \"xy\" 99: 1")
    );
    // A value that is not what its type says is read for what it may be.
    let said = read(Schema { told: Some(0), ..chat() }, "/", &bytes("0a0278791001"));
    assert_eq!((said.summary().as_str(), said.stopped), ("Author id: \"xy\" name: 1", None));
}

/// Each cut is read as far as it goes.
#[test]
fn cut_messages() {
    let all = bytes(MESSAGE);
    for end in 1..all.len() {
        for schema in [Schema::default(), Schema { told: Some(1), ..chat() }] {
            let facts = Facts { schemas: Arc::new([schema]), ..Facts::default() };
            let said = Said { side: Side::Client, text: false, bytes: &all[..end] };
            let said = decode(decoder("protobuf"), &Input::new(said, &facts, &()), true);
            assert!(said.stopped.is_none_or(|stopped| stopped.at <= end));
        }
    }
    let deep = (0..2_000).fold(Vec::new(), |inner: Vec<u8>, _| {
        let mut around = vec![0x0a];
        let len = inner.len();
        around.extend([len as u8 & 0x7f | 0x80, (len >> 7) as u8 & 0x7f | 0x80, (len >> 14) as u8]);
        around.extend(inner);
        around
    });
    let said = of("protobuf", Side::Client, false, &deep);
    assert_eq!(said.stopped.map(|it| it.why.into_owned()), Some("more than 32 levels of messages".into()));
    assert!(of("protobuf", Side::Client, false, &[0x0b; 100_000]).stopped.is_some());
}

/// Random bytes of any length are hardly ever taken for Protobuf, nor are those of other formats.
#[test]
fn random_bytes_are_rarely_protobuf() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    let (mut taken, mut all) = (0, 0);
    for len in 1..200 {
        for _ in 0..500 {
            let bytes: Vec<u8> = (0..len).map(|_| random()).collect();
            taken += usize::from(guessing::is_likely(&bytes));
            all += 1;
        }
    }
    println!("{taken} of {all} random messages are taken for Protobuf");
    // Measured: see the line above.
    assert!(taken * 2_000 <= all, "{taken} of {all}");
    for other in [
        &b"hello, world"[..],
        b"\n\x05",
        &[0; 64],
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0",
        b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04",
        b"OggS\0\x02\0\0\0\0\0\0\0\0",
        b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01",
        b"RFB 003.008\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x16\0\0\0\x02hello\0\x06\0\0\0world\0\0",
    ] {
        assert!(!guessing::is_likely(other), "{other:?}");
    }
}

/// A connection whose messages are each too short to tell is told by several of them.
#[test]
fn a_connection_is_told_by_several() {
    let first = |messages: &[&str]| {
        let messages = messages.iter().map(|octets| (false, bytes(octets))).collect();
        let facts = Facts { first: [messages, Vec::new()], ..Facts::default() };
        choose(&facts).map(|decoder| decoder.name)
    };
    assert_eq!(first(&[ACK]), None);
    let given = Facts {
        first: [vec![(false, bytes(ACK))], Vec::new()],
        schemas: Arc::new([chat()]),
        ..Facts::default()
    };
    assert_eq!(choose(&given).map(|decoder| decoder.name), Some("protobuf"));
    assert_eq!(first(&["08011005", "08021007", "08031001", "08041005"]), Some("protobuf"));
    assert_eq!(first(&["08011005", "08021007", "08031001", "ff"]), None);
}
