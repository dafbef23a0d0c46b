//! OCPP-J of charge points: CALL, CALLRESULT and CALLERROR, and of OCPP 2.1 CALLRESULTERROR and SEND.

use super::decoded::{Role, short};
use super::input::Input;
use super::json::{self, Json};
use super::table::{Decoder, Key, number, text};
use super::tree::Tree;
use super::typed::{Members, part, say};

pub(super) const DECODER: Decoder = Decoder::new(
    "ocpp",
    "OCPP",
    "https://openchargealliance.org/protocols/open-charge-point-protocol/",
    decode,
)
.tokens(&["ocpp1.2", "ocpp1.5", "ocpp1.6", "ocpp2.0", "ocpp2.0.1", "ocpp2.1"])
.keys(KEYS);

const KEYS: &[Key] = &[
    number("ocpp.type", "The type of an OCPP message: 2 CALL, 3 CALLRESULT, 4 CALLERROR"),
    text("ocpp.id", "The id of a call and of what answers it"),
    text("ocpp.action", "The action of a call"),
    text("ocpp.error.code", "The code of an error"),
];

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let Some(outer) = Json::outer(bytes) else { return tree.stop(0, "no JSON") };
    let mut elements = outer.elements();
    let [kind, id, third, fourth]: [Option<Json<'_>>; 4] = std::array::from_fn(|_| elements.next());
    let (title, role) = match kind.and_then(Json::number) {
        Some(2) => ("CALL", Some(Role::Asks)),
        Some(3) => ("CALLRESULT", Some(Role::Answers)),
        Some(4) => ("CALLERROR", Some(Role::Answers)),
        Some(5) => ("CALLRESULTERROR", None),
        Some(6) => ("SEND", None),
        _ => {
            tree.stop(outer.at().start, "no message type of OCPP");
            ("message", None)
        }
    };
    let calls = matches!(title, "CALL" | "SEND");
    let fails = matches!(title, "CALLERROR" | "CALLRESULTERROR");
    let members = Members {
        event: third.filter(|_| calls),
        topic: None,
        id,
        body: if calls || fails { fourth } else { third },
    };
    let mut part = part(tree, title, outer.at(), members, role);
    if let Some(code) = third.filter(|_| fails).map(Json::word) {
        if tree.tells() {
            let description = fourth.map(Json::word).unwrap_or_default();
            let numbered = part.id.as_deref().unwrap_or_default();
            part.summary = short(format!("{title} {code} #{numbered} {description}").trim_end());
        }
        part.error = Some(code);
    }
    let names: json::Names<'_> = match (calls, fails) {
        (true, _) => &[("0", "ocpp.type"), ("1", "ocpp.id"), ("2", "ocpp.action")],
        (_, true) => &[("0", "ocpp.type"), ("1", "ocpp.id"), ("2", "ocpp.error.code")],
        _ => &[("0", "ocpp.type"), ("1", "ocpp.id")],
    };
    say(tree, bytes, part, names);
}
