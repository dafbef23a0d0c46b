//! Kubernetes: exec, attach and port-forward of pods, whose streams are told apart by the first byte of each message.
//!
//! The subprotocols `channel.k8s.io`, its `v4.` (the outcome as JSON) and `v5.` (a stream is closed by itself), and
//! those of them with `base64.`, where the stream is a digit. Of a port-forward each port has two streams, and the
//! server's first message on each is the port.

use super::decoded::{Part, short};
use super::encoded;
use super::input::{Facts, Input};
use super::json::{self, Json};
use super::plain::begun;
use super::table::{Decoder, Key, anything, number, text};
use super::tree::{Base, Tree};
use crate::ids::Side;

pub(super) const DECODER: Decoder = Decoder::new(
    "kubernetes",
    "Kubernetes streams",
    "https://pkg.go.dev/k8s.io/apimachinery/pkg/util/remotecommand",
    decode,
)
.tokens(&[
    "channel.k8s.io",
    "base64.channel.k8s.io",
    "v4.channel.k8s.io",
    "v4.base64.channel.k8s.io",
    "v5.channel.k8s.io",
])
.path(|facts| facts.subprotocol.is_none() && is_pod(facts.path()))
.keys(KEYS);

const KEYS: &[Key] = &[
    number("k8s.channel", "The number of a stream of Kubernetes; 255 closes one"),
    text(
        "k8s.stream",
        "The stream: stdin, stdout, stderr, error, resize, close, or data and error of a port",
    ),
    anything("k8s.data", "What was written to a stream"),
    text("k8s.status", "How a command ended: Success or Failure"),
    text("k8s.status.message", "The message of a Status"),
    text("k8s.status.reason", "The reason of a Status, as NonZeroExitCode"),
    text("k8s.status.cause", "What lies behind a Status; of a command that failed its exit code"),
    number("k8s.resize.width", "Columns of the terminal"),
    number("k8s.resize.height", "Rows of the terminal"),
    number("k8s.port", "The port that a port-forward's stream is about"),
];

/// Whether a target is the subresource of a pod that streams.
fn is_pod(path: &str) -> bool {
    let mut steps = path.rsplit('/');
    let last = steps.next();
    matches!(last, Some("exec" | "attach" | "portforward")) && steps.nth(1) == Some("pods")
}

/// Streams by their numbers.
const STREAMS: [&str; 5] = ["stdin", "stdout", "stderr", "error", "resize"];
/// Version 5: the next byte is the stream that is closed.
const CLOSE: u8 = 255;

fn forwards(facts: &Facts) -> bool {
    facts.path().ends_with("/portforward")
}

fn name(facts: &Facts, channel: u8) -> Option<&'static str> {
    match channel {
        CLOSE => Some("close"),
        _ if forwards(facts) => Some(if channel.is_multiple_of(2) { "data" } else { "error" }),
        _ => STREAMS.get(usize::from(channel)).copied(),
    }
}

/// The port of a port-forward's stream, by the place of `ports` in the target.
fn port(facts: &Facts, channel: u8) -> Option<&str> {
    let (_, query) = facts.target.split_once('?')?;
    let lists = query.split('&').filter_map(|pair| pair.strip_prefix("ports="));
    lists.flat_map(|list| list.split(',')).nth(usize::from(channel / 2))
}

fn decode(input: &Input<'_>, tree: &mut Tree) {
    let bytes = input.bytes();
    let Some((first, rest)) = bytes.split_first() else { return };
    let in_base64 = input.facts.subprotocol.as_deref().is_some_and(|token| token.contains("base64"));
    let channel = match first {
        digit if in_base64 => digit.wrapping_sub(b'0'),
        number => *number,
    };
    let unpacked;
    let (content, base): (&[u8], _) = if in_base64 {
        unpacked = encoded::unpack(rest).unwrap_or_else(|at| {
            tree.stop(1 + at, "no base64");
            Vec::new()
        });
        (&unpacked, if tree.full() { encoded::places(unpacked.len(), rest.len(), 1) } else { Base::Nowhere })
    } else {
        (rest, Base::Shifted(1))
    };
    let Some(stream) = name(input.facts, channel).filter(|_| !in_base64 || first.is_ascii_digit()) else {
        tree.stop(0, "no stream of Kubernetes");
        tree.number("k8s.channel", "Channel", channel, 0..1);
        tree.data("k8s.data", "Data", rest, 1..bytes.len());
        let summary = format!("channel {channel} {}", begun(rest));
        return tree.part(Part { kind: "unknown".into(), summary, at: 0..bytes.len(), ..Part::default() });
    };
    tree.named("k8s.channel", "Channel", channel, stream, 0..1);
    tree.text("k8s.stream", "Stream", stream, 0..1);
    let mut part = Part { kind: stream.into(), at: 0..bytes.len(), ..Part::default() };
    let about = if forwards(input.facts) && channel != CLOSE { port(input.facts, channel) } else { None };
    part.topic = about.map(str::to_owned);
    let said = tree.within(base, |tree| say(input, channel, stream, content, &mut part, tree));
    let words = [about.map(|port| format!("port {port}")), Some(stream.to_owned()), Some(said)];
    part.summary = short(words.into_iter().flatten().collect::<Vec<_>>().join(" ").trim_end());
    tree.part(part);
}

/// What was sent on a stream.
fn say(
    input: &Input<'_>,
    channel: u8,
    stream: &str,
    content: &[u8],
    part: &mut Part,
    tree: &mut Tree,
) -> String {
    let all = 0..content.len();
    match (stream, content) {
        ("close", [closed]) => {
            let closed = name(input.facts, *closed).unwrap_or("unknown");
            tree.text("k8s.data", "Closes", closed, all);
            return closed.to_owned();
        }
        ("close", _) => tree.stop(0, "a close names one stream"),
        // The kubelet begins each stream with its port, least significant byte first.
        ("data" | "error", [low, high]) if is_port(input, channel, u16::from_le_bytes([*low, *high])) => {
            let port = u16::from_le_bytes([*low, *high]);
            tree.number("k8s.port", "Port", port, all);
            return "opened".to_owned();
        }
        ("resize", _) => {
            json::content(tree, content, "Size", SIZE);
            let size = Json::outer(content).map(|size| size.several(["Width", "Height"]));
            if let Some([Some(width), Some(height)]) = size {
                return format!("{} × {}", width.word(), height.word());
            }
        }
        ("error", [b'{', ..]) => {
            json::content(tree, content, "Status", STATUS);
            if let Some(status) = Json::outer(content) {
                return outcome(status, part);
            }
        }
        _ => tree.data("k8s.data", "Data", content, all),
    }
    if stream == "error" && !content.is_empty() {
        part.error = Some(short(&String::from_utf8_lossy(content.get(..400).unwrap_or(content))));
    }
    if content.is_empty() {
        return "(nothing)".to_owned();
    }
    match std::str::from_utf8(content) {
        Ok(text) => format!("{:?}", short(text.get(..400).unwrap_or(text))),
        Err(_) => begun(content),
    }
}

/// Whether it is the port of this stream, said for the first time by the server.
fn is_port(input: &Input<'_>, channel: u8, port: u16) -> bool {
    input.said.side == Side::Server
        && self::port(input.facts, channel).is_some_and(|it| it.parse() == Ok(port))
        && input.facts.first_of(Side::Server).any(|said| said.bytes == input.bytes())
}

const SIZE: json::Names<'_> = &[("Width", "k8s.resize.width"), ("Height", "k8s.resize.height")];
const STATUS: json::Names<'_> = &[
    ("status", "k8s.status"),
    ("message", "k8s.status.message"),
    ("reason", "k8s.status.reason"),
    ("details.causes.0.message", "k8s.status.cause"),
];

/// How a command ended (version 4): a Status of Kubernetes.
fn outcome(status: Json<'_>, part: &mut Part) -> String {
    let [status, message, reason] = status.several(["status", "message", "reason"]);
    let word = |value: Option<Json<'_>>| value.map(Json::word);
    let failed = word(status).is_some_and(|status| status == "Failure");
    part.event = word(reason);
    part.error = word(message).or(word(reason)).filter(|_| failed);
    [word(status), word(message)].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::*;
    use crate::ids::Side;

    fn read(token: &str, target: &str, side: Side, bytes: &[u8], first: &[&[u8]]) -> Decoded {
        let first = first.iter().map(|bytes| (false, bytes.to_vec())).collect();
        let facts = Facts {
            subprotocol: Some(token.into()).filter(|it: &String| !it.is_empty()),
            target: target.into(),
            first: [Vec::new(), first],
            ..Facts::default()
        };
        let said = Said { side, text: false, bytes };
        decode(choose(&facts), &Input::new(said, &facts, &()), true)
    }

    const EXEC: &str = "/api/v1/namespaces/default/pods/web-0/exec?command=sh&stdin=true&tty=true";

    /// Octets as `k8s.io/apimachinery/pkg/util/remotecommand` and `kubelet/server/portforward` describe them.
    #[test]
    fn streams_are_told_apart() {
        let v5 = |side, bytes: &[u8]| read("v5.channel.k8s.io", EXEC, side, bytes, &[]);
        let line = |side, bytes: &[u8]| {
            let said = v5(side, bytes);
            assert_eq!((said.protocol, &said.stopped), ("kubernetes", &None));
            said.summary()
        };
        assert_eq!(line(Side::Client, b"\0ls\n"), "stdin \"ls \"");
        assert_eq!(line(Side::Server, b"\x01bin"), "stdout \"bin\"");
        assert_eq!(line(Side::Server, b"\x02"), "stderr (nothing)");
        assert_eq!(line(Side::Client, b"\x04{\"Width\":80,\"Height\":24}"), "resize 80 × 24");
        assert_eq!(line(Side::Client, b"\xff\0"), "close stdin");
        assert_eq!(line(Side::Server, b"\x03{\"metadata\":{},\"status\":\"Success\"}"), "error Success");
        let failed = br#"{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code: exit status 2","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"2"}]}}"#;
        let failed = v5(Side::Server, &[b"\x03", &failed[..]].concat());
        assert!(failed.parts[0].error.as_deref().unwrap().ends_with("exit status 2"));
        let mut cause = None;
        failed.fields[2].walk(&mut |field| {
            if field.key == "k8s.status.cause" {
                cause = Some((field.value.clone(), field.at.clone()));
            }
        });
        assert_eq!(cause, Some((Value::Text("2".into()), Some(184..187))));
        assert!(v5(Side::Server, b"\x09x").stopped.is_some());
        // A pod's target is enough; another's is not.
        assert_eq!(read("", EXEC, Side::Server, b"\x01x", &[]).protocol, "kubernetes");
        assert_eq!(read("", "/api/pods/exec", Side::Server, b"\x01x", &[]).protocol, "data");
    }

    /// In base64 each byte leads back to the character that it begins in.
    #[test]
    fn base64_keeps_places() {
        let said = read("base64.channel.k8s.io", EXEC, Side::Server, b"1aGkK", &[]);
        assert_eq!((said.summary().as_str(), &said.stopped), ("stdout \"hi \"", &None));
        assert_eq!(said.fields[2].at, Some(1..5));
        let wrong = read("base64.channel.k8s.io", EXEC, Side::Server, b"1aG!K", &[]);
        assert_eq!(wrong.stopped.map(|it| it.at), Some(3));
    }

    /// Each port has its two streams, and the server names it on each.
    #[test]
    fn ports_are_named() {
        let target = "/api/v1/namespaces/x/pods/p/portforward?ports=80&ports=443";
        let opened: &[&[u8]] = &[&[0, 80, 0], &[1, 80, 0], &[2, 0xbb, 1], &[3, 0xbb, 1]];
        let line = |side, bytes: &[u8]| read("v4.channel.k8s.io", target, side, bytes, opened).summary();
        assert_eq!(line(Side::Server, &[2, 0xbb, 1]), "port 443 data opened");
        assert_eq!(line(Side::Client, b"\0GET"), "port 80 data \"GET\"");
        assert_eq!(line(Side::Server, b"\x03connection refused"), "port 443 error \"connection refused\"");
    }
}
