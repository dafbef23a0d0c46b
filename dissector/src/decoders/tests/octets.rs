//! Messages whose octets stand in the specifications, and the states that run over several messages.

use super::super::*;
use super::{Told, of};
use crate::ids::Side;

fn hex(name: &str, octets: &str) -> Decoded {
    of(name, Side::Client, false, &hex::decode(octets.replace(' ', "")).unwrap())
}

fn line(name: &str, octets: &str) -> String {
    hex(name, octets).summary()
}

fn text(name: &str, side: Side, said: &str) -> Part {
    let decoded = of(name, side, true, said.as_bytes());
    assert_eq!(decoded.stopped, None, "{said}");
    decoded.parts[0].clone()
}

/// Every value under a key.
fn all(decoded: &Decoded, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in &decoded.fields {
        field.walk(&mut |field| {
            if field.key == key {
                found.push(field.value.shown().into_owned());
            }
        });
    }
    found
}

/// RFC 8949, appendix A.
#[test]
fn cbor() {
    for (octets, value) in [
        ("1903e8", "1000"),
        ("1bffffffffffffffff", "18446744073709551615"),
        ("3bffffffffffffffff", "-18446744073709551616"),
        ("3903e7", "-1000"),
        ("f93c00", "1"),
        ("f97bff", "65504"),
        ("f90001", "0.00000005960464477539063"),
        ("fb3ff199999999999a", "1.1"),
        ("f6", "null"),
        ("f5", "true"),
        ("5f42010243030405ff", "0102030405"),
        ("7f657374726561646d696e67ff", "\"streaming\""),
        ("9f018202039f0405ffff", "[1,[2,3],[4,5]]"),
        ("bf61610161629f0203ffff", "{a:1,b:[2,3]}"),
        ("a56161614161626142616361436164614461656145", "{a:\"A\",b:\"B\",c:\"C\",d:\"D\",e:\"E\"}"),
    ] {
        assert_eq!(line("cbor", octets), value, "{octets}");
    }
    assert_eq!(hex("cbor", "c11a514b67b0").fields[0].children[0].value, Value::Number(1_363_896_240));
    assert_eq!(hex("cbor", "8201").stopped.map(|it| it.at), Some(2));
    assert_eq!(
        hex("cbor", "1c").stopped.map(|it| it.why.into_owned()),
        Some("a reserved additional information of CBOR".into())
    );
}

/// The example of msgpack.org, and the forms of the specification.
#[test]
fn messagepack() {
    assert_eq!(line("messagepack", "82a7636f6d70616374c3a6736368656d6100"), "{compact:true,schema:0}");
    assert_eq!(line("messagepack", "94d080d18000ccffff"), "[-128,-32768,255,-1]");
    assert_eq!(line("messagepack", "92cb3ff8000000000000ca3fc00000"), "[1.5,1.5]");
    assert_eq!(line("messagepack", "d6ff00000001"), "1.000000000");
    assert_eq!(hex("messagepack", "c1").stopped.map(|it| it.at), Some(0));
}

/// MQTT 3.1.1 and 5.0: fixed headers, several packets in a message, a packet over several, an alias for a topic.
#[test]
fn mqtt() {
    let said = hex("mqtt", "c000 d000 3004 0001 74 68");
    let kinds: Vec<_> = said.parts.iter().map(|part| part.kind.as_ref()).collect();
    assert_eq!((kinds, said.stopped.clone()), (vec!["PINGREQ", "PINGRESP", "PUBLISH"], None));
    assert_eq!(said.parts[2].summary, "PUBLISH t h (QoS 0)");
    assert_eq!(said.parts[2].at, 4..10);
    // 3.1.1, table 2.2: DUP, QoS and RETAIN of a PUBLISH are free, other flags are not.
    assert_eq!(
        hex("mqtt", "d100").stopped.map(|it| it.why.into_owned()),
        Some("reserved flags of the fixed header".into())
    );
    assert!(hex("mqtt", "3002 0005").stopped.is_some());
    let connect = [0x10, 0x10, 0, 4, b'M', b'Q', b'T', b'T', 5, 2, 0, 60, 3, 0x21, 0, 20, 0, 0];
    let facts = Facts { first: [vec![(false, connect.to_vec())], Vec::new()], ..Facts::default() };
    assert_eq!(choose(&facts).map(|decoder| decoder.name), Some("mqtt"));
    let read = |bytes: &[u8], earlier: &[&[u8]]| {
        let told = Told(earlier.iter().rev().map(|bytes| (false, bytes.to_vec())).collect());
        let said = Said { side: Side::Client, text: false, bytes };
        decode(decoder("mqtt"), &Input::new(said, &facts, &told), true)
    };
    let asked = read(&connect, &[]);
    assert_eq!(
        (all(&asked, "mqtt.ver"), all(&asked, "mqtt.kalive")),
        (vec!["5".to_owned()], vec!["60".to_owned()])
    );
    // Topic "t", properties: topic alias 1; then the alias alone.
    let named = [0x30, 9, 0, 1, b't', 3, 0x23, 0, 1, b'h', b'i'];
    let alias = [0x30, 8, 0, 0, 3, 0x23, 0, 1, b'h', b'o'];
    let said = read(&alias, &[&connect, &named]);
    assert_eq!(
        (said.parts[0].topic.as_deref(), all(&said, "mqtt.property.topic_alias")),
        (Some("t"), vec!["1".to_owned()])
    );
    assert_eq!(read(&alias, &[&connect]).parts[0].topic.as_deref(), Some("(alias 1)"));
    // Whoever remembers hears of each alias as its packet ends, also where messages cut packets.
    let (mut aliases, mut heard) = (Aliases::default(), Vec::new());
    for message in [&connect[..], &named[..6], &named[6..], &alias, &[0xff, 0xff], &named] {
        aliases.feed(message, &mut |alias, topic| heard.push((alias, topic)));
    }
    assert_eq!(heard, [(1, "t".to_owned()), (1, "t".to_owned())]);
    // One packet in three messages: it is read in the last one, and what came before has no place in it.
    let (first, second, third) = (&named[..1], &named[1..7], &named[7..]);
    assert_eq!(read(first, &[&connect]).parts[0].kind, "part");
    assert_eq!(read(second, &[&connect, first]).parts[0].kind, "part");
    let said = read(third, &[&connect, first, second]);
    assert_eq!((said.parts[0].summary.as_str(), said.parts[0].at.clone()), ("PUBLISH t hi (QoS 0)", 0..4));
    let topic = said.fields[0].children.iter().find(|field| field.key == "mqtt.topic").unwrap();
    assert_eq!(topic.at, None);
}

/// STOMP 1.2: the frame and its escapes, several frames, a heartbeat, and where a frame is cut.
#[test]
fn stomp() {
    let said = of("stomp", Side::Client, true, b"SEND\nx\\cy:a\\nb\\\\\ndestination:/queue/a\ncontent-length:3\n\na\0b\0\n\nBEGIN\ntransaction:t\n\n\0");
    assert_eq!(said.stopped, None);
    let kinds: Vec<_> = said.parts.iter().map(|part| part.kind.as_ref()).collect();
    assert_eq!((kinds, said.parts[0].topic.as_deref()), (vec!["SEND", "BEGIN"], Some("/queue/a")));
    assert_eq!(said.fields[0].children[1].label, "x:y");
    assert_eq!(said.fields[0].children[1].value, Value::Text("a\nb\\".into()));
    assert_eq!(of("stomp", Side::Server, true, b"\n").parts[0].kind, "heartbeat");
    // A frame over three messages is read in the last one; what came before has no place in it.
    let pieces: [&[u8]; 4] = [
        b"\n",
        b"MESSAGE\ndestination:/t\ncontent-",
        b"length:9\n\nsay:\n",
        b"more\0\nRECEIPT\nreceipt-id:1\n\n\0",
    ];
    let facts = Facts { subprotocol: Some("v12.stomp".into()), ..Facts::default() };
    let read = |place: usize| {
        let told = Told(pieces[..place].iter().rev().map(|bytes| (true, bytes.to_vec())).collect());
        let said = Said { side: Side::Server, text: true, bytes: pieces[place] };
        decode(choose(&facts), &Input::new(said, &facts, &told), true)
    };
    assert!(read(1).stopped.is_some());
    assert_eq!(read(2).summary(), "part of MESSAGE, 46 bytes so far");
    let said = read(3);
    assert_eq!((said.summary().as_str(), said.stopped.clone()), ("MESSAGE /t say: more · RECEIPT 1", None));
    assert_eq!((said.parts[0].at.clone(), said.parts[1].at.clone()), (0..5, 6..29));
    assert_eq!(
        (said.fields[0].children[1].at.clone(), said.fields[0].children[3].at.clone()),
        (None, Some(0..4))
    );
    let cut = of("stomp", Side::Server, true, b"MESSAGE\nsubscription:0\n\nhello");
    assert_eq!((cut.parts[0].kind.as_ref(), cut.stopped.map(|it| it.at)), ("MESSAGE", Some(29)));
}

/// The examples of the Socket.IO protocol's page, and an attachment behind its packet.
#[test]
fn socket_io() {
    let part = text("socket.io", Side::Client, "42/admin,456[\"project:delete\",123]");
    assert_eq!(
        (part.kind.as_ref(), part.event.as_deref(), part.topic.as_deref()),
        ("EVENT", Some("project:delete"), Some("/admin"))
    );
    assert_eq!(part.id.as_deref(), Some("456"));
    let ack = text("socket.io", Side::Server, "43/admin,456[]");
    assert_eq!(
        (ack.exchange.as_ref().map(|it| &it.key), ack.exchange.as_ref().map(|it| it.role)),
        (part.exchange.as_ref().map(|it| &it.key), Some(Role::Answers))
    );
    let refused = text("socket.io", Side::Server, "44{\"message\":\"Not authorized\"}");
    assert_eq!(refused.error.as_deref(), Some("Not authorized"));
    let facts = Facts::default();
    let told = Told(vec![
        (false, vec![1]),
        (
            true,
            b"452-[\"hello\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]".to_vec(),
        ),
    ]);
    let said = Said { side: Side::Client, text: false, bytes: &[2] };
    let said = decode(decoder("socket.io"), &Input::new(said, &facts, &told), true);
    assert_eq!(said.summary(), "attachment 2 of 2 of hello: 02");
}

/// SockJS: what is in its strings is decoded again, and each byte leads back through its escapes.
#[test]
fn sockjs() {
    let said = of("sockjs", Side::Server, true, br#"a["{\"a\":1}","x"]"#);
    assert_eq!((said.parts.len(), said.stopped.clone()), (2, None));
    let inner = &said.fields[1].children[1].children[0];
    assert_eq!((inner.label.as_ref(), inner.at.clone()), ("a", Some(10..11)));
    assert_eq!(text("sockjs", Side::Server, "c[3000,\"Go away!\"]").summary, "close 3000 Go away!");
    assert_eq!(text("sockjs", Side::Server, "h").kind, "heartbeat");
}

/// WAMP, SignalR, JSON-RPC, OCPP and Phoenix: kinds, ids, and what is paired with what.
#[test]
fn calls() {
    let call = text("wamp", Side::Client, "[48,7814135,{},\"com.myapp.ping\"]");
    let result = text("wamp", Side::Server, "[50,7814135,{},[\"pong\"]]");
    assert_eq!(
        (call.event.as_deref(), call.summary.as_str()),
        (Some("com.myapp.ping"), "CALL com.myapp.ping")
    );
    assert_eq!(call.exchange.map(|it| it.key), result.exchange.map(|it| it.key));
    let said = hex("signalr", "02 91 06 0d 96 01 80 a3 78 79 7a a2 6d 31 91 2a 90");
    assert_eq!((said.parts.len(), said.stopped.clone()), (2, None));
    assert_eq!((said.parts[1].event.as_deref(), said.parts[1].id.as_deref()), (Some("m1"), Some("xyz")));
    let error = text(
        "json-rpc",
        Side::Server,
        "{\"jsonrpc\": \"2.0\", \"error\": {\"code\": -32700, \"message\": \"Parse error\"}, \"id\": null}",
    );
    assert_eq!((error.id, error.error.as_deref()), (None, Some("-32700 Parse error")));
    assert_eq!(
        text("json-rpc", Side::Client, "{\"jsonrpc\":\"2.0\",\"method\":\"update\",\"params\":[1]}").kind,
        "notification"
    );
    let call = text(
        "ocpp",
        Side::Client,
        "[2,\"19223201\",\"BootNotification\",{\"chargePointVendor\":\"VendorX\"}]",
    );
    assert_eq!(
        (call.kind.as_ref(), call.event.as_deref(), call.id.as_deref()),
        ("CALL", Some("BootNotification"), Some("19223201"))
    );
    let reply = text(
        "phoenix",
        Side::Server,
        "[\"1\",\"2\",\"room:1\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"no\"}}]",
    );
    assert_eq!(
        (reply.kind.as_ref(), reply.topic.as_deref(), reply.error.as_deref()),
        ("reply", Some("room:1"), Some("no"))
    );
    // A push of bytes, and the same cut off in its topic.
    let push = hex("phoenix", "00 02 03 05 05 3132 313233 746f706963 6576656e74 656667");
    let part = &push.parts[0];
    assert_eq!((part.topic.as_deref(), part.event.as_deref()), (Some("topic"), Some("event")));
    assert_eq!((part.id.as_deref(), push.stopped.clone()), (Some("123"), None));
    assert_eq!(push.fields.last().and_then(|field| field.at.clone()), Some(20..23));
    let cut = hex("phoenix", "00 02 03 05 05 3132 313233 746f");
    assert_eq!(cut.stopped.map(|it| it.at), Some(10));
}
