//! Conversations of real captures: what stands in them, what answers what, and how they are written down.

use std::path::Path;
use std::sync::Arc;

use dissector::ids::{ConnectionId, FrameId, MessageId, PacketId};

use super::*;
use crate::{Content, Options};

fn open(name: &str) -> Arc<Snapshot> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sample-pcaps").join(name);
    let mut capture = capture::open(capture::Source::File { path, follow: false }).unwrap();
    crate::read(capture.as_mut(), &Options::default(), &mut |_| {})
}

fn items(snapshot: &Snapshot, connection: u32) -> Items {
    let mut finder = Finder::new(ConnectionId::new(connection));
    // In small strides, as a window finds them.
    while !finder.step(snapshot, 7) {}
    finder.items(true)
}

fn memory(snapshot: &Snapshot, connection: u32) -> Memory {
    let mut memory = Memory::new(ConnectionId::new(connection), Vec::new());
    while !memory.hear(snapshot, &mut Content::default(), 7) {}
    memory
}

fn looks(snapshot: &Snapshot, connection: u32) -> (Items, Vec<(u32, Look)>) {
    let items = items(snapshot, connection);
    let (mut content, mut memory) = (Content::default(), memory(snapshot, connection));
    let all = 0..items.len();
    let looks = look(snapshot, &mut content, &items, all, &mut memory);
    (items, looks)
}

/// Messages that answer, by numbers: answer, question.
fn pairs(snapshot: &Snapshot, connection: u32) -> Vec<(u64, u64)> {
    let (items, looks) = looks(snapshot, connection);
    let number = |item| match item {
        Item::Message(id) => Some(id.number()),
        _ => None,
    };
    let pair = |(place, look): &(u32, Look)| {
        Some((number(items.item(snapshot, *place)?)?, number(look.answers?.item)?))
    };
    looks.iter().filter_map(pair).collect()
}

/// Every item of every connection of the tour can be reached by its place and found again by its frame, and
/// together they hold every message and every control frame once.
#[test]
fn everything_has_one_place() {
    for name in ["tour.pcapng", "fragments-and-ping.pcap", "gap.pcap"] {
        let snapshot = open(name);
        let (mut messages, mut controls) = (0, 0);
        for connection in 0..snapshot.connections().len() {
            let items = items(&snapshot, connection);
            assert_eq!(items.item(&snapshot, 0), Some(Item::Opening));
            assert_eq!(items.item(&snapshot, items.last()), Some(Item::Ending));
            assert_eq!(items.item(&snapshot, items.len()), None);
            for place in 1..items.last() {
                let frame = match items.item(&snapshot, place).unwrap() {
                    Item::Message(id) => {
                        messages += 1;
                        snapshot.message(id).unwrap().last
                    }
                    Item::Frame(id) => {
                        controls += 1;
                        id
                    }
                    other => panic!("{other:?} within"),
                };
                assert_eq!(items.place_of_frame(&snapshot, frame), Some(place));
            }
        }
        assert_eq!(messages, snapshot.message_count());
        let frames = (0..snapshot.frame_count()).filter_map(|id| snapshot.frame(FrameId::new(id)));
        assert_eq!(controls, frames.filter(|frame| frame.message.is_none()).count());
    }
}

/// JSON-RPC's answers find their requests by id; what has no id answers nothing.
#[test]
fn json_rpc_answers() {
    let snapshot = open("jsonrpc.pcap");
    assert_eq!(pairs(&snapshot, 0), [(2, 1), (4, 3), (6, 5), (8, 7), (10, 9)]);
    let (_, looks) = looks(&snapshot, 0);
    let link = looks[1].1.answered.unwrap();
    assert_eq!((link.item, link.after / 1000), (Item::Message(MessageId::new(1)), 1153));
}

/// GraphQL's subscriptions are answered many times, each by its own id, out of order too.
#[test]
fn graphql_answers() {
    let snapshot = open("graphql-ws.pcap");
    assert_eq!(pairs(&snapshot, 0), [(2, 1), (4, 3), (5, 3)]);
    let expected = [(7, 6), (11, 10), (12, 9), (13, 9), (14, 8), (15, 8), (16, 8), (17, 8), (18, 8)];
    assert_eq!(pairs(&snapshot, 1), expected);
    let (_, looks) = looks(&snapshot, 1);
    assert_eq!((looks[3].1.answered.unwrap().place, looks[3].1.more), (9, 4));
}

/// A Pong belongs to the Ping with its payload; one that nobody asked for to none.
#[test]
fn round_trips() {
    let snapshot = open("ping-pong.pcap");
    let (items, looks) = looks(&snapshot, 0);
    let answers: Vec<(u32, u32)> =
        looks.iter().filter_map(|(place, look)| Some((*place, look.answers?.place))).collect();
    assert_eq!(answers, [(2, 1), (4, 3), (6, 5), (8, 7), (10, 9), (12, 11)]);
    assert_eq!(looks[13].1.excerpt.text, "heartbeat");
    assert!(items.pause(&snapshot, snapshot.connection(ConnectionId::new(0)).unwrap(), 14).is_none());
}

/// A packet leads into the conversation: to what it completed, or to what came next on its connection.
#[test]
fn packets_lead_in() {
    let snapshot = open("fragments-and-ping.pcap");
    for frame in 0..snapshot.frame_count() {
        let frame = snapshot.frame(FrameId::new(frame)).unwrap();
        let at = snapshot.frame(frame_at(&snapshot, frame.packet).unwrap()).unwrap();
        assert_eq!(at.packet, frame.packet);
    }
    assert_eq!(frame_at(&snapshot, PacketId::new(0)), Some(FrameId::new(0)));
}

/// Excerpts are short whatever the message: JSON loses its spaces and nothing else, bytes are bytes.
#[test]
fn excerpts() {
    let snapshot = open("gap.pcap");
    let (_, all) = looks(&snapshot, 0);
    assert!(all.iter().all(|(_, look)| look.excerpt.text.chars().count() <= 640));
    assert_eq!(all[3].1.excerpt.text, "01");
    assert!(all[26].1.excerpt.cut && all[26].1.excerpt.text.starts_with("The quick brown fox"));
    let (_, fragments) = looks(&open("fragments-and-ping.pcap"), 0);
    assert_eq!(fragments[1].1.excerpt.text, "frag-1 frag-2 é frag-3");
}

/// What is copied into a ticket says who, when, what, and what answered; a diagram has no sign that ends a line.
#[test]
fn written_down() {
    let snapshot = open("jsonrpc.pcap");
    let its = snapshot.connection(ConnectionId::new(0)).unwrap();
    let items = items(&snapshot, 0);
    let write = |form| {
        export(&snapshot, &mut Content::default(), its, &items, form, &mut memory(&snapshot, 0), &|| false)
    };
    let text = write(Form::Text);
    assert!(text.contains("→  GET /\n"), "{text}");
    assert!(
        text.contains(
            "←  #2 text 35 B  {\"jsonrpc\":\"2.0\",\"result\":8,\"id\":1}  (answers #1 after 1.2 ms)"
        )
    );
    assert!(text.contains("→  Close 1000 normal closure\n"), "{text}");
    let diagram = write(Form::Mermaid);
    assert!(diagram.starts_with("sequenceDiagram\n    participant C as Client"));
    assert!(diagram.contains("    C->>S: #35;1 text 54 B"), "{diagram}");
    assert!(diagram.lines().skip(1).all(|line| !line.contains("; ") && line.starts_with("    ")));
}
