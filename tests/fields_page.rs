//! The page of display filters is what the table of fields says.

use std::fmt::Write;

use session::filter::fields;
use wscope_tests::root;

/// docs/filters.md is written from the table; `UPDATE_EXPECT=1` writes it anew.
#[test]
fn page_of_fields() {
    let path = root().join("docs/filters.md");
    let page = page();
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        stands == page,
        "docs/filters.md is not what the table of fields says: run the tests with UPDATE_EXPECT=1"
    );
}

const INTRODUCTION: &str = r#"# Display filters

The same language in the window (`Ctrl+/`) and on the command line (`-Y`). Names are Wireshark's where it has one; those that
begin with `ws.` are wscope's own. This page is written from the table of fields by a test; `wscope fields` prints it.

| to say | write |
|---|---|
| there is such a field | `websocket` · `ws.finding` |
| compare | `tcp.port == 8080` · `ws.length > 1000` · `ws.direction != client` · `ws.rtt >= 250ms` |
| one of a set | `websocket.opcode in {close, ping, 0xb}` · `frame.number in {100..200}` |
| a network | `ip.addr == 10.0.0.0/8` · `ws.client == 2001:db8::/32` |
| text in it, in any case | `ws.text contains "error"` · `http.host matches "^api[0-9]"` |
| a value in JSON | `ws.json.user.id == 7` · `ws.json.items.0.name` · `ws.json."a b".c` · `ws.json.tags.* == "new"` |
| some of its bytes | `ws.content[0:4] == 89:50:4e:47` · `tcp.payload[-2:] == 0d:0a` |
| some of its bits | `tcp.flags & 0x12` |
| its length, how many, its case | `len(ws.text) > 100` · `count(tcp.port) == 2` · `lower(http.host) == "example.com"` |
| two fields | `ws.length > ws.wire_length` · `ip.src == ip.dst` |
| all values, not any | `all tcp.port > 1024` · `tcp.port === 80` |
| join | `&&` `and` · `\|\|` `or` · `^^` `xor` · `!` `not` · `( )` |

A field of several values passes where one of them does; `!=` where none is equal, as in Wireshark, and where there is one at
all. Text and JSON are those of whole messages: unmasked, put together from their frames, inflated. A frame or a message has
the fields of its packet and its connection as well; a packet has those of the frames, messages and heads that it completes; a
connection passes where it has a frame that does.
"#;

fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (of, heading) in [
        ("message", "Messages"),
        ("frame", "Frames"),
        ("connection", "Connections and their handshakes"),
        ("finding", "Findings"),
        ("packet", "Packets"),
    ] {
        let _ =
            write!(page, "\n## {heading}\n\n| field | is | what it is | for example |\n|---|---|---|---|\n");
        for field in fields().iter().filter(|field| field.of() == of) {
            let (says, example) = (cell(&field.says), cell(&field.example));
            let _ = writeln!(page, "| `{}` | {} | {says} | `{example}` |", field.name, field.kind.name());
        }
    }
    page
}

/// Text that neither ends the cell nor begins a tag.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
