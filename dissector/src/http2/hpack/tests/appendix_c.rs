//! The examples of RFC 7541 Appendix C, with the dynamic table behind each.

use super::{Line, expected, lines};
use crate::http2::hpack::table::{Look, Name};
use crate::http2::hpack::{Decoder, Field, Source};

/// One block of an example: its bytes, its fields, the table behind it, and the table's size.
struct Step {
    block: &'static str,
    fields: &'static [(&'static str, &'static str)],
    table: &'static [(&'static str, &'static str)],
    size: u64,
}

fn check(max: u32, steps: &[Step]) {
    let mut decoder = Decoder::new();
    decoder.table.resize(max);
    for step in steps {
        let block = hex::decode(step.block.replace(' ', "")).unwrap();
        assert_eq!(lines(&mut decoder, &block), expected(step.fields), "{}", step.block);
        assert_eq!(table(&decoder), expected(step.table), "{}", step.block);
        assert_eq!(decoder.table.extent(), (step.table.len(), step.size), "{}", step.block);
        assert_eq!(decoder.table.weight(), step.size);
    }
}

fn table(decoder: &Decoder) -> Vec<Line> {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let entry = |index| match decoder.table.look(index) {
        Look::Entry(entry) => {
            let name = entry.name.as_ref().map(Name::bytes).unwrap();
            Some((text(name), text(entry.value.as_ref().unwrap())))
        }
        _ => None,
    };
    (0..).map_while(entry).collect()
}

/// RFC 7541 C.2.1 to C.2.4: each kind of field alone, with where it came from.
#[test]
fn rfc7541_c_2_field_representations() {
    let custom = &[("custom-key", "custom-header")];
    check(
        4096,
        &[
            Step {
                block: "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
                fields: custom,
                table: custom,
                size: 55,
            },
            Step {
                block: "040c 2f73 616d 706c 652f 7061 7468",
                fields: &[(":path", "/sample/path")],
                table: custom,
                size: 55,
            },
            Step {
                block: "1008 7061 7373 776f 7264 0673 6563 7265 74",
                fields: &[("password", "secret")],
                table: custom,
                size: 55,
            },
            Step { block: "82", fields: &[(":method", "GET")], table: custom, size: 55 },
        ],
    );
}

/// RFC 7541 6: what is told of a field beside its text.
#[test]
fn rfc7541_6_where_fields_come_from() {
    let block = b"\x82\x40\x01a\x01b\xBE\x04\x01/\x1F\x2F\x01c\x00\x00\x00";
    let mut told = Vec::new();
    let mut each = |field: Field<'_>| told.push((field.from, field.never_indexed, field.at));
    let decoded = Decoder::new().decode(block, &mut each).unwrap();
    assert_eq!((decoded.told, decoded.left_out), (6, 0));
    let expected = [
        (Source::Static(2), false, 0..1),
        (Source::Literal { name: None, indexed: true }, false, 1..6),
        (Source::Dynamic(62), false, 6..7),
        (Source::Literal { name: Some(4), indexed: false }, false, 7..10),
        (Source::Literal { name: Some(62), indexed: false }, true, 10..14),
        (Source::Literal { name: None, indexed: false }, false, 14..17),
    ];
    assert_eq!(told, expected);
}

const FIRST: &[(&str, &str)] =
    &[(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")];
const SECOND: &[(&str, &str)] = &[
    (":method", "GET"),
    (":scheme", "http"),
    (":path", "/"),
    (":authority", "www.example.com"),
    ("cache-control", "no-cache"),
];
const THIRD: &[(&str, &str)] = &[
    (":method", "GET"),
    (":scheme", "https"),
    (":path", "/index.html"),
    (":authority", "www.example.com"),
    ("custom-key", "custom-value"),
];
const TABLE: &[(&str, &str)] =
    &[("custom-key", "custom-value"), ("cache-control", "no-cache"), (":authority", "www.example.com")];

fn requests(blocks: [&'static str; 3]) {
    let [first, second, third] = blocks;
    check(
        4096,
        &[
            Step { block: first, fields: FIRST, table: &TABLE[2..], size: 57 },
            Step { block: second, fields: SECOND, table: &TABLE[1..], size: 110 },
            Step { block: third, fields: THIRD, table: TABLE, size: 164 },
        ],
    );
}

/// RFC 7541 C.3: requests without Huffman coding.
#[test]
fn rfc7541_c_3_requests() {
    requests([
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ]);
}

/// RFC 7541 C.4: requests with Huffman coding.
#[test]
fn rfc7541_c_4_requests_with_huffman() {
    requests([
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ]);
}

const DATE_21: (&str, &str) = ("date", "Mon, 21 Oct 2013 20:13:21 GMT");
const DATE_22: (&str, &str) = ("date", "Mon, 21 Oct 2013 20:13:22 GMT");
const LOCATION: (&str, &str) = ("location", "https://www.example.com");
const PRIVATE: (&str, &str) = ("cache-control", "private");
const GZIP: (&str, &str) = ("content-encoding", "gzip");
const COOKIE: (&str, &str) = ("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");

/// With a table of 256 bytes, so that entries have to go.
fn responses(blocks: [&'static str; 3]) {
    let [first, second, third] = blocks;
    check(
        256,
        &[
            Step {
                block: first,
                fields: &[(":status", "302"), PRIVATE, DATE_21, LOCATION],
                table: &[LOCATION, DATE_21, PRIVATE, (":status", "302")],
                size: 222,
            },
            Step {
                block: second,
                fields: &[(":status", "307"), PRIVATE, DATE_21, LOCATION],
                table: &[(":status", "307"), LOCATION, DATE_21, PRIVATE],
                size: 222,
            },
            Step {
                block: third,
                fields: &[(":status", "200"), PRIVATE, DATE_22, LOCATION, GZIP, COOKIE],
                table: &[COOKIE, GZIP, DATE_22],
                size: 215,
            },
        ],
    );
}

/// RFC 7541 C.5: responses without Huffman coding.
#[test]
fn rfc7541_c_5_responses() {
    responses([
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 \
         3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a \
         6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d \
         6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
    ]);
}

/// RFC 7541 C.6: responses with Huffman coding.
#[test]
fn rfc7541_c_6_responses_with_huffman() {
    responses([
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d \
         29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d \
         d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 \
         3d50 07",
    ]);
}
