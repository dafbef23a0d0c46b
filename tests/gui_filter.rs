//! The display filter in the window: typed, offered, mistaken, taken from the tree, kept.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use session::dissector::websocket::opcode::Opcode;
use wscope::gui::command::Command;
use wscope::gui::state::Tab;

use crate::gui::{Driven, press, says, tour, until};

fn shown(harness: &Driven, tab: Tab) -> Vec<u32> {
    let opened = harness.state().app().opened().unwrap();
    let lists = &opened.lists;
    (0..lists.len(tab, &opened.snapshot)).filter_map(|place| lists.row(tab, place)).collect()
}

fn sifted(harness: &mut Driven) {
    until(harness, "all rows sifted", |it| it.state().app().opened().unwrap().lists.complete());
}

/// Ctrl+/ and some typing show Close frames only: offers are taken with Tab, Enter applies, and the count says how many
/// of how many are shown.
#[test]
fn typed_with_offers() {
    let mut harness = tour("filter-typed");
    press(&mut harness, Modifiers::COMMAND, Key::Num2);
    press(&mut harness, Modifiers::COMMAND, Key::Slash);
    harness.get_by_label("Display filter").type_text("websocket.opc");
    harness.run_steps(2);
    assert!(says(&harness, "websocket.opcode"), "it is offered");
    press(&mut harness, Modifiers::NONE, Key::Tab);
    harness.get_by_label("Display filter").type_text("== cl");
    harness.run_steps(2);
    press(&mut harness, Modifiers::NONE, Key::Tab);
    assert_eq!(harness.state().app().opened().unwrap().filtering.text.trim(), "websocket.opcode == close");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    sifted(&mut harness);
    let snapshot = harness.state().app().opened().unwrap().snapshot.clone();
    let rows = shown(&harness, Tab::Frames);
    let close = |row: &u32| {
        snapshot.frame(session::dissector::ids::FrameId::new(*row)).unwrap().header.opcode == Opcode::CLOSE
    };
    assert!(rows.len() > 5 && rows.iter().all(close));
    let count = format!("{} of {} frames", rows.len(), snapshot.frame_count());
    assert!(says(&harness, &count), "{count}");
    // It is remembered, and gone when it is cleared.
    assert_eq!(harness.state().app().settings().filters.recent, ["websocket.opcode == close"]);
    harness.get_by_label("Clear filter").click();
    harness.run_steps(3);
    assert_eq!(shown(&harness, Tab::Frames).len() as u32, snapshot.frame_count());
}

/// A mistake is said while it is typed, with what fits there; Enter does not apply it and takes nothing away.
#[test]
fn mistaken() {
    let mut harness = tour("filter-mistaken");
    press(&mut harness, Modifiers::COMMAND, Key::Slash);
    harness.get_by_label("Display filter").type_text("ws.length == \"x\"");
    harness.run_steps(2);
    assert!(says(&harness, "ws.length is compared with a number"));
    let before = shown(&harness, Tab::Messages);
    press(&mut harness, Modifiers::NONE, Key::Enter);
    sifted(&mut harness);
    assert_eq!(shown(&harness, Tab::Messages), before);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(harness.state().app().opened().unwrap().filtering.text, "");
}

/// Any field of the tree becomes a filter by its menu, and more conditions are put to it.
#[test]
fn from_the_tree() {
    let mut harness = tour("filter-tree");
    until(&mut harness, "the tree", |it| says(it, "Opcode: binary"));
    harness.query_all_by_label_contains("Opcode: binary").next().unwrap().click_secondary();
    harness.run_steps(3);
    harness.get_by_label("Apply as filter").click();
    sifted(&mut harness);
    assert_eq!(harness.state().app().opened().unwrap().filtering.text, "websocket.opcode == 2");
    let command = |condition: &str| Command::AddFilter(session::filter::tree::Join::AndNot, condition.into());
    harness.state_mut().run(command("ws.direction == client"));
    sifted(&mut harness);
    let opened = harness.state().app().opened().unwrap();
    assert_eq!(opened.filtering.applied().text(), "websocket.opcode == 2 && !(ws.direction == client)");
    assert!(!shown(&harness, Tab::Messages).is_empty());
    // The same by keyboard: the line that is chosen.
    until(&mut harness, "the tree", |it| says(it, "MASK: 1"));
    harness.query_all_by_label_contains("MASK: 1").next().unwrap().click();
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    sifted(&mut harness);
    assert_eq!(harness.state().app().opened().unwrap().filtering.text, "websocket.mask == true");
}

/// Every line of the trees of a capture's first rows either has no filter, or one that lets its own row through.
#[test]
fn every_line_leads_to_its_row() {
    use session::detail::{Node, Subject, detail};
    use session::dissector::ids::{ConnectionId, DeliveryId, FrameId, MessageId, PacketId};
    use session::filter::{Filter, Row, Sieve};
    let (mut asked, mut faults) = (0, Vec::new());
    for name in ["tour.pcapng", "http2-clear.pcap", "fragments-and-ping.pcap", "sse.pcap", "sockjs-xhr.pcap"]
    {
        let source = session::capture::Source::File { path: crate::gui::sample(name), follow: false };
        let mut capture = session::capture::open(source).unwrap();
        let snapshot = session::read(capture.as_mut(), &session::Options::default(), &mut |_| {});
        let mut content = session::Content::default();
        let things = (0..60).flat_map(|index| {
            [
                (Subject::Packet(PacketId::new(index)), Row::Packet(PacketId::new(index))),
                (Subject::Frame(FrameId::new(index)), Row::Frame(FrameId::new(index))),
                (Subject::Message(MessageId::new(index)), Row::Message(MessageId::new(index))),
                (Subject::Connection(ConnectionId::new(index)), Row::Connection(ConnectionId::new(index))),
                (Subject::Delivery(DeliveryId::new(index)), Row::Delivery(DeliveryId::new(index))),
            ]
        });
        for (subject, row) in things {
            let there = match row {
                Row::Packet(id) => snapshot.packet(id).is_some(),
                Row::Frame(id) => snapshot.frame(id).is_some(),
                Row::Message(id) => snapshot.message(id).is_some(),
                Row::Connection(id) => snapshot.connection(id).is_some(),
                Row::Delivery(id) => snapshot.delivery(id).is_some(),
                Row::Finding(_) => false,
            };
            if !there {
                continue;
            }
            let shown = detail(&snapshot, &mut content, subject);
            let mut paths = Vec::new();
            fn walk(nodes: &[Node], path: &mut Vec<usize>, paths: &mut Vec<Vec<usize>>) {
                for (index, node) in nodes.iter().enumerate() {
                    path.push(index);
                    paths.push(path.clone());
                    walk(&node.children, path, paths);
                    path.pop();
                }
            }
            walk(&shown.tree, &mut Vec::new(), &mut paths);
            for path in paths {
                let Some(text) = session::filter::tree::of_line(&shown, &path) else { continue };
                let filter = Filter::parse(&text).unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
                // What a tree shows of other packets and messages is theirs, and a packet has what it completes.
                let node = shown.node(&path).unwrap();
                let others =
                    node.leads.is_some() || path.len() > 1 && shown.tree[path[0]].name.starts_with("frame");
                let elsewhere = matches!(row, Row::Packet(id) if shown.frames.iter().any(|frame| {
                    snapshot.frame(frame.id).is_none_or(|frame| {
                        let message = frame.message.and_then(|message| snapshot.message(message));
                        frame.packet != id || message.is_some_and(|message| message.packet != id)
                    })
                }));
                let others = others || elsewhere;
                let mut sieve = Sieve::new(filter.into());
                let holds = sieve.holds(&snapshot, row);
                if !(holds || others || matches!(row, Row::Connection(_))) {
                    faults.push(format!("{name} {row:?}: {text}"));
                }
                asked += 1;
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults[..faults.len().min(40)].join("\n"));
    assert!(asked > 3000, "{asked}");
}
