//! What holds of every decoder; what holds of one stands in its own file.

mod octets;
mod pushed;

use super::*;
use crate::ids::Side;

/// What a decoder, or the one that the content asks for, makes of a text of the server.
pub(super) fn decoded(name: &str, text: &str) -> Decoded {
    of(name, Side::Server, true, text.as_bytes())
}

/// The summary of that.
pub(super) fn line(name: &str, text: &str) -> String {
    decoded(name, text).summary()
}

/// What a decoder makes of any message, without a connection around it.
pub(super) fn of(name: &str, side: Side, text: bool, bytes: &[u8]) -> Decoded {
    let facts = Facts::default();
    let input = Input::new(Said { side, text, bytes }, &facts, &());
    decode(decoder(name), &input, true)
}

/// Messages that decoders know, to be cut and spliced.
const SEEDS: &[&[u8]] = &[
    b"42[\"news\",{\"a\":1}]",
    b"451-/chat,7[\"file\",{\"_placeholder\":true,\"num\":0}]",
    b"0{\"sid\":\"x\",\"pingInterval\":25000}",
    b"a[\"MESSAGE\\ndestination:/q\\n\\n{\\\"a\\\":[1]}\\u0000\"]",
    b"[\"x\\ud83e\\udd80\"]",
    b"c[3000,\"Go away!\"]",
    b"SEND\ndestination:/q\ncontent-length:3\n\nabc\0\n",
    b"\x10\x10\0\x04MQTT\x05\x02\0\x3c\x03\x21\0\x14\0\0",
    b"\x32\x0b\0\x01t\0\x07\x03\x23\0\x01hi",
    b"\x82\x09\0\x01\x00\0\x03a/b\x02",
    b"[48,7814135,{},\"com.ex.add\",[20,22],{\"k\":null}]",
    b"\x95\x30\x07\x80\xa3sum\x92\x01\xcb\x3f\xf0\0\0\0\0\0\0",
    b"\x85\x18\x30\x07\xa0\x63sum\x9f\x01\xf9\x3c\x00\xff",
    b"{\"type\":1,\"target\":\"Echo\",\"arguments\":[1]}\x1e{\"type\":6}\x1e",
    b"\x0b\x96\x01\x80\xa1\x30\xa4Echo\x90\x90",
    b"[{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1},{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"m\"},\"id\":null}]",
    b"{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{\"query\":\"{a}\"}}",
    b"{\"event\":\"#publish\",\"data\":{\"channel\":\"c\"},\"cid\":1}",
    b"[\"1\",\"2\",\"room:1\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"no\"}}]",
    b"{\"id\":1}\n{\"push\":{\"channel\":\"c\",\"pub\":{\"data\":1}}}\n{}",
    b"[2,\"19223201\",\"BootNotification\",{\"chargePointVendor\":\"V\"}]",
    b"\x03{\"status\":\"Failure\",\"message\":\"m\",\"details\":{\"causes\":[{\"message\":\"1\"}]}}",
    b"1aGkK",
    b"\x08\x96\x01\x12\x08\x08\x07\x12\x04J\xc3\xbcr\x1a\x02hi\x2a\x03\x01\xac\x02\x39\0\0\0\0\0\0\xf8\x3f\x45\0\0\x80\x3e\x4b\x08\x01\x4c",
    b"\x78\x9c\xab\x56\x2a\xa9\x2c\x48\x55\xb2\x52\x2a\xc9\x4c\xce\x56\xaa\x05\x00\x29\xb5\x05\x28",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xab\x56\x2a\xa9\x2c\x48\x55\xb2\x52\x2a\xc9\x4c\xce\x56\xaa\x05\x00\x33\x53\x9d\x29\x0f\x00\x00\x00",
    b"\x28\xb5\x2f\xfd\x20\x0f\x79\x00\x00{\"type\":\"tick\"}",
    b"RFB 003.008\n",
    b"\x01\x01\0\0\0\0\0\xc8\0\x78\x20\x18\0\x01\0\xff\0\xff\0\xff\x10\x08\0\0\0\0\0\0\0\x04wsco",
    b"\x04\x01\0\0\0\0\0a\x05\x01\0\x0a\0\x14\x06\0\0\0\0\0\0\x05paste\x02\0\0\x01\0\0\0\x10",
    b"SSH-2.0-x\r\n\0\0\0\x0c\x0a\x15\0\0\0\0\0\0\0\0\0\0",
    b"<message id='m1' to=\"a\"><body>1 &lt; 2<![CDATA[<]]></body><x/></message><!-- c --><?p i?>",
    b"a=J%C3%BC+x&b%5B%5D=1&c=",
    b"\x31\0\0\0\x04BSON\0\x26\0\0\0\x02\x30\0\x08\0\0\0awesome\0\x01\x31\0\x33\x33\x33\x33\x33\x33\x14\x40\x10\x32\0\xc2\x07\0\0\0\0",
    b": c\r\nid: 1\r\nevent: tick\r\nretry: 9\r\ndata: {\"a\":1}\r\ndata: b\r\n\r\ndata\n\n",
    b"42[\"a\"]\x1ebAQID\x1e451-[\"f\",{\"_placeholder\":true,\"num\":0}]",
    b"8:42[\"\xc3\xa4\"]10:b4AQIDBA==",
    b"\0\x02\xff42\x01\x03\xff\x04\x01\x02",
    b"/**/cb(\"a[\\\"x\\\"]\");\r\n",
    b"<script>\np(\"o\");\n</script>\r\n",
    b"d=%5B%22a+b%22%5D",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

/// Earlier messages of a test.
pub(super) struct Told(pub(super) Vec<(bool, Vec<u8>)>);

impl Earlier for Told {
    fn before(&self, back: usize) -> Option<(bool, std::borrow::Cow<'_, [u8]>)> {
        self.0.get(back).map(|(text, bytes)| (*text, bytes.as_slice().into()))
    }
}

/// What must hold of whatever a decoder makes of whatever bytes.
fn sound(decoded: &Decoded, len: usize, decoder: &Decoder) {
    assert!(!decoded.parts.is_empty());
    assert!(decoded.summary().len() < 4_000, "{}", decoded.summary());
    assert!(decoded.stopped.as_ref().is_none_or(|stopped| stopped.at <= len), "{decoded:?}");
    let (mut nodes, mut deepest) = (0_usize, 0_usize);
    fn depth(field: &Field) -> usize {
        1 + field.children.iter().map(depth).max().unwrap_or(0)
    }
    for field in &decoded.fields {
        deepest = deepest.max(depth(field));
        field.walk(&mut |field| {
            nodes += 1;
            assert!(
                field.at.as_ref().is_none_or(|at| at.start <= at.end && at.end <= len),
                "{field:?} of {len}"
            );
            let known = |key: &Key| key.name == field.key;
            let declared = field.key.is_empty() || DECODERS.iter().any(|it| it.keys.iter().any(known));
            assert!(declared, "{} of {} is in no table", field.key, decoder.name);
        });
    }
    assert!(nodes <= 25_000 && deepest <= 140, "{nodes} fields, {deepest} levels");
}

fn every_decoder(bytes: &[u8], facts: &Facts, earlier: &dyn Earlier) {
    for decoder in DECODERS {
        for (side, text) in
            [(Side::Client, true), (Side::Server, true), (Side::Client, false), (Side::Server, false)]
        {
            let input = Input::new(Said { side, text, bytes }, facts, earlier);
            let full = decode(Some(decoder), &input, true);
            sound(&full, bytes.len(), decoder);
            let quick = decode(Some(decoder), &input, false);
            assert_eq!(full.parts, quick.parts, "{} says the same with and without its tree", decoder.name);
            assert!(quick.fields.is_empty());
            let mut gist = gist(Some(decoder), &input);
            for (brief, part) in gist.parts.iter_mut().zip(&full.parts) {
                assert_eq!(std::mem::replace(&mut brief.summary, part.summary.clone()), "");
            }
            assert_eq!(full.parts, gist.parts, "the gist of {} says the same", decoder.name);
        }
    }
    every_way(bytes, facts, earlier);
    let facts =
        Facts { first: [vec![(true, bytes.to_vec())], vec![(false, bytes.to_vec())]], ..facts.clone() };
    choose(&facts);
}

/// The same of what HTTP carries.
fn every_way(bytes: &[u8], facts: &Facts, earlier: &dyn Earlier) {
    use crate::neighbor::{Family, Framing};
    let families = [Family::EngineIo, Family::SockJs, Family::SignalR, Family::EventStream, Family::Polling];
    for family in families {
        for framing in [Framing::Whole, Framing::Events, Framing::Lines, Framing::Scripts] {
            for side in [Side::Client, Side::Server] {
                let text = std::str::from_utf8(bytes).is_ok();
                let input = Input::new(Said { side, text, bytes }, facts, earlier);
                let way = Some(Way { family, framing });
                let full = decode_delivery(way, &input, true);
                sound(&full, bytes.len(), &plain::DATA);
                assert_eq!(full.parts, decode_delivery(way, &input, false).parts, "{way:?}");
            }
        }
    }
}

/// Names are told apart, and each decoder has a place where what it reads is written down.
#[test]
fn the_table_is_sound() {
    let mut names: Vec<&str> = DECODERS.iter().map(|decoder| decoder.name).collect();
    let mut tokens: Vec<&str> = DECODERS.iter().flat_map(|decoder| decoder.tokens).copied().collect();
    let mut keys: Vec<&str> = DECODERS.iter().flat_map(|decoder| decoder.keys).map(|key| key.name).collect();
    for list in [&mut names, &mut tokens, &mut keys] {
        list.sort_unstable();
        assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{list:?}");
    }
    for decoder in DECODERS {
        assert!(decoder.spec.starts_with("https://") || decoder.spec.starts_with("RFC "), "{}", decoder.name);
        assert!(decoder.keys.iter().all(|key| !key.says.is_empty() && !key.says.ends_with('.')));
    }
}

/// Much of anything is cut at a limit that is named, in bounded time.
#[test]
fn limits_are_named() {
    let deep = "[".repeat(100_000);
    let wide = format!("[{}1]", "1,".repeat(200_000));
    let packed = [&[0xdd, 0, 3, 0, 0][..], &[1; 0x3_0000]].concat();
    let nested = [0x91; 100_000];
    let pings = [0xc0, 0].repeat(50_000);
    let elements = "<a b='1'>".repeat(20_000);
    let pairs = "a=%31&".repeat(30_000);
    let groups = [0x0b; 100_000];
    let fields = [8, 1].repeat(50_000);
    let inner = (0..100_000_usize).rev().fold(Vec::new(), |mut tags: Vec<u8>, left| {
        // Each field of bytes reaches to the end.
        if left % 4 == 3 {
            tags.extend([
                0x0a,
                left as u8 & 0x7f | 0x80,
                (left >> 7) as u8 & 0x7f | 0x80,
                (left >> 14) as u8,
            ]);
        }
        tags
    });
    let all = [wide.as_bytes(), &packed, &nested, &pings];
    let more = [elements.as_bytes(), pairs.as_bytes(), &groups, &fields, &inner];
    for bytes in [deep.as_bytes()].into_iter().chain(all).chain(more) {
        every_decoder(bytes, &Facts::default(), &());
    }
    assert_eq!(decoded("json", &wide).limited, Some("only the first 10,000 fields are listed"));
    assert_eq!(
        of("mqtt", Side::Client, false, &pings).limited,
        Some("only the first 1,000 parts are listed")
    );
    assert_eq!(
        of("protobuf", Side::Client, false, &fields).limited,
        Some("only the first 10,000 fields are listed")
    );
    assert_eq!(decoded("xml", &elements).limited, Some("only 64 levels of fields are listed"));
    assert_eq!(decoded("form", &pairs).limited, Some("only the first 10,000 fields are listed"));
    assert!(of("messagepack", Side::Client, false, &nested).stopped.is_some());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

    /// Random bytes into every decoder.
    #[test]
    fn random_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        every_decoder(&bytes, &Facts::default(), &());
    }

    /// Messages cut and spliced, behind others, on a connection that speaks anything.
    #[test]
    fn cut_and_spliced(
        a in 0..SEEDS.len(), b in 0..SEEDS.len(), cut in 0_usize..140, from in 0_usize..140,
        flips in proptest::collection::vec((0_usize..140, proptest::prelude::any::<u8>()), 0..4),
        earlier in proptest::collection::vec((proptest::prelude::any::<bool>(), 0..SEEDS.len(), 0_usize..60), 0..6),
        token in 0_usize..60,
    ) {
        let (a, b) = (SEEDS[a], SEEDS[b]);
        let mut bytes = [&a[..cut.min(a.len())], &b[from.min(b.len())..]].concat();
        for (at, value) in flips {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        let earlier: Vec<_> = earlier.into_iter().map(|(text, seed, cut)| {
            let seed = SEEDS[seed];
            (text, seed[..cut.min(seed.len())].to_vec())
        }).collect();
        let tokens: Vec<&str> = DECODERS.iter().flat_map(|decoder| decoder.tokens).copied().collect();
        let facts = Facts {
            subprotocol: tokens.get(token).map(|token| (*token).to_owned()),
            target: "/x?EIO=3".into(),
            first: [vec![(false, SEEDS[7].to_vec())], Vec::new()],
            schemas: [protobuf::tests::chat()].into(),
        };
        every_decoder(&bytes, &facts, &Told(earlier));
    }
}
